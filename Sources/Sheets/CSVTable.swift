import Documents

/// One cell of a sheet, with the place where it begins.
struct Cell: Hashable {
    var text: String
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int
    /// The row as spreadsheets number it, from 1; 0 if it is no cell of a table.
    var row = 0
    /// From 0, in its row.
    var position = 0

    /// The same place with another text.
    func saying(_ text: String) -> Cell {
        var cell = self
        cell.text = text
        return cell
    }
    /// The same place in its tidy form.
    var tidy: Cell { saying(Spelling.tidy(text)) }
}

/// A sheet as rows of cells (RFC 4180): quoted cells may hold separators and line breaks; lines may end with LF, CRLF or CR.
///
/// A row ends a cell that was never closed, so that one lost quotation mark is told once and the rest is still read.
struct CSVTable {
    private(set) var rows: [[Cell]] = []
    /// Quotation marks that nothing closes, and text behind a closing one.
    private(set) var faults: [(message: Message, line: Int, column: Int)] = []

    private let scalars: [Unicode.Scalar]
    private let separator: Unicode.Scalar
    /// "sep=;" in the first line is for the spreadsheet, which numbers its rows from the next one.
    private let hasSeparatorLine: Bool
    private var at = 0
    private var line = 1
    private var lineStart = 0

    /// At most `limit` rows.
    init(_ scalars: [Unicode.Scalar], separator: Unicode.Scalar, limit: Int = .max) {
        self.scalars = scalars
        self.separator = separator
        hasSeparatorLine = String(String.UnicodeScalarView(scalars.prefix(4))).lowercased() == "sep="
        while at < scalars.count, rows.count < limit { rows.append(readRow()) }
    }

    private var column: Int { at - lineStart + 1 }
    private func isBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

    private mutating func readRow() -> [Cell] {
        var row: [Cell] = []
        while true {
            row.append(readCell())
            guard at < scalars.count, scalars[at] == separator else { break }
            at += 1
            if at == scalars.count { row.append(Cell(text: "", line: line, column: column)) }
        }
        skipBreak()
        let number = rows.count + (hasSeparatorLine ? 0 : 1)
        for i in row.indices { (row[i].row, row[i].position) = (number, i) }
        return row
    }

    /// Past one line break, if one is here.
    private mutating func skipBreak() {
        guard at < scalars.count, isBreak(scalars[at]) else { return }
        at += scalars[at] == "\r" && at + 1 < scalars.count && scalars[at + 1] == "\n" ? 2 : 1
        line += 1
        lineStart = at
    }

    private mutating func readCell() -> Cell {
        var cell = Cell(text: "", line: line, column: column)
        if at < scalars.count, scalars[at] == "\"" {
            cell.text = readQuoted()
            return cell
        }
        let start = at
        while at < scalars.count, scalars[at] != separator, !isBreak(scalars[at]) { at += 1 }
        cell.text = String(String.UnicodeScalarView(scalars[start..<at]))
        return cell
    }

    private mutating func readQuoted() -> String {
        let (openedAt, openedLine, openedColumn, openedStart) = (at, line, column, lineStart)
        var text = String.UnicodeScalarView()
        at += 1
        while at < scalars.count {
            if scalars[at] == "\"" {
                if at + 1 < scalars.count, scalars[at + 1] == "\"" {
                    text.append("\"")
                    at += 2
                    continue
                }
                at += 1
                skipTail()
                return String(text)
            }
            if isBreak(scalars[at]) {
                text.append("\n")
                skipBreak()
            } else {
                text.append(scalars[at])
                at += 1
            }
        }
        // Nothing closed it: the cell is what stands in its line.
        faults.append((.unclosedQuote, openedLine, openedColumn))
        (at, line, lineStart) = (openedAt + 1, openedLine, openedStart)
        let start = at
        while at < scalars.count, scalars[at] != separator, !isBreak(scalars[at]) { at += 1 }
        return String(String.UnicodeScalarView(scalars[start..<at]))
    }

    /// To the next separator; only blanks may stand before it.
    private mutating func skipTail() {
        let place = (line, column)
        var blank = true
        while at < scalars.count, scalars[at] != separator, !isBreak(scalars[at]) {
            if scalars[at] != " " { blank = false }
            at += 1
        }
        if !blank { faults.append((.textAfterQuote, place.0, place.1)) }
    }
}
