/// A length of time in nanoseconds; 8 bytes, unlike `Duration`, since the packet path stores thousands.
public struct Interval: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// May be negative; ±292 years.
    public var nanoseconds: Int64

    /// So many nanoseconds.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    /// So many nanoseconds.
    @inlinable public static func nanoseconds(_ n: Int64) -> Interval { Interval(nanoseconds: n) }
    /// So many microseconds.
    @inlinable public static func microseconds(_ n: Int64) -> Interval { Interval(nanoseconds: n &* 1_000) }
    /// So many milliseconds.
    @inlinable public static func milliseconds(_ n: Int64) -> Interval { Interval(nanoseconds: n &* 1_000_000) }
    /// So many seconds.
    @inlinable public static func seconds(_ n: Int64) -> Interval { Interval(nanoseconds: n &* 1_000_000_000) }
    /// Rounded to the nanosecond; not a number and values beyond the range become zero and the range's ends.
    @_disfavoredOverload public static func seconds(_ n: Double) -> Interval {
        let wanted = n * 1e9
        if wanted.isNaN { return .zero }
        return Interval(nanoseconds: Int64(max(-9.2e18, min(9.2e18, wanted))))
    }
    /// No time.
    public static let zero = Interval(nanoseconds: 0)

    /// In seconds, as a real number.
    @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }
    /// In whole milliseconds, towards zero.
    @inlinable public var milliseconds: Int64 { nanoseconds / 1_000_000 }

    @inlinable public static func < (a: Interval, b: Interval) -> Bool { a.nanoseconds < b.nanoseconds }
    @inlinable public static func + (a: Interval, b: Interval) -> Interval { Interval(nanoseconds: a.nanoseconds &+ b.nanoseconds) }
    @inlinable public static func - (a: Interval, b: Interval) -> Interval { Interval(nanoseconds: a.nanoseconds &- b.nanoseconds) }
    @inlinable public static func * (a: Interval, b: Int64) -> Interval { Interval(nanoseconds: a.nanoseconds &* b) }
    @inlinable public static func / (a: Interval, b: Int64) -> Interval { Interval(nanoseconds: a.nanoseconds / b) }
    public var description: String { "\(seconds) s" }
}

/// A point on the node's boot-time clock, in nanoseconds since an origin the shell chose.
///
/// `ContinuousClock.Instant` cannot be built from a number, so the simulator could not make one.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Since the origin.
    public var nanoseconds: Int64

    /// So long after the origin.
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    /// The origin.
    public static let zero = Instant(nanoseconds: 0)
    @inlinable public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
    @inlinable public static func + (a: Instant, b: Interval) -> Instant { Instant(nanoseconds: a.nanoseconds &+ b.nanoseconds) }
    @inlinable public static func - (a: Instant, b: Interval) -> Instant { Instant(nanoseconds: a.nanoseconds &- b.nanoseconds) }
    @inlinable public static func - (a: Instant, b: Instant) -> Interval { Interval(nanoseconds: a.nanoseconds &- b.nanoseconds) }
    @inlinable public static func += (a: inout Instant, b: Interval) { a = a + b }
    public var description: String { "t+\(Double(nanoseconds) / 1e9)" }
}

/// A wall-clock reading, in milliseconds since 1970-01-01 UTC: an input of the core, never read by it.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01 UTC.
    public var milliseconds: Int64
    /// So long after 1970-01-01 UTC.
    @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    @inlinable public static func < (a: WallTime, b: WallTime) -> Bool { a.milliseconds < b.milliseconds }
    @inlinable public static func + (a: WallTime, b: Interval) -> WallTime { WallTime(milliseconds: a.milliseconds &+ b.milliseconds) }
    @inlinable public static func - (a: WallTime, b: WallTime) -> Interval { .milliseconds(a.milliseconds &- b.milliseconds) }
}

extension Optional where Wrapped == Instant {
    /// Keeps the earlier of two deadlines.
    @inlinable public mutating func keepEarlier(_ other: Instant?) {
        guard let other else { return }
        if let mine = self, mine <= other { return }
        self = other
    }
}
