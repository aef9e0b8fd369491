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

/// One meeting's floor changed at a node, as far as is seen from outside; nil: it is not known there.
struct FloorChange {
    let node: SimulatedNode
    /// The meeting's place.
    let meeting: Int
    let old: FloorSnapshot?
    let new: FloorSnapshot?
}

/// The floor's safety (S1 to S4, S7, L4), seen from outside: after each event that changed something at a node, and no more than that.
final class FloorChecker {
    /// In larger meetings a look at every site at every change would cost more than the run.
    static let fewSites = 256
    /// A gate whose lease ran out is closed within so long.
    static let closingTime = Interval.milliseconds(20)

    /// What is kept of a node's present life.
    private struct LifeNotes {
        /// The largest lease each own site held, by meeting.
        var largest: [(meeting: Int, site: SiteID, name: LeaseName)] = []
        /// How often it became crown with a holder, by meeting.
        var adoptions: [Int: Int] = [:]
    }

    private let sight: Sight
    private let findings: Findings
    private let components: Components
    private let ledger: RequestLedger
    private let fence: FenceChecker
    /// By meeting: where microphones are open under a lease, as their nodes say.
    private(set) var openGates: [[OpenGate]]
    /// By place.
    private var lives: [LifeNotes]
    /// By place: the names a node gave as a crown since its floor was looked at. One input may grant and lose a slot more than once.
    private var given: [[(meeting: Int, name: LeaseName)]]

    init(_ sight: Sight, _ components: Components, _ ledger: RequestLedger, _ fence: FenceChecker) {
        self.sight = sight
        self.components = components
        self.ledger = ledger
        self.fence = fence
        findings = components.findings
        openGates = Array(repeating: [], count: sight.meetings.count)
        lives = Array(repeating: LifeNotes(), count: sight.nodes.count)
        given = Array(repeating: [], count: sight.nodes.count)
    }

    private var now: Instant { sight.now }

    /// A life of a node begins.
    func began(_ place: Int) { lives[place] = LifeNotes() }

    /// A crown's audit names a lease that it gave.
    func gave(_ name: LeaseName, _ m: Int, at place: Int) { given[place].append((m, name)) }

    /// Something changed, the homes aside.
    func floorChanged(_ change: FloorChange) {
        guard !change.node.hasLied else { return }
        if let new = change.new {
            checkSlots(change.node, change.meeting, change.old, new)
            checkAttachment(change, new)
        }
        if openGates[change.meeting].count > 1 { checkGates(change.meeting) }
    }

    /// S2: what a node mixes of a floor of size N is at most N voices, beside the acting chair's.
    func checkAdmitted(_ node: SimulatedNode, _ bridge: Bridge, _ m: Int) {
        guard !node.hasLied else { return }
        let (id, definition) = (sight.meetings[m].id, sight.meetings[m].definition)
        guard definition.floorSize > 0, definition.sites.count <= FloorChecker.fewSites, let view = bridge.view(of: id), !view.ended else {
            return
        }
        let admitted = view.sites.filter { $0.microphoneOpen && $0.id != view.actingChair }
        guard admitted.count > definition.floorSize else { return }
        let names = admitted.map(\.id.rawValue).joined(separator: ", ")
        findings.violation("S2", now, "\(node.name) admits \(admitted.count) voices of \(id)'s floor of \(definition.floorSize): \(names)")
    }

    // MARK: Gates

    /// What a node's own sites hold changed.
    func homesChanged(_ change: FloorChange) {
        let (node, m) = (change.node, change.meeting)
        openGates[m].removeAll { $0.node == node.place }
        guard !node.hasLied else { return }
        for home in change.new?.homes ?? [] {
            guard let lease = home.lease else { continue }
            if home.gateOpen {
                openGates[m].append(OpenGate(node: node.place, site: home.site, lease: lease))
                if !home.holdsLiveRequest || !ledger.isLive(lease.request) {
                    findings.violation(
                        "S4", now, "\(home.site) in \(sight.meetings[m].id): its gate is open under \(lease.name) without a live request")
                }
            }
            checkLease(home, lease, change)
        }
    }

    /// A home holds a lease: a new one must be larger (S2) and must have come over the edge as it is now (S6).
    private func checkLease(_ home: FloorSnapshot.Home, _ lease: FloorSnapshot.Lease, _ change: FloorChange) {
        let (place, m) = (change.node.place, change.meeting)
        if let i = lives[place].largest.firstIndex(where: { $0.meeting == m && $0.site == home.site }) {
            let last = lives[place].largest[i].name
            if lease.name < last { findings.violation("S2", now, "\(home.site) in \(sight.meetings[m].id): lease \(lease.name) after \(last)") }
            lives[place].largest[i].name = max(last, lease.name)
        } else {
            lives[place].largest.append((m, home.site, lease.name))
        }
        let before = change.old?.homes.first { $0.site == home.site }
        guard before?.lease != lease, change.new?.acts == false, change.old?.acts == false else { return }
        fence.check(lease, in: change)
    }

    /// S1: no two open gates of one slot in one component.
    private func checkGates(_ m: Int) {
        let gates = openGates[m]
        for (i, a) in gates.enumerated() where isLive(a) {
            for b in gates[(i + 1)...] where a.lease.slot == b.lease.slot && isLive(b) {
                guard a.node == b.node || components.top(of: a.node, m) == components.top(of: b.node, m) else { continue }
                findings.violation(
                    "S1", now,
                    "\(sight.meetings[m].id): the gates of \(a.site) (\(a.lease.name)) and \(b.site) (\(b.lease.name)) are open in one component")
            }
        }
    }

    private func isLive(_ gate: OpenGate) -> Bool {
        let node = sight.nodes[gate.node]
        guard node.isAlive else { return false }
        let boot = node.clock.boot(now)
        if boot < gate.lease.until { return true }
        // A node that stands still passes nothing on and closes the gate when it goes on; one that runs has closed it.
        return boot > gate.lease.until + FloorChecker.closingTime && node.responds(now) && node.slowness == .zero
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
                    findings.violation("S3", now, "\(node.name), crown of \(sight.meetings[m].id): request \(lease.request) has two slots")
                }
                holders.append(lease.request)
                for other in new.remembered where other.slot == lease.slot && other.request != lease.request && other.until > boot {
                    findings.violation(
                        "S3", now, "\(node.name), crown of \(sight.meetings[m].id): slot \(slot) is \(site)'s while \(other.name) of \(other.request) lives")
                }
            }
        }
        checkGapFree(node, m, old, new)
    }

    /// S7: the names a crown gives in one epoch have no gap.
    private func checkGapFree(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot) {
        let given = self.given[node.place].filter { $0.meeting == m && $0.name.epoch == new.epoch }.map(\.name.sequence)
        self.given[node.place].removeAll { $0.meeting == m }
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
                "S7", now, "\(node.name), crown of \(sight.meetings[m].id): lease \(new.epoch)/\(sequence) follows \(new.epoch)/\(before + UInt64(i))")
            return
        }
        if isSameTerm, new.sequence < before {
            findings.violation("S7", now, "\(node.name), crown of \(sight.meetings[m].id): sequence \(new.sequence) after \(before) in epoch \(new.epoch)")
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
                "L4", now, "\(node.name), crown of \(sight.meetings[m].id): offers to \(request) of \(chosen.stamp) before \(other.request) of \(other.stamp)")
        }
    }

    // MARK: Attachment

    private func checkAttachment(_ change: FloorChange, _ new: FloorSnapshot) {
        let (old, place, m) = (change.old, change.node.place, change.meeting)
        let isRevoking = new.slots.contains { if case .leased(_, _, true) = $0 { true } else { false } }
        if new.children.count > old?.children.count ?? 0, isRevoking { findings.count("merge while revoking") }
        if new.isFrozen, old?.isFrozen != true, isRevoking { findings.count("frozen with a holder") }
        if new.unanswered > old?.unanswered ?? 0 { findings.count("attach unanswered") }
        if new.acts, old?.acts != true, new.slots.contains(where: { if case .leased = $0 { true } else { false } }) {
            findings.count("adopted")
            if lives[place].adoptions[m] ?? 0 > 0 { findings.count("adopted twice") }
            lives[place].adoptions[m, default: 0] += 1
        }
        if new.uplink != old?.uplink, new.uplink != nil { _ = components.top(of: place, m) }
    }
}
