import Basics
import Topology

/// Makes a failing scenario small while it still fails in the same way: faults, then nodes, then people, then lengths of time.
///
/// Lists are halved by delta debugging (Zeller and Hildebrandt 2002): leave out larger parts first, smaller ones when that does
/// not do. Whether a candidate still fails is for the caller to say, who runs it under the same seed.
public struct Shrinking {
    /// What is left, and what it took.
    public struct Result: Sendable {
        /// The smallest that still fails.
        public var scenario: Scenario
        /// Candidates that were run.
        public var runs: Int
        /// Every part was tried once more without success; otherwise the runs were used up.
        public var isMinimal: Bool
    }

    private var best: Scenario
    private var runsLeft: Int
    private let stillFails: (Scenario) -> Bool

    /// The smallest scenario found with at most so many runs; `scenario` itself is known to fail.
    public static func shrink(_ scenario: Scenario, mostRuns: Int = 500, stillFails: (Scenario) -> Bool) -> Result {
        withoutActuallyEscaping(stillFails) { stillFails in
            var shrinking = Shrinking(best: scenario, runsLeft: mostRuns, stillFails: stillFails)
            // What is measured breaks no rule.
            if !scenario.expectations.isEmpty { shrinking.tryOut { $0.expectations = [] } }
            var isMinimal = false
            while shrinking.runsLeft > 0 {
                let before = shrinking.best
                shrinking.pass()
                if shrinking.best == before {
                    isMinimal = shrinking.runsLeft > 0
                    break
                }
            }
            return Result(scenario: shrinking.best, runs: mostRuns - shrinking.runsLeft, isMinimal: isMinimal)
        }
    }

    private mutating func pass() {
        shrinkEvents { !$0.isOfPeople }
        shrinkNodes()
        shrinkMeetings()
        shrinkEvents(where: \.isOfPeople)
        shrinkLinks()
        shrinkTimes()
    }

    /// Keeps a candidate that still fails.
    @discardableResult
    private mutating func tryOut(_ candidate: Scenario) -> Bool {
        guard runsLeft > 0, candidate != best else { return false }
        runsLeft -= 1
        guard stillFails(candidate) else { return false }
        best = candidate
        return true
    }

    @discardableResult
    private mutating func tryOut(_ change: (inout Scenario) -> Void) -> Bool {
        var candidate = best
        change(&candidate)
        return tryOut(candidate)
    }

    /// Delta debugging over a list: `with` makes the candidate that keeps these items.
    private mutating func shrink<T>(_ items: [T], with: (Scenario, [T]) -> Scenario?) {
        var items = items
        var parts = 2
        if !items.isEmpty, let none = with(best, []), tryOut(none) { return }
        while items.count >= 2, runsLeft > 0 {
            let size = (items.count + parts - 1) / parts
            var progress = false
            var start = 0
            while start < items.count {
                let rest = Array(items[..<start] + items[min(items.count, start + size)...])
                if let candidate = with(best, rest), tryOut(candidate) {
                    items = rest
                    progress = true
                } else {
                    start += size
                }
            }
            if !progress, size == 1 { break }
            parts = progress ? max(2, parts - 1) : min(items.count, parts * 2)
        }
    }

    // MARK: The parts

    private mutating func shrinkEvents(where concerned: (Event) -> Bool) {
        let numbered = Array(best.timeline.enumerated())
        let all = numbered.filter { concerned($0.element.event) }.map(\.offset)
        let others = Set(numbered.filter { !concerned($0.element.event) }.map(\.offset))
        let timeline = best.timeline
        shrink(all) { scenario, kept in
            var candidate = scenario
            let keeps = others.union(kept)
            candidate.timeline = timeline.enumerated().filter { keeps.contains($0.offset) }.map(\.element)
            return candidate
        }
    }

    /// A part below the root as the whole network, then whole subtrees left out, large ones first.
    private mutating func shrinkNodes() {
        var found = true
        while found, runsLeft > 0 {
            found = false
            for child in best.network.tree.children(0) {
                if let candidate = best.restricted(to: best.network.tree.subtree(child)), tryOut(candidate) {
                    found = true
                    break
                }
            }
        }
        var tried: Set<NodeIndex> = []
        while runsLeft > 0 {
            let tree = best.network.tree
            let next = best.network.nodes.indices.dropFirst().filter { !tried.contains(best.network.nodes[$0].index) }
                .max { (tree.subtree($0).count, -$0) < (tree.subtree($1).count, -$1) }
            guard let next else { break }
            tried.insert(best.network.nodes[next].index)
            let gone = tree.subtree(next)
            if let candidate = best.restricted(to: best.network.nodes.indices.filter { !gone.contains($0) }) { tryOut(candidate) }
        }
    }

    private mutating func shrinkMeetings() {
        for meeting in best.meetings where best.meetings.count > 1 {
            if let candidate = best.without(meeting: meeting.file.id) { tryOut(candidate) }
        }
        for meeting in best.meetings {
            shrink(meeting.file.sites) { scenario, kept in scenario.keeping(sites: kept, of: meeting.file.id) }
        }
    }

    private mutating func shrinkLinks() {
        guard !best.links.isEmpty else { return }
        if tryOut({ $0.links = [:] }) { return }
        let links = best.links
        shrink(best.sortedTrunks) { scenario, kept in
            var candidate = scenario
            candidate.links = links.filter { kept.contains($0.key) }
            return candidate
        }
    }

    private mutating func shrinkTimes() {
        if best.core != nil { tryOut { $0.core = nil } }
        // Nothing may come after the end, or no file can say it.
        let last = max(best.timeline.map(\.at).max() ?? .zero, best.meetings.map(\.startsAt).max() ?? .zero)
        for wanted in [last + .milliseconds(500), last + .seconds(Int64(3)), best.safetyPhase / 2] where wanted < best.safetyPhase && wanted > last {
            if tryOut({ $0.safetyPhase = wanted }) { break }
        }
        while best.livenessPhase > .milliseconds(500), best.safetyPhase + best.livenessPhase / 2 >= last,
            tryOut({ $0.livenessPhase = $0.livenessPhase / 2 })
        {}
    }
}
