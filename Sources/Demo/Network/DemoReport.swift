/// What a demo found out: the JSON object of `nhipcau demo --json`.
public struct DemoReport: Codable, Hashable, Sendable {
    /// Number of nodes.
    public var nodes = 0
    /// In the order of the tree.
    public var trunks: [Trunk] = []
    /// The meeting's, in the order of the tree.
    public var sites: [Site] = []
    public var floor = Floor()
    /// All nodes of the meeting hold the same roster.
    public var rosterEqual = false
    /// What went wrong, in sentences; empty if all is well.
    public var errors: [String] = []
    /// Sites that had the floor long enough to be heard.
    public var speakers: [String] = []
    public var meeting = ""
    /// From the first node's start until all sites were present.
    public var bringUpSeconds: Double?
    /// From then on.
    public var seconds: Double = 0
    /// Of all processes.
    public var cpuSeconds: Double?

    /// One trunk and what crossed it.
    public struct Trunk: Codable, Hashable, Sendable {
        public var child: String
        public var parent: String
        /// As the child says: `up`, `init`, `down`; `unknown` if it did not answer.
        public var state: String
        /// From the child to the parent.
        public var up = Flow()
        /// From the parent to the child.
        public var down = Flow()
    }

    /// One direction of a trunk.
    public struct Flow: Codable, Hashable, Sendable {
        /// The most distinct streams in any 200 ms window.
        public var audioStreams = 0
        public var videoStreams = 0
        /// On average.
        public var kbps: Double = 0
    }

    /// One hall.
    public struct Site: Codable, Hashable, Sendable {
        public var id: String
        public var present: Bool
        /// Sites whose mark was found in decoded sound.
        public var heard: [String]
        /// Sites whose mark was found in decoded pictures.
        public var saw: [String]
    }

    /// Decisions about the floor.
    public struct Floor: Codable, Hashable, Sendable {
        public var grants: UInt64 = 0
        public var refusals: UInt64 = 0
    }
}
