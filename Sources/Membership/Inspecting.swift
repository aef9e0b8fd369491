import Basics

// What a checker beside the machine reads; nothing here changes anything.
extension Membership {
    /// How far a namespace is known here; nil: not at all.
    public func version(of id: NamespaceID) -> (incarnation: Incarnation, version: UInt64)? {
        store.slot(id).map { (store[$0].incarnation, store[$0].version) }
    }

    /// Calls with every declared edge, in order of the neighbours' names; the session is nil while it is down.
    public func forEachEdge(_ body: (NodeIndex, EdgeRole, EdgeSession?) -> Void) {
        for edge in edges { body(edge.neighbour, edge.role, edge.session) }
    }
}
