import Basics
import Mixing
import Testing

@Suite("Jitter buffer")
struct JitterBufferTests {
    /// What came out, by packet number.
    enum Out: Hashable {
        case packet(Int)
        case recover(Int)
        case conceal
        case silence
    }

    /// Sends packets at given times (ms) and plays every 20 ms; the payload carries the packet's number.
    static func run(
        _ buffer: JitterBuffer, _ packets: [(at: Int, sequence: Int, frame: Int)], until end: Int, start: Int = 0, level: UInt8 = 20
    ) -> [Out] {
        var out: [Out] = []
        let ordered = packets.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        var i = 0
        for time in stride(from: start, to: end, by: 20) {
            while i < ordered.count, ordered[i].at <= time {
                let p = ordered[i]
                i += 1
                let payload = [UInt8(p.sequence >> 8 & 255), UInt8(p.sequence & 255)]
                let frame = AudioFrame(
                    sequence: UInt16(truncatingIfNeeded: p.sequence + 65_000), timestamp: UInt32(truncatingIfNeeded: p.frame * 960 + 4_294_000_000),
                    level: level)
                payload.withUnsafeBytes { _ = buffer.insert(frame, payload: $0, now: .zero + .milliseconds(Int64(p.at))) }
            }
            func number(_ p: UnsafeRawBufferPointer) -> Int { Int(p[0]) << 8 | Int(p[1]) }
            switch buffer.next(now: .zero + .milliseconds(Int64(time))) {
            case .packet(let p): out.append(.packet(number(p)))
            case .recover(let p): out.append(.recover(number(p)))
            case .conceal: out.append(.conceal)
            case .silence: out.append(.silence)
            }
        }
        return out
    }

    static func numbers(_ out: [Out]) -> [Int] {
        out.compactMap { if case .packet(let n) = $0 { n } else { nil } }
    }

    @Test("packets in time come out once each, in order, across both wraps, within 40 ms")
    func steady() {
        let out = Self.run(JitterBuffer(), (0..<1_000).map { (at: $0 * 20, sequence: $0, frame: $0) }, until: 20_100)
        #expect(Self.numbers(out) == Array(0..<1_000))
        #expect(out.firstIndex(of: .packet(0))! <= 2)
        #expect(!out[0..<1_000].contains(.conceal))
    }

    @Test(
        "short frames in bursts are played whole: every 200 ms 10-ms frames, every 100 ms 2.5-ms frames; large packets still fit 32 at a time",
        arguments: [(burst: 200, frame: 480), (burst: 100, frame: 120), (burst: 200, frame: 960)])
    func bursts(_ burst: Int, _ frame: Int) {
        let buffer = JitterBuffer()
        let count = 6_000 * 48 / frame
        var sent = 0
        var played = 0
        for time in stride(from: 0, to: 6_600, by: 20) {
            while sent < count, (sent * frame / 48) / burst * burst + burst <= time {
                let header = AudioFrame(sequence: UInt16(truncatingIfNeeded: sent), timestamp: UInt32(sent * frame), level: 20)
                let payload = [UInt8](repeating: 1, count: 60)
                payload.withUnsafeBytes { _ = buffer.insert(header, payload: $0, now: .zero + .milliseconds(Int64(time))) }
                sent += 1
            }
            // As many packets as fill 20 ms.
            var filled = 0
            while filled < 960 {
                guard case .packet = buffer.next(now: .zero + .milliseconds(Int64(time))) else { break }
                buffer.advance(samples: frame)
                filled += frame
            }
            played += filled
        }
        #expect(sent == count)
        #expect(Double(played) / 48_000 > 5.6, "\(Double(played) / 48_000) of 6 s; \(buffer.counters)")
    }

    @Test("large packets take the place of the oldest, and what is played is what was sent")
    func largePackets() {
        let buffer = JitterBuffer()
        for number in 0..<100 {
            let payload = [UInt8](repeating: UInt8(number), count: Mixing.longestPacketBytes)
            let frame = AudioFrame(sequence: UInt16(number), timestamp: UInt32(number * 960), level: 20)
            payload.withUnsafeBytes { _ = buffer.insert(frame, payload: $0, now: .zero + .milliseconds(Int64(number * 20))) }
        }
        #expect((60...75).contains(buffer.counters.passedOver), "\(buffer.counters)")
        var seen: [UInt8] = []
        for step in 0..<60 {
            guard case .packet(let bytes) = buffer.next(now: .zero + .milliseconds(Int64(2_000 + step * 20))) else { continue }
            #expect(bytes.allSatisfy { $0 == bytes[0] } && bytes.count == Mixing.longestPacketBytes)
            seen.append(bytes[0])
        }
        #expect(seen == seen.sorted() && !seen.isEmpty && seen.last == 99)
    }

    @Test("a lost packet is recovered from the next one, two lost cost one concealment more")
    func loss() {
        let buffer = JitterBuffer()
        // Some jitter first, so that the next packet is there in time.
        var packets = (0..<200).map { (at: $0 * 20 + ($0 % 3 == 0 ? 35 : 0), sequence: $0, frame: $0) }
        packets.removeAll { [100, 150, 151].contains($0.sequence) }
        let out = Self.run(buffer, packets, until: 4_400)
        #expect(out.contains(.recover(101)))
        #expect(out.contains(.recover(152)))
        let played = Self.numbers(out)
        #expect(played == played.sorted())
        #expect(played.count >= 195)
        let at = out.firstIndex(of: .packet(149))!
        #expect(out[at + 1...at + 3] == [.conceal, .recover(152), .packet(152)])
    }

    @Test("a pause of the speaker is silence, not loss")
    func pause() {
        let buffer = JitterBuffer()
        var packets: [(at: Int, sequence: Int, frame: Int)] = []
        var sequence = 0
        for frame in 0..<500 where frame < 100 || (frame < 300 && frame % 20 == 0) || frame >= 300 {
            packets.append((at: frame * 20, sequence: sequence, frame: frame))
            sequence += 1
        }
        let out = Self.run(buffer, packets, until: 10_000)
        #expect(buffer.counters.concealed <= 3 * 11, "\(buffer.counters)")
        #expect(buffer.counters.recovered == 0)
        #expect(buffer.counters.played >= sequence - 3)
        #expect(out[110..<290].count { $0 == .silence } > 130)
    }

    @Test("with 60 ms of jitter and reordering nearly all is played, in order, and never later than 140 ms", arguments: [1, 2, 3, 4] as [UInt64])
    func jitter(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let buffer = JitterBuffer()
        let packets = (0..<1_500).map { (at: $0 * 20 + Int(random.next() % 61), sequence: $0, frame: $0) }
        let out = Self.run(buffer, packets, until: 30_200)
        let played = Self.numbers(out)
        #expect(played == played.sorted())
        #expect(Set(played).count == played.count)
        #expect(played.count > 1_440, "\(buffer.counters)")
        for (tick, turn) in out.enumerated().dropFirst(200) {
            if case .packet(let n) = turn { #expect((tick - n) * 20 <= 160) }
        }
    }

    @Test("after a burst of delay the buffer comes back to a short delay")
    func comesBack() {
        let buffer = JitterBuffer()
        let packets = (0..<2_000).map { n in
            (at: (200..<210).contains(n) ? 210 * 20 : n * 20, sequence: n, frame: n)
        }
        let out = Self.run(buffer, packets, until: 40_000, level: 80)
        let last = Self.numbers(Array(out.suffix(5)))
        #expect(2_000 - last.last! <= 5, "\(buffer.counters)")
    }

    @Test("duplicates and late packets are counted and not played")
    func duplicates() {
        let buffer = JitterBuffer()
        var packets = (0..<100).map { (at: $0 * 20, sequence: $0, frame: $0) }
        packets += (0..<100).map { (at: $0 * 20, sequence: $0, frame: $0) }
        packets.append((at: 1_500, sequence: 60, frame: 60))
        let out = Self.run(buffer, packets, until: 2_200)
        #expect(Self.numbers(out) == Array(0..<100))
        #expect(buffer.counters.duplicates + buffer.counters.late == 101)
        #expect(buffer.counters.late >= 1)
    }

    @Test("a voice heard again later does not begin with what was left over")
    func leftOver() {
        let buffer = JitterBuffer()
        _ = Self.run(buffer, (0..<50).map { (at: $0 * 20, sequence: $0, frame: $0) }, until: 980)
        buffer.pause()
        let out = Self.run(buffer, (500..<600).map { (at: $0 * 20, sequence: $0 - 450, frame: $0) }, until: 12_100, start: 9_800)
        #expect(Self.numbers(out) == Array(50..<150))
    }

    @Test("a way that grew longer by a second is followed at once")
    func longerWay() {
        let buffer = JitterBuffer()
        let packets = (0..<400).map { (at: $0 * 20 + ($0 < 200 ? 0 : 1_000), sequence: $0, frame: $0) }
        let out = Self.run(buffer, packets, until: 9_200)
        #expect(Self.numbers(out).count > 380, "\(buffer.counters)")
    }

    @Test("one packet from far away is dropped, two in a row begin anew")
    func jumps() {
        let buffer = JitterBuffer()
        var packets = (0..<50).map { (at: $0 * 20, sequence: $0, frame: $0) }
        packets.append((at: 505, sequence: 9_000, frame: 70_000))
        packets += (50..<150).map { (at: $0 * 20, sequence: $0 + 20_000, frame: $0 + 1_000_000) }
        let out = Self.run(buffer, packets, until: 3_200)
        #expect(buffer.counters.strays == 2)
        #expect(buffer.counters.jumps == 1)
        #expect(Self.numbers(out).count >= 147)
    }

    @Test("random numbers never trap and never overfill", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let buffer = JitterBuffer()
        var now = Instant.zero
        for _ in 0..<3_000 {
            now += .milliseconds(Int64(random.next() % 40))
            let wild = random.next() % 3 == 0
            let frame = AudioFrame(
                sequence: UInt16(truncatingIfNeeded: wild ? random.next() : random.next() % 64),
                timestamp: UInt32(truncatingIfNeeded: wild ? random.next() : random.next() % 64 * 960), level: nil)
            let payload = [UInt8](repeating: 1, count: Int(random.next() % 1_400))
            payload.withUnsafeBytes { _ = buffer.insert(frame, payload: $0, now: now) }
            if random.next() % 2 == 0 { _ = buffer.next(now: now) }
            #expect(buffer.target <= .milliseconds(120))
        }
    }
}
