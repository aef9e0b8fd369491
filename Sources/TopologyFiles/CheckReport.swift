import Documents

/// What `nhipcau topology check` found.
public struct CheckReport: Hashable, Sendable {
    /// No errors; there may be warnings.
    public var ok: Bool { !problems.contains { $0.severity == .error } }
    /// Nodes of all topologies together.
    public var nodes: Int
    /// Trunks of all topologies together: nodes with an uplink.
    public var trunks: Int
    /// Levels of the topology with most; levels beside each other count once.
    public var levels: Int
    /// Meeting files read.
    public var meetings: Int
    /// Scenario files read.
    public var scenarios: Int
    /// What the topologies' figures rest on.
    public var assumed: Assumptions
    /// In the order of the files, lines and columns.
    public var problems: [Problem]
    /// Of the messages and the summary.
    public var language: Language

    /// One line for each problem, then the summary, without a line break at the end.
    public var text: String { (problems.map(\.description) + [summary]).joined(separator: "\n") }

    /// One line.
    public var summary: String {
        let errors = problems.filter { $0.severity == .error }.count
        let warnings = problems.count - errors
        let supposed = assumed.text(language)
        switch language {
        case .en:
            let counts =
                "\(count(nodes, "node")), \(count(trunks, "trunk")), \(count(levels, "level"))"
                + (meetings > 0 ? ", \(count(meetings, "meeting"))" : "") + (scenarios > 0 ? ", \(count(scenarios, "scenario"))" : "")
            let warned = warnings > 0 ? ", \(count(warnings, "warning"))" : ""
            let rest = supposed.map { "; assumed: \($0)" } ?? ""
            return (ok ? "ok: \(counts)\(warned)" : "\(count(errors, "error"))\(warned): \(counts)") + rest
        case .vi:
            let counts =
                "\(nodes) nút, \(trunks) trung kế, \(levels) cấp" + (meetings > 0 ? ", \(meetings) cuộc họp" : "")
                + (scenarios > 0 ? ", \(scenarios) kịch bản" : "")
            let warned = warnings > 0 ? ", \(warnings) cảnh báo" : ""
            let rest = supposed.map { "; giả định: \($0)" } ?? ""
            return (ok ? "đạt: \(counts)\(warned)" : "\(errors) lỗi\(warned): \(counts)") + rest
        }
    }
    private func count(_ n: Int, _ noun: String) -> String { "\(n) \(noun)\(n == 1 ? "" : "s")" }

    /// One JSON object: `ok`, `nodes`, `trunks`, `levels`, `assumed` (`addresses`, `capacities`,
    /// `latencies`, `nodes`), `problems` (each `file`, `line`, `column`, `severity`,
    /// `code`, `message`).
    public var json: String {
        JSONText.object([
            ("ok", .flag(ok)), ("nodes", .count(nodes)), ("trunks", .count(trunks)), ("levels", .count(levels)), ("assumed", assumed.json),
            ("problems", .list(problems.map(\.json))),
        ]).description
    }
}

extension Problem {
    /// One object: `file`, `line`, `column`, `severity`, `code`, `message`; in sheets also `cell` and `heading`.
    package var json: JSONText {
        var place: [(String, JSONText)] = cell.map { [("cell", .text($0.name)), ("heading", .text($0.heading))] } ?? []
        if cell == nil, let workbookCell { place = [("cell", .text(workbookCell))] }
        return .object(
            [
                ("file", .text(file)), ("line", .count(line)), ("column", .count(column)), ("severity", .text(severity.rawValue)),
                ("code", .text(code.rawValue)), ("message", .text(message)),
            ] + place)
    }
}
