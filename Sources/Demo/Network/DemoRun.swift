import Basics
import BridgeService
import Console
import Foundation
import Glibc
import NodeClient
import Synchronization
import Topology

extension Demo {
    /// Runs a demo to its end. 0: all was well; 1: something was not, and it was said what; 2: these files make no demo.
    public static func run(_ options: DemoOptions) async throws -> Int32 {
        let talk = Talk(json: options.json)
        let plan: Plan
        let folder: DemoFolder
        do {
            plan = try Plan(options)
            folder = try DemoFolder(plan, keep: options.keep)
        } catch let problem as Plan.Unusable {
            talk.error(problem.description)
            return 2
        }
        defer { folder.remove() }
        let signals = StopSignals()
        defer { signals.restore() }
        let run = DemoRun(options: options, plan: plan, folder: folder, talk: talk)
        let result = await withTaskGroup(of: DemoReport?.self) { group in
            group.addTask { await run.run() }
            group.addTask {
                await signals.wait()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // A signal came first: the run winds down and hands in what it has.
            talk.say("stopping …")
            var report: DemoReport?
            for await rest in group { report = rest ?? report }
            var stopped = report ?? DemoReport()
            if options.seconds != nil { stopped.errors.append("stopped by hand before the time was over: not everything was checked") }
            return stopped
        }
        if options.json { talk.result(result) }
        for problem in result.errors { talk.error(problem) }
        if folder.isKept { talk.say("kept: \(folder.path)") }
        return result.errors.isEmpty ? 0 : 1
    }
}

/// One demo from the first process to the last.
struct DemoRun: Sendable {
    let options: DemoOptions
    let plan: Plan
    let folder: DemoFolder
    let talk: Talk

    /// Longest time from the first node's start until all sites are present; a large network takes longer.
    private var patience: Double { 40 + Double(plan.network.count) * 1.5 }

    /// Never throws: what goes wrong stands in the report.
    func run() async -> DemoReport {
        var report = DemoReport()
        report.nodes = plan.network.count
        report.meeting = plan.meeting.id.rawValue
        let stage = Stage(plan.meeting.sites.map(\.rawValue), soundOnly: plan.soundOnly)
        let children = Children { name, how in
            Task { if await !stage.ending { await stage.note("\(name) ended by itself (\(how))\(lastWords(name))") } }
        }
        let watch: NodeWatch
        do {
            let token = try folder.link(plan, site: plan.chair, role: "operator").token
            watch = NodeWatch(plan.network.nodes.map { NodeClient(base: url($0)) }, token: token)
            try await play(children, stage, watch, &report)
        } catch is CancellationError {
        } catch { await stage.note("\(error)") }
        await stage.end()
        await children.stop()
        report.errors = await stage.errors + report.errors
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage) == 0 {
            let micro = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
            report.cpuSeconds = ((Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + micro) * 100).rounded() / 100
        }
        return report
    }

    private func url(_ node: Network.Node) -> URL {
        URL(string: node.pages)!
    }

    /// The end of a process's log, for a message.
    private func lastWords(_ name: String) -> String {
        guard let text = try? String(contentsOfFile: folder.log(name), encoding: .utf8) else { return "" }
        let lines = text.split(separator: "\n").suffix(3)
        return lines.isEmpty ? "" : ": " + lines.joined(separator: " | ")
    }

    private func play(_ children: Children, _ stage: Stage, _ watch: NodeWatch, _ report: inout DemoReport) async throws {
        try await prepareMedia()
        // A link to ourselves would be a link to `setpriv` in the child.
        let program: String
        if let path = realpath(options.program, nil) {
            program = String(cString: path)
            free(path)
        } else {
            program = options.program
        }
        if let taken = LoopbackCheck.taken(in: plan.network) {
            throw Problem(
                description: "\(taken.port) of node \(taken.node.id) is in use, perhaps by another demo: end it, or take other addresses with --loopback N "
                    + "(now \(options.loopback))")
        }
        let begin = Date()
        try await startNodes(children, watch, stage, program)
        let chairLink = try folder.link(plan, site: plan.chair, role: "chair")
        let chair = NodeClient(base: url(plan.node(plan.chair)))
        // As `nhipcau meeting start` does: the meeting's file may name sites that are not the chair's own.
        try await startMeeting(chair, try folder.link(plan, site: plan.chair, role: "operator").token)
        // One reader, so that what a bot did is taken in the order in which it did it.
        let (events, event) = AsyncStream.makeStream(of: (site: String, event: BotEvent).self)
        let ears = Task { for await item in events { await stage.take(item.event, from: item.site) } }
        defer { ears.cancel() }
        let page = Task { await follow(chair, chairLink.token, stage) }
        let polls = Task { await watch.run() }
        defer {
            page.cancel()
            polls.cancel()
        }
        talk.say("meeting \(plan.meeting.id): waiting for \(plan.meeting.sites.count) sites")
        try await startBots(children, program, stage, until: begin + patience) { event.yield(($0, $1)) }
        while await !stage.isComplete {
            try Task.checkCancellation()
            guard -begin.timeIntervalSinceNow < patience else {
                let present = await stage.present
                let late = plan.meeting.sites.map(\.rawValue).filter { !present.contains($0) }
                throw Problem(description: "after \(Int(patience)) s these sites are not present: \(late.joined(separator: ", "))")
            }
            if await !stage.errors.isEmpty, await stage.present.isEmpty, -begin.timeIntervalSinceNow > 15 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let bringUp = (-begin.timeIntervalSinceNow * 100).rounded() / 100
        report.bringUpSeconds = bringUp
        talk.say("all \(plan.meeting.sites.count) sites present after \(bringUp) s")
        try links(chairLink)
        await watch.count()
        let start = Date()
        let view = Task { await draw(stage, watch, start) }
        let conductor = Conductor(
            stage: stage, meeting: plan.meeting, chair: plan.chair.rawValue, client: chair, chairToken: chairLink.token,
            tell: { children.tell("bot " + $0, $1) })
        var loads: [LoadMeter.Trunk] = []
        if let speaker = plan.speaker {
            await conductor.hold(speaker.rawValue)
            do { loads = try await measure(speaker, &report) } catch is CancellationError {}
        } else {
            await conductor.run(seconds: options.seconds)
        }
        view.cancel()
        await view.value
        report.seconds = (-start.timeIntervalSinceNow * 100).rounded() / 100
        if Task.isCancelled {
            // Stopped by hand: nothing more to ask of the nodes.
            await collect(stage, watch, loads, &report, asking: false)
        } else {
            await collect(stage, watch, loads, &report, asking: true)
        }
        for line in LoadTable.lines(report) { talk.say(line) }
    }

    /// What every trunk carries while one hall speaks, by slot.
    private func measure(_ speaker: SiteID, _ report: inout DemoReport) async throws -> [LoadMeter.Trunk] {
        guard let mark = plan.marks.entry(speaker.rawValue) else { return [] }
        let media = SiteMedia(
            .init(name: mark.name, index: mark.index), at: plan.rates, cache: DemoRun.cache(ProcessInfo.processInfo.environment))
        let meter = LoadMeter(network: plan.network, clients: plan.network.nodes.map { NodeClient(base: url($0)) })
        try await Task.sleep(for: LoadMeter.settling)
        let before = await meter.read()
        let start = Date()
        try await Task.sleep(for: .seconds(options.seconds ?? LoadMeter.usual))
        report.loads = DemoReport.Loads(
            speaker: speaker.rawValue, seconds: (-start.timeIntervalSinceNow * 10).rounded() / 10, audio: try media.rate(.opus),
            video: plan.soundOnly ? nil : try media.rate(plan.meeting.codec))
        let planned = NetworkPlan(plan.network, meetings: [plan.demand(speaker: speaker)])
        return meter.loads(planned, from: before, to: await meter.read())
    }

    struct Problem: Error, CustomStringConvertible { var description: String }

    private func prepareMedia() async throws {
        let environment = ProcessInfo.processInfo.environment
        let cache = DemoRun.cache(environment)
        let sites = plan.marks.entries.map { SiteMedia.Site(name: $0.name, index: $0.index) }
        let missing = sites.count { !SiteMedia($0, at: plan.rates, cache: cache).isReady }
        guard missing > 0 else { return }
        let packages = SiteMedia.missingPackages
        guard packages.isEmpty else {
            throw Problem(description: "the halls' voices and pictures need Debian packages: apt-get install \(packages.joined(separator: " "))")
        }
        talk.say("preparing voices and pictures of \(missing) sites in \(cache), once")
        let (talk, rates) = (talk, plan.rates)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            let worker = Thread {
                do throws(MediaError) {
                    _ = try SiteMedia.prepare(sites, at: rates, cache: cache) { n, of in talk.progress("\(n)/\(of)") }
                    done.resume()
                } catch { done.resume(throwing: error) }
            }
            worker.start()
        }
    }

    /// `$NHIPCAU_CACHE`, else `~/.cache/nhipcau/media`.
    static func cache(_ environment: [String: String]) -> String {
        if let named = environment["NHIPCAU_CACHE"], !named.isEmpty { return named }
        return (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? NSTemporaryDirectory()) + "/.cache") + "/nhipcau/media"
    }

    private func startNodes(_ children: Children, _ watch: NodeWatch, _ stage: Stage, _ program: String) async throws {
        talk.say("starting \(plan.network.count) nodes on 127.\(options.loopback).x.y")
        for node in plan.network.nodes {
            try await children.start(
                "node " + node.id, program,
                [
                    "node", "--topology", folder.topology, "--id", node.id, "--state", folder.state(node.id), "--meetings", folder.meetings,
                    "--log-level", "notice",
                ],
                log: folder.log("node " + node.id), line: { _ in })
        }
        let begin = Date()
        var waiting = Array(plan.network.nodes.indices)
        while !waiting.isEmpty {
            try Task.checkCancellation()
            let ended = await stage.errors
            if let first = ended.first(where: { $0.hasPrefix("node ") }) { throw Problem(description: "not all nodes run: \(first)") }
            waiting = await withTaskGroup(of: (Int, Bool).self) { group in
                for slot in waiting { group.addTask { (slot, await watch.isReady(slot)) } }
                var left: [Int] = []
                for await (slot, ready) in group where !ready { left.append(slot) }
                return left.sorted()
            }
            guard -begin.timeIntervalSinceNow < patience else {
                let names = waiting.map { plan.network.nodes[$0].id }.joined(separator: ", ")
                let words = lastWords("node " + plan.network.nodes[waiting[0]].id)
                throw Problem(description: "after \(Int(patience)) s these nodes are not ready: \(names)\(words)")
            }
            if !waiting.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        }
    }

    private func startMeeting(_ chair: NodeClient, _ token: String) async throws {
        let answer = try await chair.send("POST", "/api/meetings", token: token, body: Console.json(["file": plan.meeting.id.rawValue]))
        guard answer.status == 201 else { throw Problem(description: "the meeting did not start: \(answer.status) \(answer.text)") }
    }

    /// Halls that join at the same time: more would keep a machine so busy that trunks fall silent.
    private static let joining = 12

    private func startBots(
        _ children: Children, _ program: String, _ stage: Stage, until limit: Date, _ tell: @escaping @Sendable (_ site: String, _ event: BotEvent) -> Void
    ) async throws {
        let cache = DemoRun.cache(ProcessInfo.processInfo.environment)
        for (started, site) in plan.meeting.sites.enumerated() {
            while await started - stage.joined >= DemoRun.joining, limit.timeIntervalSinceNow > 0 { try await Task.sleep(for: .milliseconds(20)) }
            let link = try folder.link(plan, site: site, role: "room")
            // While trunks are measured, cameras whose pictures cross none are off.
            let isSeen = plan.speaker == nil || [plan.chair, plan.speaker].contains(site)
            let speaks = site == plan.chair && plan.meeting.kind == .resolutionStudy
            try await children.start(
                "bot " + site.rawValue, program,
                [
                    "bot", "--node", link.base, "--token", link.token, "--media", cache, "--site", site.rawValue, "--sites", folder.sites, "--rests",
                    "--audio", "\(plan.rates.audio.bitsPerSecond)", "--video", "\(plan.rates.video.bitsPerSecond)",
                ] + (speaks ? ["--speak-as-chair"] : []) + (plan.soundOnly ? ["--sound-only"] : isSeen ? [] : ["--camera-off"]),
                log: folder.log("bot " + site.rawValue),
                line: { line in
                    if let event = BotEvent(line: line) { tell(site.rawValue, event) }
                })
        }
    }

    /// The chair's page: who is present, who speaks, who waits.
    private func follow(_ chair: NodeClient, _ token: String, _ stage: Stage) async {
        while !Task.isCancelled {
            let page = Mutex<PageState?>(nil)
            try? await chair.events("/api/events", token: token) { @Sendable event in
                let data = Array(event.data.utf8)
                var next = page.withLock { $0 }
                if event.name == "state" { next = try Console.decode(PageState.self, from: data) }
                if event.name == "change" { try next?.apply(Console.decode(PageChange.self, from: data)) }
                page.withLock { $0 = next }
                await stage.show(next)
                return !Task.isCancelled
            }
            try? await Task.sleep(for: .milliseconds(300))
        }
    }

    private func links(_ chairLink: PageLink) throws {
        talk.say("chair: \(chairLink.url)")
        let rooms = plan.meeting.sites.filter { $0 != plan.chair }
        let few = rooms.count > 10 ? Array(rooms.prefix(4)) : rooms
        for site in few { talk.say("\(plan.network.name(of: site) ?? site.rawValue): \(try folder.link(plan, site: site, role: "room").url)") }
        if few.count < rooms.count {
            let command = "nhipcau token --authority \(folder.path)/authority --topology \(folder.topology) --site SITE --role room"
            talk.say("links of the other \(rooms.count - few.count) sites: \(command)")
        }
    }

    private func draw(_ stage: Stage, _ watch: NodeWatch, _ start: Date) async {
        var view = LiveView(plan, output: talk.descriptor)
        while !Task.isCancelled {
            await view.show(await watch.last, stage, elapsed: -start.timeIntervalSinceNow)
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Fills the report in and says what is not as it should be.
    private func collect(
        _ stage: Stage, _ watch: NodeWatch, _ loads: [LoadMeter.Trunk], _ report: inout DemoReport, asking: Bool
    ) async {
        if asking { report.rosterEqual = await rosterSettles(watch) }
        let statuses = await watch.last
        for slot in plan.network.nodes.indices {
            guard let parent = plan.network.tree.parent(slot) else { continue }
            let state = statuses[slot]?.trunks.first { $0.direction == "up" && !$0.backup }?.state ?? "unknown"
            var flows = await watch.flows(slot)
            if !loads.isEmpty { (flows.up.load, flows.down.load) = loads[slot] }
            report.trunks.append(
                .init(child: plan.network.nodes[slot].id, parent: plan.network.nodes[parent].id, state: state, up: flows.up, down: flows.down))
        }
        let meetings = statuses.compactMap { $0?.meetings.first { $0.id == plan.meeting.id.rawValue } }
        let decided = meetings.filter(\.crown).isEmpty ? meetings : meetings.filter(\.crown)
        report.floor.grants = decided.map(\.grants).max() ?? 0
        report.floor.refusals = decided.map(\.refusals).max() ?? 0
        let halls = await stage.halls
        let present = await stage.present
        report.speakers = await stage.speakers
        for site in plan.meeting.sites.map(\.rawValue) {
            let hall = halls[site] ?? Stage.Hall()
            report.sites.append(
                .init(id: site, present: present.contains(site), heard: hall.heard.subtracting([site]).sorted(), saw: hall.saw.subtracting([site]).sorted()))
            if hall.heard.contains(site) { report.errors.append("\(site) heard itself") }
        }
        report.judgeLoads()
        guard asking else { return }
        for trunk in report.trunks where trunk.state != "up" { report.errors.append("trunk \(trunk.child) – \(trunk.parent) is \(trunk.state)") }
        for site in report.sites where !site.present { report.errors.append("\(site.id) is not present") }
        if !report.rosterEqual { report.errors.append("the nodes do not hold the same roster") }
        if report.speakers.isEmpty { report.errors.append("nobody had the floor long enough to be heard") }
        for speaker in report.speakers {
            for site in report.sites where site.id != speaker {
                if !site.heard.contains(speaker) { report.errors.append("\(site.id) did not hear \(speaker)") }
                if !plan.soundOnly, !site.saw.contains(speaker) { report.errors.append("\(site.id) did not see \(speaker)") }
            }
        }
        for site in report.sites where site.heard.isEmpty && report.speakers.contains(where: { $0 != site.id }) {
            report.errors.append("\(site.id) heard nobody")
        }
    }

    /// Asks every node of the meeting's subtree for its roster's digest until they agree, for three seconds at most.
    private func rosterSettles(_ watch: NodeWatch) async -> Bool {
        let must = Set(plan.involved)
        let all = Array(plan.network.tree.subtree(plan.top))
        for _ in 0..<10 {
            let digests = await withTaskGroup(of: (Int, String?).self) { group in
                for slot in all {
                    group.addTask {
                        let status = await watch.ask(slot)
                        return (slot, status?.meetings.first { $0.id == plan.meeting.id.rawValue }?.rosterDigest)
                    }
                }
                var found: [(Int, String?)] = []
                for await one in group { found.append(one) }
                return found
            }
            // A node off the meeting's ways may not know it; whoever does must know the same.
            let known = Set(digests.compactMap(\.1))
            if known.count == 1, digests.allSatisfy({ $0.1 != nil || !must.contains($0.0) }) { return true }
            try? await Task.sleep(for: .milliseconds(300))
        }
        return false
    }
}
