import Basics

// Who belongs to a running meeting: the definition's sites, and what chairs said of single sites since it was started.
//
//   definition ─┐
//   seat words ─┼─▶ wanted ─┬─ convened by one who may ─────────▶ in
//               │           └─ asked ── answer: accepts ────────▶ in
//               │                    └─ answer: declines, none ─▶ not in
//               └─▶ out ────────────────────────────────────────▶ not in
//
// Words merge: of two on one site the later counts, and words on different sites do not meet. So chairs of two parts may both call
// sites, and nothing of it is lost when the parts come together. The floor and all that was said and voted goes on.
extension Meeting {
    // MARK: What chairs and halls do

    /// A chair calls a site into the running meeting.
    func addSite(_ site: SiteID, by chair: SiteID) throws(Refusal) {
        guard tree.slot(NodeIndex(of: site.node)) != nil else { throw .unknownSite }
        guard plan?.index(site) == nil else { throw .alreadyInMeeting }
        try say(.wanted, of: site, by: chair)
        audit(.siteAdded, site, by: chair)
    }

    /// A chair takes a site out, or takes an invitation back. Chairs stay: a meeting must have one, and each leads by its place in the definition.
    func removeSite(_ site: SiteID, by chair: SiteID) throws(Refusal) {
        guard let declared, !declared.definition.chairs.contains(site) else { throw .chairStays }
        guard plan?.index(site) != nil || seats(declared).contains(where: { $0.site == site && $0.state != .out }) else { throw .notInMeeting }
        try say(.out, of: site, by: chair)
        audit(.siteRemoved, site, by: chair)
    }

    /// A hall, or its node's operator, answers an invitation; the last answer counts.
    func answer(_ site: SiteID, accepts: Bool) throws(Refusal) {
        guard let declared, let want = want(of: site, declared), want.isAsked, tree.slot(NodeIndex(of: site.node)) == me else { throw .notInvited }
        let record = AnswerRecord(term: term, site: site, seat: want.stamp, accepts: accepts)
        if tables.answer(of: site) == record { return }
        publish(.floor, .answer(RecordKey.name(site)), .answer(record))
        audit(accepts ? .accepts : .declines, site)
    }

    private func say(_ word: SeatRecord.Word, of site: SiteID, by chair: SiteID) throws(Refusal) {
        guard tables.seats.count < Tables.seatLimit || tables.seats.contains(where: { $0.writer == node && $0.value.site == site })
        else { throw .tooManySeats }
        let record = SeatRecord(term: term, site: site, word: word, stamp: around.tick(), by: chair)
        publish(.floor, .seat(RecordKey.name(site)), .seat(record))
    }

    // MARK: What others write

    func take(_ seat: Written<SeatRecord>) -> ConferenceDrop? {
        around.observe(seat.value.stamp)
        if record == nil {
            // Whether it may is looked at when the definition comes.
            guard tables.seats.count(where: { $0.writer == seat.writer }) < Tables.earlySeatLimit else { return .tooManyRecords }
        } else if seat.value.term == term, !maySeat(seat.value, from: seat.writer) {
            return .foreign
        }
        guard tables.keep(seat) else { return .tooManyRecords }
        seatsAreStale = true
        touch()
        return nil
    }

    func take(_ answer: AnswerRecord, from writer: NodeIndex) -> ConferenceDrop? {
        guard NodeIndex(of: answer.site.node) == writer else { return .foreign }
        guard tables.keep(answer) else { return .tooManyRecords }
        seatsAreStale = true
        touch()
        return nil
    }

    /// The word is of one whom the policy lets say it (the meeting's chairs, the node that started it); and its writer is their home, or
    /// copied it and stands above this node. What this node wrote itself was looked at then.
    private func maySeat(_ seat: SeatRecord, from writer: NodeIndex) -> Bool {
        let home = NodeIndex(of: seat.by.node)
        return may(Principal(writer: home, for: seat.by), seat.word == .wanted ? .addSite : .removeSite) && (writer == home || around.standsAbove(writer))
    }

    // MARK: Who is in

    /// What is wanted of a site: by the chairs' latest word, else by the definition.
    private struct Want {
        var word: SeatRecord.Word
        /// Zero: the definition.
        var stamp = Stamp.zero
        var by: SiteID?
        /// Nobody who may convene it convened it: it is asked.
        var isAsked: Bool
    }

    private func want(of site: SiteID, _ declared: MeetingRecord) -> Want? {
        if let seat = latestSeats(site).first { return want(seat) }
        guard declared.definition.sites.contains(site) else { return nil }
        return Want(word: .wanted, isAsked: !isConvened(site))
    }

    private func want(_ seat: SeatRecord) -> Want {
        Want(word: seat.word, stamp: seat.stamp, by: seat.by, isAsked: seat.word == .wanted && !around.convenes(NodeIndex(of: seat.by.node), seat.site, in: id))
    }

    /// The definition's own sites come without being asked.
    private func isConvened(_ site: SiteID) -> Bool { conveners.contains { around.convenes($0, site, in: id) } }

    /// All of them do, as in most meetings: nobody need be looked at.
    private var convenesAll: Bool {
        switch around.policy.accept {
        case .all: return true
        case .ask: return false
        case .fromAbove:
            let reach = around.policy.farthest(.convene, in: id.rawValue)
            if reach == .network { return true }
            guard reach == .subtree, let declaredAnchor else { return false }
            return conveners.contains { tree.slot($0).map { tree.contains($0, declaredAnchor) } ?? false }
        }
    }

    /// Who is known to have convened the meeting: a node speaks for itself, and for others to those below it.
    func convener(of record: MeetingRecord, writtenBy writer: NodeIndex) -> NodeIndex {
        writer == record.startedBy || writer == node || around.standsAbove(writer) ? record.startedBy : writer
    }

    /// Another writer has the same definition; true if more sites are in by its word.
    func prove(_ record: MeetingRecord, by writer: NodeIndex) -> Bool {
        let proven = convener(of: record, writtenBy: writer)
        guard !conveners.contains(proven), conveners.count < Meeting.convenerLimit else { return false }
        conveners.append(proven)
        seatsAreStale = true
        return followSeats()
    }
    private static let convenerLimit = 16

    /// What became of a site that is wanted or out; nil: nobody spoke of it, or it is in.
    func seat(of site: SiteID) -> SeatView? {
        // Pages ask often, and most sites are in, or in no way of the meeting.
        guard let declared, plan?.index(site) == nil, !(tables.seats.isEmpty && convenesAll), let want = want(of: site, declared) else { return nil }
        let since = want.by == nil ? declared.term.wall : want.stamp.wall
        guard want.word == .wanted else { return SeatView(site: site, state: .out, by: want.by, since: since) }
        guard want.isAsked, let state = SeatView.State(answer: accepts(site, want.stamp)) else { return nil }
        return SeatView(site: site, state: state, by: want.by, since: since)
    }

    /// The latest word on each site, or on one alone, in the order in which they were given.
    private func latestSeats(_ only: SiteID? = nil) -> [SeatRecord] {
        if tables.seats.isEmpty { return [] }
        let words = tables.seats.lazy.map(\.value).filter { [term] in $0.term == term && (only == nil || $0.site == only) }
            .sorted { $0.site == $1.site ? $0.isNewer(than: $1) : $0.site < $1.site }
        var latest: [SeatRecord] = []
        for seat in words where latest.last?.site != seat.site { latest.append(seat) }
        return latest.sorted { ($0.stamp, $0.site) < ($1.stamp, $1.site) }
    }

    private func accepts(_ site: SiteID, _ stamp: Stamp) -> Bool? {
        guard let answer = tables.answer(of: site), answer.term == term, answer.seat == stamp else { return nil }
        return answer.accepts
    }

    /// The sites that are in: those of the definition in its order, then others in the order in which they were called.
    private func seated(_ declared: MeetingRecord, _ seats: [SeatRecord]) -> [SiteID] {
        let convenesAll = self.convenesAll
        if seats.isEmpty, convenesAll { return declared.definition.sites }
        let sorted = seats.sorted { $0.site < $1.site }
        func word(_ site: SiteID) -> SeatRecord? {
            let at = sorted.lowerBound { $0.site < site }
            return at < sorted.count && sorted[at].site == site ? sorted[at] : nil
        }
        func isIn(_ seat: SeatRecord) -> Bool {
            let want = want(seat)
            return want.word == .wanted && (!want.isAsked || accepts(seat.site, want.stamp) == true)
        }
        let sites = declared.definition.sites.filter { word($0).map(isIn) ?? (convenesAll || isConvened($0) || accepts($0, .zero) == true) }
        let known = Set(sites)
        let others = seats.filter { !known.contains($0.site) && isIn($0) && tree.slot(NodeIndex(of: $0.site.node)) != nil }
        return (sites + others.map(\.site)).prefix(Tables.siteLimit).map { $0 }
    }

    /// The sites that are wanted and not in, and those taken out.
    func seats(_ declared: MeetingRecord) -> [SeatView] {
        let words = latestSeats()
        if words.isEmpty, convenesAll { return [] }
        let spoken = Set(words.map(\.site))
        return (declared.definition.sites.filter { !spoken.contains($0) } + words.map(\.site)).compactMap { seat(of: $0) }
    }

    // MARK: Following

    /// Brings ``record`` and ``plan`` up to date with the words; true if somebody came, went or is asked.
    func followSeats() -> Bool {
        guard let declared, seatsAreStale else { return false }
        seatsAreStale = false
        let seats = latestSeats()
        let sites = seated(declared, seats)
        var called = seats.map(\.site)
        if sites.count < declared.definition.sites.count {
            let known = Set(sites)
            called += declared.definition.sites.filter { !known.contains($0) }
        }
        guard sites != record?.definition.sites || called != calledSites else { return false }
        calledSites = called
        record?.definition.sites = sites
        let isIn = Set(sites)
        record?.definition.chairs = declared.definition.chairs.filter(isIn.contains)
        replan()
        touch()
        return true
    }

    /// A definition came: words that were kept on trust, and do not count, leave.
    func beginSeats() {
        let term = self.term
        calledSites = []
        seatsAreStale = true
        for old in tables.seats where old.writer == node && old.value.term != term {
            publish(.floor, .seat(RecordKey.name(old.value.site)), nil)
        }
        for old in tables.answers where NodeIndex(of: old.site.node) == node && old.term != term {
            publish(.floor, .answer(RecordKey.name(old.site)), nil)
        }
        tables.forgetSeats { $0.value.term == term && !self.maySeat($0.value, from: $0.writer) }
        _ = followSeats()
    }

    /// The crown keeps a copy of every word: a chair's node that loses its disk takes no site with it.
    func copySeats() {
        for seat in latestSeats() where !tables.seats.contains(where: { $0.writer == node && $0.value == seat }) {
            publish(.floor, .seat(RecordKey.name(seat.site)), .seat(seat))
        }
    }

    /// Takes the copies back: the crown above has them now.
    func retractSeats() {
        for seat in tables.seats where seat.writer == node && NodeIndex(of: seat.value.by.node) != node {
            tables.forget(.seat(RecordKey.name(seat.value.site)), of: node)
            emit(.retract(lane: .floor, scope: id, key: RecordKey.seat(RecordKey.name(seat.value.site)).text))
        }
    }

    /// A site that was taken out speaks no more, also where its home does not hear of it.
    func dismissSpeakers() {
        guard let crown, let plan else { return }
        for slot in crown.slots.indices {
            switch crown.slots[slot] {
            case .leased(let grant) where !grant.revoked && plan.index(grant.request.site) == nil: startRevoke(slot, preempted: false)
            case .offered(let offer) where tables.request(offer.request).map({ plan.index($0.site) == nil }) ?? false:
                self.crown?.free(slot)
                touch()
            default: break
            }
        }
    }
}

extension Conference {
    /// The running meetings that ask a site to come and have no answer yet, by id.
    public func invitations(of site: SiteID) -> [Invitation] {
        meetings.compactMap { meeting in
            guard let declared = meeting.declared, !meeting.hasEnded,
                let seat = meeting.seat(of: site), seat.state == .asked
            else { return nil }
            return Invitation(
                meeting: meeting.id, title: declared.definition.title, by: seat.by, startedBy: declared.startedBy, since: seat.since)
        }
    }
}

extension SeatView.State {
    /// Nil: the hall accepted, so that it is in.
    fileprivate init?(answer: Bool?) {
        switch answer {
        case nil: self = .asked
        case false?: self = .declined
        case true?: return nil
        }
    }
}
