import Basics

// What pages, the API and the command line read and say. Plain values: no wire format, no clock.

/// What a token's bearer may do.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// A hall: joins with microphone and camera, asks for the floor.
    case room
    /// A chair: all of a room, and gives and withdraws the floor, mutes all, starts and ends the meeting.
    case chair
    /// Watches and listens.
    case viewer
    /// The node's technician: reads status and starts or ends meetings from the shell.
    case `operator`
}

/// A verified token: who stands at the page.
public struct Pass: Hashable, Sendable {
    /// The token's; an operator's need not be in the network.
    public var site: SiteID
    public var role: Role
    /// The role's id in the network's policy: that of ``role``, or of one that is like it.
    public var policyRole: String
    /// Nil: any meeting of the site.
    public var meeting: MeetingID?
    /// The token is refused from then on, and what it opened ends.
    public var expires: WallTime
    /// The token's own id (`jti`); empty: not known.
    public var token: String
    /// The key that signed the token, by its name; empty: the root's.
    public var key: String
    public init(site: SiteID, role: Role, meeting: MeetingID?, expires: WallTime, token: String = "", key: String = "", policyRole: String? = nil) {
        self.site = site
        self.role = role
        self.policyRole = policyRole ?? role.rawValue
        self.meeting = meeting
        self.expires = expires
        self.token = token
        self.key = key
    }
}

/// The kinds of meetings (`domain.md`): they set the floor's policy.
public enum MeetingKind: String, Hashable, Sendable, CaseIterable {
    /// Quán triệt: one speaker, no requests.
    case resolutionStudy = "quan-triet"
    /// Giao ban: reports in a declared order.
    case briefing = "giao-ban"
    /// Họp: request and invite.
    case discussion = "hop"
    /// Tập huấn: questions at the end.
    case training = "tap-huan"
}

/// A meeting as a file or a chair's form declares it, with its sites already resolved.
public struct MeetingDefinition: Hashable, Sendable {
    public var id: MeetingID
    public var title: String
    public var kind: MeetingKind
    /// In the order in which they act as chair; each is also a site.
    public var chairs: [SiteID]
    /// All sites, the chairs' included, in the order of the tree.
    public var sites: [SiteID]
    /// Video codec of the whole meeting: VP8 or H.264.
    public var videoCodec: Codec
    /// Open microphones mixed and passed on at most (K).
    public var openMicrophones: Int
    /// Slots of the floor (N ≤ K).
    public var floorSize: Int
    /// Nominal rate of one voice; mixes for plain equipment are encoded at it.
    public var audioRate: Bitrate
    /// Nominal rate of one picture; pages are told to send no more (REMB).
    public var videoRate: Bitrate
    /// Loudspeaker clusters at the meeting's nodes play it from its start on; else they are silent until a chair says so.
    public var loudspeakers: Bool
    public init(
        id: MeetingID, title: String, kind: MeetingKind, chairs: [SiteID], sites: [SiteID], videoCodec: Codec = .vp8,
        openMicrophones: Int = 3, floorSize: Int = 1, audioRate: Bitrate = .kbps(32), videoRate: Bitrate = .kbps(1_000),
        loudspeakers: Bool = false
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.chairs = chairs
        self.sites = sites
        self.videoCodec = videoCodec
        self.openMicrophones = openMicrophones
        self.floorSize = floorSize
        self.audioRate = audioRate
        self.videoRate = videoRate
        self.loudspeakers = loudspeakers
    }
}

/// BFCP floor request states (RFC 8855 section 5.2.5 and figure 45).
public enum RequestStatus: UInt8, Hashable, Sendable, CaseIterable {
    case pending = 1
    case accepted = 2
    case granted = 3
    case denied = 4
    case cancelled = 5
    case released = 6
    case revoked = 7
}

/// Priorities of RFC 8855 section 5.2.4 (0 lowest … 4 highest); 4 is a chair's emergency.
public enum RequestPriority: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    case lowest = 0
    case low = 1
    case normal = 2
    case high = 3
    case highest = 4
    public static func < (a: RequestPriority, b: RequestPriority) -> Bool { a.rawValue < b.rawValue }
}

/// Whether and how a site takes part, as this node computes it (nobody writes another's presence).
public enum SitePresence: Hashable, Sendable {
    /// Not joined, or the meeting has ended.
    case absent
    case present
    /// Mất kết nối since that wall time.
    case cutOff(since: WallTime)
    /// Tách họp riêng: connected, but on the other side of a node that broke away at that wall time.
    case apart(since: WallTime)
}

/// A part of a meeting that a node took out of its tree.
public struct ApartView: Hashable, Sendable {
    /// The node that broke away, with all below it.
    public var node: NodeIndex
    /// When it broke away, by its own wall clock.
    public var since: WallTime
    /// The node's site that decided it.
    public var by: SiteID
    public init(node: NodeIndex, since: WallTime, by: SiteID) {
        self.node = node
        self.since = since
        self.by = by
    }
}

/// The meeting ended above while this part was by itself.
public struct EndedAboveView: Hashable, Sendable {
    /// When it ended, by the wall clock of the crown above.
    public var since: WallTime
    /// The chair said that this part goes on; until then it is asked.
    public var goesOn: Bool
    public init(since: WallTime, goesOn: Bool) {
        self.since = since
        self.goesOn = goesOn
    }
}

/// One site in a meeting's view.
public struct SiteView: Hashable, Sendable {
    public var id: SiteID
    public var presence: SitePresence
    /// As last heard of it, also while it is cut off.
    public var muted: Bool
    /// Its gate is open: it holds the floor or is the acting chair, and is not muted.
    public var microphoneOpen: Bool
    /// The leg or endpoint that sends for the site agreed to send pictures too.
    public var hasVideo: Bool
    /// Number of people in the hall, if the site said so.
    public var headCount: Int?
    public init(id: SiteID, presence: SitePresence, muted: Bool, microphoneOpen: Bool, hasVideo: Bool, headCount: Int?) {
        self.id = id
        self.presence = presence
        self.muted = muted
        self.microphoneOpen = microphoneOpen
        self.hasVideo = hasVideo
        self.headCount = headCount
    }
}

/// One floor request in the queue or on the floor.
public struct RequestView: Hashable, Sendable {
    /// `NODEINDEX-COUNTER`, unique in the network.
    public var id: String
    public var site: SiteID
    /// Granted of holders; of waiting ones accepted if a free slot may go to them without a further word from the chair, else pending.
    public var status: RequestStatus
    public var priority: RequestPriority
    /// When it was made: milliseconds since 1970 of its hybrid logical clock.
    public var stamp: WallTime
    public init(id: String, site: SiteID, status: RequestStatus, priority: RequestPriority, stamp: WallTime) {
        self.id = id
        self.site = site
        self.status = status
        self.priority = priority
        self.stamp = stamp
    }
}

/// One vote (biểu quyết) and how it stands: counted here, of every ballot that came.
public struct VoteView: Hashable, Sendable {
    /// How one site voted.
    public struct SiteBallot: Hashable, Sendable {
        public var site: SiteID
        public var ballot: Ballot
        public init(site: SiteID, ballot: Ballot) {
            self.site = site
            self.ballot = ballot
        }
    }
    public var id: VoteID
    public var question: String
    /// The chair who opened it; a declared chair at that site's node closes it.
    public var by: SiteID
    /// Nil while it is open.
    public var closed: WallTime?
    /// Heads, by answer.
    public var agree = 0
    public var disagree = 0
    public var abstain = 0
    /// Sites with a ballot.
    public var voted = 0
    /// Sites without one, those cut off among them.
    public var missing = 0
    /// How many of the missing sites are cut off, so that nobody knows yet how they vote.
    public var cutOff = 0
    /// The ballots of this node's own sites.
    public var own: [SiteBallot] = []
    public init(id: VoteID, question: String, by: SiteID, closed: WallTime? = nil) {
        self.id = id
        self.question = question
        self.by = by
        self.closed = closed
    }
}

/// A meeting as one node sees it now; the shell sends pages the difference between two of these.
public struct MeetingView: Hashable, Sendable {
    public var definition: MeetingDefinition
    /// Nil: none of the part's chairs is present, or the meeting has ended.
    public var actingChair: SiteID?
    /// This node is the meeting's floor control server and focus.
    public var crown: Bool
    /// One for each site, in the order of `definition.sites`.
    public var sites: [SiteView]
    /// Granted requests, by floor slot.
    public var holders: [RequestView]
    /// Waiting requests, next first.
    public var queue: [RequestView]
    /// Whose picture and voice lead: the first holder, else the acting chair.
    public var speaker: SiteID?
    /// In the order in which they were opened.
    public var votes: [VoteView]
    /// Sites that are asked to come, that do not come, and that were taken out, in the order in which chairs spoke of them.
    public var seats: [SeatView]
    /// The site that led before `speaker`. It stays while nobody leads, and is nil before anybody did.
    public var previousSpeaker: SiteID?
    /// Loudspeaker clusters play the meeting: a chair said so last, or the definition does and no chair said otherwise.
    public var loudspeakers: Bool
    /// The uplink of this node (or of one above it) is down: what it is cut off from, since when.
    public var cutOff: (node: NodeIndex, since: WallTime)? {
        get { cutOffNode.map { ($0, cutOffSince) } }
        set {
            cutOffNode = newValue?.node
            cutOffSince = newValue?.since ?? WallTime(milliseconds: 0)
        }
    }
    private var cutOffNode: NodeIndex?
    private var cutOffSince = WallTime(milliseconds: 0)
    /// This node stands in a part that broke away.
    public var apart: ApartView?
    /// The meeting reaches above this node, so that it can break away.
    public var reachesAbove: Bool
    public var endedAbove: EndedAboveView?
    /// The node that started the meeting, whose operator may end it; nil: not known.
    public var startedBy: NodeIndex?
    /// Then nobody holds or waits, and ``Conference/afterlife`` later the meeting is gone.
    public var ended: Bool

    public init(definition: MeetingDefinition) {
        self.definition = definition
        loudspeakers = definition.loudspeakers
        crown = false
        reachesAbove = false
        sites = []
        holders = []
        queue = []
        votes = []
        seats = []
        ended = false
    }
}

/// What a page or the shell asks of its node, once its pass is verified.
public enum ConferenceAction: Hashable, Sendable {
    case requestFloor(RequestPriority)
    /// Cancels a waiting request or releases the floor, whatever the site has.
    case withdraw
    case setMuted(Bool)
    case setHeadCount(Int)
    /// Chair: gives the floor to a waiting request, or invites a site that has not asked.
    case give(SiteID)
    /// Chair: takes the floor back from a holder, or denies a waiting request.
    case revoke(SiteID)
    case muteAll
    /// Chair: loudspeaker clusters play the meeting from now on, or fall silent.
    case setLoudspeakers(Bool)
    case start(MeetingDefinition)
    case end
    /// Chair of a part above which the meeting ended: goes on by itself.
    case goOn
    /// A chair or the first site of its node: the node leaves the meeting's tree with all below it, and holds it by itself.
    case breakAway
    /// The same: back to the rest.
    case rejoin
    /// A declared chair: puts a question to the vote.
    case openVote(String)
    /// A declared chair of the node that opened it.
    case closeVote(VoteID)
    /// Calls a site into the running meeting: at once if it lies at or below the caller's node, else it is asked.
    case addSite(SiteID)
    /// Takes a site out of the running meeting, or an invitation back.
    case removeSite(SiteID)
    /// A hall's answer to an invitation, by its own page or its node's operator.
    case answer(SiteID, accepts: Bool)
    /// A site's heads, counted; a later one replaces it until the vote is known to be closed.
    case cast(Ballot, on: VoteID)
}

/// Why an action was not carried out; each has a sentence in both languages in `Console`.
public enum Refusal: String, Error, Hashable, Sendable, CaseIterable {
    case notAllowed = "not-allowed"
    case unknownMeeting = "unknown-meeting"
    case unknownSite = "unknown-site"
    case notInMeeting = "not-in-meeting"
    case noRequest = "no-request"
    case alreadyRequested = "already-requested"
    case requestsClosed = "requests-closed"
    case meetingExists = "meeting-exists"
    case badOffer = "bad-offer"
    case noCommonCodec = "no-common-codec"
    case tooManyLegs = "too-many-legs"
    case notReady = "not-ready"
    case nothingAbove = "nothing-above"
    case alreadyApart = "already-apart"
    case notApart = "not-apart"
    case notEndedAbove = "not-ended-above"
    case badQuestion = "bad-question"
    case tooManyVotes = "too-many-votes"
    case unknownVote = "unknown-vote"
    case voteClosed = "vote-closed"
    case badBallot = "bad-ballot"
    /// The site is in the meeting already.
    case alreadyInMeeting = "already-in-meeting"
    /// A declared chair is not taken out of its meeting.
    case chairStays = "chair-stays"
    /// Nobody asks this site to come.
    case notInvited = "not-invited"
    /// So many words on sites were said in this meeting.
    case tooManySeats = "too-many-seats"
    /// A chair convenes sites at or below its own node only.
    case beyondReach = "beyond-reach"
    /// The definition does not fit a record: too many sites, or too long a title.
    case tooLarge = "meeting-too-large"
    case tooManyMeetings = "too-many-meetings"
    /// This site's links carry as many legs as they may.
    case tooManyPages = "too-many-pages"
    /// The node's records of this meeting wait to be taken by its neighbours.
    case busy
    /// Links are withdrawn by their site's node, and by those above it.
    case notYours = "not-yours"
    /// This node has withdrawn as many links as it may at once.
    case tooManyRevocations = "too-many-revocations"
}
