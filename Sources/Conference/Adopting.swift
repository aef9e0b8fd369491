import Basics
import Membership
import Rights

// Another edition of the tree, taken while meetings run.
extension Conference {
    /// Goes over to another edition: floors, rosters and requests stay as they are; where nodes stand, and so anchors, ways and who
    /// carries which meeting, is worked out anew.
    ///
    /// `backups` are declared and former ones; `links` all link records that are held, since those of edges that were not declared until now
    /// were passed over when they came. The caller has told ``edgeDown(_:now:wall:into:)`` of the edges that go.
    public mutating func adopt(
        tree: Tree, backups: [BackupUplink], policy: Policy = .standard, links records: [(writer: NodeIndex, key: String, value: [UInt8])], now: Instant,
        wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) {
        guard let me = tree.slot(node) else { preconditionFailure("node \(node) is not in the topology it adopts") }
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        var table = LinkTable(tree: tree, me: me, backups: backups)
        var fresh = Surroundings.edges(of: me, in: tree, backups)
        for old in around.edges {
            guard let e = fresh.firstIndex(where: { $0.neighbour == old.neighbour && $0.isParent == old.isParent }) else {
                around.emit(.publish(lane: .link, scope: nil, key: RecordKey.link(old.neighbour).text, value: nil))
                continue
            }
            fresh[e].session = old.session
            fresh[e].scopes = old.scopes
            if let own = around.links.own(old.slot) { table.setOwn(fresh[e].slot, up: own.up, since: own.since) }
        }
        for (writer, key, value) in records where writer != node {
            guard case .link(let neighbour)? = RecordKey(key), case .link(let link)? = around.coder.decodeRecord(value) else { continue }
            _ = table.set(writer, neighbour, link)
        }
        table.refresh()
        let before = (tree: around.tree, me: around.me)
        around.adopt(tree, me: me, links: table, edges: fresh, policy: policy)
        linksDue = nil
        let wasBelow = { (node: NodeIndex) in before.tree.slot(node).map { before.tree.contains(before.me, $0) } ?? false }
        for meeting in meetings {
            meeting.seatsAreStale = true
            if !meeting.followSeats() { meeting.replan() }
            meeting.tellStays(unless: wasBelow)
            meeting.tellBallots(unless: wasBelow)
            meeting.touch()
        }
        treeChanged()
        settleAll()
    }
}
