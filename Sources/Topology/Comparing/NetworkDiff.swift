import Basics
import Rights

/// What a new plan changes against an old one, or against several that it joins; a pure function of the files.
public struct NetworkDiff: Sendable {
    /// The older networks.
    public let olds: [Network]
    /// The newer one.
    public let new: Network
    /// New nodes that continue nobody, in the order of the tree.
    public private(set) var added: [Int] = []
    /// Old nodes that nobody continues.
    public private(set) var removed: [OldPlace] = []
    /// New nodes that continue several old ones.
    public private(set) var merged: [Merger] = []
    /// Nodes that hang below another parent.
    public private(set) var moved: [Move] = []
    /// Nodes with another name of their own, of those that continue one node; what the unit above is called is not theirs.
    public private(set) var renamed: [Change] = []
    /// Nodes whose uplink's figures, modes or backups differ.
    public private(set) var relinked: [Change] = []
    /// Nodes whose own address, ports, halls or equipment differ.
    public private(set) var refitted: [Change] = []
    /// Who may do what, where it differs from the first older network: `accept`, and `ROLE.deed`.
    public private(set) var policy: [Difference] = []
    /// Technical hubs that were there before, as hubs or as units.
    public private(set) var hubsKept: [Int] = []
    /// The codes of these old networks are of another edition.
    public let crossesEditions: [Bool]
    private let match: NetworkMatch

    /// One node of several.
    public struct Merger: Hashable, Sendable {
        /// The new slot.
        public var into: Int
        /// The one that goes on first.
        public var from: [OldPlace]
    }
    /// Another parent.
    public struct Move: Hashable, Sendable {
        /// The new slot of the node.
        public var node: Int
        /// The parent it had.
        public var from: OldPlace
        /// The new slot of the parent it has.
        public var to: Int
    }
    /// Something about a node, old and new in words of the file.
    public struct Change: Hashable, Sendable {
        /// The new slot.
        public var node: Int
        /// What it was.
        public var before: OldPlace
        /// Each key that differs, with both values as a topology file has them.
        public var differences: [Difference]
    }
    /// A key of the file with two values; empty where the file has none.
    public struct Difference: Hashable, Sendable {
        /// As in a topology file.
        public var key: String
        /// In the older one.
        public var old: String
        /// In the newer one.
        public var new: String
    }

    /// `mapping` is used between editions only.
    public init(_ olds: [Network], _ new: Network, mapping: UnitMapping = UnitMapping()) {
        self.olds = olds
        self.new = new
        let match = NetworkMatch(olds, new, mapping)
        self.match = match
        crossesEditions = match.crossesEditions
        if let old = olds.first?.policy { policy = NetworkDiff.rights(old, new.policy) }
        for slot in new.nodes.indices { compare(slot) }
        for (n, old) in olds.enumerated() {
            for slot in old.nodes.indices where match.successors[n][slot].isEmpty { removed.append(OldPlace(network: n, slot: slot)) }
        }
    }

    private mutating func compare(_ slot: Int) {
        let list = match.predecessors[slot]
        guard let before = list.first else { return added.append(slot) }
        let old = olds[before.network]
        if new.level(id: new.nodes[slot].level)?.technical == true { hubsKept.append(slot) }
        if list.count > 1 { merged.append(Merger(into: slot, from: list)) }
        // In a merger the one that goes on keeps its node: its lines are compared too, its name is the merger's.
        let names = (old.nodes[before.slot].name, new.nodes[slot].name)
        if list.count == 1, names.0 != names.1 {
            renamed.append(Change(node: slot, before: before, differences: [Difference(key: "name", old: names.0, new: names.1)]))
        }
        if let above = old.tree.parent(before.slot), let parent = new.tree.parent(slot),
            !match.successors[before.network][above].contains(parent)
        {
            moved.append(Move(node: slot, from: OldPlace(network: before.network, slot: above), to: parent))
        }
        let lines = NetworkDiff.lines(of: before.slot, old, slot, new)
        if !lines.isEmpty { relinked.append(Change(node: slot, before: before, differences: lines)) }
        let fittings = NetworkDiff.fittings(of: old.nodes[before.slot], new.nodes[slot])
        if !fittings.isEmpty { refitted.append(Change(node: slot, before: before, differences: fittings)) }
    }

    /// Old nodes of a level, by old network and the level's id, that somebody continues.
    public func survivors(ofLevel level: String, in network: Int) -> Int {
        olds[network].nodes.indices.count { olds[network].nodes[$0].level == level && !match.successors[network][$0].isEmpty }
    }
    /// The node that a new one was; nil for one that is new.
    public func before(_ slot: Int) -> OldPlace? { match.predecessors[slot].first }
    /// The new slots that continue an old node.
    public func after(_ place: OldPlace) -> [Int] { match.successors[place.network][place.slot] }
    /// Nothing differs that this looks at.
    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && merged.isEmpty && moved.isEmpty && renamed.isEmpty && relinked.isEmpty && refitted.isEmpty
            && policy.isEmpty
    }

    // MARK: Keys

    private static func lines(of slot: Int, _ old: Network, _ now: Int, _ new: Network) -> [Difference] {
        let a = old.links[slot]
        let b = new.links[now]
        guard a != nil || b != nil else { return [] }
        func backups(_ link: Network.Link?, _ network: Network) -> String {
            (link?.backups ?? []).map { network.node($0)?.id ?? $0.description }.joined(separator: ", ")
        }
        let pairs: [(String, String, String)] = [
            ("up", text(a?.line.up), text(b?.line.up)), ("down", text(a?.line.down), text(b?.line.down)),
            ("latency", a.map { Network.text($0.line.latency) } ?? "", b.map { Network.text($0.line.latency) } ?? ""),
            ("loss", a.map { Network.percent($0.line.lossPerMillion) } ?? "", b.map { Network.percent($0.line.lossPerMillion) } ?? ""),
            ("carrier", a?.line.carrier ?? "", b?.line.carrier ?? ""),
            ("assumed", a.map { Network.assumption(of: $0.line) } ?? "", b.map { Network.assumption(of: $0.line) } ?? ""),
            ("audio", a?.audio.rawValue ?? "", b?.audio.rawValue ?? ""), ("video", a?.video.rawValue ?? "", b?.video.rawValue ?? ""),
            ("backup", backups(a, old), backups(b, new)), ("zone", a?.zone ?? "", b?.zone ?? ""),
        ]
        return differing(pairs)
    }

    private static func rights(_ old: Policy, _ new: Policy) -> [Difference] {
        var pairs = [("accept", old.accept.rawValue, new.accept.rawValue)]
        let ids = old.roles.map(\.id) + new.roles.map(\.id).filter { old.role($0) == nil }
        for id in ids {
            let (a, b) = (old.role(id), new.role(id))
            pairs.append((id, a?.kind.rawValue ?? "", b?.kind.rawValue ?? ""))
            pairs.append((id + ".meetings", a?.meetings?.joined(separator: ", ") ?? "", b?.meetings?.joined(separator: ", ") ?? ""))
            for deed in Deed.allCases { pairs.append((id + "." + deed.rawValue, a?.reach(deed).rawValue ?? "", b?.reach(deed).rawValue ?? "")) }
        }
        return differing(pairs)
    }

    private static func text(_ rate: Bitrate?) -> String { rate.map { Network.text($0) } ?? "" }

    private static func fittings(of a: Network.Node, _ b: Network.Node) -> [Difference] {
        // A hall that is called like its node is called otherwise with it.
        func rooms(_ node: Network.Node) -> String {
            node.rooms.map { $0.name == node.name ? $0.shortID : "\($0.shortID) (\($0.name))" }.joined(separator: ", ")
        }
        func endpoints(_ node: Network.Node) -> String { node.endpoints.map { Network.render($0, of: node) }.joined(separator: ", ") }
        return differing([
            ("address", a.address.description, b.address.description), ("http", "\(a.httpPort)", "\(b.httpPort)"),
            ("secure", "\(a.secure)", "\(b.secure)"),
            ("access", a.access.map { Network.text($0) } ?? "", b.access.map { Network.text($0) } ?? ""),
            ("rooms", rooms(a), rooms(b)), ("endpoints", endpoints(a), endpoints(b)),
        ])
    }

    private static func differing(_ pairs: [(String, String, String)]) -> [Difference] {
        pairs.filter { $0.1 != $0.2 }.map { Difference(key: $0.0, old: $0.1, new: $0.2) }
    }
}
