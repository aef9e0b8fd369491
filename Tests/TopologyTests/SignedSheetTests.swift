import Basics
import Drawings
import Foundation
import Reports
import Testing
import Topology
import TopologyFiles

@Suite("A sheet that is signed says what it rests on") struct SignedSheetTests {
    private func labels(_ network: Network, _ options: DrawingOptions) throws -> [String] {
        try Drawings.sheet(network, options: options).labels.map { $0.text + $0.tail }
    }

    private func demand(_ network: Network, _ change: (inout MeetingDemand) -> Void = { _ in }) throws -> MeetingDemand {
        var demand = try #require(MeetingDemand.everybody(in: network))
        change(&demand)
        return demand
    }

    @Test("rates that are asked for without a meeting are reckoned with, and the sheet says them")
    func rates() throws {
        let network = try loadNetwork("soc-trang")
        let plain = try labels(network, DrawingOptions(meetings: [try demand(network)]))
        #expect(plain == (try labels(network, DrawingOptions())))
        let high = try labels(network, DrawingOptions(meetings: [try demand(network) { $0.videoRate = .mbps(7) }]))
        #expect(high.contains("tiếng 32 kbit/s, hình 7 Mbit/s"))
        #expect(high.contains("Tải theo kế hoạch: quán triệt toàn mạng từ nút gốc (tiếng 32 kbit/s, hình 7 Mbit/s)"))
        #expect(high.contains { $0.contains("↓7,52") })
        #expect(high.joined(separator: " ").contains("109 trung kế chật"))
        let sound = try labels(network, DrawingOptions(meetings: [try demand(network) { $0.videoRate = nil }]))
        #expect(sound.contains("tiếng 32 kbit/s, không có hình"))
    }

    @Test("the check code tells apart other rates, speakers, meetings and topologies, and its first part is the topology's alone")
    func checkCode() throws {
        let network = try loadNetwork("soc-trang")
        let changes: [(inout MeetingDemand) -> Void] = [
            { _ in }, { $0.videoRate = .mbps(7) }, { $0.videoRate = nil }, { $0.audioRate = .kbps(24) }, { $0.speakers = [SiteID("X31498")] },
            { $0.chairIsMuted = true }, { $0.showsStills = false }, { $0.title = "Họp khác" }, { $0.sites.removeLast() },
        ]
        let codes = try changes.map { NetworkPlan(network, meetings: [try demand(network, $0)]).checkCode }
        #expect(Set(codes).count == codes.count)
        #expect(Set(codes.map { $0.prefix(12) }) == [Substring(Network.checkCode(network))])
        let other = try network.changed(by: [.capacity(node: "X31498", up: .mbps(9), down: nil)])
        #expect(Network.checkCode(other) != Network.checkCode(network))
        let shown = try labels(network, DrawingOptions(meetings: [try demand(network, changes[1])]))
        #expect(shown.contains(codes[1]))
        #expect(try labels(network, DrawingOptions(showsLoad: false)).contains(Network.checkCode(network)))
        #expect(PlanReport(NetworkPlan(network), language: .vi).text.contains("Mã kiểm tra: " + codes[0]))
    }

    @Test("a measured capacity with an assumed delay is not called assumed: no asterisk, and the title block tells them apart")
    func assumptions() throws {
        let delays = try network(
            """
              - {id: r, level: a, name: Tỉnh R, address: 10.0.0.1}
              - {id: x, level: b, name: Xã X, address: 10.0.0.2, uplink: {to: r, capacity: 20 Mbit/s}}
            """, head: "classes: {}\n", levels: "[{id: a}, {id: b}]")
        #expect(delays.links[1]?.line.assumed == false)
        let text = """
            network: n
            version: 1
            levels: [{id: a}, {id: b}]
            defaults: {assumed: true, latency: 5 ms}
            nodes:
              - {id: r, level: a, name: Tỉnh R, address: 10.0.0.1}
              - {id: x, level: b, name: Xã X, address: 10.0.0.2, uplink: {to: r, capacity: 20 Mbit/s}}
            """
        let network = try TopologyFiles.parse(text, file: "n.yaml")
        let line = try #require(network.links[1]).line
        #expect((line.assumesCapacity, line.assumesLatency) == (false, true))
        let labels = try labels(network, DrawingOptions())
        #expect(labels.contains("1 độ trễ"))
        #expect(labels.contains { $0.hasPrefix("↓") && $0.hasSuffix("/ 20") })
        #expect(!labels.contains("giả định, chưa đo hoặc chưa xác nhận"))
        let plan = PlanReport(NetworkPlan(network), language: .vi).text
        #expect(!plan.contains("dung lượng của"))
        #expect(plan.contains("độ trễ của 1 trung kế là giả định, chưa đo"))
        #expect(plan.hasSuffix("đạt: mọi trung kế đủ dung lượng"))
        for again in [network.canonical, TopologyFiles.write(network)] { #expect(try TopologyFiles.parse(again, file: "again") == network) }
    }

    @Test("the title block has agency, number, sheet, scale, revisions, who signs, and room for the seal")
    func titleBlock() throws {
        let network = try loadNetwork("yen-mo")
        var options = DrawingOptions()
        options.agency = "UBND huyện Yên Mô"
        options.number = "HN-07"
        options.revisions = [try .init("A;26/11/2026;Thêm hai xã;Trần Văn B"), try .init("B;;Đổi đường truyền;")]
        options.signers = [try .init("Chuyên viên;Nguyễn Văn A"), try .init("Lê Thị C"), .init()]
        let labels = try labels(network, options)
        for wanted in [
            "UBND huyện Yên Mô", "HN-07", "Tờ", "1/1", "Tỷ lệ", "không tỷ lệ", "Thêm hai xã", "26/11/2026", "Trần Văn B", "Đổi đường truyền", "Người lập",
            "Chuyên viên", "Nguyễn Văn A", "Lê Thị C", "Người phê duyệt", "(đóng dấu)", "Mã kiểm tra",
        ] { #expect(labels.contains(wanted), "\(wanted)") }
        #expect(faults(try Drawings.sheet(network, options: options)) == [])
        for bad in ["A;26/11/2026;x", ";26/11/2026;x;y", "A;2026-11-26;x;y"] {
            #expect(throws: DrawingProblem.self) { try DrawingOptions.Revision(bad) }
        }
        #expect(throws: DrawingProblem.self) { try DrawingOptions.Signer("a;b;c") }
    }

    @Test("the agency stands in the file, and an abbreviated unit is spelled out in the title")
    func agency() throws {
        let text = """
            network: ks
            name: H. Kim Sơn
            version: 1
            agency: "UBND huyện Kim Sơn"
            lang: vi
            levels: [{id: a}]
            nodes: [{id: r, level: a, name: H. Kim Sơn, address: 10.0.0.1}]
            """
        let network = try TopologyFiles.parse(text, file: "ks.yaml")
        let labels = try labels(network, DrawingOptions())
        #expect(labels.contains("UBND huyện Kim Sơn"))
        #expect(labels.contains("Sơ đồ mạng hội nghị trực tuyến: Huyện Kim Sơn"))
        #expect((network.agency, network.language) == ("UBND huyện Kim Sơn", "vi"))
        for again in [network.canonical, TopologyFiles.write(network)] { #expect(try TopologyFiles.parse(again, file: "again") == network) }
    }

    @Test("a drawing is in the language of its network, or in what its file says")
    func language() throws {
        for name in shippedNetworks { #expect(TopologyFiles.language(of: try loadNetwork(name)) == .vi, "\(name)") }
        let plain = try network("  - {id: r, level: a, name: Head Office, address: 10.0.0.1}\n")
        #expect(TopologyFiles.language(of: plain) == nil)
        let said = try network("  - {id: r, level: a, name: Tỉnh R, address: 10.0.0.1}\n", head: "lang: en\n")
        #expect(TopologyFiles.language(of: said) == .en)
        // Letters that French has too tell nothing.
        let french = try network("  - {id: r, level: a, name: Préfecture à Orléans, address: 10.0.0.1}\n")
        #expect(TopologyFiles.language(of: french) == nil)
    }

    @Test("equal figures of a block's rows are said once in its head, and other rows say their own")
    func commonFigures() throws {
        let network = try loadNetwork("soc-trang")
        let same = try Drawings.sheet(network, options: DrawingOptions()).labels
        let head = network.slot(id: "H943")!
        #expect(same.contains { $0.slot == head && $0.text == "Xã (13): ↓1,15 ↑0,06 / 8*" })
        let rows = network.tree.children(head)
        #expect(!same.contains { rows.contains($0.slot ?? -1) && $0.text.contains("↓") })
        let other = try network.changed(by: [.capacity(node: network.nodes[rows[2]].id, up: .mbps(50), down: .mbps(50))])
        let changed = try Drawings.sheet(other, options: DrawingOptions()).labels
        #expect(changed.contains { $0.slot == head && $0.text == "Xã (12): ↓1,15 ↑0,06 / 8*" })
        #expect(changed.filter { rows.contains($0.slot ?? -1) && $0.text.contains("↓") }.map(\.slot) == [rows[2]])
    }

    @Test("the unit above is not repeated at each name, but one that the file gives is kept")
    func names() throws {
        let network = try network(
            """
              - {id: r, level: a, name: Tỉnh R, address: 10.0.0.1}
              - {id: s, level: b, name: Xã S, address: 10.0.0.2, uplink: r}
              - {id: t, level: b, name: Xã T, within: huyện cũ, address: 10.0.0.3, uplink: r}
            """)
        let labels = try labels(network, DrawingOptions())
        #expect(labels.contains("Xã S"))
        #expect(labels.contains("Xã T, huyện cũ"))
    }

    @Test("no line crosses a zone's frame: it has a gate for the trunk that leads in", arguments: ["bac-ninh-tinh-uy"])
    func gates(name: String) throws {
        let network = try loadNetwork(name)
        let drawing = try Drawings.sheet(network, options: options(paper: .a3))
        let strokes = drawing.shapes.compactMap { if case .stroke(let stroke) = $0 { stroke } else { nil } }
        let frames = strokes.filter { $0.ink == .zone && $0.dash == .dashDotted && $0.points.count == 6 }
        #expect(frames.count == 2)
        for frame in frames {
            let edges = zip(frame.points, frame.points.dropFirst())
            for stroke in strokes where stroke.ink != .zone {
                for (a, b) in zip(stroke.points, stroke.points.dropFirst()) {
                    for (c, d) in edges { #expect(!meet(a, b, c, d)) }
                }
            }
        }
    }

    /// Whether an upright or level segment meets another.
    private func meet(_ a: Point, _ b: Point, _ c: Point, _ d: Point) -> Bool {
        max(min(a.x, b.x), min(c.x, d.x)) <= min(max(a.x, b.x), max(c.x, d.x)) && max(min(a.y, b.y), min(c.y, d.y)) <= min(max(a.y, b.y), max(c.y, d.y))
    }
}
