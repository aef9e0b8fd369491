import Basics

/// Who is reachable: own edges by own state, all others up if the newest records of both ends name one session.
struct LinkTable {
    private let tree: Tree
    private let me: Int
    /// By the lower node's slot: what it says of the edge to its parent.
    private var lower: [LinkRecord?]
    /// By the lower node's slot: what the parent says of it.
    private var upper: [LinkRecord?]
    /// By the lower node's slot, for our own edges.
    private var own: [(slot: Int, up: Bool, since: WallTime)] = []
    private var reachable: [Bool]
    /// Of unreachable slots: when the nearest broken edge on the way went down.
    private var since: [WallTime]
    private var stale = true

    init(tree: Tree, me: Int) {
        self.tree = tree
        self.me = me
        lower = Array(repeating: nil, count: tree.count)
        upper = Array(repeating: nil, count: tree.count)
        reachable = Array(repeating: false, count: tree.count)
        since = Array(repeating: WallTime(milliseconds: 0), count: tree.count)
        if tree.parent(me) != nil { own.append((me, false, WallTime(milliseconds: 0))) }
        for child in tree.children(me) { own.append((child, false, WallTime(milliseconds: 0))) }
    }

    /// The edge to the neighbour in that slot changed.
    mutating func setOwn(_ neighbour: Int, up: Bool, since: WallTime) {
        let key = tree.parent(me) == neighbour ? me : neighbour
        guard let i = own.firstIndex(where: { $0.slot == key }) else { return }
        own[i] = (key, up, since)
        stale = true
    }

    /// True if the record concerns a declared edge and changed something.
    mutating func set(_ writer: NodeIndex, _ neighbour: NodeIndex, _ record: LinkRecord?) -> Bool {
        guard let w = tree.slot(writer), let n = tree.slot(neighbour) else { return false }
        if tree.parent(w) == n {
            if lower[w] == record { return false }
            lower[w] = record
        } else if tree.parent(n) == w {
            if upper[n] == record { return false }
            upper[n] = record
        } else {
            return false
        }
        stale = true
        return true
    }

    /// Forgets all that one node said.
    mutating func removeAll(of writer: NodeIndex) {
        guard let w = tree.slot(writer) else { return }
        lower[w] = nil
        for child in tree.children(w) { upper[child] = nil }
        stale = true
    }

    mutating func isReachable(_ slot: Int) -> Bool {
        refresh()
        return reachable[slot]
    }

    /// Since when an unreachable slot is; zero if its edges never came up.
    mutating func unreachableSince(_ slot: Int) -> WallTime {
        refresh()
        return since[slot]
    }

    /// The first broken edge on the way up to the anchor: its upper end, and since when.
    mutating func firstCut(towards anchor: Int) -> (node: NodeIndex, since: WallTime)? {
        var slot = me
        while slot != anchor, let parent = tree.parent(slot) {
            let (up, since) = state(slot)
            if !up { return (tree.nodes[parent], since) }
            slot = parent
        }
        return nil
    }

    /// Of the edge between a slot and its parent.
    private func state(_ slot: Int) -> (up: Bool, since: WallTime) {
        for edge in own where edge.slot == slot { return (edge.up, edge.since) }
        guard let low = lower[slot], let high = upper[slot] else { return (false, WallTime(milliseconds: 0)) }
        if low.up, high.up, low.session == high.session { return (true, max(low.since, high.since)) }
        // Who says down knows since when; two that disagree on the session are coming up again.
        if !high.up { return (false, high.since) }
        return (false, low.since)
    }

    private mutating func refresh() {
        guard stale else { return }
        stale = false
        var onPath = [Bool](repeating: false, count: tree.count)
        onPath[me] = true
        reachable[me] = true
        since[me] = WallTime(milliseconds: 0)
        var slot = me
        while let parent = tree.parent(slot) {
            onPath[parent] = true
            take(parent, from: slot, edge: slot)
            slot = parent
        }
        for slot in 0..<tree.count where !onPath[slot] {
            if let parent = tree.parent(slot) { take(slot, from: parent, edge: slot) }
        }
    }

    private mutating func take(_ slot: Int, from nearer: Int, edge: Int) {
        if !reachable[nearer] {
            reachable[slot] = false
            since[slot] = since[nearer]
            return
        }
        let (up, when) = state(edge)
        reachable[slot] = up
        since[slot] = up ? WallTime(milliseconds: 0) : when
    }
}
