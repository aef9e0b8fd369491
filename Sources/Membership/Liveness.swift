import Basics

/// Whether the neighbour is still heard: round trip, loss, and how long a silence may last before the edge is down.
struct Liveness {
    private(set) var lastHeard = Instant.zero
    /// RFC 6298 section 2: smoothed round trip and its variation.
    private(set) var roundTrip: Interval?
    private(set) var variation = Interval.zero
    /// What the neighbour announced.
    private(set) var spacing = Limits.idleSpacing
    /// Silences that loss and spacing allow, as of the last hello: without any packet, and without an echo of our hellos.
    private var allowed = Allowed()
    private var loss = LossWindow()
    private var survived = LongestSilence()

    private struct Allowed {
        var silence = Limits.idleSpacing * 6
        var echo = Limits.idleSpacing * 6
    }

    mutating func restart(now: Instant) {
        self = Liveness()
        lastHeard = now
        review(now: now)
    }

    /// Works out what is allowed; once for each hello, since every event asks for it.
    mutating func review(now: Instant) {
        let bound = loss.upperBound(now: now)
        let full = max(spacing, min(Limits.fullHello, Limits.idleSpacing))
        allowed.silence = max(Limits.detection, spacing * Liveness.misses(loss: bound, spacing: spacing)) + variation * 4
        allowed.echo = full * Liveness.misses(loss: bound, spacing: full) + variation * 4 + (roundTrip ?? Limits.firstResend)
    }

    mutating func heard(now: Instant) {
        if now > lastHeard {
            survived.note(now - lastHeard, spacing: spacing, now: now)
            lastHeard = now
        }
    }
    /// The neighbour announced another spacing.
    mutating func setSpacing(_ announced: Interval) { spacing = announced }
    /// The neighbour counts its hellos from 1 again.
    mutating func newSession() { loss.newSession() }
    mutating func helloHeard(_ sequence: UInt64, now: Instant) { loss.note(sequence, now: now) }

    mutating func measured(_ sample: Interval) {
        guard sample >= .zero, sample < .seconds(60) else { return }
        guard let old = roundTrip else {
            roundTrip = sample
            variation = sample / 2
            return
        }
        let off = sample < old ? old - sample : sample - old
        variation = (variation * 3 + off) / 4
        roundTrip = (old * 7 + sample) / 8
    }

    /// srtt + 4·var, and a batch window for the neighbour's acknowledgement; 200 ms until measured.
    var resendTime: Interval {
        guard let roundTrip else { return Limits.firstResend }
        return max(roundTrip + variation * 4 + Limits.batchWindow, .milliseconds(20))
    }

    /// Loss of the neighbour's hellos, upper 95 % bound over 10 s.
    func lossBound(now: Instant) -> Double { loss.upperBound(now: now) }
    /// The plain share lost, for telling the neighbour.
    func lossShare(now: Instant) -> Double { loss.share(now: now) }

    /// The smallest m with p^m·(1−p)·3600/spacing < 10⁻³ false detaches an hour, clamped to 6…20; of an idle edge < 10⁻⁴, since the few
    /// hellos it hears tell its loss less surely, and nobody waits for it.
    static func misses(loss p: Double, spacing: Interval) -> Int64 {
        let perHour = 3600 / max(spacing.seconds, 0.001)
        let wanted = spacing < Limits.idleSpacing ? 1e-3 : 1e-4
        var expected = (1 - p) * perHour
        var m: Int64 = 0
        while m < 20 && (m < 6 || expected >= wanted) {
            m += 1
            expected *= p
        }
        return m
    }

    /// Silence after which the edge is down.
    func detection(lateness: Interval, now: Instant) -> Interval {
        let late = allowed.silence + min(lateness, Limits.widening)
        return max(late, min(survived.longest(now: now) * 3 / 2, Limits.widening))
    }
    /// The same for the echo of our own hellos, which only full hellos are sure to bring.
    func echoDetection(lateness: Interval) -> Interval { allowed.echo + min(lateness, Limits.widening) }
}

/// Hellos expected and heard in each of the last ten seconds, and of those before what the last minute or so left.
///
/// An idle edge hears forty hellos in ten seconds: so few are now and then far too lucky, and silence that the line's true loss makes
/// likely would pass for a cut.
struct LossWindow {
    private var expected = InlineArray<10, Int32>(repeating: 0)
    private var heard = InlineArray<10, Int32>(repeating: 0)
    private var second: Int64 = 0
    private var highest: UInt64 = 0
    private var older = (lost: 0.0, of: 0.0)
    /// In a second: half is left after a minute and a half.
    private static let fading = 127.0 / 128

    mutating func note(_ sequence: UInt64, now: Instant) {
        advance(to: now.nanoseconds / 1_000_000_000)
        let at = Int(second % 10)
        if highest == 0 {
            expected[at] += 1
            highest = sequence
        } else if sequence > highest {
            expected[at] += Int32(min(sequence - highest, 1_000))
            highest = sequence
        }
        heard[at] += 1
    }
    mutating func newSession() { highest = 0 }
    private mutating func advance(to new: Int64) {
        guard new > second else { return }
        for s in max(second + 1, new - 9)...new {
            let at = Int(s % 10)
            older.lost = older.lost * LossWindow.fading + Double(max(0, expected[at] - heard[at]))
            older.of = older.of * LossWindow.fading + Double(expected[at])
            expected[at] = 0
            heard[at] = 0
        }
        second = new
    }
    private func totals(now: Instant) -> (lost: Double, of: Double) {
        let current = now.nanoseconds / 1_000_000_000
        var e: Int32 = 0
        var h: Int32 = 0
        for back in 0..<10 {
            let s = second - Int64(back)
            guard s >= 0, s > current - 10 else { break }
            e += expected[Int(s % 10)]
            h += heard[Int(s % 10)]
        }
        return (Double(max(0, e - h)), Double(e))
    }
    func share(now: Instant) -> Double {
        let (lost, of) = totals(now: now)
        return of > 0 ? lost / of : 0
    }
    /// The larger of what the last ten seconds and what all that is remembered say; 5 % before anything was heard.
    func upperBound(now: Instant) -> Double {
        let (lost, n) = totals(now: now)
        guard n >= 1 else { return 0.05 }
        return max(LossWindow.wilson(lost, of: n), LossWindow.wilson(lost + older.lost, of: n + older.of))
    }

    /// Wilson's score interval (Wilson, 1927), its upper end at 95 % one-sided (z = 1.645).
    private static func wilson(_ lost: Double, of n: Double) -> Double {
        let p = lost / n
        let z = 1.645
        let centre = p + z * z / (2 * n)
        let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return min(0.95, (centre + spread) / (1 + z * z / n))
    }
}

/// The longest silence survived in the last ten minutes, in two halves. Only busy edges count: idle ones are silent by design.
struct LongestSilence {
    private var current = Interval.zero
    private var previous = Interval.zero
    private var began = Instant.zero
    private static let half = Interval.seconds(300)

    mutating func note(_ silence: Interval, spacing: Interval, now: Instant) {
        if now - began > LongestSilence.half {
            previous = now - began > LongestSilence.half * 2 ? .zero : current
            current = .zero
            began = now
        }
        guard spacing <= Limits.fullHello, silence <= Limits.widening else { return }
        current = max(current, silence)
    }
    func longest(now: Instant) -> Interval {
        if now - began > LongestSilence.half * 2 { return .zero }
        return now - began > LongestSilence.half ? current : max(current, previous)
    }
}
