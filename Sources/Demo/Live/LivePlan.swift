import Basics
import Simulator
import Topology

/// Where a scenario's network stands on this machine: nodes on 127.N.0.0/16, and a line with an address of its own between
/// every two neighbours, backup uplinks included.
struct LivePlan: Sendable {
    let scenario: Scenario
    /// The whole network at its nodes' own addresses.
    let network: Network
    let lines: [LinkRelay.Line]

    /// Lines stand at 127.N.224.0 and above: below is room for 56,000 nodes.
    private static let firstLine: UInt32 = 224 << 8

    init(_ scenario: Scenario, loopback: UInt8) {
        self.scenario = scenario
        network = scenario.network.relocated(first: loopback)
        var lines: [LinkRelay.Line] = []
        for (slot, link) in network.links.enumerated() {
            guard let link else { continue }
            for upper in [link.parent] + link.backups {
                guard let above = network.node(upper) else { continue }
                let place = UInt32(lines.count)
                let host = 127 << 24 | UInt32(loopback) << 16 | (LivePlan.firstLine + (place / 250) << 8 + place % 250 + 1)
                lines.append(
                    LinkRelay.Line(
                        trunk: Trunk(lower: network.nodes[slot].index, upper: upper),
                        address: Address(ipv4: host, port: Topology.defaultMediaPort), lower: network.nodes[slot].address, upper: above.address))
            }
        }
        self.lines = lines
    }

    /// The file that one node reads: those above it stand at the lines that lead to them. It knows no more of that than of a
    /// router on the way; certificates are bound to ids, and hellos carry the file's hash for notice only.
    func network(asSeenBy slot: Int) -> Network {
        let me = network.nodes[slot].index
        let moved = network.nodes.indices.map { other in
            var node = network.nodes[other]
            if let line = lines.first(where: { $0.trunk == Trunk(lower: me, upper: node.index) }) { node.address = line.address }
            return Network.Entry(node: node, link: network.links[other])
        }
        do {
            return try Network(
                networkID: network.networkID, name: network.name, version: network.version, edition: network.edition, levels: network.levels,
                upstream: network.upstream, entries: moved)
        } catch {
            preconditionFailure("a tree stays a tree: \(error)")
        }
    }

    /// How a trunk's directions behave before any fault, as in the simulator.
    func fair(_ trunk: Trunk) -> (up: Impairment, down: Impairment) {
        if let named = scenario.links[trunk] { return (named, named) }
        let line = network.slot(trunk.lower).flatMap { network.links[$0]?.line } ?? Network.Line(up: .mbps(10), down: .mbps(10))
        let loss = BurstLoss(share: line.loss)
        return (Impairment(rate: line.up, delay: line.latency, loss: loss), Impairment(rate: line.down, delay: line.latency, loss: loss))
    }

    /// A trunk as people call it.
    func name(_ trunk: Trunk) -> String { "\(id(trunk.lower)) – \(id(trunk.upper))" }
    func id(_ node: NodeIndex) -> String { network.node(node)?.id ?? node.description }
    /// The declared trunk of a node.
    func uplink(of id: String) -> Trunk? {
        guard let slot = network.slot(id: id), let link = network.links[slot] else { return nil }
        return Trunk(lower: network.nodes[slot].index, upper: link.parent)
    }
}
