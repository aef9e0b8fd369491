import Basics
import Bridge
import Conference

/// A microphone that is open under a lease.
struct OpenGate: Hashable {
    /// The node's place.
    var node: Int
    var site: SiteID
    var lease: FloorSnapshot.Lease
}

// The floor's safety, seen from outside: after each event that changed something at a node, and no more than that.
extension World {
    /// Looks at a node after an event; `inspected` is the datagram that was its input, or −1.
    @inline(__always)
    func inspect(_ node: SimulatedNode, _ bridge: Bridge, _ boot: Instant) {
        let revision = bridge.floorRevision
        guard revision != node.revision else { return }
        node.revision = revision
        for m in meetings.indices {
            let revision = bridge.floorRevision(of: meetings[m].id)
            guard revision != node.revisions[m] else { continue }
            node.revisions[m] = revision
            let floor = bridge.floorSnapshot(of: meetings[m].id)
            if floor != node.floors[m] { floorChanged(node, m, to: floor) }
            guard let floor else { continue }
            measures.lookAtOwnRoster(node, bridge, m, self)
            if floor.runs { checkAdmitted(node, bridge, m) }
        }
        if !measures.rosterChanges.isEmpty { measures.look(at: node, bridge, self) }
    }

    func floorChanged(_ node: SimulatedNode, _ m: Int, to new: FloorSnapshot?) {
        let old = node.floors[m]
        node.floors[m] = new
        if findings.keepsStory { tellFloor(node, m, old, new) }
        // What was filed with this input may hold a lease already.
        if let new { ledger.look(node, m, old, new, self) }
        if old?.homes != new?.homes { homesChanged(node, m, old, new) }
        if let new {
            checkSlots(node, m, old, new)
            checkAttachment(node, m, old, new)
        }
        if meetings[m].openGates.count > 1 { checkGates(m) }
        if old?.uplink != new?.uplink || old?.children != new?.children || old?.acts != new?.acts { measures.attachmentChanged(m, self) }
    }

    /// S2: what a node mixes of a floor of size N is at most N voices, beside the acting chair's.
    private func checkAdmitted(_ node: SimulatedNode, _ bridge: Bridge, _ m: Int) {
        let definition = meetings[m].definition
        // In a country's meeting the look at every site at every change would cost more than the run.
        guard definition.floorSize > 0, definition.sites.count <= World.fewSites, let view = bridge.view(of: meetings[m].id), !view.ended else {
            return
        }
        let admitted = view.sites.filter { $0.microphoneOpen && $0.id != view.actingChair }
        guard admitted.count > definition.floorSize else { return }
        let names = admitted.map(\.id.rawValue).joined(separator: ", ")
        findings.violation("S2", now, "\(node.name) admits \(admitted.count) voices of \(meetings[m].id)'s floor of \(definition.floorSize): \(names)")
    }
    static let fewSites = 256

    // MARK: Gates

    private func homesChanged(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot?) {
        meetings[m].openGates.removeAll { $0.node == node.place }
        for home in new?.homes ?? [] {
            let before = old?.homes.first { $0.site == home.site }
            if home.gateOpen, let lease = home.lease {
                meetings[m].openGates.append(OpenGate(node: node.place, site: home.site, lease: lease))
                if !home.holdsLiveRequest || !ledger.isLive(lease.request) {
                    findings.violation("S4", now, "\(home.site) in \(meetings[m].id): its gate is open under \(lease.name) without a live request")
                }
            }
            if let lease = home.lease { checkLease(node, m, home, lease, before, old, new) }
            if before?.gateOpen != home.gateOpen || before?.gateLease != home.gateLease {
                digest.note(now, .gate, UInt64(node.place), home.gateOpen ? 1 : 0)
                findings.gate(now, meetings[m].id, home.site, home.gateOpen ? home.gateLease : nil)
            }
        }
        measures.gates(m, open: meetings[m].openGates.count, of: meetings[m].definition.floorSize, now)
        measures.attachmentChanged(m, self)
        for home in old?.homes ?? [] where new?.homes.contains(where: { $0.site == home.site }) != true {
            findings.gate(now, meetings[m].id, home.site, nil)
        }
    }

    /// A home holds a lease: a new one must be larger (S2) and must have come over the edge as it is now (S6).
    private func checkLease(
        _ node: SimulatedNode, _ m: Int, _ home: FloorSnapshot.Home, _ lease: FloorSnapshot.Lease, _ before: FloorSnapshot.Home?,
        _ old: FloorSnapshot?, _ new: FloorSnapshot?
    ) {
        if let last = node.largest(m, home.site), lease.name < last {
            findings.violation("S2", now, "\(home.site) in \(meetings[m].id): lease \(lease.name) after \(last)")
        }
        node.setLargest(m, home.site, lease.name)
        guard before?.lease != lease, inspected >= 0, new?.acts == false, old?.acts == false else { return }
        checkFence(node, m, lease, old, new)
    }

    /// S1: no two open gates of one slot in one component.
    private func checkGates(_ m: Int) {
        let gates = meetings[m].openGates
        for (i, a) in gates.enumerated() where isLive(a) {
            for b in gates[(i + 1)...] where a.lease.slot == b.lease.slot && isLive(b) {
                guard a.node == b.node || top(of: a.node, m) == top(of: b.node, m) else { continue }
                findings.violation(
                    "S1", now,
                    "\(meetings[m].id): the gates of \(a.site) (\(a.lease.name)) and \(b.site) (\(b.lease.name)) are open in one component")
            }
        }
    }

    private func isLive(_ gate: OpenGate) -> Bool {
        let node = nodes[gate.node]
        guard node.isAlive else { return false }
        let boot = node.clock.boot(now)
        if boot < gate.lease.until { return true }
        // A node that stands still passes nothing on and closes the gate when it goes on; one that runs has closed it.
        return boot > gate.lease.until + World.closingTime && node.responds(now) && node.slowness == .zero
    }
    /// A gate whose lease ran out is closed within so long.
    static let closingTime = Interval.milliseconds(20)

    /// The upper node to which a node's meeting is attached at both ends.
    func attachedParent(of place: Int, _ m: Int) -> Int? {
        guard let up = nodes[place].floors[m]?.uplink, let parent = scenario.network.slot(up.neighbour) else { return nil }
        let own = nodes[place].index
        let isMutual = nodes[parent].floors[m]?.children.contains { $0.neighbour == own && $0.session == up.session && $0.number == up.number }
        return isMutual == true ? parent : nil
    }

    /// The uppermost node of a node's component.
    func top(of place: Int, _ m: Int) -> Int {
        var here = place
        var steps = 0
        while let parent = attachedParent(of: here, m) {
            here = parent
            steps += 1
            if steps > nodes.count {
                findings.violation("M5", now, "\(meetings[m].id): the attached edges above \(nodes[place].name) form a ring")
                return here
            }
        }
        return here
    }

    // MARK: The crown

    private func checkSlots(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot) {
        guard new.slots != old?.slots || new.epoch != old?.epoch || new.sequence != old?.sequence else { return }
        let boot = node.clock.boot(now)
        var holders: [RequestID] = []
        for (slot, state) in new.slots.enumerated() {
            let before = old.flatMap { slot < $0.slots.count ? $0.slots[slot] : nil }
            switch state {
            case .free:
                if case .offered? = before { findings.count("offer withdrawn") }
            case .offered(let request, let number):
                if before != state { checkOrder(node, m, request, old, new) }
                _ = number
            case .leased(let lease, let site, let revoked):
                // S3: one live holder for a slot, counting what it remembers of other crowns.
                if !revoked, holders.contains(lease.request) {
                    findings.violation("S3", now, "\(node.name), crown of \(meetings[m].id): request \(lease.request) has two slots")
                }
                holders.append(lease.request)
                for other in new.remembered where other.slot == lease.slot && other.request != lease.request && other.until > boot {
                    findings.violation(
                        "S3", now, "\(node.name), crown of \(meetings[m].id): slot \(slot) is \(site)'s while \(other.name) of \(other.request) lives")
                }
            }
        }
        checkGapFree(node, m, old, new)
    }

    /// S7: the names a crown gives in one epoch have no gap.
    private func checkGapFree(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot) {
        let given = node.given.filter { $0.meeting == m && $0.name.epoch == new.epoch }.map(\.name.sequence)
        node.given.removeAll { $0.meeting == m }
        guard new.acts else { return }
        func names(_ floor: FloorSnapshot) -> [UInt64] {
            floor.slots.compactMap { slot in
                guard case .leased(let lease, _, _) = slot, lease.name.epoch == floor.epoch, lease.name.crown == node.index else { return nil }
                return lease.name.sequence
            }
        }
        let isSameTerm = old?.acts == true && old?.epoch == new.epoch
        let before = isSameTerm ? old!.sequence : 0
        // Whoever becomes crown names the lease of each slot anew. A node that wakes may learn of it, take it over, give it up on its way
        // upward and grant again, all within one input.
        let adopted = isSameTerm ? 0 : min(UInt64(new.slots.count), new.sequence)
        var fresh: [UInt64] = []
        for sequence in (names(new) + given + (0..<adopted).map { $0 + 1 }).sorted() where sequence > before && sequence != fresh.last {
            fresh.append(sequence)
        }
        for (i, sequence) in fresh.enumerated() where sequence != before + UInt64(i) + 1 {
            findings.violation(
                "S7", now, "\(node.name), crown of \(meetings[m].id): lease \(new.epoch)/\(sequence) follows \(new.epoch)/\(before + UInt64(i))")
            return
        }
        if isSameTerm, new.sequence < before {
            findings.violation("S7", now, "\(node.name), crown of \(meetings[m].id): sequence \(new.sequence) after \(before) in epoch \(new.epoch)")
        }
    }

    /// L4: within a class no later stamp before an earlier one that the crown knows. What it learns from the rows of a datagram it did not
    /// know yet when it acted on the floor messages before them.
    private func checkOrder(_ node: SimulatedNode, _ m: Int, _ request: RequestID, _ old: FloorSnapshot?, _ floor: FloorSnapshot) {
        guard let chosen = floor.waiting.first(where: { $0.request == request }) else { return }
        for other in floor.waiting where other.mayBeGranted && !other.isPassedOver && other.isReached && other.request != request {
            let isBusy = floor.slots.contains { slot in
                switch slot {
                case .free: false
                case .offered(let id, _): id == other.request
                case .leased(let lease, _, _): lease.request == other.request
                }
            }
            let isNews = !(old?.waiting.contains { $0.request == other.request && $0.preempted == other.preempted } ?? false)
            guard !isBusy, !isNews, other.order == chosen.order, other.preempted == chosen.preempted, other.priority == chosen.priority,
                other.stamp < chosen.stamp
            else { continue }
            findings.violation(
                "L4", now, "\(node.name), crown of \(meetings[m].id): offers to \(request) of \(chosen.stamp) before \(other.request) of \(other.stamp)")
        }
    }

    // MARK: Attachment

    private func checkAttachment(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot) {
        let isRevoking = new.slots.contains { if case .leased(_, _, true) = $0 { true } else { false } }
        if new.children.count > old?.children.count ?? 0, isRevoking { findings.count("merge while revoking") }
        if new.isFrozen, old?.isFrozen != true, isRevoking { findings.count("frozen with a holder") }
        if new.unanswered > old?.unanswered ?? 0 { findings.count("attach unanswered") }
        if new.acts, old?.acts != true {
            digest.note(now, .gate, UInt64(node.place), 1 << 32 | new.epoch)
            if new.slots.contains(where: { if case .leased = $0 { true } else { false } }) {
                findings.count("adopted")
                if node.adoptions(m) > 0 { findings.count("adopted twice") }
                node.countAdoption(m)
            }
        }
        if new.uplink != old?.uplink, new.uplink != nil { _ = top(of: node.place, m) }
    }
}
