import Basics
import Rights

/// A whole network, checked: one tree, unique ids and node indices.
///
/// Slots are those of ``tree``: preorder, slot 0 is the root, siblings in the order of the file.
public struct Network: Hashable, Sendable {
    /// The network's id: 1 to 48 bytes of letters, digits, `-`, `_` and `.`.
    public let networkID: String
    /// What people call the network.
    public let name: String
    /// Counts the editions of this file, so that neighbours notice who holds an older one.
    public let version: UInt32
    /// Which edition of the administrative codes the units are taken from, as free text; empty if none is named.
    public let edition: String
    /// Who issues the network's drawings, above their title block; empty if the file does not say.
    public let agency: String
    /// The language of its drawings, "vi" or "en"; nil if the file does not say.
    public let language: String?
    /// From the top down; levels beside each other have the same rank.
    public let levels: [Level]
    /// Who may do what; ``Policy/standard`` where the file says nothing.
    public let policy: Policy
    /// The bridge above the root, which belongs to somebody else.
    public let upstream: Upstream?
    /// Who hangs below whom, by slot.
    public let tree: Tree
    /// By slot.
    public let nodes: [Node]
    /// The uplink of each slot; nil for the root only.
    public let links: [Link?]
    /// All sites in the order of the tree.
    public let sites: [SiteID]
    /// Broadcasters without a room, in the order of the tree: sites that nobody sits at, `NODE/ENDPOINT`. A meeting that is to hear one names
    /// it by its id; no selection of halls contains it.
    public let broadcasters: [SiteID]
    /// SHA-256 of ``canonical``: 32 bytes.
    public let hash: [UInt8]

    private let slotOfID: [String: Int]
    private let slotOfSite: [SiteID: Int]

    /// A node and its uplink, on their way into a network.
    public struct Entry: Hashable, Sendable {
        /// The node itself.
        public var node: Node
        /// Nil for the root.
        public var link: Link?
        public init(node: Node, link: Link?) {
            self.node = node
            self.link = link
        }
    }

    /// Builds the network from entries in any order, parents named by ``Link/parent``.
    ///
    /// Throws what keeps the entries from being one tree; backups, addresses and levels are not looked at.
    public init(
        networkID: String, name: String, version: UInt32, edition: String, agency: String = "", language: String? = nil, levels: [Level],
        policy: Policy = .standard, upstream: Upstream?, entries: [Entry]
    ) throws(Tree.Malformed) {
        let tree = try Tree(entries.map { (node: $0.node.index, parent: $0.link?.parent) })
        var ordered = [Entry?](repeating: nil, count: entries.count)
        for entry in entries { ordered[tree.slot(entry.node.index)!] = entry }
        self.networkID = networkID
        self.name = name
        self.version = version
        self.edition = edition
        self.agency = agency
        self.language = language
        self.levels = levels
        self.policy = policy
        self.upstream = upstream
        self.tree = tree
        nodes = ordered.map { $0!.node }
        links = ordered.map { $0!.link }
        var slotOfID: [String: Int] = [:]
        var slotOfSite: [SiteID: Int] = [:]
        var sites: [SiteID] = []
        var broadcasters: [SiteID] = []
        for (slot, node) in nodes.enumerated() {
            slotOfID[node.id] = slot
            for room in node.rooms {
                slotOfSite[room.id] = slot
                sites.append(room.id)
            }
            for site in node.broadcasters {
                slotOfSite[site] = slot
                broadcasters.append(site)
            }
        }
        self.slotOfID = slotOfID
        self.slotOfSite = slotOfSite
        self.sites = sites
        self.broadcasters = broadcasters
        hash = SHA256.digest(
            Array(
                Network.render(
                    networkID: networkID, name: name, version: version, edition: edition, agency: agency, language: language, levels: levels,
                    policy: policy, upstream: upstream, nodes: nodes, links: links, tree: tree
                ).utf8))
    }

    /// The first 64 bits of ``hash``, as neighbours tell each other.
    public var shortHash: UInt64 { hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
    /// Number of nodes.
    public var count: Int { nodes.count }
    /// Number of ranks: levels beside each other count once.
    public var levelCount: Int { Set(levels.map(\.rank)).count }
    /// The slot of a node by its id.
    public func slot(id: String) -> Int? { slotOfID[id] }
    /// The slot of a node by its name on the wire.
    public func slot(_ index: NodeIndex) -> Int? { tree.slot(index) }
    /// The slot of the node that a site hangs on; nil for a site that the network does not have.
    public func slot(site: SiteID) -> Int? { slotOfSite[site] }
    /// A node by its id.
    public func node(id: String) -> Node? { slotOfID[id].map { nodes[$0] } }
    /// A node by its name on the wire.
    public func node(_ index: NodeIndex) -> Node? { tree.slot(index).map { nodes[$0] } }
    /// The room that a site is.
    public func room(_ site: SiteID) -> Room? {
        slotOfSite[site].flatMap { slot in nodes[slot].rooms.first { $0.id == site } }
    }
    /// A level by its id; linear in the few levels there are.
    public func level(id: String) -> Level? { levels.first { $0.id == id } }
    /// All declared backup uplinks, by slot of the lower node and in the order in which each wants them.
    public var backups: [(node: NodeIndex, uplink: NodeIndex)] {
        nodes.indices.flatMap { slot in (links[slot]?.backups ?? []).map { (nodes[slot].index, $0) } }
    }
    /// The protected zone that a node lies in: that of the nearest uplink with one, on the way to the root.
    public func zone(of slot: Int) -> String? {
        var at: Int? = slot
        while let here = at {
            if let zone = links[here]?.zone { return zone }
            at = tree.parent(here)
        }
        return nil
    }
}
