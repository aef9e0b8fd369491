import Basics
import Conference
import Membership
import Topology

// Links that are withdrawn before their time (docs/gossip.md#revocations): a record in the link lane of the node that withdraws, which gossip
// carries to every node. Each node asks again whether that writer may.
//
//   spoken here, or a record comes ─ may the writer? ─ room? ─▶ legs and streams of the link end; the shell keeps it over a restart
//   its time is over ─▶ forgotten, and the record taken back by its writer
extension Bridge {
    /// Withdraws a link or a key, in the name of this node.
    public func revoke(_ revocation: Revocation, now: Instant) throws(Refusal) {
        guard mayRevoke(revocation.subject, control.edition.node), isTimely(revocation, now: now) else { throw .notYours }
        guard isRevoked(revocation) || control.revocations.count(of: control.edition.node) < RevocationTable.perWriter,
            control.membership.set(
                .link, key: revocation.recordKey, value: revocation.recordValue, now: now, into: &control.membershipEffects)
        else { throw .tooManyRevocations }
        pump(now)
    }

    /// All that this node goes by, by what they withdraw.
    public var revocationList: [SpokenRevocation] { control.revocations.entries }

    /// The pass came by a link that is withdrawn.
    public func isRevoked(_ pass: Pass) -> Bool { control.revocations.covers(pass) }

    private func isRevoked(_ revocation: Revocation) -> Bool {
        control.revocations.entries.contains { $0.by == control.edition.node && $0.revocation.subject == revocation.subject }
    }

    /// Forgets those whose links would be over by now; the shell asks once a second. A node that does not know the time forgets none.
    public func forgetRevocations(now: Instant) {
        guard control.nodeClock.isSet else { return }
        let over = control.revocations.forget(until: wall(now))
        guard !over.isEmpty else { return }
        for spoken in over where spoken.by == control.edition.node {
            control.membership.set(.link, key: spoken.revocation.recordKey, value: nil, now: now, into: &control.membershipEffects)
        }
        effects.append(.forgetRevocations(over))
        pump(now)
    }

    /// What the node went by before its restart; its own are said again.
    func restore(_ kept: [SpokenRevocation], now: Instant) {
        for spoken in kept {
            _ = control.revocations.take(spoken, above: above)
            guard spoken.by == control.edition.node else { continue }
            let record = spoken.revocation
            control.membership.set(.link, key: record.recordKey, value: record.recordValue, now: now, into: &control.membershipEffects)
        }
    }

    /// A record of the link lane came or changed. One that went says nothing: its writer may have lost its memory.
    func noteRevocation(_ writer: NodeIndex, key: String, now: Instant) {
        guard Revocation.isRecordKey(key), let value = control.membership.value(node: writer, lane: .link, key: key) else { return }
        guard let revocation = Revocation(key: key, value: value), mayRevoke(revocation.subject, writer), isTimely(revocation, now: now) else {
            return control.revocations.refuse()
        }
        let spoken = SpokenRevocation(revocation, by: writer)
        switch control.revocations.take(spoken, above: above) {
        case .known: return
        case .full: control.revocations.refuse()
        case .taken:
            effects.append(.revoked(spoken))
            endLegs(now: now, reason: "its link was revoked") { revocation.covers($0) }
        }
    }

    /// Another edition runs: writers may stand elsewhere.
    func noteAllRevocations(now: Instant) {
        var records: [(NodeIndex, String)] = []
        control.membership.forEachRecord(lane: .link) { node, key, _ in if Revocation.isRecordKey(key) { records.append((node, key)) } }
        for (node, key) in records { noteRevocation(node, key: key, now: now) }
    }

    /// A link is withdrawn by its site's node or one above it; a key, or the link of a site that the topology does not know, by the root.
    /// Each node goes by its own word too.
    private func mayRevoke(_ subject: Revocation.Subject, _ writer: NodeIndex) -> Bool {
        guard let by = network.slot(writer) else { return false }
        guard case .link(let site, _) = subject, let home = network.slot(site: site) else { return by == 0 || writer == control.edition.node }
        return network.tree.contains(by, home)
    }

    /// Not over, and not for longer than anything that can be withdrawn lives.
    private func isTimely(_ revocation: Revocation, now: Instant) -> Bool {
        guard control.nodeClock.isSet else { return true }
        return revocation.expires > wall(now) && revocation.expires <= wall(now) + Revocation.longest
    }

    /// This node and those above it.
    private var above: [NodeIndex] {
        var result = [control.edition.node]
        var at = slot
        while let parent = network.tree.parent(at) {
            at = parent
            result.append(network.tree.nodes[at])
        }
        return result
    }

    /// Ends the legs of some passes.
    func endLegs(now: Instant, reason: String, where isMeant: (Pass) -> Bool) {
        for i in media.legs.indices {
            if let leg = media.legs[i], isMeant(leg.pass) { end(leg: i, reason: reason, now: now) }
        }
    }
}
