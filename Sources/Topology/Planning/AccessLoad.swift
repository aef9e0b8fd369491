import Basics

/// What the one line carries that all trunks of a node share (`access` in the file), with the worst speaker for each direction.
///
/// A branch that comes to the node in a failure is not counted.
public struct AccessLoad: Hashable, Sendable {
    /// The node.
    public var slot: Int
    /// Bits a second away from the node.
    public var upBits: Double
    /// Bits a second towards it.
    public var downBits: Double
    /// As the file says it.
    public var line: Network.Access

    /// Of the capacity, 1 for all of it, in the fuller direction.
    public var share: Double { max(Self.share(upBits, line.up), Self.share(downBits, line.down)) }
    /// One direction does not fit.
    public var isOver: Bool { share > 1 }
    /// It fits, but with less room than a change of speakers wants.
    public var isTight: Bool { !isOver && share > DirectionLoad.tightShare }

    private static func share(_ bits: Double, _ rate: Bitrate) -> Double {
        rate.bitsPerSecond > 0 ? bits / Double(rate.bitsPerSecond) : bits > 0 ? .infinity : 0
    }
}
