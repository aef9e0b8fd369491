import Documents

/// Finds a sheet's separator, its row of headings, and what each column holds.
struct SheetHeader {
    /// What each known column holds, by its position.
    private(set) var columns: [SheetColumn: Int] = [:]
    /// The headings as they stand there.
    private(set) var cells: [Cell] = []
    private(set) var table: CSVTable
    /// Position of the last row of headings.
    private(set) var row: Int
    private let file: SourceFile
    private var unknown: [Int] = []

    func has(_ column: SheetColumn) -> Bool { columns[column] != nil }

    /// Whether the column for both directions says which comes first; nil if it does not.
    var upFirst: Bool? {
        guard let position = columns[.capacity] else { return nil }
        let bare = Spelling.bare(String(cells[position].text.prefix { $0 != "(" }))
        return SheetColumn.pairs.first { Spelling.bare(String($0.heading.prefix { $0 != "(" })) == bare }?.upFirst
    }

    /// Rows above the headings are looked through this far.
    private static let deepest = 30

    /// Nil, and a problem in the file, if no row names columns.
    init?(_ scalars: [Unicode.Scalar], in file: SourceFile) {
        self.file = file
        var best: (score: Int, row: Int, separator: Unicode.Scalar) = (0, 0, ",")
        for separator in [",", ";", "\t", "|"] as [Unicode.Scalar] {
            let table = CSVTable(scalars, separator: separator, limit: Self.deepest)
            for (row, cells) in table.rows.enumerated() {
                let score = Self.score(cells)
                if score > best.score { best = (score, row, separator) }
            }
        }
        table = CSVTable(scalars, separator: best.separator)
        row = best.row
        guard best.score > 0 else {
            file.report(.noHeader, line: 1, column: 1)
            return nil
        }
        for fault in table.faults { file.report(fault.message, line: fault.line, column: fault.column) }
        cells = table.rows[row].map(\.tidy)
        file.headings = cells.map(\.text)
        reportHeadings(table.rows[row])
        if best.separator != ",", cells.count > 1 {
            file.report(.separator(best.separator), line: cells[1].line, column: cells[1].column - 1)
        }
        reportTitle()
        readHeadings()
        readSubheadings()
        skipColumnNumbers()
        for position in unknown { reportUnknown(cells[position]) }
        checkColumns()
    }

    /// How many different columns a row names; 0 if none of them says what a site is called.
    private static func score(_ cells: [Cell]) -> Int {
        var seen: Set<SheetColumn> = []
        var others = 0
        for cell in cells {
            guard let (column, _) = SheetColumn.meaning(Spelling.tidy(cell.text)) else { continue }
            if column == .other { others += 1 } else { seen.insert(column) }
        }
        return seen.contains(.name) || seen.contains(.code) ? seen.count * 100 + others : 0
    }

    /// What headings had besides their words.
    private func reportHeadings(_ originals: [Cell]) {
        for (original, cell) in zip(originals, cells) {
            for message in CellText(original.text).mended where message("").code == .hiddenLetters { file.report(message(cell.text), cell) }
            if let finding = LostLetters.find(in: original.text, strict: false) { file.report(.lostLetters(cell.text, finding), cell) }
        }
    }

    private func reportTitle() {
        let above = table.rows[..<row].filter { cells in
            !cells.allSatisfy { Spelling.tidy($0.text).isEmpty } && !(cells[0].text.lowercased().hasPrefix("sep="))
        }
        if let first = above.first?.first { file.report(.rowsAboveHeader(above.count), line: first.line, column: first.column) }
    }

    private mutating func readHeadings() {
        // "code" beside "parent_code": a list of units, whose codes are those of units.
        let ofUnits = cells.contains { $0.text == "parent_code" }
        for (position, cell) in cells.enumerated() where !cell.text.isEmpty {
            guard var (column, exact) = SheetColumn.meaning(cell.text) ?? (ofUnits && cell.text == "code" ? (.unit, true) : nil) else {
                unknown.append(position)
                continue
            }
            if cell.text == "code" { column = ofUnits ? .unit : .code }
            guard column != .other else {
                if SheetColumn.idle.contains(Spelling.bare(cell.text)) { file.report(.idleColumn(cell.text), cell) }
                continue
            }
            if let other = columns[column] {
                file.report(.duplicateColumn(cell.text, cells[other].text), cell)
                continue
            }
            columns[column] = position
            if cell.text.contains(where: \.isUppercase), cell.text.lowercased() == column.headings.first(where: { $0 == cell.text.lowercased() }) {
                exact = true
            }
            if !exact { file.report(.heading(cell.text, column), cell) }
        }
    }

    private func reportUnknown(_ cell: Cell) {
        let bare = Spelling.bare(cell.text)
        let near = Suggestion.nearest(to: bare, among: SheetColumn.allHeadings.lazy.map(Spelling.bare))
        // Short headings are near to too much.
        if bare.count >= 8, let near, let column = SheetColumn.meaning(near)?.column, column != .other {
            file.report(Message.unknownColumn(cell.text).suggesting(column.heading(file.language)), cell)
        } else {
            file.report(Message.unusedColumn(cell.text).suggesting(SheetColumn.hint(cell.text)?.heading(file.language)), cell)
        }
    }

    /// "Lên" and "Xuống" in a row below "Băng thông (Mbps)", which spans both: headings over merged cells.
    private mutating func readSubheadings() {
        guard row + 1 < table.rows.count else { return }
        let below = table.rows[row + 1]
        var found: [(position: Int, text: String, column: SheetColumn)] = []
        for (position, cell) in below.enumerated() {
            let text = Spelling.tidy(cell.text)
            if text.isEmpty { continue }
            // A heading spans the blank ones on its right.
            guard let group = cells[...min(position, cells.count - 1)].last(where: { !$0.text.isEmpty })?.text else { return }
            let whole = String(group.prefix { $0 != "(" }) + " " + text
            guard let meaning = SheetColumn.meaning(whole) ?? SheetColumn.meaning(text) else { return }
            found.append((position, Spelling.tidy(whole), meaning.column))
        }
        let spanned = found.filter { $0.position < cells.count && (cells[$0.position].text.isEmpty || columns[.capacity] == $0.position) }
        guard !found.isEmpty, !spanned.isEmpty, found.allSatisfy({ $0.position != columns[.name] && $0.position != columns[.code] }) else { return }
        row += 1
        unknown.removeAll { at in found.contains { $0.position == at } }
        for (position, text, column) in found where column != .other {
            for other in SheetColumn.allCases where columns[other] == position { columns[other] = nil }
            columns[column] = position
            file.report(.heading(text, column), below[position].saying(text))
        }
    }

    /// A row "1, 2, 3" or "(1), (2), (3)" below the headings.
    private mutating func skipColumnNumbers() {
        guard row + 1 < table.rows.count else { return }
        let below = table.rows[row + 1]
        let filled = below.filter { !Spelling.tidy($0.text).isEmpty }
        let numbers = filled.map { Int(Spelling.bare($0.text)) }
        guard numbers.count >= 3, numbers == Array(numbers.indices.map { ($0 + 1) }) else { return }
        row += 1
        file.report(.columnNumbers, filled[0])
    }

    private func checkColumns() {
        guard let first = cells.first else { return }
        if !has(.name) { file.report(.missingColumn(.name), first) }
        if !has(.code) { file.report(.codesMade(), first) }
        if !has(.level) { file.report(.levelsDerived, first) }
    }

    // MARK: Rows that are no sites

    /// The headings once more, perhaps in the other language.
    func isHeadingAgain(_ row: [Cell]) -> Bool {
        guard let column = columns[.name] ?? columns[.code], column < row.count, SheetColumn.meaning(Spelling.tidy(row[column].text)) != nil else {
            return false
        }
        var hits = 0
        var texts = 0
        for (position, cell) in row.enumerated() {
            let text = Spelling.tidy(cell.text)
            if text.isEmpty { continue }
            texts += 1
            if position < cells.count, let meaning = SheetColumn.meaning(text)?.column, meaning == SheetColumn.meaning(cells[position].text)?.column {
                hits += 1
            }
        }
        return hits >= 2 && hits * 2 > texts
    }

    /// The template's rows about types and about rules.
    func isTemplateRow(_ row: [Cell]) -> Bool {
        let words: Set<String> = ["text", "unique; required", "required"]
        func text(_ column: SheetColumn) -> String? {
            columns[column].flatMap { $0 < row.count ? Spelling.tidy(row[$0].text) : nil }
        }
        guard let code = text(.code), let name = text(.name) else { return false }
        return words.contains(code) && words.contains(name)
    }
}
