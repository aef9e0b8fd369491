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

    /// A client of the node and a token of that role for one of its sites.
    func client(role: String, site: String? = nil) throws -> (NodeClient, String) {
        let network = try TopologyFiles.load(topology)
        guard let found = network.node(id: node) else { throw ValidationError("\(topology): there is no node '\(node)'") }
        let url = "\(found.secure ? "https" : "http")://\(found.address.host):\(found.httpPort)"
        guard let base = URL(string: url) else { throw ValidationError("\(url) is no address") }
        let client = NodeClient(base: base, authority: authority.map { $0 + "/ca.crt" })
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
                Example: nhipcau meeting start topology/meetings/yen-mo-hop.yaml --topology topology/yen-mo.yaml --node yen-mo --authority authority
                """)
        @Argument(help: "The meeting file.") var file: String
        @OptionGroup var at: NodeOptions

        mutating func run() async throws {
            let network = try TopologyFiles.load(at.topology)
            let meeting = MeetingDefinitionForm(try TopologyFiles.loadMeeting(file, network: network))
            let (client, token) = try at.client(role: "operator", site: meeting.form.chairs?.first)
            let answer = try await client.send("POST", "/api/meetings", token: token, body: Console.json(meeting.form)).accepted()
            print(answer.text)
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a running meeting.",
            discussion: "Example: nhipcau meeting end giao-ban --topology topology/yen-mo.yaml --node yen-mo --authority authority")
        @Argument(help: "The meeting's id.") var id: String
        @OptionGroup var at: NodeOptions

        mutating func run() async throws {
            let (client, token) = try at.client(role: "operator")
            _ = try await client.send("DELETE", "/api/meetings/\(id)", token: token).accepted()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the meetings that run at a node, and its meeting files.",
            discussion: "Example: nhipcau meeting list --topology topology/yen-mo.yaml --node yen-mo --authority authority")
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

/// `nhipcau status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows a running node.",
        discussion: "Example: nhipcau status --topology topology/yen-mo.yaml --node yen-mo --authority authority")
    @OptionGroup var at: NodeOptions
    @Flag(help: "JSON as the node gives it.") var json = false

    mutating func run() async throws {
        let (client, token) = try at.client(role: "operator")
        let answer = try await client.send("GET", "/api/status", token: token).accepted()
        if json {
            print(answer.text)
            return
        }
        let status = try Console.decode(NodeStatus.self, from: answer.body)
        print("\(status.node)  \(status.name)  up \(Int(status.uptimeSeconds)) s  incarnation \(status.incarnation)")
        if let version = status.topologyVersion { print("topology version \(version)  \(status.topologyHash)") }
        // A node of before has no such answer.
        if let words = try? await client.send("GET", "/api/topology", token: token).accepted(),
            let topology = try? Console.decode(TopologyStatus.self, from: words.body)
        {
            for node in topology.nodes where node.state == "refused" || node.state == "waits" {
                print("topology \(node.node)  \(node.state) version \(node.version ?? 0), runs \(node.running ?? 0): \(node.reason ?? "")")
            }
        }
        for trunk in status.trunks {
            print(
                "trunk \(trunk.direction == "up" ? "↑" : "↓") \(trunk.neighbour)  \(trunk.state)"
                    + "  sent \(flow(trunk.sent))  received \(flow(trunk.received))")
        }
        for stage in status.media ?? [] where !stage.dropped.isEmpty {
            let reasons = stage.dropped.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            print("media \(stage.stage)  \(stage.came) came  dropped: \(reasons)")
        }
        for row in status.jobs ?? [] where !row.outcomes.isEmpty || row.underWay > 0 {
            let outcomes = row.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            print("job \(row.kind)  \(row.underWay) under way  \(outcomes)")
        }
        for source in status.sources ?? [] where source.leftOut > 0 || !source.chosen {
            print("source \(source.site)  \(source.kind)  \(source.name)  \(source.chosen ? "chosen" : "not chosen")  left out \(source.leftOut)")
        }
        for leg in status.legs { print("leg \(leg.id)  \(leg.site)  \(leg.role)  \(leg.state)\(leg.link.map { "  link \($0)" } ?? "")") }
        for meeting in status.meetings {
            print(
                "meeting \(meeting.id)  \(meeting.title)  present \(meeting.present.count)/\(meeting.siteCount)"
                    + "  speaker \(meeting.speaker ?? "–")\(meeting.crown ? "  (floor control here)" : "")")
        }
    }

    private func flow(_ flow: NodeStatus.Flow) -> String {
        "\(Int(flow.kbps)) kbit/s, \(flow.audioStreams) audio, \(flow.videoStreams) video, lost \(flow.lost), repaired \(flow.repaired)"
    }
}
