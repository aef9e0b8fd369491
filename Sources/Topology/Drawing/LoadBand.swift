/// How full a trunk is in its fuller direction.
public enum LoadBand: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// No load is given, only a capacity.
    case unknown
    /// At most half.
    case low
    /// With room for bursts: up to ``DirectionLoad/tightShare``.
    case middle
    /// Tight: up to the capacity.
    case high
    /// More than the capacity.
    case over

    /// The band of a planned load.
    public init(_ load: TrunkLoad?) {
        guard let load else {
            self = .unknown
            return
        }
        if load.isOver {
            self = .over
        } else {
            self = load.share > DirectionLoad.tightShare ? .high : load.share > 0.5 ? .middle : .low
        }
    }

    public static func < (a: LoadBand, b: LoadBand) -> Bool { a.rawValue < b.rawValue }
}
