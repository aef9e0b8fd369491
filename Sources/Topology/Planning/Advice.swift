import Basics

/// What would help most, and how many sites it would help.
public struct PlanAdvice: Hashable, Sendable {
    /// What a planner can do about a failure.
    public enum Kind: String, Hashable, Sendable {
        /// A second node that takes over the children of this one: their backup parent.
        case standby
        /// A backup uplink over another line.
        case secondLine = "second-line"
        /// More capacity for the trunk above this node.
        case thicker
    }
    /// Which of them is advised.
    public var kind: Kind
    /// The node, or the lower end of the trunk.
    public var slot: Int
    /// Sites that stay in the meeting, or get what is left out now.
    public var sites: Int
    /// For a thicker trunk: up and down, with a fifth to spare; nil where the present capacity will do.
    public var up: Bitrate?
    public var down: Bitrate?
}

extension NetworkPlan {
    /// The first few of each kind, the most helpful first. Nodes whose failure loses nobody but themselves are not named.
    ///
    /// `after`: trunks that would not suffice after these failures are to be thicker, too.
    public func advice(limit: Int = 3, after failures: [FailureOutcome] = []) -> [PlanAdvice] {
        let reach = network.nodes.indices.map { slot in reaches.reduce(0) { max($0, $1.below[slot]) } }
        func most(_ list: [PlanAdvice]) -> [PlanAdvice] {
            Array(list.sorted { ($0.sites, -$0.slot) > ($1.sites, -$1.slot) }.prefix(limit))
        }
        var standby: [PlanAdvice] = []
        var lines: [PlanAdvice] = []
        for slot in network.nodes.indices where reach[slot] > 0 {
            if !network.tree.children(slot).isEmpty {
                let others = failure(of: .node(slot)).lost.count { network.slot(site: $0) != slot }
                if others > 0 { standby.append(PlanAdvice(kind: .standby, slot: slot, sites: others)) }
            }
            if slot > 0, reach[slot] > 1 {
                let lost = failure(of: .trunk(slot)).lost.count
                if lost > 0 { lines.append(PlanAdvice(kind: .secondLine, slot: slot, sites: lost)) }
            }
        }
        var thin: [Int: TrunkLoad] = [:]
        var order: [Int] = []
        for case let trunk? in trunks where trunk.isOver || trunk.up.isTight || trunk.down.isTight {
            thin[trunk.child] = trunk
            order.append(trunk.child)
        }
        for trunk in failures.flatMap(\.overloaded) {
            if let known = thin[trunk.child] {
                if trunk.share > known.share { thin[trunk.child] = trunk }
            } else {
                thin[trunk.child] = trunk
                order.append(trunk.child)
            }
        }
        let thicker = order.compactMap { thin[$0] }.map { trunk in
            PlanAdvice(
                kind: .thicker, slot: trunk.child, sites: max(reach[trunk.child], 1), up: NetworkPlan.wanted(trunk.up), down: NetworkPlan.wanted(trunk.down))
        }
        return most(thicker) + most(standby) + most(lines)
    }

    /// The next whole Mbit/s with a fifth to spare, where the line is tight or over.
    private static func wanted(_ load: DirectionLoad) -> Bitrate? {
        guard load.isOver || load.isTight else { return nil }
        return .mbps(Int64((load.bits / DirectionLoad.tightShare / 1_000_000).rounded(.up)))
    }
}
