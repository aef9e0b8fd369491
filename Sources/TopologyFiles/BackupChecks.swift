import Documents
import Topology
import Yams

/// Holds the rule that any choice of one uplink for each node, declared or backup, is a forest, and that a backup
/// stays in its node's protected zone (`mesh`: a tree, always).
struct BackupChecks {
    let draft: TopologyDraft
    let file: SourceFile
    let position: [String: Int]
    let parents: [Int?]
    let inCycle: [Bool]
    /// For each entry the positions of its backups that are good so far, with their places.
    private var backups: [[(to: Int, place: Node)]]

    init(draft: TopologyDraft, file: SourceFile, position: [String: Int], parents: [Int?], inCycle: [Bool]) {
        self.draft = draft
        self.file = file
        self.position = position
        self.parents = parents
        self.inCycle = inCycle
        backups = [[(to: Int, place: Node)]](repeating: [], count: parents.count)
    }

    mutating func run() {
        for i in draft.entries.indices { checkEach(i) }
        checkCycles()
    }

    private mutating func checkEach(_ i: Int) {
        let entry = draft.entries[i]
        for (k, backup) in entry.backups.enumerated() {
            let (id, place) = (backup.text, backup.node)
            guard let to = position[id] else {
                file.report(.unknownBackup(id), at: place, meaning: id, among: draft.entries.lazy.map(\.node.id))
                continue
            }
            if entry.backups[..<k].contains(where: { $0.text == id }) {
                file.report(.backupTwice(id), at: place)
            } else if to == i || isBelow(to, top: i) {
                file.report(.backupInOwnSubtree(entry.node.id, id), at: place)
            } else if to == parents[i] {
                file.report(.backupIsParent(id), at: place)
            } else {
                checkLevelAndZone(i, to, at: place)
                backups[i].append((to, place))
            }
        }
    }

    private func checkLevelAndZone(_ i: Int, _ to: Int, at place: Node) {
        let (mine, other) = (draft.entries[i].node, draft.entries[to].node)
        if let level = draft.level(mine.level), let theirs = draft.level(other.level), theirs.rank > level.rank {
            file.report(.levelOrder(mine.id, level.id, under: other.id, theirs.id), at: place)
        }
        let (zone, otherZone) = (zone(i), zone(to))
        if zone != otherZone { file.report(.backupZone(mine.id, zone, other.id, otherZone), at: place) }
    }

    private func isBelow(_ i: Int, top: Int) -> Bool {
        var at: Int? = i
        while let here = at, !inCycle[here] {
            if here == top { return true }
            at = parents[here]
        }
        return false
    }

    private func zone(_ i: Int) -> String? {
        var at: Int? = i
        while let here = at, !inCycle[here] {
            if let zone = draft.entries[here].zone { return zone }
            at = parents[here]
        }
        return nil
    }

    /// Depth first over parents and backups; an edge back to the present way closes a cycle.
    private func checkCycles() {
        var state = [UInt8](repeating: 0, count: parents.count)
        var reported: Set<Int> = []
        for start in parents.indices where state[start] == 0 && !inCycle[start] {
            var way: [(at: Int, next: Int)] = [(start, 0)]
            state[start] = 1
            while let (at, next) = way.last {
                let edges = (parents[at].map { [$0] } ?? []) + backups[at].map(\.to)
                guard next < edges.count else {
                    state[at] = 2
                    way.removeLast()
                    continue
                }
                way[way.count - 1].next += 1
                let to = edges[next]
                if state[to] == 0, !inCycle[to] {
                    state[to] = 1
                    way.append((to, 0))
                } else if state[to] == 1, let from = way.firstIndex(where: { $0.at == to }) {
                    report(way[from...].map(\.at), reported: &reported)
                }
            }
        }
    }

    /// Reported at the last backup of the file that takes part: of two nodes only one may back up on the other.
    private func report(_ members: [Int], reported: inout Set<Int>) {
        var last: (member: Int, place: Node)?
        for (k, member) in members.enumerated() {
            let next = members[(k + 1) % members.count]
            guard parents[member] != next, let backup = backups[member].first(where: { $0.to == next }) else { continue }
            if last == nil || member > last!.member { last = (member, backup.place) }
        }
        guard let last, reported.insert(last.member).inserted else { return }
        let first = members.firstIndex(of: last.member) ?? 0
        let ordered = Array(members[first...] + members[..<first])
        file.report(.backupCycle((ordered + [ordered[0]]).map { draft.entries[$0].node.id }), at: last.place)
    }
}
