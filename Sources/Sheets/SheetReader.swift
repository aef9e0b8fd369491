import Basics
import Documents
import Foundation
import Topology
import TopologyFiles

/// Reads a sheet row by row into sites, and mends what is plain. Who hangs below whom is left to `SheetTree`.
struct SheetReader {
    let file: SourceFile
    let header: SheetHeader
    private(set) var sites: [SheetSite] = []
    /// Headings across the table, in the order of the rows.
    private(set) var sections: [Cell] = []
    private var blank: (first: Int, last: Int)?
    private var foot = SheetFoot()
    /// The first edition named, and where.
    private(set) var edition: (text: String, line: Int)?

    /// Nil if the sheet has no headings.
    static func read(_ scalars: [Unicode.Scalar], in file: SourceFile) -> SheetReader? {
        guard let header = SheetHeader(scalars, in: file) else { return nil }
        var reader = SheetReader(file: file, header: header)
        for row in header.table.rows[(header.row + 1)...] { reader.readRow(row) }
        reader.endBlankRows()
        reader.endFoot()
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
        let start = row[first].saying(texts[first])
        let isHeading = header.isHeadingAgain(row)
        if !isHeading, !sites.isEmpty, !tellsSite(texts), foot.takes(texts, at: start) { return }
        endFoot()
        if isHeading {
            file.report(.secondHeader, start)
        } else if header.isTemplateRow(row) {
            file.report(.templateRow, start)
        } else if let total = Self.total(texts) {
            file.report(.totalRow(total), start)
        } else if let alone = aloneInRow(texts) {
            let cell = row[alone].saying(texts[alone])
            file.report(KnownLevel.meaning(cell.text) == nil ? .sectionRow(cell.text) : .levelRow(cell.text), cell)
            reportLost(cell, .name)
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

    /// A code, a level or a unit code stands where one should.
    private func tellsSite(_ texts: [String]) -> Bool {
        func text(_ column: SheetColumn) -> String? { header.columns[column].flatMap { $0 < texts.count && !texts[$0].isEmpty ? texts[$0] : nil } }
        if let code = text(.code), !code.contains(" "), code.contains(where: { $0.isLetter || $0.isNumber }) { return true }
        if let level = text(.level), KnownLevel.meaning(level) != nil { return true }
        return text(.unit)?.contains(where: \.isNumber) ?? false
    }

    private mutating func endFoot() {
        if let rows = foot.end() { file.report(.footRows(rows.first, rows.last), line: rows.first, column: 1) }
    }

    /// "Tổng cộng: 126".
    private static func total(_ texts: [String]) -> String? {
        for text in texts where !text.isEmpty && !text.allSatisfy(\.isNumber) {
            var words = Spelling.bare(text).split(separator: " ")
            words.removeAll { $0.allSatisfy(\.isNumber) }
            let bare = words.joined(separator: " ")
            return ["tong", "tong cong", "tong so", "cong", "total", "tong so diem cau", "tong diem cau"].contains(bare) ? text : nil
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
            read(row[position], column, into: &site)
        }
        if let name = site.cells[.name] {
            site.name = name.text
            site.place = name
        } else if header.has(.name), !site.spoilt.contains(.name) {
            file.report(.missingName, start)
        }
        readEdition(site)
        readRole(&site)
        SheetCodes(file: file, hasLevels: header.has(.level)).read(&site, above: sites.last)
        SheetFigures(file: file, numbers: SheetNumbers(file: file, upFirst: header.upFirst)).read(&site)
        sites.append(site)
    }

    /// Takes a cell's text in its tidy form, unless it is no value at all.
    private func read(_ original: Cell, _ column: SheetColumn, into site: inout SheetSite) {
        let tidy = CellText(original.text)
        let cell = original.saying(tidy.text)
        if cell.text.isEmpty { return }
        let failed = NoValue.isFailedFormula(cell.text)
        let lost = !failed && reportLost(original.saying(FormulaText.unprotected(original.text)), column)
        if column != .note, !lost { for message in tidy.mended { file.report(message(cell.text), cell) } }
        let free: Set<SheetColumn> = [.note, .assumed, .status]
        if lost {
            spoil(column, cell, &site)
        } else if failed {
            file.report(.failedFormula(cell.text), cell)
            spoil(column, cell, &site)
        } else if NoValue.isDitto(cell.text), column != .note {
            file.report(.ditto(cell.text), cell)
            spoil(column, cell, &site)
        } else if !free.contains(column), NoValue.isPlaceholder(cell.text), !(cell.text.hasPrefix("x") && [.parent, .backup].contains(column)) {
            file.report(.placeholder(cell.text), cell)
            site.placeholders.insert(column)
        } else {
            if [.name, .room, .carrier].contains(column) {
                if FormulaText.isFormula(cell.text) { file.report(.formulaText(cell.text), cell) }
                if NoValue.isExponent(cell.text) { file.report(.lostDigits(cell.text), cell) }
            }
            site.cells[column] = cell
        }
    }

    /// The cell was told to be wrong. What names the site or its parent stays where others look for it.
    private func spoil(_ column: SheetColumn, _ cell: Cell, _ site: inout SheetSite) {
        site.spoilt.insert(column)
        if [.name, .parent, .backup].contains(column) { site.cells[column] = cell }
    }

    /// Tells letters that cannot be right; false if there are none. Numbers and addresses have readers of their own.
    @discardableResult
    private func reportLost(_ cell: Cell, _ column: SheetColumn) -> Bool {
        let numbers: Set<SheetColumn> = [.latitude, .longitude, .capacity, .up, .down, .share, .address, .port, .roundTrip, .loss]
        guard !numbers.contains(column), let finding = LostLetters.find(in: cell.text, strict: column != .note) else { return false }
        file.report(.lostLetters(Spelling.tidy(cell.text), finding), cell)
        return true
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
