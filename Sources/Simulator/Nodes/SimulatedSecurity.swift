import Basics
import Peer

/// A certificate without cryptography: who it names, who issued it, and whether its time is over.
final class SimulatedCertificate {
    /// Empty: bound to no node, as a page's is.
    let node: String
    /// The network whose authority issued it; 0: nobody's.
    let authority: UInt64
    /// New handshakes refuse it.
    var isExpired = false

    init(node: String, authority: UInt64) {
        self.node = node
        self.authority = authority
    }
}

/// The shell's security for one life of a node, or for a hall: the flights, sizes, timers and failures of DTLS 1.2 with
/// OpenSSL, tags that authenticate, keys from the seed, nothing secret.
final class SimulatedSecurity: SecurityProvider {
    let certificate: SimulatedCertificate
    let fingerprint: [UInt8]
    private var random: SeededGenerator
    /// What makes keys of two randoms; the same in a whole run.
    let agreement: UInt64

    init(_ certificate: SimulatedCertificate, agreement: UInt64, random: SeededGenerator) {
        self.certificate = certificate
        self.agreement = agreement
        self.random = random
        var own = random.fork("certificate")
        fingerprint = (0..<4).flatMap { _ in SimulatedSecurity.bytes(of: own.next()) }
    }

    func makeSession(_ role: SecureRole) -> any SecureSession {
        switch role {
        case .trunkClient(let expected): SimulatedSession(self, side: .client, isTrunk: true, expected: expected)
        case .accessClient: SimulatedSession(self, side: .client, isTrunk: false, expected: nil)
        case .accessServer: SimulatedSession(self, side: .server, isTrunk: false, expected: nil)
        }
    }
    func makeListener() -> any SecureListener { SimulatedListener(self, secret: random.next()) }
    func makeCipher(profile: ProtectionProfile, key: [UInt8], salt: [UInt8]) -> any PacketCipher { SimulatedCipher(key) }

    func hmacSHA1(key: [UInt8], _ message: UnsafeRawBufferPointer) -> [UInt8] {
        let seed = key.withUnsafeBytes { FastHash.hash($0, key: 0x48_4D41_4353_4841) }
        var result: [UInt8] = []
        for part in 0..<3 { result += SimulatedSecurity.bytes(of: FastHash.hash(message, key: seed &+ UInt64(part))) }
        return Array(result[..<20])
    }

    func randomBytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count { result += SimulatedSecurity.bytes(of: random.next()) }
        return Array(result[..<count])
    }

    /// Big-endian.
    static func bytes(of number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) } }
}

/// Answers ClientHellos of unknown addresses with a cookie and remembers nothing but its secret (RFC 6347 section 4.2.1).
final class SimulatedListener: SecureListener {
    private let security: SimulatedSecurity
    private let secret: UInt64

    init(_ security: SimulatedSecurity, secret: UInt64) {
        self.security = security
        self.secret = secret
    }

    func receive(
        _ datagram: UnsafeRawBufferPointer, from: Address, now: Instant, reply: (UnsafeRawBufferPointer) -> Void
    ) -> (any SecureSession)? {
        guard let hello = HandshakeRecord(datagram), hello.kind == .clientHello else { return nil }
        let proof = hello.random.withUnsafeBytes { FastHash.hash($0, key: secret) }
        let cookie = FastHash.hash(from.high, from.low, UInt64(from.port), proof, key: secret)
        guard hello.cookie == cookie else {
            var answer = HandshakeRecord(.helloVerifyRequest, random: hello.random)
            answer.cookie = cookie
            answer.bytes.withUnsafeBytes(reply)
            return nil
        }
        let session = SimulatedSession(security, side: .server, isTrunk: true, expected: nil)
        session.receive(datagram, now: now)
        return session
    }
}
