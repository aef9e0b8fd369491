import ArgumentParser
import BridgeService
import Console
import Foundation
import NodeClient
import TopologyFiles

/// How the shell commands find and convince a node.
struct NodeOptions: ParsableArguments {
    @Option(help: "The network's topology file.") var topology: String
    @Option(help: "The node's id.") var node: String
    @Option(help: "The folder of ca.crt and tokens.key: a token of one minute is signed for this call and this node.") var authority: String?
    @Option(help: "A token to use instead.") var token: String?
    @OptionGroup var secret: PassphraseOptions
    @Option(help: "Language of what is printed: en or vi; default: the network's, else the locale's.") var lang: String?

    /// `--lang`, else the network's, else the locale's.
    func language() throws -> TopologyFilesLanguage {
        if lang != nil { return try .chosen(lang) }
        return try (try? TopologyFiles.load(topology)).flatMap { TopologyFiles.language(of: $0) } ?? .chosen(nil)
    }

    /// A client of the node and a token of that role for one of its sites.
    func client(role: String, site: String? = nil) throws -> (NodeClient, String) {
        let network = try TopologyFiles.load(topology)
        guard let found = network.node(id: node) else { throw ValidationError("\(topology): there is no node '\(node)'") }
        let url = found.pages
        guard let base = URL(string: url) else { throw ValidationError("\(url) is no address") }
        let client = NodeClient(base: base, authority: authority.map { $0 + "/ca.crt" }, language: try language().rawValue)
        if let token { return (client, token) }
        guard let authority else { throw ValidationError("give --authority FOLDER (or --token TOKEN), so that the node knows who asks") }
        guard let site = site ?? found.rooms.first?.id.rawValue else { throw ValidationError("node '\(node)' has no site; name one with --site") }
        let link = try secret.authority(authority).link(network: network, site: site, role: role, meeting: nil, audience: .node(found.id), hours: 1.0 / 60)
        return (client, link.token)
    }
}

extension NodeClient.Answer {
    /// The body, or an error in the node's own words.
    func accepted() throws -> NodeClient.Answer {
        guard status >= 400 else { return self }
        struct Refused: Decodable {
            var message: String
            var nextStep: String?
        }
        let words = try? JSONDecoder().decode(Refused.self, from: Data(body))
        throw NodeClient.Failure(
            description: words.map { [$0.message, $0.nextStep].compactMap { $0 }.joined(separator: " ") } ?? "the node answered \(status): \(text)")
    }
}

/// `nhipcau meeting …`
struct MeetingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meeting", abstract: "Starts, ends and lists meetings.", subcommands: [Start.self, End.self, List.self])

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Starts a meeting at the chair's node.",
            discussion: """
                Example: nhipcau meeting start topology/meetings/yen-mo-hop.yaml --topology topology/yen-mo.yaml --node H377 --authority authority
                """)
        @Argument(help: "The meeting file.") var file: String
        @OptionGroup var at: NodeOptions
        @Flag(help: "JSON as the node gives it.") var json = false

        mutating func run() async throws {
            let network = try TopologyFiles.load(at.topology)
            let meeting = MeetingDefinitionForm(try TopologyFiles.loadMeeting(file, network: network))
            let (client, token) = try at.client(role: "operator", site: meeting.form.chairs?.first)
            let answer = try await client.send("POST", "/api/meetings", token: token, body: Console.json(meeting.form)).accepted()
            if json {
                print(answer.text)
                return
            }
            let started = try Console.decode(MeetingSummary.self, from: answer.body)
            print(
                try at.language() == .vi
                    ? "Đã bắt đầu “\(started.title)” (\(started.id)) tại \(at.node): \(started.siteCount) điểm cầu, chủ trì \(started.chairs.first ?? "–")."
                    : "Started “\(started.title)” (\(started.id)) at \(at.node): \(started.siteCount) sites, chair \(started.chairs.first ?? "–").")
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a running meeting.",
            discussion: "Example: nhipcau meeting end yen-mo-hop --topology topology/yen-mo.yaml --node H377 --authority authority")
        @Argument(help: "The meeting's id.") var id: String
        @OptionGroup var at: NodeOptions

        mutating func run() async throws {
            let (client, token) = try at.client(role: "operator")
            _ = try await client.send("DELETE", "/api/meetings/\(id)", token: token).accepted()
            print(try at.language() == .vi ? "Đã kết thúc \(id)." : "Ended \(id).")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the meetings that run at a node, and its meeting files.",
            discussion: "Example: nhipcau meeting list --topology topology/yen-mo.yaml --node H377 --authority authority")
        @OptionGroup var at: NodeOptions
        @Flag(help: "JSON as the node gives it.") var json = false

        mutating func run() async throws {
            let (client, token) = try at.client(role: "operator")
            let answer = try await client.send("GET", "/api/meetings", token: token).accepted()
            if json {
                print(answer.text)
                return
            }
            let list = try Console.decode(MeetingList.self, from: answer.body)
            for meeting in list.running { print("running  \(meeting.id)  \(meeting.title)  \(meeting.presentCount)/\(meeting.siteCount)") }
            for meeting in list.files { print("file     \(meeting.id)  \(meeting.title)  \(meeting.siteCount)") }
        }
    }
}
