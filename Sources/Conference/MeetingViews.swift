import Basics

// What the other rooms of the house read: views, streams and where a meeting runs.
extension Conference {
    /// All meetings this node knows the definition of, ended ones included until they leave; by id.
    public var meetingIDs: [MeetingID] { meetings.filter { $0.record != nil }.map(\.id) }

    /// The meeting as this node sees it; kept until something changes. Nil: unknown.
    public mutating func view(of id: MeetingID) -> MeetingView? {
        guard let m = meetingIndex(id), meetings[m].record != nil else { return nil }
        if meetings[m].cachedView?.at == meetings[m].viewChanges {
            refreshView(m)
            return meetings[m].cachedView?.view
        }
        guard let view = makeView(m) else { return nil }
        meetings[m].cachedView = (meetings[m].viewChanges, view)
        return view
    }

    /// This node runs the meeting and is not attached upward: its floor control server and focus.
    public func isCrown(_ id: MeetingID) -> Bool {
        guard let m = meetingIndex(id) else { return false }
        return runs(m) && !meetings[m].uplink.isAttached
    }

    /// Media and leases of the meeting cross the edge to that neighbour.
    public func isAttached(_ id: MeetingID, _ neighbour: NodeIndex) -> Bool {
        guard let m = meetingIndex(id) else { return false }
        if meetings[m].children.contains(where: { $0.neighbour == neighbour && $0.isComplete }) { return true }
        return meetings[m].uplink.isAttached && parentEdge.map { edges[$0].neighbour } == neighbour
    }

    /// The neighbour on the way to a node; nil for this node itself, and if no way leads there now.
    public func nextHop(to other: NodeIndex) -> NodeIndex? {
        guard let slot = tree.slot(other), links.isReachable(slot) else { return nil }
        return links.nextHop(to: slot).map { tree.nodes[$0] }
    }

    /// The neighbours to which the meeting is attached, by name.
    public func attachedNeighbours(_ id: MeetingID) -> [NodeIndex] {
        edges.map(\.neighbour).filter { isAttached(id, $0) }
    }

    /// The gate of one of our sites; nil if it is not in the meeting here.
    public func isGateOpen(_ id: MeetingID, _ site: SiteID) -> Bool? {
        guard let m = meetingIndex(id), let h = meetings[m].homeIndex(site) else { return nil }
        return meetings[m].homes[h].gateOpen
    }

    private mutating func makeView(_ m: Int) -> MeetingView? {
        guard let record = meetings[m].record, let plan = meetings[m].plan else { return nil }
        var view = MeetingView(definition: record.definition)
        let overlay = overlay(m)
        view.ended = hasEnded(m)
        view.crown = isCrown(meetings[m].id)
        view.actingChair = view.ended ? nil : overlay?.actingChair
        view.previousSpeaker = overlay?.previousSpeaker
        if tree.contains(plan.anchor, me), let cut = links.firstCut(towards: plan.anchor) {
            view.cutOff = (cut.node, cut.since)
        }
        if let apart = apart(m) { view.apart = ApartView(node: apart.writer, since: apart.value.since, by: apart.value.by) }
        view.reachesAbove = reachesAbove(m) || meetings[m].isAsked
        if let since = overlay?.endedAbove { view.endedAbove = EndedAboveView(since: since, goesOn: overlay?.goesOn == true) }
        let grants = view.ended ? [] : admitted(m, overlay?.grants ?? [])
        view.holders = grants.map {
            RequestView(
                id: $0.request.description, site: $0.site, status: .granted, priority: $0.priority, stamp: $0.stamp.wall)
        }
        view.queue = view.ended ? [] : queueViews(m, without: grants)
        view.speaker = view.holders.first?.site ?? view.actingChair
        let words = meetings[m].siteRecords()
        view.sites.reserveCapacity(words.count)
        for (i, word) in words.enumerated() { view.sites.append(siteView(m, i, word, view)) }
        view.votes = voteViews(m, view.sites)
        meetings[m].votesAreStale = false
        return view
    }

    /// Brings the lines of sites that wrote something up to date: in a country's meeting one changes at a time, and there are thousands.
    private mutating func refreshView(_ m: Int) {
        let stale = meetings[m].staleSites
        meetings[m].staleSites.removeAll(keepingCapacity: true)
        guard !stale.isEmpty || meetings[m].votesAreStale, var head = meetings[m].cachedView?.view else { return }
        // Without its lines, so that those in the cache are changed where they lie.
        head.sites = []
        for place in stale {
            let line = siteView(m, place, meetings[m].site(head.definition.sites[place]), head)
            meetings[m].cachedView?.view.sites[place] = line
        }
        meetings[m].votesAreStale = false
        let votes = voteViews(m, meetings[m].cachedView?.view.sites ?? [])
        meetings[m].cachedView?.view.votes = votes
    }

    /// One site's line in a view whose chair and holders are known.
    private mutating func siteView(_ m: Int, _ place: Int, _ word: SiteRecord?, _ view: MeetingView) -> SiteView {
        let site = view.definition.sites[place]
        var presence = SitePresence.absent
        if word?.joined == true, !view.ended, let slot = meetings[m].plan?.slots[place], slot >= 0 {
            let slot = Int(slot)
            if !isReachable(slot) {
                presence = .cutOff(since: links.unreachableSince(slot))
            } else {
                presence = separated(m, slot).map { .apart(since: $0) } ?? .present
            }
        }
        let muted = word?.muted ?? false
        let maySpeak = site == view.actingChair || view.holders.contains { $0.site == site } || view.definition.floorSize == 0
        var open = presence == .present && maySpeak && !muted
        for home in meetings[m].homes where home.site == site { open = home.gateOpen }
        return SiteView(
            id: site, presence: presence, muted: muted, microphoneOpen: open, hasVideo: word?.hasVideo ?? false, headCount: word?.headCount)
    }

    /// The crown's grants, less those that a lease of the same slot shows to be over. Such a lease is larger, since a lease may come through
    /// here before the record does; or it opens a gate here and was given by a crown nearer than the record's, whose part is not attached
    /// there, whatever the epochs. So one voice is admitted in each slot (mesh rule 3, S2).
    private func admitted(_ m: Int, _ grants: [GrantRecord]) -> [GrantRecord] {
        let held = meetings[m].homes.compactMap(\.lease).map { (slot: $0.slot, name: $0.name, request: $0.request) }
        let passed = meetings[m].remembered.map { (slot: $0.slot, name: $0.name, request: $0.request) }
        return grants.map { grant in
            let others = { (lease: (slot: UInt8, name: LeaseName, request: RequestID)) in
                lease.slot == grant.slot && lease.request != grant.request
            }
            let nearer = held.filter {
                others($0) && standsAbove($0.name.crown) && stands(grant.name.crown, above: $0.name.crown)
            }
            let over = nearer.isEmpty ? (held + passed).filter { others($0) && $0.name > grant.name } : nearer
            guard let lease = over.max(by: { $0.name < $1.name }), let request = meetings[m].request(lease.request) else { return grant }
            return GrantRecord(
                slot: grant.slot, name: lease.name, request: request.id, site: request.site, priority: request.priority,
                stamp: request.stamp)
        }
    }

    private mutating func queueViews(_ m: Int, without grants: [GrantRecord]) -> [RequestView] {
        var result: [RequestView] = []
        for entry in queue(m) where !grants.contains(where: { $0.request == entry.request.id }) {
            result.append(
                RequestView(
                    id: entry.request.id.description, site: entry.request.site,
                    status: entry.mayBeGranted ? .accepted : .pending, priority: entry.request.priority,
                    stamp: entry.request.stamp.wall))
        }
        return result
    }
}
