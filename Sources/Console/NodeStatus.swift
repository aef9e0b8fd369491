/// `/api/status`: one node as its technician sees it.
public struct NodeStatus: Codable, Hashable, Sendable {
    /// Its id in the topology.
    public var node: String
    /// In full, with the unit above it.
    public var name: String
    /// The counter of the node's incarnation: larger in every life.
    public var incarnation: UInt64
    /// Of the topology file, hexadecimal.
    public var topologyHash: String
    /// The file's `version`; nil from a node of before.
    public var topologyVersion: UInt32?
    public var uptimeSeconds: Double
    /// Of the program, not of the topology.
    public var version: String
    /// One to each declared neighbour, and those of the edition before that still are up or ready.
    public var trunks: [Trunk] = []
    public var legs: [Leg] = []
    /// Those that run here, by id.
    public var meetings: [Meeting] = []
    /// Datagrams and requests refused, by reason.
    public var refused: [String: UInt64] = [:]
    /// How other nodes' records come; nil from a node of before.
    public var writers: Writers?
    /// Every media packet at every stage of its way, in the order of the stages; nil from a node of before.
    public var media: [Stage]?
    /// What the halls of this node have for microphone and camera; nil from a node of before.
    public var sources: [Source]?
    /// Work beside the loop that carries media, by kind; nil from a node of before.
    public var jobs: [Jobs]?
    /// The stills of this node's halls, by site; nil from a node of before.
    public var stills: [Still]?

    /// What is not as it should be, the gravest and oldest first; nil from a node of before.
    public var problems: [Problem]?

    /// The fixed head; lists are filled by the caller.
    public init(node: String, name: String, incarnation: UInt64, topologyHash: String, uptimeSeconds: Double, version: String) {
        self.node = node
        self.name = name
        self.incarnation = incarnation
        self.topologyHash = topologyHash
        self.uptimeSeconds = uptimeSeconds
        self.version = version
    }

    /// Nodes whose records this node knows.
    public struct Writers: Codable, Hashable, Sendable {
        /// They sign what they decide and prove.
        public var signing: Int
        /// Their records come unsigned and are taken: older programs.
        public var unsigned: Int

        public init(signing: Int, unsigned: Int) {
            self.signing = signing
            self.unsigned = unsigned
        }
    }

    /// Something that a person can mend.
    public struct Problem: Codable, Hashable, Sendable {
        /// For programs: `trunk-down`, `clock-differs` …, as `docs/operation.md` lists them.
        public var code: String
        /// Milliseconds since 1970.
        public var since: Int64
        /// The cause, and the next step, in the language asked for.
        public var message: String
        public var nextStep: String
        /// The node cannot do its work whole.
        public var grave: Bool
        public init(code: String, since: Int64, message: String, nextStep: String, grave: Bool) {
            self.code = code
            self.since = since
            self.message = message
            self.nextStep = nextStep
            self.grave = grave
        }
    }

    /// One stage of a media packet's way.
    public struct Stage: Codable, Hashable, Sendable {
        /// `source`, `ingress`, `trunk`, `identify`, `gate`, `share`, `choice`, `forward`; then `to trunk`, `to page`, `to equipment`,
        /// `to mixer`, which count copies.
        public var stage: String
        /// Packets that came to it; of a sink, copies that it took.
        public var came: UInt64
        /// Packets that ended there, by reason; only those that happened.
        public var dropped: [String: UInt64]
        /// All fields.
        public init(stage: String, came: UInt64, dropped: [String: UInt64]) {
            self.stage = stage
            self.came = came
            self.dropped = dropped
        }
    }

    /// The jobs of one kind.
    public struct Jobs: Codable, Hashable, Sendable {
        /// `still`.
        public var kind: String
        /// Begun, and without an answer so far.
        public var underWay: Int
        /// What became of the others; only what happened.
        public var outcomes: [String: UInt64]
        /// All fields.
        public init(kind: String, underWay: Int, outcomes: [String: UInt64]) {
            self.kind = kind
            self.underWay = underWay
            self.outcomes = outcomes
        }
    }

    /// A hall's newest still.
    public struct Still: Codable, Hashable, Sendable {
        /// The hall's site.
        public var site: String
        /// The meeting into which the hall sent it.
        public var meeting: String
        public var ageSeconds: Double
        /// The JPEG's length.
        public var bytes: Int
        /// All fields.
        public init(site: String, meeting: String, ageSeconds: Double, bytes: Int) {
            self.site = site
            self.meeting = meeting
            self.ageSeconds = ageSeconds
            self.bytes = bytes
        }
    }

    /// One source of a hall.
    public struct Source: Codable, Hashable, Sendable {
        /// The hall's site.
        public var site: String
        /// `audio` or `video`.
        public var kind: String
        /// `page 7` or a device's id in the topology.
        public var name: String
        /// It is the hall's microphone or camera now.
        public var chosen: Bool
        /// Packets that were the hall's sound or picture.
        public var taken: UInt64
        /// Packets that were not, since another source was chosen.
        public var leftOut: UInt64
        /// All fields.
        public init(site: String, kind: String, name: String, chosen: Bool, taken: UInt64, leftOut: UInt64) {
            self.site = site
            self.kind = kind
            self.name = name
            self.chosen = chosen
            self.taken = taken
            self.leftOut = leftOut
        }
    }

    /// One trunk to a neighbour.
    public struct Trunk: Codable, Hashable, Sendable {
        /// The neighbour's id in the topology.
        public var neighbour: String
        /// Where the neighbour stands: `up` is the parent (or a backup of it), `down` a child.
        public var direction: String
        /// `init`, `up`, `warm` (a backup that is ready) or `down`.
        public var state: String
        /// A declared backup, seen from either end.
        public var backup = false
        /// Milliseconds since 1970.
        public var since: Int64
        /// Smoothed, of the hellos; nil until measured.
        public var roundTripMilliseconds: Double?
        /// 0…1, over the last ten seconds.
        public var loss: Double
        /// The `version` of the topology that the neighbour runs; nil until it told.
        public var topologyVersion: UInt64?
        /// The neighbour's clock less this node's, in milliseconds; nil until both told.
        public var clockAheadMilliseconds: Int64?
        /// Loss of what this node sends, as the neighbour says, 0…1.
        public var lossThere: Double?
        /// Why it went down last: `silent`, `lost` …; nil: it did not.
        public var lastDown: String?
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
        /// Of plain RTP, over the last second; 0 of a leg, where it is not measured.
        public var kbps: Double = 0
        /// Distinct sources in any 200 ms window: the most since the secure session began.
        public var audioStreams = 0
        public var videoStreams = 0
        /// RTP packets: of a trunk since its secure session began, resends among them; of a leg since it was made.
        public var packets: UInt64 = 0
        /// Of a trunk's packets as plain RTP; of a leg all UDP payload.
        public var bytes: UInt64 = 0
        /// Found missing; counted of what is received, of a leg only in pictures.
        public var lost: UInt64 = 0
        /// Sent by a trunk: packets sent again. Received: missing ones that came after they were asked for.
        public var repaired: UInt64 = 0
        /// Nothing yet.
        public init() {}
    }

    /// One access leg.
    public struct Leg: Codable, Hashable, Sendable {
        public var id: UInt32
        /// The site's id.
        public var site: String
        /// ``Role`` as in tokens: `room`, `chair`, `viewer`, `operator`.
        public var role: String
        /// `connecting` or `up`; what is closed is not listed.
        public var state: String
        /// By the page's reports on a picture that it gets; nil before the first.
        public var roundTripMilliseconds: Double?
        /// The own id of the link that it came by (`jti`), under which it can be withdrawn; nil from a node of before.
        public var link: String?
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
        /// This node is the meeting's floor control server.
        public var crown: Bool
        /// A site's id; nil: nobody holds the floor and no chair is present.
        public var speaker: String?
        /// Sites by id, next first.
        public var queue: [String]
        /// Sites by id, in the order of the tree, as are those cut off.
        public var present: [String]
        /// Joined, and not reachable from this node.
        public var cutOff: [String]
        /// All that the meeting declares.
        public var siteCount: Int
        /// Grants that this node noted since it started: all of them as the crown, else those to its own sites.
        public var grants: UInt64
        /// Denied requests and refused commands that it noted likewise.
        public var refusals: UInt64
        /// Equal on two nodes exactly if both hold the same roster, hexadecimal.
        public var rosterDigest: String
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
    /// False while the trunk to the parent is down or the archive takes no rows; `/health` then answers with 503.
    public var ok: Bool
    /// Its id in the topology.
    public var node: String
    /// In words, empty if all is well.
    public var problems: [String]
    public init(ok: Bool, node: String, problems: [String] = []) {
        self.ok = ok
        self.node = node
        self.problems = problems
    }
}
