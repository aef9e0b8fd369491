import ArgumentParser
import BridgeService
import Foundation
import TopologyFiles

/// `nhipcau certs …`
struct CertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certs", abstract: "The network's certificate authority and the nodes' certificates.", subcommands: [Init.self, Issue.self])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the network's certificate authority.",
            discussion: """
                Example: nhipcau certs init --network ninh-binh --authority authority
                Keep authority/ca.key off every node: whoever has it can make nodes and tokens.
                """)
        @Option(help: "The network's id, as `network:` in the topology file.") var network: String
        @Option(help: "The folder for ca.crt and ca.key.") var authority: String

        mutating func run() async throws {
            try Authority.create(network: network, folder: authority)
            print("\(authority)/ca.crt, \(authority)/ca.key")
        }
    }

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues the certificates of one node, or of all nodes of a topology.",
            discussion: """
                Example: nhipcau certs issue --authority authority --topology topology/yen-mo.yaml --id yen-mo --out state/yen-mo
                Without --id every node of the topology gets a folder of its own under --out.
                """)
        @Option(help: "The folder of ca.crt and ca.key.") var authority: String
        @Option(help: "The network's topology file.") var topology: String
        @Option(help: "The node's id; without it: all nodes.") var id: String?
        @Option(help: "The state folder to write into; without --id the folder of state folders.") var out: String
        @Option(help: "A further host name or address of the node's pages; may be repeated.") var name: [String] = []

        mutating func run() async throws {
            let network = try TopologyFiles.load(topology)
            let authority = try Authority(folder: authority)
            if let id {
                guard let node = network.node(id: id) else { throw ValidationError("\(topology): there is no node '\(id)'") }
                try authority.issue(node, names: name, into: out)
                print(out)
            } else {
                for node in network.nodes {
                    try authority.issue(node, names: name, into: out + "/" + node.id)
                    print(out + "/" + node.id)
                }
            }
        }
    }
}

/// `nhipcau token`
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Signs the token that opens a page.",
        discussion: """
            Example: nhipcau token --authority authority --topology topology/yen-mo.yaml --site yen-my --role room --hours 12
            Prints the link of the page; with --json the parts.
            """)
    @Option(help: "The folder of ca.crt and ca.key.") var authority: String
    @Option(help: "The network's topology file.") var topology: String
    @Option(help: "The site's id.") var site: String
    @Option(help: "room, chair, viewer or operator.") var role: String = "room"
    @Option(help: "Only this meeting; default: any of the site's.") var meeting: String?
    @Option(help: "How long the token lives.") var hours: Double = 12
    @Flag(help: "One JSON object: token, link, expires.") var json = false

    mutating func run() async throws {
        let network = try TopologyFiles.load(topology)
        let link: PageLink
        do {
            link = try Authority(folder: authority).link(network: network, site: site, role: role, meeting: meeting, hours: hours)
        } catch let problem as Authority.Problem {
            throw ValidationError(problem.description)
        }
        print(json ? link.json : link.url)
    }
}
