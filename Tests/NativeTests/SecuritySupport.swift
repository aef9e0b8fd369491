import Basics
import Peer
import Testing

@testable import Native

/// A network with an authority, and what its nodes need to speak.
///
/// `firstTimeout` in microseconds: so long that a slow machine retransmits nothing, or short where loss is wanted.
struct TestNetwork {
    static let now = WallTime(milliseconds: 1_790_000_000_000)
    let authority: CertificateAuthority

    init(_ name: String = "ninh-binh") throws { authority = try .create(network: name, now: TestNetwork.now) }

    func node(_ id: String, at now: WallTime = TestNetwork.now, trusting other: TestNetwork? = nil, firstTimeout: UInt32 = 5_000_000) throws -> OpenSSLSecurity
    {
        let own = try authority.issue(node: id, names: ["127.0.18.3"], now: TestNetwork.now)
        let security = try OpenSSLSecurity(
            authority: (other ?? self).authority.credential.certificate, own: own, clock: { now })
        security.setFirstTimeout(firstTimeout)
        return security
    }

    static func stranger(firstTimeout: UInt32 = 5_000_000) throws -> OpenSSLSecurity {
        let security = try OpenSSLSecurity.ephemeral(clock: { TestNetwork.now })
        security.setFirstTimeout(firstTimeout)
        return security
    }
}

/// A client and a server in memory; datagrams are carried by hand, with chance if wanted.
struct SecurePair {
    let client: any SecureSession
    var server: (any SecureSession)?
    let listener: (any SecureListener)?
    var now = Instant.zero
    var sent = 0
    var longest = 0
    static let address = Address(ipv4: 0x7F00_1201, port: 40_001)

    init(client: any SecureSession, server: any SecureSession) {
        self.client = client
        self.server = server
        listener = nil
    }
    init(client: any SecureSession, listener: any SecureListener) {
        self.client = client
        self.listener = listener
    }

    var isSettled: Bool {
        client.state != .handshaking && server.map { $0.state != .handshaking } == true
    }
    var isEstablished: Bool {
        guard case .established = client.state, case .established = server?.state else { return false }
        return true
    }

    static func drain(_ session: any SecureSession) -> [[UInt8]] {
        var all: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 1_500)
        while let length = buffer.withUnsafeMutableBytes({ session.nextDatagram(into: $0) }) { all.append(Array(buffer[..<length])) }
        return all
    }

    /// Hands datagrams to the server, or to the listener while there is none; returns the listener's replies.
    mutating func toServer(_ datagrams: [[UInt8]]) -> [[UInt8]] {
        var replies: [[UInt8]] = []
        for datagram in datagrams {
            datagram.withUnsafeBytes { bytes in
                if let server {
                    server.receive(bytes, now: now)
                } else {
                    server = listener?.receive(bytes, from: Self.address, now: now) { replies.append(Array($0)) }
                }
            }
        }
        return replies
    }
    func toClient(_ datagrams: [[UInt8]]) {
        for datagram in datagrams { datagram.withUnsafeBytes { client.receive($0, now: now) } }
    }

    /// Carries all there is, both ways, until nothing moves. With a generator a third of the datagrams is lost, doubled or late.
    mutating func carry(_ chance: inout SeededGenerator?) {
        var held: [[UInt8]] = []
        func travel(_ datagrams: [[UInt8]], _ chance: inout SeededGenerator?) -> [[UInt8]] {
            guard chance != nil else { return datagrams }
            var arrived: [[UInt8]] = []
            for datagram in datagrams {
                switch Int.random(in: 0..<9, using: &chance!) {
                case 0: break
                case 1: arrived += [datagram, datagram]
                case 2: arrived.insert(datagram, at: 0)
                default: arrived.append(datagram)
                }
            }
            return arrived
        }
        while true {
            let up = Self.drain(client)
            held = toServer(travel(up, &chance))
            let down = held + (server.map(Self.drain) ?? [])
            sent += up.count + down.count
            for datagram in up + down { longest = max(longest, datagram.count) }
            toClient(travel(down, &chance))
            if up.isEmpty && down.isEmpty { return }
        }
    }
    mutating func carry() {
        var none: SeededGenerator?
        carry(&none)
    }

    /// A handshake without loss.
    mutating func connect() {
        client.start(now: now)
        carry()
    }

    /// OpenSSL's timers run on its own clock, so retransmissions need moments of real time. The sessions' own time goes on by two
    /// milliseconds a round, however long the machine took for it: a busy machine is no handshake that timed out.
    mutating func connect(losing seed: UInt64) async throws {
        var chance: SeededGenerator? = SeededGenerator(seed: seed)
        client.start(now: now)
        for _ in 0..<4_000 {
            carry(&chance)
            if isSettled { return }
            try await Task.sleep(for: .milliseconds(2))
            now += .milliseconds(2)
            client.wake(now: now)
            server?.wake(now: now)
        }
    }
}

func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        let at = digits.index(digits.startIndex, offsetBy: $0)
        return UInt8(digits[at..<digits.index(at, offsetBy: 2)], radix: 16)
    }
}
