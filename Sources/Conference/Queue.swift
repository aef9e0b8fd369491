import Basics

/// A waiting request with its place's reasons.
struct QueueEntry: Hashable {
    var request: RequestRecord
    /// The chair's order or the invitation's number; the largest number when nobody placed it.
    var order: UInt64
    /// A free slot may go to it without a further word from the chair.
    var mayBeGranted: Bool
    /// A chair's request at the highest priority.
    var isEmergency = false

    /// An emergency, then chair order, pre-empted first, priority, stamp, name (mesh rule 2).
    static func isBefore(_ a: QueueEntry, _ b: QueueEntry) -> Bool {
        if a.isEmergency != b.isEmergency { return a.isEmergency }
        if a.order != b.order { return a.order < b.order }
        if a.request.preempted != b.request.preempted { return a.request.preempted }
        if a.request.priority != b.request.priority { return a.request.priority > b.request.priority }
        if a.request.clockUnset != b.request.clockUnset { return b.request.clockUnset }
        if a.request.stamp != b.request.stamp { return a.request.stamp < b.request.stamp }
        return a.request.id < b.request.id
    }
}

// The queue is a view over what reachable homes wrote: merging records merges queues.
extension Meeting {
    func queue() -> [QueueEntry] {
        var entries: [QueueEntry] = []
        for request in tables.requests {
            guard let slot = plan?.slot(request.site), isInPart(slot), let entry = queueEntry(request) else { continue }
            entries.append(entry)
        }
        return entries.sorted(by: QueueEntry.isBefore)
    }

    /// A waiting request's place, wherever its home is; nil: it does not wait.
    func queueEntry(_ request: RequestRecord) -> QueueEntry? {
        guard let definition = record?.definition, request.term == term,
            request.status == .pending || request.status == .accepted
        else { return nil }
        let decided = decision(request.id)
        if decided?.status == .denied || decided?.status == .revoked { return nil }
        var order = decided?.status == .accepted ? decided?.order ?? .max : .max
        if request.invitation > 0 { order = min(order, request.invitation) }
        let isEmergency = isEmergency(request)
        let mayBeGranted = definition.kind == .discussion || order < .max || request.preempted || isEmergency
        return QueueEntry(request: request, order: order, mayBeGranted: mayBeGranted, isEmergency: isEmergency)
    }

    /// The latest decision about a request by a node that is or was its crown: its home or one above it.
    ///
    /// Everyone reads the same ones, whatever part the reader was in.
    func decision(_ request: RequestID) -> DecisionRecord? {
        var best: DecisionRecord?
        for decision in tables.decisions where decision.value.request == request && around.stands(decision.writer, above: request.node) {
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

    /// Reachable, as far as we see, and not broken away from us.
    func isInPart(_ slot: Int) -> Bool { around.isReachable(slot) && separated(slot) == nil }

    /// The site joined and its node is reachable.
    func isPresent(_ site: SiteID) -> Bool {
        guard let slot = plan?.slot(site), self.site(site)?.joined == true else { return false }
        return isInPart(slot)
    }
}
