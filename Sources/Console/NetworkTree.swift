import Basics

/// `/api/network`: the tree of nodes with their sites and full names, in preorder.
public struct NetworkTree: Codable, Hashable, Sendable {
    /// The id of the node that answers.
    public var node: String
    /// Levels, top down.
    public var levels: [Level]
    /// A parent before its children.
    public var nodes: [Node]

    /// One administrative level.
    public struct Level: Codable, Hashable, Sendable {
        public var id: String
        public var name: String
        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// One node and its halls.
    public struct Node: Codable, Hashable, Sendable {
        public var id: String
        /// `NodeIndex` in 8 hexadecimal digits.
        public var index: String
        /// `Xã Yên Mỹ`.
        public var name: String
        /// `Xã Yên Mỹ, huyện Yên Mô`: names repeat across the country.
        public var fullName: String
        /// The id of its ``Level``.
        public var level: String
        /// The parent's id; nil for the root.
        public var parent: String?
        public var sites: [Site]
        /// Broadcasters without a room, which a chair may put on air; absent where there are none.
        public var broadcasters: [Site]?
        public init(id: String, name: String, fullName: String, level: String, parent: String?, sites: [Site], broadcasters: [Site]? = nil) {
            self.broadcasters = broadcasters
            self.id = id
            index = NodeIndex(of: id).description
            self.name = name
            self.fullName = fullName
            self.level = level
            self.parent = parent
            self.sites = sites
        }
    }

    /// One hall.
    public struct Site: Codable, Hashable, Sendable {
        public var id: String
        /// In full.
        public var name: String
        public init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// Nodes must stand a parent before its children.
    public init(node: String, levels: [Level], nodes: [Node]) {
        self.node = node
        self.levels = levels
        self.nodes = nodes
    }

    /// All sites at or below a node, in the order of the tree.
    public func sites(under top: String) -> [String] {
        var inside: Set<String> = []
        var result: [String] = []
        for node in nodes where node.id == top || node.parent.map(inside.contains) == true {
            inside.insert(node.id)
            result += node.sites.map(\.id)
        }
        return result
    }
}

/// Full names by id, looked up once for each site of a page.
public struct NameBook: Sendable {
    /// The id of the node that serves the page.
    public let node: String
    private let sites: [String: String]
    private let nodes: [String: String]

    /// All names of a network.
    public init(_ network: NetworkTree) {
        node = network.node
        var sites: [String: String] = [:]
        var nodes: [String: String] = [:]
        for node in network.nodes {
            nodes[node.id] = node.fullName
            nodes[node.index] = node.fullName
            for site in node.sites + (node.broadcasters ?? []) { sites[site.id] = site.name }
        }
        self.sites = sites
        self.nodes = nodes
    }

    /// A site's full name; its id if it is unknown.
    public func site(_ id: String) -> String { sites[id] ?? id }

    /// The full name of a site, or of a node that acts in its own name.
    func caller(_ id: String) -> String { sites[id] ?? node(id) }

    /// A node's full name by id or index; the same if it is unknown.
    public func node(_ id: String) -> String { nodes[id] ?? id }
}
