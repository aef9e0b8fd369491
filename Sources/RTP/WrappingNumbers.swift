import Basics

extension UInt16 {
    /// How far this sequence number is ahead of another, in −32,768…32,767 (RFC 1982 arithmetic).
    @inlinable public func ahead(of other: UInt16) -> Int { Int(Int16(truncatingIfNeeded: self &- other)) }
}

extension UInt32 {
    /// How far this timestamp is ahead of another, in ±2³¹ ticks.
    @inlinable public func ahead(of other: UInt32) -> Int { Int(Int32(truncatingIfNeeded: self &- other)) }
}

/// Extends 16-bit sequence numbers to 64 bits: each becomes the nearest to the largest so far.
public struct SequenceUnwrapper: Sendable {
    /// The largest seen, extended; nil before the first.
    public private(set) var highest: Int64?
    /// Starts empty; the first number keeps its value.
    public init() {}

    /// The extended number, remembering it if it is the largest. Never negative unless the numbers run backwards from 0.
    public mutating func unwrap(_ sequence: UInt16) -> Int64 {
        let value = peek(sequence)
        highest = max(highest ?? value, value)
        return value
    }

    /// The extended number, without remembering it.
    public func peek(_ sequence: UInt16) -> Int64 {
        guard let highest else { return Int64(sequence) }
        return highest &+ Int64(sequence.ahead(of: UInt16(truncatingIfNeeded: highest)))
    }
}

/// Extends 32-bit RTP timestamps to 64 bits: each becomes the nearest to the largest so far.
public struct TimestampUnwrapper: Sendable {
    /// The largest seen, extended; nil before the first.
    public private(set) var highest: Int64?
    /// Starts empty; the first timestamp keeps its value.
    public init() {}

    /// The extended timestamp, remembering it if it is the largest.
    public mutating func unwrap(_ timestamp: UInt32) -> Int64 {
        guard let last = highest else {
            highest = Int64(timestamp)
            return Int64(timestamp)
        }
        let value = last &+ Int64(timestamp.ahead(of: UInt32(truncatingIfNeeded: last)))
        highest = max(last, value)
        return value
    }
}

extension Interval {
    /// The interval in ticks of an RTP clock, modulo 2³²; any length.
    public func ticks(_ clockRate: Int) -> UInt32 {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return UInt32(truncatingIfNeeded: seconds &* Int64(clockRate) &+ rest &* Int64(clockRate) / 1_000_000_000)
    }

    /// The time that many ticks of an RTP clock take.
    public static func ticks(_ count: Int64, _ clockRate: Int) -> Interval {
        let (seconds, rest) = count.quotientAndRemainder(dividingBy: Int64(clockRate))
        return Interval(nanoseconds: seconds &* 1_000_000_000 &+ rest &* 1_000_000_000 / Int64(clockRate))
    }
}

/// NTP timestamps in 32.32 fixed point (RFC 3550 section 4).
public enum NTP {
    /// Seconds from 1900 to 1970.
    public static let unixEpoch: Int64 = 2_208_988_800

    /// A wall-clock reading as NTP.
    public static func timestamp(_ time: WallTime) -> UInt64 {
        let ms = time.milliseconds
        let seconds = UInt64(truncatingIfNeeded: ms / 1_000 &+ unixEpoch) & 0xFFFF_FFFF
        return seconds << 32 | UInt64((max(0, ms % 1_000) << 32) / 1_000)
    }

    /// `timestamp` moved by an interval; wraps like the clock itself.
    public static func advance(_ timestamp: UInt64, by interval: Interval) -> UInt64 {
        let (seconds, rest) = interval.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let fraction = (rest << 32) / 1_000_000_000
        return timestamp &+ UInt64(bitPattern: seconds << 32 &+ fraction)
    }

    /// The middle 32 bits: seconds and fractions in 16.16.
    public static func compact(_ timestamp: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: timestamp >> 16) }

    /// An interval in 1/65,536 s, clamped to 0…65,535.99 s: the unit of DLSR.
    public static func compact(_ interval: Interval) -> UInt32 {
        let bounded = min(max(0, interval.nanoseconds), 65_535_000_000_000)
        return UInt32(bounded / 1_000 * 65_536 / 1_000_000)
    }

    /// The interval of that many 1/65,536 s.
    public static func interval(_ compact: UInt32) -> Interval { .nanoseconds(Int64(compact) * 1_000_000_000 / 65_536) }
}
