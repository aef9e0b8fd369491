import Basics

/// One meeting's tables at one node. Arrays are sorted, so that nothing depends on hash order.
///
/// A class, so that a look at one field copies none of the others; ``Conference``, which alone holds it, cannot be copied.
final class MeetingState {
    /// Limits on what neighbours can make us keep; each far above a whole country's meeting.
    static let siteLimit = 32_768
    static let streamLimit = 65_536
    static let requestLimit = 8_192
    static let commandLimit = 1_024
    static let writerLimit = 4_096
    /// A country's halls on all votes of two chairs.
    static let ballotLimit = 1 << 20

    let id: MeetingID
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

    init(id: MeetingID) { self.id = id }
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
}

/// A record with the node that wrote it.
struct Written<Value: Hashable & Sendable>: Hashable, Sendable {
    var writer: NodeIndex
    var value: Value
}

/// Where a meeting stands towards our uplink.
enum Uplink: Hashable {
    /// Not attached; a node that runs the meeting is its crown.
    case none(retryAt: Instant)
    /// A crown that ends its leases before it attaches (mesh rule 6).
    case freezing(since: Instant)
    case asking(number: UInt32, session: UInt64, since: Instant)
    case attached(number: UInt32, session: UInt64)

    var isAttached: Bool { if case .attached = self { true } else { false } }
    var isAsking: Bool { if case .asking = self { true } else { false } }
    /// No new grant while a part is on its way up.
    var isFrozen: Bool {
        switch self {
        case .freezing, .asking: true
        case .none, .attached: false
        }
    }
}

/// A lease that ended below us, and when we heard of it.
struct EndedLease: Hashable {
    static let limit = 32
    var lease: FloorMessage.CleanedLease
    var since: Instant
}

/// A child that attached this meeting to us.
struct ChildAttachment: Hashable {
    var neighbour: NodeIndex
    var session: UInt64
    var number: UInt32
    /// We answered: leases and media cross the edge.
    var isComplete = false
}

/// A child that was asked to attach, by the edge's session, and when it is asked again if it does not.
struct AskedChild: Hashable {
    var session: UInt64
    var again: Instant
}

/// A lease that went through this node and is not yet dead by its clock.
struct RememberedLease: Hashable {
    var slot: UInt8
    var name: LeaseName
    var request: RequestID
    var until: Instant
    /// The attached child that it was passed to; nil if its home is here.
    var via: NodeIndex?
}

/// One of our own sites in a meeting.
struct HomeSite: Hashable {
    let site: SiteID
    /// Set while its leg is gone.
    var graceUntil: Instant?
    var lease: HeldLease?
    /// The largest lease it ever held: a gate never goes back to a smaller one.
    var largest: LeaseName?
    /// Our newest claims that no lease answered yet.
    var claims: [SentClaim] = []
    /// The claim given with the release of a pre-empted lease; 0: none.
    var standing: UInt64 = 0
    var nextClaim: Instant?
    /// As last told to the caller.
    var gateOpen = false
    var gateLease: LeaseName?

    struct SentClaim: Hashable {
        var number: UInt64
        var at: Instant
    }
    struct HeldLease: Hashable {
        var slot: UInt8
        var name: LeaseName
        var request: RequestID
        var until: Instant
    }
}

/// What a crown alone knows.
struct CrownState: Hashable {
    var slots: [Slot]
    /// Grants in this epoch.
    var sequence: UInt64 = 0
    var lastOffer: UInt64 = 0
    /// Revision of our floor record in this epoch.
    var revision: UInt64 = 0
    /// Requests that left an offer unanswered, and until when they are passed over.
    var passedOver: [PassedOver] = []
    /// Homes that answer offers late; by the order in which they did.
    var slowHomes: [SlowHome] = []
    var actingChair: SiteID?
    /// By chair, in the order in which they act: since when it is present without a break.
    var chairPresentSince: [Instant?]
    var previousSpeaker: SiteID?
    var speaker: SiteID?
    var muteAll = Stamp.zero
    var muteExcept: SiteID?
    var executed: [ExecutedMark] = []
    var ended: WallTime?
    var endedAbove: WallTime?
    var goesOn = false
    /// Leases we ended on our way up, for `Attach`.
    var cleaned: [FloorMessage.CleanedLease] = []
    /// Leases of the crown above whose holders gave them up while our part was by itself: that crown still waits for them.
    var givenUp: [FloorMessage.CleanedLease] = []
    static let givenUpLimit = 16

    enum Slot: Hashable {
        case free
        case offered(Offered)
        case leased(Granted)
    }
    struct Offered: Hashable {
        var request: RequestID
        var number: UInt64
        var since: Instant
        var until: Instant
    }
    struct Granted: Hashable {
        var request: RequestRecord
        var name: LeaseName
        var until: Instant
        /// Its name when it was granted or adopted: later ones are of the same grant.
        var first: LeaseName
        /// The name that the crown above gave to the lease that this one took over.
        var inherited: LeaseName?
        /// As last told to the holder, after its claim.
        var told: LeaseName?
        /// The attached child that was last told; nil if its home is here.
        var via: NodeIndex?
        /// When it was last asked to renew at once, if it has not done so.
        var asked: Instant?
        /// A revocation is under way.
        var revoked = false
        /// When the slot was given or taken over; limits an emergency.
        var since: Instant?

        /// Whether the end of a lease of that name ends this grant. The name must be ours and no older than what the holder was told last; or,
        /// before the holder was told anything, it must be the name of the lease that we took over. A late message about an earlier name ends
        /// nothing, since the holder may have claimed anew. Nor does one about another crown's lease, since that holder may have come to us.
        /// (A claim that is given back has no name yet.)
        func ends(with lease: LeaseName, _ crown: NodeIndex) -> Bool {
            if lease.epoch == 0 { return true }
            if lease.crown == crown, lease >= told ?? first { return true }
            return told == nil && inherited.map { lease.crown == $0.crown && lease >= $0 } ?? false
        }

        init(request: RequestRecord, name: LeaseName, until: Instant, inherited: LeaseName? = nil) {
            self.request = request
            self.name = name
            self.until = until
            first = name
            self.inherited = inherited
        }
    }
    struct PassedOver: Hashable {
        var request: RequestID
        /// The number of the offer that nobody took in time.
        var offer: UInt64
        /// When it was made.
        var since: Instant
        var until: Instant
        /// So many in a row.
        var offers: Int
    }
    /// A home whose answers need more than most of what an offer stands.
    struct SlowHome: Hashable {
        var home: NodeIndex
        var answer: Interval
    }

    /// Notes how long a home's answer took; only the slow ones, and not more than a floor has to do with.
    mutating func note(answer: Interval, of home: NodeIndex) {
        slowHomes.removeAll { $0.home == home }
        guard answer * 3 / 2 > Conference.offerTime else { return }
        if slowHomes.count >= 64 { slowHomes.removeFirst() }
        slowHomes.append(SlowHome(home: home, answer: answer))
    }

    /// Nobody took that offer in time.
    mutating func passOver(_ offer: Offered, _ now: Instant) {
        let before = offersInVain(offer.request)
        passedOver.removeAll { $0.request == offer.request }
        passedOver.append(
            PassedOver(request: offer.request, offer: offer.number, since: offer.since, until: now + Conference.passOver, offers: before + 1))
    }
    /// How many offers in a row a request left unanswered; 0 for one that is not passed over.
    func offersInVain(_ request: RequestID) -> Int { passedOver.first { $0.request == request }?.offers ?? 0 }

    func mark(_ node: NodeIndex) -> Stamp { executed.first { $0.node == node }?.stamp ?? .zero }
    mutating func setMark(_ node: NodeIndex, _ stamp: Stamp) {
        if let i = executed.firstIndex(where: { $0.node == node }) {
            executed[i].stamp = stamp
        } else {
            executed.append(ExecutedMark(node: node, stamp: stamp))
            executed.sort { $0.node < $1.node }
        }
    }
    /// The request has or is being given a slot.
    func concerns(_ request: RequestID) -> Bool {
        slots.contains {
            switch $0 {
            case .free: false
            case .offered(let offer): offer.request == request
            case .leased(let grant): grant.request.id == request
            }
        }
    }
    var grants: [(slot: UInt8, grant: Granted)] {
        slots.enumerated().compactMap { slot, state in
            if case .leased(let grant) = state { (UInt8(slot), grant) } else { nil }
        }
    }
}
