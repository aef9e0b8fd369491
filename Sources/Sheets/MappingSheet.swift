import Documents
import Topology

extension Sheets {
    /// Reads which units became which out of a CSV sheet with the columns `old_code` and `new_code`, in any order among others.
    ///
    /// A column `part` with anything but `full` says that only a part of the old unit went there. Rows without one of the codes (nobody
    /// knew it) are counted in `skipped`. Throws what is wrong with the file.
    public static func loadMapping(
        _ path: String, into mapping: inout UnitMapping, language: Language = .en
    ) throws(InvalidFile) -> (rows: Int, skipped: Int) {
        let file = SourceFile(name: path, language: language)
        let scalars: [Unicode.Scalar]
        do {
            scalars = try SheetText.decode(try FileText.bytes(path), in: file)
        } catch {
            file.report(error.message, line: error.line, column: error.column)
            throw InvalidFile(problems: file.sortedProblems)
        }
        let separator = [",", ";", "\t"].first { (separator: Unicode.Scalar) in
            CSVTable(scalars, separator: separator, limit: 1).rows.first.map { $0.count > 1 && $0.contains { Spelling.tidy($0.text) == "old_code" } } ?? false
        }
        let table = CSVTable(scalars, separator: separator ?? ",")
        let rows = table.rows.map { $0.map { CellText($0.text).text } }
        let head = rows.first ?? []
        guard let old = head.firstIndex(of: "old_code"), let new = head.firstIndex(of: "new_code") else {
            for key in ["old_code", "new_code"] where !head.contains(key) { file.report(.missingKey(key), line: 1, column: 1) }
            throw InvalidFile(problems: file.sortedProblems.filter { $0.severity == .error })
        }
        for row in table.rows.dropFirst() {
            for cell in [old, new].compactMap({ $0 < row.count ? row[$0].tidy : nil }) {
                if NoValue.isFailedFormula(cell.text) { file.report(.failedFormula(cell.text), cell) }
                if NoValue.isExponent(cell.text) { file.report(.lostDigits(cell.text), cell) }
            }
        }
        if file.hasErrors { throw InvalidFile(problems: file.sortedProblems.filter { $0.severity == .error }) }
        let part = head.firstIndex(of: "part")
        var skipped = 0
        for row in rows.dropFirst() {
            let last = max(old, new)
            guard row.count > last, !row[old].isEmpty, !row[new].isEmpty, !NoValue.isPlaceholder(row[old]), !NoValue.isPlaceholder(row[new]) else {
                skipped += 1
                continue
            }
            let isPart = part.map { $0 < row.count && row[$0] != "full" && !row[$0].isEmpty } ?? false
            mapping.add(UnitMapping.Entry(old: row[old], new: row[new], isPart: isPart))
        }
        return (rows.count - 1, skipped)
    }
}
