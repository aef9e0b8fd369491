import Basics
import Conference

/// All a page shows: event `state`, sent once at connect and whenever another meeting begins.
public struct PageState: Codable, Hashable, Sendable {
    /// Counts the events of one stream from 1; a page that sees a gap connects anew.
    public var revision: UInt64
    /// The node's clock when the event was made, milliseconds since 1970.
    public var clock: Int64
    /// The node's incarnation counter; another one than before means that the node restarted and all legs are gone.
    public var incarnation: UInt64
    public var you: You
    /// How the node's line upward is, as the node measures it; nil at the top of the tree.
    public var uplink: LineQuality?
    /// Nil while no meeting of this site runs.
    public var meeting: Meeting?
    /// What others hear of this site; nil for a viewer and while no meeting runs.
    public var truth: Truth?
    /// Whose pictures the site's legs are sent, in the order in which they joined.
    public var pictures: [Pictures]
    /// The meeting that ended last, for some minutes while none runs.
    public var over: Over?
    /// Meetings that ask this site to come and have no answer yet, whether it is in another one or not.
    public var invitations: [Invitation]

    /// Who the page is, out of its token.
    public struct You: Codable, Hashable, Sendable {
        /// The site's id: `NODE` or `NODE/ROOM`.
        public var site: String
        /// In full, with unit and district.
        public var name: String
        /// ``Role`` as in tokens: `room`, `chair`, `viewer`, `operator`.
        public var role: String
        /// The name of the node that serves the page.
        public var node: String
        public init(site: String, name: String, role: String, node: String) {
            self.site = site
            self.name = name
            self.role = role
            self.node = node
        }
    }

    /// A running meeting: what stays, then what changes.
    public struct Meeting: Codable, Hashable, Sendable {
        public var id: String
        public var title: String
        /// ``MeetingKind`` as in meeting files: `quan-triet`, `giao-ban`, `hop`, `tap-huan`.
        public var kind: String
        /// Sites by id, in the order in which they act.
        public var chairs: [String]
        /// Slots of the floor (N ≤ K).
        public var floorSize: Int
        /// Open microphones mixed and passed on at most (K).
        public var openMicrophones: Int
        /// `vp8` or `h264`.
        public var videoCodec: String

        /// A site's id; nil: no chair of this part is present.
        public var actingChair: String?
        /// A site's id: the first holder, else the acting chair; nil: neither is there.
        public var speaker: String?
        /// A site's id: who led before; nil before anybody did.
        public var previousSpeaker: String?
        /// Loudspeaker clusters play the meeting.
        public var loudspeakers: Bool
        /// This node is the meeting's floor control server.
        public var crown: Bool
        /// Nil while all lines up to the lowest node above all sites are up.
        public var cutOff: CutOff?
        /// This hall's part broke away (tách họp riêng).
        public var apart: Apart?
        /// The meeting ended above while this part was by itself.
        public var endedAbove: EndedAbove?
        /// This page may take its node out of the meeting, and back.
        public var mayBreakAway: Bool
        /// Then nobody holds or waits, and all sites are absent.
        public var ended: Bool
        /// Granted requests by floor slot.
        public var holders: [Request]
        /// Waiting requests, next first.
        public var queue: [Request]
        /// In the order in which they were opened.
        public var votes: [Vote]
        /// In the order of the tree.
        public var sites: [Site]
        /// Sites that were asked and are not in, and those taken out.
        public var seats: [Seat]
    }

    /// One site: name once, the rest by change.
    public struct Site: Codable, Hashable, Sendable {
        public var id: String
        /// In full with unit and district: `Xã Yên Mỹ, huyện Yên Mô`. Absent in a ``PageChange``.
        public var name: String?
        public var presence: Presence
        /// For ``Presence/cutOff`` and ``Presence/apart``: since when, milliseconds since 1970.
        public var since: Int64?
        /// As last heard of it, also while it is cut off.
        public var muted: Bool
        /// It holds the floor or is the acting chair, and is not muted.
        public var microphoneOpen: Bool
        /// Whoever sends for it agreed to send pictures too.
        public var hasVideo: Bool
        /// Number of people in the hall, 0 to 100,000; nil if the site did not say so.
        public var headCount: Int?
    }

    /// Có mặt, vắng mặt, mất kết nối: a cut is not an absence.
    public enum Presence: String, Codable, Hashable, Sendable, CaseIterable {
        case absent
        case present
        case cutOff = "cut-off"
        /// Tách họp riêng: connected, but in another part.
        case apart
    }

    /// A meeting that asks this site to come.
    public struct Invitation: Codable, Hashable, Sendable {
        /// The meeting's id.
        public var meeting: String
        public var title: String
        /// The full name of the site whose chair asks, or of the node at which the meeting was started.
        public var from: String
        /// Milliseconds since 1970.
        public var since: Int64
    }

    /// A site that was asked and is not in the meeting, or was taken out.
    public struct Seat: Codable, Hashable, Sendable {
        public var id: String
        /// In full, with unit and district.
        public var name: String
        /// `asked`, `declined`, `out`.
        public var state: String
        /// Milliseconds since 1970.
        public var since: Int64
    }

    /// One floor request.
    public struct Request: Codable, Hashable, Sendable {
        public var id: String
        /// The asking site's id.
        public var site: String
        /// Of RFC 8855, lower case: `pending`, `accepted`, `granted` …
        public var status: String
        /// 0 lowest … 4 highest.
        public var priority: UInt8
        /// When it was made, milliseconds since 1970.
        public var stamp: Int64
    }

    /// A vote (biểu quyết) as it stands.
    public struct Vote: Codable, Hashable, Sendable {
        public var id: String
        public var question: String
        /// The chair who opened it; a declared chair at that site's node closes it.
        public var by: String
        /// When it was opened and, if it is over, closed: milliseconds since 1970.
        public var opened: Int64
        /// Nil while it is open.
        public var closed: Int64?
        /// Heads, by answer.
        public var agree: Int
        public var disagree: Int
        public var abstain: Int
        /// Sites with a ballot, and without; of these: cut off, which is no abstention.
        public var voted: Int
        public var missing: Int
        public var cutOff: Int
        /// The ballot of the page's own site.
        public var own: Ballot?
    }

    /// Heads counted in one hall.
    public struct Ballot: Codable, Hashable, Sendable {
        public var agree: Int
        public var disagree: Int
        public var abstain: Int
    }

    /// Who took this hall's part out of the meeting.
    public struct Apart: Codable, Hashable, Sendable {
        /// 8 hexadecimal digits.
        public var node: String
        /// The node's full name.
        public var name: String
        /// It is the node that serves this page.
        public var here: Bool
        /// Milliseconds since 1970.
        public var since: Int64
    }

    /// The meeting ended above.
    public struct EndedAbove: Codable, Hashable, Sendable {
        /// Milliseconds since 1970.
        public var since: Int64
        /// The chair said that this part goes on.
        public var goesOn: Bool
    }

    /// What this node is cut off from.
    public struct CutOff: Codable, Hashable, Sendable {
        /// 8 hexadecimal digits.
        public var node: String
        /// The node's full name.
        public var name: String
        /// Milliseconds since 1970.
        public var since: Int64
    }
}

/// A line in one word: thông suốt, chập chờn, mất kết nối.
public enum LineQuality: String, Codable, Hashable, Sendable, CaseIterable {
    case clear
    /// More than 5 % is lost on the way down, by the upper bound over ten seconds.
    case unstable
    /// The trunk to the parent is down.
    case cut
}

/// One snapshot for a page: the gateway gives a stream of these.
public struct MeetingUpdate: Hashable, Sendable {
    /// The machine's own reading when it was made.
    public var clock: WallTime
    /// The counter of the node's incarnation.
    public var incarnation: UInt64
    /// Nil at the top of the tree.
    public var uplink: LineQuality?
    /// Nil while no meeting runs for the pass.
    public var view: MeetingView?
    /// Of the pass's site.
    public var own: OwnSite
    public init(clock: WallTime, incarnation: UInt64, uplink: LineQuality? = nil, view: MeetingView?, own: OwnSite = OwnSite()) {
        self.clock = clock
        self.incarnation = incarnation
        self.uplink = uplink
        self.view = view
        self.own = own
    }

    /// Both say the same, each at its own time.
    public func saysTheSame(as other: MeetingUpdate) -> Bool {
        incarnation == other.incarnation && uplink == other.uplink && own == other.own && view == other.view
    }
}

extension PageState {
    /// What the page of `pass` shows of an update; `names` gives full names.
    public init(_ update: MeetingUpdate, pass: Pass, names: NameBook, revision: UInt64) {
        self.revision = revision
        clock = update.clock.milliseconds
        incarnation = update.incarnation
        uplink = update.uplink
        you = You(
            site: pass.site.rawValue, name: names.site(pass.site.rawValue), role: pass.role.rawValue,
            node: names.node(names.node))
        meeting = update.view.map { Meeting($0, names: names) }
        pictures = update.own.pictures
        over = update.own.over
        invitations = update.own.invitations.map { asked in
            PageState.Invitation(
                meeting: asked.meeting.rawValue, title: asked.title,
                from: asked.by.map { names.caller($0.rawValue) } ?? names.node(asked.startedBy.description), since: asked.since.milliseconds)
        }
        let speaks = pass.role == .room || pass.role == .chair
        truth = update.view.flatMap { speaks ? Truth($0, site: pass.site, own: update.own) : nil }
        guard let view = update.view else { return }
        meeting?.mayBreakAway = pass.mayBreakAway(view)
        meeting?.votes = view.votes.map { PageState.Vote($0, of: pass.site) }
    }
}

extension Pass {
    /// A chair of the meeting or the first site of its node may take the node out of a meeting that reaches above it.
    func mayBreakAway(_ view: MeetingView) -> Bool {
        guard role == .chair || role == .room, view.reachesAbove else { return false }
        return view.definition.chairs.contains(site)
            || view.definition.sites.first { $0.node == site.node } == site
    }
}

extension PageState.Meeting {
    /// The meeting of a node's view.
    public init(_ view: MeetingView, names: NameBook) {
        let definition = view.definition
        id = definition.id.rawValue
        title = definition.title
        kind = definition.kind.rawValue
        chairs = definition.chairs.map(\.rawValue)
        floorSize = definition.floorSize
        openMicrophones = definition.openMicrophones
        videoCodec = definition.videoCodec == .h264 ? "h264" : "vp8"
        actingChair = view.actingChair?.rawValue
        speaker = view.speaker?.rawValue
        previousSpeaker = view.previousSpeaker?.rawValue
        loudspeakers = view.loudspeakers
        crown = view.crown
        cutOff = view.cutOff.map { cut in
            let index = cut.node.description
            return PageState.CutOff(node: index, name: names.node(index), since: cut.since.milliseconds)
        }
        apart = view.apart.map { apart in
            let index = apart.node.description
            let here = names.node(index) == names.node(names.node)
            return PageState.Apart(node: index, name: names.node(index), here: here, since: apart.since.milliseconds)
        }
        endedAbove = view.endedAbove.map { PageState.EndedAbove(since: $0.since.milliseconds, goesOn: $0.goesOn) }
        mayBreakAway = false
        ended = view.ended
        holders = view.holders.map(PageState.Request.init)
        queue = view.queue.map(PageState.Request.init)
        votes = view.votes.map { PageState.Vote($0, of: nil) }
        sites = view.sites.map { PageState.Site($0, name: names.site($0.id.rawValue)) }
        seats = view.seats.map {
            PageState.Seat(id: $0.site.rawValue, name: names.site($0.site.rawValue), state: $0.state.rawValue, since: $0.since.milliseconds)
        }
    }
}

extension PageState.Request {
    /// The request of a node's view.
    public init(_ view: RequestView) {
        id = view.id
        site = view.site.rawValue
        status = view.status.word
        priority = view.priority.rawValue
        stamp = view.stamp.milliseconds
    }
}

extension PageState.Vote {
    /// The vote of a node's view, with the ballot of one of its sites.
    public init(_ view: VoteView, of site: SiteID?) {
        id = view.id.description
        question = view.question
        by = view.by.rawValue
        opened = view.id.opened.milliseconds
        closed = view.closed?.milliseconds
        (agree, disagree, abstain) = (view.agree, view.disagree, view.abstain)
        (voted, missing, cutOff) = (view.voted, view.missing, view.cutOff)
        own = view.own.first { $0.site == site }.map {
            PageState.Ballot(agree: $0.ballot.agree, disagree: $0.ballot.disagree, abstain: $0.ballot.abstain)
        }
    }
}

extension PageState.Site {
    /// The site of a node's view.
    public init(_ view: SiteView, name: String?) {
        id = view.id.rawValue
        self.name = name
        switch view.presence {
        case .absent: (presence, since) = (.absent, nil)
        case .present: (presence, since) = (.present, nil)
        case .cutOff(let time): (presence, since) = (.cutOff, time.milliseconds)
        case .apart(let time): (presence, since) = (.apart, time.milliseconds)
        }
        muted = view.muted
        microphoneOpen = view.microphoneOpen
        hasVideo = view.hasVideo
        headCount = view.headCount
    }
}

extension RequestStatus {
    /// RFC 8855's word in lower case.
    public var word: String {
        switch self {
        case .pending: "pending"
        case .accepted: "accepted"
        case .granted: "granted"
        case .denied: "denied"
        case .cancelled: "cancelled"
        case .released: "released"
        case .revoked: "revoked"
        }
    }
}

extension KeyedDecodingContainer {
    /// A node whose program is older than pictures tells of none.
    func decode(_ type: [PageState.Pictures].Type, forKey key: Key) throws -> [PageState.Pictures] {
        try decodeIfPresent(type, forKey: key) ?? []
    }
    /// A node whose program is older than votes tells of none.
    func decode(_ type: [PageState.Vote].Type, forKey key: Key) throws -> [PageState.Vote] { try decodeIfPresent(type, forKey: key) ?? [] }
    /// A node whose program is older than invitations tells of none.
    func decode(_ type: [PageState.Invitation].Type, forKey key: Key) throws -> [PageState.Invitation] { try decodeIfPresent(type, forKey: key) ?? [] }
    /// Nor of sites that were asked.
    func decode(_ type: [PageState.Seat].Type, forKey key: Key) throws -> [PageState.Seat] { try decodeIfPresent(type, forKey: key) ?? [] }
}
