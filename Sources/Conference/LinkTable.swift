import Basics
import Membership

/// Who hangs where and who is reachable: own edges by own state, all others up if the newest records of both ends name one
/// session.
///
/// A node may hang on its declared parent or on one of its backups; whatever each chooses, the edges are a forest, since
/// declared and backup uplinks together have no cycle.
struct LinkTable {
    private let tree: Tree
    private let me: Int
    /// By the lower node's slot, the declared parent first.
    private var uplinks: [[Uplink]]
    /// By the upper node's slot: those that may hang there.
    private var below: [[Int]]
    /// By slot, as of the last refresh.
    private var places: [Place]

    /// One declared edge upward, and what its ends say of it.
    private struct Uplink {
        let parent: Int
        /// What the lower end says, and the upper.
        var lower: LinkRecord?
        var upper: LinkRecord?
        /// One of our own edges: our own state counts.
        var own: (up: Bool, since: WallTime)?

        var state: (up: Bool, since: WallTime) {
            if let own { return own }
            guard let low = lower, let high = upper else { return (false, WallTime(milliseconds: 0)) }
            if low.up, high.up, low.session == high.session { return (true, max(low.since, high.since)) }
            // Who says down knows since when; two that disagree on the session are coming up again.
            if !high.up { return (false, high.since) }
            return (false, low.since)
        }
        /// How sure it is that the node hangs here: both say so, one does, it once did, nobody ever said.
        var weight: Int {
            if state.up { return 3 }
            if own == nil, lower?.up ?? false || upper?.up ?? false { return 2 }
            return own.map { $0.since.milliseconds > 0 } ?? (lower != nil || upper != nil) ? 1 : 0
        }
    }

    private struct Place {
        /// Nil at the root.
        var parent: Int?
        var isUp = false
        var since = WallTime(milliseconds: 0)
        var reachable = false
        /// Of what is unreachable: when the nearest broken edge on the way went down.
        var unreachableSince = WallTime(milliseconds: 0)
        /// Towards it from here; nil for ourselves and what no way leads to.
        var hop: Int?
    }

    init(tree: Tree, me: Int, backups: [BackupUplink]) {
        self.tree = tree
        self.me = me
        uplinks = (0..<tree.count).map { slot in tree.parent(slot).map { [Uplink(parent: $0)] } ?? [] }
        for backup in backups {
            guard let slot = tree.slot(backup.node), let parent = tree.slot(backup.uplink),
                !uplinks[slot].contains(where: { $0.parent == parent })
            else { continue }
            uplinks[slot].append(Uplink(parent: parent))
        }
        below = [[Int]](repeating: [], count: tree.count)
        for slot in 0..<tree.count { for uplink in uplinks[slot] { below[uplink.parent].append(slot) } }
        places = [Place](repeating: Place(), count: tree.count)
        let never = (up: false, since: WallTime(milliseconds: 0))
        for i in uplinks[me].indices { uplinks[me][i].own = never }
        for slot in below[me] {
            for i in uplinks[slot].indices where uplinks[slot][i].parent == me { uplinks[slot][i].own = never }
        }
        refresh()
    }

    /// The edge between two slots: the lower one and its place among that one's uplinks; nil if none is declared.
    private func edge(_ a: Int, _ b: Int) -> (slot: Int, at: Int)? {
        if let at = uplinks[a].firstIndex(where: { $0.parent == b }) { return (a, at) }
        if let at = uplinks[b].firstIndex(where: { $0.parent == a }) { return (b, at) }
        return nil
    }

    /// The edge to the neighbour in that slot changed.
    mutating func setOwn(_ neighbour: Int, up: Bool, since: WallTime) {
        guard let edge = edge(me, neighbour) else { return }
        uplinks[edge.slot][edge.at].own = (up, since)
        refresh()
    }

    /// What was last said of our own edge to the neighbour in that slot; nil before anything was.
    func own(_ neighbour: Int) -> (up: Bool, since: WallTime)? {
        guard let edge = edge(me, neighbour), let own = uplinks[edge.slot][edge.at].own, own.since.milliseconds > 0 else { return nil }
        return own
    }

    /// True if the record concerns a declared edge and changed something; ``refresh()`` then tells who hangs where.
    mutating func set(_ writer: NodeIndex, _ neighbour: NodeIndex, _ record: LinkRecord?) -> Bool {
        guard let w = tree.slot(writer), let n = tree.slot(neighbour), let edge = edge(w, n) else { return false }
        if edge.slot == w {
            if uplinks[edge.slot][edge.at].lower == record { return false }
            uplinks[edge.slot][edge.at].lower = record
        } else {
            if uplinks[edge.slot][edge.at].upper == record { return false }
            uplinks[edge.slot][edge.at].upper = record
        }
        return true
    }

    /// Forgets all that one node said; ``refresh()`` then tells who hangs where.
    mutating func removeAll(of writer: NodeIndex) {
        guard let w = tree.slot(writer) else { return }
        for i in uplinks[w].indices { uplinks[w][i].lower = nil }
        for slot in below[w] {
            for i in uplinks[slot].indices where uplinks[slot][i].parent == w { uplinks[slot][i].upper = nil }
        }
    }

    // MARK: Reading

    func isReachable(_ slot: Int) -> Bool { places[slot].reachable }

    /// Since when an unreachable slot is; zero if its edges never came up.
    func unreachableSince(_ slot: Int) -> WallTime { places[slot].unreachableSince }

    /// The neighbour's slot on the way to another; nil for ourselves, and if no way leads there.
    func nextHop(to slot: Int) -> Int? { places[slot].hop }

    /// Where a slot hangs, or hung last; nil at the root.
    func parent(_ slot: Int) -> Int? { places[slot].parent }

    /// Whether `slot` is `top` or hangs below it now (or did last).
    func hangs(_ slot: Int, under top: Int) -> Bool {
        var at: Int? = slot
        while let here = at {
            if here == top { return true }
            at = places[here].parent
        }
        return false
    }

    /// Whether `slot` is `top`, or declared and backup uplinks may place it below: the same at every node and time.
    func mayHang(_ slot: Int, under top: Int) -> Bool {
        if slot == top || tree.contains(top, slot) { return true }
        var seen: [Int] = []
        var waiting = [slot]
        while let here = waiting.popLast() {
            for uplink in uplinks[here] where !seen.contains(uplink.parent) {
                if uplink.parent == top { return true }
                seen.append(uplink.parent)
                waiting.append(uplink.parent)
            }
        }
        return false
    }

    /// The first broken edge on our way up, unless the goal comes first: its upper end, and since when.
    func firstCut(towards goal: Int) -> (node: NodeIndex, since: WallTime)? {
        var slot = me
        while slot != goal, let parent = places[slot].parent {
            if !places[slot].isUp { return (tree.nodes[parent], places[slot].since) }
            slot = parent
        }
        return nil
    }

    // MARK: Refreshing

    /// Works out who hangs where: once for all records that came together, since it walks every node.
    mutating func refresh() {
        for slot in 0..<tree.count { places[slot] = place(slot) }
        // Up our own way, then down from each node on it, nearest first.
        var frontier: [Int] = []
        var onWay = [Bool](repeating: false, count: tree.count)
        var at: Int? = me
        var hop: Int?
        var reachable = true
        var since = WallTime(milliseconds: 0)
        while let here = at {
            onWay[here] = true
            frontier.append(here)
            places[here].reachable = reachable
            places[here].unreachableSince = since
            places[here].hop = here == me ? nil : hop
            at = places[here].parent
            if here == me { hop = at }
            if reachable, !places[here].isUp {
                reachable = false
                since = places[here].since
            }
        }
        var next = 0
        while next < frontier.count {
            let here = frontier[next]
            next += 1
            for slot in below[here] where !onWay[slot] && places[slot].parent == here {
                let isCut = places[here].reachable && !places[slot].isUp
                places[slot].reachable = places[here].reachable && places[slot].isUp
                places[slot].unreachableSince = isCut ? places[slot].since : places[here].unreachableSince
                places[slot].hop = here == me ? slot : places[here].hop
                frontier.append(slot)
            }
        }
    }

    private func place(_ slot: Int) -> Place {
        var best: Int?
        for i in uplinks[slot].indices {
            guard let known = best else {
                best = i
                continue
            }
            let (a, b) = (uplinks[slot][known], uplinks[slot][i])
            if b.weight > a.weight || (b.weight == a.weight && b.weight > 1 && b.state.since > a.state.since) { best = i }
        }
        guard let best else { return Place() }
        let state = uplinks[slot][best].state
        return Place(parent: uplinks[slot][best].parent, isUp: state.up, since: state.since)
    }
}
