/// `/api/topology`: the edition that runs at a node, and what all nodes said of the one that was applied last.
public struct TopologyStatus: Codable, Hashable, Sendable {
    /// The network's id.
    public var network: String
    /// Of the edition that runs at the node that answers.
    public var version: UInt32
    /// Its hash, hexadecimal.
    public var hash: String
    /// In the order of the tree.
    public var nodes: [Node]

    /// What one node said.
    public struct Node: Codable, Hashable, Sendable {
        /// The node's id in the topology.
        public var node: String
        /// `runs`, `refused`, `waits` (for its next start) or `silent`: it has not said anything, as far as is known here.
        public var state: String
        /// The edition it speaks of.
        public var version: UInt32?
        /// The edition that runs there.
        public var running: UInt32?
        /// Why, in English.
        public var reason: String?
        /// Why, in Vietnamese.
        public var reasonVietnamese: String?
        public init(node: String, state: String, version: UInt32?, running: UInt32?, reason: String?, reasonVietnamese: String?) {
            self.node = node
            self.state = state
            self.version = version
            self.running = running
            self.reason = reason
            self.reasonVietnamese = reasonVietnamese
        }
    }

    public init(network: String, version: UInt32, hash: String, nodes: [Node]) {
        self.network = network
        self.version = version
        self.hash = hash
        self.nodes = nodes
    }
}

/// Why an edition was not taken, as the HTTP API tells it.
public struct EditionProblem: Error, Hashable, Sendable {
    /// For programs, as `docs/openapi.yaml` lists them: `bad-signature`, `version-not-higher` …
    public var code: String
    public var vietnamese: String
    public var english: String
    /// Another edition than the one that runs was expected: a conflict, and no mistake in the file.
    public var isConflict: Bool
    public init(code: String, vietnamese: String, english: String, isConflict: Bool) {
        self.code = code
        self.vietnamese = vietnamese
        self.english = english
        self.isConflict = isConflict
    }
}
