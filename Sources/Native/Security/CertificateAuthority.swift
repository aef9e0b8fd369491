import Basics
import COpenSSL

/// A certificate with its private key, both in PEM format. The key is a secret: ``PrivateFile``.
public struct Credential: Sendable {
    /// `BEGIN CERTIFICATE`.
    public var certificate: String
    /// `BEGIN PRIVATE KEY` (PKCS #8), not encrypted.
    public var privateKey: String
    /// Both in PEM format.
    public init(certificate: String, privateKey: String) {
        self.certificate = certificate
        self.privateKey = privateKey
    }
}

/// The network's own certificate authority (X.509 version 3, RFC 5280; P-256 with SHA-256).
///
/// Its common name is the network's id. It issues one certificate per node, bound to the node's id by the common name and
/// by the alternative name `nhipcau:node:ID`, and one for the key that signs tokens (``TokenKey``).
public struct CertificateAuthority: Sendable {
    let certificate: Certificate
    let key: PrivateKey
    /// The network's id: the certificate's common name.
    public let network: String

    /// How long the authority's own certificate is valid: 10 years.
    public static let lifetime = Interval.seconds(Int64(3_652 * 86_400))
    /// How long a node's certificate is valid: 2 years.
    public static let nodeLifetime = Interval.seconds(Int64(730 * 86_400))
    /// Certificates begin a day before they are issued, for nodes whose clock is behind.
    static let clockLeeway = Interval.seconds(Int64(86_400))

    /// Makes a new authority for the network of that id (1–64 bytes of letters, digits, `-`, `_`, `.`).
    public static func create(network: String, now: WallTime) throws(SecurityProblem) -> CertificateAuthority {
        guard NodeName.isValid(network) else { throw .badName(network) }
        let key = try PrivateKey()
        let certificate = try CertificateBuilder(subject: network, key: key, from: now, lifetime: lifetime).signed(
            extensions: [
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                // digitalSignature: the same key signs tokens.
                (NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature"),
                (NID_subject_key_identifier, "hash"),
            ], issuer: nil, issuerKey: key)
        return CertificateAuthority(certificate: certificate, key: key, network: network)
    }

    private init(certificate: Certificate, key: PrivateKey, network: String) {
        self.certificate = certificate
        self.key = key
        self.network = network
    }

    /// Reads an authority back from its two PEM texts; an encrypted key needs its passphrase.
    public init(_ credential: Credential, passphrase: String? = nil) throws(SecurityProblem) {
        certificate = try Certificate(pem: credential.certificate)
        key = try PrivateKey(pem: credential.privateKey, passphrase: passphrase)
        guard X509_check_private_key(certificate.x509, key.pkey) == 1 else {
            ERR_clear_error()
            throw .keyMismatch
        }
        guard X509_check_ca(certificate.x509) == 1 else { throw .notAnAuthority }
        guard let name = Certificate.commonName(of: certificate.x509), NodeName.isValid(name) else {
            throw .badName("the authority's common name")
        }
        network = name
    }

    /// Certificate and key in PEM format.
    public var credential: Credential { Credential(certificate: certificate.pem, privateKey: key.pem) }
    /// The key in PEM format, encrypted with a passphrase.
    public func encryptedKey(_ passphrase: String) throws(SecurityProblem) -> String { try key.encryptedPEM(passphrase) }
    /// SHA-256 of the certificate's DER form, 32 bytes.
    public var fingerprint: [UInt8] { certificate.fingerprint }

    /// Issues the certificate of one node, with a new key.
    ///
    /// `names`: host names and IP addresses under which the node's pages are opened, so that the same certificate serves
    /// HTTPS. At most 32. `lifetime`: from `now` on, in whole seconds.
    public func issue(
        node: String, names: [String], now: WallTime, lifetime: Interval = nodeLifetime
    ) throws(SecurityProblem) -> Credential {
        guard NodeName.isValid(node) else { throw .badName(node) }
        guard names.count <= 32 else { throw .badName("more than 32 names") }
        var entries = ["URI:" + Certificate.nodeScheme + node]
        for name in names {
            if Address(name, port: 0) != nil {
                entries.append("IP:" + name)
            } else if CertificateAuthority.isHostName(name) {
                entries.append("DNS:" + name)
            } else {
                throw .badName(name)
            }
        }
        let nodeKey = try PrivateKey()
        let issued = try CertificateBuilder(subject: node, key: nodeKey, from: now, lifetime: lifetime).signed(
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"),
                (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, "serverAuth,clientAuth"),
                (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid:always"),
                (NID_subject_alt_name, entries.joined(separator: ",")),
            ], issuer: certificate, issuerKey: key)
        return Credential(certificate: issued.pem, privateKey: nodeKey.pem)
    }

    /// Letters, digits, hyphens and dots (RFC 1123 section 2.1), at most 253 bytes; nothing that OpenSSL's extension
    /// grammar would read as more than a name.
    private static func isHostName(_ name: String) -> Bool {
        (1...253).contains(name.utf8.count) && !name.hasPrefix("-") && !name.hasPrefix(".")
            && name.utf8.allSatisfy { $0 != UInt8(ascii: "_") && NodeName.isValid($0) }
    }
}

/// What can be read from a certificate in PEM format without trusting it.
public struct CertificateInfo: Sendable {
    /// SHA-256 of the DER form, 32 bytes.
    public let fingerprint: [UInt8]
    /// The subject's common name.
    public let commonName: String?
    /// The node it is bound to, if it is a node's.
    public let node: String?
    /// The end of validity.
    public let notAfter: WallTime?

    /// Reads the first certificate of the text.
    public init(pem: String) throws(SecurityProblem) {
        try self.init(Certificate(pem: pem))
    }

    /// Reads a DER form; nil: it is none.
    public init?(der: [UInt8]) {
        guard let certificate = Certificate(der: der) else { return nil }
        self.init(certificate)
    }

    private init(_ certificate: Certificate) {
        fingerprint = certificate.fingerprint
        commonName = Certificate.commonName(of: certificate.x509)
        node = Certificate.node(of: certificate.x509)
        notAfter = certificate.notAfter
    }
}

/// Fills in and signs one certificate.
struct CertificateBuilder {
    var subject: String
    var key: PrivateKey
    var from: WallTime
    var lifetime: Interval

    /// Self-signed if `issuer` is nil. Extension values are in OpenSSL's configuration syntax.
    func signed(
        extensions: [(nid: Int32, value: String)], issuer: Certificate?, issuerKey: PrivateKey
    ) throws(SecurityProblem) -> Certificate {
        ERR_clear_error()
        guard let x509 = X509_new() else { throw .library("making a certificate") }
        let certificate = Certificate(taking: x509)
        var serial = SecureRandom.bytes(16)
        // Positive and never zero (RFC 5280 section 4.1.2.2).
        serial[0] = serial[0] & 0x7F | 0x40
        guard let number = BN_bin2bn(&serial, 16, nil) else { throw .library("making a serial number") }
        defer { BN_free(number) }
        let begin = from - CertificateAuthority.clockLeeway
        guard X509_set_version(x509, 2) == 1,
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != nil,
            ASN1_TIME_set(X509_getm_notBefore(x509), begin.timeT) != nil,
            ASN1_TIME_set(X509_getm_notAfter(x509), (from + lifetime).timeT) != nil,
            X509_set_pubkey(x509, key.pkey) == 1,
            X509_NAME_add_entry_by_NID(
                X509_get_subject_name(x509), NID_commonName, nc_mbstring_utf8(), Array(subject.utf8),
                Int32(subject.utf8.count), -1, 0) == 1,
            X509_set_issuer_name(x509, X509_get_subject_name(issuer?.x509 ?? x509)) == 1
        else { throw .library("filling in a certificate") }
        var context = X509V3_CTX()
        nc_v3_context(&context, issuer?.x509 ?? x509, x509)
        for (nid, value) in extensions {
            guard let entry = X509V3_EXT_conf_nid(nil, &context, nid, value) else {
                throw .library("certificate extension \(value)")
            }
            defer { X509_EXTENSION_free(entry) }
            guard X509_add_ext(x509, entry, -1) == 1 else { throw .library("certificate extension \(value)") }
        }
        guard X509_sign(x509, issuerKey.pkey, EVP_sha256()) > 0 else { throw .library("signing a certificate") }
        return certificate
    }
}

extension WallTime {
    fileprivate static func - (a: WallTime, b: Interval) -> WallTime { a + Interval(nanoseconds: 0 &- b.nanoseconds) }
}
