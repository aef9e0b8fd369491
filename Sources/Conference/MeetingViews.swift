import Basics

// What the other rooms of the house read: views, streams and where a meeting runs.
extension Conference {
    /// All meetings this node knows the definition of, ended ones included until they leave; by id.
    public var meetingIDs: [MeetingID] { meetings.filter { $0.record != nil }.map(\.id) }

    /// The meeting as this node sees it; kept until something changes. Nil: unknown.
    public mutating func view(of id: MeetingID) -> MeetingView? { find(id)?.currentView() }

    /// This node runs the meeting and is not attached upward: its floor control server and focus.
    public func isCrown(_ id: MeetingID) -> Bool {
        find(id)?.isCrown ?? false
    }

    /// Media and leases of the meeting cross the edge to that neighbour.
    public func isAttached(_ id: MeetingID, _ neighbour: NodeIndex) -> Bool {
        guard let meeting = find(id) else { return false }
        if meeting.attachment.children.contains(where: { $0.neighbour == neighbour && $0.isComplete }) { return true }
        return meeting.attachment.uplink.isAttached && around.parentEdge.map { around.edges[$0].neighbour } == neighbour
    }

    /// The neighbour on the way to a node; nil for this node itself, and if no way leads there now.
    public func nextHop(to other: NodeIndex) -> NodeIndex? {
        guard let slot = around.tree.slot(other), around.links.isReachable(slot) else { return nil }
        return around.links.nextHop(to: slot).map { around.tree.nodes[$0] }
    }

    /// The neighbours to which the meeting is attached, by name.
    public func attachedNeighbours(_ id: MeetingID) -> [NodeIndex] {
        around.edges.map(\.neighbour).filter { isAttached(id, $0) }
    }

    /// The gate of one of our sites; nil if it is not in the meeting here.
    public func isGateOpen(_ id: MeetingID, _ site: SiteID) -> Bool? {
        guard let meeting = find(id), let h = meeting.homeIndex(site) else { return nil }
        return meeting.homes[h].gateOpen
    }
}

extension Meeting {
    /// This node runs the meeting and is not attached upward.
    var isCrown: Bool { runs && !attachment.uplink.isAttached }

    /// Nil while the definition is not known.
    func currentView() -> MeetingView? {
        guard record != nil else { return nil }
        if viewCache.isValid { refreshView() } else if let view = makeView() { viewCache.keep(view) }
        return viewCache.isValid ? viewCache.view : nil
    }

    private func makeView() -> MeetingView? {
        guard let record, let plan else { return nil }
        var view = MeetingView(definition: record.definition)
        view.startedBy = record.startedBy
        let overlay = self.overlay
        view.ended = hasEnded
        view.crown = isCrown
        view.actingChair = view.ended ? nil : overlay?.actingChair
        view.previousSpeaker = overlay?.previousSpeaker
        view.loudspeakers = overlay?.loudspeakers ?? record.definition.loudspeakers
        if tree.contains(plan.anchor, me), let cut = around.links.firstCut(towards: plan.anchor) {
            view.cutOff = (cut.node, cut.since)
        }
        if let apart { view.apart = ApartView(node: apart.writer, since: apart.value.since, by: apart.value.by) }
        view.reachesAbove = reachesAbove || attachment.isAsked
        if let since = overlay?.endedAbove { view.endedAbove = EndedAboveView(since: since, goesOn: overlay?.goesOn == true) }
        let grants = view.ended ? [] : admitted(overlay?.grants ?? [])
        view.holders = grants.map {
            RequestView(
                id: $0.request.description, site: $0.site, status: .granted, priority: $0.priority, stamp: $0.stamp.wall)
        }
        view.queue = view.ended ? [] : queueViews(without: grants)
        view.speaker = view.holders.first?.site ?? view.actingChair
        let words = siteRecords()
        view.sites.reserveCapacity(words.count)
        for (i, word) in words.enumerated() { view.sites.append(siteView(i, word, view)) }
        view.votes = voteViews(view.sites)
        if let declared { view.seats = view.ended ? [] : seats(declared) }
        return view
    }

    /// Brings the lines of sites that wrote something up to date: in a country's meeting one changes at a time, and there are thousands.
    private func refreshView() {
        let stale = viewCache.takeStaleSites()
        guard !stale.isEmpty || viewCache.votesAreStale, var head = viewCache.view else { return }
        // Without its lines, so that those in the cache are changed where they lie.
        head.sites = []
        for place in stale { viewCache.set(siteView(place, site(head.definition.sites[place]), head), at: place) }
        viewCache.set(voteViews(viewCache.view?.sites ?? []))
    }

    /// One site's line in a view whose chair and holders are known.
    private func siteView(_ place: Int, _ word: SiteRecord?, _ view: MeetingView) -> SiteView {
        let site = view.definition.sites[place]
        var presence = SitePresence.absent
        if word?.joined == true, !view.ended, let slot = plan?.slots[place], slot >= 0 {
            let slot = Int(slot)
            if !around.isReachable(slot) {
                presence = .cutOff(since: around.links.unreachableSince(slot))
            } else {
                presence = separated(slot).map { .apart(since: $0) } ?? .present
            }
        }
        let muted = word?.muted ?? false
        let maySpeak = site == view.actingChair || view.holders.contains { $0.site == site } || view.definition.floorSize == 0
        var open = presence == .present && maySpeak && !muted
        for home in homes where home.site == site { open = home.gateOpen }
        return SiteView(
            id: site, presence: presence, muted: muted, microphoneOpen: open, hasVideo: word?.hasVideo ?? false, headCount: word?.headCount)
    }

    /// The crown's grants, less those that a lease of the same slot shows to be over. Such a lease is larger, since a lease may come through
    /// here before the record does; or it opens a gate here and was given by a crown nearer than the record's, whose part is not attached
    /// there, whatever the epochs. So one voice is admitted in each slot (mesh rule 3, S2).
    private func admitted(_ grants: [GrantRecord]) -> [GrantRecord] {
        let held = homes.compactMap(\.lease).map { (slot: $0.slot, name: $0.name, request: $0.request) }
        let passed = remembered.map { (slot: $0.slot, name: $0.name, request: $0.request) }
        return grants.map { grant in
            let others = { (lease: (slot: UInt8, name: LeaseName, request: RequestID)) in
                lease.slot == grant.slot && lease.request != grant.request
            }
            let nearer = held.filter {
                others($0) && around.standsAbove($0.name.crown) && around.stands(grant.name.crown, above: $0.name.crown)
            }
            let over = nearer.isEmpty ? (held + passed).filter { others($0) && $0.name > grant.name } : nearer
            guard let lease = over.max(by: { $0.name < $1.name }), let request = tables.request(lease.request) else { return grant }
            return GrantRecord(
                slot: grant.slot, name: lease.name, request: request.id, site: request.site, priority: request.priority,
                stamp: request.stamp)
        }
    }

    private func queueViews(without grants: [GrantRecord]) -> [RequestView] {
        var result: [RequestView] = []
        for entry in queue() where !grants.contains(where: { $0.request == entry.request.id }) {
            result.append(
                RequestView(
                    id: entry.request.id.description, site: entry.request.site,
                    status: entry.mayBeGranted ? .accepted : .pending, priority: entry.request.priority,
                    stamp: entry.request.stamp.wall))
        }
        return result
    }
}
