import Basics
import Bridge
import Conference
import Membership

// What nodes say of their trunks and their floor in passing.
extension World {
    /// A fault this long ago no longer explains a lost edge.
    static let memoryOfTrouble = Interval.seconds(3)

    func edgeCameUp(_ node: SimulatedNode, _ other: String) {
        guard let there = scenario.network.slot(id: other) else { return }
        findings.tell(now, node.index, "trunk to \(other) is up")
        noteUplink(node)
        let isUpper = linksByTrunk[Trunk(lower: nodes[there].index, upper: node.index)] != nil
        let (lower, upper) = isUpper ? (there, node.place) : (node.place, there)
        guard areJoined(lower, upper) else { return }
        measures.edgeIsBack(lower: lower, upper: upper, self)
    }

    func edgeWentDown(_ node: SimulatedNode, _ other: String, _ reason: String) {
        guard let there = scenario.network.slot(id: other) else { return }
        findings.tell(now, node.index, "trunk to \(other) is down: \(reason)")
        let isUpper = linksByTrunk[Trunk(lower: nodes[there].index, upper: node.index)] != nil
        let (lower, upper) = isUpper ? (there, node.place) : (node.place, there)
        measures.edgeIsGone(lower: lower, upper: upper)
        guard reason == "\(EdgeDownReason.silent)" || reason == "\(EdgeDownReason.noEcho)",
            let (up, down) = linksByTrunk[Trunk(lower: nodes[lower].index, upper: nodes[upper].index)]
        else { return }
        let trouble = [links[up].troubledAt, links[down].troubledAt, nodes[lower].troubledAt, nodes[upper].troubledAt].max()!
        let isCalm = [lower, upper].allSatisfy { nodes[$0].responds(now) && nodes[$0].slowness == .zero }
        guard !links[up].isCut, !links[down].isCut, isCalm, now - trouble > World.memoryOfTrouble else { return }
        measures.falseDetaches += 1
    }

    /// Another uplink than last time?
    private func noteUplink(_ node: SimulatedNode) {
        guard let taken = node.bridge?.takenUplink, taken != node.uplink else { return }
        node.uplink = taken
        let isHome = node.network.slot(node.index).flatMap { node.network.links[$0]?.parent } == taken
        findings.count(isHome ? "came home" : "re-homed")
        if !isHome { measures.rehomings += 1 }
        let speaks = floorChecker.openGates.contains { $0.contains { $0.node == node.place } }
        if speaks { findings.count("re-homed while speaking") }
        findings.tell(now, node.index, isHome ? "is below its declared parent again" : "goes on below \(name(taken))")
    }

    /// What a life that ends here dropped by the floor's rules, and what it was told anew.
    func countDrops(_ bridge: Bridge) {
        findings.count("reset after garbage collection", bridge.resets)
        findings.count("signature checked", bridge.signaturesChecked)
        findings.count("stale message fenced", bridge.dropped(.stale))
        findings.count("message of a detached meeting dropped", bridge.dropped(.notAttached))
        findings.count("message of a newer program dropped", bridge.dropped(.malformed))
        findings.count("word for a request that is gone", bridge.dropped(.noSuchRequest))
    }

    /// Both ends call the edge up with one session.
    func areJoined(_ lower: Int, _ upper: Int) -> Bool {
        guard let session = session(lower, to: upper) else { return false }
        return session == self.session(upper, to: lower)
    }
    private func session(_ place: Int, to other: Int) -> EdgeSession? {
        var result: EdgeSession?
        nodes[place].bridge?.forEachEdge { neighbour, session, _ in if neighbour == nodes[other].index { result = session } }
        return result
    }

    /// A decision about the floor was written down, at the crown or at the requester's home.
    func audited(_ node: SimulatedNode, _ row: AuditRow) {
        guard let m = meetings.firstIndex(where: { $0.id == row.meeting }) else { return }
        let event = AuditRow.Event.allCases.firstIndex(of: row.event) ?? 0
        digest.note(now, .audit, UInt64(node.place) << 32 | UInt64(event), row.request?.counter ?? 0)
        findings.tell(now, node.index, "\(row.meeting): \(row.event)" + (row.site.map { " \($0)" } ?? ""))
        switch row.event {
        case .expired: findings.count("lease expired")
        case .denied, .revoked: if let request = row.request { ledger.decided(request) }
        case .granted:
            if let name = row.lease, name.crown == node.index { floorChecker.gave(name, m, at: node.place) }
            guard let request = row.request, let grant = ledger.wasGranted(request) else { return }
            measures.granted(filedAt: grant.filedAt, m, now)
        default: break
        }
    }
}
