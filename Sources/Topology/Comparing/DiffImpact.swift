import Basics

/// What a change means for meetings that run while it is made.
public struct DiffImpact: Hashable, Sendable {
    /// Sites that notice nothing, in the order of the new tree.
    public var untouched: [SiteID] = []
    /// Sites at or below a node that dials another parent.
    public var reconnecting: [SiteID] = []
    /// Sites of nodes with another id or address, of mergers, or with other halls: their pages join anew.
    public var rejoining: [SiteID] = []
    /// Sites that are new.
    public var joining: [SiteID] = []
    /// Old sites that are no longer there.
    public var leaving: Int = 0

    /// A part whose nodes start again with the new file has gossip and media again after that long (`docs/gossip.md`); meanwhile it goes on by
    /// itself.
    public static let reconnection = Interval.milliseconds(1_200)
    /// The same where the new file is applied while the nodes run: the new uplink is there before the old one is left, and what takes time is
    /// attaching the meeting there, some two round trips (`docs/applying.md`).
    public static let handover = Interval.milliseconds(100)
    /// Pages find a node that started again after that long at most: they try once a second, and a node starts within two.
    public static let rejoining = Interval.seconds(3)
}

extension NetworkDiff {
    /// Sites that keep their halls, by what happens to them.
    public var impact: DiffImpact {
        var result = DiffImpact()
        var dials = [Bool](repeating: false, count: new.count)
        for move in moved { dials[move.node] = true }
        var isMerged = [Bool](repeating: false, count: new.count)
        for merger in merged { isMerged[merger.into] = true }
        var isRefitted = [Bool](repeating: false, count: new.count)
        for change in refitted { isRefitted[change.node] = true }
        for slot in new.nodes.indices {
            // Preorder: a parent's mark is there before its children's.
            if let parent = new.tree.parent(slot), dials[parent] { dials[slot] = true }
            guard let before = before(slot) else {
                result.joining += new.nodes[slot].rooms.map(\.id)
                continue
            }
            let old = olds[before.network].nodes[before.slot]
            let hadRooms = Set(old.rooms.map(\.shortID))
            for room in new.nodes[slot].rooms {
                if !hadRooms.contains(room.shortID) {
                    result.joining.append(room.id)
                } else if isMerged[slot] || isRefitted[slot] || old.id != new.nodes[slot].id {
                    result.rejoining.append(room.id)
                } else if dials[slot] {
                    result.reconnecting.append(room.id)
                } else {
                    result.untouched.append(room.id)
                }
            }
        }
        let kept = result.untouched.count + result.reconnecting.count + result.rejoining.count
        result.leaving = max(0, olds.reduce(0) { $0 + $1.sites.count } - kept)
        return result
    }
}
