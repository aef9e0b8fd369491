import Basics

/// The SRTP protection profiles we negotiate, by their DTLS-SRTP numbers (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
public enum ProtectionProfile: UInt16, Sendable, CaseIterable {
    case aeadAES128GCM = 0x0007
    case aes128CounterModeSHA1 = 0x0001

    /// Bytes of the SRTP master key.
    public var keyLength: Int { 16 }
    /// Bytes of the SRTP master salt.
    public var saltLength: Int { self == .aeadAES128GCM ? 12 : 14 }
    /// Bytes that protection adds to an RTP packet.
    public var tagLength: Int { self == .aeadAES128GCM ? 16 : 10 }
}

/// What the DTLS handshake exports for SRTP (RFC 5764 section 4.2), already split by direction.
public struct SRTPKeys: Sendable {
    public var profile: ProtectionProfile
    /// Master keys and salts, of ``ProtectionProfile/keyLength`` and ``ProtectionProfile/saltLength`` bytes.
    public var sendKey: [UInt8]
    public var sendSalt: [UInt8]
    public var receiveKey: [UInt8]
    public var receiveSalt: [UInt8]
    public init(profile: ProtectionProfile, sendKey: [UInt8], sendSalt: [UInt8], receiveKey: [UInt8], receiveSalt: [UInt8]) {
        self.profile = profile
        self.sendKey = sendKey
        self.sendSalt = sendSalt
        self.receiveKey = receiveKey
        self.receiveSalt = receiveSalt
    }
}

/// Who stands at the other end of a secure session.
public enum RemoteIdentity: Hashable, Sendable {
    /// A certificate of the network's own authority, bound to this node id.
    case node(String)
    /// Any certificate; its SHA-256 fingerprint, 32 bytes, to be held against the SDP.
    case fingerprint([UInt8])
}

/// What is wrong with the certificate of one end of a trunk, as the other end says.
public enum CertificateFault: Hashable, Sendable, CustomStringConvertible {
    /// Another authority than the network's issued it.
    case otherAuthority
    /// Its time is over by the clock of the end that looks at it.
    case expired
    /// Its time has not begun by the clock of the end that looks at it.
    case notYetValid
    /// It is bound to a node, but not to the one that was dialled.
    case otherNode(String, expected: String)
    /// It is bound to no node.
    case noNode
    /// Another reason, in OpenSSL's words.
    case other(String)

    /// In English, for a log.
    public var description: String {
        switch self {
        case .otherAuthority: "certificate of another authority"
        case .expired: "certificate expired"
        case .notYetValid: "certificate not yet valid"
        case .otherNode(let node, let expected): "certificate bound to \(node), not to \(expected)"
        case .noNode: "certificate bound to no node"
        case .other(let reason): "certificate refused: \(reason)"
        }
    }
}

/// Why a secure session ended.
public enum SecureSessionFailure: Error, Hashable, Sendable {
    case handshake(String)
    /// The remote's certificate is not accepted.
    case untrustedCertificate(CertificateFault)
    /// The remote does not accept the own certificate, as far as its alert says why.
    case refusedCertificate(CertificateFault)
    case timeout
    case closedByPeer
}

/// Where a secure session stands.
public enum SecureSessionState: Hashable, Sendable {
    case handshaking
    case established(RemoteIdentity)
    case failed(SecureSessionFailure)
}

/// One DTLS 1.2 association (RFC 6347) without sockets: datagrams in, datagrams out, one deadline.
///
/// `Native` implements it on OpenSSL; the simulator has one with the same flights.
public protocol SecureSession: AnyObject {
    var state: SecureSessionState { get }
    /// When `wake` wants to be called: the next retransmission of the handshake.
    var deadline: Instant? { get }
    /// The client's first flight; a server has nothing to start.
    func start(now: Instant)
    /// One DTLS datagram from the network. Bad bytes are dropped.
    func receive(_ datagram: UnsafeRawBufferPointer, now: Instant)
    func wake(now: Instant)
    /// Encrypts one application message (≤ 1,200 bytes with overhead). False if not established.
    func send(_ message: UnsafeRawBufferPointer) -> Bool
    /// Moves the next datagram to be sent into `buffer` and returns its length; nil when there is none.
    func nextDatagram(into buffer: UnsafeMutableRawBufferPointer) -> Int?
    /// The next decrypted application message; nil when there is none.
    func nextMessage() -> [UInt8]?
    /// Keys for SRTP, once established and if `use_srtp` was agreed.
    func exportKeys() -> SRTPKeys?
    /// Sends close_notify.
    func close()
}

/// Answers the first datagrams of unknown addresses without keeping state (RFC 6347 section 4.2.1).
public protocol SecureListener: AnyObject {
    /// One datagram from an address without a session.
    ///
    /// A ClientHello without a valid cookie is answered through `reply` (HelloVerifyRequest, never larger than the request's
    /// amplification limit); one with a valid cookie returns a server session that has consumed it.
    func receive(
        _ datagram: UnsafeRawBufferPointer, from: Address, now: Instant, reply: (UnsafeRawBufferPointer) -> Void
    ) -> (any SecureSession)?
}

/// What a session needs to know when it is made.
public enum SecureRole: Sendable {
    /// A trunk's child side: we dial and demand this node's certificate of the network's authority.
    case trunkClient(expecting: String)
    /// A browser's leg: we are passive; the peer's certificate is whatever its SDP announced.
    case accessServer
    /// A bot's leg: we are active; the server's certificate is whatever its SDP announced.
    case accessClient
}

/// Makes secure sessions and ciphers; the shell hands one to the core.
public protocol SecurityProvider: AnyObject {
    /// SHA-256 fingerprint of the own certificate, 32 bytes: what the SDP announces.
    var fingerprint: [UInt8] { get }
    func makeSession(_ role: SecureRole) -> any SecureSession
    /// For trunks that neighbours dial: stateless cookies first.
    func makeListener() -> any SecureListener
    /// A cipher for one direction. `key` and `salt` are the SRTP master key and salt.
    func makeCipher(profile: ProtectionProfile, key: [UInt8], salt: [UInt8]) -> any PacketCipher
    /// HMAC-SHA1 for STUN MESSAGE-INTEGRITY (RFC 8489 section 14.5), 20 bytes.
    func hmacSHA1(key: [UInt8], _ message: UnsafeRawBufferPointer) -> [UInt8]
    /// Unpredictable bytes for ICE credentials and the like.
    func randomBytes(_ count: Int) -> [UInt8]
}

/// One direction of SRTP and SRTCP with derived session keys (RFC 3711 section 4.3, RFC 7714), in place.
///
/// Roll-over counters, replay windows and header parsing are ``Peer``'s; this is cryptography only.
public protocol PacketCipher: AnyObject {
    /// Encrypts `packet[headerLength ..< length]` in place and appends the tag; returns the new length.
    /// `index` is ROC << 16 | SEQ. The buffer must have room for ``ProtectionProfile/tagLength`` more.
    func protectRTP(_ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64) -> Int?
    /// Verifies and decrypts in place; returns the length without tag, nil if it is not authentic.
    func unprotectRTP(_ packet: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, ssrc: UInt32, index: UInt64) -> Int?
    /// Encrypts a compound RTCP packet in place and appends E-flag, index and tag; returns the new length.
    func protectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int, ssrc: UInt32, index: UInt32) -> Int?
    /// Verifies and decrypts in place; returns the plain length and the 31-bit index, nil if it is not authentic.
    func unprotectRTCP(_ packet: UnsafeMutableRawBufferPointer, length: Int) -> (length: Int, index: UInt32)?
}
