import Basics

/// The last pair of NTP and RTP time that a source reported: what ties its sound to its picture.
public struct SenderReportClock: Hashable, Sendable {
    /// Ticks a second of the RTP clock.
    public let clockRate: Int
    /// The reported NTP time, 32.32.
    public private(set) var ntp: UInt64 = 0
    /// The same instant on the RTP clock.
    public private(set) var rtp: UInt32 = 0
    /// When the report arrived; nil before the first.
    public private(set) var arrival: Instant?

    /// Knows nothing yet.
    public init(clockRate: Int) { self.clockRate = clockRate }

    /// Remembers a report. A report whose NTP time is 0 (no clock) is ignored.
    public mutating func receive(ntp: UInt64, rtp: UInt32, now: Instant) {
        guard ntp != 0 else { return }
        self.ntp = ntp
        self.rtp = rtp
        arrival = now
    }

    /// The pair carried forward to `now` on both clocks; nil before the first report.
    public func pair(now: Instant) -> (ntp: UInt64, rtp: UInt32)? {
        guard let arrival else { return nil }
        let elapsed = now - arrival
        return (NTP.advance(ntp, by: elapsed), rtp &+ elapsed.ticks(clockRate))
    }

    /// LSR and DLSR for a report block; zero before the first report (RFC 3550 section 6.4.1).
    public func lastReport(now: Instant) -> (lastReport: UInt32, delay: UInt32) {
        guard let arrival else { return (0, 0) }
        return (NTP.compact(ntp), NTP.compact(now - arrival))
    }
}

/// The sender reports that we sent of one stream, so that a report block's LSR and DLSR give a round trip.
///
/// Our reports carry the source's NTP time, not ours, so the round trip is measured from when each was sent.
public struct SentReports: Sendable {
    // LSR values and when they left; four suffice for round trips below three report intervals.
    private var sent: [4 of (lsr: UInt32, at: Instant)] = .init(repeating: (0, .zero))
    private var next = 0
    /// The last round trip measured.
    public private(set) var roundTrip: Interval?

    /// Nothing sent yet.
    public init() {}

    /// Remembers that a report with this NTP time left.
    public mutating func send(ntp: UInt64, now: Instant) {
        sent[next] = (NTP.compact(ntp), now)
        next = (next + 1) & 3
    }

    /// Measures the round trip from a block that answers one of the last four reports (RFC 3550 section 6.4.1).
    public mutating func receive(_ block: ReportBlock, now: Instant) {
        guard block.lastReport != 0 else { return }
        for i in 0..<4 where sent[i].lsr == block.lastReport {
            let trip = now - sent[i].at - NTP.interval(block.delaySinceLastReport)
            roundTrip = max(.zero, trip)
            return
        }
    }
}
