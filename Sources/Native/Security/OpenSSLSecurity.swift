import Basics
import COpenSSL
import Peer

/// Secure sessions and ciphers on OpenSSL 3.0: DTLS 1.2 (RFC 6347) with `use_srtp` (RFC 5764), SRTP on EVP.
///
/// Belongs to one event loop, as do all objects it makes. Trunk sessions verify the other's certificate against the network's
/// authority; access sessions accept any and report its fingerprint.
public final class OpenSSLSecurity: SecurityProvider {
    private let trunkClient: DTLSContext
    private let trunkServer: DTLSContext
    private let access: DTLSContext
    private let clock: () -> WallTime
    private let certificate: Certificate

    /// The network's id, the authority's common name; nil if there is no authority.
    public let network: String?
    /// The node id in the own certificate; nil for an ephemeral one.
    public let node: String?
    /// SHA-256 of the own certificate, 32 bytes.
    public let fingerprint: [UInt8]

    /// A node's security: the authority's certificate, the own certificate and its key, all in PEM format.
    ///
    /// `clock` tells the time at which certificates must be valid.
    public convenience init(
        authority: String, own: Credential, clock: @escaping () -> WallTime
    ) throws(SecurityProblem) {
        try self.init(
            authority: Certificate(pem: authority), certificate: Certificate(pem: own.certificate),
            key: PrivateKey(pem: own.privateKey), clock: clock)
    }

    /// A bot's or browser-like client's security: a new self-signed P-256 certificate and no authority, so that trunks to it
    /// and from it are refused.
    public static func ephemeral(clock: @escaping () -> WallTime) throws(SecurityProblem) -> OpenSSLSecurity {
        let key = try PrivateKey()
        let name = "nhipcau-" + Base64URL.encode(SecureRandom.bytes(6))
        // 30 days, as browsers do.
        let certificate = try CertificateBuilder(
            subject: name, key: key, from: clock(), lifetime: .seconds(Int64(30 * 86_400))
        ).signed(extensions: [], issuer: nil, issuerKey: key)
        return try OpenSSLSecurity(authority: nil, certificate: certificate, key: key, clock: clock)
    }

    private init(
        authority: Certificate?, certificate: Certificate, key: PrivateKey, clock: @escaping () -> WallTime
    ) throws(SecurityProblem) {
        self.certificate = certificate
        self.clock = clock
        network = authority.flatMap { Certificate.commonName(of: $0.x509) }
        node = Certificate.node(of: certificate.x509)
        fingerprint = certificate.fingerprint
        trunkClient = try DTLSContext(.trunk(authority), certificate: certificate, key: key)
        trunkServer = try DTLSContext(.trunk(authority), certificate: certificate, key: key)
        access = try DTLSContext(.access, certificate: certificate, key: key)
    }

    /// Whether neighbours would accept the own certificate now: of the authority, in its time, bound to a node. To be asked at
    /// start and daily, since an expired certificate shows only when a trunk is dialled anew.
    public func checkOwnCertificate() throws(SecurityProblem) {
        guard node != nil else { throw .untrusted(.noNode) }
        ERR_clear_error()
        guard let store = SSL_CTX_get_cert_store(trunkServer.context), let context = X509_STORE_CTX_new() else {
            throw .library("verifying a certificate")
        }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, certificate.x509, nil) == 1 else { throw .library("verifying a certificate") }
        X509_STORE_CTX_set_time(context, 0, clock().timeT)
        let holds = X509_verify_cert(context) == 1
        let verdict = Int(X509_STORE_CTX_get_error(context))
        ERR_clear_error()
        if !holds { throw .untrusted(CertificateFault(verdict: verdict)) }
    }

    /// Microseconds until a handshake's first retransmission; tests make it short.
    func setFirstTimeout(_ microseconds: UInt32) {
        for context in [trunkClient, trunkServer, access] { context.firstTimeout = microseconds }
    }

    /// When the own certificate begins and ends; nil if it does not say.
    public var validity: (from: WallTime, until: WallTime)? {
        guard let from = certificate.notBefore, let until = certificate.notAfter else { return nil }
        return (from, until)
    }

    /// As ``SecurityProvider`` says.
    public func makeSession(_ role: SecureRole) -> any SecureSession {
        switch role {
        case .trunkClient(let expected):
            DTLSSession(trunkClient, side: .client, expecting: expected, at: clock())
        case .accessServer:
            DTLSSession(access, side: .server, expecting: nil, at: clock())
        case .accessClient:
            DTLSSession(access, side: .client, expecting: nil, at: clock())
        }
    }

    /// As ``SecurityProvider`` says.
    public func makeListener() -> any SecureListener { DTLSListener(trunkServer, clock: clock) }

    /// As ``SecurityProvider`` says.
    public func makeCipher(profile: ProtectionProfile, key: [UInt8], salt: [UInt8]) -> any PacketCipher {
        switch profile {
        case .aeadAES128GCM: GCMPacketCipher(key: key, salt: salt)
        case .aes128CounterModeSHA1: CounterModePacketCipher(key: key, salt: salt)
        }
    }

    /// As ``SecurityProvider`` says.
    public func hmacSHA1(key: [UInt8], _ message: UnsafeRawBufferPointer) -> [UInt8] {
        var hmac = HMACSHA1(key: key)
        var digest = [UInt8](repeating: 0, count: 20)
        hmac.begin()
        hmac.append(message.baseAddress, message.count)
        hmac.finish(into: &digest)
        return digest
    }

    /// As ``SecurityProvider`` says.
    public func randomBytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }
}
