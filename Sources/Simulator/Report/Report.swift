import Basics
import Documents
import Topology

/// One run as a page to look at: self-contained HTML with drawings, no script, nothing loaded from elsewhere.
public struct Report {
    private let scenario: Scenario
    private let verdict: Verdict
    private let words: ReportWords

    /// The page; a verdict without a trace gives one without load, rosters and floor.
    public static func html(_ scenario: Scenario, _ verdict: Verdict, language: Language = .en) -> String {
        Report(scenario: scenario, verdict: verdict, words: ReportWords(language: language)).page
    }

    private var page: String {
        let title = HTML.escaped(scenario.title.isEmpty ? scenario.name : scenario.title)
        var out = "<!DOCTYPE html>\n<html lang=\"\(words.language.rawValue)\"><head><meta charset=\"utf-8\">"
        out += "<meta name=\"viewport\" content=\"width=device-width\"><title>\(title)</title>\n<style>\(Self.style)</style></head><body>\n"
        out += head(title)
        out += section(words.expectations, expectations) + section(words.violations, violations)
        out += section(words.tree, ReportTree(scenario: scenario, words: words).html)
        out += section(words.faults, ReportFaults(scenario: scenario, words: words).html)
        let charts = ReportCharts(scenario: scenario, trace: verdict.trace, end: end, words: words)
        out += section(words.floor, charts.floor) + section(words.rosters, charts.rosters) + section(words.load, charts.loads)
        out += section(words.rare, rareEvents) + section(words.story, story)
        return out + "</body></html>\n"
    }

    private var end: Interval { max(verdict.simulatedTime, scenario.safetyPhase + scenario.livenessPhase) }

    private func section(_ title: String, _ body: String) -> String {
        body.isEmpty ? "" : "<section><h2>\(HTML.escaped(title))</h2>\n\(body)</section>\n"
    }

    private func note(_ text: String) -> String { "<p class=\"note\">\(HTML.escaped(text))</p>\n" }

    private func head(_ title: String) -> String {
        let badge = verdict.passed ? "<span class=\"ok\">\(words.passed)</span>" : "<span class=\"bad\">\(words.failed)</span>"
        var facts = [
            "<b>\(HTML.escaped(scenario.name))</b>", "\(words.seed) \(verdict.seed)", "\(words.digest) \(verdict.digest.hex)",
            "\(words.time(verdict.simulatedTime)) \(words.simulated)", "\(scenario.network.count) \(words.nodes)",
            "\(scenario.network.sites.count) \(words.sites)",
        ]
        let left = Rules.named.filter { scenario.without.contains($0.rule) }.map(\.name)
        if !left.isEmpty { facts.append("\(words.leftOut): \(left.joined(separator: ", "))") }
        return "<h1>\(title) \(badge)</h1>\n<p class=\"facts\">\(facts.joined(separator: " · "))</p>\n"
    }

    private var expectations: String {
        guard !verdict.expectations.isEmpty else { return "" }
        var out = "<table><tr><th>\(words.measure)</th><th>\(words.wanted)</th><th>\(words.measured)</th><th></th></tr>\n"
        for outcome in verdict.expectations {
            let measure = outcome.expectation.measure
            let bound = (measure.isAtLeast ? words.atLeast : words.atMost) + " " + words.value(outcome.expectation.wanted, of: measure)
            let measured = outcome.measured.map { words.value($0, of: measure) } ?? words.nothingMeasured
            out += "<tr><td>\(measure.rawValue)</td><td>\(bound)</td><td>\(measured)</td>"
            out += "<td>\(outcome.passed ? "<span class=\"ok\">\(words.passed)</span>" : "<span class=\"bad\">\(words.failed)</span>")</td></tr>\n"
        }
        return out + "</table>\n"
    }

    private var violations: String {
        guard !verdict.violations.isEmpty else { return note(words.noViolations) }
        var out = "<table>\n"
        for violation in verdict.violations.prefix(50) {
            out += "<tr><td class=\"rule\">\(violation.rule)</td><td class=\"time\">\(words.moment(violation.at))</td>"
            out += "<td>\(HTML.escaped(violation.message))</td></tr>\n"
        }
        out += "</table>\n"
        return verdict.violations.count > 50 ? out + note(words.more(verdict.violations.count - 50)) : out
    }

    private var rareEvents: String {
        let names = verdict.rareEvents.keys.sorted()
        guard !names.isEmpty else { return "" }
        let rows = names.map { name in
            let count = verdict.rareEvents[name] ?? 0
            return "<tr\(count == 0 ? " class=\"never\"" : "")><td>\(HTML.escaped(name))</td><td class=\"time\">\(count)</td></tr>"
        }
        return "<table>\(rows.joined(separator: "\n"))</table>\n"
    }

    private var story: String {
        let lines = verdict.trace?.story.filter { !$0.isDetail } ?? []
        guard !lines.isEmpty else { return "" }
        var out = "<details><summary>\(lines.count)</summary><table>\n"
        for line in lines.prefix(1_000) {
            let node = line.node.flatMap { scenario.network.node($0)?.name } ?? ""
            out += "<tr><td class=\"time\">\(words.moment(line.at))</td><td>\(HTML.escaped(node))</td><td>\(HTML.escaped(line.text))</td></tr>\n"
        }
        out += "</table>"
        if lines.count > 1_000 { out += note(words.more(lines.count - 1_000)) }
        return out + "</details>\n"
    }

    private static let style = """
        body{font:15px/1.45 system-ui,"DejaVu Sans",sans-serif;color:#1d2733;background:#fff;margin:0 auto;padding:24px 28px;max-width:1240px}
        h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:28px 0 8px;padding-top:12px;border-top:1px solid #dde3ea}
        h3{font-size:14px;margin:14px 0 4px}.facts,.note{color:#5a6877;margin:4px 0 8px}
        .ok,.bad{font-size:.8em;font-weight:600;padding:1px 9px;border-radius:9px;white-space:nowrap}
        .ok{background:#dff3e6;color:#14643a}.bad{background:#fbe1de;color:#9c2518}
        table{border-collapse:collapse;font-size:14px}td,th{padding:3px 16px 3px 0;text-align:left;vertical-align:top}
        th{color:#5a6877;font-weight:500}.time{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums}
        .rule{font-weight:600;color:#9c2518}.never td{color:#9aa5b1}.legend{font-size:13px;margin:4px 0 8px}
        .legend i{display:inline-block;width:10px;height:10px;border-radius:5px;margin:0 5px 0 14px}.legend i:first-child{margin-left:0}
        svg{display:block;max-width:100%;height:auto;font-family:inherit}.grid{display:flex;flex-wrap:wrap;gap:6px 14px}
        .label{font-size:12px;fill:#1d2733}.small{font-size:10.5px;fill:#5a6877}.bold{font-size:12.5px;font-weight:600;fill:#1d2733}
        .axis{stroke:#b9c3ce;stroke-width:1}.faint{stroke:#e6ebf0;stroke-width:1}.edge{stroke:#b9c3ce;stroke-width:1.2}
        .dash{stroke:#8a97a5;stroke-width:1;stroke-dasharray:4 3}.lane{fill:#f5f7f9}.calm{fill:#eef6f1}.card{fill:#f7f9fb;stroke:#dde3ea}
        .bar{stroke:#fff;stroke-width:.6}.curve{fill:none;stroke-width:1.6;stroke-linejoin:round}.area{fill-opacity:.22;stroke:none}
        .in{font-size:11px;fill:#fff;font-weight:600}summary{cursor:pointer;color:#5a6877}
        @media print{body{padding:0}section{break-inside:avoid}}
        """
}

extension UInt64 {
    /// 16 hexadecimal digits.
    var hex: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
