import Basics
import Simulator

/// What the simulator and real processes say of one scenario, side by side.
public struct LiveComparison: Codable, Hashable, Sendable {
    /// One figure of both.
    public struct Row: Codable, Hashable, Sendable {
        /// A measure's name, or `LOWER – UPPER up` for a trunk's mean rate.
        public var name: String
        /// `ms` or `kbit/s`; empty for counts.
        public var unit: String
        /// Nil: there was nothing to measure.
        public var simulated: Double?
        /// The same of the real processes; nil also where only the simulator can measure it.
        public var live: Double?
        /// The scenario's own bound, if it has one.
        public var wanted: Double?
        /// Live less simulated.
        public var difference: Double?
        /// Neither run missed the bound. Where there is one, nothing to measure is a miss, as it is in the simulator's own verdict.
        public var passed: Bool

        /// A figure without a bound.
        init(name: String, unit: String, simulated: Double?, live: Double?) {
            self.name = name
            self.unit = unit
            self.simulated = simulated
            self.live = live
            difference = simulated.flatMap { simulated in live.map { $0 - simulated } }
            passed = true
        }

        /// A measure. What only the simulator can measure is no miss of the live run.
        init(_ measure: Expectation.Measure, unit: String, simulated: Double?, live: Double?, wanted: Double?, isMeasuredLive: Bool = true) {
            self.init(name: measure.rawValue, unit: unit, simulated: simulated, live: live)
            guard let wanted else { return }
            self.wanted = wanted
            let expectation = Expectation(measure: measure, wanted: wanted)
            passed = (isMeasuredLive ? [simulated, live] : [simulated]).allSatisfy { Outcome(expectation: expectation, measured: $0).passed }
        }
    }

    /// A rule that did not hold in the simulated run; the live one has no checkers.
    public struct Broken: Codable, Hashable, Sendable {
        /// `S1`, `L2`, …, as in ``Violation``.
        public var rule: String
        /// Seconds from the beginning.
        public var at: Double
        /// A sentence with the nodes concerned.
        public var message: String
    }

    /// The scenario's name.
    public var scenario: String
    /// Of the simulated run, and of the live lines' chance.
    public var seed: UInt64
    /// Measures, then mean rates of the trunks.
    public var rows: [Row]
    /// Of the simulated run, in the order in which they were noticed.
    public var violations: [Broken]
    /// Sentences about what was left out or went wrong.
    public var notes: [String]
    /// No bound was missed in either run, and no rule broken in the simulated one.
    public var passed: Bool

    /// What can be measured in both.
    static let measures: [(measure: Expectation.Measure, unit: String)] = [
        (.partMeetsWithin, "ms"), (.gapAfterCut, "ms"), (.healedWithin, "ms"), (.rosterEverywhereWithin, "ms"), (.maxTrunkRate, "kbit/s"),
    ]

    /// Those, and the ballots where the file asks for them.
    private static func measures(of scenario: Scenario) -> [(measure: Expectation.Measure, unit: String)] {
        measures + (scenario.expectations.contains { $0.measure == .ballots } ? [(.ballots, "")] : [])
    }

    /// The scenario with everything expected that can be measured in both, so that the simulator measures it, whether the file wants it
    /// or not; the bounds are taken up in ``init(_:verdict:live:)``. What else the file expects stays.
    public static func asked(_ scenario: Scenario) -> Scenario {
        var asked = scenario
        asked.expectations =
            measures(of: scenario).map { Expectation(measure: $0.measure, wanted: $0.measure.isAtLeast ? 0 : .infinity) } + onlySimulated(scenario)
        return asked
    }

    private static func onlySimulated(_ scenario: Scenario) -> [Expectation] {
        let both = measures(of: scenario)
        return scenario.expectations.filter { expectation in !both.contains { $0.measure == expectation.measure } }
    }

    /// Puts both together; `verdict` is that of ``asked(_:)`` with its trace.
    public init(_ scenario: Scenario, verdict: Verdict, live: LiveFindings) {
        self.scenario = scenario.name
        seed = verdict.seed
        notes = live.notes
        violations = verdict.violations.map { Broken(rule: $0.rule, at: $0.at.seconds, message: $0.message) }
        func simulated(_ measure: Expectation.Measure) -> Double? {
            verdict.expectations.first { $0.expectation.measure == measure }?.measured
        }
        rows = LiveComparison.measures(of: scenario).map { measure, unit in
            Row(
                measure, unit: unit, simulated: simulated(measure), live: live.measured[measure],
                wanted: scenario.expectations.first { $0.measure == measure }?.wanted)
        }
        for expectation in LiveComparison.onlySimulated(scenario) {
            let measure = expectation.measure
            rows.append(
                Row(measure, unit: measure.unitName, simulated: simulated(measure), live: nil, wanted: expectation.wanted, isMeasuredLive: false))
        }
        passed = violations.isEmpty && rows.allSatisfy(\.passed)
        let seconds = max(verdict.simulatedTime.seconds, 0.001)
        var carried: [Trunk: (up: Double, down: Double)] = [:]
        for load in verdict.trace?.loads ?? [] {
            var sum = carried[load.trunk] ?? (0, 0)
            if load.isUp { sum.up += load.kbps } else { sum.down += load.kbps }
            carried[load.trunk] = sum
        }
        for (trunk, _) in scenario.trunks {
            guard let live = live.trunks[trunk] else { continue }
            let name = [trunk.lower, trunk.upper].map { scenario.network.node($0)?.id ?? "?" }.joined(separator: " – ")
            let simulated = verdict.trace.map { _ in carried[trunk] ?? (0, 0) }
            rows.append(Row(name: name + " up", unit: "kbit/s", simulated: simulated.map { $0.up / seconds }, live: live.up))
            rows.append(Row(name: name + " down", unit: "kbit/s", simulated: simulated.map { $0.down / seconds }, live: live.down))
        }
    }

    /// Three columns and a heading.
    public var text: String {
        let widest = rows.map(\.name.count).max() ?? 0
        func column(_ text: String) -> String { String(repeating: " ", count: max(1, 12 - text.count)) + text }
        func number(_ value: Double?, sign: Bool = false) -> String {
            guard let value else { return column("–") }
            let tenths = Int((abs(value) * 10).rounded())
            return column((value < 0 ? "-" : sign ? "+" : "") + "\(tenths / 10).\(tenths % 10)")
        }
        var out = "\(scenario), seed \(seed)\n"
        out += String(repeating: " ", count: widest) + column("simulated") + column("live") + column("difference") + "\n"
        for row in rows {
            out += row.name + String(repeating: " ", count: widest - row.name.count)
            out += number(row.simulated) + number(row.live) + number(row.difference, sign: true) + (row.unit.isEmpty ? "" : " " + row.unit)
            if !row.passed, let wanted = row.wanted {
                let isAtLeast = Expectation.Measure(rawValue: row.name)?.isAtLeast == true
                out += ", wanted \(isAtLeast ? "at least" : "at most") \(Int(wanted))"
            }
            out += "\n"
        }
        for broken in violations { out += "simulated: \(broken.rule) at \(Int((broken.at * 1_000).rounded())) ms: \(broken.message)\n" }
        for note in notes { out += "note: \(note)\n" }
        return out
    }

    /// 0 all passed; 3 a safety rule was broken in a simulated run, 4 a liveness rule; 1 a bound was missed in either run, or a live run could
    /// not be made. The worst counts: 3, 4, 1.
    public static func exitCode(_ comparisons: [LiveComparison], allPlayed: Bool) -> Int32 {
        let rules = comparisons.flatMap { $0.violations.map { Violation(rule: $0.rule, at: .zero, message: "") } }
        if rules.contains(where: { !$0.isLiveness }) { return 3 }
        if !rules.isEmpty { return 4 }
        return allPlayed && comparisons.allSatisfy(\.passed) ? 0 : 1
    }
}

extension Expectation.Measure {
    /// As in a comparison's rows.
    fileprivate var unitName: String {
        switch self {
        case .rosterEverywhereWithin, .gapAfterCut, .partMeetsWithin, .mouthToEar, .healedWithin, .grantedWithin: "ms"
        case .maxTrunkRate: "kbit/s"
        case .oneCopyPerTrunk, .requestsLost, .ballotsLost, .ballots, .grants, .heard, .falseDetaches, .rehomings: ""
        }
    }
}
