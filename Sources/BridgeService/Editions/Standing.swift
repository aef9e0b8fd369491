import Console
import Synchronization
import Topology

/// The edition of the topology that runs here, as the HTTP side sees it; another takes its place when the bridge has adopted it.
final class Standing: Sendable {
    /// One edition, and what is derived from it once.
    struct Edition: Sendable {
        let network: Network
        let slot: Int
        /// What pages are shown.
        let tree: NetworkTree

        init(_ network: Network, slot: Int) {
            self.network = network
            self.slot = slot
            tree = NetworkTree(
                node: network.nodes[slot].id, levels: network.levels.map { .init(id: $0.id, name: $0.name) },
                nodes: network.nodes.indices.map { i in
                    let node = network.nodes[i]
                    return .init(
                        id: node.id, name: node.name, fullName: network.name(of: i), level: node.level,
                        parent: network.tree.parent(i).map { network.nodes[$0].id },
                        sites: node.rooms.map { .init(id: $0.id.rawValue, name: network.name(of: $0.id) ?? $0.name) },
                        broadcasters: node.broadcasters.isEmpty
                            ? nil : node.broadcasters.map { .init(id: $0.rawValue, name: network.name(of: $0) ?? $0.rawValue) })
                })
        }
        /// The node itself.
        var node: Network.Node { network.nodes[slot] }
    }

    private let edition: Mutex<Edition>
    init(_ network: Network, slot: Int) { edition = Mutex(Edition(network, slot: slot)) }

    var now: Edition { edition.withLock { $0 } }
    func change(to next: Edition) { edition.withLock { $0 = next } }
}
