import Basics
import Membership
import Wire

@testable import Conference

/// The conference's replicated records, and the keys they stand under (the bytes as text).
enum RecordTarget: FuzzTarget {
    private static let coder = ConferenceCoder()

    static func run(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count <= 64, let key = RecordKey(String(decoding: bytes, as: UTF8.self)) {
            promise(RecordKey(key.text) == key, "the key \(key.text) is another one")
        }
        guard let record = coder.decodeRecord(Array(bytes)) else { return }
        if case .meeting(let meeting) = record { _ = meeting.definition.chairs.count }
        guard let same = coder.decodeRecord(coder.encode(record)) else { return promise(false, "our own record is refused: \(record)") }
        promise(same == record, "\(record) became \(same)")
    }

    static var seeds: [[UInt8]] {
        let term = Stamp(milliseconds: 1_800_000_000_000, counter: 1)
        let node = NodeIndex(rawValue: 0x1234_5678)
        let id = RequestID(node: node, counter: 1 << 20 | 1)
        let site = SiteRecord(
            term: term, site: SiteID("xa-an"), joined: true, muted: false, hasVideo: true, headCount: 45,
            joinedAt: WallTime(milliseconds: 1_800_000_000_500))
        var floor = FloorRecord(term: term, epoch: 3, crown: node, revision: 4)
        floor.grants = [
            GrantRecord(
                slot: 0, name: LeaseName(epoch: 3, crown: node, sequence: 1), request: id, site: SiteID("xa-an"), priority: .normal, stamp: term)
        ]
        floor.actingChair = SiteID("tinh")
        floor.previousSpeaker = SiteID("xa-binh")
        floor.muteAll = term
        floor.muteExcept = SiteID("tinh")
        floor.executed = [ExecutedMark(node: node, stamp: term)]
        floor.ended = WallTime(milliseconds: 1_800_000_100_000)
        let definition = MeetingDefinition(
            id: MeetingID("giao-ban"), title: "Giao ban tháng", kind: .briefing, chairs: [SiteID("tinh")],
            sites: [SiteID("tinh"), SiteID("xa-an")], videoCodec: .vp8, openMicrophones: 3, floorSize: 1,
            audioRate: Bitrate(bitsPerSecond: 32_000), videoRate: Bitrate(bitsPerSecond: 500_000))
        let records: [ConferenceRecord] = [
            .site(site),
            .meeting(MeetingRecord(definition: definition, term: term, startedBy: node)),
            .request(
                RequestRecord(
                    id: id, term: term, site: SiteID("xa-an"), priority: .highest, stamp: term, status: .granted, preempted: true,
                    invitation: 2)),
            .floor(floor),
            .seat(SeatRecord(term: term, site: SiteID("xa-an"), word: .wanted, stamp: term, by: SiteID("tinh"))),
            .answer(AnswerRecord(term: term, site: SiteID("xa-an"), seat: term, accepts: true)),
            .command(CommandRecord(term: term, stamp: term, by: SiteID("tinh"), verb: .give, target: SiteID("xa-an"), epoch: 3)),
            .decision(DecisionRecord(term: term, request: id, status: .denied, order: 1, by: SiteID("tinh"), epoch: 3)),
            .invite(InviteRecord(term: term, site: SiteID("xa-an"), number: 1)),
            .link(LinkRecord(neighbour: node, session: 77, up: true, since: WallTime(milliseconds: 5))),
            .stream(
                StreamRecord(
                    id: StreamID(node: node, incarnation: 3, counter: 1), ssrc: 9, kind: .audio, codec: .opus, site: SiteID("xa-an"))),
            .attendance(
                AttendanceRecord(
                    term: term, site: SiteID("xa-an"), stays: [.init(joined: WallTime(milliseconds: 5), left: WallTime(milliseconds: 6))])),
            .vote(
                VoteRecord(
                    id: VoteID(node: node, opened: term), term: term, by: SiteID("tinh"), question: "Thông qua nghị quyết",
                    closed: WallTime(milliseconds: 1_800_000_200_000))),
            .ballot(
                BallotRecord(
                    vote: VoteID(node: node, opened: term), site: SiteID("xa-an"), ballot: Ballot(agree: 61, disagree: 2, abstain: 1),
                    cast: WallTime(milliseconds: 1_800_000_150_000))),
        ]
        let keys = [
            "meeting", "floor", "seat/xa-an", "answer/xa-an", "link/0123abcd", "request/7", "command/1800000000000.1", "decision/0123abcd-9", "site/xa-an",
            "stream/3.1",
            "attendance/xa-an", "vote/1800000000000.1", "ballot/0123abcd-1800000000000.1/hall",
        ]
        return records.map { coder.encode($0) } + keys.map { Array($0.utf8) }
    }
}
