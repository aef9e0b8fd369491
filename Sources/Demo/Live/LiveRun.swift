import Basics
import Conference
import Console
import Foundation
import Simulator
import Topology

/// What a live run is asked for besides its scenario.
public struct LiveOptions: Sendable {
    /// The lines' chance comes from here.
    public var seed: UInt64
    /// The second number of the nodes' loopback addresses, 1…254.
    public var loopback: UInt8
    /// The program that `node …` and `bot …` are arguments of.
    public var program: String
    /// What nodes run until `newer-program` makes them run ``program``; nil: there is no other.
    public var older: String?
    /// The folder of the halls' clips; nil: the demo's.
    public var cache: String?
    /// Leaves topologies, states and logs in this folder.
    public var keep: String?

    public init(
        seed: UInt64, loopback: UInt8 = 79, program: String = "/proc/self/exe", older: String? = nil, cache: String? = nil, keep: String? = nil
    ) {
        self.seed = seed
        self.loopback = loopback
        self.program = program
        self.older = older
        self.cache = cache
        self.keep = keep
    }
}

/// What a live run measured, by the simulator's names.
public struct LiveFindings: Sendable {
    /// In each measure's own unit; one that was never seen is missing.
    public var measured: [Expectation.Measure: Double] = [:]
    /// Mean kbit/s of the run, up and down.
    public var trunks: [Trunk: (up: Double, down: Double)] = [:]
    /// What was not done or went wrong, in sentences.
    public var notes: [String] = []
}

extension Demo {
    /// Plays a scenario with real processes on this machine's loopback, in real time.
    ///
    /// Throws a sentence where it cannot begin: no room for so many halls, a node that does not come up.
    public static func play(_ scenario: Scenario, _ options: LiveOptions) async throws -> LiveFindings {
        if let liar = scenario.liars.first {
            throw LiveNetwork.Failure(description: "\(scenario.network.node(liar)?.id ?? "") lies: no real program does; play it without --live")
        }
        let network = try LiveNetwork(
            scenario, seed: options.seed, loopback: options.loopback, program: options.program, older: options.older,
            cache: options.cache ?? DemoRun.cache(ProcessInfo.processInfo.environment), keep: options.keep)
        let run = LiveRun(network)
        do {
            try await network.startNodes(patience: 60 + Double(scenario.network.count))
            let findings = try await run.play()
            await network.stop()
            return findings
        } catch {
            await network.stop()
            throw error
        }
    }
}

/// One scenario from its first event to the end of its liveness phase, on the machine's clock.
final class LiveRun {
    private let network: LiveNetwork
    private let scenario: Scenario
    private var notes: [String] = []
    private var isDown: Set<String> = []
    private var hasFullDisk: Set<String> = []
    /// Nodes whose certificate is over.
    private var hasExpired: Set<NodeIndex> = []
    /// Starts that a full disk did not let happen.
    private var failedStarts: [String: Int] = [:]
    /// What is still to come, by time.
    private var steps: [(at: Interval, step: Step)] = []
    private var zero = Instant.zero
    /// A service manager waits so long before it starts a process again, as `docs/deploy/nhipcau.service` has it.
    private static let supervisorPause = Interval.seconds(Int64(1))
    /// What was broken or mended, and when.
    private var faults: [(at: Instant, event: Event)] = []
    /// Trunks that were mended, when, and what was still cut then.
    private var trunksBack: [(at: Instant, trunk: Trunk, cuts: Set<Trunk>)] = []
    /// Cuts whose end is still to come.
    private var openCuts: Set<Trunk> = []

    init(_ network: LiveNetwork) {
        self.network = network
        scenario = network.plan.scenario
    }

    private enum Step {
        case start(MeetingFile)
        case happen(Event)
        case wake(NodeIndex)
        case startAgain(String)
        case heal
    }

    /// After everything that is due by then.
    private func add(_ at: Interval, _ step: Step) {
        steps.insert((at, step), at: steps.firstIndex { $0.at > at } ?? steps.count)
    }

    func play() async throws -> LiveFindings {
        if let begin = network.begin {
            let wait = begin - BotLoop.wall()
            if wait < .zero { notes.append("nodes took long to come up, so certificates are over \(-wait.milliseconds) ms early") }
            try await Task.sleep(for: .nanoseconds(max(0, wait.nanoseconds)))
        }
        zero = BotLoop.now()
        network.relay.beginCounting()
        for meeting in scenario.meetings { add(meeting.startsAt, .start(meeting.file)) }
        for timed in scenario.timeline {
            add(timed.at, .happen(timed.event))
            if case .pause(let node, let time) = timed.event { add(timed.at + time, .wake(node)) }
        }
        add(scenario.safetyPhase, .heal)
        let talking = Set(steps.compactMap { step -> SiteID? in if case .happen(.talk(let site, _, true)) = step.step { site } else { nil } })
        if talking.isEmpty { notes.append("nobody talks in this scenario, so no gap can be heard") }
        while !steps.isEmpty {
            let (at, step) = steps.removeFirst()
            let wait = (zero + at - BotLoop.now()).nanoseconds
            if wait > 0 { try await Task.sleep(for: .nanoseconds(wait)) }
            switch step {
            case .start(let meeting): try await network.start(meeting)
            case .wake(let node): await network.pause(network.plan.id(node), false)
            case .startAgain(let id): await startAgain(id)
            case .heal: await heal()
            case .happen(let event): await happen(event, at)
            }
        }
        let end = zero + scenario.safetyPhase + scenario.livenessPhase
        try await Task.sleep(for: .nanoseconds(max(0, (end - BotLoop.now()).nanoseconds)))
        return await findings(zero, end)
    }

    // MARK: Faults and deeds

    /// `at`: of the scenario.
    private func happen(_ event: Event, _ at: Interval) async {
        let relay = network.relay
        switch event {
        case .cut(let trunk):
            openCuts.insert(trunk)
            faults.append((relay.cut(trunk), event))
        case .cutOneWay(let from, let to):
            for trunk in [Trunk(lower: from, upper: to), Trunk(lower: to, upper: from)] where network.plan.lines.contains(where: { $0.trunk == trunk }) {
                openCuts.insert(trunk)
            }
            faults.append((relay.cut(from: from, to: to), event))
        case .mend(let trunk): mend(trunk)
        case .impair(let trunk, let impairment): relay.impair(trunk, up: impairment, down: impairment)
        case .crash(let node, let losesMemory):
            let id = network.plan.id(node)
            isDown.insert(id)
            faults.append((await network.kill(id, losesMemory: losesMemory), event))
        case .restart(let node): await restart(network.plan.id(node))
        case .pause(let node, _): faults.append((await network.pause(network.plan.id(node), true), event))
        case .slow(let node, let late): faults.append((await network.slow(network.plan.id(node), by: late), event))
        case .drift(let node, let ppm): changeClock(of: node) { $0.setDrift(ppm) }
        case .stepClock(let node, let by): changeClock(of: node) { $0.step(by: by) }
        // Its time is in the certificate that it has.
        case .certificateExpired(let node, true): hasExpired.insert(node)
        case .certificateExpired(let node, false): await renew(node, at)
        case .newerProgram(let node): await upgrade(node, event)
        case .diskFull(let node, let isFull): await setDiskFull(network.plan.id(node), isFull)
        case .loadTopology(let node, let edition): await load(edition, at: network.plan.id(node))
        default: await deed(event)
        }
    }

    private func changeClock(of node: NodeIndex, _ change: (FaultyClock) -> Void) {
        let id = network.plan.id(node)
        guard let clock = network.clock(id) else { return leaveOut("the clock of \(id)", network.clockProblem ?? "it has none") }
        change(clock)
    }

    /// New files and a restart, as `docs/operation.md` has it.
    private func renew(_ node: NodeIndex, _ at: Interval) async {
        guard hasExpired.remove(node) != nil else { return }
        let id = network.plan.id(node)
        let end = network.plan.expiry(of: node, after: at).map { BotLoop.wall() + ($0 - at) }
        do { try network.certify(id, until: end) } catch { return notes.append("\(id) has no new certificate: \(error)") }
        guard !isDown.contains(id) else { return }
        faults.append((await network.kill(id), .certificateExpired(node, false)))
        await start(id)
    }

    /// One that is down runs the newer program at its next start.
    private func upgrade(_ node: NodeIndex, _ event: Event) async {
        let id = network.plan.id(node)
        guard network.upgrade(id) else { return leaveOut("the newer program of \(id)", "`--older-program` names the one to begin with") }
        guard !isDown.contains(id) else { return }
        faults.append((await network.kill(id), event))
        await start(id)
    }

    private func setDiskFull(_ id: String, _ isFull: Bool) async {
        if isFull { hasFullDisk.insert(id) } else { hasFullDisk.remove(id) }
        await network.setDiskFull(id, isFull)
    }

    /// A node that runs goes over; where it does not, it is started again with the new file, as in the simulator. One that is down finds the
    /// file at its next start.
    private func load(_ edition: Network, at id: String) async {
        do { try network.install(edition, at: id) } catch { return notes.append("\(id) was given no edition: \(error)") }
        guard await network.isRunning(id), let refusal = await network.apply(edition, at: id) else { return }
        notes.append("\(id) was started again with version \(edition.version): \(refusal)")
        await network.kill(id)
        isDown.insert(id)
        await restart(id)
    }

    private func deed(_ event: Event) async {
        func file(_ id: MeetingID) -> MeetingFile? { scenario.meetings.first { $0.file.id == id }?.file }
        func post(_ path: String, _ site: SiteID, _ meeting: MeetingID, _ body: [UInt8]) async {
            guard let file = file(meeting) else { return }
            await network.send("POST", path, site, file, body)
        }
        func post(_ path: String, _ site: SiteID, _ meeting: MeetingID, _ body: String = "{}") async {
            await post(path, site, meeting, Array(body.utf8))
        }
        switch event {
        case .join(let site, let meeting):
            guard let file = file(meeting) else { return }
            do { try await network.join(site, file) } catch { notes.append("\(site) could not join: \(error)") }
        case .leave(let site, let meeting): if let file = file(meeting) { network.tell(site, file, "quit") }
        case .talk(let site, let meeting, let talks): if let file = file(meeting) { network.tell(site, file, talks ? "talk" : "quiet") }
        case .request(let site, let meeting, let priority): await post("/api/floor/request", site, meeting, "{\"priority\":\(priority.rawValue)}")
        case .withdraw(let site, let meeting): await post("/api/floor/withdraw", site, meeting)
        case .mute(let site, let meeting, let muted): await post("/api/mute", site, meeting, "{\"muted\":\(muted)}")
        case .give(let chair, let meeting, let site): await post("/api/floor/give", chair, meeting, "{\"site\":\"\(site)\"}")
        case .revoke(let chair, let meeting, let site): await post("/api/floor/revoke", chair, meeting, "{\"site\":\"\(site)\"}")
        case .muteAll(let chair, let meeting): await post("/api/mute-all", chair, meeting)
        case .end(let chair, let meeting): if let file = file(meeting) { await network.send("DELETE", "/api/meetings/\(meeting)", chair, file) }
        case .breakAway(let node, let meeting): if let site = hall(node, meeting) { await post("/api/break-away", site, meeting) }
        case .rejoin(let node, let meeting): if let site = hall(node, meeting) { await post("/api/rejoin", site, meeting) }
        case .openVote(let chair, let meeting, let question):
            await post("/api/vote/open", chair, meeting, Console.json(["question": question]))
        case .closeVote(let chair, let meeting, let question):
            guard let vote = vote(question, meeting, at: chair) else { return }
            await post("/api/vote/close", chair, meeting, Console.json(["vote": vote]))
        case .cast(let site, let meeting, let ballot, let question):
            guard let vote = vote(question, meeting, at: site) else { return notes.append("\(site) did not see the vote '\(question)'") }
            await post("/api/vote/cast", site, meeting, Console.json(CastBody(vote, ballot)))
        default: break
        }
    }

    /// The vote's name, as the page at the site's node shows it.
    private func vote(_ question: String, _ meeting: MeetingID, at site: SiteID) -> String? {
        guard let node = network.plan.network.slot(site: site) else { return nil }
        return network.watch.latest(meeting)[node]?.meeting?.votes.last { $0.question == question }?.id
    }

    /// A site of the meeting at that node, for what a node's people decide.
    private func hall(_ node: NodeIndex, _ meeting: MeetingID) -> SiteID? {
        let network = network.plan.network
        return scenario.meetings.first { $0.file.id == meeting }?.file.sites.first { network.slot(site: $0) == network.slot(node) }
    }

    private func leaveOut(_ what: String, _ why: String) {
        let note = "left out: \(what), since \(why)"
        if !notes.contains(note) { notes.append(note) }
    }

    private func mend(_ trunk: Trunk) {
        let at = network.relay.mend(trunk)
        faults.append((at, .mend(trunk)))
        if openCuts.remove(trunk) != nil { trunksBack.append((at, trunk, openCuts)) }
    }

    private func restart(_ id: String) async {
        guard isDown.remove(id) != nil else { return }
        await start(id)
    }

    private func start(_ id: String) async {
        let isFull = hasFullDisk.contains(id)
        do { try await network.startNode(id, diskIsFull: isFull) } catch { return notes.append("\(id) did not start again: \(error)") }
        if isFull { add(BotLoop.now() - zero + LiveRun.supervisorPause, .startAgain(id)) }
    }

    /// What a service manager does with a node that ended because it could write nothing.
    private func startAgain(_ id: String) async {
        guard !isDown.contains(id) else { return }
        guard await network.isRunning(id) else {
            failedStarts[id, default: 0] += 1
            return await start(id)
        }
        if hasFullDisk.contains(id) { add(BotLoop.now() - zero + LiveRun.supervisorPause, .startAgain(id)) }
    }

    /// Faults stop in the core; the rest stays as it is.
    private func heal() async {
        let core = scenario.core.map(Set.init)
        func isHealed(_ node: NodeIndex) -> Bool { core?.contains(node) ?? true }
        for line in network.plan.lines where isHealed(line.trunk.lower) && isHealed(line.trunk.upper) {
            mend(line.trunk)
            let (up, down) = network.plan.fair(line.trunk)
            network.relay.impair(line.trunk, up: up, down: down)
        }
        for node in network.plan.network.nodes where isHealed(node.index) {
            await network.pause(node.id, false)
            await network.slow(node.id, by: .zero)
            if hasFullDisk.contains(node.id) { await setDiskFull(node.id, false) }
            await renew(node.index, scenario.safetyPhase)
            await restart(node.id)
        }
    }

    // MARK: What came of it

    private func findings(_ zero: Instant, _ end: Instant) async -> LiveFindings {
        let measures = LiveMeasures(network.plan, network.watch)
        var result = LiveFindings()
        func most(_ measure: Expectation.Measure, _ times: [Interval?]) {
            let seen = times.compactMap { $0 }
            if let longest = seen.max() { result.measured[measure] = longest.seconds * 1_000 }
            // Some meetings have nothing to do with some lines, so this is no miss; but the longest of the rest is not the whole truth.
            if seen.count < times.count { notes.append("\(measure.rawValue): not seen \(times.count - seen.count) of \(times.count) times") }
        }
        let firstFault = faults.first?.at ?? end
        var partings: [Interval?] = []
        var gaps: [Interval?] = []
        for (at, event) in faults {
            let limit = faults.first { $0.at > at }?.at ?? end
            for meeting in scenario.meetings.map(\.file) {
                switch event {
                case .cut(let trunk): partings.append(measures.bothMeet(trunk, meeting.id, after: at, before: limit))
                case .cutOneWay: break
                case .crash(let node, _), .newerProgram(let node):
                    partings += network.plan.lines.filter { $0.trunk.upper == node }.map {
                        measures.lowerMeets($0.trunk, meeting.id, after: at, before: limit)
                    }
                default: continue
                }
                let heard = measures.gaps(
                    meeting.id, sites: meeting.sites.map(\.rawValue), after: at, window: .seconds(Int64(1)), before: limit, sameSpeaker: true)
                // A hall that hears nobody until the next fault has no speaker in its part.
                gaps += heard.values.filter { $0 < limit - at - .milliseconds(200) }
            }
        }
        most(.partMeetsWithin, partings)
        most(.gapAfterCut, gaps)
        most(.rosterEverywhereWithin, scenario.meetings.flatMap { measures.rosterDelays($0.file.id, until: firstFault) })
        var heals: [Interval?] = []
        for (at, trunk, cuts) in trunksBack {
            let part = measures.part(of: trunk.lower, cuts: cuts)
            // Status tells of the last time only.
            guard !faults.contains(where: { $0.at > at && $0.event == .cut(trunk) }), let back = await network.trunkUp(trunk, after: at) else { continue }
            for meeting in scenario.meetings {
                heals.append(measures.agreement(meeting.file.id, after: at, before: end, andQueue: false, among: part).map { max(.zero, $0 - back) })
            }
        }
        most(.healedWithin, heals)
        var busiest = 0.0
        for line in network.plan.lines {
            guard let (up, down) = network.relay.load(line.trunk) else { continue }
            result.trunks[line.trunk] = (up.kbps(over: end - zero), down.kbps(over: end - zero))
            busiest = max(busiest, up.mostKbps, down.mostKbps)
        }
        result.measured[.maxTrunkRate] = busiest
        result.measured[.ballots] = Double(scenario.meetings.reduce(0) { $0 + measures.ballots($1.file.id, among: scenario.core.map(Set.init)) })
        for (id, count) in failedStarts.sorted(by: { $0.key < $1.key }) { notes.append("\(id) did not start \(count) times: its disk was full") }
        for how in await network.ends.names where how.hasPrefix("node ") && !how.hasSuffix("signal 9") {
            let isKnown = failedStarts.keys.contains { how == "node \($0): exit code 1" }
            if !isKnown { notes.append("\(how), by itself") }
        }
        result.notes = notes
        return result
    }
}

/// The body of a ballot.
private struct CastBody: Encodable {
    var vote: String
    var agree: Int
    var disagree: Int
    var abstain: Int
    init(_ vote: String, _ ballot: Ballot) {
        self.vote = vote
        (agree, disagree, abstain) = (ballot.agree, ballot.disagree, ballot.abstain)
    }
}
