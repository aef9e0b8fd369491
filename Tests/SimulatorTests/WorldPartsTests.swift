import Basics
import Conference
import Testing

@testable import Simulator

@Suite("Time and memory of the world")
struct WorldPartsTests {
    @Test("an ear knows a frame again after seconds of newer ones, and takes no late one for known")
    func ear() {
        var ear = HallEar()
        func hears(_ number: UInt32, of hall: UInt16 = 3) -> Bool {
            let lease = LeaseName(epoch: 0, crown: NodeIndex(of: "a"), sequence: 0)
            return ear.note(SpokenFrame(hall: hall, number: number, captured: .zero, lease: lease), now: .zero)
        }
        for number in UInt32(1)...300 where number != 200 { #expect(hears(number)) }
        #expect(hears(200), "overtaken by a hundred, and new")
        #expect(!hears(200) && !hears(300) && !hears(100))
        #expect(hears(200, of: 4), "another hall's")
        #expect(hears(301))
    }

    @Test("events come by time, and equal times in the order they were planned")
    func heap() {
        var heap = EventHeap<Int32>()
        var generator = SeededGenerator(seed: 3)
        var planned: [(at: Int64, number: Int32)] = []
        for number in 0..<2_000 {
            let at = Int64.random(in: 0..<200, using: &generator)
            planned.append((at, Int32(number)))
            heap.push(Int32(number), at: Instant(nanoseconds: at))
        }
        let wanted = planned.sorted { ($0.at, $0.number) < ($1.at, $1.number) }
        for (at, number) in wanted {
            guard let next = heap.pop() else {
                Issue.record("the heap is empty too soon")
                return
            }
            #expect(next.at.nanoseconds == at && next.event == number)
        }
        #expect(heap.pop() == nil)
    }

    @Test("a clock that drifts names the first moment at which it shows a time", arguments: [0, 200, -200, 10_000, -10_000])
    func drift(_ millionths: Int) {
        var clock = LocalClock(origin: .seconds(Int64(1_000)), wall: 0)
        clock.setDrift(millionths, now: Instant(nanoseconds: 5_000_000_000))
        var now = Instant(nanoseconds: 5_000_000_000)
        for _ in 0..<200 {
            let wanted = clock.boot(now) + .milliseconds(37)
            let moment = clock.world(of: wanted)
            #expect(clock.boot(moment) >= wanted)
            #expect(clock.boot(moment - .nanoseconds(2)) < wanted)
            now = moment
        }
        let passed = (clock.boot(Instant(nanoseconds: 15_000_000_000)) - clock.boot(Instant(nanoseconds: 5_000_000_000))).nanoseconds
        #expect(passed == 10_000_000_000 + 10_000 * Int64(millionths))
    }

    @Test("what a full disk did not take is gone after a crash, the rest is not")
    func disk() {
        var disk = SimulatedDisk()
        func record(_ key: String) -> PublishedRecord { PublishedRecord(lane: .floor, scope: MeetingID("m"), key: key, value: [1]) }
        var now = Instant.zero
        #expect(disk.beginIncarnation() == 1)
        disk.take(.keep(record("request/1")), now: now)
        now += .seconds(Int64(1))
        disk.commit(now: now)
        disk.isFull = true
        #expect(disk.beginIncarnation() == nil)
        disk.take(.keep(record("request/2")), now: now)
        now += .seconds(Int64(1))
        disk.crash(now: now)
        disk.isFull = false
        #expect(disk.holds(.floor, MeetingID("m"), "request/1"))
        #expect(!disk.holds(.floor, MeetingID("m"), "request/2"))
        #expect(disk.beginIncarnation() == 2)
    }

    @Test("a bound allows for as many resends as chance needs, and for none where nothing is lost")
    func resends() {
        #expect(LivenessBounds.resends(crossings: 18, loss: 0) == 0)
        #expect(LivenessBounds.resends(crossings: 0, loss: 0.2) == 0)
        // One message at 10 %: P[more than k resends] = 0.1^(k+1), which is 10⁻⁶ at k = 5.
        #expect((5...6).contains(LivenessBounds.resends(crossings: 1, loss: 0.1)))
        #expect(LivenessBounds.resends(crossings: 18, loss: 0.04) > LivenessBounds.resends(crossings: 6, loss: 0.04))
    }
}
