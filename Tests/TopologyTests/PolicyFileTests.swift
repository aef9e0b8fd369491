import Rights
import Testing
import Topology
import TopologyFiles

@Suite("Rights in a topology file") struct PolicyFileTests {
    private func file(_ policy: String, version: Int = 1) -> String {
        """
        network: n
        version: \(version)
        levels:
          - {id: tinh, name: Tỉnh}
        \(policy)
        nodes:
          - {id: T, level: tinh, address: 10.37.0.1}
        """
    }

    private func network(_ policy: String) throws -> Network { try TopologyFiles.parse(file(policy), file: "n.yaml") }

    static let own = """
        policy:
          accept: all
          roles:
            - {id: chair, rights: {invite: none, end: subtree}}
            - {id: thu-ky, like: secretary, meetings: [giao-ban, bao], rights: {add-site: own, open-vote: none}}
            - {id: anyone, rights: {read-metrics: none}}
        """

    @Test("a file without rights has the standard ones, and its text and hash are those of before there were any")
    func standard() throws {
        let plain = try network("")
        #expect(plain.policy == .standard && !plain.canonical.contains("policy"))
        // Saying what holds anyway changes nothing.
        #expect(try network("policy: {accept: from-above, roles: [{id: chair, rights: {end: node}}]}") == plain)
    }

    @Test("roles are added, and rights narrowed and widened; what is written stands in the canonical text, the hash and the short file")
    func read() throws {
        let read = try network(Self.own)
        let policy = read.policy
        #expect(policy.accept == .all)
        #expect(policy.reach("chair", .invite) == .none && policy.reach("chair", .end) == .subtree && policy.reach("chair", .giveFloor) == .own)
        let clerk = try #require(policy.role("thu-ky"))
        #expect(clerk.kind == .chair && clerk.meetings == ["bao", "giao-ban"])
        #expect(clerk.reach(.addSite) == .own && clerk.reach(.openVote) == .none && clerk.reach(.muteAll) == .own && clerk.reach(.end) == .none)
        #expect(!clerk.covers("hop") && clerk.covers("bao"))
        #expect(policy.reach("anyone", .readMetrics) == .none)
        let plain = try network("")
        #expect(read.hash != plain.hash && read != plain)
        for text in [read.canonical, TopologyFiles.write(read)] {
            let again = try TopologyFiles.parse(text, file: "again.yaml")
            #expect(again.policy == policy && again.hash == read.hash, "\(text)")
        }
    }

    @Test("a diff names each right that is another one, in both languages")
    func diff() throws {
        let diff = NetworkDiff([try network("")], try network(Self.own))
        #expect(!diff.isEmpty)
        let keys = diff.policy.map(\.key)
        for key in ["accept", "chair.invite", "chair.end", "anyone.read-metrics", "thu-ky", "thu-ky.meetings", "thu-ky.give-floor"] {
            #expect(keys.contains(key), "\(key)")
        }
        let end = try #require(diff.policy.first { $0.key == "chair.end" })
        #expect(end.old == "node" && end.new == "subtree")
        #expect(NetworkDiff([try network(Self.own)], try network(Self.own)).isEmpty)
    }

    @Test("what no policy can give is refused with its place and the farthest reach, for every deed that has one")
    func never() {
        for deed in Deed.allCases where deed.farthest < .network {
            let text = file("policy: {roles: [{id: chair, rights: {\(deed.rawValue): network}}]}")
            #expect(throws: (any Error).self, "\(deed.rawValue)") { try TopologyFiles.parse(text, file: "n.yaml") }
        }
        for deed in Deed.allCases where deed.farthest == .network {
            let text = file("policy: {roles: [{id: chair, rights: {\(deed.rawValue): network}}]}")
            #expect((try? TopologyFiles.parse(text, file: "n.yaml"))?.policy.reach("chair", deed) == .network, "\(deed.rawValue)")
        }
    }
}
