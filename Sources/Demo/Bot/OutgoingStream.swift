import Basics
import Peer
import RTP
import SDP

/// One stream that a bot sends: its numbers, its sender reports, and the packets kept for resending.
final class OutgoingStream {
    let slot: MediaSlot
    private var sequence: UInt16
    private let firstTimestamp: UInt32
    private var packets: UInt32 = 0
    private var octets: UInt32 = 0
    private let cache: RetransmissionCache?

    /// Sequence and timestamp begin at random (RFC 3550 section 5.1).
    init(_ slot: MediaSlot, random: inout SeededGenerator) {
        self.slot = slot
        // A sequence number in the lower half: no wrap before the other side has seen the stream.
        sequence = UInt16(truncatingIfNeeded: random.next() & 0x7FFF)
        firstTimestamp = UInt32(truncatingIfNeeded: random.next())
        cache = slot.nack ? RetransmissionCache(packets: 256, bytes: 64 << 10) : nil
    }

    /// Protects one packet in the outbox's next slot. `ticks`: since the stream's start, on its RTP clock.
    func send(_ payload: UnsafeRawBufferPointer, ticks: UInt32, marker: Bool, level: UInt8? = nil, through peer: Peer, _ outbox: Outbox) {
        guard let remote = peer.remote else { return }
        let room = outbox.reserve()
        var audioLevel: (id: UInt8, level: UInt8, voice: Bool)?
        if let id = slot.audioLevelID, let level { audioLevel = (id, level, level < 60) }
        let header = RTPHeader.write(
            into: room, payloadType: slot.payloadType, marker: marker, sequence: sequence, timestamp: firstTimestamp &+ ticks,
            ssrc: slot.localSSRC, audioLevel: audioLevel)
        guard header + payload.count + slot.codec.tagRoom <= room.count else { return }
        UnsafeMutableRawBufferPointer(rebasing: room[header...]).copyMemory(from: payload)
        guard let total = peer.protectRTP(room, length: header + payload.count, headerLength: header) else { return }
        // The protected bytes: a resend must be the same ones.
        cache?.store(sequence, UnsafeRawBufferPointer(rebasing: room[..<total]))
        outbox.commit(total, to: remote)
        sequence &+= 1
        packets &+= 1
        octets &+= UInt32(truncatingIfNeeded: payload.count)
    }

    /// Answers a NACK with the very packet, at most once a round trip; the number of those still kept.
    func resend(_ number: UInt16, now: Instant, through peer: Peer, _ outbox: Outbox) -> Bool {
        guard let remote = peer.remote, let packet = cache?.take(number, now: now, pause: .milliseconds(20)) else { return false }
        outbox.append(packet, to: remote)
        return true
    }

    /// For a sender report: `elapsed` since the stream's start, and the same moment as NTP time.
    func information(elapsed: Interval, ntp: UInt64) -> SenderInformation {
        SenderInformation(
            ssrc: slot.localSSRC, ntp: ntp, rtp: firstTimestamp &+ elapsed.ticks(slot.codec.clockRate), packets: packets, octets: octets)
    }
}

extension Codec {
    /// Bytes a cipher may append.
    fileprivate var tagRoom: Int { 16 }
}
