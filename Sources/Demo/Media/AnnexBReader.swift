import Basics

/// H.264 access units out of a byte stream (ITU-T H.264 annex B), each with its start codes.
public enum AnnexBReader {
    /// Reads the whole file as a clip at 90 kHz with the given frame rate, which the stream itself does not carry.
    public static func clip(_ file: [UInt8], framesPerSecond: Int) throws(MediaError) -> MediaClip {
        let ticks = Int64(90_000 / max(1, framesPerSecond))
        let frames = accessUnits(file).enumerated().map { n, unit in
            MediaFrame(bytes: Array(file[unit.range]), timestamp: Int64(n) * ticks, isKey: unit.isKey)
        }
        guard let clip = MediaClip(codec: .h264, frames: frames, length: Int64(frames.count) * ticks) else {
            throw .file("no H.264 access units", offset: 0)
        }
        return clip
    }

    /// Where the access units lie, and whether they hold an IDR picture (section 7.4.1.2.3: a new one begins at a
    /// delimiter, parameter set or SEI after a slice, or at a slice whose first macroblock is 0 after a slice).
    static func accessUnits(_ file: [UInt8]) -> [(range: Range<Int>, isKey: Bool)] {
        var units: [(range: Range<Int>, isKey: Bool)] = []
        var start: Int?
        var hasSlice = false
        var isKey = false
        for (code, unit) in startCodes(file) where unit < file.count {
            let type = file[unit] & 31
            let isSlice = type == 1 || type == 5
            let beginsPicture = isSlice && unit + 1 < file.count && file[unit + 1] & 0x80 != 0
            if hasSlice, (6...9).contains(type) || beginsPicture {
                if let start { units.append((start..<code, isKey)) }
                start = code
                hasSlice = false
                isKey = false
            }
            if start == nil { start = code }
            hasSlice = hasSlice || isSlice
            isKey = isKey || type == 5
        }
        if let start, hasSlice { units.append((start..<file.count, isKey)) }
        return units
    }

    /// For each start code: where it begins and where its unit begins.
    private static func startCodes(_ file: [UInt8]) -> [(code: Int, unit: Int)] {
        var found: [(Int, Int)] = []
        var i = 0
        while i + 3 <= file.count {
            if file[i + 2] > 1 {
                i += 3
            } else if file[i] == 0, file[i + 1] == 0, file[i + 2] == 1 {
                found.append((i > 0 && file[i - 1] == 0 ? i - 1 : i, i + 3))
                i += 3
            } else {
                i += 1
            }
        }
        return found
    }
}
