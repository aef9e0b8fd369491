import Basics
import Drawings
import Foundation
import Reports
import Testing
import Topology
import TopologyFiles

@Suite("Shared lines, carriers and equal rows of a plan") struct SharedLineTests {
    /// A hub with three communes behind one access line.
    private func hub(_ access: String) throws -> Network {
        try network(
            """
              - {id: r, level: a, name: Tỉnh R, address: 10.0.0.1}
              - {id: h, level: b, name: Cụm H, address: 10.0.0.2, access: \(access), rooms: [], uplink: {to: r, capacity: 50 Mbit/s}}
              - {id: x, level: c, name: Xã X, address: 10.0.0.3, uplink: {to: h, capacity: 10 Mbit/s}}
              - {id: y, level: c, name: Xã Y, address: 10.0.0.4, uplink: {to: h, capacity: 10 Mbit/s}}
              - {id: z, level: c, name: Xã Z, address: 10.0.0.5, uplink: {to: h, capacity: 10 Mbit/s}}
            """)
    }

    @Test("a node's trunks share its access line: a plan that every trunk alone would take is over there")
    func access() throws {
        let plan = NetworkPlan(try hub("3 Mbit/s"))
        #expect(!plan.trunks.contains { $0?.isOver == true })
        let load = try #require(plan.accesses.first)
        // Down to it once, and away from it to each commune.
        let trunks = plan.trunks.compactMap { $0 }
        #expect(abs(load.downBits - (trunks[0].down.bits + trunks[1...].reduce(0) { $0 + $1.up.bits })) < 1)
        #expect(abs(load.upBits - (trunks[0].up.bits + trunks[1...].reduce(0) { $0 + $1.down.bits })) < 1)
        #expect(load.isOver && plan.isOver)
        let report = PlanReport(plan, language: .vi)
        #expect(!report.ok)
        #expect(report.text.contains("ĐƯỜNG TRUY NHẬP CHUNG CỦA"))
        #expect(report.text.contains("nâng đường truy nhập của Cụm H, tỉnh R: lên 3 → 5 Mbit/s, cho 3 điểm cầu"))
        #expect(report.text.hasSuffix("không đạt: 1 đường truy nhập quá tải"))
        #expect(report.json.contains("\"accesses\":[{\"node\":\"h\""))
        #expect(!NetworkPlan(try hub("30 Mbit/s")).isOver)
        let labels = try Drawings.sheet(hub("3 Mbit/s"), options: DrawingOptions()).labels
        #expect(labels.contains { $0.text.hasPrefix("Đường truy nhập chung: ↓") && $0.text.hasSuffix("/ 3, quá tải") })
    }

    @Test("anybody may speak: the access line counts with the worst speaker for each direction")
    func anybody() throws {
        let network = try hub("{up: 20 Mbit/s, down: 10 Mbit/s}")
        let demand = MeetingDemand(
            try TopologyFiles.parseMeeting("meeting: m\ntitle: T\nkind: hop\nchairs: [r]\nsites: all\n", file: "m.yaml", network: network))
        let load = try #require(NetworkPlan(network, meetings: [demand]).accesses.first)
        // Towards the hub: the chair's picture and voice from above, and a commune's from below; each is at most that.
        var fixed: [AccessLoad] = []
        for speaker in ["r", "x", "y", "z"] {
            var one = demand
            one.speakers = [SiteID(speaker)]
            fixed += NetworkPlan(network, meetings: [one]).accesses
        }
        #expect(load.upBits >= fixed.map(\.upBits).max()! * 0.999)
        #expect(load.downBits >= fixed.map(\.downBits).max()! * 0.999)
    }

    @Test("an access line survives reading, writing, the canonical text and a change, and a comparison tells of it")
    func key() throws {
        for access in ["3 Mbit/s", "{up: 20 Mbit/s, down: 100 Mbit/s}"] {
            let network = try hub(access)
            for text in [network.canonical, TopologyFiles.write(network)] {
                #expect(text.contains("access: \(access)"))
                #expect(try TopologyFiles.parse(text, file: "again") == network)
            }
            #expect(try network.changed(by: [.capacity(node: "x", up: .mbps(20), down: nil)]).nodes[1].access == network.nodes[1].access)
        }
        let before = try hub("3 Mbit/s")
        let after = try hub("9 Mbit/s")
        #expect(before.hash != after.hash)
        let differences = NetworkDiff([before], after).refitted.flatMap(\.differences)
        #expect(differences.map { [$0.key, $0.old, $0.new] } == [["access", "3 Mbit/s", "9 Mbit/s"]])
    }

    @Test("a carrier that fails takes all its lines at once, whatever is spelled large or small, and backups of unknown lines do not count")
    func carrier() throws {
        let network = try network(
            """
              - {id: r, level: a, name: Tỉnh R, address: 10.0.0.1}
              - {id: s, level: b, name: Huyện S, address: 10.0.0.2, uplink: {to: r, carrier: VNPT}}
              - {id: t, level: b, name: Huyện T, address: 10.0.0.3, uplink: {to: r, carrier: Viettel, backup: [s]}}
              - {id: x, level: c, name: Xã X, address: 10.0.0.4, uplink: {to: s, carrier: Viettel}}
              - {id: y, level: c, name: Xã Y, address: 10.0.0.5, uplink: {to: t, carrier: VNPT}}
              - {id: z, level: c, name: Xã Z, address: 10.0.0.6, uplink: {to: t, carrier: VNPT}}
            """)
        #expect(NetworkPlan.carriers(of: network).map { "\($0.name) \($0.lines)" } == ["VNPT 3", "Viettel 2"])
        let plan = NetworkPlan(network)
        // r-s and t-y-z and x: the largest part is that of t.
        #expect(plan.failure(of: .carrier("Viettel")).lost.map(\.rawValue) == ["r", "s", "x"])
        // r-t, s-x, y, z: of two equal parts the chair's.
        #expect(plan.failure(of: .carrier("VNPT")).lost.map(\.rawValue) == ["s", "x", "y", "z"])
        #expect(plan.failure(of: .carrier("FPT")).lost.isEmpty)
        let text = PlanReport(plan, failing: [.carrier("Viettel")], language: .vi).text
        #expect(text.contains("Nếu hỏng carrier:Viettel:"))
        #expect(text.contains("đứt 2 đường cùng lúc; 1 đường dự phòng không tính"))
    }

    @Test("equal trunks are one row, one advice and one sum")
    func equalTrunks() throws {
        let network = try loadNetwork("soc-trang")
        var demand = try #require(MeetingDemand.everybody(in: network))
        demand.videoRate = .mbps(7)
        let plan = NetworkPlan(network, meetings: [demand])
        let thicker = plan.advice().filter { $0.kind == .thicker }
        #expect(thicker.map(\.slots.count) == [109])
        #expect(thicker[0].added.down == .mbps(218))
        let text = PlanReport(plan, language: .vi).text
        #expect(text.contains("109 đường cấp xã: xuống 8 → 10 Mbit/s, tổng +218 Mbit/s (Phường 5, Phường 7, Phường 8, …)"))
        #expect(text.contains("cấp Xã: 109 trung kế như nhau: Phường 5, Phường 7, Phường 8, …"))
        #expect(text.split(separator: "\n").count { $0.contains("94 %") } == 1)
        #expect(PlanReport(plan, showsAll: true, language: .vi).text.split(separator: "\n").count { $0.contains("94 %") } == 109)
        #expect(PlanReport(plan).json.contains("\"addedDownKbps\":218000"))
    }

    @Test("what fails is named beside its id; cases that lose one site at most are counted, not listed")
    func failures() throws {
        let plan = NetworkPlan(try loadNetwork("yen-mo"))
        let text = PlanReport(plan, failing: plan.allFailures, language: .vi).text
        #expect(text.contains("H377  Huyện Yên Mô, tỉnh Ninh Bình"))
        #expect(!text.contains("X14740 "))
        #expect(text.contains("… và 36 trường hợp, mỗi trường hợp mất nhiều nhất một điểm cầu"))
        let all = PlanReport(plan, failing: plan.allFailures, showsAll: true, language: .vi).text
        #expect(all.contains("X14740:H377"))
        #expect(all.contains("trung kế của Xã Yên Mỹ, huyện Yên Mô"))
        let province = NetworkPlan(try loadNetwork("soc-trang"))
        let lines = PlanReport(province, failing: province.allFailures, language: .vi).text.split(separator: "\n").map(String.init)
        let table = lines.firstIndex { $0.hasPrefix("HỎNG") }!
        #expect(lines[table + 1].contains("T94") && lines[table + 1].contains("Tỉnh Sóc Trăng (gốc)") && lines[table + 1].hasSuffix("112"))
    }
}
