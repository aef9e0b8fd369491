import Basics
import Simulator
import Topology

/// Where a scenario's network stands on this machine: nodes on 127.N.0.0/16, and a line with an address of its own between
/// every two neighbours of any edition, backup uplinks included.
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
        for (trunk, _) in scenario.trunks {
            guard let below = network.node(trunk.lower), let above = network.node(trunk.upper) else { continue }
            let place = UInt32(lines.count)
            let host = 127 << 24 | UInt32(loopback) << 16 | (LivePlan.firstLine + (place / 250) << 8 + place % 250 + 1)
            lines.append(
                LinkRelay.Line(
                    trunk: trunk, address: Address(ipv4: host, port: Topology.defaultMediaPort), lower: below.address, upper: above.address))
        }
        self.lines = lines
    }

    /// The file that one node reads at first: those above it stand at the lines that lead to them. It knows no more of that than of a
    /// router on the way; certificates are bound to ids, and hellos carry the file's hash for notice only.
    func network(asSeenBy slot: Int) -> Network { edition(network, for: network.nodes[slot].index) { _ in } }

    /// Another edition as that node reads it. It is meant for this one alone: the others, which hear of it by gossip, find themselves at
    /// an address that is not theirs, and stay with what they have.
    func edition(_ offered: Network, for me: NodeIndex) -> Network {
        edition(offered, for: me) { $0.port &+= 1 }
    }

    private func edition(_ offered: Network, for me: NodeIndex, others: (inout Address) -> Void) -> Network {
        let entries = offered.nodes.indices.map { slot in
            var node = offered.nodes[slot]
            if let known = network.node(node.index) {
                (node.address, node.httpPort, node.secure) = (known.address, known.httpPort, known.secure)
            } else {
                // Nobody starts it.
                node.address = network.nodes[0].address
                node.address.port = LivePlan.firstStrangePort &+ UInt16(truncatingIfNeeded: slot)
                (node.httpPort, node.secure) = (node.address.port, false)
            }
            // As ``Network/relocated(first:mediaPort:httpPort:endpointPort:)`` has it.
            for i in node.endpoints.indices {
                node.endpoints[i].address = node.address
                node.endpoints[i].address.port = LivePlan.firstEndpointPort &+ UInt16(truncatingIfNeeded: 2 * i)
            }
            if let line = lines.first(where: { $0.trunk == Trunk(lower: me, upper: node.index) }) {
                node.address = line.address
            } else if node.index != me {
                others(&node.address)
            }
            return Network.Entry(node: node, link: offered.links[slot])
        }
        do {
            let made = try Network(
                networkID: offered.networkID, name: offered.name, version: offered.version, edition: offered.edition, levels: offered.levels,
                policy: offered.policy, upstream: offered.upstream, entries: entries)
            // A program of before may not know rules in the file, and needs none.
            return scenario.timeline.contains { if case .newerProgram = $0.event { true } else { false } } ? made : made.peopled
        } catch {
            preconditionFailure("a tree stays a tree: \(error)")
        }
    }

    private static let firstEndpointPort: UInt16 = 6004
    private static let firstStrangePort: UInt16 = 20_000

    /// Nodes whose clock some event makes wrong.
    var wrongClocks: Set<String> {
        Set(
            scenario.timeline.compactMap { timed in
                switch timed.event {
                case .drift(let node, _), .stepClock(let node, _): id(node)
                default: nil
                }
            })
    }

    /// When the certificate that a node has at that time of the scenario is over; nil: never in this run.
    func expiry(of node: NodeIndex, after time: Interval = .zero) -> Interval? {
        scenario.timeline.first { $0.at >= time && $0.event == .certificateExpired(node, true) }?.at
    }

    /// How a trunk's directions behave before any fault, as in the simulator.
    func fair(_ trunk: Trunk) -> (up: Impairment, down: Impairment) {
        if let named = scenario.links[trunk] { return (named, named) }
        let line = scenario.trunks.first { $0.trunk == trunk }?.line ?? Network.Line(up: .mbps(10), down: .mbps(10))
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

extension Scenario {
    /// The uplinks of all editions with their lines, backups included, each once, as the first edition that has it declares it.
    var trunks: [(trunk: Trunk, line: Network.Line)] {
        var found: [(trunk: Trunk, line: Network.Line)] = []
        var known: Set<Trunk> = []
        let later = timeline.compactMap { timed -> Network? in if case .loadTopology(_, let edition) = timed.event { edition } else { nil } }
        for edition in [network] + later {
            for (slot, link) in edition.links.enumerated() {
                guard let link, network.node(edition.nodes[slot].index) != nil else { continue }
                for upper in [link.parent] + link.backups where network.node(upper) != nil {
                    let trunk = Trunk(lower: edition.nodes[slot].index, upper: upper)
                    if known.insert(trunk).inserted { found.append((trunk, link.line)) }
                }
            }
        }
        return found
    }
}
