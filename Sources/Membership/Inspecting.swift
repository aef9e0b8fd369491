import Basics

// Readings for a checker beside the machine; nothing here changes anything.
extension Membership {
    /// How far a namespace is known here; nil: not at all.
    public func version(of id: NamespaceID) -> (incarnation: Incarnation, version: UInt64)? {
        store.slot(id).map { (store[$0].incarnation, store[$0].version) }
    }

    /// How many namespaces were told anew from their beginning, since tombstones that this node lacked were gone.
    public var resets: Int { edges.reduce(0) { $0 + $1.tally.counters.resets } }

    /// How many signatures of other nodes were checked.
    public var signaturesChecked: Int { edges.reduce(0) { $0 + $1.tally.counters.checked } }

    /// Calls with every declared edge, in order of the neighbours' names: its session (nil while it is down), and whether it is
    /// taken rather than kept warm.
    public func forEachEdge(_ body: (_ neighbour: NodeIndex, _ session: EdgeSession?, _ isTaken: Bool) -> Void) {
        for edge in edges { body(edge.neighbour, edge.life.session, edge.life.isTaken) }
    }
}
