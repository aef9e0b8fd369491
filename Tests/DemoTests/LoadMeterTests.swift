import Basics
import Foundation
import Testing
import Topology

@testable import Demo

@Suite("Trunks beside their plan")
struct LoadMeterTests {
    static func metrics(uptime: Double, _ neighbour: String, sent: (datagrams: Int, bytes: Int), received: (datagrams: Int, bytes: Int)) -> String {
        """
        # HELP nhipcau_uptime_seconds Since the node started
        nhipcau_uptime_seconds{node="n"} \(uptime)
        nhipcau_trunk_up{neighbour="\(neighbour)"} 1.0
        nhipcau_trunk_media_bytes_total{neighbour="\(neighbour)",direction="sent"} \(sent.bytes / 2)
        nhipcau_trunk_datagrams_total{neighbour="\(neighbour)",direction="sent"} \(sent.datagrams)
        nhipcau_trunk_datagrams_total{neighbour="\(neighbour)",direction="received"} \(received.datagrams)
        nhipcau_trunk_datagram_bytes_total{neighbour="\(neighbour)",direction="sent"} \(sent.bytes)
        nhipcau_trunk_datagram_bytes_total{neighbour="\(neighbour)",direction="received"} \(received.bytes)
        """
    }

    @Test("a node's counters are read by neighbour and direction")
    func counters() throws {
        let counters = try #require(TrunkCounters(metrics: Self.metrics(uptime: 12.5, "kim-son", sent: (10, 1_000), received: (4, 300))))
        #expect(counters.uptime == 12.5)
        #expect(counters.sent == ["kim-son": .init(datagrams: 10, bytes: 1_000, mediaBytes: 500)])
        #expect(counters.received == ["kim-son": .init(datagrams: 4, bytes: 300)])
        #expect(TrunkCounters(metrics: "nothing here") == nil)
    }

    @Test("rates are of the line, over each end's own time, and the plan's difference is told")
    func loads() throws {
        let plan = try DemoTests.plan("three-levels.yaml")
        let network = plan.network
        let child = try #require(network.slot(id: "yen-mo"))
        let planned = NetworkPlan(network, meetings: [plan.demand(speaker: SiteID("kim-son"))])
        let load = try #require(planned.trunks[child]).up
        // Ten seconds of exactly what is planned at the child, and of a tenth more at the parent.
        let datagrams = Int(load.packets * 10)
        let bytes = Int(load.bits * 10 / 8) - datagrams * 28
        func reading(_ n: Int) -> [TrunkCounters?] {
            var nodes = [TrunkCounters?](repeating: nil, count: network.count)
            nodes[child] = TrunkCounters(
                metrics: Self.metrics(uptime: 100 + 10 * Double(n), network.nodes[0].id, sent: (n * datagrams, n * bytes), received: (0, 0)))
            nodes[0] = TrunkCounters(
                metrics: Self.metrics(uptime: 7 + 10 * Double(n), "yen-mo", sent: (0, 0), received: (n * datagrams * 11 / 10, n * bytes * 11 / 10)))
            return nodes
        }
        let found = LoadMeter(network: network, clients: []).loads(planned, from: reading(1), to: reading(2))
        let up = try #require(found[child].up)
        #expect(abs(up.sentKbps / up.plannedKbps - 1) < 0.005 && abs(up.differencePercent - 10) < 0.5)
        // The root's other children told nothing.
        let silent = try #require(network.slot(id: "kim-son"))
        #expect(found[silent].up == nil && found[silent].down == nil)

        var report = DemoReport()
        report.trunks = [.init(child: "yen-mo", parent: "ninh-binh", state: "up", up: .init(load: up), down: .init())]
        let cost = ClipRate(try ClipRateTests.clip(.vp8))
        report.loads = .init(speaker: "kim-son", seconds: 10, audio: cost, video: cost)
        report.judgeLoads()
        #expect(report.errors.count == 2 && report.errors[0].hasPrefix("trunk yen-mo – ninh-binh up: ") && report.errors[0].contains("planned"))
        #expect(report.errors[1] == "trunk yen-mo – ninh-binh down: its ends did not tell what it carries")
        #expect(report.loads?.directions == 1 && report.loads?.farthestPercent == up.differencePercent)
        #expect(LoadTable.lines(report).contains { $0.hasPrefix("yen-mo – ninh-binh") && $0.hasSuffix("no answer") })
    }

    @Test("who speaks all the time: the chair of a quán triệt, else a named hall or the first beside the chair")
    func speaker() throws {
        func plan(_ meeting: String, _ speaker: String?) throws -> Plan {
            try Plan(
                DemoOptions(
                    topology: DemoTests.topology + "/yen-mo.yaml", meeting: DemoTests.topology + "/meetings/\(meeting).yaml", loads: true, speaker: speaker))
        }
        #expect(try plan("yen-mo-quan-triet", nil).speaker == SiteID("H377"))
        #expect(try plan("yen-mo-hop", "X14701").speaker == SiteID("X14701"))
        #expect(try plan("yen-mo-hop", nil).speaker != SiteID("H377"))
        let refusals = [
            ("yen-mo-hop", "X1", "no site"), ("yen-mo-hop", "H377", "the chair's hall listens"), ("yen-mo-quan-triet", "X14701", "the chair speaks"),
        ]
        for (meeting, speaker, words) in refusals {
            let error = #expect(throws: Plan.Unusable.self) { try plan(meeting, speaker) }
            #expect(error?.description.contains(words) == true)
        }
        #expect(try DemoTests.plan("yen-mo.yaml").speaker == nil)
    }

    @Test("plan and demo read the same rates from the meeting's file")
    func rates() throws {
        let plan = try DemoTests.plan("can-tho-2025.yaml")
        #expect(plan.rates == MediaRates(audio: .kbps(32), video: .kbps(800)))
        let demand = plan.demand(speaker: plan.meeting.sites[1])
        #expect(demand.videoRate == plan.rates.video && demand.audioRate == plan.rates.audio && demand.chairIsMuted && !demand.showsStills)
    }
}
