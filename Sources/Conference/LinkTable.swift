import Basics
import Membership

/// Who hangs where and who is reachable: own edges by own state, all others up if the newest records of both ends name one
/// session.
///
/// A node may hang on its declared parent or on one of its backups; whatever each chooses, the edges are a forest, since
/// declared and backup uplinks together have no cycle.
///
/// Not copyable, so that it is read where it lies: a country's table has thousands of places.
struct LinkTable: ~Copyable {
    private let tree: Tree
    private let me: Int
    /// All declared edges upward, by the lower node's slot, its declared parent first. A country's node holds thousands: flat, and each
    /// no larger than it must be.
    private var uplinks: [Uplink] = []
    /// By slot: where its uplinks begin; one more at the end.
    private var uplinksFrom: [Int32] = [0]
    /// By the upper node's slot: those that may hang there; and where they begin, one more at the end.
    private var below: [Int32] = []
    private var belowFrom: [Int32] = [0]
    /// By slot, as of the last refresh.
    private var places: [Place]
    /// Slots of which something was said since.
    private var changed: [Int] = []

    /// One end's word on an edge. At our own end of our own edges it is what we know.
    private struct Word {
        enum Saying: UInt8 { case nothing, down, up }
        var session: UInt64 = 0
        var since = WallTime(milliseconds: 0)
        var saying = Saying.nothing

        static func says(_ record: LinkRecord?) -> Word {
            guard let record else { return Word() }
            return Word(session: record.session, since: record.since, saying: record.up ? .up : .down)
        }
    }

    /// One declared edge upward, and what its ends say of it.
    private struct Uplink {
        enum End: UInt8 { case neither, lower, upper }

        private let upper: Int32
        /// Which end we are; at one of our own edges our own state counts.
        private(set) var mine = End.neither
        private var lowerSays = Word.Saying.nothing
        private var upperSays = Word.Saying.nothing
        private var lowerSession: UInt64 = 0
        private var upperSession: UInt64 = 0
        private var lowerSince = WallTime(milliseconds: 0)
        private var upperSince = WallTime(milliseconds: 0)

        init(parent: Int, mine: End) {
            upper = Int32(parent)
            self.mine = mine
        }

        var parent: Int { Int(upper) }
        var lower: Word {
            get { Word(session: lowerSession, since: lowerSince, saying: lowerSays) }
            set { (lowerSession, lowerSince, lowerSays) = (newValue.session, newValue.since, newValue.saying) }
        }
        var upperWord: Word {
            get { Word(session: upperSession, since: upperSince, saying: upperSays) }
            set { (upperSession, upperSince, upperSays) = (newValue.session, newValue.since, newValue.saying) }
        }
        /// Our own state, if this is one of our own edges.
        var own: (up: Bool, since: WallTime)? {
            switch mine {
            case .neither: nil
            case .lower: (lowerSays == .up, lowerSince)
            case .upper: (upperSays == .up, upperSince)
            }
        }

        var state: (up: Bool, since: WallTime) {
            if let own { return own }
            guard lowerSays != .nothing, upperSays != .nothing else { return (false, WallTime(milliseconds: 0)) }
            if lowerSays == .up, upperSays == .up, lowerSession == upperSession { return (true, max(lowerSince, upperSince)) }
            // An end that says down knows since when. Two ends that disagree on the session are coming up again.
            if upperSays == .down { return (false, upperSince) }
            return (false, lowerSince)
        }
        /// How sure it is that the node hangs here: both say so, one does, it once did, nobody ever said.
        var weight: Int {
            if state.up { return 3 }
            if let own { return own.since.milliseconds > 0 ? 1 : 0 }
            if lowerSays == .up || upperSays == .up { return 2 }
            return lowerSays != .nothing || upperSays != .nothing ? 1 : 0
        }
    }

    private struct Place {
        var since = WallTime(milliseconds: 0)
        /// When the nearest broken edge on the way went down, if the node is unreachable.
        var unreachableSince = WallTime(milliseconds: 0)
        private var parentSlot: Int32 = -1
        private var hopSlot: Int32 = -1
        var isUp = false
        var reachable = false

        init() {}
        init(parent: Int, isUp: Bool, since: WallTime) {
            self.since = since
            self.isUp = isUp
            parentSlot = Int32(parent)
        }

        /// Nil at the root.
        var parent: Int? { parentSlot < 0 ? nil : Int(parentSlot) }
        /// Towards it from here; nil for ourselves and what no way leads to.
        var hop: Int? {
            get { hopSlot < 0 ? nil : Int(hopSlot) }
            set { hopSlot = Int32(newValue ?? -1) }
        }
    }

    init(tree: Tree, me: Int, backups: [BackupUplink]) {
        self.tree = tree
        self.me = me
        places = [Place](repeating: Place(), count: tree.count)
        var parents = (0..<tree.count).map { slot in tree.parent(slot).map { [$0] } ?? [] }
        for backup in backups {
            guard let slot = tree.slot(backup.node), let parent = tree.slot(backup.uplink), !parents[slot].contains(parent) else { continue }
            parents[slot].append(parent)
        }
        var children = [[Int32]](repeating: [], count: tree.count)
        for slot in 0..<tree.count {
            for parent in parents[slot] {
                uplinks.append(Uplink(parent: parent, mine: slot == me ? .lower : parent == me ? .upper : .neither))
                children[parent].append(Int32(slot))
            }
            uplinksFrom.append(Int32(uplinks.count))
        }
        for slot in 0..<tree.count {
            below += children[slot]
            belowFrom.append(Int32(below.count))
        }
        placeAll()
    }

    /// The places of a slot's uplinks.
    private func uplinks(of slot: Int) -> Range<Int> { Int(uplinksFrom[slot])..<Int(uplinksFrom[slot + 1]) }
    private func below(_ slot: Int) -> ArraySlice<Int32> { below[Int(belowFrom[slot])..<Int(belowFrom[slot + 1])] }

    /// The edge between two slots: its place, and whether the first slot is its lower end; nil if none is declared.
    private func edge(_ a: Int, _ b: Int) -> (at: Int, isLower: Bool)? {
        if let at = uplinks(of: a).first(where: { uplinks[$0].parent == b }) { return (at, true) }
        if let at = uplinks(of: b).first(where: { uplinks[$0].parent == a }) { return (at, false) }
        return nil
    }

    /// The edge to the neighbour in that slot changed.
    mutating func setOwn(_ neighbour: Int, up: Bool, since: WallTime) {
        guard let edge = edge(me, neighbour) else { return }
        let word = Word(since: since, saying: up ? .up : .down)
        if edge.isLower { uplinks[edge.at].lower = word } else { uplinks[edge.at].upperWord = word }
        placeAll()
    }

    /// The last state of our own edge to the neighbour in that slot; nil before there was one.
    func own(_ neighbour: Int) -> (up: Bool, since: WallTime)? {
        guard let edge = edge(me, neighbour), let own = uplinks[edge.at].own, own.since.milliseconds > 0 else { return nil }
        return own
    }

    /// True if the record concerns a declared edge and changed something; ``refresh()`` then tells who hangs where.
    mutating func set(_ writer: NodeIndex, _ neighbour: NodeIndex, _ record: LinkRecord?) -> Bool {
        guard let w = tree.slot(writer), let n = tree.slot(neighbour), w != me, let edge = edge(w, n) else { return false }
        let word = Word.says(record)
        let before = edge.isLower ? uplinks[edge.at].lower : uplinks[edge.at].upperWord
        guard (before.session, before.since, before.saying) != (word.session, word.since, word.saying) else { return false }
        if edge.isLower { uplinks[edge.at].lower = word } else { uplinks[edge.at].upperWord = word }
        changed.append(edge.isLower ? w : n)
        return true
    }

    /// Forgets all that one node said; ``refresh()`` then tells who hangs where.
    mutating func removeAll(of writer: NodeIndex) {
        guard let w = tree.slot(writer), w != me else { return }
        for i in uplinks(of: w) { uplinks[i].lower = Word() }
        changed.append(w)
        for slot in below(w) {
            changed.append(Int(slot))
            for i in uplinks(of: Int(slot)) where uplinks[i].parent == w { uplinks[i].upperWord = Word() }
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
            for parent in uplinks(of: here).map({ uplinks[$0].parent }) where !seen.contains(parent) {
                if parent == top { return true }
                seen.append(parent)
                waiting.append(parent)
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

    /// Works out who hangs where: once for all records that came together. A node that goes on hanging where it hung concerns those below
    /// it alone; another one, or one on our own way up, concerns all.
    mutating func refresh() {
        for slot in changed {
            let fresh = place(slot)
            guard let parent = fresh.parent, parent == places[slot].parent, !hangs(me, under: slot) else { return placeAll() }
            places[slot] = fresh
            follow(parent, slot)
            spread(from: [slot]) { _ in false }
        }
        changed.removeAll(keepingCapacity: true)
    }

    /// Works out whether a node is reached, and by which neighbour, from its parent's place and its own edge.
    private mutating func follow(_ parent: Int, _ slot: Int) {
        let isCut = places[parent].reachable && !places[slot].isUp
        places[slot].reachable = places[parent].reachable && places[slot].isUp
        places[slot].unreachableSince = isCut ? places[slot].since : places[parent].unreachableSince
        places[slot].hop = parent == me ? slot : places[parent].hop
    }

    /// Down from some nodes, nearest first, to all that hang below them.
    private mutating func spread(from tops: [Int], unless isKnown: (Int) -> Bool) {
        var frontier = tops
        var next = 0
        while next < frontier.count {
            let here = frontier[next]
            next += 1
            for i in Int(belowFrom[here])..<Int(belowFrom[here + 1]) {
                let slot = Int(below[i])
                guard places[slot].parent == here, !isKnown(slot) else { continue }
                follow(here, slot)
                frontier.append(slot)
            }
        }
    }

    private mutating func placeAll() {
        changed.removeAll(keepingCapacity: true)
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
        spread(from: frontier) { onWay[$0] }
    }

    private func place(_ slot: Int) -> Place {
        var best: Int?
        for i in uplinks(of: slot) {
            guard let known = best else {
                best = i
                continue
            }
            let (a, b) = (uplinks[known], uplinks[i])
            if b.weight > a.weight || (b.weight == a.weight && b.weight > 1 && b.state.since > a.state.since) { best = i }
        }
        guard let best else { return Place() }
        let state = uplinks[best].state
        return Place(parent: uplinks[best].parent, isUp: state.up, since: state.since)
    }
}
