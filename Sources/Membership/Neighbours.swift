import Basics

/// Which neighbours this node talks to, and whose namespaces may come from each: fixed by one edition of the tree.
enum Neighbours {
    static func edges(_ c: Membership.Configuration, _ deadlines: EdgeDeadlines) -> [Edge] {
        let tree = c.tree
        let own = c.slot
        var result: [Edge] = []
        if let parent = tree.parent(own) {
            result.append(Edge(neighbour: tree.nodes[parent], role: .uplink, behind: behind(own, c), deadlines: deadlines))
        }
        for child in tree.children(own) {
            result.append(Edge(neighbour: tree.nodes[child], role: .child, behind: behind(child, c), deadlines: deadlines))
        }
        for backup in c.backups + c.former {
            if backup.node == tree.nodes[own] {
                result.append(Edge(neighbour: backup.uplink, role: .backupUplink, behind: behind(own, c), deadlines: deadlines))
            } else if backup.uplink == tree.nodes[own] {
                guard let below = tree.slot(backup.node) else { continue }
                result.append(Edge(neighbour: backup.node, role: .backupChild, behind: behind(below, c), deadlines: deadlines))
            }
        }
        result.sort { ($0.neighbour, $0.role.rawValue) < ($1.neighbour, $1.role.rawValue) }
        var unique: [Edge] = []
        for edge in result where unique.last?.neighbour != edge.neighbour { unique.append(edge) }
        for place in unique.indices { unique[place].stand(at: place) }
        return unique
    }

    /// This node's uplinks among its edges, in the order in which they are wanted: the declared one, its backups, former ones.
    static func uplinks(_ edges: [Edge], _ c: Membership.Configuration) -> [Edge] {
        let own = c.tree.nodes[c.slot]
        let backups = (c.backups + c.former).filter { $0.node == own }.compactMap { backup in
            edges.first { $0.role == .backupUplink && $0.neighbour == backup.uplink }
        }
        return edges.filter { $0.role == .uplink } + backups
    }

    /// By slot: what declared, backup and former uplinks place at or below `top`.
    private static func behind(_ top: Int, _ c: Membership.Configuration) -> [Bool] {
        var result = [Bool](repeating: false, count: c.tree.count)
        for slot in c.tree.subtree(top) { result[slot] = true }
        let backups = c.backups + c.former
        var changed = !backups.isEmpty
        while changed {
            changed = false
            for backup in backups {
                guard let node = c.tree.slot(backup.node), let uplink = c.tree.slot(backup.uplink), result[uplink] else { continue }
                for slot in c.tree.subtree(node) where !result[slot] {
                    result[slot] = true
                    changed = true
                }
            }
        }
        return result
    }
}

extension Membership.Configuration {
    /// An uplink of this node that only the edition before had.
    func isFormer(_ edge: Edge) -> Bool { former.contains { $0.node == tree.nodes[slot] && $0.uplink == edge.neighbour } }
}
