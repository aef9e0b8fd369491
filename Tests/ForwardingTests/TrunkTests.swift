import Basics
import Forwarding
import RTP
import Testing

/// One direction of a trunk with a delay and independent loss both ways, driven millisecond by millisecond.
struct LossyTrunk {
    var sender = TrunkSender()
    var receiver = TrunkReceiver()
    var generator: SeededGenerator
    let loss: Double
    let delay: Int
    var forward: [(at: Int, bytes: [UInt8], control: Bool)] = []
    var backward: [(at: Int, bytes: [UInt8])] = []
    var arrived: [UInt32: [UInt16]] = [:]
    var lateness: Int = 0
    var sentAt: [UInt64: Int] = [:]

    init(seed: UInt64, loss: Double, delay: Int) {
        generator = SeededGenerator(seed: seed)
        self.loss = loss
        self.delay = delay
    }

    mutating func lose() -> Bool { Double.random(in: 0..<1, using: &generator) < loss }

    mutating func send(_ packet: MediaPacket, _ t: Int) {
        guard let out = sent({ sender.write(packet, now: ms(Int64(t)), into: $0) }) else { return }
        out.bytes.withUnsafeBytes { sender.keep($0) }
        out.bytes.withUnsafeBytes { sender.keep($0) }
        sentAt[UInt64(packet.ssrc) << 16 | UInt64(packet.sequence)] = t
        if !lose() { forward.append((t + delay, out.bytes, false)) }
    }

    mutating func step(_ t: Int) {
        let now = ms(Int64(t))
        for item in forward where item.at <= t {
            item.bytes.withUnsafeBytes { raw in
                if item.control {
                    for message in RTCPCompound(raw) { _ = receiver.receive(message, now: now) }
                } else if case .packet(let packet) = receiver.receive(raw, now: now) {
                    arrived[packet.ssrc, default: []].append(packet.sequence)
                    lateness = max(lateness, t - (sentAt[UInt64(packet.ssrc) << 16 | UInt64(packet.sequence)] ?? t))
                }
            }
        }
        forward.removeAll { $0.at <= t }
        let trip = Interval.milliseconds(Int64(2 * delay))
        if let bytes = rtcp({ receiver.writeFeedback(now: now, roundTrip: trip, sender: 1, into: &$0) }), !lose() {
            backward.append((t + delay, bytes))
        }
        if let bytes = rtcp({ sender.writeTail(now: now, sender: 1, into: &$0) }), !lose() {
            forward.append((t + delay, bytes, true))
        }
        let due = backward.filter { $0.at <= t }
        backward.removeAll { $0.at <= t }
        for item in due {
            item.bytes.withUnsafeBytes { raw in
                for case .nack(_, 0, let list) in RTCPCompound(raw) {
                    for sequence in list {
                        let again = sent { sender.resend(sequence, now: now, roundTrip: trip, into: $0) }
                        if let again, !lose() { forward.append((t + delay, again.bytes, false)) }
                    }
                }
            }
        }
    }
}

@Suite("Trunks")
struct TrunkTests {
    @Test("a packet keeps its stream's numbers on the trunk")
    func canonical() throws {
        var sender = TrunkSender()
        var receiver = TrunkReceiver()
        for (kind, type) in [(MediaKind.audio, 111), (.video, 96)] as [(MediaKind, UInt8)] {
            let out = withPacket(stream: 3, ssrc: 0xABC, kind: kind, sequence: 17, timestamp: 1_234, marker: true) { packet in
                sent { sender.write(packet, now: ms(0), into: $0) }
            }
            let written = try #require(out)
            written.bytes.withUnsafeBytes { raw in
                #expect(RTPHeader(raw)?.payloadType == type)
                guard case .packet(let packet) = receiver.receive(raw, now: ms(0)) else {
                    Issue.record("dropped")
                    return
                }
                #expect(packet.ssrc == 0xABC && packet.sequence == 17 && packet.timestamp == 1_234 && packet.marker)
                #expect(packet.kind == kind && packet.level == (kind == .audio ? 30 : 127) && packet.stream == -1)
                #expect(packet.payload.count == 100)
            }
        }
        #expect(receiver.lost == 0 && sender.lastSequence == 1)
    }

    @Test("gating a voice in the middle causes no request")
    func gating() {
        var trunk = LossyTrunk(seed: 1, loss: 0, delay: 5)
        for t in 0..<2_000 {
            if t % 20 == 0, !(500..<900).contains(t) {
                withPacket(stream: 0, sequence: UInt16(t / 20), timestamp: UInt32(48 * t)) { trunk.send($0, t) }
            }
            trunk.step(t)
        }
        #expect(trunk.receiver.requested == 0 && trunk.arrived[9]?.count == 80)
        #expect(trunk.receiver.meters.audio.maximum == 1 && trunk.receiver.meters.video.maximum == 0)
    }

    @Test("all that is lost is repaired within the bound, the first and the last packet too", arguments: [0.05, 0.10, 0.20], [1, 2, 3] as [UInt64])
    func repair(loss: Double, seed: UInt64) {
        var trunk = LossyTrunk(seed: seed, loss: loss, delay: 10)
        var frames: UInt16 = 0
        for t in 0..<4_000 {
            if t % 20 == 0, t < 3_000 { withPacket(stream: 0, ssrc: 9, sequence: UInt16(t / 20), timestamp: UInt32(48 * t)) { trunk.send($0, t) } }
            if t % 10 == 3, t < 3_000 {
                withPacket(stream: 1, ssrc: 10, kind: .video, sequence: frames, timestamp: UInt32(90 * t), size: 1_000) { trunk.send($0, t) }
                frames += 1
            }
            trunk.step(t)
        }
        #expect(trunk.arrived[9].map { Set($0).count } == 150)
        #expect(trunk.arrived[10].map { Set($0).count } == 300)
        #expect((trunk.arrived[9]?.count ?? 0) + (trunk.arrived[10]?.count ?? 0) == 450)
        #expect(trunk.receiver.abandoned == 0 && trunk.receiver.recovered == trunk.receiver.lost && trunk.receiver.missing == 0)
        #expect(trunk.lateness <= 500, "\(trunk.lateness) ms at seed \(seed)")
        #expect(trunk.receiver.meters.audio.maximum == 1 && trunk.receiver.meters.video.maximum == 1)
        #expect(trunk.sender.resent >= trunk.receiver.recovered)
    }

    @Test("tails stop a second after the last packet")
    func tails() {
        var sender = TrunkSender()
        withPacket(stream: 0, sequence: 1, timestamp: 0) { packet in _ = sent { sender.write(packet, now: ms(0), into: $0) } }
        var times: [Int64] = []
        for t in 0..<3_000 {
            if rtcp({ sender.writeTail(now: ms(Int64(t)), sender: 1, into: &$0) }) != nil { times.append(Int64(t)) }
        }
        #expect(times == (1...10).map { 100 * $0 })
        #expect(sender.deadline == nil)
    }

    @Test("bytes of strangers are refused with a reason and change nothing")
    func strangers() {
        var receiver = TrunkReceiver()
        var generator = SeededGenerator(seed: 9)
        var dropped = 0
        for _ in 0..<5_000 {
            var bytes = clientPacket(.random(in: 0...65_535, using: &generator), 0, payloadType: 111, level: 3)
            for _ in 0..<3 { bytes[.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator) }
            bytes.removeLast(.random(in: 0...bytes.count, using: &generator))
            bytes.withUnsafeBytes { raw in
                if case .drop = receiver.receive(raw, now: ms(1)) { dropped += 1 }
                for message in RTCPCompound(raw) { _ = receiver.receive(message, now: ms(1)) }
            }
        }
        #expect(dropped > 4_500 && receiver.missing <= NackGenerator.limit)
    }
}
