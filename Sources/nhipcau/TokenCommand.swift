import ArgumentParser
import BridgeService
import Console
import Foundation
import Native
import NodeClient
import TopologyFiles

/// `nhipcau token …`
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Makes the links that open pages, and withdraws them.",
        discussion: "Example: nhipcau token --authority authority --topology topology/yen-mo.yaml --site X14725 --role room --hours 12",
        subcommands: [Sign.self, Revoke.self, Revoked.self], defaultSubcommand: Sign.self)

    struct Sign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Signs the token that opens a page.",
            discussion: """
                Example: nhipcau token --authority authority --topology topology/yen-mo.yaml --site X14725 --role room --hours 12
                Prints the link of the page; with --json the parts, among them the id under which the link can be withdrawn.
                """)
        @Option(help: "The folder of ca.crt, tokens.crt and tokens.key.") var authority: String
        @Option(help: "The network's topology file.") var topology: String
        @Option(help: "The site's id.") var site: String
        @Option(help: "room, chair, secretary, viewer, operator, technician, or a role of the topology's policy.") var role: String = "room"
        @Option(help: "Only this meeting; default: any of the site's.") var meeting: String?
        @Option(help: "How long the token lives.") var hours: Double = 12
        @Option(help: "Good at this node and all below it; default: at the site's own node alone.") var reach: String?
        @Flag(help: "One JSON object: token, id, link, expires.") var json = false
        @OptionGroup var secret: PassphraseOptions

        mutating func run() async throws {
            let network = try TopologyFiles.load(topology)
            if let reach, network.node(id: reach) == nil { throw ValidationError("\(topology): there is no node '\(reach)'") }
            let link: PageLink
            do {
                let folder = try secret.authority(authority)
                link = try folder.link(
                    network: network, site: site, role: role, meeting: meeting, audience: reach.map { .reach($0) }, hours: hours)
                if let advice = Self.advice(folder, authority) { FileHandle.standardError.write(Data((advice + "\n").utf8)) }
            } catch let problem as Authority.Problem {
                throw ValidationError(problem.description)
            }
            print(json ? link.json : link.url)
        }

        /// What to do about the key that signs links, if anything: before it ends, links are cut short by it.
        private static func advice(_ folder: Authority, _ path: String) -> String? {
            guard let key = folder.linkKey else { return "\(path) has no key for links, so ca.key signed this one; `nhipcau certs token-key` makes it" }
            let end = Date(timeIntervalSince1970: Double(key.expires.milliseconds / 1_000))
            guard end.timeIntervalSinceNow < 30 * 86_400 else { return nil }
            return "the key for links is over on \(end.formatted(.iso8601)); `nhipcau certs token-key --rotate` makes the next one"
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraws a link before its time, at every node.",
            discussion: """
                Example: nhipcau token revoke 'https://10.1.2.3:8443/room?token=…' --topology topology/yen-mo.yaml --node H377 --authority authority
                --node is the site's node or one above it. The link itself is not sent, only its site and id; --site and --id say the same where the
                link is not at hand (`nhipcau status` names the links in use). --key withdraws all links that one key signed, at the root.
                """)
        @Argument(help: "The link, or its token.") var link: String?
        @Option(help: "The link's site.") var site: String?
        @Option(help: "The link's own id.") var id: String?
        @Option(help: "A key's name, as `nhipcau certs token-key` says it.") var key: String?
        @OptionGroup var at: NodeOptions

        private struct Wish: Encodable {
            var site: String?
            var id: String?
            var key: String?
            var expires: Int64?
        }

        private func wish() throws -> Wish {
            switch (link, site, id, key) {
            case (let link?, nil, nil, nil):
                guard let claims = UnprovenToken.claims(of: link) else { throw ValidationError("this is no link of ours, or only a part of one") }
                return Wish(site: claims.site, id: claims.id, expires: claims.expires.milliseconds)
            case (nil, let site?, let id?, nil): return Wish(site: site, id: id)
            case (nil, nil, nil, let key?): return Wish(key: key)
            default: throw ValidationError("name one: the link, --site with --id, or --key")
            }
        }

        mutating func run() async throws {
            let wish = try wish()
            let (client, token) = try at.client(role: "operator")
            _ = try await client.send("POST", "/api/tokens/revoke", token: token, body: Console.json(wish)).accepted()
        }
    }

    struct Revoked: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the withdrawn links that a node goes by.",
            discussion: "Example: nhipcau token revoked --topology topology/yen-mo.yaml --node H377 --authority authority")
        @OptionGroup var at: NodeOptions
        @Flag(help: "JSON as the node gives it.") var json = false

        mutating func run() async throws {
            let (client, token) = try at.client(role: "operator")
            let answer = try await client.send("GET", "/api/tokens/revoked", token: token).accepted()
            if json {
                print(answer.text)
                return
            }
            for entry in try Console.decode(RevocationList.self, from: answer.body).revoked {
                let what = entry.key.map { "all of key \($0)" } ?? "\(entry.site ?? "?")  \(entry.id ?? "?")"
                let end = Date(timeIntervalSince1970: Double(entry.expires / 1_000)).formatted(.iso8601)
                print("\(what)  by \(entry.by)  until \(end)")
            }
        }
    }
}
