import Basics
import Conference
import Console
import Foundation
import Native
import Topology

/// The network's authority in a folder: `ca.crt` and `ca.key`.
public struct Authority: Sendable {
    private let authority: CertificateAuthority

    /// What is wrong, and what to do.
    public struct Problem: Error, CustomStringConvertible {
        public var description: String
    }

    /// Makes a new authority; an existing one is never overwritten.
    @discardableResult
    public static func create(network: String, folder: String) throws -> Authority {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = try CertificateAuthority.create(network: network, now: EventLoop.wall())
        try PrivateFile.create(made.credential.privateKey, at: folder + "/ca.key")
        try PrivateFile.createPublic(made.credential.certificate, at: folder + "/ca.crt")
        return try Authority(folder: folder)
    }

    /// Reads an authority back.
    public init(folder: String) throws {
        func read(_ name: String) throws -> String {
            do { return try String(contentsOfFile: folder + "/" + name, encoding: .utf8) } catch {
                throw Problem(description: "\(folder)/\(name) cannot be read; `nhipcau certs init` makes it")
            }
        }
        authority = try CertificateAuthority(Credential(certificate: read("ca.crt"), privateKey: read("ca.key")))
    }

    /// Writes `ca.crt`, `node.crt` and `node.key` into a state folder; the certificate is valid until that second, or as long as nodes' are.
    public func issue(_ node: Network.Node, names: [String] = [], until end: WallTime? = nil, into folder: String) throws {
        // A state folder will hold votes and attendance.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let now = EventLoop.wall()
        let lifetime = end.map { $0 - now } ?? CertificateAuthority.nodeLifetime
        let credential = try authority.issue(node: node.id, names: [node.address.host] + names, now: now, lifetime: lifetime)
        let state = StateFolder(folder)
        try PrivateFile.create(credential.privateKey, at: state.key)
        try PrivateFile.createPublic(credential.certificate, at: state.certificate)
        try PrivateFile.createPublic(authority.credential.certificate, at: state.authority)
    }

    /// Signs an edition of the topology for every node of the network.
    public func seal(_ network: Network) throws -> [UInt8] {
        guard network.networkID == authority.network else {
            throw Problem(description: "the authority belongs to network '\(authority.network)', the topology to '\(network.networkID)'")
        }
        return try authority.seal(network.canonical)
    }

    /// Signs a token for a site's page and makes the link that opens it; `audience`: the only node that takes it, by its id.
    public func link(network: Network, site: String, role: String, meeting: String?, audience: String? = nil, hours: Double) throws -> PageLink {
        guard network.networkID == authority.network else {
            throw Problem(description: "the authority belongs to network '\(authority.network)', the topology to '\(network.networkID)'")
        }
        guard let slot = network.slot(site: SiteID(site)) else {
            throw Problem(description: "there is no site '\(site)'; sites are named like their node, or NODE/ROOM where a node has several rooms")
        }
        guard let role = Role(rawValue: role) else {
            throw Problem(description: "'\(role)' is no role; use room, chair, viewer or operator")
        }
        guard hours > 0, hours <= 24 * 366 else { throw Problem(description: "a token lives between 0 and 8,784 hours, not \(hours)") }
        let now = EventLoop.wall()
        let claims = TokenClaims(
            network: authority.network, site: site, role: role.rawValue, meeting: meeting, audience: audience, issued: now,
            expires: now + .seconds(hours * 3_600))
        let token = try authority.sign(claims)
        let node = network.nodes[slot]
        let base = "\(node.secure ? "https" : "http")://\(node.address.host):\(node.httpPort)"
        return PageLink(token: token, base: base, page: role == .chair ? "chair" : "room", expires: claims.expires)
    }
}

/// A page's address with its token.
public struct PageLink: Sendable {
    /// A JSON Web Token (RFC 7519).
    public var token: String
    /// The node's pages, for example `https://10.1.2.3:8443`.
    public var base: String
    /// `chair` or `room`.
    public var page: String
    /// When the token ends.
    public var expires: WallTime
    public var url: String { "\(base)/\(page)?token=\(token)" }
    /// `token`, `link`, `expires` (milliseconds since 1970).
    public var json: String { "{\"expires\":\(expires.milliseconds),\"link\":\"\(url)\",\"token\":\"\(token)\"}" }
}
