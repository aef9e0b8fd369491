import Foundation
import Testing
import Topology

@testable import Documents
@testable import Sheets
@testable import TopologyFiles

@Suite("Excel workbooks") struct ExcelTests {
    @Test("deflated bytes come out as they went in; a limit, an early end and a wrong distance are errors")
    func inflate() throws {
        let stored: [UInt8] = [1, 3, 0, 0xFC, 0xFF, 65, 66, 67]
        #expect(try Inflate.unpack(stored[...], limit: 3) == [65, 66, 67])
        #expect(throws: Inflate.Failure.tooLarge) { try Inflate.unpack(stored[...], limit: 2) }
        #expect(throws: Inflate.Failure.endsEarly) { try Inflate.unpack(stored.dropLast(), limit: 9) }
        // Fixed codes: "a", then three more by a distance of one; and the same with a distance before the beginning.
        #expect(try Inflate.unpack([0x4B, 0x04, 0x02, 0x00][...], limit: 99) == Array("aaaa".utf8))
        #expect(throws: Inflate.Failure.malformed) { try Inflate.unpack([0x03, 0x02, 0x00][...], limit: 99) }
        #expect(throws: Inflate.Failure.malformed) { try Inflate.unpack([0x07][...], limit: 9) }
    }

    private func cells(_ bytes: [UInt8]) throws -> String { try #require(try Workbook(bytes)).text }

    @Test("a workbook that we write is read as it was written: numbers, texts with signs, empty cells")
    func roundTrip() throws {
        let rows: [[WorkbookWriter.Cell]] = [
            [.text("Tên"), .text("Băng thông")], [.text("Xã A & B, \"C\" <D>"), .number(9.6)], [.empty, .number(8)], [.text(" x\ny "), .empty],
        ]
        let bytes = WorkbookWriter.file(rows, sheet: "Đường & truyền")
        #expect(try cells(bytes) == "Tên,Băng thông\n\"Xã A & B, \"\"C\"\" <D>\",9.6\n,8\n x y \n")
        #expect(bytes == WorkbookWriter.file(rows, sheet: "Đường & truyền"))
        #expect(try Workbook(Array("a,b\n".utf8)) == nil)
    }

    @Test("the bill of links as a workbook is imported again like the one in CSV", arguments: ["soc-trang", "yen-mo", "bac-ninh-tinh-uy"])
    func bill(name: String) throws {
        let network = try loadNetwork(name)
        for language in Language.allCases {
            let csv = Sheets.importSheet(bytes: Array(Sheets.linkBill(network, language: language).utf8), file: "x")
            let excel = Sheets.importSheet(bytes: Sheets.linkBillWorkbook(network, language: language), file: "x")
            #expect(excel.ok)
            #expect(excel.yaml == csv.yaml)
        }
    }

    @Test("what is wrong is told with the spreadsheet's own name of the cell")
    func places() throws {
        let rows: [[WorkbookWriter.Cell]] = [
            [.text("site_code"), .text("site_name"), .text("level"), .text("parent_site"), .text("up_mbps"), .text("down_mbps")],
            [.text("T1"), .text("Tỉnh A"), .text("Tỉnh"), .empty, .empty, .empty],
            [.text("H1"), .text("Huyện B, \"mới\""), .text("Huyện"), .text("T9"), .text("nhiều"), .number(20)],
        ]
        let result = Sheets.importSheet(bytes: WorkbookWriter.file(rows, sheet: "a"), file: "x.xlsx")
        let errors = result.problems.filter { $0.severity == .error }
        #expect(Set(errors.map(\.workbookCell)) == ["D3", "E3"])
        #expect(errors.allSatisfy { $0.description.hasPrefix("x.xlsx:\($0.workbookCell ?? "")" + ": error[") })
        #expect(result.json.contains("\"cell\":\"E3\""))
        #expect([0, 25, 26, 701, 702].map(ColumnName.letters) == ["A", "Z", "AA", "ZZ", "AAA"])
        #expect(WorkbookCells.place("BC12").map { [$0.row, $0.column] } == [11, 54])
        for bad in ["", "A", "1", "A0", "1A", "a1", "A1B", "AAAAAAAAA1", "A99999999999"] { #expect(WorkbookCells.place(bad) == nil) }
    }

    private func workbook(_ sheet: String, strings: String? = nil) -> [UInt8] {
        ZIPWriter.archive(
            [("xl/worksheets/sheet1.xml", Array(sheet.utf8))] + (strings.map { [("xl/sharedStrings.xml", Array($0.utf8))] } ?? []))
    }

    @Test("shared strings, runs of letters, formulas, truth values, faults and cells without a place are read")
    func forms() throws {
        let strings = "<sst><si><t>Xã A</t></si><si><r><t>Xã </t></r><r><t xml:space=\"preserve\">B</t></r><rPh><t>x</t></rPh></si></sst>"
        let sheet = """
            <?xml version="1.0"?><x:worksheet xmlns:x="u"><x:sheetData><x:row r="2"><x:c r="B2" t="s"><x:v>1</x:v></x:c><x:c><x:v>0.30000000000000004</x:v></x:c>
            <x:c t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>&#272;&amp;</x:v></x:c></x:row>
            <!-- a --><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c/><x:c><x:v>1E3</x:v></x:c></x:row></x:sheetData></x:worksheet>
            """
        #expect(try cells(workbook(sheet, strings: strings)) == "\n,Xã B,0.3,1,,Đ&\nXã A,,1000\n")
    }

    @Test("a damaged, locked or bursting workbook is refused with a sentence that says what to do")
    func refused() throws {
        func says(_ bytes: [UInt8]) -> String { Sheets.importSheet(bytes: bytes, file: "x.xlsx").problems.map(\.message).joined() }
        let unknownString = "<worksheet><sheetData><row r=\"1\"><c r=\"C1\" t=\"s\"><v>7</v></c></row></sheetData></worksheet>"
        #expect(says(workbook(unknownString)).contains("damaged at cell C1"))
        #expect(says(workbook("<worksheet><row r=\"2000000\"/></worksheet>")).contains("larger than any list"))
        // One long string that stands in very many cells.
        let long = "<sst><si><t>" + String(repeating: "a", count: 30_000) + "</t></si></sst>"
        let many = "<worksheet><row>" + String(repeating: "<c t=\"s\"><v>0</v></c>", count: 500) + "</row>"
        let sheet = many + String(repeating: String(many.dropFirst(11)), count: 2) + "</worksheet>"
        #expect(says(workbook(sheet, strings: long)).contains("larger than any list"))
        #expect(says(workbook("<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet/>")).contains("damaged"))
        #expect(says(ZIPWriter.archive([("readme.txt", [65])])).contains("has no sheet"))
        var wrong = workbook("<worksheet/>")
        let at = try #require(wrong.firstIndex(of: UInt8(ascii: "<")))
        wrong[at + 1] = 65
        #expect(says(wrong).contains("damaged"))
        // A file of 32 bytes that says it holds 60 MiB.
        var burst = workbook("<worksheet/>")
        let directory = try #require(burst.indices.last { burst[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        burst.replaceSubrange(directory + 24..<directory + 28, with: [0, 0, 0xC0, 3])
        #expect(says(burst).contains("larger than any list"))
        var locked = workbook("<worksheet/>")
        locked[try #require(locked.indices.last { locked[$0...].starts(with: [0x50, 0x4B, 1, 2]) }) + 8] |= 1
        #expect(says(locked).contains("password"))
    }

    @Test("no mutation of a workbook's bytes, of its XML or of deflated data leads to a trap")
    func mutations() throws {
        var generator = TestSeed.generator("workbooks")
        let network = try loadNetwork("three-levels")
        let whole = Sheets.linkBillWorkbook(network)
        let archive = try ZIPArchive(whole)
        let sheet = try #require(try archive.file("xl/worksheets/sheet1.xml"))
        func mutated(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...200, using: &generator)))
                }
            }
            return bytes
        }
        let tail = whole.count - 700
        for round in 0..<600 {
            // The archive as a whole, its directory alone, and the sheet within a sound archive.
            let bytes =
                switch round % 3 {
                case 0: mutated(whole)
                case 1: Array(whole[..<tail]) + mutated(Array(whole[tail...]))
                default: ZIPWriter.archive([("xl/worksheets/sheet1.xml", mutated(sheet))])
                }
            let result = Sheets.importSheet(bytes: bytes, file: "x.xlsx")
            #expect(result.ok || result.problems.contains { $0.severity == .error })
        }
        for _ in 0..<3_000 {
            let junk = (0..<Int.random(in: 0...60, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if let out = try? Inflate.unpack(junk[...], limit: 10_000) { #expect(out.count <= 10_000) }
        }
    }

    @Test("a workbook that another program packed is read: deflated with dynamic codes")
    func deflated() throws {
        let path = sheetFolder + "three.xlsx"
        let result = Sheets.importSheet(path)
        #expect(result.ok, "\(result.text)")
        let network = try TopologyFiles.parse(try #require(result.yaml), file: "three.yaml")
        #expect(network.nodes.map(\.name) == ["Tỉnh Ninh Bình", "Huyện Yên Mô", "Xã Yên Mỹ"])
        #expect(network.links[2]?.line.up == .kbps(9_600))
    }
}
