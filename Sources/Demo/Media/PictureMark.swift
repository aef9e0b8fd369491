import Mixing

/// The mark in a site's picture: a strip of 24 black and white blocks along the lower edge.
///
/// From the left: four blocks of sync (white, black, white, black), the site's index in 12 bits, and 8 bits of CRC-8
/// (polynomial 0x07) over it, highest bits first, white for 1. Blocks are relative to the picture's size, so a scaled
/// picture still carries its mark.
public enum PictureMark {
    /// Blocks of the strip.
    public static let blocks = 24
    /// The strip's height as a part of the picture's: one twelfth.
    public static let heightPart = 12
    /// Sites that can be told apart.
    public static let capacity = 4_096

    /// The blocks of a site from left to right; true is white.
    public static func code(_ site: Int) -> [Bool] {
        let index = UInt32(site & 0xFFF)
        let word = 0b1010 << 20 | index << 8 | UInt32(check(index))
        return (0..<blocks).map { word >> UInt32(blocks - 1 - $0) & 1 == 1 }
    }

    /// CRC-8 of 12 bits, begun with ones so that an all-black strip is none.
    static func check(_ index: UInt32) -> UInt8 {
        var crc: UInt8 = 0xFF
        for byte in [UInt8(index >> 8), UInt8(index & 255)] {
            crc ^= byte
            for _ in 0..<8 { crc = crc & 0x80 != 0 ? crc << 1 ^ 0x07 : crc << 1 }
        }
        return crc
    }
}

/// Reads ``PictureMark`` out of decoded pictures.
public enum PictureMarkDetector {
    /// The site whose mark the picture carries; nil if there is none or it is damaged.
    public static func site(in picture: Picture) -> Int? {
        guard picture.width >= 96, picture.height >= 48, picture.planes.count >= picture.width * picture.height else { return nil }
        let values = (0..<PictureMark.blocks).map { block(picture, $0) }
        let white = (values[0] + values[2]) / 2
        let black = (values[1] + values[3]) / 2
        guard white - black >= 60 else { return nil }
        var word: UInt32 = 0
        for value in values {
            // Every block must be nearer to its colour than a third of the way to the middle is wide.
            if value >= white - (white - black) / 3 {
                word = word << 1 | 1
            } else if value <= black + (white - black) / 3 {
                word <<= 1
            } else {
                return nil
            }
        }
        let index = word >> 8 & 0xFFF
        guard word >> 20 == 0b1010, UInt8(word & 255) == PictureMark.check(index) else { return nil }
        return Int(index)
    }

    /// Whether the flash that goes with the beep is lit: the upper right corner is white.
    public static func isFlashing(_ picture: Picture) -> Bool {
        guard picture.width >= 96, picture.height >= 48, picture.planes.count >= picture.width * picture.height else { return false }
        let (w, h) = (picture.width, picture.height)
        return mean(picture, columns: w * 29 / 32..<w * 31 / 32, rows: h / 16..<h / 8) >= 180
    }

    /// Mean luma of the inner half of a block.
    private static func block(_ picture: Picture, _ n: Int) -> Int {
        let left = picture.width * (4 * n + 1) / (4 * PictureMark.blocks)
        let right = picture.width * (4 * n + 3) / (4 * PictureMark.blocks)
        let height = picture.height / PictureMark.heightPart
        return mean(picture, columns: left..<max(left + 1, right), rows: picture.height - height * 3 / 4..<picture.height - height / 4)
    }

    private static func mean(_ picture: Picture, columns: Range<Int>, rows: Range<Int>) -> Int {
        var sum = 0
        for row in rows { for column in columns { sum += Int(picture.planes[row * picture.width + column]) } }
        return sum / max(1, rows.count * columns.count)
    }
}
