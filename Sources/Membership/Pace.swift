import Basics

/// Token bucket for gossip. It may go below zero for messages that may not wait.
///
/// The rate is gossip's share of the line (a fifth), or most of what media leave idle if that is more.
struct Pace {
    private(set) var bytesPerSecond: Int64 = 8_000
    private var declared: Int64 = 8_000
    /// The whole line.
    private var line: Int64 = 8_000
    private var media = MediaLoad()
    private var tokens: Int64 = 4_800
    private var filledAt = Instant.zero
    private var windowEnds = Instant.zero
    private var numbered = 0
    private var lost = 0
    private var badWindows = 0

    mutating func setCapacity(_ capacity: Bitrate, now: Instant) {
        declared = max(Limits.leastRate.bitsPerSecond, capacity.bitsPerSecond / 5) / 8
        bytesPerSecond = declared
        line = max(1_000, capacity.bitsPerSecond / 8)
        tokens = burst
        filledAt = now
        windowEnds = now + .seconds(1)
    }
    /// Below 1 Mbit/s.
    var isSlow: Bool { declared * 5 * 8 < 1_000_000 }
    private var burst: Int64 { max(4_800, bytesPerSecond / 20) }

    /// How long the line takes for so many bytes.
    func lineTime(_ bytes: Int) -> Interval { .microseconds(Int64(bytes) * 1_000_000 / line) }

    /// So many bytes of media went the same way.
    mutating func noteMedia(_ bytes: Int, now: Instant) {
        // Credit earned before this point was earned at a lower media rate, so count it before the rate changes.
        refill(now: now)
        media.note(bytes, now: now)
    }

    /// Bytes a second now. The rest of the line counts only while nothing speaks of congestion, and a fifth of it stays free: for
    /// headers, resends, and media that begin anew.
    private func rate(now: Instant) -> Int64 {
        guard bytesPerSecond == declared else { return bytesPerSecond }
        return max(bytesPerSecond, (line - media.rate(now: now)) * 4 / 5)
    }

    mutating func spend(_ bytes: Int, now: Instant) {
        refill(now: now)
        tokens = max(tokens - Int64(bytes), -burst)
    }
    private mutating func refill(now: Instant) {
        let passed = min((now - filledAt).nanoseconds, 10_000_000_000)
        guard passed > 0 else { return }
        let earned = passed / 1_000 * rate(now: now) / 1_000_000
        guard earned > 0 else { return }
        tokens = min(burst, tokens + earned)
        filledAt = now
    }
    /// Nil: now.
    mutating func waitUntil(now: Instant) -> Instant? {
        refill(now: now)
        if tokens > 0 { return nil }
        return now + .microseconds((1 - tokens) * 1_000_000 / rate(now: now) + 1)
    }
    /// A datagram went that is acknowledged.
    mutating func noteNumbered() { numbered += 1 }
    /// Notes how many of them did not arrive. A lost acknowledgement does not count, since it is no sign of congestion on this way.
    mutating func noteLoss(_ count: Int) { lost += count }
    /// After two windows of more than 30 % loss the rate halves; after one of at most 20 %, which lines have without congestion, it
    /// doubles up to what was declared.
    mutating func endWindow(now: Instant) {
        guard now >= windowEnds, numbered >= Pace.leastInWindow else { return }
        if lost * 10 > numbered * 3 {
            badWindows += 1
            if badWindows >= 2 {
                badWindows = 0
                bytesPerSecond = max(Limits.leastRate.bitsPerSecond / 8, bytesPerSecond / 2)
            }
        } else {
            badWindows = 0
            if lost * 5 <= numbered { bytesPerSecond = min(declared, bytesPerSecond * 2) }
        }
        numbered = 0
        lost = 0
        windowEnds = now + .seconds(1)
    }
    private static let leastInWindow = 20
}

/// How much media went over an edge lately.
struct MediaLoad {
    /// Long enough for a picture's packets, short enough that a line is given back before a queue has grown.
    static let window = Interval.milliseconds(100)
    private var begun = Instant(nanoseconds: .min / 2)
    private var bytes: Int64 = 0
    private var before: Int64 = 0

    mutating func note(_ count: Int, now: Instant) {
        let passed = now - begun
        if passed >= MediaLoad.window {
            before = passed < MediaLoad.window * 2 ? bytes : 0
            bytes = 0
            begun = now
        }
        bytes += Int64(count)
    }

    /// Bytes a second, of the busier of this window and the last.
    func rate(now: Instant) -> Int64 {
        let passed = now - begun
        if passed >= MediaLoad.window * 2 { return 0 }
        return max(bytes, passed < MediaLoad.window ? before : 0) * 10
    }
}
