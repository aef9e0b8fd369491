import Basics
import Conference

/// The revocations that a node goes by, in order of what they withdraw.
struct RevocationTable {
    /// Of one writer: a node that withdraws more changes the key that signs.
    static let perWriter = 256
    /// Of all writers that stand neither here nor above; each of those has its own room beside.
    static let ofOthers = 8_192

    private(set) var entries: [SpokenRevocation] = []
    /// So many of each writer.
    private var counts: [NodeIndex: Int] = [:]
    /// Records that say one, and were not taken: by whom they may not be said, too many, or of a time that cannot be.
    private(set) var refused = 0

    /// What became of a revocation.
    enum Verdict { case taken, known, full }

    /// `above`: writers with room of their own, each once.
    mutating func take(_ spoken: SpokenRevocation, above: [NodeIndex]) -> Verdict {
        let at = place(of: spoken)
        if at < entries.count, entries[at].by == spoken.by, entries[at].revocation.subject == spoken.revocation.subject { return .known }
        guard counts[spoken.by, default: 0] < RevocationTable.perWriter else { return .full }
        let ofAbove = above.reduce(0) { $0 + counts[$1, default: 0] }
        if !above.contains(spoken.by), entries.count - ofAbove >= RevocationTable.ofOthers { return .full }
        entries.insert(spoken, at: at)
        counts[spoken.by, default: 0] += 1
        return .taken
    }

    func count(of writer: NodeIndex) -> Int { counts[writer, default: 0] }

    mutating func refuse() { refused += 1 }

    /// Takes out what would be over by itself.
    mutating func forget(until wall: WallTime) -> [SpokenRevocation] {
        let over = entries.filter { $0.revocation.expires <= wall }
        guard !over.isEmpty else { return [] }
        entries.removeAll { $0.revocation.expires <= wall }
        for spoken in over {
            let left = counts[spoken.by, default: 1] - 1
            counts[spoken.by] = left == 0 ? nil : left
        }
        return over
    }

    func covers(_ pass: Pass) -> Bool { entries.contains { $0.revocation.covers(pass) } }

    private func place(of spoken: SpokenRevocation) -> Int {
        func name(_ entry: SpokenRevocation) -> (String, String, UInt32) {
            var site = ""
            if case .link(let id, _) = entry.revocation.subject { site = id.rawValue }
            return (entry.revocation.recordKey, site, entry.by.rawValue)
        }
        let wanted = name(spoken)
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if name(entries[middle]) < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
