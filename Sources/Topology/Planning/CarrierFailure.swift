import Basics

/// All lines of one carrier break at once: the tree falls into parts, each of which goes on by itself.
///
/// Backups do not count here: a topology does not say whose line a backup takes, and a node that lost its line has no other.
extension NetworkPlan {
    /// Carriers of the network's lines with the number of their lines, most lines first.
    public static func carriers(of network: Network) -> [(name: String, lines: Int)] {
        var counts: [String: Int] = [:]
        var order: [String] = []
        for case let link? in network.links where !link.line.carrier.isEmpty {
            if counts[link.line.carrier] == nil { order.append(link.line.carrier) }
            counts[link.line.carrier, default: 0] += 1
        }
        return order.map { (name: $0, lines: counts[$0] ?? 0) }.sorted { $0.lines != $1.lines ? $0.lines > $1.lines : $0.name < $1.name }
    }

    func carrierFailure(_ carrier: String) -> FailureOutcome {
        // By slot: the topmost slot of its part. Parents stand before their children.
        var part = Array(network.nodes.indices)
        for slot in network.nodes.indices.dropFirst() where network.links[slot]?.line.carrier != carrier {
            if let parent = network.tree.parent(slot) { part[slot] = part[parent] }
        }
        var isLost = [Bool](repeating: false, count: network.count)
        for reach in reaches {
            var sizes = [Int](repeating: 0, count: network.count)
            for slot in network.nodes.indices { sizes[part[slot]] += reach.here[slot] }
            var main = part[reach.chairSlot]
            for slot in network.nodes.indices where sizes[slot] > sizes[main] { main = slot }
            for slot in network.nodes.indices where part[slot] != main { isLost[slot] = true }
        }
        let lost = network.nodes.indices.filter { isLost[$0] }.map { $0..<$0 + 1 }
        return FailureOutcome(failed: .carrier(carrier), lost: meetingSites(in: lost), rehomed: [], overloaded: [])
    }
}
