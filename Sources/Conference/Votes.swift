import Basics

// Votes (biểu quyết). A chair's home writes the question, every site's home the ballots of its halls, each into its own bulk lane: merging
// the parts of a meeting merges its votes. The tally is counted wherever it is read and never sent.
extension Meeting {
    // MARK: What chairs and halls do

    /// Only declared chairs, since their votes must count everywhere and after every merge; who acts as chair in a part that broke away is
    /// nobody's chair when it is back.
    func openVote(_ question: String, by site: SiteID) throws(Refusal) {
        guard mayOpenVotes(site, node) else { throw .notAllowed }
        guard VoteRecord.isQuestion(question) else { throw .badQuestion }
        let term = self.term
        // Those of an earlier meeting of this name.
        for old in tables.votes where old.id.node == node && old.term != term {
            publish(.bulk, .vote(old.id.opened), nil)
        }
        guard tables.votes.count(where: { $0.id.node == node }) < VoteRecord.limit else { throw .tooManyVotes }
        var id = VoteID(node: node, opened: around.tick())
        // A clock that is never set begins anew with every start.
        while tables.vote(id) != nil { id.opened = around.tick() }
        publish(.bulk, .vote(id.opened), .vote(VoteRecord(id: id, term: term, by: site, question: question)))
        audit(.voteOpened, by: site)
    }

    /// Its only writer closes it.
    func closeVote(_ id: VoteID, by site: SiteID) throws(Refusal) {
        guard var vote = tables.vote(id), counts(vote) else { throw .unknownVote }
        guard id.node == node, mayOpenVotes(site, node) else { throw .notAllowed }
        guard vote.closed == nil else { throw .voteClosed }
        vote.closed = max(wall, id.opened.wall)
        publish(.bulk, .vote(id.opened), .vote(vote))
        audit(.voteClosed, by: site)
    }

    /// Casts or changes a site's ballot. A home in a part that is cut off may not know yet that the vote is closed: its ballot still counts.
    func cast(_ ballot: Ballot, on id: VoteID, at site: SiteID) throws(Refusal) {
        guard homeIndex(site) != nil else { throw .notInMeeting }
        guard let vote = tables.vote(id), counts(vote) else { throw .unknownVote }
        guard vote.closed == nil else { throw .voteClosed }
        guard ballot.isSound else { throw .badBallot }
        if tables.ballot(of: site, on: id)?.ballot == ballot { return }
        for old in tables.ballots where old.site == site {
            // The old ballot belongs to an earlier meeting of this name.
            guard let vote = tables.vote(old.vote), vote.term != term else { continue }
            publish(.bulk, .ballot(old.vote, room: RecordKey.room(site)), nil)
        }
        let record = BallotRecord(vote: id, site: site, ballot: ballot, cast: wall)
        publish(.bulk, .ballot(id, room: RecordKey.room(site)), .ballot(record))
        emit(.ballot(row(record)))
    }

    // MARK: What others write

    func take(_ vote: VoteRecord, from writer: NodeIndex) -> ConferenceDrop? {
        guard vote.id.isSound, VoteRecord.isQuestion(vote.question) else { return .malformed }
        guard NodeIndex(of: vote.by.node) == writer else { return .foreign }
        // Where the definition is not known yet, the vote is looked at when it counts.
        if record != nil, vote.term == term, !mayOpenVotes(vote.by, writer) { return .foreign }
        around.observe(vote.id.opened)
        var before: VoteRecord?
        switch tables.keep(vote) {
        case .full: return .tooManyRecords
        case .added: break
        case .replaced(let known): before = known
        }
        touchVotes()
        if vote != before, counts(vote) { emit(.vote(row(vote))) }
        return nil
    }

    /// Ballots may come before their vote, which is another node's word.
    func take(_ ballot: BallotRecord, from writer: NodeIndex) -> ConferenceDrop? {
        guard ballot.vote.isSound, ballot.ballot.isSound else { return .malformed }
        guard isHome(writer, of: ballot.site) else { return .foreign }
        switch tables.keep(ballot) {
        case .full: return .tooManyRecords
        case .replaced(let known) where known == ballot: return nil
        case .added, .replaced: break
        }
        touchVotes()
        if around.liesBelow(writer) { emit(.ballot(row(ballot))) }
        return nil
    }

    // MARK: The archive

    /// A definition came after votes of its meeting.
    func tellVotes() {
        for vote in tables.votes where counts(vote) { emit(.vote(row(vote))) }
    }

    /// Tells the archive all ballots of homes that an edition moved below us. Those of homes that were below before are known.
    func tellBallots(unless wasBelow: (NodeIndex) -> Bool) {
        for ballot in tables.ballots {
            let home = NodeIndex(of: ballot.site.node)
            if around.liesBelow(home), !wasBelow(home) { emit(.ballot(row(ballot))) }
        }
    }

    private func row(_ vote: VoteRecord) -> VoteRow {
        VoteRow(meeting: id, vote: vote.id, by: vote.by, question: vote.question, closed: vote.closed)
    }
    private func row(_ ballot: BallotRecord) -> BallotRow {
        BallotRow(meeting: id, vote: ballot.vote, site: ballot.site, ballot: ballot.ballot, cast: ballot.cast)
    }

    // MARK: The tally

    /// A declared chair at that node, and one whom the policy lets do it.
    private func mayOpenVotes(_ site: SiteID, _ home: NodeIndex) -> Bool { may(Principal(writer: home, for: site), .openVote) }

    /// The vote belongs to this start of the meeting, and its chair may ask.
    private func counts(_ vote: VoteRecord) -> Bool { vote.term == term && mayOpenVotes(vote.by, vote.id.node) }

    /// Every ballot that is here, once: a home has one for each of its sites and votes.
    func voteViews(_ sites: [SiteView]) -> [VoteView] {
        guard !tables.votes.isEmpty, let plan else { return [] }
        var views = tables.votes.filter { counts($0) }.map { VoteView(id: $0.id, question: $0.question, by: $0.by, closed: $0.closed) }
        guard !views.isEmpty else { return [] }
        var cut = 0
        var b = 0
        let ballots = tables.ballots
        plan.forEachSite { site, place in
            let isCut = if case .cutOff = sites[place].presence { true } else { false }
            if isCut { cut += 1 }
            while b < ballots.count, ballots[b].site < site { b += 1 }
            while b < ballots.count, ballots[b].site == site {
                let v = views.lowerBound { $0.id < ballots[b].vote }
                if v < views.count, views[v].id == ballots[b].vote { views[v].add(ballots[b], isCut: isCut, isOwn: plan.slots[place] == me) }
                b += 1
            }
        }
        for v in views.indices {
            views[v].missing = sites.count - views[v].voted
            views[v].cutOff += cut
        }
        return views.sorted { ($0.id.opened, $0.id.node) < ($1.id.opened, $1.id.node) }
    }
}

extension Conference {
    /// The ballots that count here, by site.
    public func ballots(_ id: MeetingID, on vote: VoteID) -> [VoteView.SiteBallot] {
        guard let meeting = find(id), let plan = meeting.plan else { return [] }
        return meeting.tables.ballots.filter { $0.vote == vote && plan.index($0.site) != nil }
            .map { VoteView.SiteBallot(site: $0.site, ballot: $0.ballot) }
    }
}

extension VoteID {
    /// A time that a clock can show; its name fits into a key.
    var isSound: Bool { (0...9_999_999_999_999).contains(opened.milliseconds) }
}

extension VoteView {
    fileprivate mutating func add(_ record: BallotRecord, isCut: Bool, isOwn: Bool) {
        agree += record.ballot.agree
        disagree += record.ballot.disagree
        abstain += record.ballot.abstain
        voted += 1
        // Those that are cut off are counted in the end; this one is not missing.
        if isCut { cutOff -= 1 }
        if isOwn { own.append(SiteBallot(site: record.site, ballot: record.ballot)) }
    }
}
