import Basics

// Votes (biểu quyết). A chair's home writes the question, every site's home the ballots of its halls, each into its own bulk lane: merging
// the parts of a meeting merges its votes. The tally is counted wherever it is read and never sent.
extension Conference {
    // MARK: What chairs and halls do

    /// Only declared chairs, since their votes must count everywhere and after every merge; who acts as chair in a part that broke away is
    /// nobody's chair when it is back.
    mutating func openVote(
        _ m: Int, _ question: String, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        guard mayOpenVotes(site, node, m) else { throw .notAllowed }
        guard VoteRecord.isQuestion(question) else { throw .badQuestion }
        let term = meetings[m].term
        // Those of an earlier meeting of this name.
        for old in meetings[m].votes where old.id.node == node && old.term != term {
            publish(m, .bulk, .vote(old.id.opened), nil, at, &effects)
        }
        guard meetings[m].votes.count(where: { $0.id.node == node }) < VoteRecord.limit else { throw .tooManyVotes }
        var id = VoteID(node: node, opened: clock.tick(at.wall))
        // A clock that is never set begins anew with every start.
        while meetings[m].vote(id) != nil { id.opened = clock.tick(at.wall) }
        publish(m, .bulk, .vote(id.opened), .vote(VoteRecord(id: id, term: term, by: site, question: question)), at, &effects)
        audit(m, at, .voteOpened, by: site, &effects)
    }

    /// Its only writer closes it.
    mutating func closeVote(
        _ m: Int, _ id: VoteID, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        guard var vote = meetings[m].vote(id), counts(vote, m) else { throw .unknownVote }
        guard id.node == node, mayOpenVotes(site, node, m) else { throw .notAllowed }
        guard vote.closed == nil else { throw .voteClosed }
        vote.closed = max(at.wall, id.opened.wall)
        publish(m, .bulk, .vote(id.opened), .vote(vote), at, &effects)
        audit(m, at, .voteClosed, by: site, &effects)
    }

    /// Casts or changes a site's ballot. A home in a part that is cut off may not know yet that the vote is closed: its ballot still counts.
    mutating func cast(
        _ ballot: Ballot, on id: VoteID, _ m: Int, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        guard meetings[m].homeIndex(site) != nil else { throw .notInMeeting }
        guard let vote = meetings[m].vote(id), counts(vote, m) else { throw .unknownVote }
        guard vote.closed == nil else { throw .voteClosed }
        guard ballot.isSound else { throw .badBallot }
        let (place, isThere) = meetings[m].ballotPlace(site, id)
        if isThere, meetings[m].ballots[place].ballot == ballot { return }
        for old in meetings[m].ballots where old.site == site {
            // The old ballot belongs to an earlier meeting of this name.
            guard let vote = meetings[m].vote(old.vote), vote.term != meetings[m].term else { continue }
            publish(m, .bulk, .ballot(old.vote, room: RecordKey.room(site)), nil, at, &effects)
        }
        let record = BallotRecord(vote: id, site: site, ballot: ballot, cast: at.wall)
        publish(m, .bulk, .ballot(id, room: RecordKey.room(site)), .ballot(record), at, &effects)
        effects.append(.ballot(row(record, m)))
    }

    // MARK: What others write

    mutating func note(_ vote: VoteRecord, _ m: Int, _ writer: NodeIndex, _ at: Moment, _ effects: inout [ConferenceEffect]) -> ConferenceDrop? {
        guard vote.id.isSound, VoteRecord.isQuestion(vote.question) else { return .malformed }
        guard NodeIndex(of: vote.by.node) == writer else { return .foreign }
        // Where the definition is not known yet, the vote is looked at when it counts.
        if meetings[m].record != nil, vote.term == meetings[m].term, !mayOpenVotes(vote.by, writer, m) { return .foreign }
        clock.observe(vote.id.opened, wall: at.wall)
        let place = meetings[m].votes.lowerBound { $0.id < vote.id }
        var before: VoteRecord?
        if place < meetings[m].votes.count, meetings[m].votes[place].id == vote.id {
            before = meetings[m].votes[place]
            meetings[m].votes[place] = vote
        } else {
            let others = meetings[m].votes.count { $0.id.node == writer && $0.term == vote.term }
            guard others < VoteRecord.limit, meetings[m].votes.count < MeetingState.writerLimit else { return .tooManyRecords }
            meetings[m].votes.insert(vote, at: place)
        }
        meetings[m].touchVotes()
        if vote != before, counts(vote, m) { effects.append(.vote(row(vote, m))) }
        return nil
    }

    /// Ballots may come before their vote, which is another node's word.
    mutating func note(_ ballot: BallotRecord, _ m: Int, _ writer: NodeIndex, _ effects: inout [ConferenceEffect]) -> ConferenceDrop? {
        guard ballot.vote.isSound, ballot.ballot.isSound else { return .malformed }
        guard isHome(writer, of: ballot.site, m) else { return .foreign }
        let (place, isThere) = meetings[m].ballotPlace(ballot.site, ballot.vote)
        if isThere {
            if meetings[m].ballots[place] == ballot { return nil }
            meetings[m].ballots[place] = ballot
        } else {
            let first = meetings[m].ballots.lowerBound { $0.site < ballot.site }
            let isFull = first + BallotRecord.limit <= meetings[m].ballots.count && meetings[m].ballots[first + BallotRecord.limit - 1].site == ballot.site
            guard !isFull, meetings[m].ballots.count < MeetingState.ballotLimit else { return .tooManyRecords }
            meetings[m].ballots.insert(ballot, at: place)
        }
        meetings[m].touchVotes()
        if liesBelow(writer) { effects.append(.ballot(row(ballot, m))) }
        return nil
    }

    mutating func forgetVotes(of writer: NodeIndex, _ m: Int) {
        let count = meetings[m].votes.count + meetings[m].ballots.count
        meetings[m].votes.removeAll { $0.id.node == writer }
        meetings[m].ballots.removeAll { NodeIndex(of: $0.site.node) == writer }
        if meetings[m].votes.count + meetings[m].ballots.count != count { meetings[m].touchVotes() }
    }

    // MARK: The archive

    /// A definition came after votes of its meeting.
    func tellVotes(_ m: Int, _ effects: inout [ConferenceEffect]) {
        for vote in meetings[m].votes where counts(vote, m) { effects.append(.vote(row(vote, m))) }
    }

    /// Tells the archive all ballots of homes that an edition moved below us. Those of homes that were below before are known.
    func tellBallots(_ m: Int, unless wasBelow: (NodeIndex) -> Bool, _ effects: inout [ConferenceEffect]) {
        for ballot in meetings[m].ballots {
            let home = NodeIndex(of: ballot.site.node)
            if liesBelow(home), !wasBelow(home) { effects.append(.ballot(row(ballot, m))) }
        }
    }

    private func row(_ vote: VoteRecord, _ m: Int) -> VoteRow {
        VoteRow(meeting: meetings[m].id, vote: vote.id, by: vote.by, question: vote.question, closed: vote.closed)
    }
    private func row(_ ballot: BallotRecord, _ m: Int) -> BallotRow {
        BallotRow(meeting: meetings[m].id, vote: ballot.vote, site: ballot.site, ballot: ballot.ballot, cast: ballot.cast)
    }

    // MARK: The tally

    /// A declared chair at that node.
    private func mayOpenVotes(_ site: SiteID, _ home: NodeIndex, _ m: Int) -> Bool {
        guard let definition = meetings[m].record?.definition else { return false }
        return definition.chairs.contains(site) && NodeIndex(of: site.node) == home
    }

    /// The vote belongs to this start of the meeting, and its chair may ask.
    private func counts(_ vote: VoteRecord, _ m: Int) -> Bool { vote.term == meetings[m].term && mayOpenVotes(vote.by, vote.id.node, m) }

    /// The ballots that count here, by site.
    public func ballots(_ id: MeetingID, on vote: VoteID) -> [VoteView.SiteBallot] {
        guard let m = meetingIndex(id), let plan = meetings[m].plan else { return [] }
        return meetings[m].ballots.filter { $0.vote == vote && plan.index($0.site) != nil }
            .map { VoteView.SiteBallot(site: $0.site, ballot: $0.ballot) }
    }

    /// Every ballot that is here, once: a home has one for each of its sites and votes.
    func voteViews(_ m: Int, _ sites: [SiteView]) -> [VoteView] {
        guard !meetings[m].votes.isEmpty, let plan = meetings[m].plan else { return [] }
        var views = meetings[m].votes.filter { counts($0, m) }.map { VoteView(id: $0.id, question: $0.question, by: $0.by, closed: $0.closed) }
        guard !views.isEmpty else { return [] }
        var cut = 0
        var b = 0
        let ballots = meetings[m].ballots
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
