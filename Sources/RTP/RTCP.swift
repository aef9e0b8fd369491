import Basics

/// What one end received of one source (RFC 3550 section 6.4.1).
public struct ReportBlock: Hashable, Sendable {
    /// The source that the block is about.
    public var ssrc: UInt32
    /// Lost since the previous report, in 1/256.
    public var fractionLost: UInt8
    /// Lost since the beginning, signed 24 bits; duplicates may make it negative.
    public var cumulativeLost: Int32
    /// Extended highest sequence number received.
    public var highestSequence: UInt32
    /// Interarrival jitter in timestamp units.
    public var jitter: UInt32
    /// The middle 32 bits of the last sender report's NTP timestamp, 0 if none.
    public var lastReport: UInt32
    /// Since that report, in 1/65,536 s.
    public var delaySinceLastReport: UInt32
    /// All fields, as they stand on the wire.
    public init(
        ssrc: UInt32, fractionLost: UInt8, cumulativeLost: Int32, highestSequence: UInt32, jitter: UInt32,
        lastReport: UInt32, delaySinceLastReport: UInt32
    ) {
        self.ssrc = ssrc
        self.fractionLost = fractionLost
        self.cumulativeLost = cumulativeLost
        self.highestSequence = highestSequence
        self.jitter = jitter
        self.lastReport = lastReport
        self.delaySinceLastReport = delaySinceLastReport
    }
}

/// The sender information of a sender report (RFC 3550 section 6.4.1).
public struct SenderInformation: Hashable, Sendable {
    /// The reporting source.
    public var ssrc: UInt32
    /// NTP time, 32.32.
    public var ntp: UInt64
    /// The same instant on the stream's RTP clock.
    public var rtp: UInt32
    /// Sent since the beginning, modulo 2³².
    public var packets: UInt32
    /// Payload bytes sent since the beginning, modulo 2³².
    public var octets: UInt32
    /// All fields, as they stand on the wire.
    public init(ssrc: UInt32, ntp: UInt64, rtp: UInt32, packets: UInt32, octets: UInt32) {
        self.ssrc = ssrc
        self.ntp = ntp
        self.rtp = rtp
        self.packets = packets
        self.octets = octets
    }
}

/// The report blocks of one packet, read in place.
public struct ReportBlocks: RandomAccessCollection {
    let bytes: UnsafeRawBufferPointer
    /// Always 0.
    public var startIndex: Int { 0 }
    /// Number of blocks.
    public var endIndex: Int { bytes.count / 24 }
    /// The block at that place.
    public subscript(i: Int) -> ReportBlock {
        let at = 24 * i
        let lost = bytes.big32(at + 4)
        return ReportBlock(
            ssrc: bytes.big32(at), fractionLost: UInt8(lost >> 24),
            cumulativeLost: Int32(bitPattern: lost << 8) >> 8, highestSequence: bytes.big32(at + 8),
            jitter: bytes.big32(at + 12), lastReport: bytes.big32(at + 16), delaySinceLastReport: bytes.big32(at + 20))
    }
}

/// A list of SSRCs in a packet, read in place; `stride` is 4, or 8 in FIR entries.
public struct SSRCList: RandomAccessCollection {
    let bytes: UnsafeRawBufferPointer
    let stride: Int
    /// Always 0.
    public var startIndex: Int { 0 }
    /// Number of SSRCs.
    public var endIndex: Int { bytes.count / stride }
    /// The SSRC at that place.
    public subscript(i: Int) -> UInt32 { bytes.big32(stride * i) }
}

/// The sequence numbers that a generic NACK names (RFC 4585 section 6.2.1), PID by PID.
public struct NackedSequences: Sequence {
    let bytes: UnsafeRawBufferPointer

    /// Walks over PIDs and the bits of their BLPs.
    public struct Iterator: IteratorProtocol {
        let bytes: UnsafeRawBufferPointer
        var at = 0
        var base: UInt16 = 0
        var mask: UInt32 = 0
        /// The next sequence number named.
        public mutating func next() -> UInt16? {
            if mask == 0 {
                guard at + 4 <= bytes.count else { return nil }
                let entry = bytes.big32(at)
                at += 4
                base = UInt16(entry >> 16)
                // Bit 0 is the PID itself, bit i the packet PID + i.
                mask = (entry & 0xFFFF) << 1 | 1
            }
            let bit = mask.trailingZeroBitCount
            mask &= mask - 1
            return base &+ UInt16(bit)
        }
    }
    /// From the first PID.
    public func makeIterator() -> Iterator { Iterator(bytes: bytes) }
}

/// One packet of a compound, with its variable parts read in place.
public enum RTCPMessage {
    /// SR (RFC 3550 section 6.4.1).
    case senderReport(SenderInformation, ReportBlocks)
    /// RR (RFC 3550 section 6.4.2): of one who sends nothing.
    case receiverReport(sender: UInt32, ReportBlocks)
    /// SDES (RFC 3550 section 6.5): the first chunk's source and CNAME.
    case sourceDescription(ssrc: UInt32, name: UnsafeRawBufferPointer)
    /// Sources that left (RFC 3550 section 6.6).
    case bye(SSRCList)
    /// RFC 4585 section 6.2.1. On a trunk `media` is 0 and the numbers are transport-wide.
    case nack(sender: UInt32, media: UInt32, NackedSequences)
    /// Picture loss indication (RFC 4585 section 6.3.1).
    case pictureLoss(sender: UInt32, media: UInt32)
    /// Full intra request (RFC 5104 section 4.3.1) with the sources asked.
    case fullIntraRequest(sender: UInt32, SSRCList)
    /// Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03).
    case maximumBitrate(sender: UInt32, Bitrate, SSRCList)
    /// Application-defined (RFC 3550 section 6.7); `name` is four ASCII bytes.
    case application(subtype: UInt8, ssrc: UInt32, name: UInt32, data: UnsafeRawBufferPointer)
    /// Well-formed, of no meaning here.
    case other(type: UInt8, count: UInt8)
}

/// A compound RTCP packet (RFC 3550 section 6.1), walked packet by packet; stops silently at the first malformed one.
public struct RTCPCompound: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0
    /// True once the walk met bytes that are no RTCP packet.
    public private(set) var malformed = false
    /// The buffer must outlive the compound and what it yields. Reduced-size packets (RFC 5506) are taken too.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next packet; nil at the end or at a malformed one.
    public mutating func next() -> RTCPMessage? {
        guard at < bytes.count, !malformed else { return nil }
        guard bytes.count - at >= 4, bytes[at] >> 6 == 2 else { return stop() }
        let length = 4 + 4 * Int(bytes.big16(at + 2))
        guard bytes.count - at >= length else { return stop() }
        var end = at + length
        if bytes[at] & 0x20 != 0 {
            let padding = Int(bytes[end - 1])
            guard padding > 0, padding <= length - 4 else { return stop() }
            end -= padding
        }
        let body = UnsafeRawBufferPointer(rebasing: bytes[at + 4..<end])
        guard let message = RTCPCompound.message(type: bytes[at + 1], count: bytes[at] & 0x1F, body) else { return stop() }
        at += length
        return message
    }

    private mutating func stop() -> RTCPMessage? {
        malformed = true
        return nil
    }

    private static func message(type: UInt8, count: UInt8, _ body: UnsafeRawBufferPointer) -> RTCPMessage? {
        switch type {
        case 200:
            guard body.count >= 24 + 24 * Int(count) else { return nil }
            let sender = SenderInformation(
                ssrc: body.big32(0), ntp: UInt64(body.big32(4)) << 32 | UInt64(body.big32(8)), rtp: body.big32(12),
                packets: body.big32(16), octets: body.big32(20))
            return .senderReport(sender, ReportBlocks(bytes: body.part(24, 24 * Int(count))))
        case 201:
            guard body.count >= 4 + 24 * Int(count) else { return nil }
            return .receiverReport(sender: body.big32(0), ReportBlocks(bytes: body.part(4, 24 * Int(count))))
        case 202:
            return sourceDescription(count, body)
        case 203:
            guard body.count >= 4 * Int(count) else { return nil }
            return .bye(SSRCList(bytes: body.part(0, 4 * Int(count)), stride: 4))
        case 204:
            guard body.count >= 8 else { return nil }
            return .application(
                subtype: count, ssrc: body.big32(0), name: body.big32(4), data: body.part(8, body.count - 8))
        case 205, 206:
            return feedback(type: type, format: count, body)
        default:
            return .other(type: type, count: count)
        }
    }

    private static func sourceDescription(_ count: UInt8, _ body: UnsafeRawBufferPointer) -> RTCPMessage? {
        guard count > 0 else { return .other(type: 202, count: 0) }
        guard body.count >= 4 else { return nil }
        var at = 4
        while at + 1 < body.count, body[at] != 0 {
            let length = Int(body[at + 1])
            guard at + 2 + length <= body.count else { return nil }
            if body[at] == 1 { return .sourceDescription(ssrc: body.big32(0), name: body.part(at + 2, length)) }
            at += 2 + length
        }
        return .sourceDescription(ssrc: body.big32(0), name: body.part(0, 0))
    }

    private static func feedback(type: UInt8, format: UInt8, _ body: UnsafeRawBufferPointer) -> RTCPMessage? {
        guard body.count >= 8 else { return nil }
        let sender = body.big32(0)
        let media = body.big32(4)
        let rest = body.part(8, body.count - 8)
        switch (type, format) {
        case (205, 1): return .nack(sender: sender, media: media, NackedSequences(bytes: rest))
        case (206, 1): return .pictureLoss(sender: sender, media: media)
        case (206, 4): return .fullIntraRequest(sender: sender, SSRCList(bytes: rest, stride: 8))
        case (206, 15):
            // "REMB", number of SSRCs, 6 bits of exponent, 18 bits of mantissa.
            guard rest.count >= 8, rest.big32(0) == 0x5245_4D42 else { return .other(type: type, count: format) }
            let count = Int(rest[4])
            guard rest.count >= 8 + 4 * count else { return nil }
            let packed = rest.big32(4) & 0x00FF_FFFF
            // Beyond 40 bits of exponent the value is nonsense; shifting clamps instead of overflowing.
            let rate = Int64(packed & 0x3FFFF) << Int64(Swift.min(packed >> 18, 40))
            return .maximumBitrate(
                sender: sender, Bitrate(bitsPerSecond: rate), SSRCList(bytes: rest.part(8, 4 * count), stride: 4))
        default: return .other(type: type, count: format)
        }
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always) func big16(_ at: Int) -> UInt16 { UInt16(bigEndian: loadUnaligned(fromByteOffset: at, as: UInt16.self)) }
    @inline(__always) func big32(_ at: Int) -> UInt32 { UInt32(bigEndian: loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
    @inline(__always) func part(_ at: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[at..<at + count])
    }
}
