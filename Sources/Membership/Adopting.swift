import Basics

// Another edition of the tree, taken while edges live.
extension Membership {
    /// Goes over to another edition: edges to neighbours that stay, above or below as before, keep their sessions and all they hold.
    ///
    /// `former` are uplinks of the edition before that nodes may still hang on; together with the new declared and backup uplinks they
    /// must have no circle. An uplink that is taken stays taken while it is declared, a backup or former. The caller has told
    /// ``edgeLost(_:now:into:)`` of those that go.
    public func adopt(
        tree: Tree, slot: Int, backups: [BackupUplink], former: [BackupUplink], topologyVersion: UInt64, topologyHash: UInt64, now: Instant,
        into effects: inout [Effect]
    ) {
        precondition(tree.nodes[slot] == node, "slot \(slot) is \(tree.nodes[slot]), not \(node)")
        configuration.tree = tree
        configuration.slot = slot
        configuration.backups = backups
        configuration.former = former
        configuration.topologyVersion = topologyVersion
        configuration.topologyHash = topologyHash
        store.reown { tree.slot($0) }
        writers.keep { tree.slot($0) != nil }
        let wasTaken = uplinks.first { $0.life.isTaken }
        let wasDeclared = wasTaken?.role == .uplink
        let before = edges
        edges = Neighbours.edges(configuration, deadlines).map { fresh in
            guard let old = before.first(where: { $0.neighbour == fresh.neighbour && $0.role.isAbove == fresh.role.isAbove }) else {
                fresh.life.leave()
                return fresh
            }
            old.adopt(fresh)
            return old
        }
        for place in edges.indices { edges[place].stand(at: place) }
        deadlines.begin(edges: edges.count)
        uplinks = Neighbours.uplinks(edges, configuration)
        for edge in uplinks {
            // The declared one of before is left soon, though it may be a backup now.
            let isDemoted = edge === wasTaken && wasDeclared && edge.role == .backupUplink
            edge.life.setFormer(isDemoted || (edge.life.isFormer && edge.life.isTaken) || configuration.isFormer(edge))
        }
        if !uplinks.contains(where: { $0 === wasTaken }), let first = uplinks.first(where: \.isUp) ?? uplinks.first {
            first.life.take()
            if first.isUp { beginGossip(first, now: now, into: &effects) }
        }
        for edge in edges {
            // This node may have more to tell on this edge than before.
            if edge.gossips { for place in store.entries.indices where store.entries[place] != nil { enqueue(edge, place, now: now) } }
            if edge.repair.hasRefused { edge.repair.compareAnew(now: now) }
            edge.hello.want()
        }
        flushAll(now: now, into: &effects)
    }

    /// What this node makes of records that ought to be signed and are not, from now on.
    public var unsigned: UnsignedPolicy {
        get { configuration.unsigned }
        set { configuration.unsigned = newValue }
    }

    /// A line has another capacity than when its edge was connected: gossip is paced by it.
    public func setCapacity(_ neighbour: NodeIndex, _ capacity: Bitrate, now: Instant) {
        guard let edge = edge(neighbour) else { return }
        edge.pace.setCapacity(capacity, now: now)
    }
}
