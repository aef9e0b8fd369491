/// A node's wall clock, put right where it is plainly wrong (mesh rule 2).
///
/// A clock that stands before ``built``, or over a minute ahead of the parent's, takes the parent's. What it took it keeps while
/// the parent is silent. A node alone with an unset clock says so (``isSet``); it tells nobody its time.
public struct NodeClock: Hashable, Sendable {
    /// No clock that was ever set stands before this: 1 January 2026, UTC.
    public static let built = WallTime(milliseconds: 1_767_225_600_000)
    /// Further ahead of the parent's than this is wrong.
    public static let tolerance = Interval.seconds(60)
    /// Smaller differences are jitter of the way, not worth a jump.
    public static let jitter = Interval.seconds(1)

    /// What is added to the machine's reading.
    public private(set) var shift = Interval.zero
    /// The time to go by.
    public private(set) var wall = WallTime(milliseconds: 0)
    /// False: nobody knows the time.
    public var isSet: Bool { wall >= NodeClock.built }
    private var readAt: Instant?
    private var readRaw = WallTime(milliseconds: 0)

    /// A clock that was never read.
    public init() {}

    /// Takes the machine's reading, and the parent's time if it is heard; returns how far the time to go by jumped.
    public mutating func read(_ raw: WallTime, uplink: WallTime?, now: Instant) -> Interval {
        let passed = readAt.map { now - $0 }
        let (lastRaw, lastWall) = (readRaw, wall)
        readAt = now
        readRaw = raw
        // The machine's own clock was set: what we had taken stands on it no more.
        let step = passed.map { raw - (lastRaw + $0) } ?? .zero
        if NodeClock.size(step) > NodeClock.jitter { shift = raw >= NodeClock.built ? .zero : shift - step }
        follow(raw, uplink)
        wall = raw + shift
        let jump = passed.map { wall - (lastWall + $0) } ?? .zero
        return NodeClock.size(jump) > NodeClock.jitter ? jump : .zero
    }

    private mutating func follow(_ raw: WallTime, _ uplink: WallTime?) {
        guard let uplink else { return }
        let isWrong = raw < NodeClock.built || raw - uplink > NodeClock.tolerance
        let wanted = isWrong ? uplink - raw : .zero
        if !isWrong || NodeClock.size(wanted - shift) > NodeClock.jitter { shift = wanted }
    }

    private static func size(_ interval: Interval) -> Interval { interval < .zero ? .zero - interval : interval }
}
