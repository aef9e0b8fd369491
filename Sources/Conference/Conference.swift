import Basics
import Membership
import Rights

/// What is replicated, and the floor: one value machine per node, driven by `Bridge`.
///
/// In reading order: ``ConferenceRecord`` and ``FloorMessage`` (the words on the wire; `Wire` codes them behind ``RecordCoder``),
/// ``ConferenceEffect`` (what the machine wants done), ``MeetingView`` (what pages see). Then inside: `Surroundings` (what all meetings of
/// the node share, and the input under way), `LinkTable` (who is reachable), `Meeting` (one meeting's machine), and its extensions, one file
/// each: attaching, the crown, the holder, relays, actions and views.
///
/// The algorithm is `docs/floor.md`: requests stay at home and are replicated as records; the crown, that is the node
/// that runs a meeting and is not attached upward, sorts what it sees into a queue and grants by offer, claim and lease,
/// hop by hop. RFC 8855 gives the words and states. Comments that cite "mesh rule N", S1 to S7 or L1 to L5 mean `docs/rules.md`.
///
/// The machine keeps no copy of the store: the caller hands it every record that changed (``recordChanged(writer:lane:scope:key:value:now:wall:into:)``)
/// and every namespace that was replaced. Every input takes `now` and `wall`, appends effects, and may move ``deadline``.
public struct Conference: ~Copyable {
    /// Meetings known at once; a province holds some at a time, ended ones go after ten minutes, or when there is no room for others.
    public static let meetingLimit = 256
    /// Of these, kept for meetings that this node or one above it started.
    public static let meetingReserve = 64
    /// Meetings that run at once and were started at one node; of more, only the first are taken.
    public static let meetingsPerStarter = 16
    /// Meetings that run at once and whose definition came from one writer that does not stand above; crowns write copies of others'.
    public static let meetingsPerWriter = 32
    /// Meetings that run at once and were started by one chair.
    public static let meetingsPerChair = 4
    /// A term further ahead of the time here does not replace a definition.
    static let farthestTerm = Interval.seconds(60)
    /// Nor does one further ahead than this name a meeting of which none is known.
    static let farthestFirstTerm = Interval.seconds(24 * 3_600)
    /// A site whose leg went stays joined that long, so that a reload keeps its place and microphone.
    public static let grace = Interval.seconds(8)
    /// How long a lease lasts; the waiting side adds 1 % for drift (mesh rule 3).
    public static let leaseTime = Interval.milliseconds(1_500)
    /// How often a holder renews.
    public static let renewal = Interval.milliseconds(400)
    /// An unanswered offer is withdrawn after that.
    public static let offerTime = Interval.milliseconds(250)
    /// An offer to a home that is known to be slow stands at most that long: its lease must still have time to live.
    static let longestOffer = Interval.seconds(1)
    /// Without `AttachAck` a freezing crown resumes after that (mesh rule 6).
    public static let attachTime = Interval.milliseconds(500)
    /// A child with the anchor that does not attach is asked again after that.
    static let askAgain = Interval.seconds(1)
    /// A parent known to be slow is waited for at most that long.
    static let longestPatience = Interval.seconds(3)
    /// A node that just started waits that long for its uplink before it grants as a crown below the anchor, unless somebody below
    /// needs one.
    public static let settling = Interval.milliseconds(500)
    /// An end that was seen so long is kept to, even if the record of it is lost.
    static let endKept = Interval.seconds(2)
    /// An ended meeting leaves after that.
    public static let afterlife = Interval.seconds(600)

    /// What the meetings share.
    let around: Surroundings
    /// By id.
    private(set) var meetings: [Meeting] = []
    /// Link records came in that ``wake(now:wall:into:)`` has not looked at: those of one datagram are looked at together.
    var linksDue: Instant? { didSet { noteDeadline() } }

    /// `backups` are all nodes' declared backup uplinks. A node that is not in the tree is the caller's mistake.
    public init(
        node: NodeIndex, tree: Tree, backups: [BackupUplink] = [], incarnation: Incarnation, generator: SeededGenerator,
        coder: any RecordCoder, rules: Rules = .all, policy: Policy = .standard
    ) {
        around = Surroundings(
            node: node, tree: tree, backups: backups, coder: coder, rules: rules, policy: policy, lastRequest: incarnation.counter &<< 20)
    }

    public var node: NodeIndex { around.node }

    /// Our incarnation has a later number than the one we started with, since somebody remembers a life of ours that we forgot. Requests of
    /// that life, and decisions about them, must not be taken for those of this life, so their names are never given again.
    public mutating func incarnationRaised(to counter: UInt64) { around.skipRequests(to: counter &<< 20) }

    /// When ``wake(now:wall:into:)`` wants to be called; nil: only on input.
    ///
    /// Kept up to date by each input, since the owner asks after every event.
    public private(set) var deadline: Instant?

    private mutating func noteDeadline() {
        var result = linksDue
        for meeting in meetings { result.keepEarlier(meeting.deadline) }
        deadline = result
    }

    /// Link records wait to be looked at together: call ``wake(now:wall:into:)`` once the datagram they came in is read.
    public var linksWait: Bool { linksDue != nil }

    /// Lets time pass.
    public mutating func wake(now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        if linksDue != nil {
            linksDue = nil
            around.links.refresh()
            treeChanged()
            settleAll()
            return
        }
        eachMeeting { conference, meeting in
            if let deadline = meeting.deadline, deadline <= now { conference.settle(meeting) }
        }
    }

    /// An edge is up in both directions; `session` is the number both ends know it by.
    public mutating func edgeUp(
        _ neighbour: NodeIndex, session: UInt64, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let e = around.edgeIndex(neighbour) else { return }
        let before = around.edges[e].session
        if before == session { return }
        if before != nil { for meeting in meetings { meeting.edgeFell(e) } }
        around.edges[e].session = session
        if around.edges[e].isParent {
            around.hadUplink = true
            for meeting in meetings { meeting.holdBack() }
        }
        edgeChanged(e, LinkRecord(neighbour: neighbour, session: session, up: true, since: wall))
        around.emit(.scopes(neighbour: neighbour, meetings: around.edges[e].scopes))
        settleAll()
    }

    /// An edge went silent or was closed; `isPlanned`: another edition of the topology gives this node another uplink.
    public mutating func edgeDown(
        _ neighbour: NodeIndex, isPlanned: Bool = false, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let e = around.edgeIndex(neighbour), let session = around.edges[e].session else { return }
        for meeting in meetings { meeting.edgeFell(e, isPlanned: isPlanned) }
        around.edges[e].session = nil
        edgeChanged(e, LinkRecord(neighbour: neighbour, session: session, up: false, since: wall))
        settleAll()
    }

    // MARK: Inside

    /// Our own edge came up or went down: all are told.
    private mutating func edgeChanged(_ e: Int, _ word: LinkRecord) {
        around.links.setOwn(around.edges[e].slot, up: word.up, since: word.since)
        let value = around.coder.encode(.link(word))
        around.emit(.publish(lane: .link, scope: nil, key: RecordKey.link(word.neighbour).text, value: value))
        treeChanged()
    }

    /// Who hangs where may have changed: which edges carry which meetings, and the ways of media.
    mutating func treeChanged() {
        around.treeChanges &+= 1
        updateScopes()
        around.emit(.waysChanged)
    }

    /// Calls with each meeting, by id. The meeting may leave meanwhile.
    private mutating func eachMeeting(_ body: (inout Conference, Meeting) -> Void) {
        var m = 0
        while m < meetings.count {
            let meeting = meetings[m]
            body(&self, meeting)
            if m < meetings.count, meetings[m] === meeting { m += 1 }
        }
    }

    mutating func settleAll() {
        eachMeeting { conference, meeting in
            meeting.touch()
            conference.settle(meeting)
        }
    }

    /// Carries one meeting's state to rest, or lets it go after its end.
    mutating func settle(_ meeting: Meeting) {
        defer { noteDeadline() }
        if meeting.leaves() { return remove(meeting) }
        meeting.settle()
        guard meeting.hasNews else { return }
        if meeting.followAttachment() { updateScopes() }
        meeting.announce()
    }

    // MARK: The table of meetings

    /// The meeting of that name; nil: it is not known here.
    func find(_ id: MeetingID) -> Meeting? {
        let at = meetings.lowerBound { $0.id < id }
        return at < meetings.count && meetings[at].id == id ? meetings[at] : nil
    }

    /// Puts a meeting that is not known here into the table.
    mutating func add(_ meeting: Meeting) { meetings.insert(meeting, at: meetings.lowerBound { $0.id < meeting.id }) }

    /// Forgets a meeting.
    mutating func remove(_ meeting: Meeting) {
        meetings.removeAll { $0 === meeting }
        updateScopes()
        around.emit(.forget(meeting.id))
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element is not before the one sought; all are sorted by `isBefore`.
    func lowerBound(_ isBefore: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
