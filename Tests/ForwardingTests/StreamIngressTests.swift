import Basics
import Forwarding
import RTP
import Testing

@Suite("Stream ingress")
struct StreamIngressTests {
    func make(_ codec: Codec) -> StreamIngress {
        StreamIngress(
            stream: 4, ssrc: 0x5151, feedbackSSRC: 1,
            agreement: .init(codec: codec, payloadType: 120, audioLevelID: codec == .opus ? 5 : nil),
            firstSequence: 65_534, firstTimestamp: 4_294_967_000)
    }
    func numbers(_ ingress: inout StreamIngress, _ bytes: [UInt8], _ now: Instant) -> (UInt16, UInt32)? {
        bytes.withUnsafeBytes {
            guard case .packet(let packet) = ingress.receive($0, now: now) else { return nil }
            #expect(packet.ssrc == 0x5151 && packet.stream == 4)
            return (packet.sequence, packet.timestamp)
        }
    }

    @Test("a client that begins anew continues the stream's numbers by one packet and the time that passed")
    func restart() throws {
        var ingress = make(.opus)
        for n in 0..<5 {
            let got = numbers(&ingress, clientPacket(100 + UInt16(n), UInt32(5_000 + 960 * n), level: 20), ms(Int64(20 * n)))
            let (sequence, timestamp) = try #require(got)
            #expect(sequence == 65_534 &+ UInt16(n) && timestamp == 4_294_967_000 &+ UInt32(960 * n))
        }
        ingress.rejoin(.init(codec: .opus, payloadType: 109))
        let got = numbers(&ingress, clientPacket(40_000, 1, ssrc: 88, payloadType: 109), ms(3_080))
        let (sequence, timestamp) = try #require(got)
        #expect(sequence == 65_534 &+ 5)
        #expect(timestamp == 4_294_967_000 &+ UInt32(960 * 4 + 48_000 * 3))
        #expect(ingress.packets == 6)
    }

    @Test("what a client sent before its first packet that came takes no number of the time before")
    func early() {
        var ingress = make(.opus)
        // At the very first there is no such time.
        #expect(numbers(&ingress, clientPacket(100, 960), ms(0))?.0 == 65_534)
        #expect(numbers(&ingress, clientPacket(99, 0), ms(1))?.0 == 65_533)
        // Another SSRC: the page was loaded anew.
        #expect(numbers(&ingress, clientPacket(40_000, 960, ssrc: 88), ms(20))?.0 == 65_535)
        #expect(numbers(&ingress, clientPacket(39_999, 0, ssrc: 88), ms(21)) == nil)
        #expect(numbers(&ingress, clientPacket(40_001, 1_920, ssrc: 88), ms(40))?.0 == 0)
    }

    @Test("a leap in the client's sequence is closed")
    func leap() throws {
        var ingress = make(.opus)
        _ = numbers(&ingress, clientPacket(1, 0), ms(0))
        #expect(numbers(&ingress, clientPacket(20_000, 960), ms(20)) == nil)
        let got = numbers(&ingress, clientPacket(20_001, 1_920), ms(40))
        #expect(got?.0 == 65_535 && ingress.restarts == 1)
    }

    @Test("lost video is asked for, repeated packets are dropped, lost sound is left alone", arguments: [Codec.vp8, .opus])
    func nack(codec: Codec) {
        var ingress = make(codec)
        for n in [1, 2, 4, 5] as [UInt16] { _ = numbers(&ingress, clientPacket(n, UInt32(n) * 960), ms(Int64(n))) }
        let bytes = rtcp { ingress.writeFeedback(now: ms(20), roundTrip: .milliseconds(30), into: &$0) }
        guard codec == .vp8 else {
            #expect(bytes == nil)
            return
        }
        var asked: [UInt16] = []
        bytes?.withUnsafeBytes {
            for case .nack(1, 77, let list) in RTCPCompound($0) { asked += Array(list) }
        }
        #expect(asked == [3])
        let repaired = numbers(&ingress, clientPacket(3, 2_880), ms(50))
        #expect(repaired?.0 == 65_534 &+ 2)
        let again = clientPacket(3, 2_880).withUnsafeBytes { raw -> DropReason? in
            if case .drop(let reason) = ingress.receive(raw, now: ms(51)) { return reason }
            return nil
        }
        #expect(again == .duplicate)
    }

    @Test("a client's probes without payload leave no gap and are not asked for; a repaired packet keeps its place")
    func probes() throws {
        var ingress = make(.vp8)
        func probe(_ sequence: UInt16, _ now: Instant) -> DropReason? {
            // As Chromium sends them: 255 bytes of padding and nothing else.
            var bytes = clientPacket(sequence, 960, payload: [UInt8](repeating: 0, count: 254) + [255])
            bytes[0] |= 0x20
            return bytes.withUnsafeBytes {
                if case .drop(let reason) = ingress.receive($0, now: now) { return reason }
                return nil
            }
        }
        // 4 is lost, 5, 6 and 8 are probes.
        for n in [1, 2, 3] as [UInt16] { _ = numbers(&ingress, clientPacket(n, 960), ms(Int64(n))) }
        #expect(probe(5, ms(5)) == .padding && probe(6, ms(6)) == .padding)
        let seventh = numbers(&ingress, clientPacket(7, 1_920), ms(7))
        #expect(probe(8, ms(8)) == .padding)
        let ninth = numbers(&ingress, clientPacket(9, 2_880), ms(9))
        let repaired = numbers(&ingress, clientPacket(4, 960), ms(12))
        #expect(repaired?.0 == 65_534 &+ 3 && seventh?.0 == 65_534 &+ 4 && ninth?.0 == 65_534 &+ 5)
        #expect(ingress.nack.missingCount == 0 && ingress.nack.lost == 1)
        for n in 10...40_000 as ClosedRange<UInt16> {
            let got = numbers(&ingress, clientPacket(n, 2_880), ms(Int64(n)))
            try #require(got?.0 == 65_534 &+ (n - 4))
        }
    }

    @Test("REMB comes every 300 ms, a report block every second, PLI when wished")
    func cadence() {
        var ingress = make(.vp8)
        ingress.maximumBitrate = .mbps(2)
        var (remb, blocks, pli) = (0, 0, 0)
        for t in 0..<3_000 {
            if t % 10 == 0, t != 800 { _ = numbers(&ingress, clientPacket(UInt16(t / 10), UInt32(900 * t / 10), payload: [0x10, 1, 1]), ms(Int64(t))) }
            if t == 700 { ingress.keyFrames.request() }
            if t == 800 { _ = numbers(&ingress, clientPacket(UInt16(80), 72_000, payload: [0x10, 0, 1]), ms(800)) }
            rtcp { ingress.writeFeedback(now: ms(Int64(t)), roundTrip: .zero, into: &$0) }?.withUnsafeBytes {
                for message in RTCPCompound($0) {
                    switch message {
                    case .maximumBitrate(_, let rate, _):
                        #expect(rate <= .mbps(2) && rate > .kbps(1_999))
                        remb += 1
                    case .receiverReport(_, let list): blocks += list.count
                    case .pictureLoss(1, 77): pli += 1
                    default: break
                    }
                }
            }
        }
        #expect(remb == 10 && blocks == 2 && pli == 1)
    }

    @Test("a sender report is told on the stream's own timestamps")
    func clock() {
        var ingress = make(.opus)
        _ = numbers(&ingress, clientPacket(1, 48_000), ms(0))
        ingress.receive(SenderInformation(ssrc: 77, ntp: 5 << 32, rtp: 96_000, packets: 1, octets: 1), now: ms(10))
        ingress.receive(SenderInformation(ssrc: 66, ntp: 9 << 32, rtp: 1, packets: 1, octets: 1), now: ms(11))
        #expect(ingress.clock.ntp == 5 << 32 && ingress.clock.rtp == 4_294_967_000 &+ 48_000)
    }

    @Test("levels: as sent, guessed for speech without one, silence for comfort noise")
    func levels() {
        var ingress = make(.opus)
        func level(_ bytes: [UInt8]) -> UInt8? {
            bytes.withUnsafeBytes { if case .packet(let packet) = ingress.receive($0, now: ms(0)) { packet.level } else { nil } }
        }
        #expect(level(clientPacket(1, 0, level: 12)) == 12)
        #expect(level(clientPacket(2, 960)) == StreamIngress.levelIfUnknown)
        #expect(level(clientPacket(3, 1_920, payload: [1, 2])) == 127)
    }
}
