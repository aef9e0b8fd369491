import Basics
import Testing

@Suite("What a busy machine may add to a live figure")
struct LiveBoundTests {
    private let bound = Bound(250, most: Bound.cut)

    @Test("a bound is stretched by what the machine was late, up to the protocol's next timer")
    func stretched() {
        for (late, asserted) in [(0, 250), (1, 254), (10, 290), (187, 998), (188, 1_000), (5_000, 1_000)] as [(Int64, Int64)] {
            #expect(bound.asserted(.milliseconds(late)) == .milliseconds(asserted))
        }
        #expect(Bound.heal == 700 && Bound.exchange == 5_000)
    }

    @Test("a figure above its bound, or none, fails on any machine")
    func missed() throws {
        try bound.expect("a sample", .milliseconds(290), on: .milliseconds(10), isThorough: true)
        try bound.expect("a sample", .milliseconds(999), on: .milliseconds(400), isThorough: false)
        for time in [291, 1_001] as [Int64] {
            withKnownIssue { try bound.expect("a sample", .milliseconds(time), on: .milliseconds(time == 291 ? 10 : 400), isThorough: false) }
        }
        withKnownIssue { try bound.expect("a sample", nil, on: .zero, isThorough: false) }
    }

    @Test("a thorough run on a machine that is too busy to show anything fails, whatever was measured")
    func tooBusy() throws {
        try withKnownIssue {
            try bound.expect("a sample", .milliseconds(200), on: .milliseconds(400), isThorough: true)
        } matching: {
            $0.comments.contains { $0.rawValue.contains("not quiet enough") }
        }
    }
}
