import Basics
import Conference
import Topology

// The timeline: faults and deeds as the scenario has them, and the healing between its phases.
extension World {
    func place(_ node: NodeIndex) -> SimulatedNode? { scenario.network.slot(node).map { nodes[$0] } }

    func happen(_ event: Event) {
        switch event {
        case .cut(let trunk): cut(trunk)
        case .cutOneWay(let from, let to): cutOneWay(from, to)
        case .mend(let trunk): mend(trunk)
        case .impair(let trunk, let impairment): impair(trunk, impairment)
        case .crash(let node, let losesMemory):
            guard let node = place(node) else { return }
            measures.fault(self)
            let wasAlive = node.isAlive
            crash(node, losesMemory: losesMemory)
            if wasAlive { measures.died(node, self) }
        case .restart(let node):
            guard let node = place(node) else { return }
            node.wantsStart = true
            start(node)
            measures.faultEnded(self)
        case .pause(let node, let time): if let node = place(node) { pause(node, for: time) }
        case .slow(let node, let delay):
            guard let node = place(node) else { return }
            node.slowness = max(.zero, delay)
            node.troubledAt = now
            findings.tell(now, node.index, delay > .zero ? "handles everything \(delay.milliseconds) ms late" : "is quick again")
        case .drift(let node, let millionths):
            guard let node = place(node) else { return }
            node.clock.setDrift(millionths, now: now)
            replan(node)
        case .stepClock(let node, let by):
            guard let node = place(node) else { return }
            node.clock.stepWall(by)
            findings.tell(now, node.index, "its wall clock jumps by \(by.milliseconds) ms")
        case .diskFull(let node, let isFull):
            // What was written long before is on the disk.
            place(node)?.disk.commit(now: now)
            place(node)?.disk.isFull = isFull
            if let node = place(node) { byzantine.forgets(node.place) }
        case .certificateExpired(let node, let isExpired): place(node)?.certificate.isExpired = isExpired
        case .loadTopology(let node, let network):
            guard let node = place(node) else { return }
            load(network, at: node)
        case .newerProgram(let node): if let node = place(node) { upgrade(node) }
        case .byzantine(let node, let lies): if let node = place(node) { replaceProgram(of: node, lies: lies) }
        default: deed(event)
        }
    }

    /// A living node goes over while it runs (`docs/applying.md`), unless something forbids it: then it is started again. A dead one finds
    /// the edition at its next start.
    private func load(_ network: Network, at node: SimulatedNode) {
        node.network = network
        guard node.isAlive else { return }
        var isAdopted = false
        if node.responds(now) { turn(node) { bridge, boot in isAdopted = (try? bridge.adopt(peopled(network), now: boot)) != nil } }
        guard !isAdopted else { return findings.count("edition adopted") }
        crash(node, losesMemory: false)
        node.wantsStart = true
        start(node)
    }

    private func deed(_ event: Event) {
        switch event {
        case .join(let site, let meeting):
            guard let hall = hall(site, meeting) else { return }
            hall.wanted = true
            tryJoin(hall)
        case .leave(let site, let meeting): if let hall = hall(site, meeting) { leave(hall) }
        case .talk(let site, let meeting, let talks): if let hall = hall(site, meeting) { setTalking(hall, talks) }
        case .request(let site, let meeting, let priority): perform(.requestFloor(priority), site, meeting)
        case .withdraw(let site, let meeting): perform(.withdraw, site, meeting)
        case .mute(let site, let meeting, let muted): perform(.setMuted(muted), site, meeting)
        case .give(let chair, let meeting, let site): perform(.give(site), chair, meeting)
        case .revoke(let chair, let meeting, let site): perform(.revoke(site), chair, meeting)
        case .muteAll(let chair, let meeting): perform(.muteAll, chair, meeting)
        case .end(let chair, let meeting):
            if let m = meetings.firstIndex(where: { $0.id == meeting }) { byzantine.chairEnds(m) }
            perform(.end, chair, meeting)
        case .openVote(let chair, let meeting, let question): openVote(chair, meeting, question)
        case .closeVote(let chair, let meeting, let question): closeVote(chair, meeting, question)
        case .cast(let site, let meeting, let ballot, let question): cast(ballot, site, meeting, question)
        case .breakAway(let node, let meeting): performAtNode(.breakAway, node, meeting)
        case .rejoin(let node, let meeting): performAtNode(.rejoin, node, meeting)
        default: break
        }
    }

    /// What a node's own people decide for all below it: its first site says so.
    private func performAtNode(_ action: ConferenceAction, _ node: NodeIndex, _ meeting: MeetingID) {
        guard let site = scenario.network.node(node)?.rooms.first?.id else { return }
        if perform(action, site, meeting) { findings.count(action == .breakAway ? "broke away" : "rejoined") }
    }

    // MARK: Lines

    private func setCut(_ l: Int, _ isCut: Bool) {
        links[l].isCut = isCut
        links[l].troubledAt = now
    }

    func cut(_ trunk: Trunk) {
        guard let (up, down) = linksByTrunk[trunk] else { return }
        measures.fault(self)
        noteSecondCut(trunk)
        setCut(up, true)
        setCut(down, true)
        findings.tell(now, trunk.lower, "cut off from \(name(trunk.upper))")
        measures.cut(trunk, self)
    }

    private func cutOneWay(_ from: NodeIndex, _ to: NodeIndex) {
        measures.fault(self)
        if let (up, _) = linksByTrunk[Trunk(lower: from, upper: to)] { setCut(up, true) }
        if let (_, down) = linksByTrunk[Trunk(lower: to, upper: from)] { setCut(down, true) }
        findings.tell(now, from, "is no longer heard by \(name(to))")
    }

    func mend(_ trunk: Trunk) {
        guard let (up, down) = linksByTrunk[trunk], links[up].isCut || links[down].isCut else { return }
        setCut(up, false)
        setCut(down, false)
        findings.tell(now, trunk.lower, "its line to \(name(trunk.upper)) is mended")
        measures.faultEnded(self)
    }

    private func impair(_ trunk: Trunk, _ impairment: Impairment) {
        guard let (up, down) = linksByTrunk[trunk] else { return }
        for l in [up, down] {
            links[l].model.change(to: impairment)
            links[l].troubledAt = now
        }
    }

    private func noteSecondCut(_ trunk: Trunk) {
        var slot = scenario.network.tree.parent(scenario.network.slot(trunk.lower) ?? 0)
        while let here = slot, let above = scenario.network.tree.parent(here) {
            let higher = Trunk(lower: nodes[here].index, upper: nodes[above].index)
            if let (up, _) = linksByTrunk[higher], links[up].isCut { findings.count("two cuts on one path") }
            slot = above
        }
    }

    func name(_ node: NodeIndex) -> String { scenario.network.node(node)?.id ?? node.description }

    /// A changed clock moves deadlines.
    private func replan(_ node: SimulatedNode) {
        guard let bridge = node.bridge else { return }
        node.wakeAt = nil
        plan(node, bridge.deadline)
    }

    // MARK: The liveness phase

    /// Faults stop in the core; the rest stays as it is.
    func heal() {
        isHealed = true
        findings.tell(now, nil, "the core is healed")
        var calmFrom = Instant.zero
        for l in links.indices where core[Int(links[l].from)] && core[Int(links[l].to)] {
            if links[l].isCut { setCut(l, false) }
            var fair = links[l].fair
            fair.loss = BurstLoss(share: min(0.2, fair.loss.share))
            fair.corrupt = min(fair.corrupt, 0.2 - fair.loss.share)
            links[l].model.change(to: fair)
            calmFrom = max(calmFrom, links[l].model.calmAt)
        }
        let lines = links.filter(\.isUp).map { (lower: Int($0.from), upper: Int($0.to), line: $0.model.impairment) }
        liveness.healed(LivenessBounds(scenario.network, core: core, lines: lines), calmFrom: calmFrom)
        for node in nodes where core[node.place] {
            node.slowness = .zero
            node.disk.isFull = false
            node.certificate.isExpired = false
            if let until = node.pausedUntil, until > now {
                node.pausedUntil = now
                resume(node)
            }
            if node.bridge == nil {
                node.wantsStart = true
                start(node)
            }
        }
        measures.faultEnded(self)
        heap.push(.probe, at: now + LivenessWatch.pause)
    }

    func probe() {
        liveness.probe(since: .zero + scenario.safetyPhase)
        goOn()
        heap.push(.probe, at: now + LivenessWatch.pause)
    }

    /// A run does not end before every rule could be judged: what is open at its end would otherwise pass unseen.
    private func goOn() {
        let next = now + LivenessWatch.pause
        guard next > end, findings.violations.isEmpty else { return }
        let open = liveness.open()
        guard open?.isEmpty != true else { return }
        guard now - plannedEnd < LivenessWatch.patience else {
            let what = open?.map { "\($0.what) of \(meetings[$0.meeting].id)" }.joined(separator: ", ") ?? "its trunks"
            return findings.violation("L1", now, "\(LivenessWatch.patience) after the end of the liveness phase the core is not settled: \(what)")
        }
        if end == plannedEnd { findings.count("settled after the end") }
        end = next
    }
}
