import Basics
import Forwarding
import RTP
import Testing

@Suite("Access slots")
struct AccessSlotTests {
    func make(_ codec: Codec) -> AccessSlot {
        AccessSlot(
            .init(codec: codec, payloadType: 100, ssrc: 0x111, mid: (3, [97]), firstSequence: 65_530, firstTimestamp: 4_294_960_000))
    }

    @Test("sound switched every 300 ms among sources runs on without a jump", arguments: [1, 2, 3] as [UInt64])
    func sound(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var slot = make(.opus)
        let sequenceBases = (0..<3).map { _ in UInt16.random(in: 0...65_535, using: &generator) }
        let timestampBases = (0..<3).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) }
        var last: Sent?
        var lastAt = 0
        for t in 0..<30_000 {
            if t % 300 == 0 { slot.select(t / 300 % 3, now: ms(Int64(t))) }
            for stream in 0..<3 where t % 20 == 7 * stream % 20 {
                let n = t / 20
                let out = withPacket(
                    stream: stream, sequence: sequenceBases[stream] &+ UInt16(truncatingIfNeeded: n),
                    timestamp: timestampBases[stream] &+ UInt32(960 * n)
                ) { packet in sent { slot.write(packet, now: ms(Int64(t)), into: $0) } }
                guard let out else { continue }
                if let last {
                    #expect(out.sequence == last.sequence &+ 1)
                    let step = out.timestamp.ahead(of: last.timestamp)
                    #expect(step >= 960 && step <= 48 * (t - lastAt) + 960, "step \(step) at \(t) ms")
                    if out.marker { #expect(slot.switches > 1) }
                }
                last = out
                lastAt = t
            }
        }
        #expect(slot.switches == 100)
        // The slot's clock never ran ahead of time by more than a frame.
        let total = last.map { $0.timestamp.ahead(of: 4_294_960_000) } ?? 0
        #expect(abs(total - 48 * lastAt) <= 2 * 960, "\(total) ticks in \(lastAt) ms")
    }

    @Test("a picture changes at the new source's key frame and the old one goes on until then")
    func picture() {
        var slot = make(.vp8)
        func feed(_ stream: Int, _ sequence: UInt16, _ t: Int64, key: Bool = false) -> Sent? {
            withPacket(stream: stream, kind: .video, sequence: sequence, timestamp: UInt32(90 * t) + UInt32(stream) * 1_000_000, key: key) { packet in
                sent { slot.write(packet, now: ms(t), into: $0) }
            }
        }
        slot.select(1, now: ms(0))
        #expect(slot.awaitingKeyFrame == 1)
        #expect(feed(1, 10, 0) == nil)
        #expect(feed(1, 11, 40, key: true)?.sequence == 65_530)
        #expect(slot.awaitingKeyFrame == nil)
        slot.select(2, now: ms(50))
        #expect(slot.awaitingKeyFrame == 2 && slot.current == 1 && slot.wants(1) && slot.wants(2))
        #expect(feed(1, 12, 80)?.sequence == 65_531)
        #expect(feed(2, 900, 85) == nil)
        let first = feed(2, 901, 100, key: true)
        #expect(first?.sequence == 65_532)
        #expect(first?.timestamp == UInt32(4_294_960_000 + 90 * 60))
        // Late packets of either source belong nowhere now.
        #expect(feed(1, 13, 101) == nil && feed(2, 899, 102) == nil)
        #expect(feed(2, 903, 140)?.sequence == 65_534)
        #expect(feed(2, 902, 141)?.sequence == 65_533)
    }

    @Test("the old picture stops when the overlap is over")
    func overlap() {
        var slot = make(.vp8)
        slot.select(1, now: ms(0))
        withPacket(stream: 1, kind: .video, sequence: 1, timestamp: 0, key: true) { packet in _ = sent { slot.write(packet, now: ms(0), into: $0) } }
        slot.select(2, now: ms(100))
        #expect(slot.deadline == ms(0))
        slot.wake(now: ms(1_099))
        #expect(slot.current == 1)
        slot.wake(now: ms(1_100))
        #expect(slot.current == nil && slot.awaitingKeyFrame == 2)
        slot.select(nil, now: ms(1_200))
        #expect(slot.awaitingKeyFrame == nil && slot.deadline == nil)
    }

    @Test("a leap of the shown source waits for a key frame")
    func leap() {
        var slot = make(.vp8)
        slot.select(1, now: ms(0))
        func feed(_ sequence: UInt16, _ t: Int64, key: Bool) -> UInt16? {
            withPacket(stream: 1, kind: .video, sequence: sequence, timestamp: UInt32(90 * t), key: key) { packet in
                sent { slot.write(packet, now: ms(t), into: $0) }?.sequence
            }
        }
        #expect(feed(1, 0, key: true) == 65_530)
        #expect(feed(1_000, 5_000, key: false) == nil && slot.awaitingKeyFrame == 1)
        #expect(feed(1_001, 5_010, key: true) == 65_531)
    }

    @Test("a gate closed for a while leaves no gap in sound")
    func gate() {
        var slot = make(.opus)
        slot.select(0, now: ms(0))
        var sequences: [UInt16] = []
        for t in 0..<1_000 where t % 20 == 0 && !(200..<700).contains(t) {
            let out = withPacket(stream: 0, sequence: UInt16(t / 20), timestamp: UInt32(48 * t)) { packet in
                sent { slot.write(packet, now: ms(Int64(t)), into: $0) }
            }
            if let out {
                sequences.append(out.sequence)
                #expect(out.timestamp == 4_294_960_000 &+ UInt32(48 * t))
            }
        }
        #expect(sequences == (0..<25).map { 65_530 &+ UInt16($0) })
    }

    @Test("sound that comes once more by a longer way, after its node went over to another uplink, is not heard twice")
    func longerWay() {
        var slot = make(.opus)
        func feed(_ n: Int, _ t: Int64) -> Sent? {
            withPacket(stream: 0, sequence: 65_500 &+ UInt16(n), timestamp: UInt32(960 * n)) { packet in
                sent { slot.write(packet, now: ms(t), into: $0) }
            }
        }
        slot.select(0, now: ms(0))
        for n in 0..<10 { #expect(feed(n, Int64(20 * n)) != nil) }
        slot.select(nil, now: ms(190))
        slot.select(0, now: ms(195))
        #expect(feed(7, 200) == nil && feed(8, 220) == nil && feed(9, 240) == nil)
        #expect(feed(10, 260)?.sequence == 65_530 &+ 10)
        // Its node started anew meanwhile: other numbers, and nothing is held against them.
        slot.select(nil, now: ms(270))
        slot.select(0, now: ms(280))
        #expect(feed(5, 900)?.sequence == 65_530 &+ 11)
    }

    @Test("a resend is byte for byte what was kept of the first sending, once per round trip")
    func resend() {
        var slot = make(.vp8)
        slot.select(1, now: ms(0))
        var first: [Sent] = []
        for n in 0..<50 {
            let out = withPacket(stream: 1, kind: .video, sequence: UInt16(n), timestamp: UInt32(n), key: n == 0, size: 900) { packet in
                sent { slot.write(packet, now: ms(Int64(n)), into: $0) }
            }
            if let out {
                out.bytes.withUnsafeBytes { slot.keep($0) }
                first.append(out)
            }
        }
        for copy in first { #expect(sent { slot.resend(copy.sequence, now: ms(60), into: $0) } == copy) }
        #expect(sent { slot.resend(first[0].sequence, now: ms(61), into: $0) } == nil)
        #expect(sent { slot.resend(1_000, now: ms(61), into: $0) } == nil)
        #expect(slot.resent == 50)
    }

    @Test("sound and picture of one source report the same instant, also after a switch")
    func lipSync() throws {
        var audio = make(.opus)
        var video = make(.vp8)
        for source in 0..<2 {
            let start = Int64(source) * 10_000
            // The source's clocks: NTP 1,000 s at `start`, RTP wherever it likes.
            let audioBase = UInt32(source) * 77_777_777 &+ 5
            let videoBase = UInt32(source) * 99_999_999 &+ 6
            var audioClock = SenderReportClock(clockRate: 48_000)
            var videoClock = SenderReportClock(clockRate: 90_000)
            audioClock.receive(ntp: 1_000 << 32, rtp: audioBase, now: ms(start))
            videoClock.receive(ntp: 1_000 << 32, rtp: videoBase, now: ms(start))
            audio.select(source, now: ms(start))
            video.select(source, now: ms(start))
            // Captured 2 s after the source's zero; the picture arrives 130 ms later than the sound.
            let sound = withPacket(stream: source, sequence: 5, timestamp: audioBase &+ 96_000) { packet in
                sent { audio.write(packet, now: ms(start + 2_020), into: $0) }
            }
            let picture = withPacket(stream: source, kind: .video, sequence: 5, timestamp: videoBase &+ 180_000, key: true) { packet in
                sent { video.write(packet, now: ms(start + 2_150), into: $0) }
            }
            func captured(_ bytes: [UInt8]?, _ timestamp: UInt32, _ rate: Int) throws -> Double {
                let bytes = try #require(bytes)
                return try bytes.withUnsafeBytes { raw in
                    var compound = RTCPCompound(raw)
                    let message = compound.next()
                    guard case .senderReport(let sender, _) = try #require(message) else { return -1 }
                    return Double(sender.ntp) / 4_294_967_296 - Double(sender.rtp.ahead(of: timestamp)) / Double(rate)
                }
            }
            let a = try captured(
                rtcp { audio.writeReport(source: audioClock, now: ms(start + 2_200), into: &$0) }, try #require(sound).timestamp, 48_000)
            let v = try captured(
                rtcp { video.writeReport(source: videoClock, now: ms(start + 2_350), into: &$0) }, try #require(picture).timestamp, 90_000)
            #expect(abs(a - 1_002) < 0.001 && abs(v - 1_002) < 0.001)
        }
    }
}
