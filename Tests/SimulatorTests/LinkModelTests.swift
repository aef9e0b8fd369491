import Basics
import Simulator
import Testing

@Suite("One direction of a line")
struct LinkModelTests {
    static let fair = Impairment(rate: .mbps(10), delay: .milliseconds(20))

    /// What became of `count` datagrams of 100 bytes, one each `gap`.
    static func fates(_ impairment: Impairment, count: Int, gap: Interval = .milliseconds(1), seed: UInt64 = 7) -> [(sent: Instant, fate: LinkModel.Fate)] {
        var model = LinkModel(impairment)
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { i in
            let now = Instant.zero + gap * Int64(i)
            return (now, model.send(size: 100, now: now, using: &generator))
        }
    }
    static func arrival(_ fate: LinkModel.Fate) -> Instant? { if case .delivered(let at, _, _) = fate { at } else { nil } }

    @Test("a fair line delivers everything once, after its own time and the delay")
    func fair() {
        for (sent, fate) in Self.fates(Self.fair, count: 100) {
            // 100 bytes at 10 Mbit/s take 80 µs.
            #expect(fate == .delivered(sent + .milliseconds(20) + .microseconds(80), again: nil, corrupt: false))
        }
    }

    @Test("single losses come at their share, independent of each other", arguments: [0.01, 0.05, 0.2])
    func singleLoss(_ share: Double) {
        var line = Self.fair
        line.loss = BurstLoss(share: share)
        let fates = Self.fates(line, count: 50_000)
        let lost = fates.count { $0.fate == .lost }
        #expect(abs(Double(lost) / 50_000 - share) < 0.006)
        let pairs = zip(fates, fates.dropFirst()).count { $0.fate == .lost && $1.fate == .lost }
        #expect(abs(Double(pairs) / 50_000 - share * share) < 0.006)
    }

    @Test("bursts take the same share in stretches of the mean length")
    func bursts() {
        var line = Self.fair
        line.loss = BurstLoss(share: 0.05, burst: .milliseconds(100))
        let fates = Self.fates(line, count: 400_000)
        let lost = fates.count { $0.fate == .lost }
        #expect(abs(Double(lost) / 400_000 - 0.05) < 0.01)
        var stretches = 0
        for (a, b) in zip(fates, fates.dropFirst()) where a.fate != .lost && b.fate == .lost { stretches += 1 }
        let mean = Double(lost) / Double(max(1, stretches))
        #expect(mean > 80 && mean < 125, "a burst takes \(mean) ms")
    }

    @Test("a full queue drops at the tail, and the line's rate is not passed")
    func rate() {
        var line = Impairment(rate: .kbps(800), delay: .milliseconds(5), queue: 2_000)
        line.jitter = .zero
        // Ten times what the line carries.
        let fates = Self.fates(line, count: 1_000, gap: .microseconds(100))
        let arrived = fates.compactMap { Self.arrival($0.fate) }
        #expect(fates.contains { $0.fate == .dropped })
        let time = (arrived.last! - arrived.first!).seconds
        let rate = Double(arrived.count - 1) * 800 / time
        #expect(abs(rate - 800_000) < 8_000, "\(rate) bit/s")
        // 2,000 bytes wait 20 ms.
        for (sent, fate) in fates { if let at = Self.arrival(fate) { #expect(at - sent <= .milliseconds(27)) } }
    }

    @Test("jitter spreads the delay without overtaking; reordering overtakes")
    func order() {
        var line = Self.fair
        line.jitter = .milliseconds(10)
        let steady = Self.fates(line, count: 5_000).compactMap { Self.arrival($0.fate) }
        #expect(zip(steady, steady.dropFirst()).allSatisfy { $0 <= $1 })
        line.reorder = 0.1
        let mixed = Self.fates(line, count: 5_000).compactMap { Self.arrival($0.fate) }
        let overtaken = zip(mixed, mixed.dropFirst()).count { $0 > $1 }
        #expect(overtaken > 200 && overtaken < 800, "\(overtaken)")
    }

    @Test("copies and damage come at their shares")
    func copies() {
        var line = Self.fair
        line.duplicate = 0.1
        line.corrupt = 0.02
        var twice = 0
        var damaged = 0
        for (_, fate) in Self.fates(line, count: 20_000) {
            guard case .delivered(let at, let again, let corrupt) = fate else { continue }
            if let again {
                twice += 1
                #expect(again >= at)
            }
            if corrupt { damaged += 1 }
        }
        #expect(abs(Double(twice) / 20_000 - 0.1) < 0.01)
        #expect(abs(Double(damaged) / 20_000 - 0.02) < 0.005)
    }
}
