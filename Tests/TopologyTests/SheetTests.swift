import Documents
import Foundation
import Sheets
import Testing
import Topology
import TopologyFiles

/// The folder of the sheets, ending with a slash.
let sheetFolder = Bundle.module.resourceURL!.appendingPathComponent("Sheets").path + "/"

private func expected(_ name: String) throws -> String {
    try String(contentsOfFile: sheetFolder + name, encoding: .utf8).trimmingCharacters(in: .newlines)
}

/// What is said about a sheet of these lines, without the file's name.
private func says(_ lines: [String], output: String? = nil, options: SheetOptions = SheetOptions()) -> [String] {
    says(bytes: Array(lines.joined(separator: "\n").utf8), output: output, options: options)
}
private func says(bytes: [UInt8], output: String? = nil, options: SheetOptions = SheetOptions()) -> [String] {
    Sheets.importSheet(bytes: bytes, file: "s", output: output, options: options).problems.map {
        "\($0.line):\($0.column): \($0.severity.rawValue)[\($0.code.rawValue)]: \($0.message)"
    }
}
private func network(_ lines: [String], options: SheetOptions = SheetOptions()) throws -> Network {
    let result = Sheets.importSheet(bytes: Array(lines.joined(separator: "\n").utf8), file: "s", options: options)
    return try TopologyFiles.parse(try #require(result.yaml, "\(result.text)"), file: "s.yaml")
}

@Suite("A planner's sheet becomes a topology file") struct SheetTests {
    @Test("a messy sheet: each thing mended in one line, in both languages", arguments: ["messy", "errors"], [Language.en, .vi])
    func messy(name: String, language: Language) throws {
        let result = Sheets.importSheet(sheetFolder + name + ".csv", output: name + ".yaml", language: language)
        #expect(result.text.replacing(sheetFolder, with: "") == (try expected("\(name).\(language.rawValue).txt")))
        #expect(result.ok == (name == "messy"))
    }

    @Test("the messy sheet's topology is what a person would write, and checks clean")
    func written() throws {
        let result = Sheets.importSheet(sheetFolder + "messy.csv", output: "messy.yaml")
        let yaml = try #require(result.yaml)
        #expect(yaml.trimmingCharacters(in: .newlines) == (try expected("messy.yaml")))
        let network = try TopologyFiles.parse(yaml, file: "messy.yaml")
        #expect((network.count, network.levelCount) == (result.nodes, result.levels))
        #expect((result.nodes, result.trunks) == (15, 14))
        #expect(network.name(of: try #require(network.slot(id: "X14704"))) == "UBND xã Khánh Thượng, huyện Yên Mô")
        #expect(network.node(id: "C1")?.rooms == [])
        #expect(network.upstream?.latency == .milliseconds(8))
    }

    @Test("both languages find the same, in other words")
    func languages() {
        for name in ["messy", "errors"] {
            let english = Sheets.importSheet(sheetFolder + name + ".csv").problems
            let vietnamese = Sheets.importSheet(sheetFolder + name + ".csv", language: .vi).problems
            #expect(english.map(\.code) == vietnamese.map(\.code))
            for (a, b) in zip(english, vietnamese) { #expect(a.message != b.message) }
        }
    }

    @Test("every code of sheets is shown by some test here")
    func everyCode() throws {
        let shown = try expected("messy.en.txt") + expected("errors.en.txt") + Self.cases.flatMap(\.says).joined()
        for code in ProblemCode.ofSheets { #expect(shown.contains("[\(code.rawValue)]"), "\(code.rawValue)") }
    }

    @Test("the page about sheets explains every code, in both languages", arguments: ["sheets.md", "sheets.vi.md"])
    func guide(name: String) throws {
        let guide = try String(contentsOfFile: topologyFolder + "/../docs/" + name, encoding: .utf8)
        for code in ProblemCode.ofSheets { #expect(guide.contains("`\(code.rawValue)`"), "\(code.rawValue)") }
    }

    // MARK: Small sheets

    struct Case: CustomTestStringConvertible {
        var lines: [String]
        var says: [String]
        var testDescription: String { lines.joined(separator: " | ") }
    }
    static let cases: [Case] = [
        Case(lines: [], says: ["1:1: error[no-header]: no row of headings found; at least a column of names is needed ('site_name', 'Tên điểm cầu')"]),
        Case(
            lines: ["a,b", "1,2"],
            says: ["1:1: error[no-header]: no row of headings found; at least a column of names is needed ('site_name', 'Tên điểm cầu')"]),
        Case(
            lines: ["site_code,level", "T,tinh"],
            says: [
                "1:1: error[missing-column]: there is no column 'site_name'",
                "1:1: mended[parents-by-order]: there is no column of parents: each row hangs below the nearest row above with a higher level",
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site,Cấp trên", "T,Tỉnh T,tinh,,"],
            says: ["1:39: error[duplicate-column]: columns 'Cấp trên' and 'parent_site' hold the same; leave one"]),
        Case(lines: ["site_code,site_name,level,parent_site"], says: ["1:1: error[no-root]: the sheet has no sites"]),
        Case(
            lines: ["site_code,site_name,level,parent_site", "A,Xã A,xa,B", "B,Xã B,huyen,A"],
            says: [
                "2:11: error[cycle]: the parents form a cycle: A → B → A",
                "2:11: error[no-root]: every site has a parent; the topmost one must have none",
                "3:8: error[level-against-name]: the level is 'huyen', but the name says 'xã'",
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site,role", "TW,TW,tw,,external-uplink", "T,Tỉnh T,tinh,TW,bridge", "S,Sở S,so_nganh,TW,bridge"],
            says: ["4:17: error[two-roots]: 'S' hangs below the network outside, but so does 'T' in line 3; only one may"]),
        Case(
            lines: ["Tên,Mã ĐVHC", "Tỉnh T,37", "Huyện H,377", "Xã X,14701"],
            says: [
                "1:1: mended[code-made]: there is no column of site codes: they are made from unit codes and names",
                "1:1: mended[level-derived]: there is no column of levels: they are taken from unit codes and names",
                "1:1: mended[parents-by-order]: there is no column of parents: each row hangs below the nearest row above with a higher level",
                "1:5: mended[edition]: the sheet does not say which edition its unit codes belong to; written as 'before-2025-07', better give --edition",
            ]),
        Case(
            lines: ["site_name,level,parent_site", "Tỉnh T,tinh,", "Phòng P,,Tỉnh T", "Phòng Q,?,Tỉnh T"],
            says: [
                "1:1: mended[code-made]: there is no column of site codes: they are made from unit codes and names",
                "3:1: mended[merged-cell]: 'level' is blank (merged cells); taken from the row above: 'tinh'",
                "3:10: error[level-order]: 'phong-p' (level 'tinh') hangs below 'tinh-t' (level 'tinh'): a parent's level must be higher",
                "4:9: mended[placeholder]: '?' stands for nothing; read as blank",
                "4:1: error[missing-level]: the level is blank, and neither unit code nor name tells it",
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site", "T,=Tỉnh T,tinh,-", "X,Xã Ðông,xa,T", "#N/A,Xã B,xa,T", ",Người lập,,"],
            says: [
                "2:3: mended[formula-text]: '=Tỉnh T' begins like a formula; taken as text, and written into sheets so that none reckons it",
                "2:16: mended[placeholder]: '-' stands for nothing; read as blank", "3:3: mended[look-alike]: 'Xã Đông' had the letter eth (Ð) instead of Đ",
                "4:1: error[failed-formula]: '#N/A' is a formula that failed in the spreadsheet; mend it there, or write the value",
                "5:1: mended[foot-row]: this row is the foot of the sheet, no site; left out",
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site,status", "T,Tỉnh T,tinh,,", "H,Huyện H,huyen,T,merged", "X,Xã X,xa,H,"],
            says: [
                "3:19: mended[merged-away]: 'H' is merged into another unit ('đã sáp nhập'); left out",
                "4:11: error[unknown-parent]: the parent 'H' is merged into another unit (line 3) and not part of the network",
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site", "T,Tỉnh T,tinh,", "KHỐI XÃ,,,", ",Xã X,,", "Y,Xã Y,xa,T"],
            says: [
                "3:1: mended[section-row]: 'KHỐI XÃ' alone in its row is a heading, no site; rows below that name no parent hang below it",
                "4:2: mended[section-row]: 'Xã X' alone in its row is a heading, no site; rows below that name no parent hang below it",
                "4:2: error[unknown-section]: 'Xã X' stands alone in its row, but no site has this name: give the row a code, a level or a parent, "
                    + "or write the name of a site",
            ]),
        Case(
            lines: [
                "site_code,site_name,level,parent_site", "T,Tỉnh T,tinh,", "H,UBND huyện H,huyen,T", "HUYỆN K,,,", "X,Xã X,xa,", "Huyện H,,,", "Y,Xã Y,xa,",
            ],
            says: [
                "4:1: mended[section-row]: 'HUYỆN K' alone in its row is a heading, no site; rows below that name no parent hang below it",
                "4:1: error[unknown-section]: 'HUYỆN K' stands alone in its row, but no site has this name: give the row a code, a level or a parent, "
                    + "or write the name of a site",
                "6:1: mended[section-row]: 'Huyện H' alone in its row is a heading, no site; rows below that name no parent hang below it",
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site,up_mbps", "T,Tỉnh T,tinh,,", "H,Huyện H,huyen,T,10,5"],
            says: [
                "3:22: error[extra-cells]: this row has 6 cells for 5 headings: a cell with a separator or a decimal comma in it must be quoted"
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site,backup_parent", "T,Tỉnh T,tinh,,", "H,Huyện H,huyen,T,K", "K,Huyện K,huyen,T,H"],
            says: [
                "4:19: error[backup-cycle]: uplinks and backups can form a cycle: K → H → K; of two nodes only one may back up on the other"
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site", "X5291,Tỉnh T,tinh,", "X73612,Huyện H,huyen,X5291"],
            says: [
                "3:1: error[node-index-collision]: 'X73612' has the same name on the wire as 'X5291' in line 2; change one of the two ids a little"
            ]),
        Case(
            lines: ["code,name,level,parent_code", "01,Thành phố Hà Nội,province,", "4,Phường Ba Đình,commune,1"],
            says: [
                "1:1: mended[code-made]: there is no column of site codes: they are made from unit codes and names",
                "1:1: mended[edition]: the sheet does not say which edition its unit codes belong to; written as '2025-07', better give --edition",
                "3:1: mended[leading-zeros]: '4' lost its leading zeros; read as '00004'",
            ]),
        Case(
            lines: ["site_code,site_name,level,parent_site,unit_code", "01,Thành phố H,tinh,,01", "4,Phường B,xa,1,4"],
            says: [
                "1:39: mended[edition]: the sheet does not say which edition its unit codes belong to; written as '2025-07', better give --edition",
                "3:1: mended[leading-zeros]: '4' lost its leading zeros; read as '00004'",
                "3:15: mended[leading-zeros]: '1' lost its leading zeros; read as '01'",
                "3:17: mended[leading-zeros]: '4' lost its leading zeros; read as '00004'",
            ]),
    ]

    @Test("a small sheet gets exactly these messages", arguments: cases)
    func small(one: Case) {
        #expect(Set(says(one.lines)) == Set(one.says))
        #expect(says(one.lines).count == one.says.count)
    }

    @Test("bytes that are no UTF-8 text are told apart")
    func encodings() {
        #expect(says(bytes: [0x50, 0x4B, 3, 4, 0]) == ["1:1: error[unreadable]: this workbook has no sheet in it: save it anew as .xlsx"])
        #expect(says(bytes: Array("site_name\n".utf8) + [0xE0, 0x20]) == ["2:1: error[unreadable]: this line is not UTF-8; save the file as UTF-8"])
        var utf16: [UInt8] = [0xFF, 0xFE]
        for unit in "site_code\tsite_name\tlevel\tparent_site\nT\tTỉnh T\ttinh\t\n".utf16 { utf16 += [UInt8(unit & 255), UInt8(unit >> 8)] }
        #expect(
            says(bytes: utf16) == [
                "1:1: mended[byte-order-mark]: read as UTF-16; better save it as 'CSV UTF-8'",
                "1:10: mended[separator]: cells are separated by a tab instead of ','",
            ])
        #expect(
            Sheets.importSheet("/no/such.csv").text
                == "/no/such.csv:1:1: error[unreadable]: cannot be read: No such file or directory\n1 error, 0 mended: no file written")
    }

    @Test("columns may stand in any order, in either language, and most may be missing")
    func columns() throws {
        let small = try network(["parent_site,site_name,site_code,level", ",Tỉnh T,T,tinh", "T,Xã X,X,xa"])
        #expect(small.nodes.map(\.id) == ["T", "X"])
        let vietnamese = try network(["Cấp;Điểm cầu cấp trên;Tên điểm cầu;Mã điểm cầu", "tinh;;Tỉnh T;T", "xa;T;Xã X;X"])
        #expect(vietnamese.tree == small.tree)
        let least = try network(["Tên", "Tỉnh T", "Huyện H", "Xã X", "Xã Y", "Huyện K", "Xã Z"])
        #expect(least.nodes.map(\.id) == ["tinh-t", "huyen-h", "xa-x", "xa-y", "huyen-k", "xa-z"])
        #expect(least.tree.children(0).map { least.nodes[$0].name } == ["Huyện H", "Huyện K"])
    }

    @Test("hubs and places that are no unit have levels of their own, in the order in which they hang")
    func hubs() throws {
        let network = try network([
            "site_code,site_name,level,parent_site", "T,Tỉnh T,tinh,", "C1,Cụm 1,cụm kỹ thuật,T", "X,Xã X,xa,C1", "S,Sở S,so_nganh,T",
            "TR,Trường R,Trường học,X", "Y,Xã Y,xa,T",
        ])
        #expect(network.levels.map(\.id) == ["tinh", "cum", "so-nganh", "xa", "truong-hoc"])
        #expect(network.levels.map(\.rank) == [0, 1, 1, 2, 3])
        #expect(network.levels.map(\.technical) == [false, true, false, false, false])
        #expect(network.name(of: try #require(network.slot(id: "X"))) == "Xã X, tỉnh T")
        #expect(network.sites.count == 5)
    }

    @Test("a hub by its role has no hall, and a level of hubs only is technical")
    func roles() throws {
        let network = try network([
            "site_code,site_name,level,parent_site,role", "T,Tỉnh T,tinh,,bridge", "V1,Vùng 1,vùng,T,cụm kỹ thuật", "X,Xã X,xa,V1,bridge-leaf",
        ])
        #expect(network.levels.map(\.technical) == [false, true, false])
        #expect(network.levels[1].name == "vùng")
        #expect(network.sites.map(\.rawValue) == ["T", "X"])
        #expect(network.name(of: 2) == "Xã X, tỉnh T")
    }

    @Test("a name may be shortened, and means the nearest higher level that has it")
    func names() throws {
        let network = try network([
            "site_code,site_name,level,parent_site", "T,UBND tỉnh Sóc Trăng,tinh,", "H1,UBND thành phố Sóc Trăng,huyen,Tỉnh Sóc Trăng",
            "H2,UBND thị xã Ngã Năm,huyen,tỉnh sóc trăng", "X1,Phường 1,xa,TP. Sóc Trăng", "X2,Phường 2,xa,TX Nga Nam",
        ])
        #expect(network.tree.children(0).map { network.nodes[$0].id } == ["H1", "H2"])
        #expect(network.tree.children(1).map { network.nodes[$0].id } == ["X1"])
        #expect(network.tree.children(3).map { network.nodes[$0].id } == ["X2"])
    }

    @Test("a column for both directions may say which comes first")
    func pairs() throws {
        let up = try network(["site_code,site_name,level,parent_site,Băng thông lên/xuống (Mbps)", "T,Tỉnh T,tinh,,", "X,Xã X,xa,T,8/20"])
        #expect(up.links[1]?.line == Network.Line(up: .mbps(8), down: .mbps(20), latency: .milliseconds(5), assumesLatency: true))
        let down = try network(["site_code,site_name,level,parent_site,Băng thông xuống/lên (Mbps)", "T,Tỉnh T,tinh,,", "X,Xã X,xa,T,20/8M"])
        #expect(down.links == up.links)
        #expect(
            says(["site_code,site_name,level,parent_site,Băng thông (Mbps)", "T,Tỉnh T,tinh,,", "X,Xã X,xa,T,20/8M"]) == [
                "3:13: error[ambiguous-number]: which part of '20/8M' is up and which is down? write them into the two columns"
            ])
    }

    @Test("headings in two rows, and a row that numbers the columns")
    func twoRows() throws {
        let lines = [
            "TT,Mã điểm cầu,Tên điểm cầu,Cấp,Cấp trên,Băng thông (Mbps),,Toạ độ,", ",,,,,Lên,Xuống,Vĩ độ,Kinh độ", "(1),(2),(3),(4),(5),(6),(7),(8),(9)",
            "1,T,Tỉnh T,tinh,,,,20.1,106.2", "2,X,Xã X,xa,T,8,20,,",
        ]
        #expect(
            says(lines) == [
                "2:6: mended[heading]: heading 'Băng thông Lên' is read as 'up_mbps'",
                "2:10: mended[heading]: heading 'Băng thông Xuống' is read as 'down_mbps'",
                "2:16: mended[heading]: heading 'Toạ độ Vĩ độ' is read as 'lat'",
                "2:22: mended[heading]: heading 'Toạ độ Kinh độ' is read as 'lon'",
                "3:1: mended[second-header]: this row numbers the columns; left out",
            ])
        let network = try network(lines)
        #expect(network.nodes[0].coordinates == Network.Coordinates(latitude: 20.1, longitude: 106.2))
        #expect((network.links[1]?.line.up, network.links[1]?.line.down) == (.mbps(8), .mbps(20)))
        // A first site is no row of headings.
        #expect(says(["site_code,site_name,level,parent_site", "T,Lên,tinh,"]) == [])
    }

    @Test("headings across the table part it, and stand in for parents where they name a site")
    func sections() throws {
        let network = try network([
            "site_code,site_name,level,parent_site", "CẤP TỈNH,,,", "T,Tỉnh T,tinh,", "CẤP HUYỆN,,,", "H,Huyện H,huyen,T", "K,Huyện K,huyen,T",
            "Huyện H,,,", "X,Xã X,xa,", "HUYỆN K,,,", "Y,Xã Y,xa,", "Z,Xã Z,xa,",
        ])
        #expect(network.nodes.map(\.id) == ["T", "H", "X", "K", "Y", "Z"])
        #expect(network.tree.children(3) == [4, 5])
    }

    @Test("a blank parent is that of the row above, or of the last row of the same level below the same one")
    func mergedCells() throws {
        let rows = [
            "site_code,site_name,level,parent_site", "T,Tỉnh T,tinh,", "H,Huyện H,huyen,T", "X,Xã X,xa,H", "Y,Xã Y,xa,", "K,Huyện K,huyen,", "Z,Xã Z,xa,K",
        ]
        #expect(
            says(rows) == [
                "5:3: mended[merged-cell]: 'parent_site' is blank (merged cells); taken from the row above: 'H'",
                "6:3: mended[merged-cell]: 'parent_site' is blank (merged cells); taken from the row above: 'T'",
            ])
        #expect(try network(rows).nodes.map(\.id) == ["T", "H", "X", "Y", "K", "Z"])
        // Below a new district a blank is no merged cell: it may mean this district or the one before.
        #expect(
            says(Array(rows.dropLast()) + ["Z,Xã Z,xa,"]).last
                == "7:3: error[missing-parent]: the parent is blank; only the topmost site has none, and that is 'T' in line 2")
    }

    @Test("a parent may be given by its code with its name beside it, a level as 'Cấp xã'")
    func codeAndName() throws {
        let lines = ["Mã điểm cầu,Tên điểm cầu,Cấp,Trực thuộc", "T-1,Tỉnh T,Cấp tỉnh,", "X,Xã X,Cấp xã,T-1 - Tỉnh T", "Y,Xã Y,Cấp xã,Tỉnh T (T-1)"]
        #expect(try network(lines).tree.children(0) == [1, 2])
        #expect(
            says(lines) == [
                "3:15: mended[parent-by-name]: the parent is given by name: 'T-1 - Tỉnh T' is 'T-1'",
                "4:15: mended[parent-by-name]: the parent is given by name: 'Tỉnh T (T-1)' is 'T-1'",
            ])
    }

    @Test("the report as JSON has these keys")
    func json() throws {
        let result = Sheets.importSheet(sheetFolder + "messy.csv")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.json.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["ok", "nodes", "trunks", "levels", "upstream", "mended", "errors", "assumed", "problems"])
        #expect((object["mended"] as? Int, object["errors"] as? Int) == (40, 0))
        let problems = try #require(object["problems"] as? [[String: Any]])
        #expect(problems[0]["severity"] as? String == "mended")
    }

    @Test("random damage to a sheet is told or harmless, never fatal")
    func damage() throws {
        let good = Array(try String(contentsOfFile: sheetFolder + "messy.csv", encoding: .utf8).utf8)
        var generator = TestSeed.generator("sheet damage")
        for _ in 0..<150 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 9...126, using: &generator)
                case 1: bytes.remove(at: at)
                case 2: bytes[at] = [34, 59, 10, 44].randomElement(using: &generator) ?? 34
                default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
                }
            }
            let result = Sheets.importSheet(bytes: bytes, file: "s", output: "s.yaml")
            if let yaml = result.yaml { #expect(throws: Never.self) { try TopologyFiles.parse(yaml, file: "s.yaml") } }
            #expect(result.ok == !result.problems.contains { $0.severity == .error })
        }
    }
}
