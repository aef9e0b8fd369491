import Basics

/// One change to a plan, as a planner tries it out: by ids, so that it can be kept beside the file and made again.
public enum NetworkChange: Hashable, Sendable {
    /// The node, with all below it, hangs below another parent; its line's figures stay.
    case move(node: String, to: String)
    /// The line above the node is gone: the node takes its first backup, or leaves the network with all below it.
    case cut(node: String)
    /// The line above the node takes so much; nil: as before. What is given here is measured, not assumed.
    case capacity(node: String, up: Bitrate?, down: Bitrate?)

    /// The node that it is about.
    public var node: String {
        switch self {
        case .move(let node, _), .cut(let node), .capacity(let node, _, _): node
        }
    }
}

/// Why a change cannot be made.
public enum ChangeProblem: Error, Hashable, Sendable {
    /// No node has this id.
    case unknownNode(String)
    /// The root has no line above it.
    case isRoot(String)
    /// It hangs there already.
    case isParent(node: String, parent: String)
    /// The new parent hangs below the node itself.
    case inOwnSubtree(node: String, parent: String)
    /// The new parent's level does not come before the node's.
    case levelOrder(node: String, parent: String)
    /// The node's line cannot be gone for good: it would hang below its backup, whose level does not come first.
    case backupLevel(node: String, backup: String)
}

extension Network {
    /// The network with these changes made one after the other; its version is one higher if there are any.
    ///
    /// Backups that are no longer possible are left out: to nodes that are gone, and to what is the parent now. What else can be wrong
    /// with backups and zones is for the file's checks: read the ``canonical`` text of the result again.
    public func changed(by changes: [NetworkChange]) throws(ChangeProblem) -> Network {
        guard !changes.isEmpty else { return self }
        var network = self
        for change in changes { network = try network.changed(by: change) }
        return network.rebuilt(network.entries, version: version &+ 1)
    }

    private func changed(by change: NetworkChange) throws(ChangeProblem) -> Network {
        guard let slot = slot(id: change.node) else { throw .unknownNode(change.node) }
        guard let link = links[slot] else { throw .isRoot(change.node) }
        var entries = entries
        switch change {
        case .capacity(_, let up, let down):
            if let up { entries[slot].link?.line.up = up }
            if let down { entries[slot].link?.line.down = down }
            entries[slot].link?.line.assumesCapacity = false
        case .move(let node, let to):
            guard let above = self.slot(id: to) else { throw .unknownNode(to) }
            if nodes[above].index == link.parent { throw .isParent(node: node, parent: to) }
            if tree.contains(slot, above) { throw .inOwnSubtree(node: node, parent: to) }
            if !mayHang(slot, below: above) { throw .levelOrder(node: node, parent: to) }
            entries[slot].link?.parent = nodes[above].index
            entries[slot].link?.backups.removeAll { $0 == nodes[above].index }
        case .cut:
            if let first = link.backups.first(where: { tree.slot($0) != nil }), let above = tree.slot(first) {
                if !mayHang(slot, below: above) { throw .backupLevel(node: change.node, backup: nodes[above].id) }
                entries[slot].link?.parent = first
                entries[slot].link?.backups.removeAll { $0 == first }
            } else {
                let gone = Set(tree.subtree(slot).map { nodes[$0].index })
                entries.removeAll { gone.contains($0.node.index) }
                for i in entries.indices { entries[i].link?.backups.removeAll { gone.contains($0) } }
            }
        }
        return rebuilt(entries, version: version)
    }

    /// A parent's level comes before its child's; a backup may stand on the same one.
    private func mayHang(_ slot: Int, below above: Int) -> Bool {
        guard let mine = level(id: nodes[slot].level), let theirs = level(id: nodes[above].level) else { return true }
        return mine.rank > theirs.rank
    }

    private var entries: [Entry] { nodes.indices.map { Entry(node: nodes[$0], link: links[$0]) } }

    private func rebuilt(_ entries: [Entry], version: UInt32) -> Network {
        do {
            return try Network(
                networkID: networkID, name: name, version: version, edition: edition, agency: agency, language: language, levels: levels, policy: policy,
                upstream: upstream,
                entries: entries)
        } catch {
            preconditionFailure("a tree stays a tree: \(error)")
        }
    }
}

extension MeetingDemand {
    /// The meeting with the sites that are left; without its chair the first of them takes the chair. Nil if fewer than two are.
    public func restricted(to network: Network) -> MeetingDemand? {
        var result = self
        result.sites = sites.filter { network.slot(site: $0) != nil }
        result.speakers = speakers.filter { network.slot(site: $0) != nil }
        guard result.sites.count > 1 else { return nil }
        if network.slot(site: chair) == nil { result.chair = result.sites[0] }
        return result
    }
}
