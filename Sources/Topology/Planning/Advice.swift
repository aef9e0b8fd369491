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
        /// More capacity for the line that all trunks of this node share.
        case access
    }
    /// Which of them is advised.
    public var kind: Kind
    /// The node, or the lower end of the trunk.
    public var slot: Int
    /// Sites that stay in the meeting, or get what is left out now.
    public var sites: Int
    /// For a thicker trunk or shared line: up and down, with a fifth to spare; nil where the present capacity will do.
    public var up: Bitrate?
    public var down: Bitrate?
    /// For a thicker trunk: all trunks of the same level with the same capacity that want the same, ``slot`` first; else ``slot`` alone.
    public var slots: [Int] = []
    /// For a thicker trunk or shared line: what it has now.
    public var present: (up: Bitrate, down: Bitrate)? { presentUp.flatMap { up in presentDown.map { (up, $0) } } }
    var presentUp: Bitrate?
    var presentDown: Bitrate?

    init(kind: Kind, slot: Int, sites: Int) {
        self.kind = kind
        self.slot = slot
        self.sites = sites
        slots = [slot]
    }

    /// What all of its lines get more, together.
    public var added: (up: Bitrate, down: Bitrate) {
        func more(_ wanted: Bitrate?, _ now: Bitrate?) -> Bitrate {
            guard let wanted, let now else { return .kbps(0) }
            return Bitrate(bitsPerSecond: max(0, wanted.bitsPerSecond - now.bitsPerSecond) * Int64(slots.count))
        }
        return (more(up, presentUp), more(down, presentDown))
    }
}

extension NetworkPlan {
    /// The first few of each kind, the most helpful first; trunks that want the same count as one. Nodes whose failure loses nobody but
    /// themselves are not named.
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
        return most(access(reach)) + most(thicker(order.compactMap { thin[$0] }, reach)) + most(standby) + most(lines)
    }

    /// Shared lines that are too thin.
    private func access(_ reach: [Int]) -> [PlanAdvice] {
        accesses.filter { $0.isOver || $0.isTight }.map { load in
            var advice = PlanAdvice(kind: .access, slot: load.slot, sites: max(reach[load.slot], 1))
            func wanted(_ bits: Double, _ now: Bitrate) -> Bitrate? {
                bits > Double(now.bitsPerSecond) * DirectionLoad.tightShare ? NetworkPlan.spare(bits) : nil
            }
            (advice.up, advice.down) = (wanted(load.upBits, load.line.up), wanted(load.downBits, load.line.down))
            (advice.presentUp, advice.presentDown) = (load.line.up, load.line.down)
            return advice
        }
    }

    /// Trunks that are too thin, those of one level with one capacity and one want together.
    private func thicker(_ thin: [TrunkLoad], _ reach: [Int]) -> [PlanAdvice] {
        struct Want: Hashable {
            var level: String
            var now: [Bitrate]
            var wanted: [Bitrate?]
        }
        var groups: [PlanAdvice] = []
        var position: [Want: Int] = [:]
        for trunk in thin {
            let sites = max(reach[trunk.child], 1)
            let wanted = [NetworkPlan.wanted(trunk.up), NetworkPlan.wanted(trunk.down)]
            let want = Want(level: network.nodes[trunk.child].level, now: [trunk.up.capacity, trunk.down.capacity], wanted: wanted)
            if let at = position[want] {
                groups[at].slots.append(trunk.child)
                groups[at].sites += sites
                continue
            }
            position[want] = groups.count
            var advice = PlanAdvice(kind: .thicker, slot: trunk.child, sites: sites)
            (advice.up, advice.down) = (wanted[0], wanted[1])
            (advice.presentUp, advice.presentDown) = (trunk.up.capacity, trunk.down.capacity)
            groups.append(advice)
        }
        return groups
    }

    /// The next whole Mbit/s with a fifth to spare, where the line is tight or over.
    private static func wanted(_ load: DirectionLoad) -> Bitrate? {
        guard load.isOver || load.isTight else { return nil }
        return spare(load.bits)
    }

    private static func spare(_ bits: Double) -> Bitrate { .mbps(Int64((bits / DirectionLoad.tightShare / 1_000_000).rounded(.up))) }
}
