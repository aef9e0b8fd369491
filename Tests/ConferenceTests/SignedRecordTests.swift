import Basics
import Conference
import Membership
import Testing
import Wire

@Suite("Which records are signed") struct SignedRecordTests {
    private let coder = ConferenceCoder()
    private let term = Stamp(milliseconds: 1_790_000_000_000, counter: 1)

    private func isProof(_ lane: Lane, _ key: String, _ record: ConferenceRecord) -> Bool {
        Conference.isProof(lane, key: key, value: coder.encode(record), by: coder)
    }

    @Test("what decides for others or is kept as proof, and not what the floor writes all the time")
    func which() {
        let site = SiteID("yen-thang")
        let node = NodeIndex(of: "yen-thang")
        var floor = FloorRecord(term: term, epoch: 3, crown: node, revision: 4)
        #expect(!isProof(.floor, "floor", .floor(floor)))
        floor.ended = WallTime(milliseconds: 1_790_000_100_000)
        #expect(isProof(.floor, "floor", .floor(floor)))
        let command = CommandRecord(term: term, stamp: term, by: site, verb: .end, epoch: 1)
        #expect(isProof(.floor, "command/\(term)", .command(command)))
        let ballot = BallotRecord(
            vote: VoteID(node: node, opened: term), site: site, ballot: Ballot(agree: 3, disagree: 1, abstain: 0), cast: floor.ended!)
        #expect(isProof(.bulk, "ballot/1/", .ballot(ballot)))
        let decision = DecisionRecord(term: term, request: RequestID(node: node, counter: 1), status: .denied, order: 0, by: site, epoch: 1)
        #expect(!isProof(.floor, "decision/1", .decision(decision)))
        #expect(!Conference.isProof(.roster, key: "site/yen-thang", value: [], by: coder))
        #expect(!Conference.isProof(.floor, key: "floor", value: [0xFF, 0xFF], by: coder), "what cannot be read says nothing")
    }

    @Test("a record with its signature behind it reads as it did without, as older programs read it")
    func readsAlike() {
        var floor = FloorRecord(term: term, epoch: 3, crown: NodeIndex(of: "yen-thang"), revision: 4)
        floor.ended = WallTime(milliseconds: 1_790_000_100_000)
        let plain = coder.encode(.floor(floor))
        let signed = plain + [0x7A, 64] + (0..<64).map { UInt8($0) &* 37 }
        #expect(coder.decodeRecord(signed) == .floor(floor))
        #expect(Seal.split(signed)?.body == plain)
        #expect(Conference.isProof(.floor, key: "floor", value: signed, by: coder))
    }
}
