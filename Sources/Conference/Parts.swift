import Basics

// What a site's own page must know beyond the view: who is in its part, and when the meeting ended.
extension Conference {
    /// How many other sites are present and not in this node's part yet: after a heal they can be reached some time before the parts are
    /// attached, and no sound passes between parts.
    public mutating func unattached(_ id: MeetingID, besides site: SiteID) -> Int {
        guard let m = meetingIndex(id), let definition = meetings[m].record?.definition, let plan = meetings[m].plan, !hasEnded(m) else { return 0 }
        // One crown: one part.
        guard meetings[m].floors.count(where: { $0.value.term == meetings[m].term }) > 1 else { return 0 }
        let ours = partCrown(m, of: me)
        var count = 0
        for other in definition.sites where other != site && isPresent(m, other) {
            guard let slot = plan.slot(other) else { continue }
            if partCrown(m, of: slot) != ours { count += 1 }
        }
        return count
    }

    /// The nearest node at or above a slot that has a floor record of its own: a crown takes its record back when it attaches.
    private func partCrown(_ m: Int, of slot: Int) -> NodeIndex? {
        var at: Int? = slot
        while let here = at {
            let node = tree.nodes[here]
            if meetings[m].floors.contains(where: { $0.writer == node && $0.value.term == meetings[m].term }) { return node }
            at = links.parent(here)
        }
        return nil
    }

    /// By the wall clock of the crown that ended it; nil while it runs here, and of a meeting that is not known.
    public func ended(_ id: MeetingID) -> WallTime? {
        guard let m = meetingIndex(id), hasEnded(m) else { return nil }
        return meetings[m].crown?.ended ?? overlay(m)?.ended ?? meetings[m].keptEnd?.at
    }
}
