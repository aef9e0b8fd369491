import Basics
import Bridge
import Conference
import Testing

@Suite("A network whose nodes sign")
struct SignedNetworkTests {
    /// Yên Mô stands between Yên Mỹ and the province; Phát Diệm is a leaf.
    static let older: Set<String> = ["yen-mo", "phat-diem"]

    @Test("nodes with and without signatures hold one meeting, and the signatures come through the older ones", arguments: [false, true])
    func mixed(_ isMixed: Bool) throws {
        let older = isMixed ? Self.older : []
        let lab = try Lab(older: older)
        try lab.begin()
        for site in ["yen-my", "phat-diem", "kim-dinh"] { try lab.join(site) }
        lab.run(.seconds(Int64(1)))
        let chair = lab.pass("ninh-binh", .chair)
        try lab["ninh-binh"].perform(.openVote("Thông qua?"), pass: chair, meeting: Lab.meeting, now: lab.now)
        lab.run(.seconds(Int64(1)))
        let vote = try #require(lab["ninh-binh"].view(of: Lab.meeting)?.votes.last?.id)
        for site in ["yen-my", "phat-diem", "kim-dinh"] {
            let ballot = Ballot(agree: 3, disagree: 1, abstain: 0)
            try lab[site].perform(.cast(ballot, on: vote), pass: lab.pass(site), meeting: Lab.meeting, now: lab.now)
        }
        lab.run(.seconds(Int64(1)))
        #expect(lab["ninh-binh"].ballots(Lab.meeting, on: vote).count == 3)
        try lab["ninh-binh"].perform(.end, pass: chair, meeting: Lab.meeting, now: lab.now)
        lab.run(.seconds(Int64(2)))
        for (slot, node) in lab.network.nodes.enumerated() {
            let bridge = lab.bridges[slot]
            #expect(bridge.view(of: Lab.meeting)?.ended == true, "\(node.id)")
            let news = lab.logs[slot].compactMap { line -> String? in if case .unsignedWriter(let writer) = line { writer } else { nil } }
            let forged = lab.logs[slot].contains { if case .forgedRecord = $0 { true } else { false } }
            #expect(!forged, "\(node.id)")
            guard !older.contains(node.id) else { continue }
            #expect(bridge.snapshot(now: lab.now).signingWriters == lab.network.count - older.count - 1, "\(node.id)")
            #expect(Set(news).isSubset(of: older) && (!isMixed || node.id == "phat-diem" || news.contains("phat-diem")), "\(node.id): \(news)")
            let kinds = Set(lab.proofs[slot].map { String($0.prefix { $0 != "/" && $0 != " " }) })
            #expect(kinds.isSuperset(of: ["meeting", "vote", "ballot"]), "\(node.id): \(kinds)")
            // The crown carries out its own chair's command at once, and takes it back: its floor record says the end.
            #expect(kinds.contains(node.id == "ninh-binh" ? "floor" : "command"), "\(node.id): \(kinds)")
            #expect(lab.proofs[slot].count { $0.hasPrefix("ballot/") } == (isMixed ? 2 : 3), "\(node.id)")
        }
    }
}
