import Basics

/// Hop messages of one edge's session, both ways: numbered from 1, sent until acknowledged, delivered once.
struct EdgeHops {
    private(set) var next: UInt64 = 1
    /// Not under way: new ones, and before them those whose datagram was lost.
    private(set) var waiting: [Hop] = []
    private var delivered = HopWindow()

    mutating func append(_ payload: [UInt8]) {
        waiting.append(Hop(number: next, payload: payload))
        next += 1
    }

    /// Takes as many as go together in one datagram; the first goes whatever its size.
    mutating func takeDatagram() -> [Hop] {
        var taken: [Hop] = []
        var size = 0
        while let hop = waiting.first, size == 0 || size + hop.payload.count + 16 <= Limits.hop {
            size += hop.payload.count + 16
            taken.append(waiting.removeFirst())
        }
        return taken
    }

    /// These were lost on the way.
    mutating func sendAgain(_ lost: [Hop]) { waiting = lost + waiting }

    /// True the first time that the neighbour's message of that number comes.
    mutating func admit(_ number: UInt64) -> Bool { delivered.admit(number) }

    /// The session ended.
    mutating func clear() { self = EdgeHops() }
}

/// Which hop messages were delivered.
struct HopWindow {
    /// All up to here.
    private var floor: UInt64 = 0
    /// Delivered ones above, sorted; the sender has at most ``GossipLimits/hopsInFlight`` open.
    private var above: [UInt64] = []

    /// True the first time.
    mutating func admit(_ number: UInt64) -> Bool {
        guard number > floor, number - floor <= UInt64(Limits.hopsInFlight) * 2 else { return false }
        var low = 0
        var high = above.count
        while low < high {
            let middle = (low + high) / 2
            if above[middle] < number { low = middle + 1 } else { high = middle }
        }
        if low < above.count, above[low] == number { return false }
        above.insert(number, at: low)
        var whole = 0
        while whole < above.count, above[whole] == floor + 1 {
            floor += 1
            whole += 1
        }
        above.removeFirst(whole)
        return true
    }
}
