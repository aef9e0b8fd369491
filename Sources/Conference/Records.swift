import Basics

// What a node writes into its own namespaces. Values only; `RecordCoder` turns them into bytes.

/// One record's value.
public enum ConferenceRecord: Hashable, Sendable {
    /// Lane link, key `link/NEIGHBOUR`.
    case link(LinkRecord)
    /// Lane floor, key `meeting`.
    case meeting(MeetingRecord)
    /// Lane floor, key `request/COUNTER`.
    case request(RequestRecord)
    /// Lane floor, key `command/STAMP`; by a chair's home node.
    case command(CommandRecord)
    /// Lane floor, key `floor`; by the crown.
    case floor(FloorRecord)
    /// Lane floor, key `decision/REQUEST`; by the crown.
    case decision(DecisionRecord)
    /// Lane floor, key `invite/SITE`; by the crown.
    case invite(InviteRecord)
    /// Lane floor, key `seat/SITE`; by a chair's home node, copied by the crown.
    case seat(SeatRecord)
    /// Lane floor, key `answer/SITE`; by the site's home.
    case answer(AnswerRecord)
    /// Lane floor, key `apart`; by a node that broke away.
    case apart(ApartRecord)
    /// Lane roster, key `site/SITE`.
    case site(SiteRecord)
    /// Lane roster, key `stream/COUNTER`.
    case stream(StreamRecord)
    /// Lane bulk, key `attendance/SITE`.
    case attendance(AttendanceRecord)
    /// Lane bulk, key `vote/STAMP`; by a chair's home node.
    case vote(VoteRecord)
    /// Lane bulk, key `ballot/VOTE/ROOM`; by the site's home.
    case ballot(BallotRecord)
}

/// One end's word on an edge; the edge is up in a view if both ends say so with the same session.
public struct LinkRecord: Hashable, Sendable {
    public var neighbour: NodeIndex
    /// The edge's session as both ends know it; kept when the edge went down.
    public var session: UInt64
    /// In both directions, as this end sees it.
    public var up: Bool
    /// When it came up or went down, by the writer's wall clock.
    public var since: WallTime
    public init(neighbour: NodeIndex, session: UInt64, up: Bool, since: WallTime) {
        self.neighbour = neighbour
        self.session = session
        self.up = up
        self.since = since
    }
}

/// A meeting that was started. Written by the node that started it, copied by the crown.
public struct MeetingRecord: Hashable, Sendable {
    public var definition: MeetingDefinition
    /// Names one start of the meeting's id; the later of two starts counts. All other records of the meeting name the term they belong to.
    public var term: Stamp
    /// The node it was started at; besides the chairs this node may end the meeting or let it go on.
    public var startedBy: NodeIndex
    public init(definition: MeetingDefinition, term: Stamp, startedBy: NodeIndex) {
        self.definition = definition
        self.term = term
        self.startedBy = startedBy
    }
}

/// A floor request's name: `NODEINDEX-COUNTER`.
public struct RequestID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The home node, the request's only writer.
    public var node: NodeIndex
    /// Grows over the node's incarnations.
    public var counter: UInt64
    public init(node: NodeIndex, counter: UInt64) {
        self.node = node
        self.counter = counter
    }
    public static func < (a: RequestID, b: RequestID) -> Bool { (a.node, a.counter) < (b.node, b.counter) }
    public var description: String { "\(node)-\(counter)" }
}

/// A request for the floor, at home.
public struct RequestRecord: Hashable, Sendable {
    public var id: RequestID
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    public var site: SiteID
    public var priority: RequestPriority
    /// When its home filed it; put right when the home's clock is.
    public var stamp: Stamp
    /// As its home knows it: pending (waiting), granted (holds a lease), or how it ended.
    public var status: RequestStatus
    /// Lost the floor without anybody's decision: goes before others of its class.
    public var preempted: Bool
    /// The number of the invitation it answers; 0 if the site asked itself.
    public var invitation: UInt64
    /// Its home did not know the time: the stamp counts after all others until it does.
    public var clockUnset: Bool
    public init(
        id: RequestID, term: Stamp, site: SiteID, priority: RequestPriority, stamp: Stamp, status: RequestStatus = .pending,
        preempted: Bool = false, invitation: UInt64 = 0, clockUnset: Bool = false
    ) {
        self.id = id
        self.term = term
        self.site = site
        self.priority = priority
        self.stamp = stamp
        self.status = status
        self.preempted = preempted
        self.invitation = invitation
        self.clockUnset = clockUnset
    }
    /// Waiting or holding.
    public var isLive: Bool { status == .pending || status == .accepted || status == .granted }
}

/// What a chair wants done; executed once, in order, by the crown.
public struct CommandRecord: Hashable, Sendable {
    /// The deeds a chair may ask for.
    public enum Verb: UInt8, Hashable, Sendable, CaseIterable {
        case give = 1
        case revoke = 2
        case muteAll = 3
        /// May also be asked by the node that started the meeting, and by the crown's own.
        case end = 4
        /// The meeting ended above; this part goes on by itself.
        case goOn = 5
        /// Loudspeaker clusters play the meeting. A program of before does not know the verb, and its crown does not execute it.
        case loudspeakersOn = 6
        case loudspeakersOff = 7
    }
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    /// Orders the commands of one node.
    public var stamp: Stamp
    /// A chair; where the verb says so, a site of another node.
    public var by: SiteID
    public var verb: Verb
    /// For give and revoke; otherwise empty.
    public var target: SiteID
    /// The epoch the chair saw when it decided.
    public var epoch: UInt64
    public init(term: Stamp, stamp: Stamp, by: SiteID, verb: Verb, target: SiteID = SiteID(""), epoch: UInt64) {
        self.term = term
        self.stamp = stamp
        self.by = by
        self.verb = verb
        self.target = target
        self.epoch = epoch
    }
}

/// A lease's name; compared by epoch, crown, sequence (mesh rule 8).
public struct LeaseName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Grows when a node becomes crown, and when a part of the meeting comes in below one.
    public var epoch: UInt64
    /// The node that gave it; two crowns may have counted to the same epoch.
    public var crown: NodeIndex
    /// Counts the grants of one crown in one epoch, from 1, without gaps.
    public var sequence: UInt64
    public init(epoch: UInt64, crown: NodeIndex, sequence: UInt64) {
        self.epoch = epoch
        self.crown = crown
        self.sequence = sequence
    }
    public static func < (a: LeaseName, b: LeaseName) -> Bool { (a.epoch, a.crown, a.sequence) < (b.epoch, b.crown, b.sequence) }
    public var description: String { "\(epoch)/\(crown)/\(sequence)" }
}

/// A floor slot's holder as its crown publishes it: for display and audit only, it opens no gate.
public struct GrantRecord: Hashable, Sendable {
    /// Counts from 0; smaller than the definition's `floorSize`.
    public var slot: UInt8
    public var name: LeaseName
    public var request: RequestID
    public var site: SiteID
    public var priority: RequestPriority
    /// When the request was made.
    public var stamp: Stamp
    public init(
        slot: UInt8, name: LeaseName, request: RequestID, site: SiteID, priority: RequestPriority, stamp: Stamp
    ) {
        self.slot = slot
        self.name = name
        self.request = request
        self.site = site
        self.priority = priority
        self.stamp = stamp
    }
}

/// Up to which command of a node the crowns have executed.
public struct ExecutedMark: Hashable, Sendable {
    public var node: NodeIndex
    /// The stamp of the last command that was executed: commands with a larger stamp are still due.
    public var stamp: Stamp
    public init(node: NodeIndex, stamp: Stamp) {
        self.node = node
        self.stamp = stamp
    }
}

/// The crown's overlay of a meeting; of several the largest (epoch, crown, revision) counts.
public struct FloorRecord: Hashable, Sendable {
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    public var epoch: UInt64
    /// The record's only writer.
    public var crown: NodeIndex
    /// Counts the crown's changes of this record within an epoch.
    public var revision: UInt64
    /// By slot.
    public var grants: [GrantRecord]
    /// Nil: none of the part's chairs is present.
    public var actingChair: SiteID?
    /// The site that led before the present speaker. It stays while nobody leads, and is nil before anybody did.
    public var previousSpeaker: SiteID?
    /// The last mute-all; zero: never.
    public var muteAll: Stamp
    /// Whom the last mute-all left alone.
    public var muteExcept: SiteID?
    /// One per chair node, by node.
    public var executed: [ExecutedMark]
    /// When the meeting ended.
    public var ended: WallTime?
    /// When it ended above, while this part was by itself.
    public var endedAbove: WallTime?
    /// Its chair said that this part goes on.
    public var goesOn = false
    /// What a chair said of loudspeaker clusters last; nil: nothing, so the definition holds.
    public var loudspeakers: Bool?
    public init(term: Stamp, epoch: UInt64, crown: NodeIndex, revision: UInt64) {
        self.term = term
        self.epoch = epoch
        self.crown = crown
        self.revision = revision
        grants = []
        muteAll = .zero
        executed = []
    }
    /// Whether this one wins over the other.
    public func isNewer(than other: FloorRecord) -> Bool {
        if term != other.term { return term > other.term }
        return (epoch, crown, revision) > (other.epoch, other.crown, other.revision)
    }
}

/// A chair's decision on one request, as the crown executed it; outlives merges.
public struct DecisionRecord: Hashable, Sendable {
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    public var request: RequestID
    /// Accepted (given a place before all others), denied or revoked.
    public var status: RequestStatus
    /// Among accepted requests: the smaller goes first.
    public var order: UInt64
    /// The chair; of an emergency whose time was over, the one who had asked for it.
    public var by: SiteID
    /// The crown's when it decided; of two decisions of one kind the larger counts.
    public var epoch: UInt64
    public init(term: Stamp, request: RequestID, status: RequestStatus, order: UInt64, by: SiteID, epoch: UInt64) {
        self.term = term
        self.request = request
        self.status = status
        self.order = order
        self.by = by
        self.epoch = epoch
    }
}

/// The chair invites a site that has not asked; its home files a request that answers it.
public struct InviteRecord: Hashable, Sendable {
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    public var site: SiteID
    /// Never 0; grows over a meeting's invitations.
    public var number: UInt64
    public init(term: Stamp, site: SiteID, number: UInt64) {
        self.term = term
        self.site = site
        self.number = number
    }
}

/// A node and all below it hold the meeting by themselves (tách họp riêng), until the record is taken back.
public struct ApartRecord: Hashable, Sendable {
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    /// When it broke away, by its own wall clock.
    public var since: WallTime
    /// The node's site that decided it; acts as chair where no declared one is in the part.
    public var by: SiteID
    public init(term: Stamp, since: WallTime, by: SiteID) {
        self.term = term
        self.since = since
        self.by = by
    }
}

/// A site in one meeting, by its home.
public struct SiteRecord: Hashable, Sendable {
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    public var site: SiteID
    /// From its first leg until ``Conference/grace`` after its last one went.
    public var joined: Bool
    /// By the site itself or by a mute-all; its gate stays closed meanwhile.
    public var muted: Bool
    /// The leg or endpoint that sends for the site agreed to send pictures too.
    public var hasVideo: Bool
    /// 0 to 100,000; nil until the site says so.
    public var headCount: Int?
    /// When its latest stay began, by its home's wall clock; a leg that comes back within ``Conference/grace`` begins no new one.
    public var joinedAt: WallTime
    /// The last mute-all this site carried out.
    public var muteSeen: Stamp
    /// The last invitation this site answered.
    public var inviteSeen: UInt64
    public init(term: Stamp, site: SiteID, joined: Bool, muted: Bool, hasVideo: Bool, headCount: Int?, joinedAt: WallTime) {
        self.term = term
        self.site = site
        self.joined = joined
        self.muted = muted
        self.hasVideo = hasVideo
        self.headCount = headCount
        self.joinedAt = joinedAt
        muteSeen = .zero
        inviteSeen = 0
    }
}

/// The stays of a site in one meeting that are over, by its home.
public struct AttendanceRecord: Hashable, Sendable {
    /// From joining to leaving, by the home's wall clock.
    public struct Stay: Hashable, Sendable {
        public var joined: WallTime
        public var left: WallTime
        public init(joined: WallTime, left: WallTime) {
            self.joined = joined
            self.left = left
        }
    }
    /// So many are told, the latest; a record stays within one datagram.
    public static let limit = 32
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    public var site: SiteID
    /// In the order in which they ended.
    public var stays: [Stay]
    public init(term: Stamp, site: SiteID, stays: [Stay]) {
        self.term = term
        self.site = site
        self.stays = stays
    }
}

/// A vote's name: `NODEINDEX-MILLISECONDS.COUNTER`. Made of a stamp, so that a node that lost its disk gives no name again.
public struct VoteID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The home of the chair who opened it, the vote's only writer.
    public var node: NodeIndex
    /// A reading of the home's hybrid clock.
    public var opened: Stamp
    public init(node: NodeIndex, opened: Stamp) {
        self.node = node
        self.opened = opened
    }
    /// Nil: not as ``description`` writes it.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 8, let node = UInt32(parts[0], radix: 16), let opened = Stamp(parts[1]) else { return nil }
        self.init(node: NodeIndex(rawValue: node), opened: opened)
    }
    public static func < (a: VoteID, b: VoteID) -> Bool { (a.node, a.opened) < (b.node, b.opened) }
    public var description: String { "\(node)-\(opened)" }
}

/// What a chair puts to the vote (biểu quyết), by its home.
public struct VoteRecord: Hashable, Sendable {
    /// So many of one chair's node in one meeting.
    public static let limit = 32
    /// Bytes of UTF-8; a record stays within one datagram.
    public static let questionLimit = 400
    public var id: VoteID
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    /// The chair.
    public var by: SiteID
    /// 1 to ``questionLimit`` bytes, not white space alone.
    public var question: String
    /// Nil while it is open.
    public var closed: WallTime?
    public init(id: VoteID, term: Stamp, by: SiteID, question: String, closed: WallTime? = nil) {
        self.id = id
        self.term = term
        self.by = by
        self.question = question
        self.closed = closed
    }
    /// Something to read, and not too long.
    static func isQuestion(_ text: String) -> Bool {
        (1...questionLimit).contains(text.utf8.count) && text.contains { !$0.isWhitespace }
    }
}

/// How a hall voted: heads counted for each answer. A site that votes as one has one head.
public struct Ballot: Hashable, Sendable {
    /// For each answer.
    public static let limit = 100_000
    /// Tán thành.
    public var agree: Int
    /// Không tán thành.
    public var disagree: Int
    /// Không biểu quyết.
    public var abstain: Int
    public init(agree: Int, disagree: Int, abstain: Int) {
        self.agree = agree
        self.disagree = disagree
        self.abstain = abstain
    }
    /// Somebody voted, and no more than a hall holds.
    var isSound: Bool {
        [agree, disagree, abstain].allSatisfy { (0...Ballot.limit).contains($0) } && self != Ballot(agree: 0, disagree: 0, abstain: 0)
    }
}

/// A site's ballot on one vote, by its home. The vote's name says to which term it belongs.
public struct BallotRecord: Hashable, Sendable {
    /// So many votes of all chairs are kept for one site.
    static let limit = 256
    public var vote: VoteID
    public var site: SiteID
    public var ballot: Ballot
    /// When it was cast or changed last, by the home's wall clock.
    public var cast: WallTime
    public init(vote: VoteID, site: SiteID, ballot: Ballot, cast: WallTime) {
        self.vote = vote
        self.site = site
        self.ballot = ballot
        self.cast = cast
    }
}

/// One RTP stream of a site, by its home.
public struct StreamRecord: Hashable, Sendable {
    public var id: StreamID
    /// On every trunk.
    public var ssrc: UInt32
    /// Always the codec's own kind.
    public var kind: MediaKind
    public var codec: Codec
    public var site: SiteID
    public init(id: StreamID, ssrc: UInt32, kind: MediaKind, codec: Codec, site: SiteID) {
        self.id = id
        self.ssrc = ssrc
        self.kind = kind
        self.codec = codec
        self.site = site
    }
}
