import Basics
import RTP
import Testing

private func ms(_ n: Int64) -> Instant { .zero + .milliseconds(n) }

@Suite("Receive statistics")
struct ReceiveStatisticsTests {
    @Test("a quarter lost is a fraction of 64/256, and the next report begins anew")
    func loss() throws {
        var statistics = ReceiveStatistics(clockRate: 48_000)
        for n in 0..<100 where n % 4 != 1 {
            _ = statistics.receive(sequence: 65_500 &+ UInt16(n), timestamp: UInt32(960 * n), arrival: ms(Int64(20 * n)))
        }
        let first = statistics.reportBlock(ssrc: 9)
        let block = try #require(first)
        #expect(block.fractionLost == 64 && block.cumulativeLost == 25 && block.highestSequence == 65_599)
        #expect(block.jitter == 0)
        #expect(statistics.reportBlock(ssrc: 9)?.fractionLost == 0)
    }

    @Test("steady lateness of every other packet settles at its jitter")
    func jitter() {
        var statistics = ReceiveStatistics(clockRate: 48_000)
        for n in 0..<400 {
            _ = statistics.receive(sequence: UInt16(n), timestamp: UInt32(960 * n), arrival: ms(Int64(20 * n + n % 2 * 10)))
        }
        // |D| is 10 ms each time: J tends to 480 ticks.
        #expect((470...480).contains(statistics.jitter))
    }

    @Test("one stray number is ignored, two in a row are a restart")
    func restart() {
        var statistics = ReceiveStatistics(clockRate: 90_000)
        #expect(statistics.receive(sequence: 10, timestamp: 0, arrival: ms(0)) == .accepted)
        #expect(statistics.receive(sequence: 30_000, timestamp: 0, arrival: ms(1)) == .ignored)
        #expect(statistics.receive(sequence: 11, timestamp: 0, arrival: ms(2)) == .accepted)
        #expect(statistics.receive(sequence: 40_000, timestamp: 0, arrival: ms(3)) == .ignored)
        #expect(statistics.receive(sequence: 40_001, timestamp: 0, arrival: ms(4)) == .restarted)
        #expect(statistics.expected == 1 && statistics.lost == 0)
    }
}

@Suite("Sender reports")
struct SenderReportClockTests {
    @Test("a pair is carried forward on both clocks")
    func carried() throws {
        var clock = SenderReportClock(clockRate: 90_000)
        #expect(clock.pair(now: ms(5)) == nil)
        clock.receive(ntp: 100 << 32, rtp: .max, now: ms(1_000))
        let pair = try #require(clock.pair(now: ms(1_500)))
        #expect(pair.ntp == 100 << 32 | 0x8000_0000 && pair.rtp == 44_999)
        #expect(clock.lastReport(now: ms(1_500)).lastReport == 100 << 16)
        #expect(clock.lastReport(now: ms(1_500)).delay == 32_768)
    }

    @Test("LSR and DLSR give the round trip of the right report")
    func roundTrip() {
        var sent = SentReports()
        for n in 1...6 { sent.send(ntp: UInt64(n) << 32, now: ms(Int64(1_000 * n))) }
        var block = RTCPTests.block
        block.lastReport = 1 << 16
        sent.receive(block, now: ms(9_000))
        #expect(sent.roundTrip == nil)
        block.lastReport = 5 << 16
        block.delaySinceLastReport = 65_536
        sent.receive(block, now: ms(6_040))
        #expect(sent.roundTrip == .milliseconds(40))
    }
}

@Suite("Repair")
struct RepairTests {
    @Test("a reordered packet is not asked for")
    func reordering() {
        var nack = NackGenerator()
        _ = nack.receive(1, now: ms(0))
        #expect(nack.receive(3, now: ms(1)) == .new)
        #expect(nack.deadline == ms(6))
        #expect(nack.receive(2, now: ms(2)) == .recovered(requests: 0))
        #expect(nack.deadline == nil && nack.reordered == 1 && nack.requested == 0)
        #expect(nack.receive(2, now: ms(3)) == .old)
    }

    @Test("a missing packet is asked for each round trip and given up at its age")
    func retries() {
        var nack = NackGenerator(maximumAge: .milliseconds(200))
        _ = nack.receive(65_535, now: ms(0))
        _ = nack.receive(1, now: ms(0))
        var times: [Int64] = []
        for t in 0...300 {
            var list: [UInt16] = []
            nack.collect(now: ms(Int64(t)), roundTrip: .milliseconds(40), into: &list)
            if list == [0] { times.append(Int64(t)) }
        }
        #expect(times == [5, 55, 105, 155])
        #expect(nack.abandoned == 1 && nack.lost == 1 && nack.missingCount == 0)
    }

    @Test("the missing set never outgrows its limit, whatever numbers come")
    func bounded() {
        var generator = SeededGenerator(seed: 11)
        var nack = NackGenerator()
        for t in 0..<5_000 {
            _ = nack.receive(.random(in: 0...65_535, using: &generator), now: ms(Int64(t)))
            #expect(nack.missingCount <= NackGenerator.limit)
        }
    }

    @Test("the first and the last packet's loss are found when they are announced")
    func ends() {
        var nack = NackGenerator(startsAfter: 65_535)
        _ = nack.receive(1, now: ms(0))
        nack.expect(through: 3, now: ms(10))
        var list: [UInt16] = []
        nack.collect(now: ms(20), roundTrip: .zero, into: &list)
        #expect(list == [0, 2, 3])
        #expect(nack.receive(3, now: ms(21)) == .recovered(requests: 1))
    }

    @Test("the cache gives back what it holds and nothing that was written over")
    func cache() {
        var generator = SeededGenerator(seed: 5)
        let cache = RetransmissionCache(packets: 64, bytes: 8_192)
        var stored: [[UInt8]] = []
        for n in 0..<3_000 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: .random(in: 1...1_200, using: &generator))
            stored.append(bytes)
            bytes.withUnsafeBytes { cache.store(UInt16(truncatingIfNeeded: n), $0) }
            #expect(cache.packet(UInt16(truncatingIfNeeded: n)).map(Array.init) == bytes)
            for back in 0..<min(n, 80) {
                if let found = cache.packet(UInt16(truncatingIfNeeded: n - back)) { #expect(Array(found) == stored[n - back]) }
            }
        }
        #expect(cache.packet(2_999 - 4) != nil)
        #expect(cache.packet(3_000) == nil)
        #expect(cache.take(2_999, now: ms(0), pause: .milliseconds(20)) != nil)
        #expect(cache.take(2_999, now: ms(10), pause: .milliseconds(20)) == nil)
        #expect(cache.take(2_999, now: ms(20), pause: .milliseconds(20)) != nil)
    }
}
