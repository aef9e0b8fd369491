import Foundation
import Testing
import Topology

@testable import Documents
@testable import TopologyFiles

@Suite("What an import says can be read and found") struct SheetWordsTests {
    @Test("errors come first, mends by columns in one line, and none with --quiet")
    func grouping() throws {
        var sheet = Sheet()
        for i in 0..<100 { sheet.rows.append(["X\(20_000 + i)", "Xã số \(i)", "xa", "\(20_000 + i)", "H377", "8", "", "20,1", "106,0"]) }
        sheet[50, .parent] = "H999"
        let result = sheet.imported()
        let lines = result.text.components(separatedBy: "\n")
        #expect(lines.count == 4, "\(result.text)")
        #expect(lines[0].contains("E52 (Điểm cầu cấp trên): there is no site 'H999'"))
        #expect(lines[1].contains("mended[decimal-comma]: column H (Vĩ độ): 100 cells, H6 to H105; the first: '20,1' has a decimal comma"))
        #expect(lines[2].contains("column I (Kinh độ): 100 cells"))
        #expect(lines[3] == "1 error, 200 mended: no file written")
        #expect(result.text(quiet: true).components(separatedBy: "\n") == [lines[0], lines[3]])
        #expect(result.problems.count == 201)
    }

    @Test("a cell is named as the spreadsheet names it, also behind line breaks in cells and a line 'sep='")
    func cells() throws {
        var sheet = Sheet()
        sheet[1, .name] = "UBND huyện\nYên Mô"
        sheet[3, .address] = "10.37.1.300"
        let problem = try #require(sheet.imported().problems.first { $0.severity == .error })
        #expect((problem.line, problem.cell?.description) == (6, "G5 (Địa chỉ IP nút)"))
        let behind = Sheet.importing(Array(("sep=,\r\n" + sheet.text).utf8)).problems.first { $0.severity == .error }
        #expect((behind?.line, behind?.cell?.name) == (7, "G5"))
        #expect(CellName(row: 3, position: 26, heading: "").name == "AA3")
        #expect(CellName(row: 3, position: 701, heading: "").name == "ZZ3")
        #expect(CellName(row: 3, position: 702, heading: "").name == "AAA3")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(sheet.imported().json.utf8)) as? [String: Any])
        let problems = try #require(object["problems"] as? [[String: Any]])
        #expect(problems.contains { $0["cell"] as? String == "G5" && $0["heading"] as? String == "Địa chỉ IP nút" })
    }

    @Test("severities are said in the language of the messages")
    func severities() {
        var sheet = Sheet()
        sheet[2, .address] = "10.37.1.300"
        sheet[3, .latitude] = "20,1"
        let text = sheet.imported(language: .vi).text
        #expect(text.contains(": lỗi[bad-address]: "))
        #expect(text.contains(": đã sửa[decimal-comma]: "))
        #expect(!text.contains("error[") && !text.contains("mended["))
        let yaml = TopologyFiles.check(files: [brokenFolder + "assumed.yaml"], language: .vi).text
        #expect(yaml.contains(": cảnh báo[assumed-capacity]: "))
    }

    @Test("headings that planners use are known, and near ones suggested")
    func headings() throws {
        var sheet = Sheet()
        sheet.head += ["ISP", "Tình trạng", "Người phụ trách", "SĐT", "Tốc độ đường truyền", "Màu sắc"]
        for i in sheet.rows.indices { sheet.rows[i] += ["VNPT", i == 3 ? "dự kiến" : "hoạt động", "Bà A", "0912345678", "1", "đỏ"] }
        let result = sheet.imported(language: .vi)
        #expect(result.ok)
        #expect(
            result.messages == [
                "tệp mạng không ghi nội dung cột 'Người phụ trách'; đã bỏ", "tệp mạng không ghi nội dung cột 'SĐT'; đã bỏ",
                "không biết cột 'Tốc độ đường truyền'; đã bỏ; có phải 'Băng thông (Mbps)' không?", "không biết cột 'Màu sắc'; đã bỏ",
            ])
        let network = try TopologyFiles.parse(try #require(result.yaml), file: "s.yaml")
        #expect(network.links[1]?.line.carrier == "VNPT")
        #expect(network.nodes[3].assumed)
    }

    @Test("what the import wrote is read again before it is called good")
    func readAgain() throws {
        let names = [
            "a\\b", "\"x\"", "{a: b}", "- x", "# x", "a: b", "null", "true", "~", "01", "1e5", "*x",
            "&x", "!x", "%x", "@x", "x #y", "[x", "a, b", "'x",
        ]
        for name in names {
            var sheet = Sheet()
            sheet[3, .name] = name
            let result = sheet.imported()
            guard let yaml = result.yaml else {
                #expect(result.problems.contains { $0.severity == .error }, "\(name)")
                continue
            }
            let network = try TopologyFiles.parse(yaml, file: "s.yaml")
            #expect(network.nodes[3].name == name)
            #expect(try TopologyFiles.parse(network.canonical, file: "c.yaml") == network)
        }
    }
}

@Suite("A node is found by what people call it") struct NodeWordsTests {
    @Test("by id, by name with and without its office and marks, where one node has it")
    func found() throws {
        let network = try loadNetwork("yen-mo")
        for word in ["X14740", "x14740", "Xã Yên Mỹ", "xã yên mỹ", "Yên Mỹ", "UBND xã Yên Mỹ", "xa yen my", "Xã Yên Mỹ, huyện Yên Mô"] {
            #expect(try TopologyFiles.nodeID(word, in: network) == "X14740", "\(word)")
        }
    }

    @Test("a near id or name is suggested")
    func near() throws {
        let network = try loadNetwork("yen-mo")
        func says(_ word: String, _ language: Language = .en) -> String {
            do {
                return try TopologyFiles.nodeID(word, in: network, language: language)
            } catch {
                return error.description
            }
        }
        #expect(says("X1474").hasPrefix("there is no node 'X1474'; did you mean 'X147"))
        #expect(says("Xã Yên Mĩĩ", .vi).hasPrefix("không có nút 'Xã Yên Mĩĩ'; có phải 'X14"))
        #expect(says("sân bay") == "there is no node 'sân bay'")
    }

    @Test("a name that two nodes have is told with both")
    func several() throws {
        let network = try network(
            "  - {id: T, level: a, address: 10.0.0.1}\n  - {id: X, level: b, name: Xã Hòa Bình, address: 10.0.0.2, uplink: T}\n"
                + "  - {id: Y, level: c, name: Xã Hòa Bình, address: 10.0.0.3, uplink: X}\n")
        do {
            _ = try TopologyFiles.nodeID("Hòa Bình", in: network)
            Issue.record("found")
        } catch {
            #expect(error.description == "'Hòa Bình' may be 'X' or 'Y'; write the id")
        }
    }

    @Test("a patch with an unknown node suggests one")
    func patch() throws {
        let network = try loadNetwork("yen-mo")
        do {
            _ = try TopologyFiles.change(network, by: [.cut(node: "X1474")])
            Issue.record("made")
        } catch let error as UnmadeChange {
            #expect(error.description.contains("did you mean 'X147"))
        }
    }
}
