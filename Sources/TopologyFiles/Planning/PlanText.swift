import Basics
import Topology

/// The plan for people.
extension PlanReport {
    /// Several lines, without a line break at the end.
    public var text: String {
        var lines = heading + [""]
        lines += trunkLines + [""]
        lines += comparison
        if !failures.isEmpty { lines += [""] + failureLines }
        if !advice.isEmpty { lines += [""] + adviceLines }
        return (lines + ["", verdict]).joined(separator: "\n")
    }

    private var words: PlanWords { PlanWords(language) }

    // MARK: Meetings

    private var heading: [String] {
        let network = plan.network
        var lines = [words.network(network.name, nodes: network.count, trunks: network.count - 1)]
        for meeting in plan.meetings {
            let chair = network.name(of: meeting.chair) ?? meeting.chair.rawValue
            let speakers = meeting.speakers.map { network.name(of: $0) ?? $0.rawValue }
            lines.append(words.meeting(meeting, chair: chair, speakers: speakers))
        }
        if plan.assumedTrunks > 0 { lines.append(words.assumed(plan.assumedTrunks)) }
        if plan.assumedNodes > 0 { lines.append(words.assumedNodes(plan.assumedNodes)) }
        if network.links.contains(where: { $0.map { $0.audio == .mix || $0.video == .mix || $0.video == .none } ?? false }) {
            lines.append(words.modesIgnored)
        }
        return lines
    }

    // MARK: Trunks

    /// All of a small network; of a large one the loaded ones, and a line for each level.
    private var trunkLines: [String] {
        let trunks = plan.trunks.compactMap { $0 }
        let listed = showsAll || trunks.count <= 40 ? trunks : Array(trunks.filter { $0.isOver || $0.up.isTight || $0.down.isTight }.prefix(40))
        var rows: [[String]] = listed.map { row(plan.network.name(of: $0.child), up: $0.up, down: $0.down) }
        if listed.count < trunks.count {
            for level in plan.network.levels {
                let of = trunks.filter { plan.network.nodes[$0.child].level == level.id }
                guard let up = of.map(\.up).max(by: { $0.share < $1.share }), let down = of.map(\.down).max(by: { $0.share < $1.share })
                else { continue }
                rows.append(row(words.level(level.name, of.count), up: up, down: down))
            }
        }
        return table([words.trunkHeads] + rows, right: [1, 2, 3, 5, 6, 7])
    }

    private func row(_ name: String, up: DirectionLoad, down: DirectionLoad) -> [String] {
        func cells(_ load: DirectionLoad) -> [String] {
            ["\(load.streams)", words.megabits(load.bits), words.percent(load.share), mark(load)]
        }
        return [name] + cells(up) + cells(down)
    }

    private func mark(_ load: DirectionLoad) -> String {
        if load.isOver { return words.over(load.dropped.map { words.rung($0, several: plan.meetings.count > 1) }, load.isHopeless) }
        return load.isTight ? words.tight : ""
    }

    /// Columns as wide as their widest cell.
    private func table(_ rows: [[String]], right: Set<Int>) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (i, cell) in row.enumerated() {
                if i == widths.count { widths.append(0) }
                widths[i] = max(widths[i], cell.count)
            }
        }
        return rows.map { row in
            var line = ""
            for (i, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[i] - cell.count)
                line += (i > 0 && widths[i] > 0 ? "  " : "") + (right.contains(i) ? space + cell : cell + space)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    // MARK: The whole

    private var comparison: [String] {
        let network = plan.network
        var lines = [
            words.root(network.nodes[0].id, tree: plan.rootBits, star: plan.starRootBits, mesh: plan.meshSpeakerBits, copies: plan.copies)
        ]
        if let farthest = plan.farthest {
            lines.append(
                words.farthest(
                    from: network.name(of: farthest.from) ?? farthest.from.rawValue, to: network.name(of: farthest.to) ?? farthest.to.rawValue,
                    delay: farthest.delay, hops: farthest.hops))
        }
        if let busiest = plan.busiest { lines.append(words.busiest(network.name(of: busiest.slot), busiest)) }
        return lines
    }

    // MARK: Failures and advice

    /// One failure in full; of many the worst.
    private var failureLines: [String] {
        if failures.count == 1 { return [words.failed(name(failures[0].failed))] + details(failures[0]) }
        let worst = failures.enumerated().sorted {
            ($0.element.overloaded.count, $0.element.lost.count, -$0.offset) > ($1.element.overloaded.count, $1.element.lost.count, -$1.offset)
        }
        let shown = worst.prefix(showsAll ? worst.count : 15).map(\.element)
        let rows = shown.map { outcome in
            let moved = outcome.rehomed.map { plan.network.nodes[$0.node].id + " → " + plan.network.nodes[$0.to].id }
            return [name(outcome.failed), "\(outcome.lost.count)", words.few(moved), words.few(outcome.overloaded.map { plan.network.nodes[$0.child].id })]
        }
        let clean = failures.count { $0.lost.count <= 1 && $0.overloaded.isEmpty }
        return [words.failures(failures.count, clean: clean)] + table([words.failureHeads] + rows, right: [1])
    }

    private func details(_ outcome: FailureOutcome) -> [String] {
        let network = plan.network
        var lines = [words.lost(outcome.lost.map { network.name(of: $0) ?? $0.rawValue })]
        for move in outcome.rehomed { lines.append(words.rehomed(network.name(of: move.node), network.name(of: move.to))) }
        for trunk in outcome.overloaded {
            let load = trunk.up.share > trunk.down.share ? trunk.up : trunk.down
            lines.append(words.overloaded(network.name(of: trunk.child), network.name(of: trunk.parent), load))
        }
        return lines
    }

    private var adviceLines: [String] {
        let over = plan.trunks.compactMap { $0 }.filter(\.isOver)
        let missing = over.isEmpty ? [] : [words.missing(over.count, plan.missing)]
        return [words.adviceHead] + missing + advice.map { words.advice($0, plan.network.name(of: $0.slot)) }
    }

    private var verdict: String {
        let over = plan.trunks.compactMap { $0 }.filter(\.isOver)
        return words.verdict(ok: ok, over: over.count, failing: failures.count { !$0.overloaded.isEmpty }, assumed: plan.assumedTrunks)
    }
}
