import Basics
import COpenSSL

/// What two nodes of one network may say to each other over any line: text that a node signed with its own key.
///
/// A statement is three parts of base64url with dots between: what is said, the signer's certificate (DER), and an ES256 signature
/// over a fixed prefix, the purpose and the first two parts. No token and no sealed file begins with that prefix.
public enum NodeStatement {
    /// Longer statements are refused unread.
    public static let maximumLength = 4_096
    /// What a reader takes at most, in bytes.
    public static let maximumContent = 1_024

    static func signed(_ purpose: String, _ parts: String) -> [UInt8] { Array("nhipcau statement 1\n\(purpose)\n\(parts)".utf8) }

    /// Why a statement is not believed.
    public enum Problem: String, Error, Hashable, Sendable {
        /// No statement of our form.
        case malformed
        /// The certificate is not of this network's authority, not valid now, or bound to no node.
        case untrusted
        /// Not signed with that certificate's key, or for another purpose.
        case badSignature = "bad-signature"
    }
}

/// Signs statements with a node's own key.
public final class StatementSigner: Sendable {
    private let certificate: Certificate
    private let key: PrivateKey

    /// The node's certificate and key in PEM format.
    public init(own: Credential) throws(SecurityProblem) {
        certificate = try Certificate(pem: own.certificate)
        key = try PrivateKey(pem: own.privateKey)
        guard X509_check_private_key(certificate.x509, key.pkey) == 1 else {
            ERR_clear_error()
            throw .keyMismatch
        }
    }

    /// `content`: at most ``NodeStatement/maximumContent`` bytes. The purpose must be the reader's.
    public func sign(_ content: [UInt8], purpose: String) throws(SecurityProblem) -> String {
        guard content.count <= NodeStatement.maximumContent, let der = certificate.der else { throw .library("signing a statement") }
        let parts = Base64URL.encode(content) + "." + Base64URL.encode(der)
        return try parts + "." + Base64URL.encode(ES256.sign(NodeStatement.signed(purpose, parts), key: key.pkey))
    }
}

/// Believes statements of nodes that the network's authority knows.
public final class StatementReader: Sendable {
    private let trust: CertificateTrust

    /// `authority`: the network's CA certificate in PEM format.
    public init(authority: String) throws(SecurityProblem) { trust = try CertificateTrust(Certificate(pem: authority)) }

    /// What a statement says before anything of it is proven: for checks that cost less than a signature.
    public static func unproven(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= NodeStatement.maximumLength, let first = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1).first,
            let content = Base64URL.decode(first), content.count <= NodeStatement.maximumContent
        else { return nil }
        return content
    }

    /// Who said it, once the certificate holds at that time and the signature does.
    public func read(_ text: String, purpose: String, now: WallTime) throws(NodeStatement.Problem) -> (node: String, content: [UInt8]) {
        guard text.utf8.count <= NodeStatement.maximumLength else { throw .malformed }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let content = Base64URL.decode(parts[0]), content.count <= NodeStatement.maximumContent,
            let der = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]), let certificate = Certificate(der: der)
        else { throw .malformed }
        guard trust.holds(certificate, at: now), let node = Certificate.node(of: certificate.x509),
            let key = X509_get0_pubkey(certificate.x509)
        else { throw .untrusted }
        let said = String(decoding: text.utf8.prefix(parts[0].count + 1 + parts[1].count), as: UTF8.self)
        guard ES256.verify(signature, of: NodeStatement.signed(purpose, said), key: key) else { throw .badSignature }
        return (node, content)
    }
}

/// One authority's certificate, and whether it signed others.
final class CertificateTrust: @unchecked Sendable {
    // Never changed after init; OpenSSL locks its stores.
    private let store: OpaquePointer

    init(_ authority: Certificate) throws(SecurityProblem) {
        ERR_clear_error()
        guard let store = X509_STORE_new() else { throw .library("trusting the authority") }
        guard X509_STORE_add_cert(store, authority.x509) == 1 else {
            X509_STORE_free(store)
            throw .library("trusting the authority")
        }
        self.store = store
    }
    deinit { X509_STORE_free(store) }

    /// The certificate chains directly to the authority at that time.
    func holds(_ certificate: Certificate, at time: WallTime) -> Bool {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let context = X509_STORE_CTX_new() else { return false }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, certificate.x509, nil) == 1 else { return false }
        X509_STORE_CTX_set_depth(context, 0)
        X509_STORE_CTX_set_time(context, 0, time.timeT)
        return X509_verify_cert(context) == 1
    }
}
