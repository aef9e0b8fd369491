import Basics
import Bridge
import Conference
import Membership

/// L1 to L5 on the healed core: how long each condition has failed to hold without a break. Looked at in short steps, since the rules say
/// that something does not happen.
final class LivenessWatch {
    /// How often is looked.
    static let pause = Interval.milliseconds(25)
    /// Trunks of the core must be up again so long after the healing: a redial's longest pause, a lost handshake, and the hellos.
    static let reconnection = Interval.seconds(20)
    /// The same for a node that a neighbour outside the core took in: it goes home once its own line was steady, and nobody speaks behind it.
    static let homecoming = GossipLimits.homecoming + GossipLimits.homecomingPatience + reconnection
    /// So long past its end a run goes on at most until every rule had its time: the way home, and a part that leaves its line alone.
    static let patience = homecoming + .seconds(40)
    /// What the rules allow on this core's lines.
    private var bounds = LivenessBounds()
    /// What entered the core's lines before they were healed has left them.
    private var calmFrom = Instant.zero

    /// Since when the core is connected by trunks that both ends call up; nil: it is not.
    private var connectedSince: Instant?
    /// When it was last seen connected; the healing, if it has not been yet.
    private var connectedLast = Instant.zero
    /// When some core node last was below a neighbour outside the core.
    private var takenInLast = Instant.zero
    /// By meeting: since when the rule has been broken; nil: it holds.
    private var crowns: [Instant?] = []
    /// By meeting: when a crown was last seen to wait for a silent holder.
    private var silent: [Instant] = []
    private var waiting: [Instant?] = []
    private var orphaned: [Instant?] = []
    private var rosters: [Instant?] = []
    /// By meeting: some part leaves an unsteady line alone.
    private var heldBack: [Bool] = []

    private let sight: Sight
    private let findings: Findings
    private let components: Components
    private let ledger: RequestLedger
    private let rosterWatch: RosterWatch

    init(_ sight: Sight, _ components: Components, _ ledger: RequestLedger) {
        self.sight = sight
        self.components = components
        self.ledger = ledger
        findings = components.findings
        rosterWatch = RosterWatch(sight, components.findings)
        let meetings = sight.meetings.count
        crowns = Array(repeating: nil, count: meetings)
        (waiting, orphaned, rosters) = (crowns, crowns, crowns)
        heldBack = Array(repeating: false, count: meetings)
        silent = Array(repeating: .zero, count: meetings)
    }

    private var now: Instant { sight.now }
    private var nodes: [SimulatedNode] { sight.nodes }
    private var core: [Bool] { sight.core }

    /// The core is healed: its lines are calm from then on, and the rules allow so much on them.
    func healed(_ bounds: LivenessBounds, calmFrom: Instant) {
        self.bounds = bounds
        self.calmFrom = calmFrom
    }

    /// What happened before that moment everybody in the core must know at the end; nil: the core was not connected for long enough.
    var settledBefore: Instant? {
        guard let connectedSince, now - connectedSince > bounds.longest else { return nil }
        return now - bounds.longest * 2
    }

    /// What has not had its time yet, by meeting: something fails to hold that may still come right. Nil: the core was not connected for
    /// so long that every rule could be judged.
    func open() -> [(meeting: Int, what: String)]? {
        guard let connectedSince, now - connectedSince > bounds.longest else { return nil }
        return crowns.indices.flatMap { m in
            [
                (crowns[m] != nil, "crowns"), (waiting[m] != nil, "a free slot"), (orphaned[m] != nil, "a dead holder"), (rosters[m] != nil, "rosters"),
                (heldBack[m], "a part held back"),
            ].filter(\.0).map { (m, $0.1) }
        }
    }

    /// Looks at the core; the safety phase ended then.
    func probe(since healing: Instant) {
        if now >= calmFrom, isCoreConnected() {
            if connectedSince == nil { connectedSince = now }
            connectedLast = now
        } else {
            connectedSince = nil
            let begin = max(connectedLast, healing)
            if isTakenInOutside() { takenInLast = now }
            if now - max(begin, takenInLast) > LivenessWatch.reconnection {
                findings.violation("L1", now, "the core's trunks are not up \(LivenessWatch.reconnection) after the healing")
            } else if now - begin > LivenessWatch.homecoming {
                findings.violation("L1", now, "a node of the core is not at home \(LivenessWatch.homecoming) after the healing")
            }
        }
        for m in sight.meetings.indices { probe(m) }
    }

    /// Every core node is alive and reaches every other over edges that both ends call up.
    private func isCoreConnected() -> Bool {
        guard let first = core.firstIndex(of: true) else { return false }
        var reached = [Bool](repeating: false, count: nodes.count)
        var open = [first]
        reached[first] = true
        while let here = open.popLast() {
            guard let bridge = nodes[here].bridge else { return false }
            bridge.forEachEdge { neighbour, session, isTaken in
                guard session != nil, isTaken, let there = sight.network.slot(neighbour), core[there], !reached[there],
                    sight.areJoined(here, there)
                else { return }
                reached[there] = true
                open.append(there)
            }
        }
        return core.indices.allSatisfy { !core[$0] || reached[$0] }
    }

    /// The uplink that some core node uses leads out of the core.
    private func isTakenInOutside() -> Bool {
        core.indices.contains { place in
            guard core[place], let upper = nodes[place].bridge?.takenUplink.flatMap({ sight.network.slot($0) }), !core[upper] else { return false }
            return sight.areJoined(place, upper)
        }
    }

    private func probe(_ m: Int) {
        let runners = nodes.indices.filter { core[$0] && nodes[$0].floors[m]?.runs == true }
        guard let connected = connectedSince, !runners.isEmpty, !runners.contains(where: { hasEnded($0, m) }) else {
            (self.crowns[m], waiting[m], orphaned[m], rosters[m]) = (nil, nil, nil, nil)
            heldBack[m] = false
            return
        }
        // A line that fell again and again is left alone for 2 to 30 s (mesh rule 6); the rules count from the end of that.
        let isHeldBack = runners.contains { place in
            nodes[place].floors[m]?.heldBackUntil.map { $0 > nodes[place].clock.boot(now) } ?? false
        }
        if isHeldBack, !heldBack[m] { findings.count("held back after repeated falls") }
        heldBack[m] = isHeldBack
        let id = sight.meetings[m].id
        func broken(_ since: inout Instant?, _ isBroken: Bool) -> Interval {
            guard isBroken else {
                since = nil
                return .zero
            }
            if since == nil { since = max(now, connected) }
            return now - since!
        }

        // L1 and L5: one crown in each part, that is in the whole if nobody broke away.
        let parts = parts(of: runners, m)
        let crowns = parts.map { part in part.filter { nodes[$0].floors[m]?.isCrown == true } }
        let isOne = zip(parts, crowns).allSatisfy { part, crowns in
            crowns.count == 1 ? nodes[crowns[0]].floors[m]?.acts == true : crowns.isEmpty && isBelowOthers(part, m)
        }
        if isOne, let since = self.crowns[m] {
            findings.count(now - since <= LivenessBounds().merge ? "merged within 300 ms" : "merged later")
        }
        let split = broken(&self.crowns[m], !isOne && !isHeldBack)
        // A silent holder's lease runs out; what follows has its time from there.
        if crowns.contains(where: { $0.contains { hasSilentHolder($0, m) } }) { silent[m] = now }
        let answered = now - silent[m]
        if split > bounds.silentMerge || min(split, answered) > bounds.merge {
            let limit = split > bounds.silentMerge ? bounds.silentMerge : bounds.merge
            findings.violation("L5", now, "\(id): no one crown \(limit.milliseconds) ms after the core was connected")
        }
        // A silent holder's lease runs out first here as well.
        if min(split, answered) > bounds.detection || split > bounds.detection + bounds.silentMerge {
            let names = crowns.map { $0.map { nodes[$0].name }.joined(separator: ", ") }.joined(separator: "; ")
            findings.violation("L1", now, "\(id): crowns (\(names)) still there \(split.milliseconds) ms after the core was connected")
        }
        probeGrants(m, crowns.flatMap { $0 }, broken)
        guard parts.count == 1 else { return }
        let areEqual = rosterWatch.areEqual(m, at: runners)
        let differ = broken(&rosters[m], !areEqual)
        if areEqual { rosterWatch.agree(m) } else { rosterWatch.differ(m, at: runners, for: differ, bound: bounds.convergence) }
    }

    /// The meeting is over there, or was ended above while this part was cut off: that one stays by itself until its chair ends it
    /// (mesh rule 9).
    private func hasEnded(_ place: Int, _ m: Int) -> Bool {
        nodes[place].floors[m].map { $0.ended || $0.endedAbove } ?? false
    }

    /// Those who run a meeting, by the node that took their part out of its tree.
    private func parts(of runners: [Int], _ m: Int) -> [[Int]] {
        var parts: [(apart: NodeIndex?, places: [Int])] = []
        for place in runners {
            let apart = nodes[place].floors[m]?.apart
            if let i = parts.firstIndex(where: { $0.apart == apart }) { parts[i].places.append(place) } else { parts.append((apart, [place])) }
        }
        return parts.map(\.places)
    }

    /// A crown waits for a lease whose home does not answer, or not within the bounds: those hold for the trunks of the core.
    private func hasSilentHolder(_ crown: Int, _ m: Int) -> Bool {
        guard let floor = nodes[crown].floors[m] else { return false }
        let held = floor.slots.compactMap { slot -> RequestID? in if case .leased(let lease, _, _) = slot { lease.request } else { nil } }
        return (held + floor.remembered.map(\.request)).contains { request in
            guard let home = sight.network.slot(request.node) else { return true }
            return !core[home] || !nodes[home].responds(now) || components.top(of: home, m) != components.top(of: crown, m)
        }
    }

    /// Somebody there is attached to a node outside the core.
    private func isBelowOthers(_ part: [Int], _ m: Int) -> Bool {
        part.contains { place in
            nodes[place].floors[m]?.uplink.flatMap { sight.network.slot($0.neighbour) }.map { !core[$0] } ?? false
        }
    }

    /// L2 and L3: who waits for a slot that nobody has. A home outside the core may never answer an offer.
    private func probeGrants(_ m: Int, _ crowns: [Int], _ broken: (inout Instant?, Bool) -> Interval) {
        let id = sight.meetings[m].id
        var isIdle = false
        var isOrphaned = false
        for crown in crowns {
            guard let floor = nodes[crown].floors[m], floor.acts, !floor.isFrozen else { continue }
            let boot = nodes[crown].clock.boot(now)
            let isWaiting = floor.waiting.contains { waiting in
                waiting.mayBeGranted && isServed(waiting.request.node, crown, m) && ledger.isLive(waiting.request)
                    && !floor.slots.contains { if case .leased(let lease, _, _) = $0 { lease.request == waiting.request } else { false } }
            }
            guard isWaiting else { continue }
            let isFree = floor.slots.enumerated().contains { slot, state in
                if case .leased = state { return false }
                return !floor.remembered.contains { Int($0.slot) == slot && $0.until > boot }
            }
            isIdle = isIdle || isFree
            isOrphaned =
                isOrphaned
                || floor.slots.contains { state in
                    guard case .leased(let lease, _, _) = state, let home = sight.network.slot(lease.request.node) else { return false }
                    return !nodes[home].isAlive
                }
        }
        if broken(&waiting[m], isIdle) > bounds.grant {
            findings.violation("L2", now, "\(id): a request waits for a free slot for more than \(bounds.grant.milliseconds) ms")
        }
        if broken(&orphaned[m], isOrphaned) > bounds.succession {
            findings.violation("L3", now, "\(id): a request waits for the slot of a dead holder for more than \(bounds.succession)")
        }
    }

    /// A request's home is in the core and hangs below that crown.
    private func isServed(_ node: NodeIndex, _ crown: Int, _ m: Int) -> Bool {
        guard let home = sight.network.slot(node), core[home], nodes[home].responds(now) else { return false }
        return components.top(of: home, m) == crown
    }
}
