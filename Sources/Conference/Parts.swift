import Basics

// What a site's own page must know beyond the view: who is in its part, and when the meeting ended.
extension Conference {
    /// How many other sites are present and not in this node's part yet: after a heal they can be reached some time before the parts are
    /// attached, and no sound passes between parts.
    public mutating func unattached(_ id: MeetingID, besides site: SiteID) -> Int { find(id)?.unattached(besides: site) ?? 0 }

    /// By the wall clock of the crown that ended it; nil while it runs here, and of a meeting that is not known.
    public func ended(_ id: MeetingID) -> WallTime? {
        guard let meeting = find(id), meeting.hasEnded else { return nil }
        return meeting.crown?.ended ?? meeting.overlay?.ended ?? meeting.keptEnd?.at
    }
}

extension Meeting {
    fileprivate func unattached(besides site: SiteID) -> Int {
        guard let definition = record?.definition, let plan, !hasEnded else { return 0 }
        // One crown: one part.
        guard tables.floors.count(where: { $0.value.term == term }) > 1 else { return 0 }
        let ours = partCrown(of: me)
        var count = 0
        for other in definition.sites where other != site && isPresent(other) {
            guard let slot = plan.slot(other) else { continue }
            if partCrown(of: slot) != ours { count += 1 }
        }
        return count
    }

    /// The nearest node at or above a slot that has a floor record of its own: a crown takes its record back when it attaches.
    private func partCrown(of slot: Int) -> NodeIndex? {
        var at: Int? = slot
        while let here = at {
            let node = tree.nodes[here]
            if tables.floors.contains(where: { $0.writer == node && $0.value.term == term }) { return node }
            at = around.links.parent(here)
        }
        return nil
    }
}
