import Basics

extension MediaClip {
    /// The same pictures at a constant rate: frames of every whole second are filled up until they have `rate`'s bytes together.
    ///
    /// The smallest frames first, to one common size, so that each second is also as even as it can be. A second that is larger already stays as
    /// it is. VP8 takes any bytes behind a frame's last partition (RFC 6386 section 9.5: it reaches to the frame's end, and what its
    /// decoder does not ask for is not read); H.264 has units for it (type 12, section 7.3.2.7).
    public func filled(to rate: Bitrate) -> MediaClip {
        let wanted = Int(rate.bitsPerSecond / 8)
        var filled = frames
        var start = 0
        while start < frames.count {
            let second = frames[start].timestamp / Int64(codec.clockRate)
            var end = start
            while end < frames.count, frames[end].timestamp / Int64(codec.clockRate) == second { end += 1 }
            let sizes = MediaClip.levelled(frames[start..<end].map(\.bytes.count), sum: wanted)
            for (i, size) in zip(start..<end, sizes) { MediaClip.fill(&filled[i].bytes, to: size, codec) }
            start = end
        }
        return MediaClip(codec: codec, frames: filled, length: length) ?? self
    }

    /// Each size raised to one level, so that together they are `sum`; as they are if they are more already.
    static func levelled(_ sizes: [Int], sum: Int) -> [Int] {
        var missing = sum - sizes.reduce(0, +)
        guard missing > 0 else { return sizes }
        let order = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
        // How many of the smallest are raised: until the level they reach lies below the next one.
        var raised = 0
        var level = 0
        while raised < order.count {
            let next = sizes[order[raised]]
            let cost = (next - level) * raised
            if raised > 0, cost > missing { break }
            missing -= raised > 0 ? cost : 0
            level = next
            raised += 1
        }
        var result = sizes
        for (n, i) in order.prefix(raised).enumerated() { result[i] = level + missing / raised + (n < missing % raised ? 1 : 0) }
        return result
    }

    /// A filler unit is at least its start code, header and stop bit.
    private static let smallestFiller = 6

    private static func fill(_ frame: inout [UInt8], to size: Int, _ codec: Codec) {
        let missing = size - frame.count
        guard missing > 0 else { return }
        guard codec == .h264 else {
            frame += [UInt8](repeating: 0, count: missing)
            return
        }
        guard missing >= smallestFiller else { return }
        frame += [0, 0, 0, 1, 12] + [UInt8](repeating: 0xFF, count: missing - smallestFiller) + [0x80]
    }
}
