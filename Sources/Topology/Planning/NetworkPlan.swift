import Basics

/// What a network will carry in some meetings, before anything runs: a pure function of its files.
///
/// ``init(_:meetings:)`` works out every trunk with its worst case, every node, the same for a star and a full mesh, and the way to the
/// farthest site; ``failure(of:)`` what breaks when something breaks. Time and memory grow with nodes × meetings.
public struct NetworkPlan: Sendable {
    /// What is planned for.
    public let network: Network
    /// The meetings that run at once.
    public let meetings: [MeetingDemand]
    /// By the slot of the lower end; nil for the root.
    public let trunks: [TrunkLoad?]
    /// By slot.
    public let nodes: [NodeLoad]
    /// Of the nodes whose trunks share one line, in the order of the tree.
    public let accesses: [AccessLoad]
    /// What the root would send with every site of the network as a direct child, in bits a second.
    public let starRootBits: Double
    /// What a speaker's own line would carry upward if every hall sent to every other itself, in bits a second.
    public let meshSpeakerBits: Double
    /// How often the first meeting's speaker would send its picture then, and how often the root of a star would.
    public let copies: Int
    /// One way along the lines from the first meeting's speaker (its chair, unless one is named) to its farthest site.
    public let farthest: Farthest?
    /// By meeting.
    let reaches: [MeetingReach]
    let formulas: [TrunkFormula]
    /// Every site of any meeting.
    let members: Set<SiteID>

    /// The longest way.
    public struct Farthest: Hashable, Sendable {
        /// Where it begins.
        public var from: SiteID
        /// Where it ends.
        public var to: SiteID
        /// The lines' latencies added.
        public var delay: Interval
        /// Trunks on the way.
        public var hops: Int
    }

    /// Meetings whose chair the network does not have are left out; without any, all sites meet in a *quán triệt* from the root.
    public init(_ network: Network, meetings wanted: [MeetingDemand] = []) {
        let asked = wanted.isEmpty ? MeetingDemand.everybody(in: network).map { [$0] } ?? [] : wanted
        let reaches = asked.compactMap { MeetingReach($0, in: network) }
        let meetings = reaches.map(\.meeting)
        let formulas = [TrunkFormula(meetings, isIPv6: false), TrunkFormula(meetings, isIPv6: true)]
        self.network = network
        self.meetings = meetings
        self.reaches = reaches
        self.formulas = formulas
        members = Set(meetings.flatMap(\.sites))
        let facts = network.nodes.indices.map { NetworkPlan.facts($0, network, reaches) }
        trunks = facts.map { $0.map { NetworkPlan.formula(of: $0, network, formulas).worst($0) } }
        nodes = network.nodes.indices.map { slot in
            let surroundings = NetworkPlan.surroundings(slot, network, reaches, facts)
            return NodeFormula(trunks: NetworkPlan.formula(of: slot, network, formulas)).load(surroundings)
        }
        accesses = network.nodes.indices.compactMap { slot in
            guard let line = network.nodes[slot].access else { return nil }
            let surroundings = NetworkPlan.surroundings(slot, network, reaches, facts)
            let bits = NodeFormula(trunks: NetworkPlan.formula(of: slot, network, formulas)).access(surroundings)
            return AccessLoad(slot: slot, upBits: bits.up, downBits: bits.down, line: line)
        }
        let star = StarFormula(network, reaches, formulas)
        starRootBits = star.rootBits
        meshSpeakerBits = star.meshSpeakerBits
        copies = star.copies
        farthest = NetworkPlan.farthest(network, reaches.first)
    }

    /// The largest sender.
    public var busiest: NodeLoad? { nodes.max { ($0.packetsSent, -$0.slot) < ($1.packetsSent, -$1.slot) } }
    /// What the root sends over its own trunks, in bits a second.
    public var rootBits: Double { nodes.first?.trunkBits ?? 0 }
    /// A trunk or a shared line carries more than it can.
    public var isOver: Bool { trunks.contains { $0?.isOver == true } || accesses.contains(where: \.isOver) }
    /// What all trunks that are over lack together, in bits a second.
    public var missing: (up: Double, down: Double) {
        var result = (up: 0.0, down: 0.0)
        for case let trunk? in trunks {
            result.up += max(0, -trunk.up.headroomKbps) * 1_000
            result.down += max(0, -trunk.down.headroomKbps) * 1_000
        }
        return result
    }
    /// Trunks that meetings run on, whose capacity nobody has measured.
    public var assumedTrunks: Int { trunks.count { $0.map { $0.isAssumed && $0.runsMeeting } ?? false } }
    /// Trunks that meetings run on, whose latency nobody has measured.
    public var assumedDelays: Int {
        trunks.indices.count { trunks[$0]?.runsMeeting == true && network.links[$0]?.line.assumesLatency == true }
    }

    /// Nodes that nobody has confirmed.
    public var assumedNodes: Int { network.nodes.count(where: \.assumed) }

    // MARK: Pieces

    static func formula(of facts: TrunkFacts, _ network: Network, _ formulas: [TrunkFormula]) -> TrunkFormula {
        formula(of: facts.parent, network, formulas)
    }
    /// Trunks run to the upper end's address.
    static func formula(of slot: Int, _ network: Network, _ formulas: [TrunkFormula]) -> TrunkFormula {
        formulas[network.nodes[slot].address.ipv4 == nil ? 1 : 0]
    }

    static func facts(_ slot: Int, _ network: Network, _ reaches: [MeetingReach]) -> TrunkFacts? {
        guard let parent = network.tree.parent(slot), let link = network.links[slot] else { return nil }
        return TrunkFacts(
            child: slot, parent: parent, line: link.line, parentLevel: network.tree.level(parent),
            sides: reaches.map { $0.side(slot, network.tree) })
    }

    static func surroundings(_ slot: Int, _ network: Network, _ reaches: [MeetingReach], _ facts: [TrunkFacts?]) -> NodeFormula.Surroundings {
        var result = NodeFormula.Surroundings(
            slot: slot, uplink: facts[slot], children: network.tree.children(slot).compactMap { facts[$0] }, here: reaches.map { $0.here[slot] },
            chairIsHere: reaches.map { $0.chairSlot == slot })
        guard reaches.contains(where: { $0.here[slot] > 0 }) else { return result }
        for endpoint in network.nodes[slot].endpoints where endpoint.direction.receives {
            if endpoint.codec.kind == .audio { result.mixes += 1 } else { result.screens += 1 }
        }
        return result
    }

    private static func farthest(_ network: Network, _ reach: MeetingReach?) -> Farthest? {
        guard let reach else { return nil }
        let from = reach.meeting.speakers.first ?? reach.meeting.chair
        guard let start = network.slot(site: from) else { return nil }
        var depth = [Interval](repeating: .zero, count: network.count)
        for slot in network.nodes.indices.dropFirst() {
            if let parent = network.tree.parent(slot), let link = network.links[slot] { depth[slot] = depth[parent] + link.line.latency }
        }
        var result = Farthest(from: from, to: from, delay: .zero, hops: 0)
        for site in reach.meeting.sites {
            guard let slot = network.slot(site: site), let top = network.tree.lowestCommonAncestor([start, slot]) else { continue }
            let delay = depth[start] + depth[slot] - depth[top] * 2
            let hops = network.tree.level(start) + network.tree.level(slot) - 2 * network.tree.level(top)
            if (delay, hops) > (result.delay, result.hops) { result = Farthest(from: from, to: site, delay: delay, hops: hops) }
        }
        return result
    }
}
