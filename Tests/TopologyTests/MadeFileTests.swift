import Documents
import Foundation
import Sheets
import Testing
import Topology
import TopologyFiles

@Suite("Files that the program makes") struct MadeFileTests {
    @Test("a tree of a given shape", arguments: [("tinh:1", 1, 1), ("tinh:1,huyen:11,xa:10", 122, 3), ("tw:1, tinh:34, xa:97", 3_333, 3)])
    func shape(text: String, nodes: Int, levels: Int) throws {
        let shape = try TreeShape(text)
        #expect(shape.count == nodes)
        let network = try TopologyFiles.parse(TopologyFiles.generate(shape, id: "g", name: "Tỉnh G"), file: "g.yaml")
        #expect((network.count, network.levelCount) == (nodes, levels))
        #expect(Set(network.nodes.map(\.address)).count == nodes)
        #expect(network.links.compactMap { $0 }.allSatisfy { $0.line.assumed })
    }

    @Test("a generated file is short and says what it supposes")
    func text() throws {
        let made = TopologyFiles.generate(try TreeShape("tinh:1,cum:1,xa:2"), id: "g", name: "Tỉnh G", language: .vi)
        #expect(
            made == """
                # Tạo bằng 'nhipcau topology generate --levels tinh:1,cum:1,xa:2'. Cách ghi tệp: docs/topology.md
                network: g
                name: Tỉnh G
                version: 1

                levels:
                  - {id: tinh, name: Tỉnh}
                  - {id: cum, name: Cụm kỹ thuật, technical: true, class: cum-tinh}
                  - {id: xa, name: Xã, class: xa-cum}

                # Chưa ai đo hoặc cấp; thay dần khi có số liệu.
                defaults:
                  assumed: true
                  addresses: 10.100.0.0/16
                  classes:
                    cum-tinh: {capacity: 20 Mbit/s, latency: 5 ms}
                    xa-cum: {capacity: 10 Mbit/s, latency: 5 ms}

                nodes:
                  - id: tinh
                    level: tinh
                    name: Tỉnh G

                  - id: cum-1
                    level: cum
                    name: Cụm kỹ thuật 1
                    uplink: tinh
                    rooms: []
                  - id: xa-1.1
                    level: xa
                    name: Xã 1.1
                    uplink: cum-1
                  - id: xa-1.2
                    level: xa
                    name: Xã 1.2
                    uplink: cum-1

                """)
    }

    @Test(
        "what is no shape is told",
        arguments: [
            ("tinh:2", "the topmost level 'tinh' must have exactly one node", "cấp trên cùng 'tinh' phải có đúng một nút"),
            (
                "tinh:1,xa", "'xa' is no LEVEL:NUMBER; write it like 'tinh:1,huyen:11,xa:10'",
                "'xa' không phải là CẤP:SỐ LƯỢNG; hãy viết như 'tinh:1,huyen:11,xa:10'"
            ),
            (
                "tinh:1,xa:0", "'xa:0' is no LEVEL:NUMBER; write it like 'tinh:1,huyen:11,xa:10'",
                "'xa:0' không phải là CẤP:SỐ LƯỢNG; hãy viết như 'tinh:1,huyen:11,xa:10'"
            ),
            ("a:1,b:2,a:3", "level 'a' is named twice", "cấp 'a' ghi hai lần"),
            ("a:1,b:400,c:400", "more than 120000 nodes", "nhiều hơn 120000 nút"),
        ])
    func malformed(text: String, english: String, vietnamese: String) {
        #expect(throws: TreeShape.Malformed.self) { try TreeShape(text) }
        do { _ = try TreeShape(text) } catch { #expect(error.description == english) }
        do { _ = try TreeShape(text, language: .vi) } catch { #expect(error.description == vietnamese) }
    }

    @Test(
        "a network written as a person would reads as the same network",
        arguments: [
            "three-levels", "yen-mo", "soc-trang", "bac-ninh-tinh-uy", "can-tho-2025", "thai-nguyen", "hau-giang", "can-tho-cum",
        ])
    func written(name: String) throws {
        let network = try loadNetwork(name)
        for one in [network, network.relocated(mediaPort: 15_004, httpPort: 18_443)] {
            let text = TopologyFiles.write(one)
            #expect(try TopologyFiles.parse(text, file: "again.yaml") == one)
            #expect(text.utf8.count < TopologyFiles.render(one).utf8.count)
        }
    }

    @Test("what lines have in common is said once, also how voices and pictures cross them")
    func common() throws {
        let network = try network(
            """
              - {id: r, level: a, name: R, address: 10.0.0.1, within: nơi xa}
              - {id: s, level: b, address: 10.0.0.2, uplink: {to: r, up: 3 Mbit/s, audio: mix, video: none, loss: 1 %, carrier: VNPT}}
              - {id: t, level: b, address: 10.0.0.3, uplink: {to: r, up: 3 Mbit/s, audio: mix, video: none, loss: 1 %, carrier: VNPT, zone: z}}
              - {id: u, level: b, address: 10.0.0.4, uplink: {to: r, capacity: 1 Mbit/s, latency: 2 ms, audio: forward, carrier: FPT, assumed: true}, assumed: true}
              - {id: v, level: c, address: 10.0.0.5, uplink: {to: s, backup: [r]}, rooms: [{id: x, name: X}, {id: y, name: "Phòng: y"}]}

            """)
        let text = TopologyFiles.write(network)
        #expect(try TopologyFiles.parse(text, file: "again.yaml") == network)
        #expect(text.contains("  b-a: {up: 3 Mbit/s, down: 1 Mbit/s, loss: 1 %, carrier: VNPT, audio: mix, video: none}\n"))
        #expect(text.contains("    uplink: r\n"))
        #expect(text.contains("    uplink: {to: r, zone: z}\n"))
    }

    @Test("a list of units hangs below one root")
    func units() throws {
        let list = """
            code,name,level,parent_code
            01,Hà Nội,province,
            24,Tỉnh Bắc Ninh,province,
            4,Phường Ba Đình,commune,1
            07210,Phường Kinh Bắc,commune,24
            """
        let options = SheetOptions(edition: "2025-07", root: SheetOptions.Root(id: "TW", name: "Trung ương"))
        let result = Sheets.importSheet(bytes: Array(list.utf8), file: "units.csv", options: options)
        let network = try TopologyFiles.parse(try #require(result.yaml), file: "units.yaml")
        #expect(network.nodes.map(\.id) == ["TW", "T01", "X00004", "T24", "X07210"])
        #expect(network.tree.children(0) == [1, 3])
        #expect(network.name(of: 2) == "Phường Ba Đình, Hà Nội")
        #expect(network.name(of: 3) == "Tỉnh Bắc Ninh")
        #expect(result.summary == "ok: 5 nodes, 4 trunks, 3 levels, 2 mended; assumed: 5 addresses, 4 capacities, 4 delays")
    }

    @Test("the bill of links names every link, its ends and its figures", arguments: [Language.en, .vi])
    func bill(language: Language) throws {
        let lines = Sheets.linkBill(try loadNetwork("yen-mo"), language: language).components(separatedBy: "\r\n")
        #expect(lines.count == 19 + 3)
        let commune = try #require(lines.first { $0.contains(language == .vi ? ";X14740;" : ",X14740,") })
        #expect(
            commune
                == (language == .vi
                    ? "15;X14740;Xã Yên Mỹ;\"Xã Yên Mỹ, huyện Yên Mô\";xa;;14740;2021-11;H377;\"Huyện Yên Mô, tỉnh Ninh Bình\";;;10;10;6;;có;10.37.1.23;;;;"
                    : "15,X14740,Xã Yên Mỹ,\"Xã Yên Mỹ, huyện Yên Mô\",xa,,14740,2021-11,H377,\"Huyện Yên Mô, tỉnh Ninh Bình\",,,10,10,6,,yes,10.37.1.23,,,,"))
        #expect(lines[20].contains(language == .vi ? ";;Tổng cộng;18 đường truyền;" : ",,Total,18 links,"))
    }

    @Test("a bill imported again gives the network back", arguments: ["yen-mo", "soc-trang", "bac-ninh-tinh-uy", "can-tho-2025"], [Language.en, .vi])
    func again(name: String, language: Language) throws {
        let network = try loadNetwork(name)
        let bill = Sheets.linkBill(network, language: language)
        let result = Sheets.importSheet(bytes: Array(bill.utf8), file: "bill.csv", output: "\(name).yaml", language: language)
        #expect(!result.problems.contains { $0.severity == .error }, "\(result.text)")
        let again = try TopologyFiles.parse(try #require(result.yaml), file: "again.yaml")
        #expect(again.tree == network.tree)
        #expect(again.nodes.map(\.name) == network.nodes.map(\.name))
        #expect(again.nodes.map(\.address) == network.nodes.map(\.address))
        #expect(again.links.map { $0?.line } == network.links.map { $0?.line })
        #expect(again.links.map { $0?.zone } == network.links.map { $0?.zone })
        #expect(again.nodes.map(\.assumed) == network.nodes.map(\.assumed))
    }
}

/// Real site lists, which may be absent: the folder is named by `NHIPCAU_SITE_LISTS`.
@Suite("Real site lists", .enabled(if: ProcessInfo.processInfo.environment["NHIPCAU_SITE_LISTS"] != nil))
struct SiteListTests {
    @Test("every list imports and checks clean, with a node for each row that is no uplink outside")
    func lists() throws {
        let folder = ProcessInfo.processInfo.environment["NHIPCAU_SITE_LISTS"] ?? ""
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".csv") }.sorted()
        #expect(!files.isEmpty)
        for file in files {
            let path = folder + "/" + file
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let rows = text.split(whereSeparator: \.isNewline).dropFirst()
            let outside = rows.filter { $0.contains(",external-uplink,") }
            let result = Sheets.importSheet(path, output: file.replacing(".csv", with: ".yaml"))
            #expect(result.nodes == rows.count - outside.count, "\(file)")
            #expect(result.hasUpstream == !outside.isEmpty)
            let yaml = try #require(result.yaml, "\(result.text)")
            #expect(try TopologyFiles.parse(yaml, file: file).count == result.nodes)
        }
    }
}
