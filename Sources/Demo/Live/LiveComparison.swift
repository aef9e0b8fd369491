import Basics
import Simulator

/// What the simulator and real processes say of one scenario, side by side.
public struct LiveComparison: Codable, Hashable, Sendable {
    /// One figure of both.
    public struct Row: Codable, Hashable, Sendable {
        /// A measure's name, or `LOWER – UPPER up` for a trunk's mean rate.
        public var name: String
        /// `ms` or `kbit/s`.
        public var unit: String
        /// Nil: there was nothing to measure.
        public var simulated: Double?
        public var live: Double?
        /// The scenario's own bound, if it has one.
        public var wanted: Double?
        /// Live less simulated.
        public var difference: Double?
        /// Neither run missed the bound. A run in which there was nothing to measure missed nothing here.
        public var isHeld: Bool { wanted.map { wanted in [simulated, live].allSatisfy { ($0 ?? 0) <= wanted } } ?? true }

        init(name: String, unit: String, simulated: Double?, live: Double?, wanted: Double? = nil) {
            self.name = name
            self.unit = unit
            self.simulated = simulated
            self.live = live
            self.wanted = wanted
            difference = simulated.flatMap { simulated in live.map { $0 - simulated } }
        }
    }
    public var scenario: String
    public var seed: UInt64
    public var rows: [Row]
    /// Sentences about what was left out or went wrong.
    public var notes: [String]
    public var isHeld: Bool { rows.allSatisfy(\.isHeld) }

    /// What can be measured in both.
    static let measures: [(measure: Expectation.Measure, unit: String)] = [
        (.partMeetsWithin, "ms"), (.gapAfterCut, "ms"), (.healedWithin, "ms"), (.rosterEverywhereWithin, "ms"), (.maxTrunkRate, "kbit/s"),
    ]

    /// The scenario with everything expected that can be measured in both, so that the simulator measures it; its own bounds are
    /// taken up in ``init(_:verdict:live:)``.
    public static func asked(_ scenario: Scenario) -> Scenario {
        var scenario = scenario
        scenario.expectations = measures.map { Expectation(measure: $0.measure, wanted: .infinity) }
        return scenario
    }

    /// Puts both together; `verdict` is that of ``asked(_:)`` with its trace.
    public init(_ scenario: Scenario, verdict: Verdict, live: LiveFindings) {
        self.scenario = scenario.name
        seed = verdict.seed
        notes = live.notes
        rows = LiveComparison.measures.map { measure, unit in
            Row(
                name: measure.rawValue, unit: unit, simulated: verdict.expectations.first { $0.expectation.measure == measure }?.measured,
                live: live.measured[measure], wanted: scenario.expectations.first { $0.measure == measure }?.wanted)
        }
        let seconds = max(verdict.simulatedTime.seconds, 0.001)
        var carried: [Trunk: (up: Double, down: Double)] = [:]
        for load in verdict.trace?.loads ?? [] {
            var sum = carried[load.trunk] ?? (0, 0)
            if load.isUp { sum.up += load.kbps } else { sum.down += load.kbps }
            carried[load.trunk] = sum
        }
        for (slot, link) in scenario.network.links.enumerated() {
            guard let link else { continue }
            let node = scenario.network.nodes[slot]
            for upper in [link.parent] + link.backups {
                let trunk = Trunk(lower: node.index, upper: upper)
                let name = "\(node.id) – \(scenario.network.node(upper)?.id ?? "?")"
                guard let live = live.trunks[trunk] else { continue }
                let simulated = verdict.trace.map { _ in carried[trunk] ?? (0, 0) }
                rows.append(Row(name: name + " up", unit: "kbit/s", simulated: simulated.map { $0.up / seconds }, live: live.up))
                rows.append(Row(name: name + " down", unit: "kbit/s", simulated: simulated.map { $0.down / seconds }, live: live.down))
            }
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
            out += number(row.simulated) + number(row.live) + number(row.difference, sign: true) + " " + row.unit
            if !row.isHeld, let wanted = row.wanted { out += ", wanted at most \(Int(wanted))" }
            out += "\n"
        }
        for note in notes { out += "note: \(note)\n" }
        return out
    }
}
