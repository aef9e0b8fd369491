import Basics
import COpenSSL

/// The key that signs tokens from day to day, so that the root key may lie in a safe.
///
/// Its certificate is issued by the network's authority and travels with every token. It is no authority (`CA:FALSE`; the root's own
/// path length of 0 allows no other), says `nhipcau:tokens:NETWORK` as its only name, and has one critical purpose that no TLS stack
/// knows: it is good for no trunk, no web server and no other certificate.
public struct TokenKey: Sendable {
    private let certificate: Certificate
    private let key: PrivateKey
    private let der: [UInt8]
    /// The network's id.
    public let network: String
    /// When the key is over; no token of it lives longer.
    public let expires: WallTime

    /// How long a token key is good: 400 days, so that a yearly change has a month to be forgotten in.
    public static let lifetime = Interval.seconds(Int64(400 * 86_400))
    /// "Signs tokens of Nhip Cau": a random UUID under the arc that needs no registration (ITU-T X.667).
    static let purpose = "2.25.317267168398356713242672680586694046898"

    /// Reads a key back. `authority`: the network's CA certificate in PEM format, which must have issued it.
    public init(_ credential: Credential, authority: String) throws(SecurityProblem) {
        let root = try Certificate(pem: authority)
        certificate = try Certificate(pem: credential.certificate)
        key = try PrivateKey(pem: credential.privateKey)
        guard X509_check_private_key(certificate.x509, key.pkey) == 1 else {
            ERR_clear_error()
            throw .keyMismatch
        }
        guard let name = Certificate.commonName(of: root.x509), let end = certificate.notAfter, let der = certificate.der,
            Certificate.signsTokens(certificate.x509, of: name),
            try CertificateTrust(root).holds(certificate, at: WallTime(milliseconds: end.milliseconds - 1_000))
        else { throw .notForTokens }
        (network, expires, self.der) = (name, end, der)
    }

    /// How the key is called: SHA-256 of its certificate in base64url (`x5t#S256`, RFC 7515 section 4.1.8), 43 characters.
    public var name: String { TokenKey.name(of: certificate) }
    static func name(of certificate: Certificate) -> String { Base64URL.encode(certificate.fingerprint) }

    /// Signs a token; `claims.network` is set to the key's own, and an audience must be named. Throws ``SecurityProblem/outlivesKey``.
    public func sign(_ claims: TokenClaims) throws(SecurityProblem) -> String {
        var claims = claims
        claims.network = network
        guard claims.audience != nil else { throw .badName("a token without an audience") }
        guard claims.expires <= expires else { throw .outlivesKey }
        return try claims.signed(by: key, chain: der)
    }
}

extension CertificateAuthority {
    /// Makes a key that signs tokens; `lifetime` from `now` on, in whole seconds.
    public func issueTokenKey(now: WallTime, lifetime: Interval = TokenKey.lifetime) throws(SecurityProblem) -> Credential {
        let made = try PrivateKey()
        let issued = try CertificateBuilder(subject: "tokens", key: made, from: now, lifetime: lifetime).signed(
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"),
                (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, "critical," + TokenKey.purpose),
                (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid:always"),
                (NID_subject_alt_name, "URI:" + Certificate.tokensScheme + network),
            ], issuer: certificate, issuerKey: key)
        return Credential(certificate: issued.pem, privateKey: made.pem)
    }
}
