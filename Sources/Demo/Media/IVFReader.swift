import Basics

/// VP8 frames out of an IVF file (a 32-byte header, then frames of size, timestamp and bytes, all little-endian).
public enum IVFReader {
    /// Reads the whole file as a clip at 90 kHz.
    public static func clip(_ file: [UInt8]) throws(MediaError) -> MediaClip {
        guard file.count >= 32, file.starts(with: "DKIF".utf8), file[8..<12].elementsEqual("VP80".utf8) else {
            throw .file("no IVF header of VP8", offset: 0)
        }
        func number(_ at: Int, _ bytes: Int) -> UInt64 {
            (0..<bytes).reduce(0) { $0 | UInt64(file[at + $1]) << UInt64(8 * $1) }
        }
        let rate = number(16, 4)
        let scale = number(20, 4)
        guard rate > 0, scale > 0 else { throw .file("no frame rate", offset: 16) }
        let ticks = max(1, Int64(90_000 * scale / rate))
        var frames: [MediaFrame] = []
        var offset = max(32, Int(number(6, 2)))
        while offset < file.count {
            guard offset + 12 <= file.count else { throw .file("frame header cut off", offset: offset) }
            let size = Int(number(offset, 4))
            guard size > 0, offset + 12 + size <= file.count else { throw .file("frame cut off", offset: offset) }
            let time = Int64(truncatingIfNeeded: number(offset + 4, 8) & 0xFFFF_FFFF)
            let bytes = Array(file[offset + 12..<offset + 12 + size])
            // RFC 6386 section 9.1: the lowest bit of a key frame's first byte is 0.
            frames.append(MediaFrame(bytes: bytes, timestamp: time &* ticks, isKey: bytes[0] & 1 == 0))
            offset += 12 + size
        }
        let length = (frames.last?.timestamp ?? 0) &+ ticks
        guard let clip = MediaClip(codec: .vp8, frames: frames, length: length) else {
            throw .file("no frames", offset: 32)
        }
        return clip
    }
}
