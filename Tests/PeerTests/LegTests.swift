import Basics
import SDP
import Testing

@testable import Peer

@Suite("Access legs")
struct AccessLegTests {
    static func settings(_ codec: Codec = .vp8) -> AnswerSettings {
        AnswerSettings(
            address: Address(ipv4: 0x7F00_1203, port: 40_000), videoCodec: codec, audioSSRCs: [101, 102, 103],
            videoSSRCs: [201, 202], cname: "my-tu")
    }

    /// A bot (a) and the node's leg for it (b), with offer and answer exchanged.
    static func pair(loss: UInt64 = 0, seed: UInt64 = 1) throws -> (line: Line, bot: FakeSecurity, node: FakeSecurity) {
        let bot = FakeSecurity("bot", seed: seed)
        let node = FakeSecurity("node", seed: seed)
        let client = Peer(accessClient: OfferSettings(audioSSRC: 11, videoSSRC: 12, cname: "bot"), security: bot, now: .zero)
        var settings = Self.settings()
        settings.address = Line.addressB
        let offer = try SessionDescription(parsing: #require(client.localDescription))
        let server = try Peer(accessServer: offer, settings: settings, security: node, now: .zero)
        try client.accept(answer: SessionDescription(parsing: #require(server.localDescription)), now: .zero)
        return (Line(client, server, security: node, loss: loss, seed: seed), bot, node)
    }

    static func expectMedia(_ from: Peer, _ to: Peer, at: Address, now: Instant, ssrc: UInt32, sequences: Range<UInt16>) throws {
        let outbox = Outbox()
        for sequence in sequences {
            let plain = rtpPacket(ssrc: ssrc, sequence: sequence)
            let packet = try #require(from.protected(plain))
            #expect(packet.count == plain.count + 16 && packet[12...].prefix(8) != plain[12...].prefix(8))
            let (received, bytes) = to.take(packet, from: at, now: now, outbox: outbox)
            #expect(received == .rtp(length: plain.count))
            #expect(Array(bytes[..<plain.count]) == plain)
            #expect(to.take(packet, from: at, now: now, outbox: outbox).0 == .dropped(.replayed))
        }
        let report = rtcpPacket(ssrc: ssrc)
        let packet = try #require(from.protectedRTCP(report))
        let (received, bytes) = to.take(packet, from: at, now: now, outbox: outbox)
        #expect(received == .rtcp(length: 8) && Array(bytes[..<8]) == report)
        #expect(to.take(packet, from: at, now: now, outbox: outbox).0 == .dropped(.replayed))
    }

    @Test("a bot and a node connect through losses and exchange media and messages", arguments: [0, 10, 30, 50] as [UInt64], 1...5 as ClosedRange<UInt64>)
    func connects(_ loss: UInt64, _ seed: UInt64) throws {
        let (line, bot, node) = try Self.pair(loss: loss, seed: seed)
        line.run(for: .seconds(20))
        #expect(line.eventsA == [.addressChanged(Line.addressB), .established(.fingerprint(node.fingerprint))], "\(line.a.snapshot)")
        #expect(line.eventsB == [.addressChanged(Line.addressA), .established(.fingerprint(bot.fingerprint))], "\(line.b!.snapshot)")
        try Self.expectMedia(line.a, line.b!, at: Line.addressA, now: line.now, ssrc: 11, sequences: 65_500..<65_535)
        try Self.expectMedia(line.a, line.b!, at: Line.addressA, now: line.now, ssrc: 11, sequences: 0..<30)
        try Self.expectMedia(line.b!, line.a, at: Line.addressB, now: line.now, ssrc: 101, sequences: 1..<30)
        line.lossPercent = 0
        #expect(line.send(fromA: false, Array("chào".utf8)))
        line.run(for: .milliseconds(20))
        #expect(line.eventsA.last == .message(Array("chào".utf8)))
        #expect(line.a.counters.roundTrip == .milliseconds(20))
        #expect(!line.send(fromA: true, [UInt8](repeating: 0, count: 1_300)))
    }

    @Test("consent keeps a leg for hours and its end is noticed by both within 30 s and a check's distance")
    func consent() throws {
        let (line, _, _) = try Self.pair()
        line.run(for: .seconds(600))
        #expect(line.a.isEstablished && line.b!.isEstablished)
        // 600 s at 4 to 6 s each, one datagram each way.
        #expect((200...320).contains(line.delivered), "\(line.delivered)")
        line.cut = true
        line.run(for: .seconds(24))
        #expect(line.a.isEstablished && line.b!.isEstablished)
        line.run(for: .seconds(7))
        #expect(line.eventsA.last == .consentLost && line.eventsB.last == .consentLost)
        #expect(line.a.protected(rtpPacket(ssrc: 11, sequence: 1)) == nil)
        #expect(line.a.deadline == nil && line.b!.deadline == nil)
        #expect(line.b!.snapshot.state == .failed && line.b!.snapshot.failure == .consentLost)
    }

    @Test("a client that never comes is a time-out, and so is a node that never answers")
    func neverComes() throws {
        let (line, _, _) = try Self.pair(loss: 100)
        line.run(for: .seconds(31))
        #expect(line.eventsB == [.failed(.connectTimeout)])
        #expect(line.eventsA == [.addressChanged(Line.addressB), .failed(.connectTimeout)])
    }

    @Test("a certificate other than the announced one is refused")
    func wrongFingerprint() throws {
        let (line, bot, _) = try Self.pair()
        bot.presented = [UInt8](repeating: 7, count: 32)
        line.run(for: .seconds(2))
        #expect(line.eventsB.last == .failed(.wrongIdentity))
        #expect(line.b!.protected(rtpPacket(ssrc: 101, sequence: 1)) == nil)
    }

    @Test("a client with a wrong password is told so and gives up")
    func wrongPassword() throws {
        let (line, _, node) = try Self.pair()
        let settings = Self.settings()
        let offer = try SessionDescription(parsing: #require(line.a.localDescription))
        let other = try Peer(accessServer: offer, settings: settings, security: node, now: .zero)
        let stranger = Line(line.a, other, security: node)
        stranger.run(for: .seconds(1))
        #expect(stranger.eventsA.last == .failed(.refused(code: 401)))
        #expect(other.counters.dropped(.unauthenticatedSTUN) > 0 && other.remote == nil)
    }

    @Test("before a check passes, nothing but STUN is taken from an address")
    func unchecked() throws {
        let (line, bot, _) = try Self.pair()
        let outbox = Outbox()
        let session = bot.makeSession(.accessClient)
        session.start(now: .zero)
        let slot = outbox.reserve()
        let hello = Array(slot[..<session.nextDatagram(into: slot)!])
        #expect(line.b!.take(hello, from: Line.addressA, now: .zero, outbox: outbox).0 == .dropped(.wrongAddress))
        #expect(line.b!.take(rtpPacket(ssrc: 1, sequence: 1), from: Line.addressA, now: .zero, outbox: outbox).0 == .dropped(.wrongAddress))
        #expect(outbox.datagrams.isEmpty)
    }

    @Test("closing says goodbye to the other side")
    func goodbye() throws {
        let (line, _, _) = try Self.pair()
        line.run(for: .seconds(2))
        let outbox = Outbox()
        line.a.close(outbox: outbox)
        #expect(outbox.messages.count == 1 && line.a.deadline == nil)
        _ = line.b!.take(outbox.messages[0], from: Line.addressA, now: line.now, outbox: outbox)
        #expect(line.b!.drained == [.failed(.session(.closedByPeer))])
    }
}

@Suite("Trunk legs")
struct TrunkLegTests {
    static func line(loss: UInt64 = 0, seed: UInt64 = 1, expecting: String = "parent") -> (Line, FakeSecurity) {
        let child = FakeSecurity("child", seed: seed)
        let parent = FakeSecurity("parent", seed: seed)
        let dialer = Peer(trunkTo: Line.addressB, node: expecting, security: child, now: .zero)
        let line = Line(dialer, nil, security: parent, loss: loss, seed: seed)
        line.listener = parent.makeListener()
        return (line, child)
    }

    @Test("a child and its parent connect through losses", arguments: [0, 20, 40] as [UInt64], 1...5 as ClosedRange<UInt64>)
    func connects(_ loss: UInt64, _ seed: UInt64) throws {
        let (line, _) = Self.line(loss: loss, seed: seed)
        line.run(for: .seconds(30))
        #expect(line.eventsA.last == .established(.node("parent")), "\(line.a.snapshot)")
        #expect(line.eventsB.last == .established(.node("child")))
        try AccessLegTests.expectMedia(line.a, line.b!, at: Line.addressA, now: line.now, ssrc: 5, sequences: 1..<20)
        try AccessLegTests.expectMedia(line.b!, line.a, at: Line.addressB, now: line.now, ssrc: 6, sequences: 1..<20)
        #expect(line.a.deadline == nil && line.b!.deadline == nil)
    }

    @Test("a dialer that nobody answers calls again every second without a word, and is up a second after its line is mended")
    func redials() {
        let (line, _) = Self.line()
        line.cut = true
        line.run(for: .seconds(60))
        // A second, ± 20 %.
        #expect((52...72).contains(line.a.counters.dials), "\(line.a.snapshot)")
        #expect(line.eventsA.isEmpty)
        line.cut = false
        line.run(for: .milliseconds(1_500))
        #expect(line.eventsA.last == .established(.node("parent")))
    }

    @Test("the wrong node is refused and dialled again")
    func wrongNode() {
        let (line, _) = Self.line(expecting: "somebody-else")
        line.run(for: .seconds(10))
        #expect(line.eventsA.first == .failed(.session(.untrustedCertificate(.otherNode("parent", expected: "somebody-else")))))
        #expect(line.a.counters.dials > 3 && !line.a.isEstablished)
    }

    @Test("a redialled session replaces the old one with fresh keys, and the parent's leg stays usable until then")
    func replaced() throws {
        let (line, _) = Self.line()
        line.run(for: .seconds(1))
        try AccessLegTests.expectMedia(line.a, line.b!, at: Line.addressA, now: line.now, ssrc: 5, sequences: 1..<5)
        let old = try #require(line.a.protected(rtpPacket(ssrc: 5, sequence: 9)))
        let parent = line.b
        line.a.redial(now: line.now)
        #expect(!line.a.isEstablished && parent!.isEstablished)
        line.run(for: .milliseconds(15))
        #expect(parent!.isEstablished)
        line.run(for: .seconds(1))
        #expect(line.b === parent)
        #expect(line.eventsB == [.established(.node("child")), .established(.node("child"))])
        try AccessLegTests.expectMedia(line.a, line.b!, at: Line.addressA, now: line.now, ssrc: 5, sequences: 1..<5)
        #expect(line.b!.take(old, from: Line.addressA, now: line.now, outbox: Outbox()).0 == .dropped(.notAuthentic))
    }

    @Test("a handshake that never ends leaves the present session alone")
    func abandonedSuccessor() throws {
        let (line, _) = Self.line()
        line.run(for: .seconds(1))
        let stranger = FakeSecurity("child", seed: 99).makeSession(.trunkClient(expecting: "parent"))
        stranger.start(now: line.now)
        let outbox = Outbox()
        let slot = outbox.reserve()
        let count = try #require(stranger.nextDatagram(into: slot))
        let hello = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(slot)[..<count])
        #expect(!line.b!.isAnswering(hello))
        let session = try #require(line.listener?.receive(hello, from: Line.addressA, now: line.now) { _ in })
        line.b!.adopt(session, hello: hello, now: line.now)
        #expect(line.b!.isAnswering(hello))
        line.run(for: .seconds(40))
        #expect(line.b!.isEstablished && line.b!.way.acceptor?.successor == nil)
        #expect(line.send(fromA: true, [1, 2, 3]))
        line.run(for: .milliseconds(20))
        #expect(line.eventsB.last == .message([1, 2, 3]))
    }

    @Test("after the parent's goodbye the child dials again at once")
    func goodbye() {
        let (line, _) = Self.line()
        line.run(for: .seconds(1))
        let outbox = Outbox()
        line.b!.close(outbox: outbox)
        line.b = nil
        _ = line.a.take(outbox.messages[0], from: Line.addressB, now: line.now, outbox: outbox)
        line.run(for: .seconds(1))
        #expect(line.eventsA.suffix(2) == [.failed(.session(.closedByPeer)), .established(.node("parent"))])
    }

    @Test("STUN and strangers' addresses have no place on a trunk")
    func misplaced() {
        let (line, _) = Self.line()
        line.run(for: .seconds(1))
        let outbox = Outbox()
        #expect(line.a.take(STUNTests.request, from: Line.addressB, now: line.now, outbox: outbox).0 == .dropped(.misplacedSTUN))
        let packet = line.b!.protected(rtpPacket(ssrc: 6, sequence: 1))!
        let elsewhere = Address(ipv4: 9, port: 9)
        #expect(line.a.take(packet, from: elsewhere, now: line.now, outbox: outbox).0 == .dropped(.wrongAddress))
        #expect(line.a.take(packet, from: Line.addressB, now: line.now, outbox: outbox).0 != .dropped(.wrongAddress))
        #expect(outbox.datagrams.isEmpty)
    }
}

@Suite("Strangers")
struct StrangerTests {
    @Test("10,000 random and mutated datagrams are dropped and counted, and a running call is unharmed", arguments: [1, 2] as [UInt64])
    func noise(_ seed: UInt64) throws {
        let (access, _, _) = try AccessLegTests.pair(seed: seed)
        let (trunk, _) = TrunkLegTests.line(seed: seed)
        access.run(for: .seconds(2))
        trunk.run(for: .seconds(2))
        for line in [access, trunk] {
            let (a, b) = (line.a, line.b!)
            var random = SeededGenerator(seed: seed)
            let outbox = Outbox()
            var samples: [[UInt8]] = [STUNTests.request, STUNTests.response4, STUNTests.response6]
            for n in 0..<20 as Range<UInt16> {
                samples.append(try #require(a.protected(rtpPacket(ssrc: 7, sequence: n))))
                samples.append(try #require(a.protectedRTCP(rtcpPacket(ssrc: 7))))
            }
            a.wake(now: line.now + .seconds(7), outbox: outbox)
            samples += outbox.messages
            for n in 0..<10_000 {
                var packet: [UInt8]
                if n % 2 == 0 {
                    packet = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                    let firsts: [UInt8] = [0, 1, 22, 23, 128, 144, 159, 191]
                    if !packet.isEmpty, random.next() % 2 == 0 { packet[0] = firsts[Int(random.next() % 8)] }
                } else {
                    packet = samples[Int(random.next() % UInt64(samples.count))]
                    for _ in 0...(random.next() % 4) where !packet.isEmpty {
                        let at = Int(random.next() % UInt64(packet.count))
                        switch random.next() % 3 {
                        case 0: packet[at] ^= UInt8(truncatingIfNeeded: random.next() | 1)
                        case 1: packet.removeSubrange(at...)
                        default: packet.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
                        }
                    }
                }
                if samples.contains(packet) { continue }
                outbox.removeAll()
                let from = random.next() % 3 == 0 ? Address(ipv4: UInt32(truncatingIfNeeded: random.next()), port: 5) : Line.addressA
                packet.withUnsafeBytes { _ = Peer.stunUsername(of: $0) }
                switch b.take(packet, from: from, now: line.now, outbox: outbox).0 {
                case .rtp, .rtcp: Issue.record("forged packet \(packet) accepted, seed \(seed)")
                case .dropped, .control: break
                }
                #expect(outbox.datagrams.allSatisfy { $0.count <= packet.count })
            }
            #expect(b.counters.dropped > 5_000)
            #expect(b.drained.isEmpty && b.isEstablished)
            try AccessLegTests.expectMedia(a, b, at: Line.addressA, now: line.now, ssrc: 8, sequences: 1..<20)
        }
    }
}
