import Basics
import Documents
import Foundation

/// The results of many runs: lines for people, JSON for scripts, one exit code.
///
/// Runs are added in the order of scenarios and seeds, whatever order they finished in.
public struct Sweep: Sendable {
    /// One run.
    public struct Run: Sendable {
        /// What came of it.
        public var verdict: Verdict
        /// Of the whole run, on a real clock; the caller has one.
        public var wallSeconds: Double
        /// What a swarm drew.
        public var note: String?
        /// A run and how long it took.
        public init(verdict: Verdict, wallSeconds: Double, note: String? = nil) {
            self.verdict = verdict
            self.wallSeconds = wallSeconds
            self.note = note
        }
    }

    /// In the order of scenarios and seeds.
    public private(set) var runs: [Run] = []
    private let words: SweepWords

    /// No runs yet; lines are in that language.
    public init(language: Language = .en) { words = SweepWords(language: language) }

    /// Adds a run and says what came of it: one line, and below it what is wrong.
    public mutating func add(_ run: Run) -> String {
        runs.append(run)
        let verdict = run.verdict
        var lines = [words.line(run)]
        // The first of each rule tell most; what follows is mostly the same trouble.
        var told: [String: Int] = [:]
        for violation in verdict.violations {
            told[violation.rule, default: 0] += 1
            if told[violation.rule, default: 0] <= 3 { lines.append("  " + words.violation(violation)) }
        }
        let untold = told.values.reduce(0) { $0 + max(0, $1 - 3) }
        if untold > 0 { lines.append("  " + words.more(untold)) }
        for outcome in verdict.expectations where !outcome.passed { lines.append("  " + words.missed(outcome)) }
        return lines.joined(separator: "\n")
    }

    /// 0 all passed, 1 an expectation was missed, 3 a safety rule was broken, 4 a liveness rule; the worst counts: 3, 4, 1.
    public var exitCode: Int32 {
        let violations = runs.lazy.flatMap(\.verdict.violations)
        if violations.contains(where: { !$0.isLiveness }) { return 3 }
        if violations.contains(where: \.isLiveness) { return 4 }
        return runs.allSatisfy(\.verdict.passed) ? 0 : 1
    }

    /// Counts over all runs, by name; also those that never came about.
    public var rareEvents: [(name: String, count: Int)] {
        var counts = Dictionary(RareEvents.names.map { ($0, 0) }, uniquingKeysWith: +)
        for run in runs { counts.merge(run.verdict.rareEvents, uniquingKeysWith: +) }
        return counts.keys.sorted().map { ($0, counts[$0] ?? 0) }
    }

    /// The end of a sweep for people: how many passed, how fast, and the rare events.
    public var summary: String {
        let simulated = runs.reduce(0) { $0 + $1.verdict.simulatedTime.seconds }
        let wall = runs.reduce(0) { $0 + $1.wallSeconds }
        var lines = [words.summary(passed: runs.filter(\.verdict.passed).count, of: runs.count, simulated: simulated, wall: wall)]
        let events = rareEvents
        let hit = events.filter { $0.count > 0 }
        if !hit.isEmpty { lines.append(words.rareEvents + " " + hit.map { "\($0.name) \($0.count)" }.joined(separator: ", ")) }
        let never = events.filter { $0.count == 0 }
        if !never.isEmpty { lines.append(words.neverHit + " " + never.map(\.name).joined(separator: ", ")) }
        return lines.joined(separator: "\n")
    }

    // MARK: JSON

    /// One array, one object for each run.
    public var json: String { "[" + runs.map(Self.object).joined(separator: ",\n ") + "]" }

    private static func object(_ run: Run) -> String {
        let verdict = run.verdict
        let violations = verdict.violations.map {
            "{\"rule\":\(quoted($0.rule)),\"at\":\(number($0.at.seconds)),\"message\":\(quoted($0.message))}"
        }
        let expectations = verdict.expectations.map {
            "{\"name\":\(quoted($0.expectation.measure.rawValue)),\"wanted\":\(number($0.expectation.wanted)),"
                + "\"measured\":\($0.measured.map(number) ?? "null"),\"passed\":\($0.passed)}"
        }
        let rare = verdict.rareEvents.keys.sorted().map { "\(quoted($0)):\(verdict.rareEvents[$0] ?? 0)" }
        return "{\"scenario\":\(quoted(verdict.scenario)),\"seed\":\(verdict.seed),\"digest\":\"\(verdict.digest.hex)\","
            + "\"passed\":\(verdict.passed),\"violations\":[\(violations.joined(separator: ","))],"
            + "\"expectations\":[\(expectations.joined(separator: ","))],\"rareEvents\":{\(rare.joined(separator: ","))},"
            + "\"simulatedSeconds\":\(number(verdict.simulatedTime.seconds)),\"wallSeconds\":\(number((run.wallSeconds * 1_000).rounded() / 1_000))}"
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    /// A JSON string (RFC 8259 section 7).
    private static func quoted(_ text: String) -> String {
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

/// What a sweep says to people.
struct SweepWords {
    let language: Language
    private var numbers: ReportWords { ReportWords(language: language) }
    private func say(_ en: String, _ vi: String) -> String { language == .en ? en : vi }

    func line(_ run: Sweep.Run) -> String {
        let verdict = run.verdict
        let wall = numbers.number(run.wallSeconds * 10) == "0" ? "0" : hundredths(run.wallSeconds)
        let result = verdict.passed ? numbers.passed : say("FAILED", "KHÔNG ĐẠT")
        let note = run.note.map { "  [\($0)]" } ?? ""
        let times = say("\(numbers.time(verdict.simulatedTime)) in \(wall) s", "\(numbers.time(verdict.simulatedTime)) trong \(wall) s")
        return "\(verdict.scenario)  \(numbers.seed) \(verdict.seed)  \(result)  \(times)  \(verdict.digest.hex)\(note)"
    }

    private func hundredths(_ value: Double) -> String {
        let text = String((value * 100).rounded() / 100)
        return language == .vi ? text.replacingOccurrences(of: ".", with: ",") : text
    }

    func violation(_ violation: Violation) -> String {
        say(
            "\(violation.rule) at \(hundredths(violation.at.seconds)) s: \(violation.message)",
            "\(violation.rule) lúc \(hundredths(violation.at.seconds)) s: \(violation.message)")
    }

    func missed(_ outcome: Outcome) -> String {
        let measure = outcome.expectation.measure
        let bound = (measure.isAtLeast ? numbers.atLeast : numbers.atMost) + " " + numbers.value(outcome.expectation.wanted, of: measure)
        guard let measured = outcome.measured else { return "\(measure.rawValue): \(numbers.nothingMeasured) (\(bound))" }
        return say(
            "\(measure.rawValue): \(numbers.value(measured, of: measure)) measured, \(bound) wanted",
            "\(measure.rawValue): đo được \(numbers.value(measured, of: measure)), cần \(bound)")
    }

    func more(_ count: Int) -> String { numbers.more(count) }

    func summary(passed: Int, of count: Int, simulated: Double, wall: Double) -> String {
        say(
            "\(passed) of \(count) runs passed; \(numbers.number(simulated)) s simulated in \(hundredths(wall)) s of computing",
            "\(passed)/\(count) lượt chạy đạt; mô phỏng \(numbers.number(simulated)) s trong \(hundredths(wall)) s tính toán")
    }
    var rareEvents: String { say("rare events:", "sự kiện hiếm:") }
    var neverHit: String { say("never hit:", "chưa lần nào gặp:") }
}
