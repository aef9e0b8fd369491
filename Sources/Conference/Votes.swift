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
        for old in votes where old.id.node == node && old.term != term {
            publish(.bulk, .vote(old.id.opened), nil)
        }
        guard votes.count(where: { $0.id.node == node }) < VoteRecord.limit else { throw .tooManyVotes }
        var id = VoteID(node: node, opened: around.tick())
        // A clock that is never set begins anew with every start.
        while vote(id) != nil { id.opened = around.tick() }
        publish(.bulk, .vote(id.opened), .vote(VoteRecord(id: id, term: term, by: site, question: question)))
        audit(.voteOpened, by: site)
    }

    /// Its only writer closes it.
    func closeVote(_ id: VoteID, by site: SiteID) throws(Refusal) {
        guard var vote = self.vote(id), counts(vote) else { throw .unknownVote }
        guard id.node == node, mayOpenVotes(site, node) else { throw .notAllowed }
        guard vote.closed == nil else { throw .voteClosed }
        vote.closed = max(wall, id.opened.wall)
        publish(.bulk, .vote(id.opened), .vote(vote))
        audit(.voteClosed, by: site)
    }

    /// Casts or changes a site's ballot. A home in a part that is cut off may not know yet that the vote is closed: its ballot still counts.
    func cast(_ ballot: Ballot, on id: VoteID, at site: SiteID) throws(Refusal) {
        guard homeIndex(site) != nil else { throw .notInMeeting }
        guard let vote = self.vote(id), counts(vote) else { throw .unknownVote }
        guard vote.closed == nil else { throw .voteClosed }
        guard ballot.isSound else { throw .badBallot }
        let (place, isThere) = ballotPlace(site, id)
        if isThere, ballots[place].ballot == ballot { return }
        for old in ballots where old.site == site {
            // The old ballot belongs to an earlier meeting of this name.
            guard let vote = self.vote(old.vote), vote.term != term else { continue }
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
        let place = votes.lowerBound { $0.id < vote.id }
        var before: VoteRecord?
        if place < votes.count, votes[place].id == vote.id {
            before = votes[place]
            votes[place] = vote
        } else {
            let others = votes.count { $0.id.node == writer && $0.term == vote.term }
            guard others < VoteRecord.limit, votes.count < Meeting.writerLimit else { return .tooManyRecords }
            votes.insert(vote, at: place)
        }
        touchVotes()
        if vote != before, counts(vote) { emit(.vote(row(vote))) }
        return nil
    }

    /// Ballots may come before their vote, which is another node's word.
    func take(_ ballot: BallotRecord, from writer: NodeIndex) -> ConferenceDrop? {
        guard ballot.vote.isSound, ballot.ballot.isSound else { return .malformed }
        guard isHome(writer, of: ballot.site) else { return .foreign }
        let (place, isThere) = ballotPlace(ballot.site, ballot.vote)
        if isThere {
            if ballots[place] == ballot { return nil }
            ballots[place] = ballot
        } else {
            let first = ballots.lowerBound { $0.site < ballot.site }
            let isFull = first + BallotRecord.limit <= ballots.count && ballots[first + BallotRecord.limit - 1].site == ballot.site
            guard !isFull, ballots.count < Meeting.ballotLimit else { return .tooManyRecords }
            ballots.insert(ballot, at: place)
        }
        touchVotes()
        if around.liesBelow(writer) { emit(.ballot(row(ballot))) }
        return nil
    }

    func forgetVotes(of writer: NodeIndex) {
        let count = votes.count + ballots.count
        votes.removeAll { $0.id.node == writer }
        ballots.removeAll { NodeIndex(of: $0.site.node) == writer }
        if votes.count + ballots.count != count { touchVotes() }
    }

    // MARK: The archive

    /// A definition came after votes of its meeting.
    func tellVotes() {
        for vote in votes where counts(vote) { emit(.vote(row(vote))) }
    }

    /// Tells the archive all ballots of homes that an edition moved below us. Those of homes that were below before are known.
    func tellBallots(unless wasBelow: (NodeIndex) -> Bool) {
        for ballot in ballots {
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

    /// A declared chair at that node.
    private func mayOpenVotes(_ site: SiteID, _ home: NodeIndex) -> Bool {
        guard let definition = record?.definition else { return false }
        return definition.chairs.contains(site) && NodeIndex(of: site.node) == home
    }

    /// The vote belongs to this start of the meeting, and its chair may ask.
    private func counts(_ vote: VoteRecord) -> Bool { vote.term == term && mayOpenVotes(vote.by, vote.id.node) }

    /// Every ballot that is here, once: a home has one for each of its sites and votes.
    func voteViews(_ sites: [SiteView]) -> [VoteView] {
        guard !votes.isEmpty, let plan else { return [] }
        var views = votes.filter { counts($0) }.map { VoteView(id: $0.id, question: $0.question, by: $0.by, closed: $0.closed) }
        guard !views.isEmpty else { return [] }
        var cut = 0
        var b = 0
        let ballots = self.ballots
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
        return meeting.ballots.filter { $0.vote == vote && plan.index($0.site) != nil }
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
