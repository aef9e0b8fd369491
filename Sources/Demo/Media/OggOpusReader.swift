import Basics

/// Opus packets out of an Ogg file (RFC 3533, RFC 7845): one logical stream, frames of 20 ms.
public enum OggOpusReader {
    /// Reads the whole file as a clip that begins again after the last whole 20 ms.
    public static func clip(_ file: [UInt8]) throws(MediaError) -> MediaClip {
        let (packets, samples) = try packets(file)
        let count = min(packets.count, max(1, Int(samples / 960)))
        let frames = packets.prefix(count).enumerated().map {
            MediaFrame(bytes: $0.element, timestamp: Int64($0.offset) * 960, isKey: true)
        }
        guard let clip = MediaClip(codec: .opus, frames: frames, length: Int64(count) * 960) else {
            throw .file("no Opus packets", offset: file.count)
        }
        return clip
    }

    /// All audio packets, and the samples they stand for without the decoder's run-in.
    public static func packets(_ file: [UInt8]) throws(MediaError) -> (packets: [[UInt8]], samples: Int64) {
        var packets: [[UInt8]] = []
        var open: [UInt8] = []
        var granule: Int64 = 0
        var offset = 0
        while offset < file.count {
            guard offset + 27 <= file.count, file[offset..<offset + 4].elementsEqual("OggS".utf8) else {
                throw .file("no Ogg page", offset: offset)
            }
            var position: UInt64 = 0
            for i in 0..<8 { position |= UInt64(file[offset + 6 + i]) << UInt64(8 * i) }
            if position != .max { granule = Int64(truncatingIfNeeded: position) }
            let segments = Int(file[offset + 26])
            let table = offset + 27
            var data = table + segments
            guard data <= file.count else { throw .file("Ogg page cut off", offset: offset) }
            for i in table..<table + segments {
                let size = Int(file[i])
                guard data + size <= file.count else { throw .file("Ogg page cut off", offset: data) }
                open += file[data..<data + size]
                data += size
                if size < 255 {
                    packets.append(open)
                    open = []
                }
            }
            offset = data
        }
        guard packets.count >= 2, packets[0].count >= 19, packets[0].starts(with: "OpusHead".utf8),
            packets[1].starts(with: "OpusTags".utf8)
        else { throw .file("no Opus headers", offset: 0) }
        let skip = Int64(packets[0][10]) | Int64(packets[0][11]) << 8
        return (Array(packets.dropFirst(2)), max(0, granule &- skip))
    }
}
