import Basics
import Membership
import Topology

/// One edition of the topology as one node stands in it.
struct Edition {
    let network: Network
    /// The node's slot in it.
    let slot: Int
    /// Every node's declared backups that may be taken.
    let backups: [BackupUplink]
    /// Uplinks of the edition before on which nodes may still hang.
    let former: [BackupUplink]

    init(_ network: Network, slot: Int, former: [BackupUplink] = [], rules: Rules) {
        self.network = network
        self.slot = slot
        self.former = former
        // A backup outside its node's protected zone is never taken, whatever a file says.
        backups = network.backups.filter { backup in
            guard rules.contains(.zone), let lower = network.slot(backup.node), let upper = network.slot(backup.uplink) else { return true }
            return network.zone(of: lower) == network.zone(of: upper)
        }.map { BackupUplink(node: $0.node, uplink: $0.uplink) }
    }

    /// The edition as a node takes it, or starts with it, after it ran another one; `transition` is nil if there was none. An obstacle that
    /// forbids one node to go over while it runs does not forbid a start. But if the old uplinks would make circles with the new ones, no
    /// node may hang on the old ones.
    init(_ network: Network, slot: Int, after transition: NetworkTransition?, rules: Rules) {
        let isFit = transition?.obstacles.allSatisfy { $0.node != nil } ?? false
        let former = isFit ? transition?.former ?? [] : []
        self.init(network, slot: slot, former: former.map { BackupUplink(node: $0.node, uplink: $0.uplink) }, rules: rules)
    }

    /// The node's name on the wire.
    var node: NodeIndex { network.nodes[slot].index }

    /// The node's trunks, none connected: uplinks, the declared one first, then children; backups and former ones among them.
    func trunks(since: WallTime) -> [Trunk] {
        let tree = network.tree
        var result: [Trunk] = []
        func add(_ other: Int?, isParent: Bool, isBackup: Bool, isFormer: Bool = false) {
            guard let other, !result.contains(where: { $0.neighbour == network.nodes[other].index }) else { return }
            let line = network.links[isParent ? slot : other]?.line
            let trunk = Trunk(
                network.nodes[other], isParent: isParent, isBackup: isBackup, capacity: (isParent ? line?.up : line?.down) ?? .mbps(10),
                since: since)
            trunk.isFormer = isFormer
            result.append(trunk)
        }
        add(tree.parent(slot), isParent: true, isBackup: false)
        for uplink in backups where uplink.node == node { add(tree.slot(uplink.uplink), isParent: true, isBackup: true) }
        for uplink in former where uplink.node == node { add(tree.slot(uplink.uplink), isParent: true, isBackup: true, isFormer: true) }
        for child in tree.children(slot) { add(child, isParent: false, isBackup: false) }
        for uplink in backups where uplink.uplink == node { add(tree.slot(uplink.node), isParent: false, isBackup: true) }
        for uplink in former where uplink.uplink == node { add(tree.slot(uplink.node), isParent: false, isBackup: true, isFormer: true) }
        return result
    }
}
