import Basics

/// A machine's two clocks: boot time with an origin and a pace of its own, and a wall clock that may be wrong and may jump.
struct LocalClock {
    /// Millionths by which boot time runs too fast.
    private(set) var drift = 0
    /// Boot time and the world's time at the last change of pace.
    private var local: Instant
    private var world = Instant.zero
    /// Wall clock less boot time.
    private var wallOffset: Int64

    /// `wall` is what the wall clock shows at the world's zero, in milliseconds since 1970.
    init(origin: Interval, wall: Int64) {
        local = .zero + origin
        wallOffset = wall - local.nanoseconds / 1_000_000
    }

    @inline(__always)
    func boot(_ now: Instant) -> Instant {
        let passed = (now - world).nanoseconds
        if drift == 0 { return local + .nanoseconds(passed) }
        return local + .nanoseconds(passed + passed / 1_000_000 * Int64(drift) + passed % 1_000_000 * Int64(drift) / 1_000_000)
    }

    @inline(__always)
    func wall(_ boot: Instant) -> WallTime { WallTime(milliseconds: wallOffset + boot.nanoseconds / 1_000_000) }

    /// The first moment of the world at which boot time shows at least that.
    func world(of boot: Instant) -> Instant {
        let wanted = (boot - local).nanoseconds
        if drift == 0 { return world + .nanoseconds(wanted) }
        let pace = 1_000_000 + Int64(drift)
        var passed = wanted / pace * 1_000_000 + wanted % pace * 1_000_000 / pace
        while self.boot(world + .nanoseconds(passed)) < boot { passed += 1 }
        return world + .nanoseconds(passed)
    }

    mutating func setDrift(_ millionths: Int, now: Instant) {
        local = boot(now)
        world = now
        drift = max(-500_000, min(500_000, millionths))
    }
    mutating func stepWall(_ by: Interval) { wallOffset += by.milliseconds }
}
