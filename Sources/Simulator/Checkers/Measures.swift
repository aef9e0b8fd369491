import Basics
import Bridge
import Conference
import Membership

/// What a run measures, for its expectations.
struct Measures {
    /// A home's roster changed, and not every node that can know does yet.
    struct RosterChange {
        let at: Instant
        let meeting: Int
        let namespace: NamespaceID
        let incarnation: Incarnation
        let version: UInt64
        /// By place: the nodes that have still to learn it, and how many they are.
        var waits: [Bool]
        var waiting: Int

        /// Everybody knows it, or it was waited for long enough.
        func isOver(_ now: Instant) -> Bool { waiting == 0 || now - at >= .seconds(20) }
    }
    /// A trunk was cut, and not both sides meet by themselves yet.
    private struct Parting {
        let at: Instant
        let meeting: Int
        let lower: Int
        let upper: Int
    }
    /// A trunk came back, and not one crown is left yet.
    private struct Merging {
        let at: Instant
        let meeting: Int
        let lower: Int
        let upper: Int
    }

    /// Samples in milliseconds, by name.
    private(set) var samples: [String: [Double]] = [:]
    var rosterChanges: [RosterChange] = []
    private var versions: [NamespaceID: UInt64] = [:]
    private var partings: [Parting] = []
    private var mergings: [Merging] = []
    var mixes = 0
    var falseDetaches = 0
    var rehomings = 0
    private(set) var frames = 0
    /// By milliseconds from mouth to ear.
    private var delays = [Int](repeating: 0, count: 4_001)
    private var lastFault: Instant?
    /// Some hall heard a voice before a fault and went on hearing it.
    private var isHeardAcrossFault = false
    private var lastFaultEnd = Instant.zero
    /// By meeting: since when a slot has been free.
    private var freeSince: [Instant?] = []

    private mutating func take(_ name: String, _ time: Interval) { samples[name, default: []].append(time.seconds * 1_000) }
    private func most(_ name: String) -> Double? { samples[name]?.max() }

    // MARK: Sound

    mutating func heard(after delay: Interval) {
        frames += 1
        delays[max(0, min(4_000, Int(delay.milliseconds)))] += 1
    }

    /// A hall hears the same voice again.
    mutating func gap(from last: Instant, to now: Instant, _ source: Hall) {
        guard let fault = lastFault, fault > last - SpokenFrame.length, fault < now, source.talks, source.talksSince < last else { return }
        // A voice that goes on over a fault as if nothing were has a gap of zero.
        isHeardAcrossFault = true
        guard now - last > SpokenFrame.length * 3 else { return }
        take("gap after cut", now - last)
    }

    private var mouthToEar: Double? {
        var left = frames / 100
        guard frames > 0 else { return nil }
        for delay in delays.indices.reversed() {
            left -= delays[delay]
            if left < 0 { return Double(delay) }
        }
        return 0
    }

    // MARK: Faults

    mutating func fault(_ world: World) {
        lastFault = world.now
        // Who can know has changed.
        rosterChanges.removeAll()
    }
    mutating func faultEnded(_ world: World) { lastFaultEnd = world.now }

    /// Both directions of a trunk are cut.
    mutating func cut(_ trunk: Trunk, _ world: World) {
        guard let lower = world.scenario.network.slot(trunk.lower), let upper = world.scenario.network.slot(trunk.upper) else { return }
        mergings.removeAll { $0.lower == lower && $0.upper == upper }
        for m in world.meetings.indices where world.components.attachedParent(of: lower, m) == upper {
            partings.append(Parting(at: world.now, meeting: m, lower: lower, upper: upper))
        }
    }
    /// A node died: each of its neighbours is a part of its own.
    mutating func died(_ node: SimulatedNode, _ world: World) {
        for m in world.meetings.indices {
            for other in world.nodes where other.floors[m]?.uplink?.neighbour == node.index && other.isAlive {
                partings.append(Parting(at: world.now, meeting: m, lower: other.place, upper: node.place))
            }
        }
    }

    /// Attachments of a meeting changed somewhere.
    mutating func attachmentChanged(_ m: Int, _ world: World) {
        if !partings.isEmpty { lookAtPartings(m, world) }
        if !mergings.isEmpty { lookAtMergings(m, world) }
    }

    private mutating func lookAtPartings(_ m: Int, _ world: World) {
        var open: [Parting] = []
        for parting in partings {
            let lower = world.nodes[parting.lower].floors[m]
            let upper = world.nodes[parting.upper].floors[m]
            let (low, high) = (world.nodes[parting.lower].index, world.nodes[parting.upper].index)
            let lowerMeets = lower?.uplink?.neighbour != high && (lower?.acts == true || world.components.attachedParent(of: parting.lower, m) != nil)
            let upperParted = upper?.children.contains { $0.neighbour == low } != true
            let upperMeets = upper?.runs != true || world.nodes[world.components.top(of: parting.upper, m)].floors[m]?.acts == true
            if parting.meeting == m, lowerMeets, upperParted, upperMeets {
                take("part meets", world.now - parting.at)
            } else {
                open.append(parting)
            }
        }
        partings = open
    }

    /// Both ends of an edge call it up again.
    mutating func edgeIsBack(lower: Int, upper: Int, _ world: World) {
        mergings.removeAll { $0.lower == lower && $0.upper == upper }
        endPartings(world) { $0.lower == lower && $0.upper == upper }
        for m in world.meetings.indices where world.nodes[lower].floors[m]?.acts == true && world.nodes[upper].floors[m]?.runs == true {
            mergings.append(Merging(at: world.now, meeting: m, lower: lower, upper: upper))
        }
    }
    /// What did not meet by itself until here was without a meeting so long; a node that died or has no part in it is not waited for.
    private mutating func endPartings(_ world: World, where ends: (Parting) -> Bool) {
        for parting in partings where ends(parting) && world.nodes[parting.lower].floors[parting.meeting]?.runs == true {
            take("part meets", world.now - parting.at)
        }
        partings.removeAll(where: ends)
    }

    /// The run is over: what was still waited for took at least so long.
    mutating func end(_ world: World) {
        endPartings(world) { _ in true }
        for merging in mergings where world.nodes[merging.lower].floors[merging.meeting]?.runs == true && world.areJoined(merging.lower, merging.upper) {
            take("healed", world.now - merging.at)
        }
        for change in rosterChanges where change.waiting > 0 { take("roster", world.now - change.at) }
        for hall in world.halls where hall.talks { fellSilent(hall, world) }
    }

    /// A voice ends, or the run: halls of its part that did not hear it again after a fault were without it until here.
    mutating func fellSilent(_ source: Hall, _ world: World) {
        let gates = world.floorChecker.openGates[source.meeting]
        guard let fault = lastFault, source.isUp, gates.contains(where: { $0.site == source.site }) else { return }
        let top = world.components.top(of: source.node, source.meeting)
        for h in world.meetings[source.meeting].halls where h != source.number {
            let hall = world.halls[h]
            guard hall.isUp, let last = hall.ear.lastAt, Int(hall.ear.lastHall) == source.number, fault > last - SpokenFrame.length, source.talksSince < last,
                world.nodes[hall.node].responds(world.now), world.components.top(of: hall.node, source.meeting) == top,
                world.now - last > SpokenFrame.length * 3
            else { continue }
            take("gap after cut", world.now - last)
        }
    }

    mutating func edgeIsGone(lower: Int, upper: Int) { mergings.removeAll { $0.lower == lower && $0.upper == upper } }

    private mutating func lookAtMergings(_ m: Int, _ world: World) {
        var open: [Merging] = []
        for merging in mergings {
            if merging.meeting == m, world.components.attachedParent(of: merging.lower, m) == merging.upper,
                world.nodes[merging.lower].floors[m]?.acts == false,
                hasOneHolder(m, below: world.components.top(of: merging.lower, m), world)
            {
                take("healed", world.now - merging.at)
            } else {
                open.append(merging)
            }
        }
        mergings = open
    }

    /// No more gates are open under leases in a component than its floor has slots.
    private func hasOneHolder(_ m: Int, below top: Int, _ world: World) -> Bool {
        world.floorChecker.openGates[m].count { world.components.top(of: $0.node, m) == top } <= world.meetings[m].definition.floorSize
    }

    // MARK: Requests

    /// The number of open gates of a meeting changed.
    mutating func gates(_ m: Int, open: Int, of size: Int, _ now: Instant) {
        while freeSince.count <= m { freeSince.append(.zero) }
        if open >= size { freeSince[m] = nil } else if freeSince[m] == nil { freeSince[m] = now }
    }

    mutating func granted(filedAt: Instant, _ m: Int, _ now: Instant) {
        guard m < freeSince.count, let free = freeSince[m] else { return }
        take("granted", now - max(filedAt, free, lastFaultEnd))
    }

    // MARK: Rosters

    /// A node changed: its own roster may have, or it may have learnt of another's.
    mutating func look(at node: SimulatedNode, _ bridge: Bridge, _ world: World) {
        var isOver = false
        for i in rosterChanges.indices {
            if rosterChanges[i].waits[node.place], let held = bridge.version(of: rosterChanges[i].namespace),
                held.incarnation != rosterChanges[i].incarnation || held.version >= rosterChanges[i].version
            {
                rosterChanges[i].waits[node.place] = false
                rosterChanges[i].waiting -= 1
            }
            isOver = isOver || rosterChanges[i].isOver(world.now)
        }
        guard isOver else { return }
        for change in rosterChanges where change.isOver(world.now) { take("roster", world.now - change.at) }
        rosterChanges.removeAll { $0.isOver(world.now) }
    }

    /// What a home wrote into a meeting's roster last is nothing that the others could see there.
    mutating func passOver(_ namespace: NamespaceID, _ bridge: Bridge) { versions[namespace] = bridge.version(of: namespace)?.version }

    /// Whether a home wrote something into a meeting's roster.
    mutating func lookAtOwnRoster(_ node: SimulatedNode, _ bridge: Bridge, _ m: Int, _ world: World) {
        let namespace = NamespaceID(node: node.index, lane: .roster, scope: world.meetings[m].id)
        guard let held = bridge.version(of: namespace), versions[namespace] != held.version else { return }
        versions[namespace] = held.version
        guard node.floors[m]?.runs == true else { return }
        let top = world.components.top(of: node.place, m)
        let waits = world.nodes.map {
            $0.place != node.place && $0.floors[m]?.runs == true && $0.responds(world.now) && world.components.top(of: $0.place, m) == top
        }
        let waiting = waits.count { $0 }
        guard waiting > 0 else { return }
        rosterChanges.append(
            RosterChange(
                at: world.now, meeting: m, namespace: namespace, incarnation: held.incarnation, version: held.version, waits: waits,
                waiting: waiting))
    }

    // MARK: Outcomes

    func outcome(_ expectation: Expectation, _ world: World) -> Outcome {
        let measured: Double?
        switch expectation.measure {
        case .rosterEverywhereWithin: measured = most("roster")
        case .oneCopyPerTrunk: measured = world.media.mostCopies.map(Double.init)
        case .maxTrunkRate: measured = world.links.map { Double($0.mostBytes) * 8 / 1_000 }.max()
        case .gapAfterCut: measured = most("gap after cut") ?? (isHeardAcrossFault ? 0 : nil)
        case .partMeetsWithin: measured = most("part meets")
        case .mouthToEar: measured = mouthToEar
        case .requestsLost: measured = Double(world.ledger.lost)
        case .ballotsLost: measured = Double(world.votes.lost)
        case .ballots: measured = Double(world.votes.counted)
        case .healedWithin: measured = most("healed")
        case .grantedWithin: measured = most("granted")
        case .grants: measured = Double(world.ledger.granted)
        case .heard: measured = Double(frames)
        case .falseDetaches: measured = Double(falseDetaches)
        case .rehomings: measured = Double(rehomings)
        }
        return Outcome(expectation: expectation, measured: measured)
    }
}
