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
    /// The meeting's id.
    public var meeting = ""
    /// From the first node's start until all sites were present.
    public var bringUpSeconds: Double?
    /// From then on.
    public var seconds: Double = 0
    /// Of all processes.
    public var cpuSeconds: Double?
    /// With `--loads`: what was measured beside the plan.
    public var loads: Loads?

    /// One trunk and what crossed it.
    public struct Trunk: Codable, Hashable, Sendable {
        /// The lower node's id.
        public var child: String
        /// The upper node's id.
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
        /// With `--loads`, if both ends answered.
        public var load: Load?
    }

    /// One direction of a trunk beside its plan, in kbit/s on the line: with UDP and IP headers, gossip and reports.
    public struct Load: Codable, Hashable, Sendable {
        /// As the sending end counts.
        public var sentKbps: Double
        /// As the receiving end counts.
        public var receivedKbps: Double
        /// As `topology plan` says for this meeting and speaker.
        public var plannedKbps: Double
        /// What is received beyond what is planned.
        public var differencePercent: Double
        /// Plain RTP packets that were received.
        public var rtpKbps: Double
        /// As `topology plan` says of plain RTP.
        public var plannedRtpKbps: Double
    }

    /// All trunks beside their plan.
    public struct Loads: Codable, Hashable, Sendable {
        /// Who spoke all the time.
        public var speaker: String
        /// Between the two readings.
        public var seconds: Double
        /// What the speaker's clips cost as RTP, as it stands beside their files.
        public var audio: ClipRate
        /// Nil where halls have sound only.
        public var video: ClipRate?
        /// Directions measured.
        public var directions = 0
        /// Of all of them together.
        public var kbps = 0.0
        public var plannedKbps = 0.0
        /// The largest difference of one, in per cent.
        public var farthestPercent = 0.0
    }

    /// One hall.
    public struct Site: Codable, Hashable, Sendable {
        public var id: String
        /// At the end, as the chair's node sees it.
        public var present: Bool
        /// Sites whose mark was found in decoded sound.
        public var heard: [String]
        /// Sites whose mark was found in decoded pictures.
        public var saw: [String]
    }

    /// Decisions about the floor.
    public struct Floor: Codable, Hashable, Sendable {
        /// As the crown noted them; if no node says it is the crown, the most that one noted. So are refusals.
        public var grants: UInt64 = 0
        public var refusals: UInt64 = 0
    }
}
