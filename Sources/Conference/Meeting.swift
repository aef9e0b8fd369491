import Basics

/// One meeting at one node: its tables, where it is attached, its crown if this node is that, and the node's own sites.
///
/// Arrays are sorted, so that nothing depends on hash order. A class, so that a look at one field copies none of the others;
/// ``Conference``, which alone holds it, cannot be copied.
final class Meeting {
    let id: MeetingID
    let around: Surroundings
    /// The winning definition as it was written; kept even when its writer loses it.
    var declared: MeetingRecord?
    /// The same with the sites that are in now (`Seats.swift`).
    var record: MeetingRecord?
    /// The nodes that are known to have convened it: its starter, where it said so itself or through nodes above this one; else those whose
    /// copies came.
    var conveners: [NodeIndex] = []
    /// The lowest node above all sites that the definition names.
    var declaredAnchor: Int?
    /// A word on a site, or an answer, came or went since ``record`` was brought up to date.
    var seatsAreStale = false
    /// The sites that such words name.
    var calledSites: [SiteID] = []
    /// Who wrote it.
    var definedBy: NodeIndex?
    /// What the definition means in this tree; nil until there is one.
    var plan: MeetingPlan?

    var tables = Tables()
    var attachment = AttachmentState()
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
    var viewCache = ViewCache()

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
        if isWanted != lacksDefinition {
            isWanted = lacksDefinition
            emit(.wanted(id, isWanted))
        }
        emit(.changed(id))
    }

    /// The definition is missing; or what it says does not concern this node, so that a word that calls a site here is still on its way.
    private var lacksDefinition: Bool {
        guard let plan else { return record == nil }
        return attachment.edges.isEmpty && !plan.concerns(me, tree)
    }

    // MARK: What changed

    func touch() {
        touchStreams()
        viewCache.invalidate()
    }
    /// Another node's word on one of its sites changed: of the view no more than that line.
    func touch(site: SiteID) {
        touchStreams()
        if viewCache.isValid, let place = plan?.index(site) { viewCache.noteSite(place) }
    }
    /// A stream changed, which the view does not show.
    func touchStreams() {
        changes &+= 1
        news &+= 1
    }
    /// A vote or ballot changed: of the view no more than the tallies.
    func touchVotes() {
        touchStreams()
        viewCache.noteVotes()
    }
    /// A lease runs on, by the name it had: nothing that anybody sees.
    func touchLease() { changes &+= 1 }

    // MARK: Looking up

    var term: Stamp { record?.term ?? .zero }

    func homeIndex(_ site: SiteID) -> Int? { homes.firstIndex { $0.site == site } }
    /// The site's record of this term.
    func site(_ site: SiteID) -> SiteRecord? {
        guard let record = tables.site(site), record.term == term else { return nil }
        return record
    }
    /// The records of this term by their sites' places in the definition.
    func siteRecords() -> [SiteRecord?] {
        guard let plan else { return [] }
        var result = [SiteRecord?](repeating: nil, count: plan.count)
        var i = 0
        let sites = tables.sites
        plan.forEachSite { site, place in
            while i < sites.count, sites[i].site < site { i += 1 }
            if i < sites.count, sites[i].site == site, sites[i].term == term { result[place] = sites[i] }
        }
        return result
    }
    /// The site's waiting or granted request.
    func liveRequest(of site: SiteID) -> RequestRecord? {
        tables.requests.first { $0.site == site && $0.isLive && $0.term == term }
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
