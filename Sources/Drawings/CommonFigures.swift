import Topology

/// Figures that most trunks of one level within a block have: the block's head says them once, and only exceptions stand in rows.
///
/// A block is what hangs below a child of the root; nodes right below the root that have none below themselves are a block of their own.
struct CommonFigures {
    /// By slot: its figures are those that the head says.
    private(set) var isTold: [Bool]
    /// By the slot of the head; the root's are of the nodes right below it.
    private(set) var ofHead: [Int: [NodeCaption.Common]] = [:]

    /// So many are told once.
    private static let fewest = 3

    init(_ network: Network, _ trunks: [TrunkLoad?], _ words: DrawingWords) {
        isTold = [Bool](repeating: false, count: network.count)
        let tree = network.tree
        let direct = tree.children(0).filter { tree.children($0).isEmpty }
        let heads = tree.children(0).filter { !tree.children($0).isEmpty }
        for (head, members) in heads.map({ ($0, Array(tree.subtree($0).dropFirst())) }) + [(0, direct)] {
            for level in network.levels {
                let slots = members.filter { network.nodes[$0].level == level.id }
                guard let most = Self.commonest(slots, network, trunks, words) else { continue }
                for slot in most.slots { isTold[slot] = true }
                ofHead[head, default: []].append(.init(words.common(level.name, most.slots.count, most.figures), LoadBand(trunks[most.slots[0]])))
            }
        }
    }

    private static func commonest(
        _ slots: [Int], _ network: Network, _ trunks: [TrunkLoad?], _ words: DrawingWords
    ) -> (figures: String, slots: [Int])? {
        var groups: [String: [Int]] = [:]
        var order: [String] = []
        for slot in slots {
            guard let line = network.links[slot]?.line else { continue }
            let figures = words.figures(line, trunks[slot])
            if groups[figures] == nil { order.append(figures) }
            groups[figures, default: []].append(slot)
        }
        guard let most = order.max(by: { (groups[$0] ?? []).count < (groups[$1] ?? []).count }), let members = groups[most],
            members.count >= fewest, members.count * 2 >= slots.count, members.allSatisfy({ LoadBand(trunks[$0]) == LoadBand(trunks[members[0]]) })
        else { return nil }
        return (most, members)
    }
}
