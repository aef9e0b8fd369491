import Basics
import Membership

/// What the nodes of one meeting wrote, ourselves included: one table for each kind of record. Only ``keep(_:)`` and its like change them.
///
/// Whether a writer may write a record is the meeting's to ask. Arrays are sorted, so that nothing depends on hash order.
struct Tables {
    // Limits on what neighbours can make us keep; each far above a whole country's meeting.
    static let siteLimit = 32_768
    static let streamLimit = 65_536
    static let requestLimit = 8_192
    static let commandLimit = 1_024
    static let writerLimit = 4_096
    /// Words of all chairs on sites beyond the definition, and of one writer as long as the definition is not known.
    static let seatLimit = 4_096
    static let earlySeatLimit = 64
    /// A country's halls on all votes of two chairs.
    static let ballotLimit = 1 << 20

    /// By site.
    private(set) var sites = SortedTable<SiteRecord>()
    /// By id.
    private(set) var streams = SortedTable<StreamRecord>()
    /// By id.
    private(set) var requests: [RequestRecord] = []
    private(set) var commands: [Written<CommandRecord>] = []
    private(set) var decisions: [Written<DecisionRecord>] = []
    private(set) var invites: [Written<InviteRecord>] = []
    private(set) var seats: [Written<SeatRecord>] = []
    /// By site.
    private(set) var answers = SortedTable<AnswerRecord>()
    private(set) var floors: [Written<FloorRecord>] = []
    private(set) var aparts: [Written<ApartRecord>] = []
    /// By site.
    private(set) var attendance = SortedTable<AttendanceRecord>()
    /// By id.
    private(set) var votes: [VoteRecord] = []
    /// By site and vote.
    private(set) var ballots = SortedTable<BallotRecord>()

    /// What became of a record.
    enum Kept<Record> {
        case added
        case replaced(Record)
        /// There is no room for another one.
        case full
    }

    mutating func reserveCapacity(forSites count: Int) { sites.reserveCapacity(count) }

    // MARK: Looking up

    func site(_ site: SiteID) -> SiteRecord? {
        let at = sites.lowerBound { $0.site < site }
        return at < sites.count && sites[at].site == site ? sites[at] : nil
    }
    func requestIndex(_ id: RequestID) -> Int? {
        let at = requests.lowerBound { $0.id < id }
        return at < requests.count && requests[at].id == id ? at : nil
    }
    func request(_ id: RequestID) -> RequestRecord? { requestIndex(id).map { requests[$0] } }
    func vote(_ id: VoteID) -> VoteRecord? {
        let at = votes.lowerBound { $0.id < id }
        return at < votes.count && votes[at].id == id ? votes[at] : nil
    }
    func ballot(of site: SiteID, on vote: VoteID) -> BallotRecord? {
        let (place, isThere) = ballotPlace(site, vote)
        return isThere ? ballots[place] : nil
    }
    /// Where the site's ballot on a vote stands, or would.
    private func ballotPlace(_ site: SiteID, _ vote: VoteID) -> (place: Int, isThere: Bool) {
        let at = ballots.lowerBound { ($0.site, $0.vote) < (site, vote) }
        return (at, at < ballots.count && ballots[at].site == site && ballots[at].vote == vote)
    }

    // MARK: Keeping

    /// False: full.
    mutating func keep(_ request: RequestRecord) -> Bool {
        let place = requests.lowerBound { $0.id < request.id }
        if place < requests.count, requests[place].id == request.id {
            requests[place] = request
        } else {
            guard requests.count < Tables.requestLimit else { return false }
            requests.insert(request, at: place)
        }
        return true
    }
    mutating func keep(_ command: Written<CommandRecord>) -> Bool {
        commands.keep(command, limit: Tables.commandLimit) { $0.stamp == command.value.stamp }
    }
    mutating func keep(_ decision: Written<DecisionRecord>) -> Bool {
        decisions.keep(decision, limit: Tables.requestLimit) { $0.request == decision.value.request }
    }
    mutating func keep(_ invite: Written<InviteRecord>) -> Bool {
        invites.keep(invite, limit: Tables.requestLimit) { $0.site == invite.value.site }
    }
    mutating func keep(_ seat: Written<SeatRecord>) -> Bool {
        seats.keep(seat, limit: Tables.seatLimit) { $0.site == seat.value.site }
    }
    /// False: full.
    mutating func keep(_ answer: AnswerRecord) -> Bool {
        let place = answers.lowerBound { $0.site < answer.site }
        if place < answers.count, answers[place].site == answer.site {
            answers[place] = answer
            return true
        }
        guard answers.count < Tables.siteLimit else { return false }
        answers.insert(answer, at: place)
        return true
    }
    mutating func keep(_ floor: Written<FloorRecord>) -> Bool { floors.keep(floor, limit: Tables.writerLimit) { _ in true } }
    mutating func keep(_ apart: Written<ApartRecord>) -> Bool { aparts.keep(apart, limit: Tables.writerLimit) { _ in true } }

    mutating func keep(_ site: SiteRecord) -> Kept<SiteRecord> {
        let place = sites.lowerBound { $0.site < site.site }
        if place < sites.count, sites[place].site == site.site {
            let before = sites[place]
            sites[place] = site
            return .replaced(before)
        }
        guard sites.count < Tables.siteLimit else { return .full }
        sites.insert(site, at: place)
        return .added
    }

    /// False: full.
    mutating func keep(_ stream: StreamRecord) -> Bool {
        let place = streams.lowerBound { $0.id < stream.id }
        if place < streams.count, streams[place].id == stream.id {
            streams[place] = stream
        } else {
            guard streams.count < Tables.streamLimit else { return false }
            streams.insert(stream, at: place)
        }
        return true
    }

    mutating func keep(_ record: AttendanceRecord) -> Kept<AttendanceRecord> {
        let place = attendance.lowerBound { $0.site < record.site }
        if place < attendance.count, attendance[place].site == record.site {
            let before = attendance[place]
            attendance[place] = record
            return .replaced(before)
        }
        guard attendance.count < Tables.siteLimit else { return .full }
        attendance.insert(record, at: place)
        return .added
    }

    /// A chair's node has a share of its own for one start of the meeting.
    mutating func keep(_ vote: VoteRecord) -> Kept<VoteRecord> {
        let place = votes.lowerBound { $0.id < vote.id }
        if place < votes.count, votes[place].id == vote.id {
            let before = votes[place]
            votes[place] = vote
            return .replaced(before)
        }
        let others = votes.count { $0.id.node == vote.id.node && $0.term == vote.term }
        guard others < VoteRecord.limit, votes.count < Tables.writerLimit else { return .full }
        votes.insert(vote, at: place)
        return .added
    }

    /// A site has a share of its own.
    mutating func keep(_ ballot: BallotRecord) -> Kept<BallotRecord> {
        let (place, isThere) = ballotPlace(ballot.site, ballot.vote)
        if isThere {
            let before = ballots[place]
            if before != ballot { ballots[place] = ballot }
            return .replaced(before)
        }
        let first = ballots.lowerBound { $0.site < ballot.site }
        let isFull = first + BallotRecord.limit <= ballots.count && ballots[first + BallotRecord.limit - 1].site == ballot.site
        guard !isFull, ballots.count < Tables.ballotLimit else { return .full }
        ballots.insert(ballot, at: place)
        return .added
    }

    // MARK: Forgetting

    /// Takes a record out. Definitions stay: a starter that forgets must not end a meeting.
    mutating func forget(_ key: RecordKey, of writer: NodeIndex) {
        switch key {
        case .link, .meeting: break
        case .request(let counter):
            if let i = requestIndex(RequestID(node: writer, counter: counter)) { requests.remove(at: i) }
        case .command(let stamp): commands.removeAll { $0.writer == writer && $0.value.stamp == stamp }
        case .floor: floors.removeAll { $0.writer == writer }
        case .apart: aparts.removeAll { $0.writer == writer }
        case .decision(let id): decisions.removeAll { $0.writer == writer && $0.value.request == id }
        case .invite(let name): invites.removeAll { $0.writer == writer && RecordKey.name($0.value.site) == name }
        case .seat(let name): seats.removeAll { $0.writer == writer && RecordKey.name($0.value.site) == name }
        case .answer(let name):
            answers.removeAll { RecordKey.name($0.site) == name && NodeIndex(of: $0.site.node) == writer }
        case .site(let name): sites.removeAll { RecordKey.name($0.site) == name && NodeIndex(of: $0.site.node) == writer }
        case .stream(let incarnation, let counter):
            streams.removeAll { $0.id == StreamID(node: writer, incarnation: incarnation, counter: counter) }
        case .attendance(let name):
            attendance.removeAll { RecordKey.name($0.site) == name && NodeIndex(of: $0.site.node) == writer }
        case .vote(let stamp): votes.removeAll { $0.id == VoteID(node: writer, opened: stamp) }
        case .ballot(let vote, let room):
            ballots.removeAll { $0.vote == vote && RecordKey.room($0.site) == room && NodeIndex(of: $0.site.node) == writer }
        }
    }

    /// Takes out the words on seats that do not count.
    mutating func forgetSeats(where isForeign: (Written<SeatRecord>) -> Bool) { seats.removeAll(where: isForeign) }

    func answer(of site: SiteID) -> AnswerRecord? {
        let at = answers.lowerBound { $0.site < site }
        return at < answers.count && answers[at].site == site ? answers[at] : nil
    }

    /// Takes out all that a writer wrote on the floor lane.
    mutating func forgetFloor(of writer: NodeIndex) {
        requests.removeAll { $0.id.node == writer }
        commands.removeAll { $0.writer == writer }
        decisions.removeAll { $0.writer == writer }
        invites.removeAll { $0.writer == writer }
        seats.removeAll { $0.writer == writer }
        answers.removeAll { NodeIndex(of: $0.site.node) == writer }
        floors.removeAll { $0.writer == writer }
        aparts.removeAll { $0.writer == writer }
    }

    /// Takes out all that a writer wrote on the roster lane.
    mutating func forgetRoster(of writer: NodeIndex) {
        sites.removeAll { NodeIndex(of: $0.site.node) == writer }
        streams.removeAll { $0.id.node == writer }
    }

    /// Takes out all that a writer wrote on the bulk lane; true if a vote or ballot was among it.
    mutating func forgetBulk(of writer: NodeIndex) -> Bool {
        attendance.removeAll { NodeIndex(of: $0.site.node) == writer }
        let count = votes.count + ballots.count
        votes.removeAll { $0.id.node == writer }
        ballots.removeAll { NodeIndex(of: $0.site.node) == writer }
        return votes.count + ballots.count != count
    }
}
