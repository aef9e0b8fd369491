import Basics
import Foundation
import Topology

/// Reads a sheet row by row into sites, and mends what is plain. Who hangs below whom is left to `SheetTree`.
struct SheetReader {
    let file: SourceFile
    let header: SheetHeader
    private(set) var sites: [SheetSite] = []
    /// Headings across the table, in the order of the rows.
    private(set) var sections: [Cell] = []
    private var blank: (first: Int, last: Int)?
    /// The first edition named, and where.
    private(set) var edition: (text: String, line: Int)?

    /// Nil if the sheet has no headings.
    static func read(_ scalars: [Unicode.Scalar], in file: SourceFile) -> SheetReader? {
        guard let header = SheetHeader(scalars, in: file) else { return nil }
        var reader = SheetReader(file: file, header: header)
        for row in header.table.rows[(header.row + 1)...] { reader.readRow(row) }
        reader.endBlankRows()
        if header.has(.name), !reader.sites.contains(where: \.isNode) {
            file.report(.noRows, line: header.cells.first?.line ?? 1, column: 1)
        }
        return reader
    }

    private init(file: SourceFile, header: SheetHeader) {
        self.file = file
        self.header = header
    }

    private mutating func readRow(_ row: [Cell]) {
        let texts = row.map { Spelling.tidy($0.text) }
        guard let first = texts.firstIndex(where: { !$0.isEmpty }) else {
            blank = (blank?.first ?? row[0].line, row[0].line)
            return
        }
        endBlankRows()
        let start = Cell(text: texts[first], line: row[first].line, column: row[first].column)
        if header.isHeadingAgain(row) {
            file.report(.secondHeader, start)
        } else if header.isTemplateRow(row) {
            file.report(.templateRow, start)
        } else if let total = Self.total(texts) {
            file.report(.totalRow(total), start)
        } else if let alone = aloneInRow(texts) {
            let cell = Cell(text: texts[alone], line: row[alone].line, column: row[alone].column)
            file.report(.sectionRow(cell.text), cell)
            sections.append(cell)
        } else {
            if row.count > header.cells.count, texts[header.cells.count...].contains(where: { !$0.isEmpty }) {
                file.report(.extraCells(row.count, header.cells.count), row[header.cells.count])
            }
            readSite(row, texts, start)
        }
    }

    private mutating func endBlankRows() {
        if let blank { file.report(.blankRows(blank.first, blank.last), line: blank.first, column: 1) }
        blank = nil
    }

    /// "Tổng cộng: 126".
    private static func total(_ texts: [String]) -> String? {
        for text in texts where !text.isEmpty && !text.allSatisfy(\.isNumber) {
            var words = Spelling.bare(text).split(separator: " ")
            words.removeAll { $0.allSatisfy(\.isNumber) }
            let bare = words.joined(separator: " ")
            return ["tong", "tong cong", "tong so", "cong", "total", "tong so diem cau"].contains(bare) ? text : nil
        }
        return nil
    }

    /// The position of a row's only text, if it cannot be a site: a heading across the whole table.
    private func aloneInRow(_ texts: [String]) -> Int? {
        guard header.cells.count >= 3, texts.count(where: { !$0.isEmpty }) <= 2 else { return nil }
        let filled = texts.indices.filter { i in
            !texts[i].isEmpty && !(i < header.cells.count && Self.isNumbering(texts[i]) && i != header.columns[.name])
        }
        guard filled.count == 1, let alone = filled.first, !Self.isNumbering(texts[alone]) else { return nil }
        if alone == header.columns[.name] { return header.has(.code) || header.has(.unit) ? alone : nil }
        return alone == 0 || SheetColumn.meaning(alone < header.cells.count ? header.cells[alone].text : "")?.column == .other ? alone : nil
    }

    /// "12", "IV", "a)".
    private static func isNumbering(_ text: String) -> Bool {
        let bare = text.trimmingCharacters(in: [".", ")", "(", "-"])
        return bare.allSatisfy(\.isNumber) || bare.allSatisfy { "IVXLC".contains($0) } || bare.count == 1
    }

    // MARK: One site

    private mutating func readSite(_ row: [Cell], _ texts: [String], _ start: Cell) {
        var site = SheetSite(place: start)
        site.section = sections.last
        for column in SheetColumn.allCases {
            guard let position = header.columns[column], position < row.count, !texts[position].isEmpty else { continue }
            let cell = Cell(text: texts[position], line: row[position].line, column: row[position].column)
            site.cells[column] = cell
            if column != .note { reportTidied(row[position].text, cell) }
        }
        if let name = site.cells[.name] {
            site.name = name.text
            site.place = name
        } else if header.has(.name) {
            file.report(.missingName, start)
        }
        readEdition(site)
        readRole(&site)
        SheetCodes(file: file, hasLevels: header.has(.level)).read(&site, above: sites.last)
        SheetFigures(file: file, numbers: SheetNumbers(file: file, upFirst: header.upFirst)).read(&site)
        sites.append(site)
    }

    private func reportTidied(_ original: String, _ cell: Cell) {
        if Array(original.unicodeScalars) == Array(cell.text.unicodeScalars) { return }
        let composed = original.precomposedStringWithCanonicalMapping
        if Array(composed.unicodeScalars) != Array(original.unicodeScalars) { file.report(.composed(cell.text), cell) }
        if Array(composed.unicodeScalars) != Array(cell.text.unicodeScalars) { file.report(.blanks(cell.text), cell) }
    }

    private mutating func readEdition(_ site: SheetSite) {
        guard let cell = site.cells[.edition] else { return }
        if let edition {
            if edition.text != cell.text { file.report(.mixedEditions(cell.text, edition.text, line: edition.line), cell) }
        } else {
            edition = (cell.text, cell.line)
        }
    }

    private func readRole(_ site: inout SheetSite) {
        if let role = site.cells[.role].map({ Spelling.bare($0.text) }) {
            site.external = ["external uplink", "upstream", "ngoai mang", "tuyen len"].contains(role)
            site.isHub = ["hub", "technical hub", "cum", "cum ky thuat"].contains(role)
        }
        if let note = site.cells[.note] {
            let bare = Spelling.bare(note.text)
            site.assumed = bare.hasPrefix("assumption") || bare.hasPrefix("assumed") || bare.hasPrefix("gia dinh")
        }
        guard let status = site.cells[.status] else { return }
        switch Spelling.bare(status.text) {
        case "du kien", "planned": site.assumed = true
        case "da sap nhap", "merged": site.mergedAway = true
        case "hoat dong", "dang lap", "tam ngung", "active", "installing", "suspended": break
        default: file.report(.unknownStatus(status.text), status)
        }
    }
}
