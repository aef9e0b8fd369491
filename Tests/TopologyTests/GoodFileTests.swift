import Basics
import Testing
import Topology
import TopologyFiles

/// The generator of randomised tests: one fixed seed, forked by the test's name.
enum TestSeed {
    static func generator(_ name: String) -> SeededGenerator { SeededGenerator(seed: 20_210_101).fork(name) }
}

struct GoodFileTests {
    @Test(
        "the networks of the project check clean",
        arguments: [
            ("three-levels", 7, 6, 3, 0), ("yen-mo", 19, 18, 3, 2), ("soc-trang", 126, 125, 3, 8),
            ("bac-ninh-tinh-uy", 12, 11, 2, 2), ("can-tho-2025", 104, 103, 2, 1), ("thai-nguyen", 188, 187, 3, 2),
            ("hau-giang", 114, 113, 4, 33), ("can-tho-cum", 112, 111, 3, 10),
        ])
    func counts(name: String, nodes: Int, trunks: Int, levels: Int, warnings: Int) throws {
        let report = TopologyFiles.check(files: [topologyFolder + "/\(name).yaml"])
        #expect(report.ok)
        #expect((report.nodes, report.trunks, report.levels) == (nodes, trunks, levels))
        #expect(report.problems.count == warnings)
        let network = try loadNetwork(name)
        #expect((network.count, network.levelCount) == (nodes, levels))
        #expect(network.sites.count == nodes - (name == "can-tho-cum" ? 8 : 0))
    }

    @Test(
        "the meetings of the project have these sites",
        arguments: [
            ("three-levels", "three-levels", 7), ("three-levels-h264", "three-levels", 7),
            ("yen-mo-quan-triet", "yen-mo", 18), ("yen-mo-giao-ban", "yen-mo", 18), ("yen-mo-hop", "yen-mo", 18),
            ("yen-mo-toan-mang", "yen-mo", 19), ("soc-trang", "soc-trang", 126),
            ("bac-ninh-tinh-uy", "bac-ninh-tinh-uy", 12), ("can-tho-2025", "can-tho-2025", 104),
        ])
    func meetings(name: String, topology: String, sites: Int) throws {
        let path = topologyFolder + "/meetings/\(name).yaml"
        let report = TopologyFiles.check(files: [path])
        #expect(report.problems.isEmpty)
        let meeting = try TopologyFiles.loadMeeting(path, network: try loadNetwork(topology))
        #expect(meeting.sites.count == sites)
        #expect(meeting.chairs.allSatisfy(meeting.sites.contains))
        #expect(meeting.codec == (name.hasSuffix("h264") ? .h264 : .vp8))
    }

    @Test("one summary line")
    func summary() {
        let file = topologyFolder + "/three-levels.yaml"
        #expect(TopologyFiles.check(files: [file]).text == "ok: 7 nodes, 6 trunks, 3 levels")
        #expect(TopologyFiles.check(files: [file], language: .vi).text == "đạt: 7 nút, 6 trung kế, 3 cấp")
        let json = #"{"ok":true,"nodes":7,"trunks":6,"levels":3,"assumed":{"addresses":0,"capacities":0,"latencies":0,"nodes":0},"problems":[]}"#
        #expect(TopologyFiles.check(files: [file]).json == json)
    }

    @Test("what is assumed is counted in the summary")
    func assumedSummary() {
        let file = topologyFolder + "/soc-trang.yaml"
        #expect(
            TopologyFiles.check(files: [file]).summary
                == "ok: 126 nodes, 125 trunks, 3 levels, 8 warnings; assumed: 125 capacities, 125 delays, 5 places")
        #expect(
            TopologyFiles.check(files: [file], language: .vi).summary
                == "đạt: 126 nút, 125 trung kế, 3 cấp, 8 cảnh báo; giả định: 125 dung lượng, 125 độ trễ, 5 điểm cầu")
        let defaults = TopologyFiles.check(files: [brokenFolder + "assumed-defaults.yaml"])
        #expect(defaults.assumed.addresses == 3)
        #expect((defaults.assumed.capacities, defaults.assumed.latencies) == (2, 3))
    }

    @Test("addresses that nobody assigned come from the range, around those that are taken")
    func addressRange() throws {
        let network = try TopologyFiles.load(brokenFolder + "assumed-defaults.yaml")
        #expect(network.nodes.map(\.address.host) == ["10.37.0.1", "10.37.0.3", "10.37.0.4", "10.37.0.2"])
        let links = network.links.compactMap { $0 }
        #expect(links.map(\.line.assumed) == [true, true, true])
        #expect(links.map(\.line.up) == [.mbps(20), .mbps(2), .mbps(2)])
        #expect(links.map(\.line.latency) == [.milliseconds(5), .milliseconds(5), .milliseconds(1)])
        #expect(network.upstream == Network.Upstream(name: "Trung ương", address: nil, line: nil, latency: .milliseconds(9)))
        #expect(try TopologyFiles.parse(TopologyFiles.render(network), file: "again.yaml") == network)
    }

    @Test("the three levels hang together as drawn")
    func threeLevels() throws {
        let network = try loadNetwork("three-levels")
        #expect(
            network.nodes.map(\.id) == ["ninh-binh", "yen-mo", "yen-my", "yen-thang", "kim-son", "phat-diem", "kim-dinh"])
        #expect(network.tree.children(0) == [1, 4])
        #expect(network.links[0] == nil)
        let link = try #require(network.links[4])
        #expect(link.parent == NodeIndex(of: "ninh-binh"))
        #expect(link.backups == [NodeIndex(of: "yen-mo")])
        #expect(link.line == Network.Line(up: .mbps(20), down: .mbps(20), latency: .milliseconds(4)))
        let commune = try #require(network.links[2]).line
        #expect((commune.up, commune.down) == (.mbps(5), .mbps(10)))
        #expect(network.nodes[0].address == Address("10.37.0.1", port: 5004))
        #expect(network.nodes[0].httpPort == 8443)
        #expect(network.nodes[0].secure)
        let decoder = try #require(network.nodes[1].endpoints.first)
        #expect((decoder.kind, decoder.direction, decoder.codec) == (.decoder, .both, .opus))
        #expect((decoder.payloadType, decoder.site) == (111, SiteID("yen-mo")))
        let speaker = try #require(network.nodes[2].endpoints.first)
        #expect((speaker.kind, speaker.direction) == (.loudspeaker, .receive))
    }

    @Test("full names say the district")
    func names() throws {
        let yenMo = try loadNetwork("yen-mo")
        let slot = try #require(yenMo.slot(id: "X14740"))
        #expect(yenMo.name(of: slot) == "Xã Yên Mỹ, huyện Yên Mô")
        #expect(yenMo.name(of: 1) == "Huyện Yên Mô, tỉnh Ninh Bình")
        #expect(yenMo.name(of: 0) == "Tỉnh Ninh Bình")
        #expect(yenMo.name(of: SiteID("X14740")) == "Xã Yên Mỹ, huyện Yên Mô")
        let committee = try loadNetwork("bac-ninh-tinh-uy")
        #expect(committee.name(of: 1) == "Thành ủy Bắc Ninh, Tỉnh ủy Bắc Ninh")
    }

    @Test("police and military lie in zones of their own")
    func zones() throws {
        let network = try loadNetwork("bac-ninh-tinh-uy")
        let zones = network.nodes.indices.map { network.zone(of: $0) }
        #expect(zones.compactMap { $0 } == ["cong-an", "quan-su"])
    }

    @Test(
        "what is written back reads as the same network",
        arguments: [
            "three-levels", "yen-mo", "soc-trang", "bac-ninh-tinh-uy", "can-tho-2025", "thai-nguyen", "hau-giang", "can-tho-cum",
        ])
    func roundTrip(name: String) throws {
        let network = try loadNetwork(name)
        #expect(try TopologyFiles.parse(TopologyFiles.render(network), file: "again.yaml") == network)
        let moved = network.relocated(mediaPort: 15_004, httpPort: 18_443)
        let again = try TopologyFiles.parse(TopologyFiles.render(moved), file: "moved.yaml")
        #expect(again == moved)
        #expect(again.hash == moved.hash)
        #expect(moved.hash != network.hash)
        #expect(Set(moved.nodes.map(\.address)).count == network.count)
        #expect(moved.tree == network.tree)
        #expect(moved.nodes.allSatisfy { !$0.secure && $0.httpPort == 18_443 && $0.address.port == 15_004 })
    }

    @Test("the whole country loads: 34 provinces, 3,321 communes")
    func country() throws {
        var text = "  - {id: tw, level: a, address: 10.0.0.1}\n"
        for province in 0..<34 {
            text += "  - {id: t\(province), level: b, address: 10.1.\(province).1, uplink: tw}\n"
        }
        for commune in 0..<3_321 {
            text += "  - {id: x\(commune), level: c, address: 10.2.\(commune / 250).\(commune % 250 + 1), "
            text += "uplink: t\(commune % 34)}\n"
        }
        let network = try network(text)
        #expect(network.count == 3_356)
        #expect(network.slot(id: "x3320") != nil)
    }
}
