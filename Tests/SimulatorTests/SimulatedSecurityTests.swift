import Basics
import Peer
import Testing

@testable import Simulator

@Suite("Security without cryptography")
struct SimulatedSecurityTests {
    /// Two ends of a trunk and the datagrams between them.
    final class Pair {
        static let network: UInt64 = 77
        let child: SimulatedSecurity
        let parent: SimulatedSecurity
        let client: SimulatedSession
        let listener: SimulatedListener
        var server: SimulatedSession?
        var now = Instant.zero
        /// Datagrams in either direction, counted from 0; those for which this says false are lost.
        var passes: (Int) -> Bool = { _ in true }
        var damages: (Int) -> Bool = { _ in false }
        private(set) var sent = 0
        private(set) var sizes: [Int] = []
        private let address = Address(ipv4: 1, port: 5)

        init(childNetwork: UInt64 = Pair.network, expecting: String = "parent", random: UInt64 = 1) {
            let generator = SeededGenerator(seed: random)
            child = SimulatedSecurity(SimulatedCertificate(node: "child", authority: childNetwork), agreement: 9, random: generator.fork("a"))
            parent = SimulatedSecurity(SimulatedCertificate(node: "parent", authority: Pair.network), agreement: 9, random: generator.fork("b"))
            client = child.makeSession(.trunkClient(expecting: expecting)) as! SimulatedSession
            listener = parent.makeListener() as! SimulatedListener
        }

        func run(_ time: Interval) {
            if now == .zero { client.start(now: now) }
            let end = now + time
            while now < end {
                exchange()
                now += .milliseconds(5)
                for session in [client, server] { if let due = session?.deadline, due <= now { session?.wake(now: now) } }
            }
        }

        private func exchange() {
            for _ in 0..<10 {
                let up = take(client)
                for datagram in up {
                    datagram.withUnsafeBytes { bytes in
                        if let server { return server.receive(bytes, now: now) }
                        var reply: [UInt8]?
                        let made = listener.receive(bytes, from: address, now: now) { reply = [UInt8]($0) }
                        if let made { server = (made as! SimulatedSession) }
                        guard let reply else { return }
                        #expect(reply.count <= bytes.count, "no reply is larger than its request")
                        for passed in pass([reply]) { passed.withUnsafeBytes { client.receive($0, now: now) } }
                    }
                }
                let down = server.map(take) ?? []
                for datagram in down { datagram.withUnsafeBytes { client.receive($0, now: now) } }
                if up.isEmpty, down.isEmpty { return }
            }
        }
        private func take(_ session: SimulatedSession) -> [[UInt8]] {
            var all: [[UInt8]] = []
            var buffer = [UInt8](repeating: 0, count: Outbox.slotSize)
            while let count = buffer.withUnsafeMutableBytes({ session.nextDatagram(into: $0) }) { all.append(Array(buffer[..<count])) }
            return pass(all)
        }
        private func pass(_ datagrams: [[UInt8]]) -> [[UInt8]] {
            var kept: [[UInt8]] = []
            for var datagram in datagrams {
                defer { sent += 1 }
                sizes.append(datagram.count)
                guard passes(sent) else { continue }
                if damages(sent) { datagram[datagram.count / 2] ^= 4 }
                kept.append(datagram)
            }
            return kept
        }
        func say(_ text: [UInt8], from session: SimulatedSession) -> Bool { text.withUnsafeBytes { session.send($0) } }
    }

    @Test("both ends are established, know each other and have mirrored keys")
    func handshake() {
        let pair = Pair()
        pair.run(.milliseconds(50))
        #expect(pair.client.state == .established(.node("parent")))
        #expect(pair.server?.state == .established(.node("child")))
        let (a, b) = (pair.client.exportKeys(), pair.server?.exportKeys())
        #expect(a?.sendKey == b?.receiveKey && a?.receiveKey == b?.sendKey && a?.sendKey != a?.receiveKey)
        // Hello, verify request, hello, two fragments, the client's flight, finished.
        #expect(pair.sent == 7 && pair.sizes.allSatisfy { $0 <= 1_200 })
    }

    @Test("any one lost or damaged datagram of the handshake is made good by the timers", arguments: 0..<7, [true, false])
    func lostFlight(_ number: Int, _ isDamage: Bool) {
        let pair = Pair(random: UInt64(number) + 2)
        if isDamage { pair.damages = { $0 == number } } else { pair.passes = { $0 != number } }
        pair.run(.milliseconds(600))
        #expect(pair.client.state == .established(.node("parent")))
        #expect(pair.server?.state == .established(.node("child")))
        #expect(pair.sent > 7)
    }

    @Test("without an answer it is tried again at doubled times, and given up after 30 s")
    func silence() {
        let pair = Pair()
        pair.passes = { _ in false }
        pair.run(.milliseconds(1_000))
        #expect(pair.sent == 4, "at 0, 100, 300 and 700 ms")
        pair.run(.seconds(Int64(30)))
        #expect(pair.client.state == .failed(.timeout))
    }

    @Test("another authority, an expired certificate and the wrong node are refused at both ends")
    func refusals() {
        let stranger = Pair(childNetwork: 5)
        stranger.run(.milliseconds(100))
        #expect(stranger.client.state == .failed(.untrustedCertificate(.otherAuthority)))
        #expect(stranger.server?.state == .failed(.handshake("alert 42")))
        let expired = Pair()
        expired.child.certificate.isExpired = true
        expired.run(.milliseconds(100))
        #expect(expired.server?.state == .failed(.untrustedCertificate(.expired)))
        let wrong = Pair(expecting: "another")
        wrong.run(.milliseconds(100))
        #expect(wrong.client.state == .failed(.untrustedCertificate(.otherNode("parent", expected: "another"))))
    }

    @Test("messages arrive once; damaged, repeated and foreign ones do not")
    func messages() throws {
        let pair = Pair()
        pair.run(.milliseconds(50))
        let server = try #require(pair.server)
        #expect(pair.say([1, 2, 3], from: pair.client))
        var record = [UInt8](repeating: 0, count: Outbox.slotSize)
        let count = try #require(record.withUnsafeMutableBytes { pair.client.nextDatagram(into: $0) })
        record.removeLast(record.count - count)
        #expect(count == 3 + SimulatedSession.recordOverhead)
        #expect(Demultiplexer.kind(of: record[0]) == .dtls)
        for bit in 0..<count * 8 {
            var damaged = record
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            damaged.withUnsafeBytes { server.receive($0, now: pair.now) }
        }
        #expect(server.nextMessage() == nil)
        for _ in 0..<3 { record.withUnsafeBytes { server.receive($0, now: pair.now) } }
        #expect(server.nextMessage() == [1, 2, 3])
        #expect(server.nextMessage() == nil)
        #expect(!pair.say([UInt8](repeating: 0, count: 1_164), from: pair.client))
        pair.client.close()
        pair.run(.milliseconds(10))
        #expect(server.state == .failed(.closedByPeer))
    }

    @Test("a media packet's tag covers every bit and its index")
    func cipher() {
        let cipher = SimulatedCipher([1, 2, 3])
        var packet = [UInt8](repeating: 7, count: 100)
        packet[0] = 0x80
        let length = packet.withUnsafeMutableBytes { cipher.protectRTP($0, length: 60, headerLength: 12, ssrc: 1, index: 5) }
        #expect(length == 76)
        func opens(_ packet: [UInt8], _ cipher: SimulatedCipher, index: UInt64) -> Bool {
            var copy = packet
            return copy.withUnsafeMutableBytes { cipher.unprotectRTP($0, length: 76, headerLength: 12, ssrc: 1, index: index) } == 60
        }
        #expect(opens(packet, cipher, index: 5))
        #expect(!opens(packet, cipher, index: 6))
        #expect(!opens(packet, SimulatedCipher([1, 2, 4]), index: 5))
        for bit in 0..<76 * 8 {
            var damaged = packet
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!opens(damaged, cipher, index: 5))
        }
    }
}
