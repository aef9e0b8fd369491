import Basics
import Membership

/// What is replicated, and the floor: one value machine per node, driven by `Bridge`.
///
/// In reading order: ``ConferenceRecord`` and ``FloorMessage`` (the words on the wire; `Wire` codes them behind ``RecordCoder``),
/// ``ConferenceEffect`` (what the machine wants done), ``MeetingView`` (what pages see), then inside: `LinkTable` (who is
/// reachable), `MeetingState` (one meeting's tables), attachment, the crown, the holder, relays, actions and views, one
/// file each.
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
    /// A term further ahead of the time here is refused.
    static let farthestTerm = Interval.seconds(60)
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

    public let node: NodeIndex
    /// As started, or as adopted last (`Adopting`).
    var tree: Tree
    /// Our slot in the tree.
    var me: Int
    let incarnation: Incarnation
    var generator: SeededGenerator
    let coder: any RecordCoder
    /// Which of its rules this node keeps: all, but for a simulation that leaves one out to see that it is missed.
    let rules: Rules
    var clock = HybridClock()
    /// False: nobody knows the time here; stamps are marked until somebody does.
    var clockIsSet = true
    /// The uplink's time as read last, if it is heard.
    var uplinkWall: WallTime?
    /// Grows over incarnations, so that request names never come again.
    var lastRequest: UInt64
    var links: LinkTable
    /// Link records came in that ``wake(now:wall:into:)`` has not looked at: those of one datagram are looked at together.
    var linksDue: Instant? { didSet { noteDeadline() } }
    /// How often it was another tree.
    var treeChanges: UInt64 = 0
    /// Our declared edges, backups among them, by neighbour.
    var edges: [Edge]
    /// By id.
    var meetings: [MeetingState] = []
    /// The first input's time.
    var born: Instant?
    /// Our uplink was up once.
    var hadUplink = false

    /// `backups` are all nodes' declared backup uplinks. A node that is not in the tree is the caller's mistake.
    public init(
        node: NodeIndex, tree: Tree, backups: [BackupUplink] = [], incarnation: Incarnation, generator: SeededGenerator,
        coder: any RecordCoder, rules: Rules = .all
    ) {
        guard let me = tree.slot(node) else { preconditionFailure("node \(node) is not in its own topology") }
        self.node = node
        self.tree = tree
        self.me = me
        self.incarnation = incarnation
        self.generator = generator
        self.coder = coder
        self.rules = rules
        lastRequest = incarnation.counter &<< 20
        links = LinkTable(tree: tree, me: me, backups: backups)
        edges = Conference.edges(of: me, in: tree, backups)
    }

    /// A node's declared edges, backups among them, by neighbour.
    static func edges(of me: Int, in tree: Tree, _ backups: [BackupUplink]) -> [Edge] {
        let node = tree.nodes[me]
        var edges: [Edge] = []
        if let parent = tree.parent(me) { edges.append(Edge(neighbour: tree.nodes[parent], slot: parent, isParent: true)) }
        for child in tree.children(me) { edges.append(Edge(neighbour: tree.nodes[child], slot: child, isParent: false)) }
        for backup in backups where backup.node == node || backup.uplink == node {
            let other = backup.node == node ? backup.uplink : backup.node
            guard let slot = tree.slot(other), !edges.contains(where: { $0.neighbour == other }) else { continue }
            edges.append(Edge(neighbour: other, slot: slot, isParent: backup.node == node))
        }
        return edges.sorted { $0.neighbour < $1.neighbour }
    }

    /// Our incarnation has a later number than the one we started with, since somebody remembers a life of ours that we forgot. Requests of
    /// that life, and decisions about them, must not be taken for those of this life, so their names are never given again.
    public mutating func incarnationRaised(to counter: UInt64) { lastRequest = max(lastRequest, counter &<< 20) }

    /// When ``wake(now:wall:into:)`` wants to be called; nil: only on input.
    ///
    /// Kept up to date by each input, since the owner asks after every event.
    public private(set) var deadline: Instant?

    private mutating func noteDeadline() {
        var result = linksDue
        for m in meetings.indices { result.keepEarlier(meetings[m].deadline) }
        deadline = result
    }

    /// Link records wait to be looked at together: call ``wake(now:wall:into:)`` once the datagram they came in is read.
    public var linksWait: Bool { linksDue != nil }

    /// Lets time pass.
    public mutating func wake(now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]) {
        let at = begin(now, wall)
        if linksDue != nil {
            linksDue = nil
            links.refresh()
            treeChanged(&effects)
            settleAll(at, &effects)
            return
        }
        var m = 0
        while m < meetings.count {
            let id = meetings[m].id
            if let deadline = meetings[m].deadline, deadline <= now { settle(m, at, &effects) }
            // The meeting may have left.
            if m < meetings.count, meetings[m].id == id { m += 1 }
        }
    }

    /// An edge is up in both directions; `session` is the number both ends know it by.
    public mutating func edgeUp(
        _ neighbour: NodeIndex, session: UInt64, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        let at = begin(now, wall)
        guard let e = edgeIndex(neighbour) else { return }
        if edges[e].session == session { return }
        if edges[e].session != nil { detachEdge(e, at) }
        edges[e].session = session
        if edges[e].isParent {
            hadUplink = true
            holdBack(at)
        }
        links.setOwn(edges[e].slot, up: true, since: wall)
        publishLink(
            LinkRecord(neighbour: neighbour, session: session, up: true, since: wall), &effects)
        treeChanged(&effects)
        effects.append(.scopes(neighbour: neighbour, meetings: edges[e].scopes))
        settleAll(at, &effects)
    }

    /// An edge went silent or was closed; `isPlanned`: another edition of the topology gives this node another uplink.
    public mutating func edgeDown(
        _ neighbour: NodeIndex, isPlanned: Bool = false, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        let at = begin(now, wall)
        guard let e = edgeIndex(neighbour), let session = edges[e].session else { return }
        detachEdge(e, at, isPlanned: isPlanned)
        edges[e].session = nil
        links.setOwn(edges[e].slot, up: false, since: wall)
        publishLink(
            LinkRecord(neighbour: neighbour, session: session, up: false, since: wall), &effects)
        treeChanged(&effects)
        settleAll(at, &effects)
    }

    // MARK: Inside

    /// Who hangs where may have changed: which edges carry which meetings, and the ways of media.
    mutating func treeChanged(_ effects: inout [ConferenceEffect]) {
        treeChanges &+= 1
        updateScopes(&effects)
        effects.append(.waysChanged)
    }

    /// One declared edge of this node; of several upward at most one is taken, and only that one comes up here.
    struct Edge {
        let neighbour: NodeIndex
        let slot: Int
        let isParent: Bool
        /// Nil while it is down.
        var session: UInt64?
        /// As last told to the caller.
        var scopes: [MeetingID] = []
    }

    /// The time of one input.
    struct Moment {
        let now: Instant
        let wall: WallTime
    }

    mutating func begin(_ now: Instant, _ wall: WallTime) -> Moment {
        if born == nil { born = now }
        return Moment(now: now, wall: wall)
    }

    func edgeIndex(_ neighbour: NodeIndex) -> Int? { edges.firstIndex { $0.neighbour == neighbour } }
    /// The uplink that is up; else any.
    var parentEdge: Int? { edges.firstIndex { $0.isParent && $0.session != nil } ?? edges.firstIndex { $0.isParent } }

    mutating func settleAll(_ at: Moment, _ effects: inout [ConferenceEffect]) {
        var m = 0
        while m < meetings.count {
            let id = meetings[m].id
            meetings[m].touch()
            settle(m, at, &effects)
            if m < meetings.count, meetings[m].id == id { m += 1 }
        }
    }

    /// Carries one meeting's state to rest: each step looks at the state and the time and does what is due.
    mutating func settle(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        defer { noteDeadline() }
        if leave(m, at, &effects) { return }
        // A step may give another one work (a crown's offer to a site at home); a few rounds reach rest.
        for _ in 0..<8 {
            let before = meetings[m].changes
            stepAttachment(m, at, &effects)
            stepCrown(m, at, &effects)
            stepJoining(m, at, &effects)
            stepHome(m, at, &effects)
            if meetings[m].changes == before { break }
        }
        meetings[m].deadline = nextDeadline(m, at)
        guard meetings[m].news != meetings[m].announced else { return }
        followAttachment(m, &effects)
        announce(m, &effects)
    }

    /// Tells the caller that a meeting changed, once for all changes since the last time.
    mutating func announce(_ m: Int, _ effects: inout [ConferenceEffect]) {
        guard meetings[m].news != meetings[m].announced else { return }
        meetings[m].announced = meetings[m].news
        let isWanted = meetings[m].record == nil
        if meetings[m].isWanted != isWanted {
            meetings[m].isWanted = isWanted
            effects.append(.wanted(meetings[m].id, isWanted))
        }
        effects.append(.changed(meetings[m].id))
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
