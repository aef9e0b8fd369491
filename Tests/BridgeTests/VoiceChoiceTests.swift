import Basics
import Mixing
import Testing

@testable import Bridge

@Suite("The loudest voices of a crowded meeting") struct VoiceChoiceTests {
    private func id(_ counter: UInt32) -> StreamID { StreamID(node: NodeIndex(rawValue: 7), incarnation: 1, counter: counter) }

    /// Four open microphones, three may be heard; slot 3 is the loudest, slot 0 whispers.
    private func crowded(crown: Bool) -> (choice: VoiceChoice, now: Instant) {
        var choice = VoiceChoice()
        var now = Instant.zero
        choice.adopt(open: (0..<4).map { ($0, .other) }, mayBeHeard: 3, isCrown: crown, now: now)
        for _ in 0..<100 {
            now += VoiceChoice.beat
            for (slot, level) in [UInt8(90), 30, 25, 20].enumerated() { choice.hear(slot, level: level, now: now) }
            _ = choice.update(now: now)
        }
        return (choice, now)
    }

    @Test("nothing is ranked while no more microphones are open than may be heard")
    func uncrowded() {
        var choice = VoiceChoice()
        choice.adopt(open: (0..<3).map { ($0, .other) }, mayBeHeard: 3, isCrown: false, now: .zero)
        #expect(!choice.isLimited)
        #expect((0..<3).allSatisfy { choice.goesUp($0) && choice.goesDown($0, id(UInt32($0))) })
    }

    @Test("the crown's own choice holds in both directions")
    func crown() {
        var (choice, _) = crowded(crown: true)
        #expect(choice.chosen == [1, 2, 3])
        choice.hearChoice([id(0)])
        #expect(choice.told == nil, "nobody tells a crown")
        #expect((0..<4).map { choice.goesDown($0, id(UInt32($0))) } == [false, true, true, true])
    }

    @Test("below the crown the loudest go up, and what goes down is what the crown told")
    func below() {
        var (choice, now) = crowded(crown: false)
        #expect((0..<4).map { choice.goesUp($0) } == [false, true, true, true])
        #expect(choice.goesDown(1, id(1)), "before the crown's first word the own choice holds")
        choice.hearChoice([id(3)])
        #expect((0..<4).map { choice.goesDown($0, id(UInt32($0))) } == [false, false, false, true])
        #expect(choice.goesUp(1), "the crown may still come to choose it")
        // The uplink is lost: this node is crown now.
        now += VoiceChoice.beat
        choice.adopt(open: (0..<4).map { ($0, .other) }, mayBeHeard: 3, isCrown: true, now: now)
        #expect(choice.goesDown(1, id(1)))
    }

    @Test("a floor holder goes before louder voices")
    func rank() {
        var (choice, now) = crowded(crown: true)
        choice.adopt(open: [(0, .floorHolder), (1, .other), (2, .other), (3, .other)], mayBeHeard: 3, isCrown: true, now: now)
        for _ in 0..<5 {
            now += VoiceChoice.beat
            _ = choice.update(now: now)
        }
        #expect(choice.chosen.contains(0))
    }
}
