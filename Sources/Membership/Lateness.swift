import Basics

/// How late this node is woken, by the deadline it told last (Lifeguard's local health).
struct Lateness {
    private(set) var value = Interval.zero
    private var promised: Instant?

    /// The owner was told this deadline.
    mutating func promise(_ deadline: Instant?) { promised = deadline }

    /// Lateness fades with each punctual wake; below a millisecond there is none.
    mutating func woken(now: Instant) {
        guard let promised, now >= promised else { return }
        let late = now - promised
        let noted = late >= value ? min(late, Limits.widening) : value * 31 / 32
        value = noted < .milliseconds(1) ? .zero : noted
    }
}
