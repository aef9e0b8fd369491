/// Bits a second.
public struct Bitrate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Negative only as a difference.
    public var bitsPerSecond: Int64
    /// From bits a second.
    @inlinable public init(bitsPerSecond: Int64) { self.bitsPerSecond = bitsPerSecond }
    /// From kbit/s.
    @inlinable public static func kbps(_ n: Int64) -> Bitrate { Bitrate(bitsPerSecond: n * 1_000) }
    /// From Mbit/s.
    @inlinable public static func mbps(_ n: Int64) -> Bitrate { Bitrate(bitsPerSecond: n * 1_000_000) }
    /// In kbit/s, as a real number.
    public var kbps: Double { Double(bitsPerSecond) / 1_000 }
    @inlinable public static func < (a: Bitrate, b: Bitrate) -> Bool { a.bitsPerSecond < b.bitsPerSecond }
    @inlinable public static func + (a: Bitrate, b: Bitrate) -> Bitrate { Bitrate(bitsPerSecond: a.bitsPerSecond + b.bitsPerSecond) }
    public var description: String { "\(kbps) kbit/s" }
}
