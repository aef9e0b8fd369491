import Basics
import Foundation
import Reports
import Testing
import Topology
import TopologyFiles

@Suite("What the plan says") struct PlanReportTests {
    private func object(_ report: PlanReport) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    }

    @Test("the JSON object has the shape that programs rely on")
    func shape() throws {
        let network = try loadNetwork("three-levels")
        let plan = NetworkPlan(network)
        let slot = try #require(network.slot(id: "kim-son"))
        let json = try object(PlanReport(plan, failing: [.trunk(slot), .node(0)]))
        let trunks = try #require(json["trunks"] as? [[String: Any]])
        #expect(trunks.count == 6)
        #expect(trunks[0]["child"] as? String == "yen-mo")
        #expect(trunks[0]["parent"] as? String == "ninh-binh")
        let down = try #require(trunks[0]["down"] as? [String: Any])
        #expect(down["streams"] as? Int == 2)
        #expect(down["capacityKbps"] as? Double == 20_000)
        #expect((down["dropped"] as? [String])?.isEmpty == true)
        let kbps = try #require(down["kbps"] as? Double)
        let parts = try #require(down["parts"] as? [String: Double])
        #expect(abs(parts.values.reduce(0, +) - kbps) < 0.01)
        #expect(abs(kbps - (try #require(plan.trunks[1]).down.kbps)) < 0.001)
        #expect((json["busiestNode"] as? [String: Any])?["id"] as? String == "yen-mo")
        #expect(try #require(json["rootKbps"] as? Double) < #require(json["starRootKbps"] as? Double))
        #expect(json["farthestSiteMs"] as? Double == 7)
        let failures = try #require(json["failures"] as? [[String: Any]])
        #expect(failures.map { $0["failed"] as? String } == ["kim-son:ninh-binh", "ninh-binh"])
        #expect((failures[0]["lost"] as? [String])?.isEmpty == true)
        #expect(failures[0]["rehomed"] as? [[String: String]] == [["node": "kim-son", "to": "yen-mo"]])
        #expect(failures[1]["lost"] as? [String] == ["ninh-binh"])
        #expect((failures[1]["overloaded"] as? [Any])?.isEmpty == true)
        #expect(json["ok"] as? Bool == true)
    }

    @Test("what is over is said with what would go, in both languages, and the report is not ok")
    func over() throws {
        let network = try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: x, level: b, address: 10.0.0.2, uplink: {to: r, capacity: 500 kbit/s}}
            """)
        let plan = NetworkPlan(network)
        let english = PlanReport(plan)
        #expect(!english.ok)
        #expect(english.text.contains("✕ over, would drop: the speaker's picture"))
        #expect(english.text.contains("a thicker trunk above x, r: down 0.5 → 2 Mbit/s, for 1 site"))
        #expect(english.text.hasSuffix("not ok: 1 trunk over capacity"))
        #expect(english.text.contains("1 trunk over capacity, together 0.00 Mbit/s short upward and 0.65 Mbit/s downward"))
        let vietnamese = PlanReport(plan, language: .vi)
        #expect(vietnamese.text.contains("✕ quá tải, phải bỏ: hình người phát biểu"))
        #expect(vietnamese.text.contains("1,15  230 %"))
        #expect(vietnamese.text.hasSuffix("không đạt: 1 trung kế quá tải"))
        let down = (try object(english)["trunks"] as? [[String: Any]])?[0]["down"] as? [String: Any]
        #expect(down?["dropped"] as? [String] == ["speaker-picture"])
        #expect(try #require(down?["headroomKbps"] as? Double) < -600)
    }

    @Test("a result on assumed figures says so")
    func assumed() throws {
        let plan = NetworkPlan(try loadNetwork("can-tho-cum"))
        let text = PlanReport(plan).text
        #expect(text.contains("the capacity of 111 trunks is assumed, not measured"))
        #expect(text.contains("that 8 nodes take part is assumed"))
        #expect(text.hasSuffix("ok: every trunk suffices (on assumed figures)"))
        #expect(!PlanReport(NetworkPlan(try loadNetwork("three-levels"))).text.contains("assumed"))
    }

    @Test("a large network is told level by level, a small one or --all trunk by trunk")
    func length() throws {
        let plan = NetworkPlan(try loadNetwork("soc-trang"))
        #expect(PlanReport(plan).text.contains("level Xã: 109 trunks, the most loaded"))
        #expect(!PlanReport(plan).text.contains("Phường 7, thành phố Sóc Trăng"))
        #expect(PlanReport(plan, showsAll: true).text.contains("Phường 7, thành phố Sóc Trăng"))
    }

    @Test("several meetings: what goes is named with its meeting, the one named last first")
    func severalMeetings() throws {
        let network = try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: x, level: b, address: 10.0.0.2, uplink: {to: r, capacity: 2 Mbit/s}}
            """)
        func demand(_ id: String) throws -> MeetingDemand {
            MeetingDemand(
                try TopologyFiles.parseMeeting(
                    "meeting: \(id)\ntitle: T\nkind: quan-triet\nchairs: [r]\nsites: all\n", file: "m.yaml", network: network))
        }
        let report = PlanReport(NetworkPlan(network, meetings: [try demand("first"), try demand("second")]))
        let down = (try object(report)["trunks"] as? [[String: Any]])?[0]["down"] as? [String: Any]
        #expect(down?["dropped"] as? [String] == ["speaker-picture@second"])
        #expect(report.text.contains("the speaker's picture (second)"))
    }

    @Test("a failure that overloads another trunk fails the gate, and names the capacity it wants")
    func overloadedByFailure() throws {
        let network = try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: g, level: b, address: 10.0.0.2, uplink: {to: r, capacity: 1 Mbit/s}}
              - {id: h, level: b, address: 10.0.0.3, uplink: {to: r, capacity: 10 Mbit/s, backup: [g]}}
            """)
        let demand = MeetingDemand(
            try TopologyFiles.parseMeeting(
                "meeting: m\ntitle: T\nkind: quan-triet\nchairs: [r]\nsites: [r, h]\n", file: "m.yaml", network: network))
        let plan = NetworkPlan(network, meetings: [demand])
        #expect(PlanReport(plan).ok)
        let report = PlanReport(plan, failing: [.trunk(2)])
        #expect(!report.ok)
        #expect(report.text.contains("not ok: 1 failure overloads other trunks"))
        #expect(report.text.contains("a thicker trunk above g, r: down 1 → 2 Mbit/s"))
    }
}
