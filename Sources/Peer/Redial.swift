import Basics

/// When a trunk's dialer tries again: from 0.2 s doubling to 5 s, each drawn from 0.8 to 1.2 of it, so that the
/// children of a restarted parent do not come all at once.
struct Redial {
    static let first = Interval.milliseconds(200)
    static let last = Interval.seconds(5)
    /// A handshake that takes longer is given up: three round trips over a satellite with two losses.
    static let attemptLimit = Interval.seconds(8)

    /// When to dial next; nil while an attempt or a session lives.
    private(set) var due: Instant?
    /// When the present attempt is given up.
    private(set) var giveUp: Instant?
    private var delay = Redial.first

    /// Dial at once, without back-off.
    mutating func now(_ now: Instant) {
        due = now
        giveUp = nil
    }
    mutating func started(_ now: Instant) {
        due = nil
        giveUp = now + Redial.attemptLimit
    }
    mutating func established() {
        due = nil
        giveUp = nil
        delay = Redial.first
    }
    mutating func failed(_ now: Instant, random: inout SeededGenerator) {
        let percent = Int64(random.next() % 41) + 80
        due = now + delay * percent / 100
        giveUp = nil
        delay = min(delay * 2, Redial.last)
    }
    mutating func stop() {
        due = nil
        giveUp = nil
    }
}
