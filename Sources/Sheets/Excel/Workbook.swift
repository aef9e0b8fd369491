import Documents

/// The first sheet of an Excel workbook (.xlsx, ECMA-376) as the text of a CSV file: line 5 of it is row 5 of the sheet.
///
/// Read are the sheet's cells and the shared strings, as they are shown without a number format: a percentage is its fraction, a date its
/// number of days.
struct Workbook {
    /// Cells separated by commas, rows by line breaks.
    private(set) var text = ""
    /// By row: the column of the text, from 1, at which each cell begins.
    private var starts: [[Int]] = []

    /// Nil if the bytes are no ZIP archive.
    init?(_ bytes: [UInt8]) throws(FileText.Failure) {
        guard bytes.starts(with: [0x50, 0x4B, 3, 4]) else { return nil }
        do {
            let archive = try ZIPArchive(bytes)
            let strings = try archive.file("xl/sharedStrings.xml").map { try WorkbookStrings.read($0) } ?? []
            guard let name = Self.firstSheet(archive.names), let sheet = try archive.file(name) else { throw ZIPArchive.Failure.noArchive }
            try write(WorkbookCells.read(sheet, strings: strings))
        } catch {
            let message = Self.message(error)
            throw FileText.Failure(message: message, reason: FileText.Reason(message))
        }
    }

    private static func firstSheet(_ names: [String]) -> String? {
        let sheets = names.filter { $0.hasPrefix("xl/worksheets/") && $0.hasSuffix(".xml") }
        // Excel counts them: sheet2 comes before sheet10.
        return sheets.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    private static func message(_ error: any Error) -> Message {
        func message(_ en: String, _ vi: String) -> Message { Message(.unreadable, en: "this workbook \(en)", vi: "tệp Excel này \(vi)") }
        switch error {
        case ZIPArchive.Failure.tooLarge, WorkbookCells.Failure.tooLarge:
            return message("is larger than any list of sites: keep the one sheet", "lớn hơn mọi danh sách điểm cầu: hãy chỉ giữ lại một trang tính")
        case ZIPArchive.Failure.unsupported:
            return message(
                "is encrypted or packed in an unusual way: save it anew without a password",
                "có mật khẩu hoặc được nén khác thường: hãy lưu lại không mật khẩu")
        case ZIPArchive.Failure.noArchive:
            return message("has no sheet in it: save it anew as .xlsx", "không có trang tính: hãy lưu lại dạng .xlsx")
        case WorkbookCells.Failure.badCell(let cell):
            return message("is damaged at cell \(cell): open it and save it anew", "bị hỏng ở ô \(cell): hãy mở ra và lưu lại")
        default:
            return message("is damaged: open it and save it anew", "bị hỏng: hãy mở ra và lưu lại")
        }
    }

    private mutating func write(_ rows: [[Int: String]]) throws(WorkbookCells.Failure) {
        var places = 0
        var bytes = 0
        for row in rows {
            var line = ""
            var column = 1
            var begins: [Int] = []
            let width = (row.keys.max() ?? -1) + 1
            places += width
            guard places <= WorkbookLimits.mostPlaces else { throw .tooLarge }
            for i in 0..<width {
                if i > 0 {
                    line += ","
                    column += 1
                }
                begins.append(column)
                let value = row[i] ?? ""
                bytes += value.utf8.count
                guard value.utf8.count <= WorkbookLimits.longestCell, bytes <= WorkbookLimits.mostText else { throw .tooLarge }
                let cell = Self.quoted(value)
                line += cell
                column += cell.unicodeScalars.count
            }
            text += line + "\n"
            starts.append(begins)
        }
    }

    /// A line of the text is a row of the sheet, so a line break within a cell is a blank.
    private static func quoted(_ cell: String) -> String {
        let flat = String(String.UnicodeScalarView(cell.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
        guard flat.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == ";" || $0 == "\t" || $0 == "|" }) else { return flat }
        return "\"" + flat.replacing("\"", with: "\"\"") + "\""
    }

    /// "F65": what a spreadsheet calls the cell at a line and column of the text; nil outside of the sheet.
    func cell(line: Int, column: Int) -> String? {
        guard starts.indices.contains(line - 1) else { return nil }
        let position = starts[line - 1].lastIndex { $0 <= column } ?? 0
        return ColumnName.letters(position) + String(line)
    }

    /// Problems of the text with the cells that they are in.
    func naming(_ problems: [Problem]) -> [Problem] {
        problems.map { problem in
            var problem = problem
            problem.workbookCell = cell(line: problem.line, column: problem.column)
            return problem
        }
    }
}
