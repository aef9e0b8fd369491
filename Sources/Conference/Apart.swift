import Basics

// Breaking away and rejoining: tách họp riêng, nhập lại (mesh rule 9).
//
// A node that broke away does not attach the meeting upward although the edge is up: by the local test it is the crown of
// everything below it. Its record `apart` says so to all, since the meeting's namespaces go on travelling on the edge; media and
// leases do not. Taking the record back is an ordinary attach.
extension Meeting {
    /// Whether a site may take its node out of a meeting, and back. A chair of the meeting may, and so may the node's first site in the
    /// meeting's order. A node without a site in the meeting stays in it.
    func mayBreakAway(_ site: SiteID) -> Bool {
        guard let definition = record?.definition, plan?.slot(site) == me else { return false }
        return definition.chairs.contains(site) || definition.sites.first { NodeIndex(of: $0.node) == node } == site
    }

    /// This node takes part in a meeting that reaches above it.
    var reachesAbove: Bool {
        guard let plan else { return false }
        guard tree.contains(me, plan.anchor) else { return true }
        // The anchor went elsewhere: our part meets its own above both.
        guard plan.anchor != me, around.links.isReachable(plan.anchor), let hop = around.links.nextHop(to: plan.anchor),
            let e = around.parentEdge
        else { return false }
        return edges[e].slot == hop
    }

    /// This node runs the meeting by itself although it could attach it: it broke away, or the meeting ended above.
    var staysApart: Bool {
        crown?.endedAbove != nil || apartRecord(of: node) != nil
    }

    func apartRecord(of writer: NodeIndex) -> ApartRecord? {
        tables.aparts.first { $0.writer == writer && $0.value.term == term }?.value
    }

    /// The nearest node at or above us that broke away.
    var apart: Written<ApartRecord>? {
        var nearest: Written<ApartRecord>?
        for apart in tables.aparts where apart.value.term == term && around.standsAbove(apart.writer) {
            if nearest.map({ around.stands($0.writer, above: apart.writer) }) ?? true { nearest = apart }
        }
        return nearest
    }

    /// Since when a node that broke away stands between us and that slot; nil: none does.
    func separated(_ slot: Int) -> WallTime? {
        guard !tables.aparts.isEmpty else { return nil }
        return tables.aparts.first { apart in
            guard apart.value.term == term, let top = tree.slot(apart.writer) else { return false }
            return around.links.hangs(slot, under: top) != around.links.hangs(me, under: top)
        }?.value.since
    }

    func breakAway(_ site: SiteID) throws(Refusal) {
        guard mayBreakAway(site) else { throw .notAllowed }
        guard reachesAbove || attachment.isAsked else { throw .nothingAbove }
        guard apartRecord(of: node) == nil else { throw .alreadyApart }
        let record = ApartRecord(term: term, since: wall, by: site)
        publish(.floor, .apart, .apart(record))
        audit(.brokeAway, site, by: site)
    }

    func rejoin(_ site: SiteID) throws(Refusal) {
        guard mayBreakAway(site) else { throw .notAllowed }
        guard apartRecord(of: node) != nil else { throw .notApart }
        publish(.floor, .apart, nil)
        audit(.rejoined, site, by: site)
    }

    /// The chairs of our part, in the order in which they act: the declared ones, then the site that broke away.
    var chairs: [SiteID] {
        let declared = record?.definition.chairs ?? []
        guard let by = apart?.value.by, !declared.contains(by) else { return declared }
        return declared + [by]
    }

    /// While our part was by itself, the meeting ended above (mesh rule 9): it is not attached again. The page asks; the chair
    /// ends our part too, or says that it goes on.
    func noticeEndAbove() {
        guard let crown, crown.endedAbove == nil, crown.ended == nil, let ended = endAbove else { return }
        self.crown?.noticeEnd(above: ended)
        touch()
    }

    /// When a crown above us ended the meeting.
    var endAbove: WallTime? {
        let term = self.term
        let above = tables.floors.first {
            $0.writer != node && $0.value.term == term && $0.value.ended != nil && around.standsAbove($0.writer)
        }
        return above?.value.ended
    }

    /// A node that runs the meeting asks the child below which it is, or stands, anchored to attach it: some sites hang elsewhere. All other
    /// children attach by themselves.
    func stepAsking() {
        guard let plan, runs || attachment.isAsked else { return }
        attachment.forgetAskings(unless: edges.compactMap(\.session), now)
        for e in edges.indices where !edges[e].isParent {
            guard let session = edges[e].session, !attachment.asking.contains(where: { $0.session == session }),
                tree.contains(edges[e].slot, plan.anchor) || around.links.hangs(plan.anchor, under: edges[e].slot)
            else { continue }
            attachment.askChild(in: session, again: now + Conference.askAgain)
            send(.attachWanted, over: e, session: session, number: 0)
        }
    }

    /// When a child that did not attach is asked again.
    var askingDeadline: Instant? {
        guard runs || attachment.isAsked else { return nil }
        return attachment.askingDeadline
    }
}
