import Basics
import RTP

/// One direction of a trunk, at its receiving end: finds gaps in the transport-wide sequence and has them filled.
public struct TrunkReceiver: Sendable {
    /// A neighbour's packet, or why it is none.
    public enum Verdict {
        /// With `stream` −1: the bridge looks the SSRC up.
        case packet(MediaPacket)
        /// To be counted.
        case drop(DropReason)
    }

    /// What came in, repaired packets included, duplicates not.
    public private(set) var meters = TrunkMeters()
    /// Packets that came twice, or after they were given up.
    public private(set) var duplicates = 0
    private var nack: NackGenerator
    private var list: [UInt16] = []

    /// For one session of a trunk. `maximumAge`: what is older serves neither sound nor picture.
    public init(tolerance: Interval = .milliseconds(5), maximumAge: Interval = .milliseconds(500)) {
        nack = NackGenerator(startsAfter: TrunkFormat.sequenceBeforeFirst, tolerance: tolerance, maximumAge: maximumAge)
        list.reserveCapacity(NackGenerator.limit)
    }

    /// Numbers found missing, reordered ones not counted.
    public var lost: Int { nack.lost - nack.reordered }
    /// Of these, arrived after a request.
    public var recovered: Int { nack.recovered }
    /// Of these, given up.
    public var abandoned: Int { nack.abandoned }
    /// Numbers asked for, repetitions included.
    public var requested: Int { nack.requested }
    /// Numbers missing now.
    public var missing: Int { nack.missingCount }

    /// One decrypted RTP packet.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) -> Verdict {
        guard let header = RTPHeader(bytes) else { return .drop(.malformed) }
        return receive(header, now: now)
    }

    /// One decrypted RTP packet, already parsed.
    public mutating func receive(_ header: RTPHeader, now: Instant) -> Verdict {
        guard let codec = TrunkFormat.codec(header.payloadType) else { return .drop(.payloadType) }
        guard let number = header.transportSequence(id: TrunkFormat.transportSequenceID), !header.payload.isEmpty else {
            return .drop(.malformed)
        }
        guard header.payload.count <= TrunkFormat.longestPacket - RTPHeader.longestWritten else { return .drop(.tooLarge) }
        if nack.receive(number, now: now) == .old {
            duplicates += 1
            return .drop(.duplicate)
        }
        meters.note(codec.kind, header.ssrc, header.packet.count, now: now)
        let sound = codec.kind == .audio ? header.audioLevel(id: TrunkFormat.audioLevelID) : nil
        let payload = header.payloadBytes
        return .packet(
            MediaPacket(
                stream: -1, kind: codec.kind, codec: codec, ssrc: header.ssrc, sequence: header.sequence,
                timestamp: header.timestamp, marker: header.marker, level: sound?.level ?? 127,
                voice: sound?.voice ?? false, startsKeyFrame: codec.startsKeyFrame(payload), payload: payload))
    }

    /// Takes the neighbour's tail out of an RTCP message; false if it is none.
    public mutating func receive(_ message: RTCPMessage, now: Instant) -> Bool {
        guard case .application(_, _, TrunkFormat.tailName, let data) = message, data.count >= 4 else { return false }
        nack.expect(through: UInt16(data[2]) << 8 | UInt16(data[3]), now: now)
        return true
    }

    /// When ``writeFeedback(now:roundTrip:sender:into:)`` has work.
    public var deadline: Instant? { nack.deadline }

    /// Appends a generic NACK of transport sequences (media SSRC 0), headed by an empty RR; false if nothing is due.
    public mutating func writeFeedback(
        now: Instant, roundTrip: Interval, sender: UInt32, into writer: inout RTCPWriter
    ) -> Bool {
        guard let due = nack.deadline, due <= now else { return false }
        list.removeAll(keepingCapacity: true)
        nack.collect(now: now, roundTrip: roundTrip, into: &list)
        guard !list.isEmpty else { return false }
        writer.receiverReport(sender: sender)
        return writer.nack(sender: sender, media: 0, list) > 0
    }

    /// Begins a new measurement of distinct streams.
    public mutating func resetMaxima() { meters.resetMaxima() }
}
