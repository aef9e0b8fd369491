import Basics

/// A network with one thing broken: who hangs where, and which parts it falls into.
///
/// Nodes that lost their uplink are *orphans*: the failed node's children, or the failed trunk's lower end. Their subtrees stay whole,
/// so everything is told of them and of the rest.
struct Wreck {
    /// The rest: what is not behind the failure.
    static let rest = -1

    private let network: Network
    private let deadNode: Int?
    /// What was cut out of the tree.
    private let hole: Range<Int>
    private let orphans: [Int]
    /// The backup that each orphan takes.
    private let targets: [Int?]

    /// The node fails.
    init(node slot: Int, _ network: Network) {
        self.init(network, deadNode: slot, hole: network.tree.subtree(slot), orphans: network.tree.children(slot))
    }

    /// The trunk above this slot fails.
    init(trunk slot: Int, _ network: Network) {
        self.init(network, deadNode: nil, hole: network.tree.subtree(slot), orphans: [slot])
    }

    private init(_ network: Network, deadNode: Int?, hole: Range<Int>, orphans: [Int]) {
        self.network = network
        self.deadNode = deadNode
        self.hole = hole
        self.orphans = orphans
        targets = orphans.map { orphan in
            network.links[orphan]?.backups.lazy.compactMap { network.slot($0) }.first { $0 != deadNode }
        }
    }

    var rehomed: [FailureOutcome.Rehoming] {
        zip(orphans, targets).compactMap { orphan, target in target.map { FailureOutcome.Rehoming(node: orphan, to: $0) } }
    }

    /// The orphan whose subtree holds a slot, by its place; nil for the rest and for the dead node.
    private func orphan(holding slot: Int) -> Int? {
        guard hole.contains(slot), slot != deadNode else { return nil }
        // Preorder: the last one that begins at or before the slot.
        var low = 0
        var high = orphans.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if orphans[middle] <= slot { low = middle } else { high = middle }
        }
        return low
    }

    /// The part that a slot belongs to now: the orphan at whose top it ends, or ``rest``; nil for the dead node.
    func part(of slot: Int) -> Int? {
        guard slot != deadNode else { return nil }
        var at = slot
        while let i = orphan(holding: at) {
            guard let target = targets[i] else { return i }
            at = target
        }
        return Wreck.rest
    }

    /// How large each part is by some count of sites at and below a slot.
    func sizes(_ below: (Int) -> Int) -> Parts {
        var parts = Parts(rest: below(0) - below(hole.lowerBound), orphans: [Int](repeating: 0, count: orphans.count))
        for orphan in orphans {
            guard let part = part(of: orphan) else { continue }
            if part == Wreck.rest { parts.rest += below(orphan) } else { parts.orphans[part] += below(orphan) }
        }
        return parts
    }

    /// Sites in each part.
    struct Parts {
        var rest: Int
        var orphans: [Int]
        func size(of part: Int) -> Int { part == Wreck.rest ? rest : orphans[part] }
        /// The part with most sites; of equals the chair's, else the upper one.
        func largest(chair: Int?) -> Int {
            var best = Wreck.rest
            for i in orphans.indices where orphans[i] > size(of: best) || orphans[i] == size(of: best) && chair == i { best = i }
            if let chair, size(of: chair) == size(of: best) { return chair }
            return best
        }
    }

    /// Intervals of slots that are not in that part, the dead node included.
    func ranges(outside main: Int) -> [Range<Int>] {
        var result: [Range<Int>] = []
        if main != Wreck.rest { result += [0..<hole.lowerBound, hole.upperBound..<network.count] }
        if let deadNode { result.append(deadNode..<deadNode + 1) }
        for orphan in orphans where part(of: orphan) != main { result.append(network.tree.subtree(orphan)) }
        return result
    }

    // MARK: Ways

    /// The slot above, as nodes hang now; nil at the top of a part.
    func parent(_ slot: Int) -> Int? {
        if let i = orphan(holding: slot), orphans[i] == slot { return targets[i] }
        return network.tree.parent(slot)
    }

    /// A slot and all above it.
    func way(from slot: Int) -> [Int] {
        var result = [slot]
        while let up = parent(result[result.count - 1]) { result.append(up) }
        return result
    }

    /// Whether one slot hangs at or below another now.
    func isBelow(_ top: Int, _ slot: Int) -> Bool {
        guard slot != deadNode else { return false }
        var at: Int? = slot
        while let here = at {
            if here == top { return true }
            at = parent(here)
        }
        return false
    }

    /// Sites at and below a slot now: those before, less what was cut out below it, and all orphans that hang below it now.
    func count(at slot: Int, _ below: (Int) -> Int) -> Int {
        var result = below(slot)
        if !hole.contains(slot), network.tree.contains(slot, hole.lowerBound) { result -= below(hole.lowerBound) }
        for (orphan, target) in zip(orphans, targets) where orphan != slot {
            if let target, isBelow(slot, target) { result += below(orphan) }
        }
        return result
    }
}
