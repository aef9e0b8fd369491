import Basics

/// The beat of one edge's own hellos, their echoes, and the echo that the neighbour is owed.
struct EdgeHello {
    private(set) var sequence: UInt64 = 0
    private var times = [Instant](repeating: .zero, count: 64)
    /// The neighbour's newest hello, and when it came.
    private(set) var echo: UInt64 = 0
    private var echoAt = Instant.zero
    /// The newest own hello that came back, and when that was news.
    private var echoed: UInt64 = 0
    private(set) var echoNewsAt = Instant.zero

    private(set) var lastSent = Instant.zero
    private(set) var lastFull = Instant.zero
    private(set) var isWanted = false
    private(set) var spacing = Limits.idleSpacing
    /// After a change to a longer spacing the shorter one is kept until here.
    private var shortUntil = Instant.zero

    // MARK: The beat

    func gap(_ life: EdgeLife, now: Instant) -> Interval {
        guard life.isUp else { return lastSent - life.connectedAt < .seconds(2) ? .milliseconds(50) : Limits.idleSpacing }
        return now < shortUntil ? min(spacing, Limits.busySpacing) : spacing
    }

    /// When the next hello goes by the beat.
    func next(_ life: EdgeLife) -> Instant {
        let gap = gap(life, now: lastSent)
        if life.isUp, gap < Limits.fullHello { return min(lastSent + gap, lastFull + Limits.fullHello) }
        return lastFull + gap
    }

    /// When the next hello goes: by the beat, or because one is wanted.
    func deadline(_ life: EdgeLife) -> Instant {
        let next = next(life)
        return isWanted ? min(next, lastFull + Limits.batchWindow) : next
    }

    /// The secure session is new: hellos of that spacing begin.
    mutating func begin(_ spacing: Interval) {
        self.spacing = spacing
        isWanted = true
    }
    /// A full hello is to go soon.
    mutating func want() { isWanted = true }
    /// A full hello is to go now.
    mutating func wantNow(_ now: Instant) {
        isWanted = true
        lastFull = now - Limits.batchWindow
    }
    /// None can go.
    mutating func rest() { isWanted = false }

    /// Announces another spacing; a longer one is kept to only once the neighbour has surely heard of it.
    mutating func announce(_ wanted: Interval, now: Instant) {
        if wanted > spacing { shortUntil = now + .seconds(1) }
        spacing = wanted
        isWanted = true
    }

    /// Numbers a hello.
    mutating func number(now: Instant) -> UInt64 {
        sequence += 1
        times[Int(sequence % 64)] = now
        return sequence
    }
    /// A datagram went to the neighbour.
    mutating func sent(now: Instant) { lastSent = now }
    /// The hello went, at its beat.
    mutating func sentHello(isFull: Bool, beat: Instant) {
        isWanted = false
        lastSent = beat
        if isFull { lastFull = beat }
    }

    // MARK: Echoes

    /// The neighbour's hello of that number came.
    mutating func heard(_ number: UInt64, now: Instant) {
        guard number > echo else { return }
        echo = number
        echoAt = now
    }
    /// The neighbour counts its hellos from 1 again.
    mutating func newSession() { echo = 0 }
    /// How long ago the hello came that is echoed, in microseconds.
    func echoDelay(now: Instant) -> Int64 { echo == 0 ? 0 : max(0, (now - echoAt).nanoseconds / 1_000) }

    /// An echo came, held back by the neighbour for so many microseconds; the round trip, if it is news.
    mutating func takeEcho(_ number: UInt64, delay: UInt32, now: Instant) -> Interval? {
        guard number > echoed, number <= sequence else { return nil }
        echoed = number
        echoNewsAt = now
        guard sequence - number < 64 else { return nil }
        let passed = now - times[Int(number % 64)]
        return max(.zero, passed - .microseconds(Int64(delay)))
    }

    /// The edge came up.
    mutating func rise(now: Instant) {
        echoNewsAt = now
        isWanted = true
    }

    /// The session ended.
    mutating func clear() {
        sequence = 0
        echo = 0
        echoed = 0
    }
}
