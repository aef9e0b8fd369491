import Basics
import Peer
import Testing

@testable import Native

@Suite("DTLS sessions")
struct SecuritySessionTests {
    enum Pairing: CaseIterable {
        case trunk, browser, bots
    }

    func pair(_ pairing: Pairing, firstTimeout: UInt32 = 5_000_000) throws -> (SecurePair, client: RemoteIdentity, server: RemoteIdentity) {
        let network = try TestNetwork()
        let parent = try network.node("yen-mo", firstTimeout: firstTimeout)
        switch pairing {
        case .trunk:
            let child = try network.node("yen-thang", firstTimeout: firstTimeout)
            return (
                SecurePair(client: child.makeSession(.trunkClient(expecting: "yen-mo")), listener: parent.makeListener()),
                .node("yen-thang"), .node("yen-mo")
            )
        case .browser:
            let browser = try TestNetwork.stranger(firstTimeout: firstTimeout)
            return (
                SecurePair(client: browser.makeSession(.accessClient), server: parent.makeSession(.accessServer)),
                .fingerprint(browser.fingerprint), .fingerprint(parent.fingerprint)
            )
        case .bots:
            let (one, other) = (try TestNetwork.stranger(), try TestNetwork.stranger())
            return (
                SecurePair(client: one.makeSession(.accessClient), server: other.makeSession(.accessServer)),
                .fingerprint(one.fingerprint), .fingerprint(other.fingerprint)
            )
        }
    }

    func expectWorks(_ pair: inout SecurePair) throws {
        let server = try #require(pair.server)
        let mine = try #require(pair.client.exportKeys())
        let other = try #require(server.exportKeys())
        #expect(mine.profile == .aeadAES128GCM && other.profile == .aeadAES128GCM)
        #expect(mine.sendKey == other.receiveKey && mine.sendSalt == other.receiveSalt)
        #expect(mine.receiveKey == other.sendKey && mine.receiveSalt == other.sendSalt)
        #expect(mine.sendKey != mine.receiveKey && mine.sendKey.count == 16 && mine.sendSalt.count == 12)
        #expect(Array("lên".utf8).withUnsafeBytes { pair.client.send($0) })
        #expect([UInt8](repeating: 7, count: 1_163).withUnsafeBytes { server.send($0) })
        #expect(![UInt8](repeating: 7, count: 1_164).withUnsafeBytes { server.send($0) }, "more than fits a datagram")
        pair.carry()
        // Messages lost with their datagrams are the caller's affair; these were carried whole.
        #expect(server.nextMessage() == Array("lên".utf8) && server.nextMessage() == nil)
        #expect(pair.client.nextMessage() == [UInt8](repeating: 7, count: 1_163))
        #expect(pair.longest <= 1_200)
    }

    @Test("a handshake of each pair of roles ends with identities, keys and data", arguments: Pairing.allCases)
    func handshake(_ pairing: Pairing) throws {
        var (pair, client, server) = try pair(pairing)
        #expect(pair.client.deadline == nil && pair.client.exportKeys() == nil)
        #expect(![1].withUnsafeBytes { pair.client.send($0) }, "not before the handshake")
        pair.connect()
        #expect(pair.client.state == .established(server))
        #expect(pair.server?.state == .established(client))
        #expect(pair.client.deadline == nil && pair.server?.deadline == nil)
        // Flights are packed: ClientHello (twice with a cookie), the server's and the client's in one or two datagrams each.
        #expect(pair.sent <= 8, "\(pair.sent) datagrams")
        try expectWorks(&pair)
    }

    @Test(
        "a handshake ends well although datagrams are lost, doubled and late", arguments: [Pairing.trunk, .browser], [1, 2, 3, 4, 5] as [UInt64])
    func lossyHandshake(_ pairing: Pairing, _ seed: UInt64) async throws {
        var (pair, client, server) = try pair(pairing, firstTimeout: 20_000)
        try await pair.connect(losing: seed)
        #expect(pair.client.state == .established(server))
        #expect(pair.server?.state == .established(client))
        pair.carry()
        while pair.server?.nextMessage() != nil || pair.client.nextMessage() != nil {}
        try expectWorks(&pair)
    }

    @Test("a buffer too small for a record takes nothing and loses nothing")
    func smallBuffers() throws {
        let (pair, _, _) = try pair(.browser)
        pair.client.start(now: .zero)
        var tiny = [UInt8](repeating: 0, count: 20)
        #expect(tiny.withUnsafeMutableBytes { pair.client.nextDatagram(into: $0) } == nil)
        #expect(SecurePair.drain(pair.client).count == 1)
    }

    @Test("a node of another authority is refused on both sides")
    func foreignAuthority() throws {
        let (ours, theirs) = (try TestNetwork(), try TestNetwork())
        // The server does not trust the client; the client would trust the server.
        var one = SecurePair(
            client: try theirs.node("a", trusting: ours).makeSession(.trunkClient(expecting: "p")),
            listener: try ours.node("p").makeListener())
        one.connect()
        expectUntrusted(one.server?.state, .otherAuthority)
        expectFailed(one.client.state)
        // The client does not trust the server.
        var other = SecurePair(
            client: try ours.node("a").makeSession(.trunkClient(expecting: "p")),
            listener: try theirs.node("p", trusting: ours).makeListener())
        other.connect()
        expectUntrusted(other.client.state, .otherAuthority)
        #expect(other.server?.state == .failed(.refusedCertificate(.otherAuthority)))
        #expect(other.client.deadline == nil && other.client.exportKeys() == nil)
    }

    @Test("a certificate of the network that belongs to another node is refused by the child")
    func wrongNode() throws {
        let network = try TestNetwork()
        var pair = SecurePair(
            client: try network.node("a").makeSession(.trunkClient(expecting: "yen-mo")), listener: try network.node("kim-son").makeListener())
        pair.connect()
        #expect(pair.client.state == .failed(.untrustedCertificate(.otherNode("kim-son", expected: "yen-mo"))))
        expectFailed(pair.server?.state)
    }

    @Test("the authority's own certificate is no node's")
    func authorityAsNode() throws {
        let network = try TestNetwork()
        let root = network.authority.credential
        let security = try OpenSSLSecurity(authority: root.certificate, own: root, clock: { TestNetwork.now })
        var pair = SecurePair(
            client: security.makeSession(.trunkClient(expecting: "p")), listener: try network.node("p").makeListener())
        pair.connect()
        guard case .failed(.untrustedCertificate) = pair.server?.state else {
            Issue.record("\(String(describing: pair.server?.state))")
            return
        }
    }

    @Test("an expired certificate and one of the future are refused", arguments: [3 * 365 * 86_400, -2 * 86_400] as [Int64])
    func expired(_ seconds: Int64) throws {
        let network = try TestNetwork()
        let then = TestNetwork.now + .seconds(seconds)
        var pair = SecurePair(
            client: try network.node("a", at: then).makeSession(.trunkClient(expecting: "p")), listener: try network.node("p").makeListener())
        pair.connect()
        expectUntrusted(pair.client.state, seconds > 0 ? .expired : .notYetValid)
        #expect(pair.server?.state == .failed(.refusedCertificate(seconds > 0 ? .expired : .notYetValid)))
    }

    @Test("strangers get no trunk, in either direction")
    func strangers() throws {
        let network = try TestNetwork()
        var one = SecurePair(client: try TestNetwork.stranger().makeSession(.accessClient), listener: try network.node("p").makeListener())
        one.connect()
        guard case .failed(.untrustedCertificate) = one.server?.state else {
            Issue.record("\(String(describing: one.server?.state))")
            return
        }
        var other = SecurePair(
            client: try network.node("a").makeSession(.trunkClient(expecting: "p")), server: try TestNetwork.stranger().makeSession(.accessServer))
        other.connect()
        guard case .failed(.untrustedCertificate) = other.client.state else {
            Issue.record("\(other.client.state)")
            return
        }
    }

    @Test("a handshake that nobody answers retransmits and fails after 30 s")
    func timeout() throws {
        let session = try TestNetwork.stranger(firstTimeout: 100_000).makeSession(.accessClient)
        session.start(now: .zero)
        let first = SecurePair.drain(session)
        #expect(first.count == 1)
        let due = try #require(session.deadline)
        #expect(due <= .zero + .milliseconds(100))
        session.wake(now: .zero + .milliseconds(29_999))
        #expect(session.state == .handshaking)
        session.wake(now: .zero + .seconds(Int64(30)))
        #expect(session.state == .failed(.timeout))
        #expect(session.deadline == nil)
        session.start(now: .zero)
        first[0].withUnsafeBytes { session.receive($0, now: .zero) }
        #expect(session.state == .failed(.timeout))
    }

    @Test("close_notify ends both sides and is answered")
    func closing() throws {
        var (pair, _, _) = try pair(.trunk)
        pair.connect()
        pair.client.close()
        #expect(pair.client.state == .failed(.closedByPeer))
        pair.carry()
        #expect(pair.server?.state == .failed(.closedByPeer))
        #expect(![1].withUnsafeBytes { pair.client.send($0) })
        pair.client.close()
    }

    @Test("random, mutated and replayed datagrams do not hurt an established session", arguments: [7] as [UInt64])
    func garbage(_ seed: UInt64) throws {
        var (pair, client, server) = try pair(.trunk)
        pair.connect()
        var chance = SeededGenerator(seed: seed)
        let target = try #require(pair.server)
        #expect(Array("mẫu".utf8).withUnsafeBytes { pair.client.send($0) })
        let sample = try #require(SecurePair.drain(pair.client).first)
        for round in 0..<10_000 {
            var datagram: [UInt8]
            if round % 2 == 0 {
                datagram = sample
                // Bit errors anywhere but in the epoch and sequence alone; and a length that lies now and then.
                for _ in 0...Int.random(in: 0..<3, using: &chance) {
                    datagram[Int.random(in: 0..<datagram.count, using: &chance)] ^= UInt8.random(in: 1...255, using: &chance)
                }
            } else {
                datagram = (0..<Int.random(in: 0..<1_500, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
                if datagram.count > 13, round % 4 == 1 {
                    datagram.replaceSubrange(0..<4, with: [UInt8.random(in: 20...23, using: &chance), 0xFE, 0xFD, 0])
                    datagram.replaceSubrange(11..<13, with: [UInt8((datagram.count - 13) >> 8), UInt8((datagram.count - 13) & 255)])
                }
            }
            datagram.withUnsafeBytes { target.receive($0, now: .zero) }
            guard target.state == .established(client) else {
                Issue.record("round \(round): \(target.state) after \(datagram.prefix(16)) of \(datagram.count) bytes")
                return
            }
        }
        #expect(target.nextMessage() == nil)
        #expect(pair.toServer([sample, sample]).isEmpty)
        #expect(target.nextMessage() == Array("mẫu".utf8) && target.nextMessage() == nil, "once, although it came twice")
        #expect(pair.client.state == .established(server) && target.state == .established(client))
        pair.carry()
        try expectWorks(&pair)
        #expect(lastOpenSSLReason() == nil)
    }

    @Test("forged plaintext alerts and hellos do not hurt an established session")
    func forgedPlaintext() throws {
        var (pair, client, server) = try pair(.trunk)
        pair.connect()
        let target = try #require(pair.server)
        // Epoch 0: a fatal handshake_failure, a close_notify, a HelloRequest, a ChangeCipherSpec.
        for (type, body) in [(21, "0228"), (21, "0100"), (22, "000000000009000000000000"), (20, "01")] {
            for sequence in [UInt8(0), 9, 200] {
                let fragment = hex(body)
                let record = [UInt8(type), 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, sequence, 0, UInt8(fragment.count)] + fragment
                record.withUnsafeBytes { target.receive($0, now: .zero) }
            }
        }
        #expect(SecurePair.drain(target).isEmpty)
        #expect(pair.client.state == .established(server) && target.state == .established(client))
        try expectWorks(&pair)
    }

    @Test("random datagrams do not end a handshake that has not begun")
    func garbageFirst() throws {
        var (pair, client, server) = try pair(.browser)
        var chance = SeededGenerator(seed: 11)
        for _ in 0..<1_000 {
            let datagram = (0..<Int.random(in: 1..<200, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
            datagram.withUnsafeBytes { pair.server?.receive($0, now: .zero) }
        }
        pair.connect()
        #expect(pair.client.state == .established(server) && pair.server?.state == .established(client))
    }
}

private func expectUntrusted(_ state: SecureSessionState?, _ reason: CertificateFault, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(state == .failed(.untrustedCertificate(reason)), sourceLocation: sourceLocation)
}

private func expectFailed(_ state: SecureSessionState?, sourceLocation: SourceLocation = #_sourceLocation) {
    switch state {
    case .failed(.handshake), .failed(.refusedCertificate): break
    default: Issue.record("\(String(describing: state))", sourceLocation: sourceLocation)
    }
}
