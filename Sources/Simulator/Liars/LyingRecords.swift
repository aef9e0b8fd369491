import Basics
import Conference
import Membership
import Topology
import Wire

/// What a lying node writes into its own namespaces: well-formed records of things that are not its to say.
struct LyingRecords {
    /// One record to be written.
    struct Written {
        var lane: Lane
        var meeting: MeetingID?
        var key: String
        var value: [UInt8]
    }

    private let lies: [Lie]
    private let node: Network.Node
    private let sites: [SiteID]
    private let coder = ConferenceCoder()
    private var random: SeededGenerator
    private var count: UInt32 = 0

    private static let inRecords: Set<Lie> = [.takeOver, .commands, .crown, .requests, .presence, .ballots, .streams, .edition]

    /// Nil: none of the lies is told in records.
    init?(_ lies: Set<Lie>, of node: Network.Node, in network: Network, _ random: SeededGenerator) {
        self.lies = Lie.allCases.filter { lies.contains($0) && LyingRecords.inRecords.contains($0) }
        if self.lies.isEmpty { return nil }
        self.node = node
        sites = network.sites
        self.random = random
    }

    /// Until the next.
    mutating func pause() -> Interval { .milliseconds(Int64.random(in: 50...500, using: &random)) }

    /// The next lie; `meetings` are the definitions that the node heard. Nil: this one needs a meeting, and there is none.
    mutating func next(meetings: [MeetingRecord], wall: WallTime) -> Written? {
        count += 1
        let lie = pick(lies)
        if lie == .edition { return Written(lane: .link, meeting: nil, key: "edition", value: [1, 1, 0, 0, 0, 200] + [UInt8](repeating: 7, count: 32)) }
        guard let meeting = meetings.isEmpty ? nil : pick(meetings) else { return nil }
        switch lie {
        case .takeOver:
            var record = definition(meeting.definition.id, title: "Cuộc họp giả", term: stamp(wall))
            record.definition.sites = meeting.definition.sites
            record.startedBy = Bool.random(using: &random) ? meeting.startedBy : node.index
            return floor(meeting.definition.id, "meeting", .meeting(record))
        case .commands: return command(meeting, wall)
        case .crown: return crown(meeting, wall)
        case .requests: return request(meeting, wall)
        case .presence: return presence(meeting, wall)
        case .ballots: return ballot(meeting, wall)
        default: return stream(meeting)
        }
    }

    // MARK: The records

    private var hall: SiteID { node.rooms.first?.id ?? SiteID(node.id) }

    private func definition(_ id: MeetingID, title: String, term: Stamp) -> MeetingRecord {
        MeetingRecord(
            definition: MeetingDefinition(id: id, title: title, kind: .discussion, chairs: [hall], sites: sites), term: term, startedBy: node.index)
    }

    private mutating func command(_ meeting: MeetingRecord, _ wall: WallTime) -> Written {
        let by = Bool.random(using: &random) ? hall : pick(meeting.definition.chairs + [hall])
        let at = stamp(wall)
        let verb = pick(CommandRecord.Verb.allCases)
        let record = CommandRecord(term: meeting.term, stamp: at, by: by, verb: verb, target: pick(meeting.definition.sites), epoch: 1 << 40)
        return floor(meeting.definition.id, "command/\(at)", .command(record))
    }

    private mutating func crown(_ meeting: MeetingRecord, _ wall: WallTime) -> Written {
        let (id, term) = (meeting.definition.id, meeting.term)
        let site = pick(meeting.definition.sites)
        switch Int.random(in: 0...2, using: &random) {
        case 0:
            var record = FloorRecord(term: term, epoch: UInt64.random(in: 1...1 << 40, using: &random), crown: node.index, revision: 1_000)
            record.actingChair = hall
            record.muteAll = stamp(wall)
            record.ended = wall
            return floor(id, "floor", .floor(record))
        case 1:
            let request = RequestID(node: NodeIndex(of: site.node), counter: UInt64.random(in: 1...4, using: &random))
            let record = DecisionRecord(term: term, request: request, status: .denied, order: 1, by: hall, epoch: 1 << 40)
            return floor(id, "decision/\(request)", .decision(record))
        default:
            return floor(id, "invite/\(site)", .invite(InviteRecord(term: term, site: site, number: UInt64(count))))
        }
    }

    private mutating func request(_ meeting: MeetingRecord, _ wall: WallTime) -> Written {
        let counter = UInt64(1_000_000 + count)
        let site = Bool.random(using: &random) ? hall : pick(meeting.definition.sites)
        var at = stamp(wall)
        if Bool.random(using: &random) { at.milliseconds += pick([-100_000_000, 100_000_000]) }
        let record = RequestRecord(
            id: RequestID(node: node.index, counter: counter), term: meeting.term, site: site, priority: pick(RequestPriority.allCases), stamp: at,
            preempted: Bool.random(using: &random))
        return floor(meeting.definition.id, "request/\(counter)", .request(record))
    }

    private mutating func presence(_ meeting: MeetingRecord, _ wall: WallTime) -> Written {
        let site = pick(meeting.definition.sites)
        let record = SiteRecord(
            term: meeting.term, site: site, joined: Bool.random(using: &random), muted: true, hasVideo: true, headCount: 99_999, joinedAt: wall)
        return Written(lane: .roster, meeting: meeting.definition.id, key: "site/\(site)", value: coder.encode(.site(record)))
    }

    private mutating func ballot(_ meeting: MeetingRecord, _ wall: WallTime) -> Written {
        let (id, at, site) = (meeting.definition.id, stamp(wall), pick(meeting.definition.sites))
        switch Int.random(in: 0...2, using: &random) {
        case 0:
            let vote = VoteID(node: node.index, opened: at)
            return bulk(id, "vote/\(at)", .vote(VoteRecord(id: vote, term: meeting.term, by: hall, question: "Đồng ý chứ?")))
        case 1:
            let vote = VoteID(node: NodeIndex(of: site.node), opened: at)
            let record = BallotRecord(vote: vote, site: site, ballot: Ballot(agree: 99_999, disagree: 0, abstain: 0), cast: wall)
            return bulk(id, "ballot/\(vote)/", .ballot(record))
        default:
            let stay = AttendanceRecord.Stay(joined: wall, left: wall)
            return bulk(id, "attendance/\(site)", .attendance(AttendanceRecord(term: meeting.term, site: site, stays: [stay])))
        }
    }

    private mutating func stream(_ meeting: MeetingRecord) -> Written {
        let id = StreamID(node: node.index, incarnation: 1, counter: 1_000 + count % 50)
        let record = StreamRecord(
            id: id, ssrc: UInt32.random(in: 1...UInt32.max, using: &random), kind: .audio, codec: .opus, site: pick(meeting.definition.sites))
        return Written(lane: .roster, meeting: meeting.definition.id, key: "stream/1.\(id.counter)", value: coder.encode(.stream(record)))
    }

    private func floor(_ meeting: MeetingID, _ key: String, _ record: ConferenceRecord) -> Written {
        Written(lane: .floor, meeting: meeting, key: key, value: coder.encode(record))
    }
    private func bulk(_ meeting: MeetingID, _ key: String, _ record: ConferenceRecord) -> Written {
        Written(lane: .bulk, meeting: meeting, key: key, value: coder.encode(record))
    }

    // MARK: Chance

    /// Now, in a minute, or in a year.
    private mutating func stamp(_ wall: WallTime) -> Stamp {
        Stamp(milliseconds: wall.milliseconds + pick([0, 1_000, 59_000, 31_536_000_000]), counter: count)
    }
    private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }
}
