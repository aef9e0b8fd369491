import Basics
import Conference
import Console
import Foundation
import Native
import Topology

/// The network's authority in a folder: `ca.crt` with its key `ca.key`, and `tokens.crt` with `tokens.key`, which sign links.
///
/// The root's key is read only for what it alone may do. It need not lie in the folder from day to day, and may be encrypted.
public struct Authority: Sendable {
    private let folder: String
    private let certificate: String
    private let passphrase: String?
    private let tokenKey: TokenKey?
    /// The network's id.
    public let network: String

    /// What is wrong, and what to do.
    public struct Problem: Error, CustomStringConvertible {
        public var description: String
        public init(description: String) { self.description = description }
    }

    private static let rootKey = "/ca.key"
    private static let rootCertificate = "/ca.crt"
    private static let linkKey = "/tokens.key"
    private static let linkCertificate = "/tokens.crt"

    /// Makes a new authority with a key for links; an existing one is never overwritten.
    ///
    /// `passphrase`: what the root's key is encrypted with. `signsLinks` false: without a key for links, as programs of before have it.
    @discardableResult
    public static func create(
        network: String, folder: String, passphrase: String? = nil, signsLinks: Bool = true
    ) throws -> Authority {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = try CertificateAuthority.create(network: network, now: EventLoop.wall())
        let key = try passphrase.map { try made.encryptedKey($0) } ?? made.credential.privateKey
        try PrivateFile.create(key, at: folder + rootKey)
        try PrivateFile.createPublic(made.credential.certificate, at: folder + rootCertificate)
        let authority = try Authority(folder: folder, passphrase: passphrase)
        guard signsLinks else { return authority }
        try authority.makeTokenKey()
        return try Authority(folder: folder, passphrase: passphrase)
    }

    /// Reads an authority back; the root's key is looked for when it is needed.
    public init(folder: String, passphrase: String? = nil) throws {
        self.folder = folder
        self.passphrase = passphrase
        certificate = try Authority.read(folder + Authority.rootCertificate, "`nhipcau certs init` makes it")
        network = try Tokens(authority: certificate).network
        if FileManager.default.fileExists(atPath: folder + Authority.linkCertificate) {
            let key = try Authority.read(folder + Authority.linkKey, "`nhipcau certs token-key --rotate` makes another")
            let own = try Authority.read(folder + Authority.linkCertificate, "`nhipcau certs token-key` makes it")
            do throws(SecurityProblem) {
                tokenKey = try TokenKey(Credential(certificate: own, privateKey: key), authority: certificate)
            } catch { throw Problem(description: "\(folder)\(Authority.linkCertificate): \(error)") }
        } else {
            tokenKey = nil
        }
    }

    private static func read(_ path: String, _ advice: String) throws -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch { throw Problem(description: "\(path) cannot be read; \(advice)") }
    }

    private func root() throws -> CertificateAuthority {
        let key = try Authority.read(folder + Authority.rootKey, "bring the root's key back for this, and take it away afterwards")
        do throws(SecurityProblem) {
            return try CertificateAuthority(Credential(certificate: certificate, privateKey: key), passphrase: passphrase)
        } catch { throw Problem(description: "\(folder)\(Authority.rootKey): \(error)") }
    }

    /// Links are signed by a key of their own.
    public var signsLinks: Bool { tokenKey != nil }
    /// The key of links: its name, and when it is over; nil where there is none.
    public var linkKey: (name: String, expires: WallTime)? { tokenKey.map { ($0.name, $0.expires) } }

    /// Makes the key that signs links. With `rotating` it takes the place of one that is there, whose links stay good until they are over.
    @discardableResult
    public func makeTokenKey(rotating: Bool = false, lifetime: Interval = TokenKey.lifetime) throws -> TokenKey {
        let (key, own) = (folder + Authority.linkKey, folder + Authority.linkCertificate)
        guard rotating || !FileManager.default.fileExists(atPath: own) else {
            throw Problem(description: "\(own) is there already; --rotate puts a new key in its place")
        }
        let made = try root().issueTokenKey(now: EventLoop.wall(), lifetime: lifetime)
        // Whole or not at all: both beside the old ones first.
        for path in [key, own] { try? FileManager.default.removeItem(atPath: path + ".new") }
        try PrivateFile.create(made.privateKey, at: key + ".new")
        try PrivateFile.createPublic(made.certificate, at: own + ".new")
        for path in [key, own] {
            guard rename(path + ".new", path) == 0 else { throw Problem(description: "\(path) cannot be written: \(String(cString: strerror(errno)))") }
        }
        return try TokenKey(made, authority: certificate)
    }

    /// Encrypts the root's key where it lies, or changes its passphrase.
    public func encryptRootKey(_ new: String) throws {
        let path = folder + Authority.rootKey
        let sealed = try root().encryptedKey(new)
        try? FileManager.default.removeItem(atPath: path + ".new")
        try PrivateFile.create(sealed, at: path + ".new")
        guard rename(path + ".new", path) == 0 else { throw Problem(description: "\(path) cannot be written: \(String(cString: strerror(errno)))") }
    }

    /// Writes `ca.crt`, `node.crt` and `node.key` into a state folder; the certificate is valid until that second, or as long as nodes' are.
    public func issue(_ node: Network.Node, names: [String] = [], until end: WallTime? = nil, into folder: String) throws {
        // A state folder will hold votes and attendance.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let now = EventLoop.wall()
        let lifetime = end.map { $0 - now } ?? CertificateAuthority.nodeLifetime
        let credential = try root().issue(node: node.id, names: [node.address.host] + names, now: now, lifetime: lifetime)
        let state = StateFolder(folder)
        try PrivateFile.create(credential.privateKey, at: state.key)
        try PrivateFile.createPublic(credential.certificate, at: state.certificate)
        try PrivateFile.createPublic(certificate, at: state.authority)
        if signsLinks { try OldLinks.close(state, now: now) }
    }

    /// Signs an edition of the topology for every node of the network.
    public func seal(_ network: Network) throws -> [UInt8] {
        try check(network)
        return try root().seal(network.canonical)
    }

    private func check(_ network: Network) throws {
        guard network.networkID == self.network else {
            throw Problem(description: "the authority belongs to network '\(self.network)', the topology to '\(network.networkID)'")
        }
    }

    /// Signs a token for a site's page and makes the link that opens it. `audience`: who takes it; nil: the site's own node.
    ///
    /// An authority without a key for links signs with the root's, as programs of before do; those know no reach, so such a link has none.
    public func link(
        network: Network, site: String, role: String, meeting: String?, audience: TokenAudience? = nil, hours: Double
    ) throws -> PageLink {
        try check(network)
        guard let slot = network.slot(site: SiteID(site)) else {
            throw Problem(description: "there is no site '\(site)'; sites are named like their node, or NODE/ROOM where a node has several rooms")
        }
        let roles = network.policy.roles.filter { Role(rawValue: $0.kind.rawValue) != nil }
        guard let known = roles.first(where: { $0.id == role }) else {
            throw Problem(description: "'\(role)' is no role of this network; use \(roles.map(\.id).joined(separator: ", "))")
        }
        guard hours > 0, hours <= 24 * 366 else { throw Problem(description: "a token lives between 0 and 8,784 hours, not \(hours)") }
        let now = EventLoop.wall()
        let node = network.nodes[slot]
        let audience = audience ?? .node(node.id)
        var claims = TokenClaims(
            network: self.network, site: site, role: known.id, meeting: meeting, audience: audience.text, issued: now,
            expires: now + .seconds(hours * 3_600))
        let token: String
        if let tokenKey {
            do throws(SecurityProblem) { token = try tokenKey.sign(claims) } catch {
                let date = OldLinks.text(tokenKey.expires)
                throw Problem(
                    description: "\(error) (\(date)): make a shorter link, or a new key with `nhipcau certs token-key --rotate`")
            }
        } else {
            if case .reach = audience { claims.audience = nil }
            token = try root().sign(claims)
        }
        let base = node.pages
        return PageLink(token: token, id: claims.id, base: base, page: known.kind == .chair ? "chair" : "room", expires: claims.expires)
    }
}

/// A page's address with its token.
public struct PageLink: Sendable {
    /// A JSON Web Token (RFC 7519).
    public var token: String
    /// The token's own id (`jti`), under which the link can be withdrawn.
    public var id: String
    /// The node's pages, for example `https://10.1.2.3:8443`.
    public var base: String
    /// `chair` or `room`.
    public var page: String
    /// When the token ends.
    public var expires: WallTime
    public var url: String { "\(base)/\(page)?token=\(token)" }
    /// `token`, `id`, `link`, `expires` (milliseconds since 1970).
    public var json: String { "{\"expires\":\(expires.milliseconds),\"id\":\"\(id)\",\"link\":\"\(url)\",\"token\":\"\(token)\"}" }
}
