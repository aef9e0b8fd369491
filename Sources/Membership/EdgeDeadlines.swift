import Basics

/// When the first of a node's edges, or the choice among its uplinks, wants to be looked at.
///
/// The machines of an edge that have a deadline say when they changed (`Edge`); the edge's deadline is then worked out and stored
/// before anything asks for it. The bound is asked for after every event, and all edges are looked through only when it has come, or
/// when an edge turned (`EdgeLife`): an input that put the first deadline off makes the machine wake once too early.
final class EdgeDeadlines {
    /// By the edges' places; the last slot is the choice among uplinks.
    private var index = DeadlineIndex()
    /// Places of edges that changed since their deadline was stored.
    private var changed: [Int] = []
    private var isToBeLookedThrough = true
    /// Under which the deadlines were worked out.
    private var lateness = Interval.zero

    /// The edges are others, or have other places: all of them count as changed.
    func begin(edges count: Int) {
        index = DeadlineIndex(slots: count + 1)
        changed = Array(0..<count)
        isToBeLookedThrough = true
    }

    /// The edge in that place changed.
    func note(_ place: Int) { changed.append(place) }
    /// What was put off is to be found.
    func lookThrough() { isToBeLookedThrough = true }

    /// Takes the deadlines of edges that changed; of all, if the lateness did.
    func store(_ edges: [Edge], lateness: Interval) {
        if lateness != self.lateness {
            self.lateness = lateness
            for edge in edges { store(edge) }
        } else if changed.isEmpty {
            return
        } else {
            for place in changed { store(edges[place]) }
        }
        changed.removeAll(keepingCapacity: true)
    }
    private func store(_ edge: Edge) {
        index.set(edge.place, edge.takeDeadline(lateness: lateness))
        if edge.takeTurn() { isToBeLookedThrough = true }
    }

    /// No later than the first deadline; `choice` is the one of the choice among uplinks.
    func bound(choice: () -> Instant?) -> Instant? {
        if isToBeLookedThrough {
            index.set(index.slots - 1, choice())
            index.lookThrough()
            isToBeLookedThrough = false
        }
        return index.bound
    }

    /// The first edge from a place on that is due by then; nil: none is.
    func nextDue(from place: Int, by time: Instant) -> Int? {
        guard let due = index.nextDue(from: place, by: time), due < index.slots - 1 else { return nil }
        return due
    }
}

extension Membership {
    /// When the edges or the choice among uplinks are due: never later than they are.
    var edgesDue: Instant? {
        deadlines.store(edges, lateness: lateness.value)
        return deadlines.bound { uplinkDeadline }
    }

    /// Visits the edges that are due by then, in order of the neighbours' names; one that an earlier visit made due is visited, too.
    func forEachDue(by time: Instant, _ visit: (Edge) -> Void) {
        var place = 0
        while true {
            deadlines.store(edges, lateness: lateness.value)
            guard let due = deadlines.nextDue(from: place, by: time) else { return }
            visit(edges[due])
            place = due + 1
        }
    }

    /// Whether the first deadline has come.
    func isDue(now: Instant) -> Bool {
        guard let due = edgesDue, due <= now else { return false }
        deadlines.lookThrough()
        return true
    }
}
