import Basics

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
            PassedOver(request: offer.request, offer: offer.number, since: offer.since, until: now + Meeting.passOver, offers: before + 1))
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
