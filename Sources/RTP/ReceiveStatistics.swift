import Basics

/// What one RTP source lost and how unevenly it arrived (RFC 3550 appendices A.1, A.3 and A.8).
public struct ReceiveStatistics: Sendable {
    /// What a packet's sequence number said.
    public enum Verdict: Hashable, Sendable {
        /// In the running sequence, also if late.
        case accepted
        /// A jump out of the sequence; taken only if the next packet continues there.
        case ignored
        /// The second packet in a row after a jump: the source restarted and counting began anew.
        case restarted
    }

    /// Ticks a second of the source's RTP clock.
    public let clockRate: Int
    /// Packets received, duplicates included.
    public private(set) var received: Int64 = 0
    private var cycles: UInt32 = 0
    private var highest: UInt16 = 0
    private var base: UInt32 = 0
    private var awaited: UInt32?
    private var started = false
    private var expectedBefore: Int64 = 0
    private var receivedBefore: Int64 = 0
    private var lastTransit: Int64?
    private var timestamps = TimestampUnwrapper()
    // In 1/16 ticks, as in appendix A.8.
    private var scaledJitter: Int64 = 0

    /// A step forward of at least this many numbers is a restart (MAX_DROPOUT).
    private static let maximumDropout = 3_000
    /// A step back within this many numbers is a late packet (MAX_MISORDER).
    private static let maximumMisorder = 100

    /// Starts with the first packet received; no probation, since SRTP already told the source from a stranger.
    public init(clockRate: Int) { self.clockRate = clockRate }

    /// Counts one packet.
    public mutating func receive(sequence: UInt16, timestamp: UInt32, arrival: Instant) -> Verdict {
        guard started else {
            restart(sequence)
            received = 1
            measure(timestamp, arrival)
            return .accepted
        }
        let ahead = Int(sequence &- highest)
        var verdict = Verdict.accepted
        if ahead < Self.maximumDropout {
            if sequence < highest { cycles &+= 1 << 16 }
            highest = sequence
            awaited = nil
        } else if ahead <= 65_536 - Self.maximumMisorder {
            guard awaited == UInt32(sequence) else {
                awaited = UInt32(sequence &+ 1)
                return .ignored
            }
            restart(sequence)
            verdict = .restarted
        }
        received += 1
        measure(timestamp, arrival)
        return verdict
    }

    private mutating func restart(_ sequence: UInt16) {
        started = true
        base = UInt32(sequence)
        highest = sequence
        awaited = nil
        cycles = 0
        received = 0
        expectedBefore = 0
        receivedBefore = 0
        lastTransit = nil
        timestamps = TimestampUnwrapper()
    }

    private mutating func measure(_ timestamp: UInt32, _ arrival: Instant) {
        let ticks = Int64(Double(arrival.nanoseconds) / 1e9 * Double(clockRate))
        let transit = ticks &- timestamps.unwrap(timestamp)
        if let lastTransit {
            // A silence or a clock's leap is no jitter: bound one sample to ten seconds.
            let d = min(abs(transit &- lastTransit), Int64(10 * clockRate))
            scaledJitter += d - (scaledJitter + 8) >> 4
        }
        lastTransit = transit
    }

    /// Extended highest sequence number.
    public var highestSequence: UInt32 { cycles | UInt32(highest) }
    /// Packets that should have come.
    public var expected: Int64 { started ? Int64(highestSequence &- base) + 1 : 0 }
    /// Packets lost since the beginning; negative after duplicates.
    public var lost: Int64 { expected - received }
    /// Interarrival jitter in ticks.
    public var jitter: UInt32 { UInt32(clamping: scaledJitter >> 4) }

    /// The block for the next report; closes the interval that `fractionLost` is about. Nil before the first packet.
    public mutating func reportBlock(ssrc: UInt32, lastReport: UInt32 = 0, delaySinceLastReport: UInt32 = 0) -> ReportBlock? {
        guard started else { return nil }
        let expectedNow = expected - expectedBefore
        let lostNow = expectedNow - (received - receivedBefore)
        expectedBefore = expected
        receivedBefore = received
        let fraction = expectedNow <= 0 || lostNow <= 0 ? 0 : min(255, lostNow * 256 / expectedNow)
        return ReportBlock(
            ssrc: ssrc, fractionLost: UInt8(fraction), cumulativeLost: Int32(min(max(lost, -0x80_0000), 0x7F_FFFF)),
            highestSequence: highestSequence, jitter: jitter, lastReport: lastReport,
            delaySinceLastReport: delaySinceLastReport)
    }
}
