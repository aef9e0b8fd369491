import Basics
import Peer
import Testing

@testable import Native

@Suite("DTLS listener")
struct SecurityListenerTests {
    let network: TestNetwork
    let parent: OpenSSLSecurity
    let child: OpenSSLSecurity

    init() throws {
        network = try TestNetwork()
        parent = try network.node("p")
        child = try network.node("a")
    }

    func ask(_ listener: any SecureListener, _ datagram: [UInt8], from: Address = SecurePair.address, now: Instant = .zero) -> (
        session: (any SecureSession)?, replies: [[UInt8]]
    ) {
        var replies: [[UInt8]] = []
        let session = datagram.withUnsafeBytes { listener.receive($0, from: from, now: now) { replies.append(Array($0)) } }
        return (session, replies)
    }

    /// A client's first hello, and its second with the listener's cookie.
    func hellos(_ listener: any SecureListener) throws -> (first: [UInt8], second: [UInt8], client: any SecureSession) {
        let client = child.makeSession(.trunkClient(expecting: "p"))
        client.start(now: .zero)
        let first = try #require(SecurePair.drain(client).first)
        let (session, replies) = ask(listener, first)
        #expect(session == nil, "nothing is kept for an unproven address")
        #expect(replies.count == 1 && replies[0].count == 45 && replies[0].count <= first.count)
        replies[0].withUnsafeBytes { client.receive($0, now: .zero) }
        return (first, try #require(SecurePair.drain(client).first), client)
    }

    @Test("a hello is answered with a cookie each time, and only a valid cookie makes a session")
    func cookies() throws {
        let listener = parent.makeListener()
        let (first, second, _) = try hellos(listener)
        for _ in 0..<3 { #expect(ask(listener, first).session == nil) }
        let elsewhere = Address(ipv4: 0x7F00_1202, port: 40_001)
        #expect(ask(listener, second, from: elsewhere).session == nil, "a cookie holds for its address only")
        #expect(ask(listener, second, from: elsewhere).replies.count == 1)
        let otherPort = Address(ipv4: 0x7F00_1201, port: 40_002)
        #expect(ask(listener, second, from: otherPort).session == nil)
        #expect(ask(parent.makeListener(), second).session == nil, "and for its listener")
        let (session, replies) = ask(listener, second)
        #expect(session?.state == .handshaking && replies.isEmpty)
    }

    @Test("cookies end with their secret")
    func rotation() throws {
        let listener = parent.makeListener()
        let (_, second, _) = try hellos(listener)
        #expect(ask(listener, second, now: .zero + .seconds(Int64(61))).session != nil, "the secret before is still good")
        #expect(ask(listener, second, now: .zero + .seconds(Int64(122))).session == nil)
    }

    @Test("changed parameters void a cookie")
    func parameters() throws {
        let listener = parent.makeListener()
        let (_, second, _) = try hellos(listener)
        for at in [30, second.count - 3] {
            var changed = second
            changed[at] ^= 1
            #expect(ask(listener, changed).session == nil)
        }
    }

    @Test("10,000 random and 10,000 mutated datagrams make no session, no long reply and no trap", arguments: [3] as [UInt64])
    func garbage(_ seed: UInt64) throws {
        let listener = parent.makeListener()
        let (first, second, _) = try hellos(listener)
        var chance = SeededGenerator(seed: seed)
        for round in 0..<20_000 {
            var datagram: [UInt8]
            if round % 2 == 0 {
                datagram = (0..<Int.random(in: 0..<300, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
            } else {
                datagram = round % 4 == 1 ? first : second
                for _ in 0...Int.random(in: 0..<4, using: &chance) {
                    datagram[Int.random(in: 0..<datagram.count, using: &chance)] ^= UInt8.random(in: 1...255, using: &chance)
                }
                if round % 8 == 1 { datagram.removeLast(Int.random(in: 0..<datagram.count, using: &chance)) }
            }
            let (session, replies) = ask(listener, datagram)
            // A change of the record's sequence number leaves the hello as it was: that one may pass.
            if session != nil { #expect(datagram[13...] == second[13...]) }
            #expect(replies.allSatisfy { $0.count <= datagram.count })
        }
        #expect(ask(listener, second).session != nil)
        #expect(lastOpenSSLReason() == nil)
    }

    @Test("a client that retransmits its cookie to the session is not confused")
    func doubledHello() throws {
        let listener = parent.makeListener()
        let (first, second, client) = try hellos(listener)
        var pair = SecurePair(client: client, listener: listener)
        _ = pair.toServer([second, second, first])
        pair.carry()
        #expect(pair.isEstablished)
    }
}
