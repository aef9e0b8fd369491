import Basics

/// From one edition of a network to the next while it runs: which old uplinks nodes may still hang on, and what cannot be changed live.
public struct NetworkTransition: Hashable, Sendable {
    /// Uplinks, declared or backup, that only the old edition has, of nodes that both have; by slot of the lower node in the new one.
    public var former: [(node: NodeIndex, uplink: NodeIndex)] { pairs.map { ($0.node, $0.uplink) } }
    /// What keeps the new edition from being taken by nodes that run, whole network first.
    public let obstacles: [Obstacle]
    private let pairs: [Pair]

    private struct Pair: Hashable {
        var node: NodeIndex
        var uplink: NodeIndex
    }

    /// Why an edition cannot be taken live.
    public enum Obstacle: Error, Hashable, Sendable {
        /// It describes another network.
        case otherNetwork(running: String, offered: String)
        /// The version is not higher than the one that runs.
        case notHigher(running: UInt32, offered: UInt32)
        /// Old and new uplinks of these nodes make a circle.
        case circle([String])
        /// Its own address, port or `secure` differs.
        case address(String)
        /// Its plain RTP equipment differs.
        case equipment(String)
        /// It is not in the new edition.
        case absent(String)

        /// The one node that it concerns; nil: all.
        public var node: String? {
            switch self {
            case .otherNetwork, .notHigher, .circle: nil
            case .address(let id), .equipment(let id), .absent(let id): id
            }
        }
        /// Starting that node again with the new file is the way out.
        public var endsWithRestart: Bool {
            switch self {
            case .address, .equipment: true
            default: false
            }
        }
    }

    /// `running` is what a node runs, `offered` what it is to run.
    public init(from running: Network, to offered: Network) {
        var obstacles: [Obstacle] = []
        if running.networkID != offered.networkID {
            obstacles.append(.otherNetwork(running: running.networkID, offered: offered.networkID))
        } else if running.version >= offered.version {
            obstacles.append(.notHigher(running: running.version, offered: offered.version))
        }
        let declared = NetworkTransition.uplinks(of: offered) + NetworkTransition.backups(of: offered)
        let known = Set(declared)
        func isOnlyOld(_ pair: Pair) -> Bool { !known.contains(pair) && offered.slot(pair.node) != nil && offered.slot(pair.uplink) != nil }
        let parents = NetworkTransition.uplinks(of: running).filter(isOnlyOld)
        let backups = NetworkTransition.backups(of: running).filter(isOnlyOld)
        var kept = parents + backups
        var circle = NetworkTransition.circle(declared + kept, in: offered)
        if !circle.isEmpty, !backups.isEmpty {
            // A backup that nobody may hang on in the new edition is let go at once.
            kept = parents
            circle = NetworkTransition.circle(declared + kept, in: offered)
        }
        if !circle.isEmpty { obstacles.append(.circle(circle)) }
        for node in running.nodes {
            guard let now = offered.node(id: node.id) else { continue }
            if node.address != now.address || node.httpPort != now.httpPort || node.secure != now.secure { obstacles.append(.address(node.id)) }
            if node.endpoints != now.endpoints { obstacles.append(.equipment(node.id)) }
        }
        self.obstacles = obstacles
        pairs = kept.sorted { offered.slot($0.node)! < offered.slot($1.node)! }
    }

    /// What keeps one node of the old edition from taking the new one.
    public func obstacles(for id: String, in offered: Network) -> [Obstacle] {
        obstacles.filter { $0.node == nil || $0.node == id } + (offered.slot(id: id) == nil ? [.absent(id)] : [])
    }

    private static func uplinks(of network: Network) -> [Pair] {
        network.nodes.indices.compactMap { slot in network.links[slot].map { Pair(node: network.nodes[slot].index, uplink: $0.parent) } }
    }
    private static func backups(of network: Network) -> [Pair] { network.backups.map { Pair(node: $0.node, uplink: $0.uplink) } }

    /// The nodes that stand on circles, in the order of the tree; empty if each pair leads upward.
    private static func circle(_ pairs: [Pair], in network: Network) -> [String] {
        var up = [[Int]](repeating: [], count: network.count)
        var down = [[Int]](repeating: [], count: network.count)
        for pair in pairs {
            guard let lower = network.slot(pair.node), let upper = network.slot(pair.uplink) else { continue }
            up[lower].append(upper)
            down[upper].append(lower)
        }
        var isIn = [Bool](repeating: true, count: network.count)
        // What has nothing above it, or nothing below it, that is still in question, stands on none.
        for (ways, back) in [(up, down), (down, up)] {
            var open = ways.indices.map { slot in ways[slot].count { isIn[$0] } }
            var waiting = ways.indices.filter { isIn[$0] && open[$0] == 0 }
            while let slot = waiting.popLast() {
                isIn[slot] = false
                for other in back[slot] where isIn[other] {
                    open[other] -= 1
                    if open[other] == 0 { waiting.append(other) }
                }
            }
        }
        return network.nodes.indices.filter { isIn[$0] }.map { network.nodes[$0].id }
    }
}
