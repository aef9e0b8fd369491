import Foundation

/// Reads the cells of one sheet of a workbook.
struct WorkbookCells {
    enum Failure: Error, Hashable {
        case tooLarge
        /// As a spreadsheet calls it.
        case badCell(String)
    }

    /// By row from the first of the sheet: the texts of its cells by column from 0.
    private var rows: [[Int: String]] = []
    private let strings: [String]
    private var count = 0
    /// The next place where a row or cell stands that does not say where it is.
    private var nextRow = 0
    private var nextColumn = 0
    private var cell: (row: Int, column: Int, type: String)?
    private var value = ""
    private var isValue = false

    static func read(_ xml: [UInt8], strings: [String]) throws -> [[Int: String]] {
        var reader = WorkbookCells(strings: strings)
        var scanner = XMLScanner(xml)
        while let piece = try scanner.next() {
            switch piece {
            case .start(let name, let attributes, let isEmpty): try reader.open(name, attributes, isEmpty)
            case .end(let name): try reader.close(name)
            case .text(let text): if reader.isValue { reader.value += text }
            }
        }
        return reader.rows
    }

    private init(strings: [String]) { self.strings = strings }

    private mutating func open(_ name: String, _ attributes: [(name: String, value: String)], _ isEmpty: Bool) throws {
        func attribute(_ key: String) -> String? { attributes.first { $0.name == key }?.value }
        switch name {
        case "row":
            if let number = attribute("r").flatMap({ Int($0) }), number >= 1 { nextRow = number - 1 }
            guard nextRow < WorkbookLimits.mostRows else { throw Failure.tooLarge }
            nextColumn = 0
            while rows.count <= nextRow { rows.append([:]) }
            if isEmpty { nextRow += 1 }
        case "c":
            let place = attribute("r").flatMap(Self.place) ?? (row: nextRow, column: nextColumn)
            guard place.row < WorkbookLimits.mostRows, place.column < WorkbookLimits.mostColumns else { throw Failure.tooLarge }
            nextColumn = place.column + 1
            if !isEmpty { cell = (place.row, place.column, attribute("t") ?? "n") }
            value = ""
        case "v", "t": isValue = cell != nil && !isEmpty
        default: break
        }
    }

    private mutating func close(_ name: String) throws {
        switch name {
        case "v", "t": isValue = false
        case "row": nextRow += 1
        case "c":
            if let cell { try put(cell) }
            cell = nil
        default: break
        }
    }

    private mutating func put(_ cell: (row: Int, column: Int, type: String)) throws {
        guard !value.isEmpty else { return }
        count += 1
        guard count <= WorkbookLimits.mostCells else { throw Failure.tooLarge }
        let name = ColumnName.letters(cell.column) + String(cell.row + 1)
        let text: String
        switch cell.type {
        case "s":
            guard let index = Int(value.trimmingCharacters(in: .whitespaces)), strings.indices.contains(index) else { throw Failure.badCell(name) }
            text = strings[index]
        case "b": text = value == "1" ? "1" : "0"
        case "n": text = try Self.number(value, name)
        // Inline strings, results of formulas; a fault of a formula ("#N/A") is no value.
        case "e": text = ""
        default: text = value
        }
        while rows.count <= cell.row { rows.append([:]) }
        rows[cell.row][cell.column] = text
    }

    /// As a spreadsheet shows it: fifteen digits, no exponent where whole.
    private static func number(_ text: String, _ cell: String) throws -> String {
        guard let number = Double(text.trimmingCharacters(in: .whitespaces)), number.isFinite else { throw Failure.badCell(cell) }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return String(format: "%.15g", locale: Locale(identifier: "en_US_POSIX"), number)
    }

    /// "BC12" as row and column from 0; nil for anything else.
    static func place(_ text: String) -> (row: Int, column: Int)? {
        var column = 0
        var row = 0
        var isRow = false
        for byte in text.utf8 {
            switch byte {
            case 65...90 where !isRow: column = column * 26 + Int(byte - 64)
            case 48...57 where column > 0:
                isRow = true
                row = row * 10 + Int(byte - 48)
            default: return nil
            }
            if column > 1 << 20 || row > 1 << 24 { return nil }
        }
        return row > 0 ? (row - 1, column - 1) : nil
    }
}
