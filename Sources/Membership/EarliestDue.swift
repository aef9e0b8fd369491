import Basics

/// When the first of all edges wants to be looked at: asked after every event, and changed by few.
///
/// An event can bring it forward, which is seen at once. That an event put it off is seen only when the time has come: the machine
/// then wakes once too early, which is cheaper than to look at all edges with every packet.
final class EarliestDue {
    var instant: Instant?
    /// By the edges' places: when each is due, as worked out last. They lie together, so that to look through them touches no edge.
    var times: [Instant] = []
    /// Places of edges whose own time changed since.
    var changed: [Int] = []
    /// False: all edges' times are to be looked through.
    var isKnown = false

    static let never = Instant(nanoseconds: .max)

    /// The edges are others, or have other places.
    func begin(edges count: Int) {
        times = Array(repeating: EarliestDue.never, count: count)
        changed = Array(0..<count)
        isKnown = false
    }
}

extension Membership {
    /// When the edges or the choice among uplinks are due: never later than they are.
    var edgesDue: Instant? {
        workOutTimes()
        if !earliest.isKnown {
            earliest.instant = uplinkDeadline
            let first = earliest.times.min() ?? EarliestDue.never
            if first < EarliestDue.never { earliest.instant.keepEarlier(first) }
            earliest.isKnown = true
        }
        return earliest.instant
    }

    /// The edge in that place wants to be looked at by then.
    func isDue(_ place: Int, by time: Instant) -> Bool {
        workOutTimes()
        return earliest.times[place] <= time
    }

    private func workOutTimes() {
        guard !earliest.changed.isEmpty else { return }
        for place in earliest.changed {
            let edge = edges[place]
            let due = edge.connected ? dueTime(of: edge) : nil
            earliest.times[place] = due ?? EarliestDue.never
            earliest.instant.keepEarlier(due)
            edge.isDueKnown = true
        }
        earliest.changed.removeAll(keepingCapacity: true)
    }
}
