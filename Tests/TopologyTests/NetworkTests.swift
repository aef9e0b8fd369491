import Basics
import Testing
import Topology
import TopologyFiles

struct NetworkTests {
    @Test(
        "capacities are read exactly",
        arguments: [
            ("10 Mbit/s", 10_000_000), ("512 kbit/s", 512_000), ("0.1 Mbit/s", 100_000), ("2.048Mbps", 2_048_000),
            ("1 Gbit/s", 1_000_000_000), ("64000 bit/s", 64_000), ("0.3 Gbps", 300_000_000),
        ] as [(String, Int64)])
    func capacities(text: String, bits: Int64) throws {
        let line = try line("up: \(text), down: 1 Mbit/s")
        #expect(line.up.bitsPerSecond == bits)
    }

    @Test(
        "times and losses are read exactly",
        arguments: [
            ("5 ms", "0.5 %", 5_000_000, 5_000), ("250 us", "100 %", 250_000, 1_000_000), ("1.5 s", "0.0001%", 1_500_000_000, 1),
        ] as [(String, String, Int64, Int)])
    func times(latency: String, loss: String, nanoseconds: Int64, millionths: Int) throws {
        let line = try line("latency: \(latency), loss: \(loss)")
        #expect(line.latency.nanoseconds == nanoseconds)
        #expect(line.lossPerMillion == millionths)
    }

    private func line(_ uplink: String) throws -> Network.Line {
        let network = try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: s, level: b, address: 10.0.0.2, uplink: {to: r, \(uplink)}}
            """)
        return try #require(network.links[1]).line
    }

    @Test("an uplink's figures come before its class's, these before the defaults")
    func precedence() throws {
        let network = try network(
            """
              - {id: r, level: a, address: 10.0.0.1}
              - {id: s, level: b, address: 10.0.0.2, uplink: {to: r, up: 3 Mbit/s}}
              - {id: t, level: b, address: 10.0.0.3, uplink: {to: r, class: other}}
              - {id: u, level: c, address: 10.0.0.4, uplink: r}
            """,
            head: """
                classes:
                  other: {capacity: 2 Mbit/s, carrier: VNPT, audio: mix}

                """)
        func line(_ id: String) throws -> Network.Line {
            let slot = try #require(network.slot(id: id))
            return try #require(network.links[slot]).line
        }
        #expect((try line("s").up, try line("s").down) == (.mbps(3), .mbps(1)))
        #expect((try line("t").up, try line("t").carrier) == (.mbps(2), "VNPT"))
        #expect(try line("u").up == .mbps(1))
        #expect(network.links[2]?.audio == .mix)
    }

    @Test("rooms: one by default, several with ids of their own, or none")
    func rooms() throws {
        let network = try network(
            """
              - {id: r, level: a, name: Gốc, address: "2001:db8::1", rooms: []}
              - {id: s, level: b, address: "2001:db8::2", uplink: r, rooms: [{id: x, name: Phòng X}, {id: y}]}
              - {id: t, level: b, name: Huyện T, address: "2001:db8::3", uplink: r, rooms: [{name: Hội trường}]}
              - {id: u, level: c, name: Xã U, address: "2001:db8::4", uplink: t}
            """)
        #expect(network.sites.map(\.rawValue) == ["s/x", "s/y", "t", "u"])
        #expect(network.slot(site: SiteID("s/y")) == 1)
        #expect(network.slot(site: SiteID("r")) == nil)
        #expect(network.name(of: SiteID("t")) == "Hội trường, huyện T, Gốc")
        #expect(network.name(of: SiteID("u")) == "Xã U, huyện T")
        #expect(try TopologyFiles.parse(network.canonical, file: "again") == network)
    }

    @Test("a technical hub is passed over in full names")
    func hubs() throws {
        let text = """
            network: hubs
            version: 2
            levels: [{id: a}, {id: hub, technical: true}, {id: c}]
            defaults: {capacity: 1 Mbit/s, port: 7000, http: 7001, secure: false}
            nodes:
              - {id: r, level: a, name: Tỉnh R, address: 10.0.0.1}
              - {id: h, level: hub, name: Trạm H, address: 10.0.0.2, uplink: r, rooms: []}
              - {id: c, level: c, name: Xã C, address: 10.0.0.3, uplink: h}
              - {id: d, level: c, name: Xã D, within: huyện cũ, address: 10.0.0.4, uplink: h}
            """
        let network = try TopologyFiles.parse(text, file: "hubs.yaml")
        #expect(network.name(of: 2) == "Xã C, tỉnh R")
        #expect(network.name(of: 3) == "Xã D, huyện cũ")
        #expect(network.nodes[0].address.port == 7_000)
        #expect((network.nodes[0].httpPort, network.nodes[0].secure) == (7_001, false))
    }

    @Test("layout and order of keys do not change the hash; meaning does")
    func hash() throws {
        let a = try network("  - {id: r, level: a, address: 10.0.0.1}\n  - {id: s, level: b, address: 10.0.0.2, uplink: r}\n")
        let b = try network("  - address: 10.0.0.1\n    level: a\n    id: r\n  - {uplink: {to: r}, id: s, address: 10.0.0.2, level: b}\n")
        let c = try network("  - {id: r, level: a, address: 10.0.0.1}\n  - {id: s, level: b, address: 10.0.0.3, uplink: r}\n")
        #expect(a == b)
        #expect(a.hash == b.hash)
        #expect(a.hash.count == 32)
        #expect(a.hash != c.hash)
    }

    @Test("random networks with awkward names survive being written and read")
    func randomRoundTrips() throws {
        var generator = TestSeed.generator("round trips")
        let letters = Array("Xã \"Yên\" \\ # : - {}[],&*!|>'%@` đê")
        for _ in 0..<40 {
            func name() -> String {
                let name = String((0..<Int.random(in: 1...12, using: &generator)).map { _ in letters.randomElement(using: &generator)! })
                return name.allSatisfy { $0 == " " } ? "x" : name
            }
            let count = Int.random(in: 1...30, using: &generator)
            var entries: [Network.Entry] = []
            for i in 0..<count {
                let parent = i == 0 ? nil : Int.random(in: 0..<i, using: &generator)
                let rooms = Int.random(in: 0...2, using: &generator)
                let node = Network.Node(
                    id: "n\(i)", level: "l0", name: name(), unit: Bool.random(using: &generator) ? "0\(i)" : nil,
                    address: Address(ipv4: 0x0A00_0001 + UInt32(i), port: 5004),
                    rooms: rooms == 1
                        ? [.init(id: SiteID("n\(i)"), name: name())]
                        : (0..<rooms).map { .init(id: SiteID("n\(i)/r\($0)"), name: name()) },
                    coordinates: .init(latitude: Double.random(in: -90...90, using: &generator), longitude: 106),
                    access: i % 3 == 0 ? .init(up: .kbps(512), down: i % 2 == 0 ? .mbps(3) : .kbps(512)) : nil)
                let line = Network.Line(
                    up: .init(bitsPerSecond: Int64.random(in: 1_000...1_000_000_000, using: &generator)), down: .mbps(2),
                    latency: .init(nanoseconds: Int64.random(in: 0...9_000_000_000, using: &generator)),
                    lossPerMillion: Int.random(in: 0...1_000_000, using: &generator), carrier: name(),
                    assumed: Bool.random(using: &generator), assumesLatency: Bool.random(using: &generator))
                entries.append(
                    .init(node: node, link: parent.map { .init(parent: NodeIndex(of: "n\($0)"), line: line, video: .mix) }))
            }
            // One level for each depth, so that the order of levels holds.
            var depth = [Int](repeating: 0, count: count)
            for i in 1..<max(count, 1) where count > 1 {
                depth[i] = depth[Int(entries.firstIndex { $0.node.index == entries[i].link!.parent }!)] + 1
                entries[i].node.level = "l\(depth[i])"
            }
            let levels = (0...depth.max()!).map { Network.Level(id: "l\($0)", name: name(), rank: $0) }
            let network = try Network(
                networkID: "random", name: name(), version: 7, edition: "2021-11", agency: name(), language: "vi", levels: levels,
                upstream: .init(name: name(), address: nil, line: nil), entries: entries.shuffled(using: &generator))
            #expect(try TopologyFiles.parse(network.canonical, file: "random") == network)
            #expect(try TopologyFiles.parse(TopologyFiles.write(network), file: "written") == network)
        }
    }
}

struct MeetingFileTests {
    private func parse(_ sites: String, _ more: String = "") throws -> MeetingFile {
        let network = try TopologyFiles.load(brokenFolder + "good.yaml")
        return try TopologyFiles.parseMeeting(
            "meeting: m\ntitle: Họp\nkind: hop\nchairs: T\nsites: \(sites)\n" + more, file: "m.yaml", network: network)
    }

    @Test(
        "sites are chosen by id, level, unit and subtree; a node means all its rooms; chairs are sites",
        arguments: [
            ("all", ["T", "H", "Y/a", "Y/b"]), ("[H]", ["T", "H"]), ("H", ["T", "H"]), ("[Y]", ["T", "Y/a", "Y/b"]),
            ("[Y/b, H]", ["T", "H", "Y/b"]), ("[{level: xa}]", ["T", "Y/a", "Y/b"]), ("[{unit: \"377\"}]", ["T", "H", "Y/a", "Y/b"]),
            ("{subtree: H}", ["T", "H", "Y/a", "Y/b"]), ("[{subtree: H, level: huyen}]", ["T", "H"]),
        ])
    func selections(sites: String, expected: [String]) throws {
        #expect(try parse(sites).sites.map(\.rawValue) == expected)
    }

    @Test("excepted sites stay out, but not the chair")
    func except() throws {
        #expect(try parse("all", "except: [Y/a, T]\n").sites.map(\.rawValue) == ["T", "H", "Y/b"])
    }

    @Test("what a file does not say is VP8, three microphones, a floor of one")
    func defaults() throws {
        let meeting = try parse("all")
        #expect((meeting.codec, meeting.openMicrophones, meeting.floorSize) == (.vp8, 3, 1))
        #expect((meeting.audioRate, meeting.videoRate) == (.kbps(32), .mbps(1)))
        #expect((meeting.kind, meeting.chairs) == (.discussion, [SiteID("T")]))
        let other = try parse("all", "codec: h264\nmicrophones: 4\nfloor: 2\naudio: 48 kbit/s\nvideo: 512 kbit/s\n")
        #expect((other.codec, other.openMicrophones, other.floorSize) == (.h264, 4, 2))
        #expect((other.audioRate, other.videoRate) == (.kbps(48), .kbps(512)))
    }

    @Test("a meeting finds its network by id, by path, or as the only one given")
    func networks() {
        let good = brokenFolder + "good.yaml"
        let meeting = brokenFolder + "meeting-duplicate.yaml"
        #expect(TopologyFiles.check(files: [meeting, good]).ok)
        #expect(TopologyFiles.check(files: [meeting]).nodes == 4)
        #expect(TopologyFiles.check(files: [good, brokenFolder + "meeting-missing-topology.yaml"]).ok)
        #expect(!TopologyFiles.check(files: [brokenFolder + "meeting-missing-topology.yaml"]).ok)
    }
}
