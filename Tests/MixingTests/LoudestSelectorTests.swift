import Basics
import Mixing
import Testing

@Suite("Loudest-K")
struct LoudestSelectorTests {
    var selector = LoudestSelector()
    var now = Instant.zero

    mutating func frames(_ count: Int, _ levels: [(Int, UInt8)]) {
        for _ in 0..<count {
            for (slot, level) in levels { selector.hear(slot, level: level, now: now) }
            _ = selector.update(now: now)
            now += .milliseconds(20)
        }
    }

    @Test("of open microphones the loudest three are heard")
    mutating func loudest() {
        for slot in 0..<6 { selector.open(slot, rank: .other, now: now) }
        frames(50, [(0, 60), (1, 50), (2, 40), (3, 30), (4, 20), (5, 10)])
        #expect(selector.chosen == [3, 4, 5])
    }

    @Test("a voice a little louder does not displace another")
    mutating func margin() {
        for slot in 0..<4 { selector.open(slot, rank: .other, now: now) }
        frames(50, [(0, 30), (1, 30), (2, 30), (3, 127)])
        let changes = selector.changes
        frames(200, [(0, 30), (1, 30), (2, 30), (3, 26)])
        #expect(selector.chosen == [0, 1, 2])
        #expect(selector.changes == changes)
    }

    @Test("a voice much louder displaces another only after 300 ms")
    mutating func patience() {
        for slot in 0..<4 { selector.open(slot, rank: .other, now: now) }
        frames(50, [(0, 30), (1, 30), (2, 34), (3, 127)])
        frames(10, [(0, 30), (1, 30), (2, 34), (3, 15)])
        #expect(selector.chosen == [0, 1, 2])
        frames(15, [(0, 30), (1, 30), (2, 34), (3, 15)])
        #expect(selector.chosen == [0, 1, 3])
    }

    @Test("a voice is heard within 100 ms in place of one that is quiet")
    mutating func haste() {
        for slot in 0..<4 { selector.open(slot, rank: .other, now: now) }
        frames(100, [(0, 30), (1, 30), (2, 90), (3, 127)])
        frames(5, [(0, 30), (1, 30), (2, 90), (3, 25)])
        #expect(selector.chosen == [0, 1, 3])
    }

    @Test("pauses between words do not cost a voice its place")
    mutating func pauses() {
        for slot in 0..<4 { selector.open(slot, rank: .other, now: now) }
        frames(50, [(0, 20), (1, 20), (2, 20), (3, 127)])
        let changes = selector.changes
        for _ in 0..<20 {
            frames(8, [(0, 20), (1, 20), (2, 127), (3, 50)])
            frames(20, [(0, 20), (1, 20), (2, 20), (3, 50)])
        }
        #expect(selector.changes == changes)
    }

    @Test("floor holders come first, then the chair, at once and however soft")
    mutating func ranks() {
        for slot in 0..<4 { selector.open(slot, rank: .other, now: now) }
        frames(50, [(0, 10), (1, 10), (2, 10), (3, 10)])
        #expect(selector.chosen == [0, 1, 2])
        selector.open(4, rank: .chair, now: now)
        selector.open(5, rank: .floorHolder, now: now)
        frames(1, [(0, 10), (1, 10), (2, 10), (3, 10), (4, 80), (5, 80)])
        #expect(selector.isChosen(4) && selector.isChosen(5))
        for slot in 6..<8 { selector.open(slot, rank: .floorHolder, now: now) }
        frames(1, [])
        #expect(selector.chosen == [5, 6, 7])
        selector.close(6)
        #expect(selector.chosen == [5, 7])
        frames(1, [])
        #expect(selector.chosen == [4, 5, 7])
    }

    @Test("a closed microphone cannot be heard, however loud")
    mutating func closed() {
        selector.open(0, rank: .other, now: now)
        frames(10, [(0, 50), (1, 0)])
        #expect(selector.chosen == [0])
        selector.close(0)
        frames(10, [(0, 0)])
        #expect(selector.chosen.isEmpty)
    }
}
