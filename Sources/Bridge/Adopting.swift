import Basics
import Conference
import Membership
import Topology

// Another edition of the topology, taken while meetings run (`docs/applying.md`).
//
//   adopt: ─ what goes is closed ─ gossip and floor stand on the new tree ─ trunks that stay keep their sessions, new ones are dialled
//   later: ─ this node has left a former uplink ─▶ its trunk is closed
extension Bridge {
    /// Goes over to another edition: legs, streams, floors and the sessions of trunks that stay are not touched.
    ///
    /// A new parent is dialled beside the old one, and taken when it is there. Throws, and changes nothing, if an obstacle forbids it.
    public func adopt(_ offered: Network, now: Instant) throws(NetworkTransition.Obstacle) {
        let transition = NetworkTransition(from: network, to: offered)
        let me = network.nodes[slot]
        if let obstacle = transition.obstacles(for: me.id, in: offered).first { throw obstacle }
        guard let place = offered.slot(id: me.id) else { throw .absent(me.id) }
        run(Edition(offered, slot: place, after: transition, rules: rules), now: now)
        endForeignLegs(now: now)
        noteAllRevocations(now: now)
        effects.append(.log(.topologyAdopted(version: offered.version)))
        for meeting in media.meetings where meeting.view != nil { control.changed(meeting.id) }
        pump(now)
    }

    private func run(_ next: Edition, now: Instant) {
        let wanted = next.trunks(since: wall(now))
        // Trunks that go are closed while gossip and floor still know them.
        for t in media.trunks.indices where !media.trunks[t].isFree && !wanted.contains(where: media.trunks[t].isSame) { close(t, now: now) }
        control.edition = next
        control.membership.adopt(
            tree: next.network.tree, slot: next.slot, backups: next.backups, former: next.former, topologyVersion: UInt64(next.network.version),
            topologyHash: next.network.shortHash, now: now, into: &control.membershipEffects)
        var links: [(writer: NodeIndex, key: String, value: [UInt8])] = []
        control.membership.forEachRecord(lane: .link) { links.append(($0, $1, $2)) }
        control.conference.adopt(
            tree: next.network.tree, backups: next.backups + next.former, policy: next.network.policy, links: links, now: now,
            wall: wall(now), into: &control.conferenceEffects)
        for fresh in wanted {
            if let kept = media.trunks.first(where: fresh.isSame) {
                kept.isBackup = fresh.isBackup
                kept.isFormer = fresh.isFormer
                guard kept.capacity != fresh.capacity else { continue }
                kept.capacity = fresh.capacity
                control.membership.setCapacity(kept.neighbour, fresh.capacity, now: now)
            } else {
                begin(fresh, at: media.trunks.firstIndex(where: \.isFree) ?? media.trunks.count, now: now)
            }
        }
        media.interests.grow(edges: media.trunks.count)
        media.interests.invalidate()
        pump(now)
        announceInterests(now: now)
    }

    /// The trunk's neighbour is none any more; its place is free for another.
    private func close(_ t: Int, now: Instant) {
        let trunk = media.trunks[t]
        control.membership.edgeLost(trunk.neighbour, now: now, into: &control.membershipEffects)
        pump(now)
        trunk.peer?.close(outbox: media.outbox)
        if let remote = trunk.peer?.remote { media.owners[remote] = nil }
        if trunk.isParent { media.owners[trunk.address] = nil }
        media.trunks.put(Trunk(freeSince: wall(now)), at: t)
        media.interests.removeEdge(t)
    }

    /// Closes former uplinks of this node once it hangs elsewhere. (The other end waits for nobody: it just stops expecting us.)
    func leaveFormerUplinks(now: Instant) {
        guard control.edition.former.contains(where: { $0.node == control.edition.node }),
            media.trunks.contains(where: { $0.isParent && $0.isUp && !$0.isFormer })
        else { return }
        let others = control.edition.former.filter { $0.node != control.edition.node }
        run(Edition(network, slot: slot, former: others, rules: rules), now: now)
    }

    /// Pages of halls that the new edition does not have here end.
    private func endForeignLegs(now: Instant) {
        for i in media.legs.indices {
            guard let leg = media.legs[i], leg.pass.role != .operator, network.slot(site: leg.pass.site) != slot else { continue }
            end(leg: i, reason: "its hall is no longer in the topology", now: now)
        }
    }
}

extension Trunk {
    /// The same neighbour in the same place: the session goes on.
    func isSame(_ other: Trunk) -> Bool {
        neighbour == other.neighbour && id == other.id && isParent == other.isParent && (!isParent || address == other.address)
    }
}
