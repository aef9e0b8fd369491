/// `/api/status`: one node as its technician sees it.
public struct NodeStatus: Codable, Hashable, Sendable {
    public var node: String
    public var name: String
    public var incarnation: UInt64
    /// Of the topology file, hexadecimal.
    public var topologyHash: String
    /// The file's `version`; nil from a node of before.
    public var topologyVersion: UInt32?
    public var uptimeSeconds: Double
    public var version: String
    public var trunks: [Trunk] = []
    public var legs: [Leg] = []
    public var meetings: [Meeting] = []
    /// Datagrams and requests refused, by reason.
    public var refused: [String: UInt64] = [:]

    /// The fixed head; lists are filled by the caller.
    public init(node: String, name: String, incarnation: UInt64, topologyHash: String, uptimeSeconds: Double, version: String) {
        self.node = node
        self.name = name
        self.incarnation = incarnation
        self.topologyHash = topologyHash
        self.uptimeSeconds = uptimeSeconds
        self.version = version
    }

    /// One trunk to a neighbour.
    public struct Trunk: Codable, Hashable, Sendable {
        public var neighbour: String
        /// Where the neighbour stands: `up` is the parent (or a backup of it), `down` a child.
        public var direction: String
        /// `init`, `up`, `warm` (a backup that is ready) or `down`.
        public var state: String
        /// A declared backup, seen from either end.
        public var backup = false
        /// Milliseconds since 1970.
        public var since: Int64
        public var roundTripMilliseconds: Double?
        /// 0…1, over the last ten seconds.
        public var loss: Double
        /// What this node sends over the trunk.
        public var sent = Flow()
        /// What this node receives over the trunk.
        public var received = Flow()

        /// The trunk's head; flows are filled by the caller.
        public init(
            neighbour: String, direction: String, state: String, since: Int64, roundTripMilliseconds: Double?, loss: Double
        ) {
            self.neighbour = neighbour
            self.direction = direction
            self.state = state
            self.since = since
            self.roundTripMilliseconds = roundTripMilliseconds
            self.loss = loss
        }
    }

    /// One direction of a trunk or leg.
    public struct Flow: Codable, Hashable, Sendable {
        public var kbps: Double = 0
        /// Distinct sources in any 200 ms window: the most of the last second.
        public var audioStreams = 0
        public var videoStreams = 0
        public var packets: UInt64 = 0
        public var bytes: UInt64 = 0
        public var lost: UInt64 = 0
        public var repaired: UInt64 = 0
        /// Nothing yet.
        public init() {}
    }

    /// One access leg.
    public struct Leg: Codable, Hashable, Sendable {
        public var id: UInt32
        public var site: String
        public var role: String
        /// `connecting`, `up`, `closed`.
        public var state: String
        public var roundTripMilliseconds: Double?
        public var sent = Flow()
        public var received = Flow()
        /// The leg's head; flows are filled by the caller.
        public init(id: UInt32, site: String, role: String, state: String, roundTripMilliseconds: Double?) {
            self.id = id
            self.site = site
            self.role = role
            self.state = state
            self.roundTripMilliseconds = roundTripMilliseconds
        }
    }

    /// One meeting as this node sees it.
    public struct Meeting: Codable, Hashable, Sendable {
        public var id: String
        public var title: String
        public var crown: Bool
        public var speaker: String?
        public var queue: [String]
        public var present: [String]
        public var cutOff: [String]
        public var siteCount: Int
        public var grants: UInt64
        public var refusals: UInt64
        /// Equal on two nodes exactly if both hold the same roster, hexadecimal.
        public var rosterDigest: String
        /// All of it.
        public init(
            id: String, title: String, crown: Bool, speaker: String?, queue: [String], present: [String], cutOff: [String],
            siteCount: Int, grants: UInt64, refusals: UInt64, rosterDigest: String
        ) {
            self.id = id
            self.title = title
            self.crown = crown
            self.speaker = speaker
            self.queue = queue
            self.present = present
            self.cutOff = cutOff
            self.siteCount = siteCount
            self.grants = grants
            self.refusals = refusals
            self.rosterDigest = rosterDigest
        }
    }
}

/// `/health`: ready to take part or not, and why.
public struct NodeHealth: Codable, Hashable, Sendable {
    public var ok: Bool
    public var node: String
    /// In words, empty if all is well.
    public var problems: [String]
    /// All of it.
    public init(ok: Bool, node: String, problems: [String] = []) {
        self.ok = ok
        self.node = node
        self.problems = problems
    }
}
