import Testing
import Topology

struct OutagesTests {
    @Test("in Sóc Trăng a district takes its communes with it, whichever of trunk and node is lost")
    func districts() throws {
        let network = try loadNetwork("soc-trang")
        let outages = Outages(NetworkPlan(network))
        let slot = network.slot(id: "H943")!
        #expect(outages.lostByTrunk[slot] == 14)
        #expect(outages.lostByNode[slot] == 14)
        #expect(outages.worst(2).map { [$0.slot, $0.byTrunk, $0.byNode] } == [[0, 0, 112], [slot, 14, 14]])
        #expect(outages.worst(1_000).count == 12)
    }

    @Test("a star has one weak point: its centre, which everybody loses but one")
    func star() throws {
        let network = try loadNetwork("can-tho-2025")
        #expect(Outages(NetworkPlan(network)).worst(10).map { [$0.slot, $0.byTrunk, $0.byNode] } == [[0, 0, network.sites.count - 1]])
    }

    @Test("a hub with a backup loses nobody with its trunk, but all behind it when it fails")
    func hubs() throws {
        let network = try loadNetwork("can-tho-cum")
        let outages = Outages(NetworkPlan(network))
        let slot = network.slot(id: "C92-2")!
        #expect(outages.lostByTrunk[slot] == 0)
        #expect(outages.lostByNode[slot] == 13)
        #expect(outages.lostByTrunk[network.slot(id: "C92-1")!] == 12)
    }
}
