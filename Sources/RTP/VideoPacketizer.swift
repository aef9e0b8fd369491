import Basics

/// Cuts encoded frames into RTP payloads (RFC 7741 section 4, RFC 6184 section 5): what a sender of its own pictures uses.
public struct VideoPacketizer {
    /// VP8 or H.264.
    public let codec: Codec
    /// Bytes of a payload at most: a datagram of 1,200 bytes with room for headers, trunk extensions and the cipher's tag.
    public let limit: Int
    // 15 bits, one for each VP8 frame.
    private var pictureID: UInt16 = 0
    private var scratch: [UInt8] = []

    /// `codec` is VP8 or H.264.
    public init(codec: Codec, limit: Int = 1_100) {
        precondition(codec.kind == .video, "\(codec) has no frames to cut")
        self.codec = codec
        self.limit = max(limit, 64)
    }

    /// Hands out the payloads of one frame (VP8 frame, or H.264 access unit in Annex B) in order; the last has the marker.
    public mutating func packetize(_ frame: UnsafeRawBufferPointer, _ body: (_ payload: UnsafeRawBufferPointer, _ marker: Bool) -> Void) {
        guard !frame.isEmpty else { return }
        if codec == .h264 { packetizeH264(frame, body) } else { packetizeVP8(frame, body) }
    }

    private mutating func packetizeVP8(_ frame: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Bool) -> Void) {
        // X and S; I; a 15-bit picture id.
        let head = 4
        let pieces = (frame.count + limit - head - 1) / (limit - head)
        var at = 0
        for i in 0..<pieces {
            // Pieces of equal size: no tiny last packet.
            let end = frame.count * (i + 1) / pieces
            scratch.removeAll(keepingCapacity: true)
            scratch.append(i == 0 ? 0x90 : 0x80)
            scratch.append(0x80)
            scratch.append(0x80 | UInt8(pictureID >> 8))
            scratch.append(UInt8(truncatingIfNeeded: pictureID))
            scratch.append(contentsOf: frame.part(at, end - at))
            scratch.withUnsafeBytes { body($0, i == pieces - 1) }
            at = end
        }
        pictureID = (pictureID + 1) & 0x7FFF
    }

    private mutating func packetizeH264(_ frame: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Bool) -> Void) {
        let units = H264Payload.nalUnits(frame)
        var i = 0
        while i < units.count {
            // As many small units as fit go together: parameter sets travel with what follows them.
            var size = 1
            var last = i
            while last < units.count, size + 2 + units[last].count <= limit {
                size += 2 + units[last].count
                last += 1
            }
            if last - i >= 2 {
                aggregate(frame, units[i..<last])
                scratch.withUnsafeBytes { body($0, last == units.count) }
                i = last
            } else if units[i].count <= limit {
                body(frame.part(units[i].lowerBound, units[i].count), i + 1 == units.count)
                i += 1
            } else {
                fragment(frame, units[i], last: i + 1 == units.count, body)
                i += 1
            }
        }
    }

    private mutating func aggregate(_ frame: UnsafeRawBufferPointer, _ units: ArraySlice<Range<Int>>) {
        scratch.removeAll(keepingCapacity: true)
        // The indicator carries the largest NRI of its units.
        scratch.append(units.reduce(0) { max($0, frame[$1.lowerBound] & 0x60) } | 24)
        for unit in units {
            scratch.append(UInt8(unit.count >> 8))
            scratch.append(UInt8(truncatingIfNeeded: unit.count))
            scratch.append(contentsOf: frame.part(unit.lowerBound, unit.count))
        }
    }

    private mutating func fragment(
        _ frame: UnsafeRawBufferPointer, _ unit: Range<Int>, last: Bool, _ body: (UnsafeRawBufferPointer, Bool) -> Void
    ) {
        let header = frame[unit.lowerBound]
        let start = unit.lowerBound + 1
        let count = unit.count - 1
        let pieces = (count + limit - 3) / (limit - 2)
        var at = 0
        for i in 0..<pieces {
            let end = count * (i + 1) / pieces
            scratch.removeAll(keepingCapacity: true)
            scratch.append(header & 0xE0 | 28)
            scratch.append((i == 0 ? 0x80 : 0) | (i == pieces - 1 ? 0x40 : 0) | header & 0x1F)
            scratch.append(contentsOf: frame.part(start + at, end - at))
            scratch.withUnsafeBytes { body($0, last && i == pieces - 1) }
            at = end
        }
    }
}
