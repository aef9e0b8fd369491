import Basics
import BridgeService
import Console
import Foundation
import Glibc
import NodeClient
import Testing
import Topology

@testable import Demo

/// A network of `nhipcau node` and `nhipcau bot` processes that a test starts, kills and asks.
final class ProofsNetwork: Sendable {
    let plan: Plan
    let folder: DemoFolder
    let stage: Stage
    let children: Children
    /// Processes that ended, as `NAME: HOW`.
    let ends: Ends
    private let program: String
    private let cache = MediaTests.cache
    private let events: AsyncStream<(site: String, event: BotEvent)>.Continuation
    private let ears: Task<Void, Never>

    /// Names of processes that ended.
    actor Ends {
        private(set) var names: [String] = []
        func add(_ name: String) { names.append(name) }
    }

    /// Nothing runs yet; media are made if they are missing.
    init(topology: String, meeting: String) throws {
        program = try Proofs.program()
        plan = try Plan(DemoOptions(topology: topology, meeting: meeting, loopback: Proofs.loopback))
        folder = try DemoFolder(plan, keep: nil)
        _ = try SiteMedia.prepare(plan.marks.entries.map { .init(name: $0.name, index: $0.index) }, cache: cache)
        let stage = Stage(plan.meeting.sites.map(\.rawValue))
        let ends = Ends()
        let (stream, sink) = AsyncStream.makeStream(of: (site: String, event: BotEvent).self)
        ears = Task { for await item in stream { await stage.take(item.event, from: item.site) } }
        events = sink
        self.stage = stage
        self.ends = ends
        children = Children { name, how in Task { await ends.add("\(name): \(how)") } }
    }

    /// Runs a network of the three-level file for `body`, and ends every process whatever happens.
    static func run(meeting: String, _ body: (ProofsNetwork) async throws -> Void) async throws {
        let network = try await Proofs.withFile("meeting.yaml", meeting) { file in
            try ProofsNetwork(topology: DemoTests.topology + "/three-levels.yaml", meeting: file)
        }
        do { try await body(network) } catch {
            await network.end()
            throw error
        }
        await network.end()
    }

    private func end() async {
        await stage.end()
        await children.stop()
        ears.cancel()
        events.finish()
        folder.remove()
    }

    // Processes.

    /// Starts a node; `name` tells a second life of it from the first. `descriptors`: as many as it may have.
    func startNode(
        _ id: String, as name: String? = nil, topology: String? = nil, state: String? = nil, descriptors: Int? = nil
    ) async throws {
        let name = name ?? "node " + id
        // util-linux; a shell's `ulimit -n` does the same.
        let limit = descriptors.map { ["/usr/bin/prlimit", "--nofile=\($0):\($0)", program] } ?? [program]
        try await children.start(
            name, limit[0],
            limit.dropFirst() + [
                "node", "--topology", topology ?? folder.topology, "--id", id, "--state", state ?? folder.state(id), "--meetings",
                folder.meetings,
            ], log: folder.log(name), line: { _ in })
    }

    /// Starts nodes and waits until each has its trunk.
    func startNodes(_ ids: [String]) async throws {
        for id in ids { try await startNode(id) }
        for id in ids { try await until("\(id) is ready", 20) { await self.isReady(id) } }
    }

    /// Starts the meeting at the chair's node through its API.
    func startMeeting() async throws {
        let answer = try await send(
            "POST", "/api/meetings", to: plan.node(plan.chair).id, site: plan.chair.rawValue, role: "chair",
            body: Console.json(["file": plan.meeting.id.rawValue]))
        #expect(answer.status == 201, "\(answer.text)")
    }

    /// Starts a hall's bot and waits until its leg carries media.
    func startBot(_ site: String, speaksAsChair: Bool = false) async throws {
        let link = try folder.link(plan, site: SiteID(site), role: "room")
        let events = events
        try await children.start(
            "bot " + site, program,
            ["bot", "--node", link.base, "--token", link.token, "--media", cache, "--site", site, "--sites", folder.sites]
                + (speaksAsChair ? ["--speak-as-chair"] : []),
            log: folder.log("bot " + site), line: { line in if let event = BotEvent(line: line) { events.yield((site, event)) } })
        try await until("\(site) joined", 20) { await self.stage.halls[site]?.joined == true }
    }

    func tell(_ site: String, _ line: String) { children.tell("bot " + site, line) }

    /// Kills a node's process as the kernel or a power cut would, found by its state folder on the command line.
    func kill9(_ id: String) throws {
        let mark = folder.state(id)
        let pids = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
        let pid = try #require(
            pids.first { pid in
                guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
                return line.split(separator: 0).contains { $0.elementsEqual(mark.utf8) }
            })
        kill(pid, SIGKILL)
    }

    // Questions.

    func client(_ id: String) throws -> NodeClient {
        let node = try #require(plan.network.node(id: id))
        return NodeClient(base: try #require(URL(string: "http://\(node.address.host):\(node.httpPort)")))
    }

    func send(
        _ method: String, _ path: String, to node: String, site: String, role: String, body: [UInt8] = []
    ) async throws -> NodeClient.Answer {
        let token = try folder.link(plan, site: SiteID(site), role: role, everywhere: true).token
        return try await client(node).send(method, path, token: token, body: body)
    }

    func isReady(_ id: String) async -> Bool {
        (try? await client(id).send("GET", "/health", timeout: .seconds(2)))?.status == 200
    }

    func status(_ id: String) async throws -> NodeStatus {
        try Console.decode(NodeStatus.self, from: await send("GET", "/api/status", to: id, site: plan.chair.rawValue, role: "operator").body)
    }

    /// The sum of a metric's samples whose line holds `label`.
    func metric(_ name: String, _ label: String = "", of id: String) async throws -> Double {
        let text = try await client(id).send("GET", "/metrics").text
        return text.split(separator: "\n").filter { $0.hasPrefix(name) && (label.isEmpty || $0.contains(label)) }
            .reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "") ?? 0) }
    }

    /// A process's log so far.
    func log(_ name: String) -> String { (try? String(contentsOfFile: folder.log(name), encoding: .utf8)) ?? "" }

    /// What did not come about in time.
    struct TooLate: Error, CustomStringConvertible { var description: String }

    /// Waits until the condition holds; asks twenty times a second.
    func until(_ what: String, _ seconds: Double, _ holds: () async throws -> Bool) async throws {
        let start = Date()
        while -start.timeIntervalSinceNow < seconds {
            if (try? await holds()) == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TooLate(description: "not within \(Int(seconds)) s: \(what); ended: \(await ends.names); halls: \(await stage.errors)")
    }

    /// Waits until that site holds the floor (nil: nobody of the halls).
    func untilHolder(_ site: String?) async throws {
        try await until("\(site ?? "nobody") holds the floor", 10) { await self.stage.holder == site }
    }

    /// Waits until one hall knows another by its mark in sound and picture.
    func untilKnown(_ speaker: String, by listener: String, _ seconds: Double = 10) async throws {
        try await until("\(listener) hears and sees \(speaker)", seconds) {
            let hall = await self.stage.halls[listener]
            return hall?.heard.contains(speaker) == true && hall?.saw.contains(speaker) == true
        }
    }
}
