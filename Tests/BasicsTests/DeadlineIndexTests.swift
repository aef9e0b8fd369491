import Basics
import Testing

@Suite("The first of many deadlines") struct DeadlineIndexTests {
    private static func at(_ milliseconds: Int64) -> Instant { .zero + .milliseconds(milliseconds) }

    @Test("an index without deadlines has no first one")
    func empty() {
        var none = DeadlineIndex()
        #expect(none.earliest == nil && none.bound == nil && none.nextDue(by: Self.at(1_000)) == nil)
        var unset = DeadlineIndex(slots: 3)
        #expect(unset.earliest == nil && unset.bound == nil && unset.slots == 3)
    }

    @Test("what moves forward is seen at once, what moves back when all are looked through")
    func bound() {
        var index = DeadlineIndex(slots: 3)
        index.set(1, Self.at(50))
        index.set(2, Self.at(70))
        #expect(index.bound == Self.at(50))
        index.set(0, Self.at(20))
        #expect(index.bound == Self.at(20))
        index.set(0, Self.at(90))
        #expect(index.bound == Self.at(20), "no later than the first deadline")
        index.lookThrough()
        #expect(index.bound == Self.at(50))
        index.set(1, nil)
        #expect(index.earliest == Self.at(70))
        #expect(index[0] == Self.at(90) && index[1] == nil && index[2] == Self.at(70))
    }

    @Test("slots that are due are told in their order")
    func order() {
        var index = DeadlineIndex(slots: 5)
        for (slot, time) in [(0, 30), (1, 10), (3, 20), (4, 5)] { index.set(slot, Self.at(Int64(time))) }
        var due: [Int] = []
        var next = index.nextDue(by: Self.at(20))
        while let slot = next {
            due.append(slot)
            next = index.nextDue(from: slot + 1, by: Self.at(20))
        }
        #expect(due == [1, 3, 4])
        #expect(index.nextDue(by: Self.at(4)) == nil)
    }

    @Test("a shorter row forgets the deadlines of its end, a longer one begins with none")
    func size() {
        var index = DeadlineIndex(slots: 2)
        index.set(0, Self.at(40))
        index.set(1, Self.at(10))
        index.resize(to: 1)
        #expect(index.earliest == Self.at(40))
        index.resize(to: 3)
        #expect(index.slots == 3 && index[1] == nil && index.earliest == Self.at(40))
    }

    @Test("after any changes the first deadline is the least of all", arguments: 1...20 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var index = DeadlineIndex(slots: 9)
        var model = [Instant?](repeating: nil, count: 9)
        for step in 0..<2_000 {
            let slot = Int(chance.next() % 9)
            let time: Instant? = chance.next() % 4 == 0 ? nil : Self.at(Int64(chance.next() % 50))
            index.set(slot, time)
            model[slot] = time
            let least = model.compactMap { $0 }.min()
            if let least { #expect(index.bound.map { $0 <= least } == true, "seed \(seed), step \(step)") }
            if chance.next() % 3 == 0 { #expect(index.earliest == least, "seed \(seed), step \(step)") }
            let limit = Self.at(Int64(chance.next() % 50))
            #expect(index.nextDue(by: limit) == model.firstIndex { $0.map { $0 <= limit } ?? false })
        }
    }
}
