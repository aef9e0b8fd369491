import ArgumentParser
import BridgeService
import Console
import Foundation
import NodeClient

/// `nhipcau status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows a running node.",
        discussion: "Example: nhipcau status --topology topology/yen-mo.yaml --node H377 --authority authority")
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
        for problem in status.problems ?? [] {
            print("\(problem.grave ? "✕" : "△") \(LocalTime.text(milliseconds: problem.since, fraction: false))  \(problem.message) \(problem.nextStep)")
        }
        // A node of before has no such answer.
        if let words = try? await client.send("GET", "/api/topology", token: token).accepted(),
            let topology = try? Console.decode(TopologyStatus.self, from: words.body)
        {
            for node in topology.nodes where node.state == "refused" || node.state == "waits" {
                print("topology \(node.node)  \(node.state) version \(node.version ?? 0), runs \(node.running ?? 0): \(node.reason ?? "")")
            }
        }
        tellTrunks(status)
        tellRest(status)
    }

    private func tellTrunks(_ status: NodeStatus) {
        for trunk in status.trunks {
            var line = "trunk \(trunk.direction == "up" ? "↑" : "↓") \(trunk.neighbour)  \(trunk.state)"
            if trunk.since > 0 { line += " since \(LocalTime.text(milliseconds: trunk.since, fraction: false))" }
            if let reason = trunk.lastDown, trunk.state != "up" { line += " (\(reason))" }
            if let version = trunk.topologyVersion, let ours = status.topologyVersion, version != UInt64(ours) { line += "  runs topology version \(version)" }
            if trunk.state == "up" { line += "  sent \(flow(trunk.sent))  received \(flow(trunk.received))" }
            print(line)
        }
    }

    private func tellRest(_ status: NodeStatus) {
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
