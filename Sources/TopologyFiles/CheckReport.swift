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
        let list = problems.map {
            "{\"file\":\(quoted($0.file)),\"line\":\($0.line),\"column\":\($0.column),"
                + "\"severity\":\"\($0.severity.rawValue)\",\"code\":\"\($0.code.rawValue)\",\"message\":\(quoted($0.message))}"
        }
        return "{\"ok\":\(ok),\"nodes\":\(nodes),\"trunks\":\(trunks),\"levels\":\(levels),\"assumed\":\(assumed.json),\"problems\":["
            + list.joined(separator: ",") + "]}"
    }

    /// A JSON string (RFC 8259 section 7).
    private func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 32:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
