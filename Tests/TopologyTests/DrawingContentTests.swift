import Basics
import Drawings
import Testing
import Topology
import TopologyFiles

struct DrawingContentTests {
    @Test("any tree is drawn clean: deep, flat, with hubs, backups, zones, several halls, long names")
    func random() throws {
        var generator = TestSeed.generator("drawings")
        for round in 0..<60 {
            let network = try randomNetwork(&generator, nodes: Int.random(in: 1...(round % 3 == 0 ? 200 : 40), using: &generator))
            for arrangement in [SheetLayout.Arrangement.automatic, .tree] {
                let drawing = try Drawings.sheet(network, options: DrawingOptions(language: round % 2 == 0 ? .vi : .en, arrangement: arrangement))
                let found = faults(drawing, isMap: arrangement == .automatic)
                #expect(found == [], "round \(round): \(network.canonical)")
            }
        }
    }

    private func randomNetwork(_ generator: inout SeededGenerator, nodes count: Int) throws -> Network {
        let names = ["Xã Yên Mỹ", "Phường Nguyễn Thị Minh Khai", "Đảng ủy Khối các Cơ quan và Doanh nghiệp tỉnh Thừa Thiên Huế", "Ấp 1", "ỄỘỮ"]
        var entries: [Network.Entry] = []
        var depth: [Int] = []
        for i in 0..<count {
            let parent = i == 0 ? nil : Int.random(in: max(0, i - Int.random(in: 1...60, using: &generator))..<i, using: &generator)
            let level = parent.map { min(depth[$0] + 1, 5) } ?? 0
            // At most five levels: deeper ones hang higher up.
            let home = parent.map { depth[$0] < 5 ? $0 : 0 }
            depth.append(home == 0 ? 1 : level)
            let id = "n\(i)"
            let rooms = (0..<Int.random(in: 0...3, using: &generator)).map { Network.Room(id: SiteID("\(id)/\($0)"), name: "Hội trường \($0)") }
            let node = Network.Node(
                id: id, level: "l\(depth[i])", name: names[Int.random(in: 0..<names.count, using: &generator)] + " \(i)",
                address: Address(ipv4: 0x0A00_0000 + UInt32(i) + 1, port: 5004), rooms: rooms,
                coordinates: i % 4 == 1 ? nil : .init(latitude: Double(i % 7) / 10 + 9, longitude: Double(i % 11) / 10 + 105), assumed: i % 5 == 2)
            var link: Network.Link?
            if let home {
                let line = Network.Line(up: .kbps(1_000), down: i % 3 == 0 ? .mbps(10) : .kbps(1_300), assumed: i % 4 == 0)
                var backups: [NodeIndex] = []
                if i > 3, i % 6 == 0 { backups = [NodeIndex(of: "n\(Int.random(in: 0..<i, using: &generator))")].filter { $0 != NodeIndex(of: "n\(home)") } }
                link = Network.Link(parent: NodeIndex(of: "n\(home)"), line: line, backups: backups, zone: i % 13 == 5 ? "z\(i)" : nil)
            }
            entries.append(.init(node: node, link: link))
        }
        let levels = (0...5).map { Network.Level(id: "l\($0)", name: "Cấp \($0)", rank: $0) }
        return try Network(
            networkID: "random", name: "Mạng thử", version: 3, edition: "2025-07", levels: levels,
            upstream: Network.Upstream(name: "Trung ương", address: nil, line: nil), entries: entries)
    }

    @Test("how full a trunk is can be told without colour: wider lines, and other marks")
    func withoutColour() throws {
        let network = try varied(loadNetwork("soc-trang"))
        let drawing = try Drawings.sheet(network, options: options())
        let plan = NetworkPlan(network)
        var looks: [LoadBand: Set<[Int]>] = [:]
        for slot in network.nodes.indices.dropFirst() {
            let strokes = drawing.shapes.compactMap { if case .stroke(let stroke) = $0, stroke.slot == slot { stroke } else { nil } }
            let line = try #require(strokes.first { $0.points[0].y == $0.points[1].y })
            let slanted = strokes.count { $0.points[0].x != $0.points[1].x } - 1
            looks[LoadBand(plan.trunks[slot]), default: []].insert([Int((line.width * 1_000).rounded()), strokes.count - 1, slanted])
        }
        #expect(Set(looks.keys) == [.low, .middle, .high, .over])
        #expect(looks.values.allSatisfy { $0.count == 1 })
        let ordered = [LoadBand.low, .middle, .high, .over].compactMap { looks[$0]?.first }
        #expect(ordered.map { $0[0] } == ordered.map { $0[0] }.sorted())
        #expect(Set(ordered.map { $0[0] }).count == 4)
        #expect(ordered.map { [$0[1], $0[2]] } == [[0, 0], [1, 0], [2, 0], [2, 2]])
    }

    @Test("the title block says who, when, which version and how much; the figures are the plan's")
    func titleBlock() throws {
        let network = try loadNetwork("soc-trang")
        let texts = try Drawings.sheet(network, options: options()).labels.map(\.text)
        for wanted in [
            "Sơ đồ mạng hội nghị trực tuyến: Tỉnh Sóc Trăng", "Tỉnh Sóc Trăng", "26/11/2026", "1 (soc-trang)", "2021-11", "126 nút, 126 điểm cầu, 125 trung kế",
            "Tỉnh\u{A0}1 · Huyện\u{A0}11 · Sở, ngành\u{A0}5 · Xã\u{A0}109", "Người lập", "Người kiểm tra", "Người phê duyệt", "A3",
            "Huyện Kế Sách: đứt trung kế hoặc hỏng nút mất 14 điểm cầu", "Tỉnh Sóc Trăng: hỏng nút gốc mất 112 điểm cầu",
        ] { #expect(texts.contains(wanted), "\(wanted)") }
        let plan = NetworkPlan(network)
        let root = (plan.rootBits / 100_000).rounded() / 10
        #expect(texts.contains("nút gốc gửi \(root) Mbit/s".replacing(".", with: ",")))
        let english = try Drawings.sheet(network, options: options(.en)).labels.map(\.text)
        #expect(english.contains("126 nodes, 126 sites, 125 trunks"))
        #expect(english.contains("Huyện Kế Sách: if its trunk or it fails, 14 sites are cut off"))
    }

    @Test("without a date there is room to write one; without load capacities stand alone")
    func blanks() throws {
        let network = try loadNetwork("yen-mo")
        let labels = try Drawings.sheet(network, options: DrawingOptions(showsLoad: false)).labels.map(\.text)
        #expect(labels.contains("……/……/…………"))
        #expect(labels.contains { $0.contains("10 Mbit/s*") })
        #expect(!labels.contains { $0.contains("↓") })
    }

    @Test("a meeting's load is drawn, and only its halls are lost")
    func meeting() throws {
        let network = try loadNetwork("yen-mo")
        let file = try TopologyFiles.loadMeeting(topologyFolder + "/meetings/yen-mo-giao-ban.yaml", network: network)
        let labels = try Drawings.sheet(network, options: DrawingOptions(meetings: [MeetingDemand(file)])).labels.map(\.text)
        #expect(labels.contains("Tải theo kế hoạch: Giao ban tháng của huyện với các xã (tiếng 32 kbit/s, hình 1 Mbit/s)"))
        #expect(labels.contains("Huyện Yên Mô: hỏng nút mất 17 điểm cầu"))
    }

    @Test("a protected zone has a frame around its part, a backup a dashed line")
    func zonesAndBackups() throws {
        let party = try loadNetwork("bac-ninh-tinh-uy")
        let drawing = try Drawings.sheet(party, options: options())
        for id in ["CA27", "QS27"] {
            let slot = party.slot(id: id)!
            let frames = drawing.shapes.compactMap {
                if case .panel(let panel) = $0, panel.slot == slot, panel.dash == .dashDotted { panel.frame } else { nil }
            }
            let frame = try #require(frames.first)
            for label in drawing.labels {
                #expect(frame.contains(label.bounds) == (label.slot == slot))
            }
        }
        let hubs = try loadNetwork("can-tho-cum")
        let dashed = try Drawings.sheet(hubs, options: options()).shapes.compactMap {
            if case .stroke(let stroke) = $0, stroke.ink == .backup, stroke.dash == .dashed { stroke.slot } else { nil }
        }
        #expect(Set(dashed.compactMap { $0 }) == Set((2...8).map { hubs.slot(id: "C92-\($0)")! }))
    }
}
