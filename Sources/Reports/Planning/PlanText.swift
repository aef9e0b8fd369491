import Basics
import Topology

/// The plan for people.
extension PlanReport {
    /// Several lines, without a line break at the end.
    public var text: String {
        var lines = heading + [""]
        lines += trunkLines + [""]
        if !plan.accesses.isEmpty { lines += accessLines + [""] }
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
        if plan.assumedDelays > 0 { lines.append(words.assumedDelays(plan.assumedDelays)) }
        if plan.assumedNodes > 0 { lines.append(words.assumedNodes(plan.assumedNodes)) }
        lines += notYet
        lines.append(words.checkCode(plan.checkCode))
        return lines
    }

    // MARK: Trunks

    /// Trunks that are told one by one.
    private static let mostRows = 40

    /// All of a small network; of a large one the loaded ones, equal ones as one, and a line for each level that is not told yet.
    private var trunkLines: [String] {
        let trunks = plan.trunks.compactMap { $0 }
        if showsAll || trunks.count <= Self.mostRows {
            return table([words.trunkHeads] + trunks.map { row(plan.network.name(of: $0.child), up: $0.up, down: $0.down) }, right: [1, 2, 3, 5, 6, 7])
        }
        let groups = equalTrunks(trunks.filter { $0.isOver || $0.up.isTight || $0.down.isTight })
        var rows = groups.prefix(Self.mostRows).flatMap { group in
            group.count > 2
                ? [row(words.equal(group.map { plan.network.nodes[$0.child].name }, level: levelName(group[0])), up: group[0].up, down: group[0].down)]
                : group.map { row(plan.network.name(of: $0.child), up: $0.up, down: $0.down) }
        }
        let left = groups.dropFirst(Self.mostRows).reduce(0) { $0 + $1.count }
        if left > 0 { rows.append([words.moreTrunks(left)]) }
        for level in plan.network.levels {
            let of = trunks.filter { plan.network.nodes[$0.child].level == level.id }
            if groups.contains(where: { $0.count == of.count && of.count > 2 && $0[0].child == of[0].child }) { continue }
            guard let up = of.map(\.up).max(by: { $0.share < $1.share }), let down = of.map(\.down).max(by: { $0.share < $1.share })
            else { continue }
            rows.append(row(words.level(level.name, of.count), up: up, down: down))
        }
        return table([words.trunkHeads] + rows, right: [1, 2, 3, 5, 6, 7])
    }

    private func levelName(_ trunk: TrunkLoad) -> String {
        let id = plan.network.nodes[trunk.child].level
        return plan.network.level(id: id)?.name ?? id
    }

    /// Trunks of one level whose rows would be alike, together; in the order of their first.
    private func equalTrunks(_ trunks: [TrunkLoad]) -> [[TrunkLoad]] {
        var groups: [[TrunkLoad]] = []
        var position: [[String]: Int] = [:]
        for trunk in trunks {
            let looks = row(plan.network.nodes[trunk.child].level, up: trunk.up, down: trunk.down)
            if let at = position[looks] {
                groups[at].append(trunk)
            } else {
                position[looks] = groups.count
                groups.append([trunk])
            }
        }
        return groups
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

    /// Of many the fullest.
    private var accessLines: [String] {
        let all = plan.accesses
        let listed = showsAll || all.count <= Self.mostRows ? all : Array(all.sorted { $0.share > $1.share }.prefix(Self.mostRows))
        let rows = listed.map { words.access(plan.network.name(of: $0.slot), $0) }
        return table([words.accessHeads] + rows, right: [1, 2, 3, 4])
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

    /// So many of many failures are shown.
    private static let shownFailures = 15

    /// One failure in full; of many the worst. Failures that lose one site at most and overload nothing are counted in one row.
    private var failureLines: [String] {
        if failures.count == 1 { return [words.failed(name(failures[0].failed))] + details(failures[0]) }
        let worst = failures.enumerated().sorted {
            ($0.element.overloaded.count, $0.element.lost.count, -$0.offset) > ($1.element.overloaded.count, $1.element.lost.count, -$1.offset)
        }
        let clean = failures.count { $0.isSmall }
        let telling = worst.map(\.element).filter { showsAll || !$0.isSmall }
        let shown = telling.prefix(showsAll ? telling.count : Self.shownFailures)
        let rows = shown.map { outcome in
            let moved = outcome.rehomed.map { plan.network.nodes[$0.node].id + " → " + plan.network.nodes[$0.to].id }
            return [
                name(outcome.failed), words.failedName(outcome.failed, plan.network), "\(outcome.lost.count)", words.few(moved),
                words.few(outcome.overloaded.map { plan.network.nodes[$0.child].id }),
            ]
        }
        var lines = [words.failures(failures.count, clean: clean)]
        if !rows.isEmpty { lines += table([words.failureHeads] + rows, right: [2]) }
        let left = telling.dropFirst(shown.count)
        if let most = left.map(\.lost.count).max() { lines.append(words.moreFailures(left.count, atMost: most)) }
        if clean > 0, !showsAll { lines.append(words.smallFailures(clean)) }
        return lines
    }

    private func details(_ outcome: FailureOutcome) -> [String] {
        let network = plan.network
        var lines: [String] = []
        if case .carrier(let name) = outcome.failed {
            let cut = network.links.compactMap { $0 }.filter { $0.line.carrier == name }
            lines.append(words.carrierFailed(lines: cut.count, backups: cut.count { !$0.backups.isEmpty }))
        }
        lines.append(words.lost(outcome.lost.map { network.name(of: $0) ?? $0.rawValue }))
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
        return [words.adviceHead] + missing + advice.map { words.advice($0, plan.network) }
    }

    private var verdict: String {
        let over = plan.trunks.compactMap { $0 }.filter(\.isOver)
        return words.verdict(
            ok: ok, over: over.count, access: plan.accesses.count(where: \.isOver), failing: failures.count { !$0.overloaded.isEmpty },
            assumed: plan.assumedTrunks)
    }
}

extension FailureOutcome {
    /// It loses one site at most and overloads nothing.
    var isSmall: Bool { lost.count <= 1 && overloaded.isEmpty }
}
