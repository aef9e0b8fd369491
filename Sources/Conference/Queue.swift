import Basics

/// A waiting request with its place's reasons.
struct QueueEntry: Hashable {
    var request: RequestRecord
    /// The chair's order or the invitation's number; the largest number when nobody placed it.
    var order: UInt64
    /// A free slot may go to it without a further word from the chair.
    var mayBeGranted: Bool

    /// Chair order, pre-empted first, priority, stamp, name (mesh rule 2).
    static func isBefore(_ a: QueueEntry, _ b: QueueEntry) -> Bool {
        if a.order != b.order { return a.order < b.order }
        if a.request.preempted != b.request.preempted { return a.request.preempted }
        if a.request.priority != b.request.priority { return a.request.priority > b.request.priority }
        if a.request.stamp != b.request.stamp { return a.request.stamp < b.request.stamp }
        return a.request.id < b.request.id
    }
}

// The queue is a view over what reachable homes wrote: merging records merges queues.
extension Conference {
    mutating func queue(_ m: Int) -> [QueueEntry] {
        guard let definition = meetings[m].record?.definition else { return [] }
        let term = meetings[m].term
        let isAutomatic = definition.kind == .discussion
        var entries: [QueueEntry] = []
        for request in meetings[m].requests where request.term == term {
            guard request.status == .pending || request.status == .accepted else { continue }
            guard let slot = meetings[m].plan?.slot(request.site), isInPart(slot) else { continue }
            let decided = decision(m, request.id)
            if decided?.status == .denied || decided?.status == .revoked { continue }
            var order = decided?.status == .accepted ? decided?.order ?? .max : .max
            if request.invitation > 0 { order = min(order, request.invitation) }
            entries.append(QueueEntry(request: request, order: order, mayBeGranted: isAutomatic || order < .max || request.preempted))
        }
        return entries.sorted(by: QueueEntry.isBefore)
    }

    /// The latest decision about a request by a node that is or was its crown: its home or one above it.
    ///
    /// Everyone reads the same ones, whatever part the reader was in.
    func decision(_ m: Int, _ request: RequestID) -> DecisionRecord? {
        var best: DecisionRecord?
        for decision in meetings[m].decisions where decision.value.request == request && stands(decision.writer, above: request.node) {
            let value = decision.value
            guard let current = best else {
                best = value
                continue
            }
            // A denial or revocation outlives everything.
            let isFinal = value.status != .accepted
            let wasFinal = current.status != .accepted
            if isFinal != wasFinal ? isFinal : value.epoch > current.epoch { best = value }
        }
        return best
    }

    private func stands(_ writer: NodeIndex, above home: NodeIndex) -> Bool {
        guard let upper = tree.slot(writer), let lower = tree.slot(home) else { return false }
        return links.mayHang(lower, under: upper)
    }

    /// Reachable, as far as we see.
    mutating func isInPart(_ slot: Int) -> Bool { slot == me || links.isReachable(slot) }

    /// The site joined and its node is reachable.
    mutating func isPresent(_ m: Int, _ site: SiteID) -> Bool {
        guard let slot = meetings[m].plan?.slot(site), meetings[m].site(site)?.joined == true else { return false }
        return isInPart(slot)
    }
}
