import Basics
import Peer

/// One DTLS association of the stand-in: flights with OpenSSL's timers, then records with tags and a replay window.
///
/// ```
/// handshaking ── last flight ──▶ established ── close_notify ──▶ failed
///      └── refused certificate, alert, 30 s ──────────────────────▲
/// ```
final class SimulatedSession: SecureSession {
    enum Side { case client, server }

    private(set) var state = SecureSessionState.handshaking
    private(set) var deadline: Instant?

    private let security: SimulatedSecurity
    private let side: Side
    private let isTrunk: Bool
    private let expected: String?
    private let random: [UInt8]
    private var otherRandom: [UInt8] = []
    private var cookie: UInt64 = 0
    /// What is sent again until it is answered.
    private var flight: HandshakeRecord.Kind?
    private var fragments: UInt8 = 0
    private var wait = SimulatedSession.firstTimeout
    private var resendAt: Instant?
    private var handshakeEnd: Instant?
    private var outgoing = RecordBuffer()
    private var messages: [[UInt8]] = []
    private var firstMessage = 0
    private var sendKey: UInt64 = 0
    private var receiveKey: UInt64 = 0
    private var sequence: UInt64 = 0
    private var window = RecordWindow()

    /// As `Native` sets OpenSSL's.
    static let firstTimeout = Interval.milliseconds(100)
    static let longestTimeout = Interval.seconds(4)
    static let handshakeLimit = Interval.seconds(30)
    /// Record header 13, explicit nonce 8, tag 16.
    static let recordOverhead = 37
    static let maximumDatagram = 1_200
    private static let messageLimit = 256

    init(_ security: SimulatedSecurity, side: Side, isTrunk: Bool, expected: String?) {
        self.security = security
        self.side = side
        self.isTrunk = isTrunk
        self.expected = expected
        random = security.randomBytes(32)
    }

    // MARK: Handshake

    func start(now: Instant) {
        guard side == .client, handshakeEnd == nil else { return }
        handshakeEnd = now + SimulatedSession.handshakeLimit
        send(.clientHello, now: now)
    }

    func wake(now: Instant) {
        guard state == .handshaking else { return }
        if let end = handshakeEnd, now >= end { return fail(.timeout) }
        guard let due = resendAt, due <= now, let flight else { return }
        wait = min(wait * 2, SimulatedSession.longestTimeout)
        write(flight)
        plan(now)
    }

    func receive(_ datagram: UnsafeRawBufferPointer, now: Instant) {
        if case .failed = state { return }
        if handshakeEnd == nil { handshakeEnd = now + SimulatedSession.handshakeLimit }
        switch datagram.first {
        case 22:
            if let record = HandshakeRecord(datagram) { take(record, now: now) }
        case 23:
            guard case .established = state, let payload = open(datagram) else { return }
            if messages.count - firstMessage < SimulatedSession.messageLimit { messages.append([UInt8](payload)) }
        case 21:
            if case .established = state {
                if open(datagram) != nil { fail(.closedByPeer) }
            } else if datagram.count > 14, datagram[3] == 0, datagram[4] == 0 {
                fail(.handshake("alert \(datagram[14])"))
            }
        default: break
        }
    }

    private func take(_ record: HandshakeRecord, now: Instant) {
        switch (record.kind, side) {
        case (.helloVerifyRequest, .client):
            guard state == .handshaking, flight == .clientHello, record.random == random else { return }
            cookie = record.cookie
            wait = SimulatedSession.firstTimeout
            send(.clientHello, now: now)
        case (.clientHello, .server):
            guard otherRandom.isEmpty || otherRandom == record.random, state == .handshaking else { return }
            otherRandom = record.random
            flight == nil ? send(.serverFlight, now: now) : write(.serverFlight)
        case (.serverFlight, .client):
            guard state == .handshaking, otherRandom.isEmpty || otherRandom == record.random else { return }
            // The server did not hear our answer.
            if flight == .clientFlight { return write(.clientFlight) }
            otherRandom = record.random
            fragments |= 1 << record.fragment
            guard fragments == 0b11 else { return }
            if let reason = refusal(record) { return refuse(reason) }
            wait = SimulatedSession.firstTimeout
            other = record
            send(.clientFlight, now: now)
        case (.clientFlight, .server):
            guard otherRandom == record.random else { return }
            // The client did not hear our last flight.
            if case .established = state { return write(.serverFinished) }
            if let reason = refusal(record) { return refuse(reason) }
            other = record
            write(.serverFinished)
            establish()
        case (.serverFinished, .client):
            guard state == .handshaking, flight == .clientFlight, otherRandom == record.random else { return }
            establish()
        default: break
        }
    }
    private var other: HandshakeRecord?

    /// Why the other's certificate is not accepted.
    private func refusal(_ record: HandshakeRecord) -> CertificateFault? {
        guard isTrunk else { return nil }
        if record.authority != security.certificate.authority || record.authority == 0 { return .otherAuthority }
        if record.isExpired { return .expired }
        if record.node.isEmpty { return .noNode }
        if let expected, record.node != expected { return .otherNode(record.node, expected: expected) }
        return nil
    }

    private func refuse(_ reason: CertificateFault) {
        // bad_certificate, in the clear.
        outgoing.append(SimulatedSession.header(21, epoch: 0, sequence: 0, length: 2) + [2, 42])
        fail(.untrustedCertificate(reason))
    }

    private func send(_ kind: HandshakeRecord.Kind, now: Instant) {
        flight = kind
        write(kind)
        plan(now)
    }
    private func write(_ kind: HandshakeRecord.Kind) {
        for fragment in kind.sizes.indices {
            var record = HandshakeRecord(kind, random: random)
            record.fragment = UInt8(fragment)
            record.cookie = cookie
            record.authority = security.certificate.authority
            record.isExpired = security.certificate.isExpired
            record.node = security.certificate.node
            record.fingerprint = security.fingerprint
            outgoing.append(record.bytes)
        }
    }
    private func plan(_ now: Instant) {
        resendAt = now + wait
        deadline = resendAt
        deadline.keepEarlier(handshakeEnd)
    }

    private func establish() {
        guard let other else { return }
        deadline = nil
        let (client, server) = side == .client ? (random, otherRandom) : (otherRandom, random)
        let toServer = key(client, server, 1)
        let toClient = key(client, server, 2)
        (sendKey, receiveKey) = side == .client ? (toServer, toClient) : (toClient, toServer)
        state = .established(isTrunk ? .node(other.node) : .fingerprint(other.fingerprint))
    }
    private func key(_ client: [UInt8], _ server: [UInt8], _ purpose: UInt64) -> UInt64 {
        let first = client.withUnsafeBytes { FastHash.hash($0, key: security.agreement) }
        let second = server.withUnsafeBytes { FastHash.hash($0, key: first) }
        return FastHash.hash(second, purpose, key: security.agreement)
    }

    private func fail(_ failure: SecureSessionFailure) {
        state = .failed(failure)
        deadline = nil
    }

    func exportKeys() -> SRTPKeys? {
        guard case .established = state else { return nil }
        func bytes(_ key: UInt64) -> [UInt8] {
            SimulatedSecurity.bytes(of: FastHash.hash(key, 3, key: key)) + SimulatedSecurity.bytes(of: FastHash.hash(key, 4, key: key))
        }
        let salt = [UInt8](repeating: 0, count: ProtectionProfile.aeadAES128GCM.saltLength)
        return SRTPKeys(
            profile: .aeadAES128GCM, sendKey: bytes(sendKey), sendSalt: salt, receiveKey: bytes(receiveKey), receiveSalt: salt)
    }

    // MARK: Records

    func send(_ message: UnsafeRawBufferPointer) -> Bool {
        guard case .established = state, !message.isEmpty,
            message.count <= SimulatedSession.maximumDatagram - SimulatedSession.recordOverhead
        else { return false }
        seal(23, message)
        return true
    }

    func close() {
        if case .established = state { [1, 0].withUnsafeBytes { seal(21, $0) } }
        fail(.closedByPeer)
    }

    private func seal(_ content: UInt8, _ payload: UnsafeRawBufferPointer) {
        sequence += 1
        let length = payload.count + SimulatedSession.recordOverhead - 13
        outgoing.append(count: 13 + length) { record in
            SimulatedSession.write(content, epoch: 1, sequence: sequence, length: length, into: record)
            record.storeBytes(of: sequence.bigEndian, toByteOffset: 13, as: UInt64.self)
            UnsafeMutableRawBufferPointer(rebasing: record[21..<21 + payload.count]).copyMemory(from: payload)
            let end = 21 + payload.count
            let tag = FastHash.hash(UnsafeRawBufferPointer(rebasing: record[..<end]), key: sendKey)
            record.storeBytes(of: tag, toByteOffset: end, as: UInt64.self)
            record.storeBytes(of: ~tag, toByteOffset: end + 8, as: UInt64.self)
        }
    }

    private func open(_ record: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard record.count > SimulatedSession.recordOverhead, record[3] == 0, record[4] == 1 else { return nil }
        let end = record.count - 16
        let tag = FastHash.hash(UnsafeRawBufferPointer(rebasing: record[..<end]), key: receiveKey)
        guard record.loadUnaligned(fromByteOffset: end, as: UInt64.self) == tag,
            record.loadUnaligned(fromByteOffset: end + 8, as: UInt64.self) == ~tag
        else { return nil }
        guard window.admit(UInt64(bigEndian: record.loadUnaligned(fromByteOffset: 13, as: UInt64.self))) else { return nil }
        return UnsafeRawBufferPointer(rebasing: record[21..<end])
    }

    private static func header(_ content: UInt8, epoch: UInt8, sequence: UInt64, length: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 13) { bytes, count in
            write(content, epoch: epoch, sequence: sequence, length: length, into: UnsafeMutableRawBufferPointer(bytes))
            count = 13
        }
    }

    /// RFC 6347 section 4.1: type, version, epoch, 48 bits of sequence, length.
    private static func write(_ content: UInt8, epoch: UInt8, sequence: UInt64, length: Int, into record: UnsafeMutableRawBufferPointer) {
        record[0] = content
        record.storeBytes(of: UInt16(0xFEFD).bigEndian, toByteOffset: 1, as: UInt16.self)
        record.storeBytes(of: (UInt64(epoch) << 48 | sequence & 0xFFFF_FFFF_FFFF).bigEndian, toByteOffset: 3, as: UInt64.self)
        record.storeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 11, as: UInt16.self)
    }

    func nextDatagram(into buffer: UnsafeMutableRawBufferPointer) -> Int? { outgoing.next(into: buffer) }

    func nextMessage() -> [UInt8]? {
        guard firstMessage < messages.count else { return nil }
        let message = messages[firstMessage]
        firstMessage += 1
        if firstMessage == messages.count {
            messages.removeAll(keepingCapacity: true)
            firstMessage = 0
        }
        return message
    }
}

/// Records on their way out, in one buffer that is used again.
struct RecordBuffer {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var taken = 0

    mutating func append(_ record: [UInt8]) {
        bytes += record
        ends.append(bytes.count)
    }
    mutating func append(count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count))
        bytes.withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + count])) }
        ends.append(bytes.count)
    }
    mutating func next(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard taken < ends.count else { return nil }
        let start = taken == 0 ? 0 : ends[taken - 1]
        let count = ends[taken] - start
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
        taken += 1
        if taken == ends.count {
            bytes.removeAll(keepingCapacity: true)
            ends.removeAll(keepingCapacity: true)
            taken = 0
        }
        return count
    }
}

/// The last 64 record numbers (RFC 6347 section 4.1.2.6).
struct RecordWindow {
    private var highest: UInt64 = 0
    private var seen: UInt64 = 0

    /// True the first time, unless it is too old.
    mutating func admit(_ number: UInt64) -> Bool {
        if number > highest {
            let step = number - highest
            seen = step >= 64 ? 1 : seen << step | 1
            highest = number
            return true
        }
        let age = highest - number
        guard age < 64, seen & 1 << age == 0 else { return false }
        seen |= 1 << age
        return true
    }
}
