/// Which single losses cut most halls off, for every node and every trunk of a plan (see ``NetworkPlan/failure(of:)``).
public struct Outages: Hashable, Sendable {
    /// By slot: the halls cut off when the trunk above it breaks. 0 for the root.
    public let lostByTrunk: [Int]
    /// By slot: the halls cut off when it fails, its own among them.
    public let lostByNode: [Int]

    /// One loss among the worst.
    public struct Weakness: Hashable, Sendable {
        /// The node; its trunk is the one above it.
        public var slot: Int
        /// Halls cut off when its trunk breaks.
        public var byTrunk: Int
        /// Halls cut off when it fails.
        public var byNode: Int
    }

    public init(_ plan: NetworkPlan) {
        let slots = plan.network.nodes.indices
        lostByTrunk = slots.map { $0 == 0 ? 0 : plan.failure(of: .trunk($0)).lost.count }
        lostByNode = slots.map { plan.failure(of: .node($0)).lost.count }
    }

    /// The worst losses of more than one hall, most halls first; equals in the order of the tree, so that the root comes first.
    public func worst(_ count: Int) -> [Weakness] {
        lostByNode.indices
            .map { Weakness(slot: $0, byTrunk: lostByTrunk[$0], byNode: lostByNode[$0]) }
            .filter { max($0.byTrunk, $0.byNode) > 1 }
            .sorted { a, b in
                let x = max(a.byTrunk, a.byNode)
                let y = max(b.byTrunk, b.byNode)
                return x != y ? x > y : a.slot < b.slot
            }
            .prefix(count).map { $0 }
    }
}
