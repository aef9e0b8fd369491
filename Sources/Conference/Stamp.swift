import Basics

/// A hybrid logical clock's reading (Kulkarni et al., "Logical Physical Clocks", 2014): wall time in milliseconds and a
/// counter for what falls into the same one; totally ordered together with the node that made it.
public struct Stamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970.
    public var milliseconds: Int64
    public var counter: UInt32
    public init(milliseconds: Int64, counter: UInt32) {
        self.milliseconds = milliseconds
        self.counter = counter
    }
    /// Before every real stamp.
    public static let zero = Stamp(milliseconds: 0, counter: 0)
    public static func < (a: Stamp, b: Stamp) -> Bool { (a.milliseconds, a.counter) < (b.milliseconds, b.counter) }
    /// Nil: not as ``description`` writes it.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let counter = UInt32(parts[1]) else { return nil }
        self.init(milliseconds: milliseconds, counter: counter)
    }
    /// The stamp's physical part.
    public var wall: WallTime { WallTime(milliseconds: milliseconds) }
    public var description: String { "\(milliseconds).\(counter)" }
}

/// Makes stamps that are larger than every stamp seen.
struct HybridClock: Sendable {
    /// A stamp further ahead of our own clock than this is not followed (mesh rule 2).
    static let farthestAhead: Int64 = 60_000
    private(set) var last = Stamp.zero

    mutating func tick(_ wall: WallTime) -> Stamp {
        if wall.milliseconds > last.milliseconds {
            last = Stamp(milliseconds: wall.milliseconds, counter: 0)
        } else {
            last.counter &+= 1
            if last.counter == 0 { last.milliseconds &+= 1 }
        }
        return last
    }

    mutating func observe(_ stamp: Stamp, wall: WallTime) {
        let ahead = stamp.milliseconds.subtractingReportingOverflow(wall.milliseconds)
        guard !ahead.overflow, ahead.partialValue <= HybridClock.farthestAhead, stamp > last else { return }
        last = stamp
    }
}
