import Basics
import COpenSSL
import FoundationEssentials

/// What a token says about its bearer (RFC 7519 section 4); a plain value, trusted only once ``Tokens/verify(_:now:)`` gave it.
public struct TokenClaims: Hashable, Sendable {
    /// The network's id (`iss`).
    public var network: String
    /// The site's id (`sub`).
    public var site: String
    /// The role's name (`role`).
    public var role: String
    /// The meeting's id (`meeting`); nil: any of the site's.
    public var meeting: String?
    /// Who takes it (`aud`): a node's id, or a reach in the words of the shell. Nil only in tokens that the root key signed.
    public var audience: String?
    /// When it was signed (`iat`), whole seconds.
    public var issued: WallTime
    /// When it ends (`exp`), whole seconds.
    public var expires: WallTime
    /// The token's own id (`jti`).
    public var id: String
    /// The key that signed it, as ``TokenKey/name``; nil: the root key. Said by ``Tokens/verify(_:now:)``, and never part of the token.
    public var key: String?

    /// `id` nil: a random one of 128 bits.
    public init(
        network: String, site: String, role: String, meeting: String?, audience: String? = nil, issued: WallTime, expires: WallTime,
        id: String? = nil
    ) {
        self.network = network
        self.site = site
        self.role = role
        self.meeting = meeting
        self.audience = audience
        self.issued = issued
        self.expires = expires
        self.id = id ?? Base64URL.encode(SecureRandom.bytes(16))
    }
}

/// Why a token is refused.
public enum TokenProblem: String, Error, Hashable, Sendable, CaseIterable {
    /// No JWT of our form.
    case malformed
    /// Not signed by this network's authority.
    case badSignature = "bad-signature"
    /// `exp` is now or past.
    case expired
    /// Issued in the future, by more than ``Tokens/clockLeeway``.
    case notYetValid = "not-yet-valid"
    /// Signed by the authority, but for another network.
    case wrongNetwork = "wrong-network"
    /// Signed by the root key itself, whose tokens are taken no more.
    case rootSigned = "root-signed"
    /// The key that signed it is over.
    case keyExpired = "key-expired"
    /// It does not say who takes it.
    case noAudience = "no-audience"
}

/// Verifies JSON Web Tokens (RFC 7519) signed with ES256 (RFC 7518 section 3.4) against the network's certificate alone.
///
/// A token brings the certificate of the key that signed it (`x5c`, RFC 7515 section 4.1.6), which the root must have issued for tokens
/// (``TokenKey``): a new key needs no word to any node. Tokens of the root key itself are those of before, taken until a date.
public final class Tokens: Sendable {
    private let certificate: Certificate
    private let trust: CertificateTrust
    private let rootUntil: WallTime
    /// The network's id: the certificate's common name, and the only accepted issuer.
    public let network: String

    /// Longer tokens are refused unread.
    public static let maximumLength = 4_096
    /// How far a node's clock may lag behind the signer's: 5 minutes.
    public static let clockLeeway = Interval.seconds(Int64(300))

    /// `authority`: the network's CA certificate in PEM format. `rootUntil`: when tokens that the root key signed end.
    public init(authority: String, rootUntil: WallTime = WallTime(milliseconds: .min)) throws(SecurityProblem) {
        certificate = try Certificate(pem: authority)
        trust = try CertificateTrust(certificate)
        self.rootUntil = rootUntil
        guard let name = Certificate.commonName(of: certificate.x509) else { throw .badName("the authority's common name") }
        network = name
    }

    /// The claims, once signature, network and times hold.
    public func verify(_ token: String, now: WallTime) -> Result<TokenClaims, TokenProblem> {
        guard token.utf8.count <= Tokens.maximumLength else { return .failure(.malformed) }
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let kind = try? JSONDecoder().decode(TokenHeader.self, from: Data(header)), kind.alg == "ES256"
        else { return .failure(.malformed) }
        let signed = Array(token.utf8.prefix(parts[0].count + 1 + parts[1].count))
        let signer: Certificate
        switch self.signer(kind, now: now) {
        case .failure(let problem): return .failure(problem)
        case .success(let found): signer = found
        }
        guard let key = X509_get0_pubkey(signer.x509), ES256.verify(signature, of: signed, key: key) else { return .failure(.badSignature) }
        guard let body = try? JSONDecoder().decode(TokenBody.self, from: Data(payload)) else { return .failure(.malformed) }
        var claims = body.claims
        claims.key = signer === certificate ? nil : TokenKey.name(of: signer)
        guard claims.network == network else { return .failure(.wrongNetwork) }
        guard claims.issued <= now + Tokens.clockLeeway else { return .failure(.notYetValid) }
        guard now < claims.expires else { return .failure(.expired) }
        guard claims.key != nil || now < rootUntil else { return .failure(.rootSigned) }
        guard claims.key == nil || claims.audience != nil else { return .failure(.noAudience) }
        return .success(claims)
    }

    /// The certificate whose key must have signed: the one that the token brings, if the root issued it for tokens; else the root's.
    private func signer(_ header: TokenHeader, now: WallTime) -> Result<Certificate, TokenProblem> {
        guard let chain = header.x5c else { return .success(certificate) }
        guard chain.count == 1, let der = Data(base64Encoded: chain[0]), let certificate = Certificate(der: Array(der)) else {
            return .failure(.malformed)
        }
        guard Certificate.signsTokens(certificate.x509, of: network) else { return .failure(.badSignature) }
        if trust.holds(certificate, at: now) { return .success(certificate) }
        // Over is told apart from foreign by asking for its last second.
        guard let end = certificate.notAfter, end <= now, trust.holds(certificate, at: WallTime(milliseconds: end.milliseconds - 1_000)) else {
            return .failure(.badSignature)
        }
        return .failure(.keyExpired)
    }
}

/// What a token says of itself before anything of it is proven: for somebody who holds a link and wants it withdrawn.
public enum UnprovenToken {
    /// The claims of a token, or of a page's address with one; nil if it is none of ours.
    public static func claims(of text: String) -> TokenClaims? {
        let token = text.split(separator: "token=", maxSplits: 1).last.map { $0.prefix { $0 != "&" && $0 != "#" } } ?? ""
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard token.utf8.count <= Tokens.maximumLength, parts.count == 3, let payload = Base64URL.decode(parts[1]) else { return nil }
        return (try? JSONDecoder().decode(TokenBody.self, from: Data(payload)))?.claims
    }
}

extension TokenClaims {
    /// As a JSON Web Token, signed by that key; `chain`: the certificate that the reader needs, in DER.
    func signed(by key: PrivateKey, chain: [UInt8]?) throws(SecurityProblem) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let header = try? encoder.encode(TokenHeader(alg: "ES256", typ: "JWT", x5c: chain.map { [Data($0).base64EncodedString()] })),
            let body = try? encoder.encode(TokenBody(self))
        else { throw .badName(site) }
        let signed = Base64URL.encode(header) + "." + Base64URL.encode(body)
        return try signed + "." + Base64URL.encode(ES256.sign(Array(signed.utf8), key: key.pkey))
    }
}

extension CertificateAuthority {
    /// Signs a token with the root key, as programs of before did; `claims.network` is set to the authority's own.
    public func sign(_ claims: TokenClaims) throws(SecurityProblem) -> String {
        var claims = claims
        claims.network = network
        return try claims.signed(by: key, chain: nil)
    }
}

private struct TokenHeader: Codable {
    var alg: String
    var typ: String?
    var x5c: [String]?
}

private struct TokenBody: Codable {
    var iss: String
    var sub: String
    var role: String
    var meeting: String?
    var aud: String?
    var iat: Int64
    var exp: Int64
    var jti: String

    init(_ claims: TokenClaims) {
        iss = claims.network
        sub = claims.site
        role = claims.role
        meeting = claims.meeting
        aud = claims.audience
        iat = claims.issued.milliseconds / 1000
        exp = claims.expires.milliseconds / 1000
        jti = claims.id
    }

    var claims: TokenClaims {
        TokenClaims(
            network: iss, site: sub, role: role, meeting: meeting, audience: aud, issued: WallTime(seconds: iat),
            expires: WallTime(seconds: exp), id: jti)
    }
}

extension WallTime {
    /// Clamped to the year 292 million.
    fileprivate init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.init(milliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
    }
}
