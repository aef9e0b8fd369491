import Basics
import Membership

/// What ``Conference`` wants done, in this order.
public enum ConferenceEffect: Hashable, Sendable {
    /// Write (or with nil: delete) a record of our own namespace of that lane and scope. A shell that keeps the floor and
    /// roster rows and hands them to ``Conference/restore(_:now:wall:into:)`` keeps requests over a restart.
    case publish(lane: Lane, scope: MeetingID?, key: String, value: [UInt8]?)
    /// Delete a record of our own namespace, and keep its row for ``Conference/restore(_:now:wall:into:)``: others need it no more, a
    /// later life of this node may.
    case retract(lane: Lane, scope: MeetingID?, key: String)
    /// Send on the floor lane to that neighbour, repeated until acknowledged while the edge's session lasts.
    case hop(to: NodeIndex, payload: [UInt8])
    /// Our own site's microphone: pass its packets on, or not. The lease is nil for an acting chair.
    case gate(meeting: MeetingID, site: SiteID, open: Bool, lease: LeaseName?)
    /// The meetings whose namespaces travel on the edge to that neighbour, sorted: all of them, each time one changes.
    case scopes(neighbour: NodeIndex, meetings: [MeetingID])
    /// The meeting's definition is missing here, or no longer: as long as it is, every neighbour that offers its namespaces may send them.
    case wanted(MeetingID, Bool)
    /// Nodes may hang elsewhere or be reachable or not: ``Conference/nextHop(to:)`` may answer differently.
    case waysChanged
    /// The view, streams or attachment of a meeting changed.
    case changed(MeetingID)
    /// All namespaces of an ended meeting may be dropped.
    case forget(MeetingID)
    case audit(AuditRow)
    case attendance(AttendanceRow)
    case vote(VoteRow)
    case ballot(BallotRow)
    /// A stranger's or a neighbour's message was not taken.
    case dropped(ConferenceDrop)
}

/// Why a message or record was not taken; counted by the shell.
public enum ConferenceDrop: String, Hashable, Sendable, CaseIterable {
    case malformed
    case unknownMeeting = "unknown-meeting"
    case wrongDirection = "wrong-direction"
    /// Another session or attach number: the fence.
    case stale
    case notAttached = "not-attached"
    case noSuchRequest = "no-such-request"
    case tooManyMeetings = "too-many-meetings"
    case tooManyRecords = "too-many-records"
    /// Written by a node that may not write it.
    case foreign
    /// A meeting's term more than a minute ahead of the time here.
    case fromTheFuture = "from-the-future"
}

/// A decision about the floor, for the archive: written at the crown and at the requester's home.
public struct AuditRow: Hashable, Sendable {
    /// What happened.
    public enum Event: String, Hashable, Sendable, CaseIterable {
        case started, ended, requested, cancelled, accepted, denied, granted, released, revoked, invited
        /// A chair's emergency took the floor; and whom it interrupted.
        case emergency, preempted
        /// The lease ended with nobody's decision (cut, restart, silence).
        case expired
        case mutedAll = "muted-all"
        /// A chair let loudspeaker clusters play the meeting, or silenced them.
        case loudspeakersOn = "loudspeakers-on"
        case loudspeakersOff = "loudspeakers-off"
        /// A node left the meeting's tree with all below it (tách họp riêng), and came back (nhập lại).
        case brokeAway = "broke-away"
        case rejoined
        /// The meeting ended above; its chair let this part go on.
        case wentOn = "went-on"
        case voteOpened = "vote-opened"
        case voteClosed = "vote-closed"
        /// A chair called a site into the running meeting, and took one out.
        case siteAdded = "site-added"
        case siteRemoved = "site-removed"
        /// A hall accepted or declined an invitation.
        case accepts, declines
        /// A chair's command that was not carried out.
        case refused
    }
    public var meeting: MeetingID
    /// By the wall clock of the node that wrote it.
    public var at: WallTime
    public var event: Event
    /// Whom it concerns.
    public var site: SiteID?
    /// The chair who decided it; nil: the site itself or the rules.
    public var by: SiteID?
    /// Nil where no request is concerned: the meeting as a whole, a vote, an invitation.
    public var request: RequestID?
    /// The lease that was given or ended; nil where there was none.
    public var lease: LeaseName?
    /// Why a command was refused.
    public var refusal: Refusal?
    public init(
        meeting: MeetingID, at: WallTime, event: Event, site: SiteID? = nil, by: SiteID? = nil, request: RequestID? = nil,
        lease: LeaseName? = nil, refusal: Refusal? = nil
    ) {
        self.meeting = meeting
        self.at = at
        self.event = event
        self.site = site
        self.by = by
        self.request = request
        self.lease = lease
        self.refusal = refusal
    }
}

/// A site of this node, or of one below it that told, came or went.
public struct AttendanceRow: Hashable, Sendable {
    public var meeting: MeetingID
    public var site: SiteID
    /// By the wall clock of the site's home.
    public var joined: WallTime
    /// Nil while it is here; the row with the same (meeting, site, joined) closes it.
    public var left: WallTime?
    public init(meeting: MeetingID, site: SiteID, joined: WallTime, left: WallTime?) {
        self.meeting = meeting
        self.site = site
        self.joined = joined
        self.left = left
    }
}

/// A vote of a meeting that this node knows.
public struct VoteRow: Hashable, Sendable {
    public var meeting: MeetingID
    public var vote: VoteID
    /// The chair.
    public var by: SiteID
    public var question: String
    /// Nil while it is open; the row with the same (meeting, vote) closes it.
    public var closed: WallTime?
    public init(meeting: MeetingID, vote: VoteID, by: SiteID, question: String, closed: WallTime?) {
        self.meeting = meeting
        self.vote = vote
        self.by = by
        self.question = question
        self.closed = closed
    }
}

/// A site of this node, or of one below it, cast a ballot, or changed it: the later row with the same (meeting, vote, site) counts.
public struct BallotRow: Hashable, Sendable {
    public var meeting: MeetingID
    public var vote: VoteID
    public var site: SiteID
    public var ballot: Ballot
    /// When it was cast or changed last, by the wall clock of the site's home.
    public var cast: WallTime
    public init(meeting: MeetingID, vote: VoteID, site: SiteID, ballot: Ballot, cast: WallTime) {
        self.meeting = meeting
        self.vote = vote
        self.site = site
        self.ballot = ballot
        self.cast = cast
    }
}

/// One published record as the shell kept it.
public struct PublishedRecord: Hashable, Sendable {
    public var lane: Lane
    /// Nil for the link lane and for no other.
    public var scope: MeetingID?
    /// As ``ConferenceEffect/publish(lane:scope:key:value:)`` named it.
    public var key: String
    /// As ``RecordCoder`` wrote it.
    public var value: [UInt8]
    public init(lane: Lane, scope: MeetingID?, key: String, value: [UInt8]) {
        self.lane = lane
        self.scope = scope
        self.key = key
        self.value = value
    }
}
