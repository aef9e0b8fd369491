import Basics
import Conference
import Console
import Foundation
import Logging
import Native
import Testing
import Topology
import TopologyFiles

@testable import BridgeService

@Suite("Who stands before a node") struct TokenDeskTests {
    private static let topology = """
        network: desk
        version: 1
        levels: [{id: tinh, name: Tỉnh}, {id: xa, name: Xã}]
        nodes:
          - {id: ninh-binh, level: tinh, name: Tỉnh Ninh Bình, address: 10.0.0.1}
          - {id: yen-my, level: xa, name: Xã Yên Mỹ, address: 10.0.0.2, uplink: {to: ninh-binh, capacity: 10 Mbit/s, latency: 5 ms}}
          - {id: yen-hoa, level: xa, name: Xã Yên Hòa, address: 10.0.0.3, uplink: {to: ninh-binh, capacity: 10 Mbit/s, latency: 5 ms}}
        """

    /// An authority, and nodes that know it.
    private struct Lab {
        let folder: String
        let network: Network
        let authority: Authority

        init(signsLinks: Bool = true) throws {
            folder = NSTemporaryDirectory() + "nhipcau-desk-\(UUID().uuidString)"
            network = try TopologyFiles.parse(TokenDeskTests.topology, file: "mem.yaml", language: .en)
            authority = try Authority.create(network: "desk", folder: folder + "/authority", signsLinks: signsLinks)
        }

        /// A node's folder is made at the first call, and kept.
        func desk(_ id: String, revoked: RevokedLinks = RevokedLinks()) throws -> TokenDesk {
            let state = StateFolder(folder + "/" + id)
            if !FileManager.default.fileExists(atPath: state.key) { try authority.issue(try #require(network.node(id: id)), into: state.path) }
            let standing = Standing(network, slot: try #require(network.slot(id: id)))
            let old = try OldLinks(state, now: EventLoop.wall())
            return try TokenDesk(authority: state.text(state.authority), old: old, revoked: revoked, standing: standing, logger: Logger(label: "test"))
        }

        func link(_ site: String = "yen-my", _ role: String = "room", _ audience: TokenAudience? = nil) throws -> PageLink {
            try authority.link(network: network, site: site, role: role, meeting: nil, audience: audience, hours: 1)
        }
        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    private func refusal(_ result: Result<Pass, TokenRefusal>) -> TokenRefusal? {
        if case .failure(let refusal) = result { return refusal }
        return nil
    }

    @Test("a link opens its site's own node alone, one for a reach every node of it, and others say where it belongs")
    func audience() throws {
        let lab = try Lab()
        defer { lab.remove() }
        let now = EventLoop.wall()
        let desks = try ["ninh-binh", "yen-my", "yen-hoa"].map { try lab.desk($0) }
        func verdicts(_ link: PageLink) -> [TokenRefusal?] { desks.map { refusal($0.verify(link.token, now: now)) } }
        #expect(try verdicts(lab.link()) == [.elsewhere, nil, .elsewhere])
        #expect(try verdicts(lab.link("yen-my", "operator", .node("yen-hoa"))) == [.elsewhere, .elsewhere, nil])
        #expect(try verdicts(lab.link("ninh-binh", "operator", .reach("ninh-binh"))) == [nil, nil, nil])
        #expect(try verdicts(lab.link("yen-my", "chair", .reach("yen-my"))) == [.elsewhere, nil, .elsewhere])
        #expect(try verdicts(lab.link("yen-my", "chair", .reach("nowhere"))) == [.elsewhere, .elsewhere, .elsewhere])
        // What is no audience at all is nobody's.
        let key = try TokenKey(
            Credential(
                certificate: String(contentsOfFile: lab.folder + "/authority/tokens.crt", encoding: .utf8),
                privateKey: String(contentsOfFile: lab.folder + "/authority/tokens.key", encoding: .utf8)),
            authority: String(contentsOfFile: lab.folder + "/authority/ca.crt", encoding: .utf8))
        for text in ["", "reach:", "reach:reach:ninh-binh", "all:ninh-binh", "*"] {
            let token = try key.sign(
                TokenClaims(network: "", site: "yen-my", role: "room", meeting: nil, audience: text, issued: now, expires: now + .seconds(Int64(60))))
            #expect(refusal(desks[1].verify(token, now: now)) == .elsewhere, "\(text)")
        }
    }

    @Test("links are made without the root's key, which only nodes, keys and editions need")
    func offline() throws {
        let lab = try Lab()
        defer { lab.remove() }
        let desk = try lab.desk("yen-my")
        try FileManager.default.removeItem(atPath: lab.folder + "/authority/ca.key")
        let authority = try Authority(folder: lab.folder + "/authority")
        let link = try authority.link(network: lab.network, site: "yen-my", role: "room", meeting: nil, hours: 1)
        #expect(refusal(desk.verify(link.token, now: EventLoop.wall())) == nil)
        #expect(throws: Authority.Problem.self) { try authority.seal(lab.network) }
        #expect(throws: Authority.Problem.self) { try authority.makeTokenKey(rotating: true) }
    }

    @Test("a key is changed with the root's, which may be encrypted; links of both are good, and none outlives its key")
    func rotation() throws {
        let lab = try Lab()
        defer { lab.remove() }
        let desk = try lab.desk("yen-my")
        let folder = lab.folder + "/authority"
        let before = try lab.link()
        try lab.authority.encryptRootKey("rất khó đoán")
        #expect(throws: Authority.Problem.self) { try lab.authority.makeTokenKey(rotating: true) }
        #expect(throws: Authority.Problem.self) { try Authority(folder: folder, passphrase: "sai").makeTokenKey(rotating: true) }
        let opened = try Authority(folder: folder, passphrase: "rất khó đoán")
        #expect(throws: Authority.Problem.self) { try opened.makeTokenKey() }
        let made = try opened.makeTokenKey(rotating: true, lifetime: .seconds(Int64(7_200)))
        let rotated = try Authority(folder: folder)
        #expect(rotated.linkKey?.name == made.name && made.name != lab.authority.linkKey?.name)
        let after = try rotated.link(network: lab.network, site: "yen-my", role: "room", meeting: nil, hours: 1)
        for link in [before, after] { #expect(refusal(desk.verify(link.token, now: EventLoop.wall())) == nil) }
        #expect(throws: Authority.Problem.self) { try rotated.link(network: lab.network, site: "yen-my", role: "room", meeting: nil, hours: 3) }
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/tokens.key")[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("a node of before takes links of the root key for three months, or until the date in its folder; a new node never")
    func rootSigned() throws {
        let lab = try Lab(signsLinks: false)
        defer { lab.remove() }
        let now = EventLoop.wall()
        let link = try lab.link()
        let claims = try #require(UnprovenToken.claims(of: link.token))
        #expect(claims.audience == "yen-my")
        let desk = try lab.desk("yen-my")
        #expect(refusal(desk.verify(link.token, now: now)) == nil && desk.takesOldWays(now: now))
        #expect(try refusal(lab.desk("yen-hoa").verify(link.token, now: now)) == .elsewhere)
        // Those of before named nobody, and were good everywhere.
        let everywhere = try lab.link("yen-my", "operator", .reach("ninh-binh"))
        #expect(UnprovenToken.claims(of: everywhere.token)?.audience == nil)
        #expect(try refusal(lab.desk("yen-hoa").verify(everywhere.token, now: now)) == nil)
        let late = now + OldLinks.grace + .seconds(Int64(60))
        #expect(!desk.takesOldWays(now: late))
        // The date is the node's, over restarts, and an operator may bring it forward.
        let state = StateFolder(lab.folder + "/yen-my")
        let first = try OldLinks(state, now: now).until
        #expect(try OldLinks(state, now: now + .seconds(Int64(86_400))).until == first)
        try "2026-01-02T03:04:05Z\n".write(toFile: state.oldLinks, atomically: true, encoding: .utf8)
        #expect(try refusal(lab.desk("yen-my").verify(link.token, now: now)) == .outdated)
        try "soon\n".write(toFile: state.oldLinks, atomically: true, encoding: .utf8)
        #expect(throws: StateFolder.Unusable.self) { try lab.desk("yen-my") }

        let fresh = try Lab()
        defer { fresh.remove() }
        let desk2 = try fresh.desk("yen-my")
        let root = try CertificateAuthority(
            Credential(
                certificate: String(contentsOfFile: fresh.folder + "/authority/ca.crt", encoding: .utf8),
                privateKey: String(contentsOfFile: fresh.folder + "/authority/ca.key", encoding: .utf8)))
        let then = EventLoop.wall() + .seconds(Int64(1))
        let old = try root.sign(
            TokenClaims(network: "", site: "yen-my", role: "room", meeting: nil, audience: "yen-my", issued: then, expires: then + .seconds(Int64(60))))
        #expect(refusal(desk2.verify(old, now: then)) == .outdated && !desk2.takesOldWays(now: then))
    }

    @Test("a withdrawn link is refused at once, by itself or with all of its key, until the word of it is over")
    func revoked() throws {
        let lab = try Lab()
        defer { lab.remove() }
        let revoked = RevokedLinks()
        let desk = try lab.desk("yen-my", revoked: revoked)
        let now = EventLoop.wall()
        let (one, other) = (try lab.link(), try lab.link())
        let node = try #require(lab.network.node(id: "yen-my")).index
        func say(_ subject: Revocation.Subject) throws -> SpokenRevocation {
            let spoken = SpokenRevocation(try #require(Revocation(subject, expires: one.expires)), by: node)
            revoked.add(spoken)
            return spoken
        }
        #expect(refusal(desk.verify(one.token, now: now)) == nil)
        // The same id of another site is another link.
        let wrong = try say(.link(SiteID("yen-hoa"), id: one.id))
        #expect(refusal(desk.verify(one.token, now: now)) == nil)
        let right = try say(.link(SiteID("yen-my"), id: one.id))
        #expect(refusal(desk.verify(one.token, now: now)) == .revoked && refusal(desk.verify(other.token, now: now)) == nil)
        let key = try say(.key(try #require(lab.authority.linkKey?.name)))
        #expect(refusal(desk.verify(other.token, now: now)) == .revoked)
        revoked.remove([wrong, right, key])
        #expect(refusal(desk.verify(one.token, now: now)) == nil)
    }
}
