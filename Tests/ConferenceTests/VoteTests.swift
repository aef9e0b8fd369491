import Basics
import Testing

@testable import Conference

@Suite("Votes")
struct VoteTests {
    private func vote(_ mesh: Mesh, _ node: String = "p") -> VoteView? { mesh.view(node)?.votes.last }
    private func counts(_ mesh: Mesh, _ node: String) -> [Int] { vote(mesh, node).map { [$0.agree, $0.disagree, $0.abstain] } ?? [] }
    private func open(_ mesh: Mesh) throws -> VoteID {
        #expect(mesh.perform(.openVote("Thông qua nghị quyết?"), "p") == nil)
        mesh.run(1_000)
        return try #require(vote(mesh)?.id)
    }

    @Test("a hall's heads are counted at every node, a changed ballot in place of the one before")
    func counted() throws {
        let mesh = meeting()
        let id = try open(mesh)
        #expect(vote(mesh, "c22")?.question == "Thông qua nghị quyết?" && vote(mesh, "c22")?.missing == 5)
        #expect(mesh.perform(.cast(Ballot(agree: 60, disagree: 3, abstain: 1), on: id), "c11") == nil)
        #expect(mesh.perform(.cast(Ballot(agree: 1, disagree: 0, abstain: 0), on: id), "c22") == nil)
        mesh.run(1_000)
        for node in ["p", "d2", "c12"] { #expect(counts(mesh, node) == [61, 3, 1]) }
        #expect(mesh.perform(.cast(Ballot(agree: 50, disagree: 14, abstain: 0), on: id), "c11") == nil)
        mesh.run(1_000)
        for node in ["p", "d2", "c12"] { #expect(counts(mesh, node) == [51, 14, 0]) }
        #expect(vote(mesh, "p")?.voted == 2 && vote(mesh, "p")?.missing == 3)
        #expect(vote(mesh, "c11")?.own == [VoteView.SiteBallot(site: SiteID("c11"), ballot: Ballot(agree: 50, disagree: 14, abstain: 0))])
        #expect(vote(mesh, "p")?.own == [])
    }

    @Test("ballots of both sides of a cut, also those cast after a closing that was not heard of, count once when it is healed", arguments: UInt64(1)...5)
    func cutOff(seed: UInt64) throws {
        let mesh = meeting(seed: seed)
        let id = try open(mesh)
        #expect(mesh.perform(.cast(Ballot(agree: 7, disagree: 0, abstain: 0), on: id), "c12") == nil)
        mesh.run(1_000)
        mesh.cut(NodeIndex(of: "d1"))
        mesh.run(2_000)
        #expect(vote(mesh)?.missing == 4 && vote(mesh)?.cutOff == 1, "c12's ballot is here, c11's is awaited")
        #expect(mesh.perform(.cast(Ballot(agree: 10, disagree: 0, abstain: 0), on: id), "c11") == nil)
        #expect(mesh.perform(.cast(Ballot(agree: 0, disagree: 9, abstain: 0), on: id), "c12") == nil)
        #expect(mesh.perform(.cast(Ballot(agree: 0, disagree: 0, abstain: 20), on: id), "c21") == nil)
        mesh.run(1_000)
        #expect(mesh.perform(.closeVote(id), "p") == nil)
        mesh.run(1_000)
        #expect(counts(mesh, "p") == [7, 0, 20] && counts(mesh, "d1") == [10, 9, 0])
        #expect(mesh.perform(.cast(Ballot(agree: 11, disagree: 0, abstain: 0), on: id), "c11") == nil)
        #expect(mesh.perform(.cast(Ballot(agree: 1, disagree: 0, abstain: 0), on: id), "c22") == .voteClosed)
        mesh.connect(NodeIndex(of: "d1"))
        mesh.run(3_000)
        for node in ["p", "d1", "d2", "c11", "c12", "c21", "c22"] { #expect(counts(mesh, node) == [11, 9, 20]) }
        #expect(vote(mesh)?.voted == 3 && vote(mesh)?.missing == 2 && vote(mesh)?.cutOff == 0)
        #expect(mesh.perform(.cast(Ballot(agree: 12, disagree: 0, abstain: 0), on: id), "c11") == .voteClosed)
    }

    @Test("a restarted chair's node still has its votes, a restarted home its ballots; those above are told once", arguments: UInt64(1)...3)
    func restarted(seed: UInt64) throws {
        let mesh = meeting(seed: seed)
        let id = try open(mesh)
        #expect(mesh.perform(.cast(Ballot(agree: 60, disagree: 3, abstain: 1), on: id), "c11") == nil)
        mesh.run(1_000)
        let before = mesh.ballots.count
        #expect(mesh.ballots.map(\.node).sorted() == ["c11", "d1", "p"].map(NodeIndex.init(of:)).sorted(), "its home and those above")
        #expect(Set(mesh.votes.map(\.node)).count == 7 && mesh.votes.count == 7)
        mesh.kill("c11")
        mesh.kill("p")
        mesh.run(1_000)
        mesh.revive("c11")
        mesh.connect(NodeIndex(of: "c11"))
        mesh.revive("p")
        for district in ["d1", "d2"] { mesh.connect(NodeIndex(of: district)) }
        mesh.run(3_000)
        for node in ["p", "d2", "c11"] { #expect(counts(mesh, node) == [60, 3, 1]) }
        #expect(Set(mesh.ballots.map(\.row)).count == 1 && mesh.ballots.count > before)
        #expect(mesh.perform(.closeVote(id), "p") == nil)
        mesh.run(1_000)
        #expect(vote(mesh, "c22")?.closed != nil)
    }

    @Test("who may not, and what cannot be, is refused")
    func refused() throws {
        let mesh = meeting()
        #expect(mesh.perform(.openVote("?"), "c11") == .notAllowed)
        #expect(mesh.perform(.openVote(" \n"), "p") == .badQuestion)
        #expect(mesh.perform(.openVote(String(repeating: "ộ", count: 134)), "p") == .badQuestion, "402 bytes")
        let id = try open(mesh)
        #expect(mesh.perform(.closeVote(id), "c11") == .notAllowed)
        let unknown = VoteID(node: id.node, opened: .zero)
        #expect(mesh.perform(.cast(Ballot(agree: 1, disagree: 0, abstain: 0), on: unknown), "c11") == .unknownVote)
        for ballot in [(0, 0, 0), (-1, 2, 0), (100_001, 0, 0), (.max, .max, .max)] {
            #expect(mesh.perform(.cast(Ballot(agree: ballot.0, disagree: ballot.1, abstain: ballot.2), on: id), "c11") == .badBallot)
        }
        for _ in 1..<VoteRecord.limit { #expect(mesh.perform(.openVote("?"), "p") == nil) }
        #expect(mesh.perform(.openVote("?"), "p") == .tooManyVotes)
        mesh.run(1_000)
        #expect(mesh.view("c22")?.votes.count == VoteRecord.limit)
    }

    @Test("of strangers neither votes nor ballots are taken")
    func foreign() throws {
        let mesh = meeting()
        let id = try open(mesh)
        let term = try #require(mesh.hosts[mesh.at("p")].conference.meetings.first).term
        func tell(_ writer: String, _ key: String, _ record: ConferenceRecord) {
            let value = mesh.coder.encode(record)
            mesh.act(mesh.at("p")) {
                $0.recordChanged(
                    writer: NodeIndex(of: writer), lane: .bulk, scope: MeetingID("m"), key: key, value: value, now: $1, wall: $2, into: &$3)
            }
        }
        func vote(_ writer: String, by: String) {
            let own = VoteID(node: NodeIndex(of: writer), opened: id.opened)
            tell(writer, "vote/\(id.opened)", .vote(VoteRecord(id: own, term: term, by: SiteID(by), question: "?")))
        }
        func ballot(_ writer: String, _ site: String, _ agree: Int) {
            let record = BallotRecord(
                vote: id, site: SiteID(site), ballot: Ballot(agree: agree, disagree: 0, abstain: 0), cast: WallTime(milliseconds: 1))
            tell(writer, "ballot/\(id)/", .ballot(record))
        }
        vote("c11", by: "c11")
        vote("c11", by: "p")
        ballot("c12", "c11", 5)
        ballot("c11", "c11", 0)
        ballot("c11", "c11", 100_001)
        #expect(mesh.drops.suffix(5) == [.foreign, .foreign, .foreign, .malformed, .malformed])
        #expect(mesh.view("p")?.votes.count == 1 && counts(mesh, "p") == [0, 0, 0] && mesh.ballots.isEmpty)
        ballot("c11", "c11", 5)
        #expect(counts(mesh, "p") == [5, 0, 0])
    }

    @Test("keys stay within their bytes, whatever a hall is called")
    func keys() {
        let vote = VoteID(node: NodeIndex(of: "p"), opened: Stamp(milliseconds: 9_999_999_999_999, counter: .max))
        for site in ["p", "p/1", "p/" + String(repeating: "x", count: 60), "p/Hội trường"] {
            let key = RecordKey.ballot(vote, room: RecordKey.room(SiteID(site)))
            #expect(key.text.utf8.count <= 64 && key.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && RecordKey(key.text) == key)
        }
    }
}
