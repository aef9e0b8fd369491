import Basics

/// When the first of all edges wants to be looked at: asked after every event, and changed by few.
///
/// An event can bring it forward, which is seen at once. That an event put it off is seen only when the time has come: the machine
/// then wakes once too early, which is cheaper than to look at all edges with every packet.
final class EarliestDue {
    var instant: Instant?
    /// Places of edges whose own time changed since.
    var changed: [Int] = []
    /// False: all edges are to be looked at.
    var isKnown = false

    /// The edges are others, or have other places.
    func begin() {
        changed.removeAll(keepingCapacity: true)
        isKnown = false
    }
}

extension Membership {
    /// When the edges or the choice among uplinks are due: never later than they are.
    var edgesDue: Instant? {
        if !earliest.isKnown {
            earliest.instant = uplinkDeadline
            for edge in edges { earliest.instant.keepEarlier(deadline(of: edge)) }
            earliest.isKnown = true
        } else if earliest.changed.isEmpty {
            return earliest.instant
        } else {
            for place in earliest.changed { earliest.instant.keepEarlier(deadline(of: edges[place])) }
        }
        earliest.changed.removeAll(keepingCapacity: true)
        return earliest.instant
    }

    func deadline(of edge: Edge) -> Instant? {
        if !edge.isDueKnown {
            edge.due = edge.connected ? dueTime(of: edge) : nil
            edge.isDueKnown = true
        }
        return edge.due
    }
}
