import Basics
import Testing
import Topology
import TopologyFiles

private func outcome(_ plan: NetworkPlan, node id: String) throws -> FailureOutcome {
    plan.failure(of: .node(try #require(plan.network.slot(id: id))))
}
private func outcome(_ plan: NetworkPlan, trunk id: String) throws -> FailureOutcome {
    plan.failure(of: .trunk(try #require(plan.network.slot(id: id))))
}
private func moves(_ outcome: FailureOutcome, _ network: Network) -> [String] {
    outcome.rehomed.map { network.nodes[$0.node].id + ">" + network.nodes[$0.to].id }
}

@Suite("What is lost when something breaks") struct FailureTests {
    @Test("a district of Sóc Trăng fails: its own hall and all its communes, and nobody else")
    func district() throws {
        let network = try loadNetwork("soc-trang")
        let plan = NetworkPlan(network)
        // Kế Sách and its 13 communes.
        let slot = try #require(network.slot(id: "H943"))
        let node = try outcome(plan, node: "H943")
        #expect(node.lost == network.tree.subtree(slot).map { SiteID(network.nodes[$0].id) })
        #expect(node.lost.count == 14)
        #expect(node.rehomed.isEmpty && node.overloaded.isEmpty)
        // Its line cut: the same sites, who go on among themselves.
        #expect(try outcome(plan, trunk: "H943").lost == node.lost)
        // A commune takes nobody with it.
        #expect(try outcome(plan, node: "X31498").lost == [SiteID("X31498")])
    }

    @Test("the province of Sóc Trăng fails: the largest district is what is left of the meeting")
    func province() throws {
        let network = try loadNetwork("soc-trang")
        let lost = try outcome(NetworkPlan(network), node: "T94").lost
        #expect(lost.count == 126 - 14)
        #expect(lost.first == SiteID("T94"))
        #expect(!lost.contains(SiteID("H943")))
    }

    @Test("Cần Thơ as a star: a commune loses itself, the city loses all but one")
    func star() throws {
        let plan = NetworkPlan(try loadNetwork("can-tho-2025"))
        #expect(plan.network.sites.count == 104)
        #expect(try outcome(plan, node: "X31120").lost == [SiteID("X31120")])
        #expect(try outcome(plan, trunk: "X31120").lost == [SiteID("X31120")])
        #expect(try outcome(plan, node: "T92").lost.count == 103)
    }

    @Test("Cần Thơ with hubs: a hub has no hall of its own, its communes are lost")
    func hub() throws {
        let network = try loadNetwork("can-tho-cum")
        let plan = NetworkPlan(network)
        let hub = try #require(network.slot(id: "C92-1"))
        #expect(try outcome(plan, node: "C92-1").lost.count == network.tree.children(hub).count)
        #expect(try outcome(plan, trunk: "C92-1").lost.count == network.tree.children(hub).count)
        #expect(try outcome(plan, node: "X31120").lost == [SiteID("X31120")])
    }

    @Test(
        "a backup takes over: Kim Sơn goes below Yên Mô when its line is cut or the province is dead")
    func backup() throws {
        let network = try loadNetwork("three-levels")
        let plan = NetworkPlan(network)
        let cut = try outcome(plan, trunk: "kim-son")
        #expect(cut.lost.isEmpty)
        #expect(moves(cut, network) == ["kim-son>yen-mo"])
        let dead = try outcome(plan, node: "ninh-binh")
        #expect(dead.lost == [SiteID("ninh-binh")])
        #expect(moves(dead, network) == ["kim-son>yen-mo"])
        #expect(dead.overloaded.isEmpty)
    }

    @Test("a moved branch may be where another one moves to")
    func chained() throws {
        let network = try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: h, level: a2, address: 10.0.0.2, uplink: r}
              - {id: x, level: d, address: 10.0.0.3, uplink: {to: h, backup: [y]}}
              - {id: y, level: c, address: 10.0.0.4, uplink: h2}
              - {id: h2, level: b, address: 10.0.0.5, uplink: {to: r, backup: [h]}}
            """, levels: "[{id: a}, {id: a2}, {id: b}, {id: c}, {id: d}]")
        let plan = NetworkPlan(network)
        let dead = try outcome(plan, node: "h")
        #expect(moves(dead, network) == ["x>y"])
        #expect(dead.lost == [SiteID("h")])
        let cut = try outcome(plan, trunk: "h2")
        #expect(moves(cut, network) == ["h2>h"])
        #expect(cut.lost.isEmpty)
        // The root is dead: h2 hangs below h now, x stays; what is left is one part.
        let root = try outcome(plan, node: "r")
        #expect(moves(root, network) == ["h2>h"])
        #expect(root.lost == [SiteID("r")])
        // y is dead, and takes nobody along: it is only a backup.
        #expect(try outcome(plan, node: "y").lost == [SiteID("y")])
    }

    @Test(
        "a line that takes in a branch carries its streams once more, and says so when that is too much"
    )
    func overload() throws {
        // The meeting of h and x: the trunk above g carries nothing of it, until h moves below g.
        let network = try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: g, level: b, address: 10.0.0.2, uplink: {to: r, capacity: 1100 kbit/s}}
              - {id: h, level: b, address: 10.0.0.3, uplink: {to: r, capacity: 10 Mbit/s, backup: [g]}}
              - {id: x, level: c, address: 10.0.0.4, uplink: {to: h, capacity: 10 Mbit/s}}
            """)
        let meeting = MeetingDemand(
            try TopologyFiles.parseMeeting(
                "meeting: m\ntitle: M\nkind: hop\nchairs: [r]\nsites: [r, h, x]\n", file: "m.yaml",
                network: network))
        let plan = NetworkPlan(network, meetings: [meeting])
        #expect(!plan.isOver)
        let cut = try outcome(plan, trunk: "h")
        #expect(cut.lost.isEmpty)
        #expect(moves(cut, network) == ["h>g"])
        let over = try #require(cut.overloaded.first)
        #expect(cut.overloaded.count == 1)
        #expect((network.nodes[over.child].id, network.nodes[over.parent].id) == ("g", "r"))
        #expect(over.down.pictures == 1 && over.down.voices == 1)
    }

    @Test(
        "each in turn agrees with the network built anew without the broken part",
        arguments: ["three-levels", "can-tho-cum", "hau-giang"])
    func rebuilt(name: String) throws {
        let network = try loadNetwork(name)
        let plan = NetworkPlan(network)
        for slot in network.nodes.indices.dropFirst() where !network.nodes[slot].rooms.isEmpty {
            let dead = plan.failure(of: .node(slot))
            // The slow way: climb from every site, over the first living backup where the uplink is gone.
            func top(_ start: Int) -> Int? {
                var at = start
                while at != slot {
                    guard let link = network.links[at] else { return at }
                    let ways = [link.parent] + link.backups
                    guard let next = ways.lazy.compactMap({ network.slot($0) }).first(where: { $0 != slot })
                    else { return at }
                    at = next
                }
                return nil
            }
            let lost = network.sites.filter { top(network.slot(site: $0)!) != 0 }
            #expect(dead.lost == lost)
        }
    }
}

@Suite("What would help most") struct AdviceTests {
    @Test("standby and second line where most sites hang; a thicker trunk with a fifth to spare")
    func advice() throws {
        let network = try loadNetwork("three-levels")
        let advice = NetworkPlan(network).advice()
        let standby = advice.filter { $0.kind == .standby }
        // The province's failure loses nobody else: Kim Sơn goes below Yên Mô. Yên Mô's loses its two communes.
        #expect(standby.first.map { network.nodes[$0.slot].id } == "yen-mo")
        #expect(standby.first?.sites == 2)
        let line = try #require(advice.first { $0.kind == .secondLine })
        #expect((network.nodes[line.slot].id, line.sites) == ("yen-mo", 3))
        #expect(!advice.contains { $0.kind == .thicker })
        let thin = try thinNetwork()
        let thicker = try #require(NetworkPlan(thin).advice().first)
        #expect(thicker.kind == .thicker)
        #expect((thicker.up, thicker.down, thicker.sites) == (nil, .mbps(2), 1))
    }

    private func thinNetwork() throws -> Network {
        try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: x, level: b, address: 10.0.0.2, uplink: {to: r, capacity: 1 Mbit/s}}
            """)
    }
}
