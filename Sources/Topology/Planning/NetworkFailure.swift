import Basics

/// One thing that breaks.
public enum NetworkFailure: Hashable, Sendable {
    /// A node, by slot.
    case node(Int)
    /// The trunk above a node, by the lower end's slot.
    case trunk(Int)
    /// Every line of one carrier, by its name as the file has it.
    case carrier(String)
}

/// What is left when one thing has broken.
public struct FailureOutcome: Hashable, Sendable {
    /// What broke.
    public var failed: NetworkFailure
    /// Sites of the planned meetings that no longer meet with the largest part, in the order of the tree: those of a dead node, and
    /// those that go on by themselves behind a cut.
    public var lost: [SiteID]
    /// Who hangs elsewhere now.
    public var rehomed: [Rehoming]
    /// Trunks that no longer suffice, and did before.
    public var overloaded: [TrunkLoad]

    /// A node takes its first backup that is alive, with all that hangs below it.
    public struct Rehoming: Hashable, Sendable {
        /// By slot.
        public var node: Int
        /// The backup parent's slot.
        public var to: Int
    }
}

extension NetworkPlan {
    /// Every node, then every trunk, in the order of the tree.
    public var allFailures: [NetworkFailure] {
        network.nodes.indices.map { .node($0) } + network.nodes.indices.dropFirst().map { .trunk($0) }
    }

    /// What breaks when this breaks. Costs what hangs on it and the ways to the root, not the network's size.
    public func failure(of failed: NetworkFailure) -> FailureOutcome {
        let wreck: Wreck
        switch failed {
        case .node(let slot): wreck = Wreck(node: slot, network)
        case .trunk(let slot): wreck = Wreck(trunk: slot, network)
        case .carrier(let name): return carrierFailure(name)
        }
        var lost: [Range<Int>] = []
        var sites: [SiteID] = []
        var totals: [Int] = []
        for reach in reaches {
            let parts = wreck.sizes { reach.below[$0] }
            let main = parts.largest(chair: wreck.part(of: reach.chairSlot))
            totals.append(parts.size(of: main))
            lost.append(contentsOf: wreck.ranges(outside: main))
        }
        if lost.contains(where: { !$0.isEmpty }) { sites = meetingSites(in: lost) }
        return FailureOutcome(failed: failed, lost: sites, rehomed: wreck.rehomed, overloaded: overloaded(wreck, totals))
    }

    /// Sites of any meeting in these intervals of slots, each once.
    func meetingSites(in ranges: [Range<Int>]) -> [SiteID] {
        var result: [SiteID] = []
        var last = -1
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            for slot in range where slot > last {
                last = slot
                guard reaches.contains(where: { $0.here[slot] > 0 }) else { continue }
                for room in network.nodes[slot].rooms where members.contains(room.id) { result.append(room.id) }
            }
        }
        return result
    }

    /// Only trunks that somebody moved to, and those above them, can carry more than before.
    private func overloaded(_ wreck: Wreck, _ totals: [Int]) -> [TrunkLoad] {
        guard !wreck.rehomed.isEmpty else { return [] }
        var touched: [Int] = []
        for move in wreck.rehomed { touched.append(contentsOf: [move.node] + wreck.way(from: move.to)) }
        var result: [TrunkLoad] = []
        var last = -1
        for slot in touched.sorted() where slot != last {
            last = slot
            guard let parent = wreck.parent(slot), let link = network.links[slot], trunks[slot]?.isOver == false else { continue }
            let sides = reaches.indices.map { side(slot, reaches[$0], wreck, total: totals[$0]) }
            let facts = TrunkFacts(child: slot, parent: parent, line: link.line, parentLevel: network.tree.level(parent), sides: sides)
            let load = NetworkPlan.formula(of: facts, network, formulas).worst(facts)
            if load.isOver { result.append(load) }
        }
        return result
    }

    private func side(_ slot: Int, _ reach: MeetingReach, _ wreck: Wreck, total: Int) -> MeetingSide {
        let holders = reach.meeting.namedHolders.compactMap { network.slot(site: $0) }
        return MeetingSide(
            below: wreck.count(at: slot) { reach.below[$0] }, total: total, chairIsBelow: wreck.isBelow(slot, reach.chairSlot),
            holdersBelow: reach.meeting.speakers.isEmpty ? nil : holders.count { wreck.isBelow(slot, $0) },
            speakerIsBelow: reach.speakerSlot.map { wreck.isBelow(slot, $0) } ?? false)
    }
}
