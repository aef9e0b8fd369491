import Basics
import Documents
import Foundation

/// Where a fault must be told.
struct Expected: CustomStringConvertible {
    var kind: String
    var line: Int
    /// Nil where a fault has no column of its own.
    var column: Int?
    var description: String { "\(kind) at \(line):\(column.map(String.init) ?? "*")" }

    func isTold(by problems: [Problem]) -> Bool {
        problems.contains { $0.line == line && (column == nil || $0.column == column) || $0.message.hasSuffix("it begins in line \(line)") }
    }
}

/// A good sheet, drawn from a seed, into which faults are put.
struct SheetKinds {
    typealias Column = Sheet.Column
    private var generator: SeededGenerator
    private(set) var sheet = Sheet()
    /// Rows that have a fault already.
    private var spent: Set<Int> = []
    /// Faults by row and position; -1: the whole row.
    private var cells: [(kind: String, row: Int, position: Int)] = []
    private var prefix = ""
    private var suffix = ""
    private var wholeFile: [Expected] = []

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        drawSheet()
    }

    private static let syllables = [
        "Yên", "Mỹ", "Thắng", "Hòa", "Bình", "Đồng", "Khánh", "Thượng", "Phước", "Lộc", "Gia", "Viễn", "Kim", "Sơn", "Trường", "Ứng",
    ]

    private mutating func drawSheet() {
        sheet.rows = [["T37", "UBND tỉnh Ninh Bình", "tinh", "37", "", "20", "10.37.0.1", "20.25", "105.97"]]
        var number = 0
        for district in 1...Int.random(in: 1...3, using: &generator) {
            let code = "H\(370 + district)"
            sheet.rows.append([code, "UBND huyện \(name(district * 40))", "huyen", "\(370 + district)", "T37", "20", "10.37.\(district).1", "20.16", "106.01"])
            for _ in 0..<Int.random(in: 2...5, using: &generator) {
                number += 1
                sheet.rows.append([
                    "X\(14_700 + number)", "UBND xã \(name(number))", "xa", "\(14_700 + number)", code, "\(Int.random(in: 4...40, using: &generator))",
                    "10.37.\(district).\(10 + number)", "20.\(100 + number)", "106.\(200 + number)",
                ])
            }
        }
    }

    /// Different for each number.
    private func name(_ number: Int) -> String {
        let syllables = Self.syllables
        return "\(syllables[number % syllables.count]) \(syllables[number / syllables.count % syllables.count]) \(syllables[number * 7 % syllables.count])"
    }

    // MARK: Faults

    /// The faults that there are; each takes a row that has none.
    static let kinds = [
        "failed formula", "hidden letter", "control letter", "lost letter", "mojibake", "entity", "placeholder", "ditto", "exponent", "no name",
        "no parent", "unknown parent", "double code", "double address", "bad address", "link-local", "octal address", "bad number", "comma", "unit", "pair",
        "thousands",
        "too large", "zero", "half a place", "latitude", "swapped", "formula", "eth", "separate marks", "blanks", "own parent", "level against name",
        "unit code", "lost zeros", "extra cell", "open quotation", "foot", "total", "headings again", "blank row", "unknown column", "title", "end mark",
        "byte order mark", "near level",
    ]

    private mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &generator)] }

    /// A commune's row that has no fault; nil if there is none left.
    private mutating func row() -> Int? {
        let free = sheet.rows.indices.filter { !spent.contains($0) && sheet.rows[$0].count > 2 && sheet.rows[$0][2] == "xa" }
        guard !free.isEmpty else { return nil }
        let row = pick(free)
        spent.insert(row)
        return row
    }

    /// False if the kind found no row, or stands there already.
    mutating func put(_ kind: String) -> Bool {
        if let whole = putWhole(kind) { return whole }
        guard let row = row() else { return false }
        func set(_ column: Column, _ text: String) {
            sheet.rows[row][column.rawValue] = text
            cells.append((kind, row, column.rawValue))
        }
        let texts: [Column] = [.code, .name, .level, .unit, .parent, .capacity, .address, .latitude, .longitude]
        let column = pick(texts)
        let own = sheet.rows[row][column.rawValue]
        let name = sheet.rows[row][Column.name.rawValue]
        switch kind {
        case "failed formula": set(column, pick(["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "####"]))
        case "hidden letter": set(column, pick(["\u{200B}", "\u{200E}", "\u{202A}", "\u{2060}", "\u{AD}", "\u{FEFF}"]) + own)
        case "control letter": set(column, own + pick(["\u{0}", "\u{8}", "\u{1B}", "\u{7F}"]))
        case "lost letter": set(pick([.name, .parent]), "UBND x\(pick(["?", "\u{FFFD}"])) Yên")
        case "mojibake": set(.name, Self.misread(name))
        case "entity": set(.name, name.replacing("ê", with: "&#234;").replacing("xã", with: "x&#227;"))
        case "placeholder": set(pick([.code, .level, .unit, .capacity, .address]), pick(["-", "...", "n/a", "x", "chưa có", "?"]))
        case "ditto": set(pick([.level, .parent, .capacity]), pick(["nt", "như trên", "\""]))
        case "exponent": set(pick([.code, .unit]), pick(["1.23E+05", "1E+04", "1,2E+05"]))
        case "no name":
            sheet.rows[row][Column.name.rawValue] = ""
            cells.append((kind, row, -1))
        case "no parent": set(.parent, "-")
        case "unknown parent": set(.parent, pick(["H999", "huyện Không Có", "T3"]))
        case "double code": set(.code, "T37")
        case "double address": set(.address, "10.37.0.1")
        case "bad address": set(.address, pick(["10.37.0.300", "10.37.1", "nut.example", "0.0.0.0", "255.255.255.255"]))
        case "link-local": set(.address, pick(["fe80::1", "::10.0.0.1"]))
        case "octal address": set(.address, "010.037.009.0\(10 + row)")
        case "bad number": set(pick([.capacity, .latitude, .longitude]), pick(["mười", "1o", "abc"]))
        case "comma": set(pick([.capacity, .latitude, .longitude]), "9,6")
        case "unit": set(.capacity, pick(["10M", "10 Mbps", "10 MB/s"]))
        case "pair": set(.capacity, pick(["10/10", "20/10"]))
        case "thousands": set(.capacity, pick(["1.000", "1.000.000"]))
        case "too large": set(.capacity, String(repeating: "9", count: 30))
        case "zero": set(.capacity, pick(["0", "-5"]))
        case "half a place":
            sheet.rows[row][Column.longitude.rawValue] = ""
            cells.append((kind, row, Column.latitude.rawValue))
        case "latitude": set(.latitude, "200.5")
        case "swapped":
            sheet.rows[row].swapAt(Column.latitude.rawValue, Column.longitude.rawValue)
            cells.append((kind, row, Column.latitude.rawValue))
        case "formula": set(.name, pick(["=A1", "+Xã", "@Xã", "=HYPERLINK(\"x\")"]) + " \(row)")
        case "eth": set(.name, "UBND xã Ðại \(name)")
        case "separate marks": set(.name, name.decomposedStringWithCanonicalMapping)
        case "blanks": set(.name, "  " + name)
        case "own parent": set(.parent, sheet.rows[row][0])
        case "level against name":
            sheet.rows[row][Column.name.rawValue] = "UBND huyện \(name.dropFirst(8))"
            cells.append((kind, row, Column.level.rawValue))
        case "unit code": set(.unit, pick(["123456", "1a345"]))
        case "lost zeros": set(.unit, "1\(100 + row)")
        case "extra cell":
            if sheet.head.count > 9 { return false }
            sheet.rows[row].append("thừa")
            cells.append((kind, row, 9))
        case "near level": set(.level, pick(["huyenn", "phuongg"]))
        default: return false
        }
        return true
    }

    /// Faults that are no commune's; nil for a kind that is one's.
    private mutating func putWhole(_ kind: String) -> Bool? {
        let blank = [String](repeating: "", count: 9)
        func add(_ rows: [[String]]) -> Bool {
            // One of these ends what the one before it began.
            if spent.contains(-1) { return false }
            spent.insert(-1)
            cells.append((kind, sheet.rows.count, -1))
            sheet.rows += rows
            return true
        }
        switch kind {
        case "foot":
            var (first, second) = (blank, blank)
            (first[1], first[5], second[1]) = ("NGƯỜI LẬP BIỂU", "TRƯỞNG PHÒNG", "Nguyễn Văn A")
            return add([first, second])
        case "total":
            var row = blank
            (row[1], row[5]) = ("Tổng cộng", "99")
            return add([row])
        case "headings again": return add([sheet.head])
        case "blank row": return add([blank])
        case "open quotation":
            if spent.contains(-1) { return false }
            spent.insert(-1)
            sheet.rows.append(["X19999", "\"UBND xã Hở", "xa", "19999", "T37", "8", "10.37.200.1", "20.1", "106.1"])
            cells.append((kind, sheet.rows.count - 1, 1))
            return true
        case "unknown column":
            if sheet.head.count > 9 || sheet.rows.contains(where: { $0.count > 9 }) { return false }
            sheet.head.append(pick(["Màu sắc", "Điểm cầu cấp trênn", "SĐT"]))
            wholeFile.append(Expected(kind: kind, line: -1, column: nil))
            return true
        case "title", "end mark", "byte order mark":
            if wholeFile.contains(where: { $0.kind == kind }) { return false }
            if kind == "title" { prefix = "DANH SÁCH ĐIỂM CẦU,,,,,,,,\r\n" }
            if kind == "end mark" { suffix = "\u{1A}" }
            wholeFile.append(Expected(kind: kind, line: kind == "end mark" ? 0 : 1, column: nil))
            return true
        default: return nil
        }
    }

    /// UTF-8 that was opened in the Western code page.
    private static func misread(_ text: String) -> String {
        let western: [Unicode.Scalar] = [
            "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž", "\u{8F}", "\u{90}", "‘", "’", "“", "”", "•", "–", "—", "˜",
            "™",
            "š", "›", "œ", "\u{9D}", "ž", "Ÿ",
        ]
        return String(String.UnicodeScalarView(text.utf8.map { (128..<160).contains($0) ? western[Int($0) - 128] : Unicode.Scalar($0) }))
    }

    // MARK: The file

    /// A cell as it stands in the file; only the open quotation is written as it is.
    private func written(_ text: String) -> String { text.hasPrefix("\"UBND xã Hở") ? text : Sheet.cell(text) }

    var bytes: [UInt8] {
        let marked = wholeFile.contains { $0.kind == "byte order mark" }
        let lines = ([sheet.head] + sheet.rows).map { $0.map(written).joined(separator: ",") }
        return Array(((marked ? "\u{FEFF}" : "") + prefix + lines.joined(separator: "\r\n") + "\r\n" + suffix).utf8)
    }

    var expected: [Expected] {
        let head = prefix.isEmpty ? 1 : 2
        let whole = wholeFile.map { one in
            var one = one
            if one.line == -1 { (one.line, one.column) = (head, column(sheet.head, 9)) }
            if one.line == 0 { one.line = head + sheet.rows.count + 1 }
            return one
        }
        return whole + cells.map { Expected(kind: $0.kind, line: head + 1 + $0.row, column: $0.position < 0 ? nil : column(sheet.rows[$0.row], $0.position)) }
    }

    private func column(_ row: [String], _ position: Int) -> Int {
        row[..<position].reduce(1) { $0 + written($1).unicodeScalars.count + 1 }
    }
}
