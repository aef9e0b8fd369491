import ArgumentParser
import BridgeService
import Console
import Foundation
import NodeClient
import Reports
import Topology
import TopologyFiles

/// `nhipcau topology apply`
struct TopologyApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Hands a new edition of the topology to a running network.",
        discussion: """
            Example: nhipcau topology apply new.yaml --topology running.yaml --node ninh-binh --authority authority --plan
            The file is checked, signed with the authority's key and given to one node; from there it reaches every node, and meetings go on.
            Its `version:` must be higher than the one that runs. --plan says what would change, and hands nothing over.
            Exit codes: 0 every node runs it (or: the plan can be applied), 1 refused, or a node has not taken it in time, 2 bad input.
            """)
    @Argument(help: "The new topology file.") var file: String
    @OptionGroup var at: NodeOptions
    @Flag(help: "Only say what would change, against the edition that runs at the node.") var plan = false
    @Flag(help: "Apply it although some nodes take it at their next start only (another address, other equipment).") var withRestarts = false
    @Option(help: "How long to wait for the nodes' answers, in seconds.") var wait: Double = 30
    @Flag(help: "One JSON object instead of text.") var json = false
    @Option(help: "Language of the text: en or vi.") var lang: String?

    mutating func run() async throws {
        let language = try TopologyFilesLanguage.chosen(lang)
        let new = try reading { try TopologyFiles.load(file, language: language) }
        guard let folder = at.authority else { throw ValidationError("give --authority FOLDER: its key signs the file") }
        let (client, token) = try at.client(role: "operator")
        if plan { return try await show(new, client, token, language) }
        let sealed: [UInt8]
        do { sealed = try at.secret.authority(folder, needsRoot: true).seal(new) } catch { throw ValidationError("\(error)") }
        let path = "/api/topology?lang=\(language == .vi ? "vi" : "en")" + (withRestarts ? "&restarts=1" : "")
        let started = Date()
        let answer = try await client.send(
            "POST", path, token: token, body: sealed, type: "application/octet-stream", timeout: .seconds(60))
        guard answer.status < 400 else {
            struct Refused: Decodable {
                var code: String
                var message: String
            }
            guard let words = try? Console.decode(Refused.self, from: answer.body) else {
                _ = try answer.accepted()
                return
            }
            let said = language == .vi ? "\(at.node) từ chối" : "\(at.node) refuses"
            print(json ? answer.text : "\(said): \(words.message)")
            throw ExitCode(1)
        }
        var status = try Console.decode(TopologyStatus.self, from: answer.body)
        while !status.isAnswered(new.version), -started.timeIntervalSinceNow < wait {
            try await Task.sleep(for: .milliseconds(100))
            let answer = try await client.send("GET", "/api/topology", token: token).accepted()
            status = try Console.decode(TopologyStatus.self, from: answer.body)
        }
        let report = ApplyReport(status, version: new.version, after: -started.timeIntervalSinceNow, language: language)
        print(json ? report.json : report.text)
        if !report.isEverywhere { throw ExitCode(1) }
    }

    /// What would change, and what is in the way.
    private func show(_ new: Network, _ client: NodeClient, _ token: String, _ language: TopologyFilesLanguage) async throws {
        let answer = try await client.send("GET", "/api/topology/file", token: token).accepted()
        let running = try TopologyFiles.parse(answer.text, file: at.node, language: language)
        let diff = NetworkDiff([running], new)
        let report = DiffReport(diff, oldPlans: [NetworkPlan(running)], newPlan: NetworkPlan(new), showsAll: false, language: language)
        let obstacles = NetworkTransition(from: running, to: new).obstacles
        let blocks = obstacles.contains { !$0.endsWithRestart } || (!obstacles.isEmpty && !withRestarts)
        if json {
            struct Plan: Encodable {
                var running: UInt32
                var new: UInt32
                var applicable: Bool
                var obstacles: [Obstacle]
                struct Obstacle: Encodable {
                    var code: String
                    var node: String?
                    var message: String
                }
            }
            let plan = Plan(
                running: running.version, new: new.version, applicable: !blocks,
                obstacles: obstacles.map { .init(code: $0.code, node: $0.node, message: $0.text(language)) })
            let head = String(decoding: Console.json(plan).dropLast(), as: UTF8.self)
            print(head + ",\"diff\":" + report.json + "}")
        } else {
            print(report.text)
            print(
                language == .vi
                    ? "Đang chạy bản \(running.version); tệp này là bản \(new.version)."
                    : "Version \(running.version) runs; this file is version \(new.version).")
            for obstacle in obstacles { print(obstacle.text(language)) }
            if blocks {
                print(language == .vi ? "Không áp dụng được như vậy." : "It cannot be applied so.")
            } else {
                print(language == .vi ? "Áp dụng được; bỏ --plan để giao cho mạng." : "It can be applied; leave --plan out to hand it over.")
            }
        }
        if blocks { throw ExitCode(1) }
    }
}

extension TopologyStatus {
    /// Every node has said something of that edition.
    func isAnswered(_ version: UInt32) -> Bool { nodes.allSatisfy { $0.version == version } }
}

/// What the nodes made of an edition.
struct ApplyReport {
    let status: TopologyStatus
    let version: UInt32
    let seconds: Double
    let language: TopologyFilesLanguage

    init(_ status: TopologyStatus, version: UInt32, after seconds: Double, language: TopologyFilesLanguage) {
        self.status = status
        self.version = version
        self.seconds = seconds
        self.language = language
    }

    private var running: [TopologyStatus.Node] { status.nodes.filter { $0.version == version && $0.state == "runs" } }
    var isEverywhere: Bool { running.count == status.nodes.count }

    /// A line for each node that does not run it, then the count.
    var text: String {
        let vi = language == .vi
        var lines: [String] = []
        for node in status.nodes {
            if node.version != version {
                lines.append(vi ? "\(node.node): chưa trả lời (bản cũ, hoặc mất liên lạc)" : "\(node.node): no answer (an older program, or out of reach)")
            } else if node.state != "runs" {
                let still = node.running.map { vi ? "; vẫn chạy bản \($0)" : "; it stays on version \($0)" } ?? ""
                lines.append("\(node.node): \((vi ? node.reasonVietnamese : node.reason) ?? node.state)\(still)")
            }
        }
        let time = String(format: "%.1f", seconds)
        lines.append(
            vi
                ? "\(running.count)/\(status.nodes.count) nút chạy bản \(version) sau \(time) giây."
                : "\(running.count) of \(status.nodes.count) nodes run version \(version) after \(time) s.")
        return lines.joined(separator: "\n")
    }

    /// The status with `running`, `of` and `seconds`.
    var json: String {
        struct Whole: Encodable {
            var version: UInt32
            var running: Int
            var of: Int
            var seconds: Double
            var nodes: [TopologyStatus.Node]
        }
        let whole = Whole(version: version, running: running.count, of: status.nodes.count, seconds: seconds, nodes: status.nodes)
        return String(decoding: Console.json(whole), as: UTF8.self)
    }
}
