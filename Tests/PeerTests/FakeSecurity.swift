import Basics

@testable import Peer

/// A security provider without secrets: the flights, tags and failures of the real one, from a seed.
final class FakeSecurity: SecurityProvider {
    let fingerprint: [UInt8]
    let node: String
    var random: SeededGenerator
    /// What the handshake claims instead of the own fingerprint.
    var presented: [UInt8]

    init(_ node: String, seed: UInt64 = 7) {
        self.node = node
        fingerprint = SHA256.digest(Array(node.utf8))
        presented = fingerprint
        random = SeededGenerator(seed: seed).fork(node)
    }

    func makeSession(_ role: SecureRole) -> any SecureSession {
        switch role {
        case .trunkClient(let expected): FakeSession(self, client: true, trunk: true, expected: expected)
        case .accessClient: FakeSession(self, client: true, trunk: false, expected: nil)
        case .accessServer: FakeSession(self, client: false, trunk: false, expected: nil)
        }
    }
    func makeListener() -> any SecureListener { FakeListener(self) }
    func makeCipher(profile: ProtectionProfile, key: [UInt8], salt: [UInt8]) -> any PacketCipher { FakeCipher(key) }
    func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } }

    func hmacSHA1(key: [UInt8], _ message: UnsafeRawBufferPointer) -> [UInt8] {
        var block = key.count > 64 ? SHA1.digest(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        return SHA1.digest(block.map { $0 ^ 0x5C } + SHA1.digest(block.map { $0 ^ 0x36 } + message))
    }
}

/// Makes a server of every ClientHello; cookies are the real listener's affair.
final class FakeListener: SecureListener {
    let security: FakeSecurity
    init(_ security: FakeSecurity) { self.security = security }
    func receive(
        _ datagram: UnsafeRawBufferPointer, from: Address, now: Instant, reply: (UnsafeRawBufferPointer) -> Void
    ) -> (any SecureSession)? {
        guard Demultiplexer.isClientHello(datagram) else { return nil }
        let session = FakeSession(security, client: false, trunk: true, expected: nil)
        session.receive(datagram, now: now)
        return session
    }
}

/// Four flights: hello (1), server's (2), client's Finished (20), server's Finished (21); the client resends.
final class FakeSession: SecureSession {
    var state = SecureSessionState.handshaking
    var deadline: Instant?
    private let security: FakeSecurity
    private let client: Bool
    private let trunk: Bool
    private let expected: String?
    private var own: [UInt8]
    private var other: [UInt8] = []
    private var flight: [UInt8] = []
    private var wait = Interval.milliseconds(200)
    private var outgoing: [[UInt8]] = []
    private var messages: [[UInt8]] = []

    init(_ security: FakeSecurity, client: Bool, trunk: Bool, expected: String?) {
        self.security = security
        self.client = client
        self.trunk = trunk
        self.expected = expected
        own = security.randomBytes(32)
    }

    private func record(_ content: UInt8, epoch: UInt16, _ body: [UInt8]) -> [UInt8] {
        var w = ByteWriter()
        w.u8(content)
        w.u16(0xFEFD)
        w.u16(epoch)
        w.u16(0)
        w.u32(0)
        w.u16(UInt16(body.count))
        w.append(body)
        return w.bytes
    }
    private func handshake(_ type: UInt8) -> [UInt8] {
        let identity = trunk ? Array(security.node.utf8) : security.presented
        return record(22, epoch: type >= 20 ? 1 : 0, [type] + [UInt8](repeating: 0, count: 13) + own + identity)
    }
    private func resend(_ bytes: [UInt8], now: Instant) {
        flight = bytes
        outgoing.append(bytes)
        deadline = now + wait
    }

    func start(now: Instant) { if client { resend(handshake(1), now: now) } }
    func wake(now: Instant) {
        guard let due = deadline, due <= now else { return }
        wait = min(wait * 2, .seconds(2))
        resend(flight, now: now)
    }

    func receive(_ datagram: UnsafeRawBufferPointer, now: Instant) {
        let bytes = [UInt8](datagram)
        guard bytes.count > 13, Int(bytes[11]) << 8 | Int(bytes[12]) == bytes.count - 13 else { return }
        let body = Array(bytes[13...])
        switch bytes[0] {
        case 22:
            guard body.count > 46 else { return }
            take(body[0], random: Array(body[14..<46]), identity: Array(body[46...]), now)
        case 23: if case .established = state { messages.append(body) }
        case 21: if case .established = state { state = .failed(.closedByPeer) }
        default: break
        }
    }

    private func take(_ type: UInt8, random: [UInt8], identity: [UInt8], _ now: Instant) {
        guard other.isEmpty || other == random else { return }
        switch (type, client) {
        case (1, false):
            other = random
            outgoing.append(handshake(2))
        case (2, true) where state == .handshaking:
            other = random
            if let expected, identity != Array(expected.utf8) {
                state = .failed(.untrustedCertificate(.otherNode(String(decoding: identity, as: UTF8.self), expected: expected)))
                deadline = nil
                return
            }
            resend(handshake(20), now: now)
        case (20, false) where !other.isEmpty:
            establish(identity)
            outgoing.append(handshake(21))
        case (21, true) where state == .handshaking && !other.isEmpty:
            establish(identity)
        default: break
        }
    }
    private func establish(_ identity: [UInt8]) {
        deadline = nil
        state = .established(trunk ? .node(String(decoding: identity, as: UTF8.self)) : .fingerprint(identity))
    }

    func send(_ message: UnsafeRawBufferPointer) -> Bool {
        guard case .established = state, message.count <= 1_163 else { return false }
        outgoing.append(record(23, epoch: 1, [UInt8](message)))
        return true
    }
    func nextDatagram(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard !outgoing.isEmpty else { return nil }
        let next = outgoing.removeFirst()
        buffer.copyBytes(from: next)
        return next.count
    }
    func nextMessage() -> [UInt8]? { messages.isEmpty ? nil : messages.removeFirst() }
    func exportKeys() -> SRTPKeys? {
        guard case .established = state else { return nil }
        let secret = client ? own + other : other + own
        let (toServer, toClient) = (SHA256.digest(secret + [1]), SHA256.digest(secret + [2]))
        return SRTPKeys(
            profile: .aeadAES128GCM, sendKey: client ? toServer : toClient, sendSalt: [],
            receiveKey: client ? toClient : toServer, receiveSalt: [])
    }
    func close() {
        if case .established = state { outgoing.append(record(21, epoch: 1, [1, 0])) }
        state = .failed(.closedByPeer)
    }
}

/// Keystream and tag by SipHash over the same fields that AES-GCM covers; spoils the packet when the tag fails, as a
/// real one may.
final class FakeCipher: PacketCipher {
    private let keys: [UInt64]
    init(_ key: [UInt8]) {
        keys = (0..<4).map { i in key.isEmpty ? 0 : (0..<8).reduce(0) { $0 << 8 | UInt64(key[(8 * i + $1) % key.count]) } }
    }

    private func crypt(_ p: UnsafeMutableRawBufferPointer, _ range: Range<Int>, _ ssrc: UInt32, _ index: UInt64) {
        for i in range {
            var hash = SipHash(key0: keys[0], key1: keys[1])
            hash.append(index)
            hash.append(ssrc)
            hash.append(UInt32(i - range.lowerBound))
            p[i] ^= UInt8(truncatingIfNeeded: hash.finish())
        }
    }
    private func tag(_ p: UnsafeMutableRawBufferPointer, _ length: Int, _ index: UInt64) -> [UInt8] {
        var result = ByteWriter()
        for key in keys[2...] {
            var hash = SipHash(key0: key, key1: keys[0])
            hash.append(index)
            for i in 0..<length { hash.append(p[i]) }
            result.u64(hash.finish())
        }
        return result.bytes
    }
    private func matches(_ p: UnsafeMutableRawBufferPointer, _ length: Int, _ index: UInt64) -> Bool {
        if zip(tag(p, length, index), p[length...]).allSatisfy({ $0 == $1 }) { return true }
        for i in 12..<max(12, length) { p[i] = 0xEE }
        return false
    }

    func protectRTP(_ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64) -> Int? {
        crypt(packet, headerLength..<length, ssrc, index)
        for (i, byte) in tag(packet, length, index).enumerated() { packet[length + i] = byte }
        return length + 16
    }
    func unprotectRTP(_ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64) -> Int? {
        guard length >= headerLength + 16, matches(packet, length - 16, index) else { return nil }
        crypt(packet, headerLength..<(length - 16), ssrc, index)
        return length - 16
    }
    func protectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int, ssrc: UInt32, index: UInt32) -> Int? {
        crypt(packet, 8..<length, ssrc, UInt64(index) << 32)
        for (i, byte) in tag(packet, length, UInt64(index) << 32).enumerated() { packet[length + i] = byte }
        for i in 0..<4 { packet[length + 16 + i] = UInt8(truncatingIfNeeded: (index | 1 << 31) >> UInt32(24 - 8 * i)) }
        return length + 20
    }
    func unprotectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int) -> (length: Int, index: UInt32)? {
        guard length >= 28 else { return nil }
        let word = UInt32(bigEndian: UnsafeRawBufferPointer(packet).loadUnaligned(fromByteOffset: length - 4, as: UInt32.self))
        let index = word & 0x7FFF_FFFF
        guard matches(packet, length - 20, UInt64(index) << 32) else { return nil }
        let ssrc = UInt32(bigEndian: UnsafeRawBufferPointer(packet).loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        crypt(packet, 8..<(length - 20), ssrc, UInt64(index) << 32)
        return (length - 20, index)
    }
}

/// FIPS 180-4, for the test vectors of STUN.
enum SHA1 {
    static func digest(_ message: [UInt8]) -> [UInt8] {
        var h: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var padded = ByteWriter(message + [0x80])
        while padded.bytes.count % 64 != 56 { padded.u8(0) }
        padded.u64(UInt64(message.count) * 8)
        func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x << n | x >> (32 - n) }
        for block in stride(from: 0, to: padded.bytes.count, by: 64) {
            var w = (0..<16).map { i in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded.bytes[block + 4 * i + $1]) } }
            for i in 16..<80 { w.append(rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)) }
            var (a, b, c, d, e) = (h[0], h[1], h[2], h[3], h[4])
            for i in 0..<80 {
                let (f, k): (UInt32, UInt32) =
                    i < 20
                    ? ((b & c) | (~b & d), 0x5A82_7999)
                    : i < 40
                        ? (b ^ c ^ d, 0x6ED9_EBA1)
                        : i < 60 ? ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC) : (b ^ c ^ d, 0xCA62_C1D6)
                (a, b, c, d, e) = (rotate(a, 5) &+ f &+ e &+ k &+ w[i], a, rotate(b, 30), c, d)
            }
            for (i, v) in [a, b, c, d, e].enumerated() { h[i] = h[i] &+ v }
        }
        var result = ByteWriter()
        for word in h { result.u32(word) }
        return result.bytes
    }
}
