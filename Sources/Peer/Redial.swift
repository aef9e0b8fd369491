import Basics

/// When a trunk's dialer tries again: from 0.2 s doubling to 5 s, each drawn from 0.8 to 1.2 of it, so that the
/// children of a restarted parent do not come all at once. An attempt that nobody answers begins anew after a second.
struct Redial {
    static let first = Interval.milliseconds(200)
    static let last = Interval.seconds(5)
    /// A handshake that takes longer is given up: three round trips over a satellite with two losses.
    static let attemptLimit = Interval.seconds(8)

    /// Without any answer: a handshake's own resends come ever later (RFC 6347 section 4.2.4.1), and a line that is mended should
    /// be noticed within a second. Longer than a round trip over a satellite; drawn from 0.8 to 1.2 of it.
    static let answerLimit = Interval.seconds(1)

    /// When to dial next; nil while an attempt or a session lives.
    private(set) var due: Instant?
    /// When the present attempt is given up.
    private(set) var giveUp: Instant?
    /// The neighbour has answered the present attempt.
    private(set) var isAnswered = false
    private var begun = Instant.zero
    private var delay = Redial.first

    /// Dial at once, without back-off.
    mutating func now(_ now: Instant) {
        due = now
        giveUp = nil
    }
    mutating func started(_ now: Instant, random: inout SeededGenerator) {
        due = nil
        begun = now
        isAnswered = false
        giveUp = now + Redial.answerLimit * Redial.percent(&random) / 100
    }
    /// Somebody is there: the attempt has its whole time.
    mutating func answered() {
        guard giveUp != nil, !isAnswered else { return }
        isAnswered = true
        giveUp = begun + Redial.attemptLimit
    }
    mutating func established() {
        due = nil
        giveUp = nil
        delay = Redial.first
    }
    mutating func failed(_ now: Instant, random: inout SeededGenerator) {
        due = now + delay * Redial.percent(&random) / 100
        giveUp = nil
        delay = min(delay * 2, Redial.last)
    }
    mutating func stop() {
        due = nil
        giveUp = nil
    }
    private static func percent(_ random: inout SeededGenerator) -> Int64 { Int64(random.next() % 41) + 80 }
}
