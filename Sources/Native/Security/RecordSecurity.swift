import Basics
import COpenSSL
import Membership

/// Signs a node's records with its own key: ECDSA on P-256, as its certificate has it.
public final class NodeRecordSigner: RecordSigner {
    /// As ``RecordSigner`` says.
    public let certificate: [UInt8]
    private let key: PrivateKey

    /// The node's certificate and key in PEM format.
    public init(own: Credential) throws(SecurityProblem) {
        let certificate = try Certificate(pem: own.certificate)
        key = try PrivateKey(pem: own.privateKey)
        guard X509_check_private_key(certificate.x509, key.pkey) == 1 else {
            ERR_clear_error()
            throw .keyMismatch
        }
        guard let der = certificate.der else { throw .library("reading a certificate") }
        self.certificate = der
    }

    /// As ``RecordSigner`` says.
    public func sign(_ statement: [UInt8]) -> [UInt8]? { try? ES256.sign(statement, key: key.pkey) }
}

/// Believes the certificates that the network's authority issued to nodes.
public final class NodeRecordVerifier: RecordVerifier {
    private let trust: CertificateTrust
    private let clock: () -> WallTime

    /// `authority`: the network's CA certificate in PEM format. `clock` tells the time at which certificates must be valid.
    public init(authority: String, clock: @escaping () -> WallTime) throws(SecurityProblem) {
        trust = try CertificateTrust(Certificate(pem: authority))
        self.clock = clock
    }

    /// As ``RecordVerifier`` says.
    public func key(in certificate: [UInt8], evenExpired: Bool) -> (any WriterKey)? { nodeKey(in: certificate, evenExpired: evenExpired) }

    /// The same, with what else the certificate says.
    public func nodeKey(in der: [UInt8], evenExpired: Bool = false) -> NodeKey? {
        guard let certificate = Certificate(der: der), let key = NodeKey(certificate),
            trust.holds(certificate, at: evenExpired ? WallTime(milliseconds: key.issued) : clock())
        else { return nil }
        return key
    }
}

/// The public key in a node's certificate.
public final class NodeKey: WriterKey {
    /// As ``WriterKey`` says.
    public let node: NodeIndex
    /// The node's id in the topology.
    public let id: String
    /// As ``WriterKey`` says.
    public let issued: Int64
    /// As ``WriterKey`` says.
    public let expires: Int64
    private let certificate: Certificate
    private let key: OpaquePointer

    /// Nil if the certificate is bound to no node, or has no key or time.
    fileprivate init?(_ certificate: Certificate) {
        guard let id = Certificate.node(of: certificate.x509), let key = X509_get0_pubkey(certificate.x509), let notAfter = certificate.notAfter,
            let notBefore = WallTime(X509_get0_notBefore(certificate.x509))
        else { return nil }
        self.certificate = certificate
        self.id = id
        self.key = key
        expires = notAfter.milliseconds
        issued = notBefore.milliseconds
        node = NodeIndex(of: id)
    }

    /// As ``WriterKey`` says.
    public func made(_ signature: [UInt8], over statement: [UInt8]) -> Bool { ES256.verify(signature, of: statement, key: key) }
}
