import Basics

// Breaking away and rejoining: tách họp riêng, nhập lại (mesh rule 9).
//
// A node that broke away does not attach the meeting upward although the edge is up: by the local test it is the crown of
// everything below it. Its record `apart` says so to all, since the meeting's namespaces go on travelling on the edge; media and
// leases do not. Taking the record back is an ordinary attach.
extension Conference {
    /// Whether a site may take its node out of a meeting, and back. A chair of the meeting may, and so may the node's first site in the
    /// meeting's order. A node without a site in the meeting stays in it.
    func mayBreakAway(_ m: Int, _ site: SiteID) -> Bool {
        guard let definition = meetings[m].record?.definition, meetings[m].plan?.slot(site) == me else { return false }
        return definition.chairs.contains(site) || definition.sites.first { NodeIndex(of: $0.node) == node } == site
    }

    /// This node takes part in a meeting that reaches above it.
    func reachesAbove(_ m: Int) -> Bool {
        guard let plan = meetings[m].plan else { return false }
        guard tree.contains(me, plan.anchor) else { return true }
        // The anchor went elsewhere: our part meets its own above both.
        guard plan.anchor != me, links.isReachable(plan.anchor), let hop = links.nextHop(to: plan.anchor), let e = parentEdge else { return false }
        return edges[e].slot == hop
    }

    /// This node runs the meeting by itself although it could attach it: it broke away, or the meeting ended above.
    func staysApart(_ m: Int) -> Bool {
        meetings[m].crown?.endedAbove != nil || apartRecord(m, of: node) != nil
    }

    func apartRecord(_ m: Int, of writer: NodeIndex) -> ApartRecord? {
        meetings[m].aparts.first { $0.writer == writer && $0.value.term == meetings[m].term }?.value
    }

    /// The nearest node at or above us that broke away.
    func apart(_ m: Int) -> Written<ApartRecord>? {
        var nearest: Written<ApartRecord>?
        for apart in meetings[m].aparts where apart.value.term == meetings[m].term && standsAbove(apart.writer) {
            if nearest.map({ stands($0.writer, above: apart.writer) }) ?? true { nearest = apart }
        }
        return nearest
    }

    /// Since when a node that broke away stands between us and that slot; nil: none does.
    func separated(_ m: Int, _ slot: Int) -> WallTime? {
        guard !meetings[m].aparts.isEmpty else { return nil }
        return meetings[m].aparts.first { apart in
            guard apart.value.term == meetings[m].term, let top = tree.slot(apart.writer) else { return false }
            return links.hangs(slot, under: top) != links.hangs(me, under: top)
        }?.value.since
    }

    mutating func breakAway(
        _ m: Int, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        guard mayBreakAway(m, site) else { throw .notAllowed }
        guard reachesAbove(m) || meetings[m].isAsked else { throw .nothingAbove }
        guard apartRecord(m, of: node) == nil else { throw .alreadyApart }
        let record = ApartRecord(term: meetings[m].term, since: at.wall, by: site)
        publish(m, .floor, .apart, .apart(record), at, &effects)
        audit(m, at, .brokeAway, site, by: site, &effects)
    }

    mutating func rejoin(
        _ m: Int, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        guard mayBreakAway(m, site) else { throw .notAllowed }
        guard apartRecord(m, of: node) != nil else { throw .notApart }
        publish(m, .floor, .apart, nil, at, &effects)
        audit(m, at, .rejoined, site, by: site, &effects)
    }

    /// The chairs of our part, in the order in which they act: the declared ones, then the site that broke away.
    func chairs(_ m: Int) -> [SiteID] {
        let declared = meetings[m].record?.definition.chairs ?? []
        guard let by = apart(m)?.value.by, !declared.contains(by) else { return declared }
        return declared + [by]
    }

    /// While our part was by itself, the meeting ended above (mesh rule 9): it is not attached again. The page asks; the chair
    /// ends our part too, or says that it goes on.
    mutating func noticeEndAbove(_ m: Int) {
        guard let crown = meetings[m].crown, crown.endedAbove == nil, crown.ended == nil, let ended = endAbove(m) else { return }
        meetings[m].crown?.endedAbove = ended
        meetings[m].touch()
    }

    /// When a crown above us ended the meeting.
    func endAbove(_ m: Int) -> WallTime? {
        let term = meetings[m].term
        let above = meetings[m].floors.first {
            $0.writer != node && $0.value.term == term && $0.value.ended != nil && standsAbove($0.writer)
        }
        return above?.value.ended
    }

    /// A node that runs the meeting asks the child below which it is, or stands, anchored to attach it: some sites hang elsewhere. All other
    /// children attach by themselves.
    mutating func stepAsking(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let plan = meetings[m].plan, runs(m) || meetings[m].isAsked else { return }
        let sessions = edges.compactMap(\.session)
        // Again after a while: a child that was just started may have learnt of the meeting, or of its new term, only after it was asked.
        let attached = meetings[m].children.map(\.session)
        meetings[m].asking.removeAll { !sessions.contains($0.session) || $0.again <= at.now && !attached.contains($0.session) }
        for e in edges.indices where !edges[e].isParent {
            guard let session = edges[e].session, !meetings[m].asking.contains(where: { $0.session == session }),
                tree.contains(edges[e].slot, plan.anchor) || links.hangs(plan.anchor, under: edges[e].slot)
            else { continue }
            meetings[m].asking.append(AskedChild(session: session, again: at.now + Conference.askAgain))
            send(m, e, session, 0, .attachWanted, &effects)
        }
    }

    /// When a child that did not attach is asked again.
    func askingDeadline(_ m: Int) -> Instant? {
        guard runs(m) || meetings[m].isAsked else { return nil }
        let children = meetings[m].children
        return meetings[m].asking.lazy.filter { asked in !children.contains { $0.session == asked.session } }.map(\.again).min()
    }
}
