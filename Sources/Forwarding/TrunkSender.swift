import Basics
import RTP

/// One direction of a trunk, at its sending end: canonical packets with a transport-wide sequence, kept for repair.
///
/// Losses are found and repaired on this sequence, never on a stream's, so that gating a silent voice asks for nothing.
/// A resend is the protected packet that was sent first, byte for byte: its SRTP index is used.
public struct TrunkSender {
    /// Between two tails while media flowed within the last second.
    public static let tailPause = Interval.milliseconds(100)
    /// Tails go on this long after the last packet.
    public static let tailTime = Interval.milliseconds(1_000)

    /// What went out, resends included.
    public private(set) var meters = TrunkMeters()
    /// Packets sent again.
    public private(set) var resent = 0
    /// Sequences asked for that were no longer here.
    public private(set) var missed = 0
    /// Packets that fitted no datagram.
    public private(set) var tooLarge = 0
    /// The last transport sequence given.
    public private(set) var lastSequence = TrunkFormat.sequenceBeforeFirst

    private let cache: RetransmissionCache
    private var lastSent: Instant?
    private var nextTail: Instant?

    /// For one session of a trunk; the next session has its own. The cache holds about a second of 2 Mbit/s.
    public init(cachePackets: Int = 1_024, cacheBytes: Int = 256 << 10) {
        cache = RetransmissionCache(packets: cachePackets, bytes: cacheBytes)
    }

    /// Writes the packet as this trunk carries it and returns its length; nil if it is too large. Protect it in place then, and
    /// ``keep(_:)`` what came of it.
    public mutating func write(_ packet: MediaPacket, now: Instant, into slot: UnsafeMutableRawBufferPointer) -> Int? {
        guard packet.payload.count + RTPHeader.longestWritten <= min(slot.count, TrunkFormat.longestPacket) else {
            tooLarge += 1
            return nil
        }
        lastSequence &+= 1
        let header = RTPHeader.write(
            into: slot, payloadType: TrunkFormat.payloadType(packet.codec), marker: packet.marker,
            sequence: packet.sequence, timestamp: packet.timestamp, ssrc: packet.ssrc,
            audioLevel: packet.kind == .audio ? (TrunkFormat.audioLevelID, packet.level, packet.voice) : nil,
            transportSequence: (TrunkFormat.transportSequenceID, lastSequence))
        let count = header + packet.payload.count
        UnsafeMutableRawBufferPointer(rebasing: slot[header..<count]).copyMemory(from: packet.payload)
        meters.note(packet.kind, packet.ssrc, count, now: now)
        lastSent = now
        if nextTail == nil { nextTail = now + Self.tailPause }
        return count
    }

    /// Keeps the packet written last as it was sent, protected, for ``resend(_:now:roundTrip:into:)``.
    public func keep(_ protected: UnsafeRawBufferPointer) { cache.store(lastSequence, protected) }

    /// Writes the protected packet with this transport sequence; nil if it is gone, or was sent again just now.
    ///
    /// Call it for each number of a NACK whose media SSRC is 0.
    public mutating func resend(
        _ sequence: UInt16, now: Instant, roundTrip: Interval, into slot: UnsafeMutableRawBufferPointer
    ) -> Int? {
        // Half a round trip: a repeated request means that the answer was lost, not that it is under way.
        guard let packet = cache.take(sequence, now: now, pause: max(.milliseconds(5), roundTrip / 2)) else {
            if cache.packet(sequence) == nil { missed += 1 }
            return nil
        }
        guard packet.count <= slot.count, let header = RTPHeader(packet) else { return nil }
        slot.copyMemory(from: packet)
        resent += 1
        let kind = TrunkFormat.codec(header.payloadType)?.kind ?? .audio
        meters.note(kind, header.ssrc, packet.count, now: now)
        return packet.count
    }

    /// When ``writeTail(now:sender:into:)`` is due; nil while nothing flows.
    public var deadline: Instant? { nextTail }

    /// Appends the tail: an APP packet "NCTS" that names the last sequence, so that the last packet's loss is found too.
    public mutating func writeTail(now: Instant, sender: UInt32, into writer: inout RTCPWriter) -> Bool {
        guard let due = nextTail, due <= now, let lastSent else { return false }
        nextTail = now - lastSent < Self.tailTime ? now + Self.tailPause : nil
        return writer.application(subtype: 0, ssrc: sender, name: TrunkFormat.tailName, data: UInt32(lastSequence))
    }

    /// Begins a new measurement of distinct streams.
    public mutating func resetMaxima() { meters.resetMaxima() }
}
