import Basics

/// What a crown alone knows: the floor's slots, who acts as chair, which commands are executed. Only its transitions change it.
struct CrownState: Hashable {
    /// A returning chair takes over after being present that long (mesh rule 9).
    static let chairReturn = Interval.seconds(5)
    /// A request whose home did not answer an offer comes after all other waiting ones for that long. So however many homes are silent, the
    /// request behind them is offered the slot once each of them was.
    static let passOver = Interval.seconds(5)
    static let givenUpLimit = 16

    private(set) var slots: [Slot]
    /// Grants in this epoch.
    private(set) var sequence: UInt64 = 0
    private var lastOffer: UInt64 = 0
    /// Revision of our floor record in this epoch.
    private(set) var revision: UInt64 = 0
    /// Sites that left an offer unanswered, and until when they are passed over.
    private(set) var passedOver: [PassedOver] = []
    /// Homes that answer offers late; by the order in which they did.
    private var slowHomes: [SlowHome] = []
    private(set) var actingChair: SiteID?
    /// By chair, in the order in which they act: since when it is present without a break.
    private(set) var chairPresentSince: [Instant?] = []
    private var previousSpeaker: SiteID?
    private var speaker: SiteID?
    private var muteAll = Stamp.zero
    private var muteExcept: SiteID?
    private var loudspeakers: Bool?
    private var executed: [ExecutedMark] = []
    private(set) var ended: WallTime?
    private(set) var endedAbove: WallTime?
    private var goesOn = false
    /// Leases we ended on our way up, for `Attach`.
    private(set) var cleaned: [FloorMessage.CleanedLease] = []
    /// Leases of the crown above whose holders gave them up while our part was by itself: that crown still waits for them.
    private var givenUp: [FloorMessage.CleanedLease] = []

    /// All slots are free. The rest goes on from the last floor record above.
    init(floorSize: Int, after before: FloorRecord?) {
        slots = Array(repeating: .free, count: floorSize)
        guard let before else { return }
        previousSpeaker = before.previousSpeaker
        speaker = before.grants.first?.site ?? before.actingChair
        actingChair = before.actingChair
        muteAll = before.muteAll
        muteExcept = before.muteExcept
        loudspeakers = before.loudspeakers
        executed = before.executed
        ended = before.ended
        endedAbove = before.endedAbove
        goesOn = before.goesOn
    }

    enum Slot: Hashable {
        case free
        case offered(Offered)
        case leased(Granted)
    }
    struct Offered: Hashable {
        var request: RequestID
        var site: SiteID
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
        var site: SiteID
        /// The number of the offer that nobody took in time.
        var offer: UInt64
        /// When it was made.
        var since: Instant
        var until: Instant
        /// So many of the site in a row.
        var offers: Int
    }
    /// A home whose answers need more than most of what an offer stands.
    struct SlowHome: Hashable {
        var home: NodeIndex
        var answer: Interval
    }

    // MARK: Slots

    mutating func free(_ slot: Int) { slots[slot] = .free }
    mutating func lease(_ grant: Granted, in slot: Int) { slots[slot] = .leased(grant) }
    mutating func offer(_ offer: Offered, in slot: Int) { slots[slot] = .offered(offer) }

    /// Tells offers of this crown apart.
    mutating func nextOffer() -> UInt64 {
        lastOffer += 1
        return lastOffer
    }
    /// The next lease's: gap-free within an epoch.
    mutating func nextSequence() -> UInt64 {
        sequence += 1
        return sequence
    }
    mutating func beginEpoch() {
        sequence = 0
        revision = 0
    }

    /// Nobody took that offer in time.
    mutating func withdraw(_ offer: Offered, in slot: Int, _ now: Instant) {
        free(slot)
        let before = offersInVain(offer.site)
        passedOver.removeAll { $0.request == offer.request }
        passedOver.append(
            PassedOver(
                request: offer.request, site: offer.site, offer: offer.number, since: offer.since, until: now + CrownState.passOver, offers: before + 1))
    }
    /// How many offers in a row a site left unanswered; 0 for one that is not passed over. Counted by site: a home that files a request
    /// anew for each offer that it ignores would hold up all others.
    func offersInVain(_ site: SiteID) -> Int { passedOver.reduce(0) { $1.site == site ? max($0, $1.offers) : $0 } }
    mutating func forgetPassedOver() { passedOver.removeAll() }
    mutating func forgetPassedOver(until now: Instant) { passedOver.removeAll { $0.until <= now } }

    /// A claim answers an offer that was withdrawn and binds nobody; but the home lives, and is offered anew in its turn, for as long as it
    /// needs. False: the claim answers none of them.
    mutating func noteLate(_ claim: FloorMessage.Claim, _ now: Instant) -> Bool {
        guard let late = passedOver.firstIndex(where: { $0.request == claim.request && $0.offer == claim.offer }) else { return false }
        note(answer: now - passedOver[late].since, of: claim.request.node)
        passedOver.remove(at: late)
        return true
    }
    /// A claim answers the offer before this one: the home is slower still, and this one is left standing for it.
    mutating func leaveStanding(_ offer: Offered, in slot: Int) {
        note(answer: Conference.longestOffer, of: offer.request.node)
        var longer = offer
        longer.until = max(offer.until, offer.since + Conference.longestOffer)
        slots[slot] = .offered(longer)
    }
    /// How long an offer stands: 250 ms, and half as much again as a home far away took for its last answer. A satellite line alone
    /// takes half a second both ways.
    func offerTime(_ home: NodeIndex) -> Interval {
        let answer = slowHomes.first { $0.home == home }?.answer ?? .zero
        return max(Conference.offerTime, min(answer * 3 / 2, Conference.longestOffer))
    }
    /// Notes how long a home's answer took; only the slow ones, and not more than a floor has to do with.
    mutating func note(answer: Interval, of home: NodeIndex) {
        slowHomes.removeAll { $0.home == home }
        guard answer * 3 / 2 > Conference.offerTime else { return }
        if slowHomes.count >= 64 { slowHomes.removeFirst() }
        slowHomes.append(SlowHome(home: home, answer: answer))
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

    // MARK: On the way up

    /// We are about to attach: what was given up meanwhile is named along.
    mutating func beginCleaning() { cleaned = givenUp }

    /// The home of a revoked lease closed its gate. Only what its home gave up is named above: a renewal of what merely ran out may be on
    /// its way down there.
    mutating func noteCleaned(_ grant: Granted, in slot: UInt8) {
        for name in [grant.name, grant.inherited].compactMap({ $0 }) {
            cleaned.append(FloorMessage.CleanedLease(slot: slot, name: name, request: grant.request.id))
        }
    }
    /// A lease ended that was taken over from the crown above.
    mutating func noteGivenUp(_ grant: Granted, in slot: UInt8) {
        guard let above = grant.inherited, givenUp.count < CrownState.givenUpLimit else { return }
        givenUp.append(FloorMessage.CleanedLease(slot: slot, name: above, request: grant.request.id))
    }

    // MARK: Chairs and commands

    func mark(_ node: NodeIndex) -> Stamp { executed.first { $0.node == node }?.stamp ?? .zero }
    mutating func setMark(_ node: NodeIndex, _ stamp: Stamp) {
        if let i = executed.firstIndex(where: { $0.node == node }) {
            executed[i].stamp = stamp
        } else {
            executed.append(ExecutedMark(node: node, stamp: stamp))
            executed.sort { $0.node < $1.node }
        }
    }
    mutating func muteAll(_ command: Stamp) {
        muteAll = command
        muteExcept = actingChair
    }
    mutating func setLoudspeakers(_ play: Bool) { loudspeakers = play }
    mutating func end(_ wall: WallTime) { ended = wall }
    mutating func noticeEnd(above: WallTime) { endedAbove = above }
    mutating func goOn() { goesOn = true }

    /// The first present chair acts; one that comes back waits five seconds, a deputy none. True if something changed.
    mutating func chooseChair(of chairs: [SiteID], present: [Bool], _ now: Instant) -> Bool {
        let before = self
        while chairPresentSince.count < chairs.count { chairPresentSince.append(nil) }
        chairPresentSince.removeLast(chairPresentSince.count - chairs.count)
        for (i, isPresent) in present.enumerated() {
            if isPresent {
                if chairPresentSince[i] == nil { chairPresentSince[i] = now }
            } else {
                chairPresentSince[i] = nil
            }
        }
        let acting = actingChair.flatMap { chairs.firstIndex(of: $0) }
        let actingIsHere = acting.map { chairPresentSince[$0] != nil } ?? false
        var chosen = actingIsHere ? acting : nil
        for (i, since) in chairPresentSince.enumerated() {
            guard let since, i < chosen ?? Int.max else { continue }
            if chosen == nil || now >= since + CrownState.chairReturn { chosen = i }
        }
        actingChair = chosen.map { chairs[$0] }
        return self != before
    }

    /// Whose picture and voice lead; true if it is another one.
    mutating func chooseSpeaker() -> Bool {
        let next = grants.first?.grant.request.site ?? actingChair
        guard next != speaker else { return false }
        if let speaker { previousSpeaker = speaker }
        speaker = next
        return true
    }

    // MARK: The floor record

    /// What this crown has to say, under the number after the last.
    func record(of term: Stamp, epoch: UInt64, by crown: NodeIndex) -> FloorRecord {
        var record = FloorRecord(term: term, epoch: epoch, crown: crown, revision: revision + 1)
        for (slot, grant) in grants where !grant.revoked {
            record.grants.append(
                GrantRecord(
                    slot: slot, name: grant.name, request: grant.request.id, site: grant.request.site,
                    priority: grant.request.priority, stamp: grant.request.stamp))
        }
        record.actingChair = actingChair
        record.previousSpeaker = previousSpeaker
        record.muteAll = muteAll
        record.muteExcept = muteExcept
        record.loudspeakers = loudspeakers
        record.executed = executed
        record.ended = ended
        record.endedAbove = endedAbove
        record.goesOn = goesOn
        return record
    }
    /// The record goes out.
    mutating func notePublished() { revision += 1 }
}
