import Basics
import Testing

@Suite struct NodeClockTests {
    private func wall(_ seconds: Int64) -> WallTime { WallTime(milliseconds: 1_800_000_000_000 + seconds * 1_000) }
    private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

    @Test("a clock that is about right is left alone, also a minute ahead and any time behind")
    func right() {
        for off in [Int64(0), 59, -3_600] {
            var clock = NodeClock()
            _ = clock.read(wall(off), uplink: nil, now: at(0))
            #expect(clock.read(wall(10 + off), uplink: wall(10), now: at(10)) == .zero)
            #expect(clock.wall == wall(10 + off))
            #expect(clock.isSet)
        }
    }

    @Test("an unset clock says so, takes the parent's, and keeps it while the parent is silent")
    func unset() {
        var clock = NodeClock()
        _ = clock.read(WallTime(milliseconds: 5_000), uplink: nil, now: at(5))
        #expect(!clock.isSet)
        #expect(clock.read(WallTime(milliseconds: 6_000), uplink: wall(6), now: at(6)) == .milliseconds(1_800_000_000_000))
        #expect(clock.isSet)
        #expect(clock.wall == wall(6))
        #expect(clock.read(WallTime(milliseconds: 90_000), uplink: nil, now: at(90)) == .zero)
        #expect(clock.wall == wall(90))
        // Jitter of the way does not move it.
        _ = clock.read(WallTime(milliseconds: 91_000), uplink: wall(91) + .milliseconds(400), now: at(91))
        #expect(clock.wall == wall(91))
        // The machine's clock is set at last.
        #expect(clock.read(wall(95), uplink: nil, now: at(95)) == .zero)
        #expect(clock.shift == .zero)
        #expect(clock.wall == wall(95))
    }

    @Test("a clock more than a minute ahead of the parent's takes the parent's, until it is put right itself")
    func ahead() {
        var clock = NodeClock()
        _ = clock.read(wall(3_600), uplink: nil, now: at(0))
        #expect(clock.read(wall(3_601), uplink: wall(1), now: at(1)) == .seconds(-3_600))
        #expect(clock.wall == wall(1))
        #expect(clock.read(wall(2), uplink: wall(2), now: at(2)) == .zero)
        #expect(clock.shift == .zero)
        #expect(clock.wall == wall(2))
    }
}
