/// What a workbook may hold: beyond these a sheet is no list of sites.
enum WorkbookLimits {
    static let mostRows = 130_000
    static let mostColumns = 512
    /// Cells with something in them, all together.
    static let mostCells = 3_000_000
    /// Rows and columns of the text, counted with empty cells.
    static let mostPlaces = 8_000_000
    /// Excel's own limit for the letters of a cell; a letter has up to four bytes.
    static let longestCell = 4 * 32_767
    /// Bytes of all cells: a few shared strings can stand in very many of them.
    static let mostText = 32 << 20
}

/// How a spreadsheet calls its columns.
enum ColumnName {
    /// "A" for 0, "Z" for 25, "AA" for 26.
    static func letters(_ position: Int) -> String {
        var rest = position
        var out = ""
        repeat {
            out = String(Unicode.Scalar(UInt8(65 + rest % 26))) + out
            rest = rest / 26 - 1
        } while rest >= 0
        return out
    }
}
