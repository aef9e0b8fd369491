import Basics
import Documents
import Reports
import Testing
import Topology
import TopologyFiles

@Suite("Trying changes out") struct ChangeTests {
    private func line(_ id: String, _ network: Network) throws -> Network.Link {
        let slot = try #require(network.slot(id: id))
        return try #require(network.links[slot])
    }

    @Test("a move takes all below along, keeps the line's figures, and leaves out a backup that is the parent now")
    func move() throws {
        let network = try loadNetwork("three-levels")
        let changed = try TopologyFiles.change(network, by: [.move(node: "kim-dinh", to: "yen-mo")])
        let slot = try #require(changed.slot(id: "kim-dinh"))
        #expect(changed.tree.parent(slot).map { changed.nodes[$0].id } == "yen-mo")
        #expect(try line("kim-dinh", changed).line == line("kim-dinh", network).line)
        #expect(try line("kim-dinh", changed).backups.isEmpty)
        #expect(changed.version == network.version + 1)
        #expect(changed.count == network.count)
    }

    @Test("a cut: the first backup becomes the parent; without one the branch leaves, and nobody backs up on it")
    func cut() throws {
        let network = try loadNetwork("three-levels")
        let moved = try TopologyFiles.change(network, by: [.cut(node: "kim-dinh")])
        let slot = try #require(moved.slot(id: "kim-dinh"))
        #expect(moved.tree.parent(slot).map { moved.nodes[$0].id } == "yen-mo")
        #expect(moved.count == 7)
        let gone = try TopologyFiles.change(network, by: [.cut(node: "yen-mo")])
        #expect(gone.nodes.map(\.id) == ["ninh-binh", "kim-son", "phat-diem", "kim-dinh"])
        #expect(gone.backups.isEmpty)
    }

    @Test("a capacity that is given is no longer assumed")
    func capacity() throws {
        let network = try loadNetwork("yen-mo")
        let changed = try TopologyFiles.change(network, by: [.capacity(node: "X14701", up: nil, down: .mbps(1))])
        #expect(try line("X14701", changed).line.down == .mbps(1))
        #expect(try line("X14701", changed).line.up == .mbps(10))
        #expect(try !line("X14701", changed).line.assumesCapacity)
        #expect(NetworkPlan(changed).isOver)
        #expect(!NetworkPlan(network).isOver)
    }

    @Test(
        "what cannot be made is said",
        arguments: [
            (NetworkChange.move(node: "nobody", to: "yen-mo"), ChangeProblem.unknownNode("nobody")),
            (.move(node: "kim-dinh", to: "nobody"), .unknownNode("nobody")), (.cut(node: "ninh-binh"), .isRoot("ninh-binh")),
            (.cut(node: "kim-son"), .backupLevel(node: "kim-son", backup: "yen-mo")),
            (.move(node: "kim-dinh", to: "kim-son"), .isParent(node: "kim-dinh", parent: "kim-son")),
            (.move(node: "kim-son", to: "kim-dinh"), .inOwnSubtree(node: "kim-son", parent: "kim-dinh")),
            (.move(node: "kim-son", to: "yen-mo"), .levelOrder(node: "kim-son", parent: "yen-mo")),
        ])
    func problems(change: NetworkChange, problem: ChangeProblem) throws {
        let network = try loadNetwork("three-levels")
        #expect(throws: problem) { try network.changed(by: [change]) }
        let words = [Language.en, .vi].map { UnmadeChange(problem: problem, language: $0).description }
        #expect(words[0] != words[1])
    }

    @Test("a patch is read back as it was written")
    func patch() throws {
        let network = try loadNetwork("three-levels")
        let patch = Patch(
            networkID: "three-levels",
            changes: [
                .move(node: "kim-dinh", to: "yen-mo"), .cut(node: "yen-my"), .capacity(node: "phat-diem", up: .kbps(512), down: .mbps(20)),
                .capacity(node: "kim-son", up: nil, down: .mbps(2)),
            ])
        #expect(try TopologyFiles.parsePatch(patch.text, file: "p.yaml", for: network) == patch)
    }

    @Test(
        "a broken patch says where",
        arguments: [
            ("patch: elsewhere\nchanges: []\n", "p.yaml:1:8: error[missing-topology]"),
            ("patch: three-levels\nchanges:\n  - {move: yen-my}\n", "p.yaml:3:5: error[missing-key]"),
            ("patch: three-levels\nchanges:\n  - {capacity: yen-my, up: 20}\n", "p.yaml:3:28: error[bad-unit]"),
            ("patch: three-levels\nchanges:\n  - {thicken: yen-my}\n", "p.yaml:3:6: error[unknown-key]"),
        ])
    func brokenPatch(text: String, says: String) throws {
        let network = try loadNetwork("three-levels")
        do {
            _ = try TopologyFiles.parsePatch(text, file: "p.yaml", for: network)
            Issue.record("read")
        } catch {
            #expect(error.description.contains(says), "\(error)")
        }
    }

    @Test("the report: what moves, which loads change, and the plan that comes of it")
    func report() throws {
        let network = try loadNetwork("three-levels")
        let changes: [NetworkChange] = [.move(node: "kim-dinh", to: "yen-mo"), .capacity(node: "phat-diem", up: nil, down: .mbps(1))]
        let changed = try TopologyFiles.change(network, by: changes)
        let demands = MeetingDemand.everybody(in: network).map { [$0] } ?? []
        let report = WhatIfReport(network, changed, changes: changes, demands: demands)
        #expect(!report.ok)
        #expect(report.text.contains("From Huyện Kim Sơn, tỉnh Ninh Bình to Huyện Yên Mô, tỉnh Ninh Bình, 1: Xã Kim Định (huyện Yên Mô)."))
        #expect(report.text.contains("not ok: 1 trunk over capacity"))
        #expect(report.json.contains("\"shifted\":[{\"node\":\"yen-mo\""))
    }

    @Test("a meeting whose chair's line is cut goes on under its first site")
    func restricted() throws {
        let network = try loadNetwork("three-levels")
        var demand = try #require(MeetingDemand.everybody(in: network))
        demand.chair = SiteID("yen-my")
        demand.speakers = [SiteID("yen-my")]
        let changed = try TopologyFiles.change(network, by: [.cut(node: "yen-mo")])
        let left = try #require(demand.restricted(to: changed))
        #expect(left.chair == SiteID("ninh-binh"))
        #expect(left.sites.count == 4)
        #expect(left.speakers.isEmpty)
    }
}
