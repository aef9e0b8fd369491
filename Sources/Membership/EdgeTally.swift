import Basics

/// What one edge counted since the node started.
struct EdgeTally {
    private(set) var counters = Membership.EdgeCounters()

    @inline(__always)
    mutating func count(_ what: WritableKeyPath<Membership.EdgeCounters, Int>, _ number: Int = 1) { counters[keyPath: what] += number }
}
