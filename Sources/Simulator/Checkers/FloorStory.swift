import Basics
import Bridge
import Conference

// What a node's floor did at a step, in words: for who looks for the cause of a violation (`simulate --story`).
extension World {
    func tellFloor(_ node: SimulatedNode, _ m: Int, _ old: FloorSnapshot?, _ new: FloorSnapshot?) {
        var words: [String] = []
        let (before, after) = (old ?? FloorSnapshot(), new ?? FloorSnapshot())
        func note(_ changed: Bool, _ text: @autoclosure () -> String) { if changed { words.append(text()) } }
        note(before.runs != after.runs, after.runs ? "runs it" : "runs it no more")
        note(before.acts != after.acts, after.acts ? "acts as crown" : "is no crown")
        note(before.ended != after.ended, "ended")
        note(before.epoch != after.epoch, "epoch \(after.epoch)")
        note(before.uplink != after.uplink, after.uplink.map { "attached to \(name($0.neighbour)) as \($0.number)" } ?? "not attached")
        note(before.isFrozen != after.isFrozen, after.isFrozen ? "on its way up" : "not on its way up")
        note(before.heldBackUntil != after.heldBackUntil && after.heldBackUntil != nil, "held back")
        note(before.unanswered != after.unanswered, "\(after.unanswered) unanswered")
        note(before.children != after.children, "children " + after.children.map { "\(name($0.neighbour)) as \($0.number)" }.joined(separator: ", "))
        note(before.slots != after.slots, "slots " + after.slots.map { inWords($0) }.joined(separator: ", "))
        let (remembered, told) = (after.remembered.map { inWords($0) }, before.remembered.map { inWords($0) })
        note(remembered != told, "remembers " + remembered.joined(separator: ", "))
        for home in after.homes where before.homes.first(where: { $0.site == home.site })?.lease?.name != home.lease?.name {
            words.append("\(home.site) " + (home.lease.map { "holds \(inWords($0))" } ?? "holds nothing"))
        }
        note(before.waiting != after.waiting, "waiting " + after.waiting.map { inWords($0.request) }.joined(separator: ", "))
        guard !words.isEmpty else { return }
        findings.tell(now, node.index, isDetail: true, "\(meetings[m].id): " + words.joined(separator: "; "))
    }

    private func inWords(_ request: RequestID) -> String { "\(name(request.node))-\(request.counter)" }

    private func inWords(_ lease: FloorSnapshot.Lease) -> String {
        "\(lease.name.epoch)/\(name(lease.name.crown))/\(lease.name.sequence) of \(inWords(lease.request))"
    }

    private func inWords(_ slot: FloorSnapshot.Slot) -> String {
        switch slot {
        case .free: "free"
        case .offered(let request, let number): "offer \(number) to \(inWords(request))"
        case .leased(let lease, _, let revoked): (revoked ? "ending " : "") + inWords(lease)
        }
    }
}
