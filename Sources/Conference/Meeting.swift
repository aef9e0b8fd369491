import Basics

/// One meeting at one node: its tables, where it is attached, its crown if this node is that, and the node's own sites.
///
/// Arrays are sorted, so that nothing depends on hash order. A class, so that a look at one field copies none of the others;
/// ``Conference``, which alone holds it, cannot be copied.
final class Meeting {
    /// Limits on what neighbours can make us keep; each far above a whole country's meeting.
    static let siteLimit = 32_768
    static let streamLimit = 65_536
    static let requestLimit = 8_192
    static let commandLimit = 1_024
    static let writerLimit = 4_096
    /// A country's halls on all votes of two chairs.
    static let ballotLimit = 1 << 20

    let id: MeetingID
    let around: Surroundings
    /// The winning definition; kept even when its writer loses it.
    var record: MeetingRecord?
    /// Who wrote it.
    var definedBy: NodeIndex?
    /// What the definition means in this tree; nil until there is one.
    var plan: MeetingPlan?

    // What other nodes (and we) wrote.
    var sites = SortedTable<SiteRecord>()
    var streams = SortedTable<StreamRecord>()
    var requests: [RequestRecord] = []
    var commands: [Written<CommandRecord>] = []
    var decisions: [Written<DecisionRecord>] = []
    var invites: [Written<InviteRecord>] = []
    var floors: [Written<FloorRecord>] = []
    var aparts: [Written<ApartRecord>] = []
    var attendance = SortedTable<AttendanceRecord>()
    /// By id.
    var votes: [VoteRecord] = []
    /// By site and vote.
    var ballots = SortedTable<BallotRecord>()

    // Attachment.
    var uplink = Uplink.none(retryAt: .zero)
    var attachNumber: UInt32 = 0
    /// Our last attempts to attach in this session.
    var asked: [(number: UInt32, at: Instant)] = []
    /// How long the parent took for an answer that came too late; zero if none did in this session.
    var slowestAnswer = Interval.zero
    /// The epoch that our last `Attach` named.
    var attachEpoch: UInt64 = 0
    /// Parts came in below that our `Attach` counts along with us; if it fails, we count them ourselves.
    var countsAlong = false
    /// Leases that parts which came in below had ended, while we were not attached: the crown above may still wait for them.
    var endedBelow: [EndedLease] = []
    /// Messages from above that overtook the answer to our `Attach`.
    var early: [FloorMessage] = []
    /// Attach attempts in a row that nobody answered.
    var unanswered = 0
    /// Detaches, each within a minute of the one before; the first counts as none.
    var repeatedDetaches = 0
    var lastDetach: Instant?
    /// Our uplink asked us to attach although the meeting's anchor is not above us; so until it ends.
    var isAsked = false
    /// Children with the anchor that we asked to attach.
    var asking: [AskedChild] = []
    /// By neighbour.
    var children: [ChildAttachment] = []
    /// Where the meeting is attached or is to be, as last followed by the scopes.
    var attachedEdges: [Int] = []
    /// Parts that join below and are not answered yet, in the order in which they came.
    var joining: [Joining] = []
    /// Holders whose leases ended for an attach: ours, or those of a part below whose crown we did not become.
    var offered: [Joining.Offered] = []
    /// The largest epoch seen.
    var epoch: UInt64 = 0

    // Floor.
    var crown: CrownState?
    var remembered: [RememberedLease] = []
    /// Our own sites, by id.
    var homes: [HomeSite] = []
    var lastClaim: UInt64 = 0

    // Housekeeping.
    /// The term of the definition that stands among our own records.
    var writtenTerm: Stamp?
    var leaveAt: Instant?
    /// The end that was seen long enough to be kept to, of the term it belongs to.
    var keptEnd: (term: Stamp, at: WallTime)?
    var deadline: Instant?
    /// Counts changes.
    private(set) var changes: UInt64 = 0
    /// Counts those of them that concern the caller; `announced` is the count last told to it.
    private(set) var news: UInt64 = 0
    var announced: UInt64 = 0
    /// The caller was told that the definition is missing.
    var isWanted = false
    /// Counts those of them that may show anywhere in the view.
    private(set) var viewChanges: UInt64 = 0
    var cachedView: (at: UInt64, view: MeetingView)?
    /// Places in the definition of the sites that the cached view shows as they were; of the rest it is up to date.
    var staleSites: [Int] = []
    /// A vote or ballot changed since the view was last looked at.
    var votesAreStale = false

    init(id: MeetingID, around: Surroundings) {
        self.id = id
        self.around = around
    }

    // MARK: The surroundings

    var node: NodeIndex { around.node }
    var tree: Tree { around.tree }
    /// Our slot in the tree.
    var me: Int { around.me }
    var edges: [Surroundings.Edge] { around.edges }
    var coder: any RecordCoder { around.coder }
    var rules: Rules { around.rules }
    /// The time of the input under way.
    var now: Instant { around.now }
    var wall: WallTime { around.wall }
    func emit(_ effect: ConferenceEffect) { around.emit(effect) }

    // MARK: Settling

    /// Carries the state to rest: each step looks at the state and the time and does what is due.
    func settle() {
        // A step may give another one work (a crown's offer to a site at home); a few rounds reach rest.
        for _ in 0..<8 {
            let before = changes
            stepAttachment()
            stepCrown()
            stepJoining()
            stepHome()
            if changes == before { break }
        }
        deadline = nextDeadline
    }

    /// Something changed that the caller was not told.
    var hasNews: Bool { news != announced }

    /// Tells the caller that the meeting changed, once for all changes since the last time.
    func announce() {
        guard hasNews else { return }
        announced = news
        if isWanted != (record == nil) {
            isWanted = record == nil
            emit(.wanted(id, isWanted))
        }
        emit(.changed(id))
    }

    // MARK: What changed

    func touch() {
        changes &+= 1
        news &+= 1
        viewChanges &+= 1
        staleSites.removeAll(keepingCapacity: true)
    }
    /// Another node's word on one of its sites changed: of the view no more than that line.
    func touch(site: SiteID) {
        changes &+= 1
        news &+= 1
        if cachedView?.at == viewChanges, let place = plan?.index(site) { staleSites.append(place) }
    }
    /// A stream changed, which the view does not show.
    func touchStreams() {
        changes &+= 1
        news &+= 1
    }
    /// A vote or ballot changed: of the view no more than the tallies.
    func touchVotes() {
        changes &+= 1
        news &+= 1
        votesAreStale = true
    }
    /// A lease runs on, by the name it had: nothing that anybody sees.
    func touchLease() { changes &+= 1 }

    // MARK: Looking up

    var term: Stamp { record?.term ?? .zero }

    func siteIndex(_ site: SiteID) -> Int? {
        let at = sites.lowerBound { $0.site < site }
        return at < sites.count && sites[at].site == site ? at : nil
    }
    func requestIndex(_ id: RequestID) -> Int? {
        let at = requests.lowerBound { $0.id < id }
        return at < requests.count && requests[at].id == id ? at : nil
    }
    func homeIndex(_ site: SiteID) -> Int? { homes.firstIndex { $0.site == site } }
    func request(_ id: RequestID) -> RequestRecord? { requestIndex(id).map { requests[$0] } }
    func vote(_ id: VoteID) -> VoteRecord? {
        let at = votes.lowerBound { $0.id < id }
        return at < votes.count && votes[at].id == id ? votes[at] : nil
    }
    /// Where the site's ballot on a vote stands, or would.
    func ballotPlace(_ site: SiteID, _ vote: VoteID) -> (place: Int, isThere: Bool) {
        let at = ballots.lowerBound { ($0.site, $0.vote) < (site, vote) }
        return (at, at < ballots.count && ballots[at].site == site && ballots[at].vote == vote)
    }
    /// The site's record of this term.
    func site(_ site: SiteID) -> SiteRecord? {
        guard let i = siteIndex(site), sites[i].term == term else { return nil }
        return sites[i]
    }
    /// The records of this term by their sites' places in the definition.
    func siteRecords() -> [SiteRecord?] {
        guard let plan else { return [] }
        var result = [SiteRecord?](repeating: nil, count: plan.count)
        var i = 0
        plan.forEachSite { site, place in
            while i < sites.count, sites[i].site < site { i += 1 }
            if i < sites.count, sites[i].site == site, sites[i].term == term { result[place] = sites[i] }
        }
        return result
    }
    /// The site's waiting or granted request.
    func liveRequest(of site: SiteID) -> RequestRecord? {
        requests.first { $0.site == site && $0.isLive && $0.term == term }
    }

    // MARK: Changing

    /// One of our sites is in the meeting from now on.
    func add(_ home: HomeSite) {
        homes.append(home)
        homes.sort { $0.site < $1.site }
    }

    /// An epoch was seen. Beyond the limit no honest epoch gets; it keeps the count from overflowing.
    func raiseEpoch(to seen: UInt64) { epoch = max(epoch, min(seen, Meeting.epochLimit)) }
    static let epochLimit: UInt64 = 1 << 62
}
