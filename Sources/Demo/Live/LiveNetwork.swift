import Basics
import BridgeService
import Console
import Foundation
import Glibc
import NodeClient
import Simulator
import Synchronization
import Topology

/// The processes of a live run: a node for each of the network's, a bot for each hall, and the lines between nodes.
final class LiveNetwork: Sendable {
    let plan: LivePlan
    let relay: LinkRelay
    let folder: DemoFolder
    let children: Children
    let watch = LiveWatch()
    /// Processes that ended, as `NAME: HOW`.
    let ends = Ends()
    private let demo: Plan
    private let program: String
    private let brakes: Brakes
    private let clocks: [String: FaultyClock]
    /// Why clocks cannot be made wrong.
    let clockProblem: String?
    /// When the scenario begins, if certificates of it are to be over at a time of it, which they say themselves; before that there is time
    /// for all nodes to come up. In whole seconds, as certificates have them.
    let begin: WallTime?
    /// What nodes ran before ``upgrade(_:)``, if it is another program than ours.
    private let older: String?
    private let upgraded = Mutex<Set<String>>([])
    private let cache: String
    private let pages: Task<Void, Never>

    /// Names of processes that ended.
    actor Ends {
        private(set) var names: [String] = []
        func add(_ name: String) { names.append(name) }
    }

    /// Why a live run cannot go on.
    struct Failure: Error, CustomStringConvertible { var description: String }

    /// Nothing runs yet but the lines; clips of the halls are made if they are missing.
    ///
    /// `older`: nodes run that program until they are upgraded; nil: all run `program`.
    init(
        _ scenario: Scenario, seed: UInt64, loopback: UInt8, program: String, older: String? = nil, cache: String, keep: String? = nil
    ) throws {
        guard let first = scenario.meetings.first else { throw Failure(description: "\(scenario.name): without a meeting there is nothing to hear") }
        let plan = LivePlan(scenario, loopback: loopback)
        self.plan = plan
        self.cache = cache
        // A link to ourselves would be a link to `setpriv` in the child.
        self.program = URL(fileURLWithPath: program).resolvingSymlinksInPath().path
        self.older = older.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
        let network = plan.network
        let wanted = Set(scenario.meetings.flatMap(\.file.sites))
        let order = network.sites.count <= SoundMark.capacity ? network.sites : network.sites.filter(wanted.contains)
        guard order.count <= SoundMark.capacity else {
            throw Failure(description: "\(scenario.name): \(order.count) halls; the sound mark tells \(SoundMark.capacity) apart")
        }
        let marks = SiteMarks(
            order.enumerated().filter { wanted.contains($0.element) }.map {
                SiteMarks.Entry(index: $0.offset, site: $0.element.rawValue, name: network.name(of: $0.element) ?? $0.element.rawValue)
            })
        demo = Plan(network: network, meeting: first.file, marks: marks)
        folder = try DemoFolder(demo, keep: keep, signsLinks: older == nil)
        for slot in network.nodes.indices {
            try plan.network(asSeenBy: slot).canonical.write(
                toFile: LiveNetwork.topology(folder, network.nodes[slot].id), atomically: true, encoding: .utf8)
        }
        var clocks: [String: FaultyClock] = [:]
        var clockProblem: String?
        for id in plan.wrongClocks {
            do { clocks[id] = try FaultyClock(folder.path + "/clock-" + id, program: self.program) } catch { clockProblem = "\(error)" }
        }
        (self.clocks, self.clockProblem) = (clocks, clockProblem)
        _ = try SiteMedia.prepare(marks.entries.map { .init(name: $0.name, index: $0.index) }, cache: cache)
        let expiring = network.nodes.filter { plan.expiry(of: $0.index) != nil }
        let patience = Interval.seconds(5 + Double(network.count) / 2)
        let begin = WallTime(milliseconds: (BotLoop.wall() + patience).milliseconds / 1_000 * 1_000)
        self.begin = expiring.isEmpty ? nil : begin
        for node in expiring { try folder.certify(node, until: plan.expiry(of: node.index).map { begin + $0 }) }
        relay = try LinkRelay(plan.lines, seed: seed, behaviour: plan.fair)
        let ends = ends
        let children = Children { name, how in Task { await ends.add("\(name): \(how)") } }
        self.children = children
        brakes = Brakes { await children.signal($0, $1) }
        let (watch, folder, demo) = (watch, folder, demo)
        let followed = try scenario.meetings.flatMap { meeting in
            try network.nodes.indices.map { slot -> (MeetingID, Int, String) in
                let site = meeting.file.chairs.first ?? meeting.file.sites[0]
                return (meeting.file.id, slot, try folder.link(demo, site: site, role: "operator", meeting: meeting.file.id).token)
            }
        }
        let clients = network.nodes.map { LiveNetwork.client($0) }
        pages = Task {
            await withTaskGroup(of: Void.self) { group in
                for (meeting, slot, token) in followed {
                    group.addTask { await watch.follow(clients[slot], token: token, node: slot, meeting: meeting) }
                }
            }
        }
    }

    /// Ends everything; the folder goes unless it is kept.
    func stop() async {
        pages.cancel()
        await brakes.release()
        await children.stop()
        relay.stop()
        folder.remove()
    }

    private static func client(_ node: Network.Node) -> NodeClient {
        NodeClient(base: URL(string: "http://\(node.address.urlHost):\(node.httpPort)")!)
    }
    func client(_ id: String) throws -> NodeClient {
        guard let node = plan.network.node(id: id) else { throw Failure(description: "there is no node '\(id)'") }
        return LiveNetwork.client(node)
    }
    private static func topology(_ folder: DemoFolder, _ id: String) -> String { folder.path + "/topology-\(id).yaml" }

    // MARK: Nodes

    /// Starts a node with the edition that is its own; with `diskIsFull` it can write nothing.
    func startNode(_ id: String, diskIsFull: Bool = false) async throws {
        // What travelled to it was meant for others (``LivePlan/edition(_:for:)``); its own stands in the file.
        for name in ["/topology.signed", "/topology.handed"] { unlink(folder.state(id) + name) }
        let runs = upgraded.withLock { $0.contains(id) } ? program : older ?? program
        try await children.start(
            "node " + id, runs,
            [
                "node", "--topology", LiveNetwork.topology(folder, id), "--id", id, "--state", folder.state(id), "--meetings", folder.meetings,
            ], log: folder.log("node " + id), environment: clocks[id]?.environment ?? [:], diskIsFull: diskIsFull, line: { _ in })
    }

    /// The node's next start takes another edition.
    func install(_ edition: Network, at id: String) throws {
        guard let node = plan.network.node(id: id) else { throw Failure(description: "there is no node '\(id)'") }
        try plan.edition(edition, for: node.index).canonical.write(toFile: LiveNetwork.topology(folder, id), atomically: true, encoding: .utf8)
    }

    /// Hands another edition to a node that runs, as `topology apply` does; nil: it went over, else why not.
    func apply(_ edition: Network, at id: String) async -> String? {
        guard let node = plan.network.node(id: id) else { return "there is no node '\(id)'" }
        do {
            let sealed = try folder.seal(plan.edition(edition, for: node.index))
            let token = try folder.link(demo, site: demo.chair, role: "operator").token
            // That others must be started again for it is as it should be here.
            let answer = try await client(id).send(
                "POST", "/api/topology?restarts=1&lang=en", token: token, body: sealed, type: "application/octet-stream", timeout: .seconds(5))
            return answer.status == 202 ? nil : answer.text
        } catch { return "\(error)" }
    }

    /// No file takes a byte of this node's, or files do again.
    func setDiskFull(_ id: String, _ isFull: Bool) async { await children.setDiskFull("node " + id, isFull) }

    func isRunning(_ id: String) async -> Bool { await children.isRunning("node " + id) }

    /// Starts all nodes and waits until each has its trunk.
    func startNodes(patience: Double = 60) async throws {
        for node in plan.network.nodes { try await startNode(node.id) }
        let begin = BotLoop.now()
        for node in plan.network.nodes {
            while (try? await client(node.id).send("GET", "/health", timeout: .seconds(2)))?.status != 200 {
                guard (BotLoop.now() - begin).seconds < patience else {
                    throw Failure(description: "after \(Int(patience)) s \(node.id) is not ready; ended: \(await ends.names)")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// As the kernel or a power cut ends it; without its memory, also its disk is gone.
    @discardableResult
    func kill(_ id: String, losesMemory: Bool = false) async -> Instant {
        let at = await children.signal("node " + id, SIGKILL)
        if losesMemory {
            for end in ["", "-wal", "-shm"] { unlink(folder.state(id) + "/archive.sqlite" + end) }
        }
        return at
    }

    /// Lets a node stand still, or go on.
    @discardableResult
    func pause(_ id: String, _ stands: Bool) async -> Instant { await brakes.pause("node " + id, stands) }

    /// Whatever reaches a node that runs waits up to that time for its turn; zero: no longer.
    @discardableResult
    func slow(_ id: String, by late: Interval) async -> Instant { await brakes.slow("node " + id, by: late) }

    /// The clock of a node that the scenario makes wrong.
    func clock(_ id: String) -> FaultyClock? { clocks[id] }

    /// The node's next start is that of ``program``; false: it is so already, since no older one was named.
    func upgrade(_ id: String) -> Bool {
        guard older != nil else { return false }
        _ = upgraded.withLock { $0.insert(id) }
        return true
    }

    /// The node's next start finds a certificate that is valid until that second, or as long as nodes' are.
    func certify(_ id: String, until end: WallTime? = nil) throws {
        guard let node = plan.network.node(id: id) else { throw Failure(description: "there is no node '\(id)'") }
        try folder.certify(node, until: end)
    }

    func status(_ id: String) async throws -> NodeStatus {
        let token = try folder.link(demo, site: demo.chair, role: "operator").token
        return try Console.decode(NodeStatus.self, from: await client(id).send("GET", "/api/status", token: token, timeout: .seconds(2)).body)
    }

    /// When both ends of a trunk called it up, by their own status; nil if they do not say, or if that was before `time`.
    func trunkUp(_ trunk: Trunk, after time: Instant) async -> Instant? {
        let (lower, upper) = (plan.id(trunk.lower), plan.id(trunk.upper))
        guard let below = try? await status(lower).trunks.first(where: { $0.neighbour == upper }),
            let above = try? await status(upper).trunks.first(where: { $0.neighbour == lower }), below.state == "up", above.state == "up"
        else { return nil }
        // The time of an end whose clock is wrong says nothing.
        let times = [(lower, below.since), (upper, above.since)].filter { clocks[$0.0]?.hasJumped != true }.map(\.1)
        guard let since = times.max() else { return nil }
        let offset = BotLoop.wall().milliseconds - BotLoop.now().nanoseconds / 1_000_000
        let at = Instant(nanoseconds: (since - offset) * 1_000_000)
        return at >= time ? at : nil
    }

    // MARK: People

    /// A request to a site's own node, in the site's name; nil: the node does not answer.
    @discardableResult
    func send(_ method: String, _ path: String, _ site: SiteID, _ meeting: MeetingFile, _ body: [UInt8] = []) async -> NodeClient.Answer? {
        let role = meeting.chairs.contains(site) ? "chair" : "room"
        guard let link = try? folder.link(demo, site: site, role: role, meeting: meeting.id), let base = URL(string: link.base) else { return nil }
        return try? await NodeClient(base: base).send(method, path, token: link.token, body: body)
    }

    /// The first chair whose node answers starts the meeting.
    func start(_ meeting: MeetingFile) async throws {
        var form = MeetingForm(
            title: meeting.title, kind: meeting.kind.rawValue, chairs: meeting.chairs.map(\.rawValue), sites: meeting.sites.map(\.rawValue))
        form.id = meeting.id.rawValue
        form.videoCodec = meeting.codec == .h264 ? "h264" : "vp8"
        form.openMicrophones = meeting.openMicrophones
        form.floorSize = meeting.floorSize
        var last = "no chair's node answers"
        for chair in meeting.chairs {
            guard let answer = await send("POST", "/api/meetings", chair, meeting, Console.json(form)) else { continue }
            if answer.status == 201 { return }
            last = "\(answer.status) \(answer.text)"
        }
        throw Failure(description: "\(meeting.id) did not start: \(last)")
    }

    /// Somebody sits down before a page: a bot without a camera that says nothing until it is told to talk.
    func join(_ site: SiteID, _ meeting: MeetingFile) async throws {
        let link = try folder.link(demo, site: site, role: "room", meeting: meeting.id)
        let (watch, name) = (watch, "bot \(site) \(meeting.id)")
        try await children.start(
            name, program,
            [
                "bot", "--node", link.base, "--token", link.token, "--media", cache, "--site", site.rawValue, "--sites", folder.sites,
                "--speak-as-chair", "--sound-only", "--quiet",
            ], log: folder.log(name),
            line: { line in
                guard let event = BotEvent(line: line), event.event == .sound || event.event == .silence, let at = event.at else { return }
                watch.note(
                    LiveWatch.Sound(at: Instant(nanoseconds: at), site: site.rawValue, meeting: meeting.id, isHeard: event.event == .sound))
            })
    }

    /// Tells a hall's bot: `talk`, `quiet` or `quit`.
    func tell(_ site: SiteID, _ meeting: MeetingFile, _ line: String) { children.tell("bot \(site) \(meeting.id)", line) }

    /// Waits until the condition holds; asks a hundred times a second.
    func until(_ what: String, _ seconds: Double, _ holds: () async throws -> Bool) async throws {
        let begin = BotLoop.now()
        while (BotLoop.now() - begin).seconds < seconds {
            if (try? await holds()) == true { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure(description: "not within \(Int(seconds)) s: \(what); ended: \(await ends.names)")
    }
}
