/// A rooted tree with a dense slot for each node: a pure value that every layer shares.
///
/// Slots are numbered in preorder (a parent before its children, siblings in the order given), so that the subtree of
/// slot `s` is the interval `s ..< subtreeEnd(s)`. A slot is local to one value; on the wire nodes are ``NodeIndex``.
public struct Tree: Hashable, Sendable {
    /// Names by slot.
    public let nodes: [NodeIndex]
    private let parents: [Int32]
    private let levels: [Int32]
    private let ends: [Int32]
    private let childLists: [[Int]]
    /// Slots by name, open-addressed; −1: free. A name is the beginning of a hash: its low bits say where to look first.
    private let slots: [Int32]

    /// What keeps a list of nodes from being a tree.
    public enum Malformed: Error, Hashable {
        /// There is no node.
        case empty
        /// Two nodes have that name.
        case duplicate(NodeIndex)
        /// The parent of that node is none of the nodes.
        case unknownParent(of: NodeIndex)
        /// These have no parent, and only one may have none.
        case severalRoots([NodeIndex])
        /// Every node has a parent.
        case noRoot
        /// The nodes that no root reaches.
        case cycle([NodeIndex])
    }

    /// Builds the tree from (node, parent) pairs in any order; exactly one parent is nil.
    public init(_ edges: [(node: NodeIndex, parent: NodeIndex?)]) throws(Malformed) {
        guard !edges.isEmpty else { throw .empty }
        var position: [NodeIndex: Int] = [:]
        for (i, edge) in edges.enumerated() where position.updateValue(i, forKey: edge.node) != nil {
            throw .duplicate(edge.node)
        }
        var children = [[Int]](repeating: [], count: edges.count)
        var roots: [Int] = []
        for (i, edge) in edges.enumerated() {
            guard let parent = edge.parent else {
                roots.append(i)
                continue
            }
            guard let p = position[parent] else { throw .unknownParent(of: edge.node) }
            children[p].append(i)
        }
        guard let root = roots.first else { throw .noRoot }
        guard roots.count == 1 else { throw .severalRoots(roots.map { edges[$0].node }) }

        var nodes: [NodeIndex] = []
        var parents: [Int32] = []
        var levels: [Int32] = []
        var stack: [(Int, Int32, Int32)] = [(root, -1, 0)]
        while let (i, parent, level) = stack.popLast() {
            let slot = nodes.count
            nodes.append(edges[i].node)
            parents.append(parent)
            levels.append(level)
            for child in children[i].reversed() { stack.append((child, Int32(slot), level + 1)) }
        }
        guard nodes.count == edges.count else {
            let reached = Set(nodes)
            throw .cycle(edges.map(\.node).filter { !reached.contains($0) })
        }
        var ends = [Int32](repeating: 0, count: nodes.count)
        var lists = [[Int]](repeating: [], count: nodes.count)
        for slot in nodes.indices.reversed() {
            ends[slot] = max(ends[slot], Int32(slot + 1))
            if parents[slot] >= 0 {
                let p = Int(parents[slot])
                ends[p] = max(ends[p], ends[slot])
                lists[p].append(slot)
            }
        }
        self.nodes = nodes
        self.parents = parents
        self.levels = levels
        self.ends = ends
        slots = Tree.table(of: nodes)
        childLists = lists.map { $0.reversed() }
    }

    /// At most half full.
    private static func table(of nodes: [NodeIndex]) -> [Int32] {
        var size = 2
        while size < 2 * nodes.count { size *= 2 }
        var table = [Int32](repeating: -1, count: size)
        for (slot, node) in nodes.enumerated() {
            var at = Int(node.rawValue) & (size - 1)
            while table[at] >= 0 { at = (at + 1) & (size - 1) }
            table[at] = Int32(slot)
        }
        return table
    }

    /// Number of nodes; slots are `0 ..< count`, slot 0 is the root.
    public var count: Int { nodes.count }
    /// The slot of a node; nil if the tree does not have it.
    public func slot(_ node: NodeIndex) -> Int? {
        var at = Int(node.rawValue) & (slots.count - 1)
        while slots[at] >= 0 {
            let slot = Int(slots[at])
            if nodes[slot] == node { return slot }
            at = (at + 1) & (slots.count - 1)
        }
        return nil
    }
    /// The slot above; nil at the root.
    public func parent(_ slot: Int) -> Int? { parents[slot] < 0 ? nil : Int(parents[slot]) }
    /// The slots right below, in the order given.
    public func children(_ slot: Int) -> [Int] { childLists[slot] }
    /// Depth below the root, which has 0.
    public func level(_ slot: Int) -> Int { Int(levels[slot]) }
    /// The slots of the subtree whose top is `slot`.
    public func subtree(_ slot: Int) -> Range<Int> { slot..<Int(ends[slot]) }
    /// Whether `slot` is `top` or stands below it.
    public func contains(_ top: Int, _ slot: Int) -> Bool { slot >= top && slot < Int(ends[top]) }

    /// The neighbour of `from` on the way to `to`; nil if they are the same.
    public func nextHop(from: Int, to: Int) -> Int? {
        if from == to { return nil }
        guard contains(from, to) else { return parent(from) }
        // Children stand in preorder: the last one that starts at or before `to` holds it.
        let list = childLists[from]
        var low = 0
        var high = list.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if list[middle] <= to { low = middle } else { high = middle }
        }
        return list[low]
    }

    /// The lowest node above (or among) all of the given slots; nil if there are none.
    public func lowestCommonAncestor(_ slots: some Sequence<Int>) -> Int? {
        var result: Int?
        for slot in slots {
            guard var top = result else {
                result = slot
                continue
            }
            while !contains(top, slot), let up = parent(top) { top = up }
            result = top
        }
        return result
    }
}
