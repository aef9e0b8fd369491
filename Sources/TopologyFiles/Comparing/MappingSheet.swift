import Topology

extension TopologyFiles {
    /// Reads which units became which out of a CSV sheet with the columns `old_code` and `new_code`, in any order among others.
    ///
    /// A column `part` with anything but `full` says that only a part of the old unit went there. Rows without one of the codes (nobody
    /// knew it) are counted in `skipped`. Throws what is wrong with the file.
    public static func loadMapping(
        _ path: String, into mapping: inout UnitMapping, language: Language = .en
    ) throws(InvalidFile) -> (rows: Int, skipped: Int) {
        let file = SourceFile(name: path, language: language)
        let text: String
        do {
            text = try FileText.read(path)
        } catch {
            file.report(error.message, line: error.line, column: 1)
            throw InvalidFile(problems: file.sortedProblems)
        }
        let rows = CSVTable(Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" }), separator: ",").rows.map { $0.map(\.text) }
        let head = rows.first ?? []
        guard let old = head.firstIndex(of: "old_code"), let new = head.firstIndex(of: "new_code") else {
            for key in ["old_code", "new_code"] where !head.contains(key) { file.report(.missingKey(key), line: 1, column: 1) }
            throw InvalidFile(problems: file.sortedProblems)
        }
        let part = head.firstIndex(of: "part")
        var skipped = 0
        for row in rows.dropFirst() {
            let last = max(old, new)
            guard row.count > last, !row[old].isEmpty, !row[new].isEmpty else {
                skipped += 1
                continue
            }
            let isPart = part.map { $0 < row.count && row[$0] != "full" && !row[$0].isEmpty } ?? false
            mapping.add(UnitMapping.Entry(old: row[old], new: row[new], isPart: isPart))
        }
        return (rows.count - 1, skipped)
    }
}
