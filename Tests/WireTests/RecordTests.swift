import Basics
import Conference
import Testing

@testable import Wire

@Suite("Records as bytes") struct RecordTests {
    private let coder = ConferenceCoder()

    static let term = Stamp(milliseconds: 1_800_000_000_000, counter: 7)
    static let node = NodeIndex(rawValue: 0x1234_5678)
    static let request = RequestID(node: node, counter: 1 << 40 | 1)
    static func wall(_ seconds: Int64) -> WallTime { WallTime(milliseconds: 1_800_000_000_000 + seconds * 1_000) }

    /// Each kind twice: with a value in every field, and with another value (nothing, where that may be) in every field.
    static let pairs: [(full: ConferenceRecord, bare: ConferenceRecord)] = [
        (
            .link(LinkRecord(neighbour: node, session: .max, up: true, since: wall(1))),
            .link(LinkRecord(neighbour: NodeIndex(rawValue: 0), session: 0, up: false, since: WallTime(milliseconds: 0)))
        ),
        (.meeting(fullMeeting), .meeting(bareMeeting)), (.floor(fullFloor), .floor(bareFloor)),
        (
            .request(
                RequestRecord(
                    id: request, term: term, site: SiteID("xã-an"), priority: .highest, stamp: term, status: .granted, preempted: true,
                    invitation: 9, clockUnset: true)),
            .request(
                RequestRecord(
                    id: RequestID(node: NodeIndex(rawValue: 0), counter: 0), term: .zero, site: SiteID(""), priority: .lowest, stamp: .zero))
        ),
        (
            .command(CommandRecord(term: term, stamp: term, by: SiteID("tinh"), verb: .goOn, target: SiteID("xa"), epoch: 4)),
            .command(CommandRecord(term: .zero, stamp: .zero, by: SiteID(""), verb: .give, epoch: 0))
        ),
        (
            .decision(DecisionRecord(term: term, request: request, status: .revoked, order: 3, by: SiteID("tinh"), epoch: 4)),
            .decision(
                DecisionRecord(
                    term: .zero, request: RequestID(node: NodeIndex(rawValue: 0), counter: 0), status: .pending, order: 0, by: SiteID(""), epoch: 0))
        ),
        (
            .invite(InviteRecord(term: term, site: SiteID("xa"), number: 2)), .invite(InviteRecord(term: .zero, site: SiteID(""), number: 0))
        ),
        (
            .seat(SeatRecord(term: term, site: SiteID("xa"), word: .out, stamp: term, by: SiteID("tinh"))),
            .seat(SeatRecord(term: .zero, site: SiteID(""), word: .wanted, stamp: .zero, by: SiteID("")))
        ),
        (
            .answer(AnswerRecord(term: term, site: SiteID("xa"), seat: term, accepts: true)),
            .answer(AnswerRecord(term: .zero, site: SiteID(""), seat: .zero, accepts: false))
        ),
        (
            .apart(ApartRecord(term: term, since: wall(2), by: SiteID("xa"))),
            .apart(ApartRecord(term: .zero, since: WallTime(milliseconds: 0), by: SiteID("")))
        ),
        (.site(fullSite), .site(bareSite)),
        (
            .stream(
                StreamRecord(
                    id: StreamID(node: node, incarnation: 3, counter: 5), ssrc: .max, kind: .video, codec: .h264, site: SiteID("xa"))),
            .stream(
                StreamRecord(
                    id: StreamID(node: NodeIndex(rawValue: 0), incarnation: 0, counter: 0), ssrc: 0, kind: .audio, codec: .opus, site: SiteID("")))
        ),
        (
            .attendance(
                AttendanceRecord(term: term, site: SiteID("xa"), stays: [.init(joined: wall(1), left: wall(2)), .init(joined: wall(3), left: wall(4))])),
            .attendance(AttendanceRecord(term: .zero, site: SiteID(""), stays: []))
        ),
        (
            .vote(VoteRecord(id: VoteID(node: node, opened: term), term: term, by: SiteID("tinh"), question: "Thông qua?", closed: wall(9))),
            .vote(VoteRecord(id: VoteID(node: NodeIndex(rawValue: 0), opened: .zero), term: .zero, by: SiteID(""), question: ""))
        ),
        (
            .ballot(
                BallotRecord(
                    vote: VoteID(node: node, opened: term), site: SiteID("xa"), ballot: Ballot(agree: 100_000, disagree: 2, abstain: 1), cast: wall(5))),
            .ballot(
                BallotRecord(
                    vote: VoteID(node: NodeIndex(rawValue: 0), opened: .zero), site: SiteID(""), ballot: Ballot(agree: 0, disagree: 0, abstain: 0),
                    cast: WallTime(milliseconds: 0)))
        ),
    ]

    private static var fullMeeting: MeetingRecord {
        var definition = MeetingDefinition(
            id: MeetingID("giao-ban"), title: "Giao ban tháng", kind: .briefing, chairs: [SiteID("tinh"), SiteID("huyen")],
            sites: [SiteID("tinh"), SiteID("xa/2")], videoCodec: .h264, openMicrophones: 5, floorSize: 2,
            audioRate: Bitrate(bitsPerSecond: 24_000), videoRate: Bitrate(bitsPerSecond: 700_000))
        definition.loudspeakers = true
        return MeetingRecord(definition: definition, term: term, startedBy: node)
    }
    private static var bareMeeting: MeetingRecord {
        let definition = MeetingDefinition(
            id: MeetingID(""), title: "", kind: .discussion, chairs: [], sites: [], videoCodec: .vp8, openMicrophones: 1, floorSize: 1,
            audioRate: Bitrate(bitsPerSecond: 0), videoRate: Bitrate(bitsPerSecond: 0))
        return MeetingRecord(definition: definition, term: .zero, startedBy: NodeIndex(rawValue: 0))
    }
    private static var fullFloor: FloorRecord {
        var floor = FloorRecord(term: term, epoch: 3, crown: node, revision: 4)
        floor.grants = [
            GrantRecord(
                slot: 1, name: LeaseName(epoch: 3, crown: node, sequence: 6), request: request, site: SiteID("xa"), priority: .normal, stamp: term)
        ]
        floor.actingChair = SiteID("tinh")
        floor.previousSpeaker = SiteID("xa-binh")
        floor.muteAll = term
        floor.muteExcept = SiteID("huyen")
        floor.executed = [ExecutedMark(node: node, stamp: term)]
        floor.ended = wall(7)
        floor.endedAbove = wall(8)
        floor.goesOn = true
        floor.loudspeakers = true
        return floor
    }
    private static var bareFloor: FloorRecord { FloorRecord(term: .zero, epoch: 0, crown: NodeIndex(rawValue: 0), revision: 0) }
    private static var fullSite: SiteRecord {
        var site = SiteRecord(term: term, site: SiteID("xa"), joined: true, muted: true, hasVideo: true, headCount: 45, joinedAt: wall(1))
        site.muteSeen = term
        site.inviteSeen = 2
        return site
    }
    private static var bareSite: SiteRecord {
        SiteRecord(
            term: .zero, site: SiteID(""), joined: false, muted: false, hasVideo: false, headCount: nil, joinedAt: WallTime(milliseconds: 0))
    }

    /// The record itself, out of its case.
    private static func value(_ record: ConferenceRecord) -> Any { Mirror(reflecting: record).children.first!.value }

    @Test("every kind is read back as it was written, with every field filled and with every field empty", arguments: pairs.indices)
    func roundTrip(_ i: Int) {
        let pair = Self.pairs[i]
        // A field that is the same in both could be forgotten by the coder unseen: give a new field two values above.
        #expect(sameFields(Self.value(pair.full), Self.value(pair.bare)) == [])
        for record in [pair.full, pair.bare] { #expect(coder.decodeRecord(coder.encode(record)) == record) }
    }

    @Test("the kinds above are all there are")
    func kinds() {
        #expect(Set(Self.pairs.map { RecordKind($0.full) }) == Set(RecordKind.allCases))
        #expect(Self.pairs.count == RecordKind.allCases.count)
    }

    @Test("every case of the enumerations in records has a number of its own")
    func enumerations() {
        var records: [ConferenceRecord] = []
        for verb in CommandRecord.Verb.allCases {
            records.append(.command(CommandRecord(term: Self.term, stamp: Self.term, by: SiteID("a"), verb: verb, epoch: 1)))
        }
        for status in RequestStatus.allCases {
            records.append(.decision(DecisionRecord(term: Self.term, request: Self.request, status: status, order: 1, by: SiteID("a"), epoch: 1)))
        }
        for priority in RequestPriority.allCases {
            records.append(.request(RequestRecord(id: Self.request, term: Self.term, site: SiteID("a"), priority: priority, stamp: Self.term)))
        }
        for codec in Codec.allCases {
            let id = StreamID(node: Self.node, incarnation: 1, counter: 1)
            records.append(.stream(StreamRecord(id: id, ssrc: 1, kind: codec.kind, codec: codec, site: SiteID("a"))))
        }
        for kind in MeetingKind.allCases {
            let definition = MeetingDefinition(id: MeetingID("m"), title: "t", kind: kind, chairs: [], sites: [])
            records.append(.meeting(MeetingRecord(definition: definition, term: Self.term, startedBy: Self.node)))
        }
        for record in records { #expect(coder.decodeRecord(coder.encode(record)) == record) }
        #expect(Set(records.map { coder.encode($0) }).count == records.count)
    }

    @Test("fields of a later program are skipped, beside a record and in it", arguments: pairs.indices)
    func laterFields(_ i: Int) throws {
        let record = Self.pairs[i].full
        let bytes = coder.encode(record)
        #expect(coder.decodeRecord(bytes + Protobuf.unknown) == record)
        #expect(coder.decodeRecord(try #require(Protobuf.withUnknownInside(bytes))) == record)
    }

    @Test("a record that is cut short anywhere is refused", arguments: pairs.indices)
    func cut(_ i: Int) {
        let bytes = coder.encode(Self.pairs[i].full)
        for count in bytes.indices { #expect(coder.decodeRecord(Array(bytes[..<count])) == nil, "of \(bytes.count) bytes \(count)") }
    }

    @Test("a kind of record and numbers of a later program are refused whole: another program must not guess at them")
    func laterKinds() throws {
        #expect(coder.decodeRecord(Protobuf.unknown) == nil)
        func bytes(_ change: (inout PBValue) -> Void) throws -> [UInt8] {
            var value = PBValue()
            change(&value)
            return try value.serializedBytes()
        }
        #expect(coder.decodeRecord(try bytes { $0.request = .with { $0.priority = 200 } }) == nil)
        #expect(coder.decodeRecord(try bytes { $0.command = .with { $0.verb = 200 } }) == nil)
        #expect(coder.decodeRecord(try bytes { $0.command = .with { $0.verb = 257 } }) == nil, "not verb 1")
        #expect(coder.decodeRecord(try bytes { $0.decision = .with { $0.status = 200 } }) == nil)
        #expect(coder.decodeRecord(try bytes { $0.stream = .with { ($0.kind, $0.codec) = (1, 200) } }) == nil)
        #expect(coder.decodeRecord(try bytes { $0.floor = .with { $0.grants = [.with { $0.slot = 256 }] } }) == nil)
        #expect(coder.decodeRecord(try bytes { $0.meeting = .with { $0.definition.kind = "dai-hoi" } }) == nil)
    }

    @Test("numbers beyond what a value holds are bounded, not trapped on")
    func large() throws {
        var value = PBValue()
        value.site = .with { $0.headCount = .max }
        guard case .site(let site)? = coder.decodeRecord(try value.serializedBytes()) else { throw Surprise() }
        #expect(site.headCount == Int(Int64.max))
        value = PBValue()
        value.attendance = .with { $0.stays = Array(repeating: PBStay(), count: 5_000) }
        guard case .attendance(let record)? = coder.decodeRecord(try value.serializedBytes()) else { throw Surprise() }
        // One more than allowed, so that whoever takes it sees that it is too long.
        #expect(record.stays.count == AttendanceRecord.limit + 1)
    }

    private struct Surprise: Error {}
}
