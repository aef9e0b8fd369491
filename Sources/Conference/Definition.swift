import Basics

// A new definition changes the plan and the edges' scopes. An ended meeting leaves.
extension Conference {
    /// Takes a definition if it is the newest of its meeting, and of a node that may define it.
    mutating func define(
        _ record: MeetingRecord, _ m: Int, _ writer: NodeIndex, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        clock.observe(record.term, wall: at.wall)
        if let mine = meetings[m].record, mine.term >= record.term { return nil }
        if let refusal = refusal(of: record, m, writer, at) { return refusal }
        guard record.definition.sites.count <= MeetingState.siteLimit, record.definition.chairs.count <= 64,
            (0...16).contains(record.definition.floorSize), let plan = MeetingPlan(record, tree)
        else { return .malformed }
        // A node that was asked to attach before it knew the meeting stays asked.
        if meetings[m].record != nil { meetings[m].isAsked = false }
        meetings[m].record = record
        meetings[m].definedBy = writer
        meetings[m].plan = plan
        meetings[m].sites.reserveCapacity(plan.count)
        meetings[m].crown = nil
        meetings[m].asking.removeAll()
        meetings[m].leaveAt = nil
        meetings[m].remembered.removeAll()
        for h in meetings[m].homes.indices {
            meetings[m].homes[h].lease = nil
            meetings[m].homes[h].largest = nil
            meetings[m].homes[h].claims.removeAll()
        }
        meetings[m].touch()
        tellVotes(m, &effects)
        updateScopes(&effects)
        return nil
    }

    /// Why another node's definition is not taken.
    ///
    /// A meeting that runs is redefined by its starter, by a home of one of its chairs, or by a node above this one; all by the
    /// definition that runs here. A term from the future would keep the meeting's name for ever. Of one starter only so many run.
    private func refusal(of record: MeetingRecord, _ m: Int, _ writer: NodeIndex, _ at: Moment) -> ConferenceDrop? {
        guard writer != node else { return nil }
        let known = max(at.wall, uplinkWall ?? at.wall)
        let ahead = record.term.milliseconds.subtractingReportingOverflow(known.milliseconds)
        guard !clockIsSet || !ahead.overflow && ahead.partialValue <= Conference.farthestTerm.milliseconds else { return .fromTheFuture }
        guard let mine = meetings[m].record, !hasEnded(m) else {
            if standsAbove(writer) { return nil }
            let started = running { $0.record?.startedBy == record.startedBy && $0.definedBy != node }
            let written = running { $0.definedBy == writer }
            return started < Conference.meetingsPerStarter && written < Conference.meetingsPerWriter ? nil : .tooManyMeetings
        }
        func mayRedefine(_ one: NodeIndex) -> Bool {
            one == mine.startedBy || mine.definition.chairs.contains { NodeIndex(of: $0.node) == one } || standsAbove(one)
        }
        return mayRedefine(record.startedBy) && (writer == record.startedBy || mayRedefine(writer)) ? nil : .foreign
    }

    /// An edge carries a meeting if participants stand on both sides of it, as nodes hang now (or did last), and where the meeting is
    /// attached or is to be: a part that went round its anchor may have no participant beyond, but has its crown there. A child may
    /// have attached before we know the meeting: its definition comes that way.
    mutating func updateScopes(_ effects: inout [ConferenceEffect]) {
        var carried = [[MeetingID]](repeating: [], count: edges.count)
        for m in meetings.indices {
            guard let plan = meetings[m].plan else {
                for e in meetings[m].attachedEdges { carried[e].append(meetings[m].id) }
                continue
            }
            // By the slot of the next node on the way: how many participants lie there.
            var beyond = [Int](repeating: 0, count: tree.count)
            for slot in plan.participants { if let hop = links.nextHop(to: Int(slot)) { beyond[hop] += 1 } }
            for e in edges.indices {
                let stands = beyond[edges[e].slot] > 0 && beyond[edges[e].slot] < plan.participants.count
                if stands || meetings[m].attachedEdges.contains(e) { carried[e].append(meetings[m].id) }
            }
        }
        for e in edges.indices {
            let scopes = carried[e]
            if scopes != edges[e].scopes {
                edges[e].scopes = scopes
                effects.append(.scopes(neighbour: edges[e].neighbour, meetings: scopes))
            }
        }
    }

    /// Keeps the scopes in step with the edges on which one meeting is attached, or is to be.
    mutating func followAttachment(_ m: Int, _ effects: inout [ConferenceEffect]) {
        let attached = attachedEdges(m)
        guard attached != meetings[m].attachedEdges else { return }
        meetings[m].attachedEdges = attached
        updateScopes(&effects)
    }

    func attachedEdges(_ m: Int) -> [Int] {
        var attached = meetings[m].children.compactMap { edgeIndex($0.neighbour) }
        if wantsUplink(m), let e = parentEdge { attached.append(e) }
        return attached
    }

    /// The overlay of our crown: of those written by ourselves or above us, the nearest.
    ///
    /// A crown takes its record back when it attaches. So a node that stands nearer and still has one is the crown of a part of its
    /// own, cut off or broken away; and a part below must not speak for us.
    func overlay(_ m: Int) -> FloorRecord? { nearestFloor(m).map { meetings[m].floors[$0].value } }

    /// Its place, since a look at one field need not copy the whole record.
    private func nearestFloor(_ m: Int) -> Int? {
        var nearest: Int?
        for f in meetings[m].floors.indices where meetings[m].floors[f].value.term == meetings[m].term && standsAbove(meetings[m].floors[f].writer) {
            if nearest.map({ stands(meetings[m].floors[$0].value.crown, above: meetings[m].floors[f].writer) }) ?? true { nearest = f }
        }
        return nearest
    }

    /// We, or a node on our way to the top.
    func standsAbove(_ writer: NodeIndex) -> Bool {
        guard let slot = tree.slot(writer) else { return false }
        return links.hangs(me, under: slot)
    }

    func hasEnded(_ m: Int) -> Bool {
        if let crown = meetings[m].crown { return crown.ended != nil }
        return keepsEnd(m) || nearestFloor(m).map { meetings[m].floors[$0].value.ended != nil } ?? false
    }

    /// A node that is sure of an end keeps to it, although the crown may die, lose its record of the end, or stand above us no more.
    private mutating func keepEnd(_ m: Int) {
        guard !keepsEnd(m), let ended = overlay(m)?.ended else { return }
        meetings[m].keptEnd = (meetings[m].term, ended)
    }

    private func keepsEnd(_ m: Int) -> Bool { meetings[m].keptEnd?.term == meetings[m].term }

    /// Writes the end down in the crown's place: a child slept through it and asks to be attached, and the crown has lost its record.
    mutating func tellOfEnd(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard keepsEnd(m), let kept = meetings[m].keptEnd, overlay(m)?.ended == nil else { return }
        var record = FloorRecord(term: kept.term, epoch: meetings[m].epoch, crown: node, revision: 1)
        record.ended = kept.at
        publish(m, .floor, .floor, .floor(record), at, &effects)
    }

    /// The local test's first half: we have a site of it, or a child attached it.
    func runs(_ m: Int) -> Bool {
        guard let plan = meetings[m].plan, !hasEnded(m) else { return false }
        return plan.hasSite(at: me) || !meetings[m].children.isEmpty
    }

    /// Lets an ended meeting go after its time; true if it went.
    mutating func leave(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) -> Bool {
        guard meetings[m].plan != nil, hasEnded(m) else {
            meetings[m].leaveAt = nil
            return false
        }
        guard let leaveAt = meetings[m].leaveAt else {
            meetings[m].leaveAt = at.now + Conference.afterlife
            // Attached below the crown that ended it, we have it at first hand.
            if meetings[m].uplink.isAttached, let record = overlay(m), record.epoch >= meetings[m].epoch { keepEnd(m) }
            return false
        }
        if meetings[m].crown == nil, at.now + Conference.afterlife >= leaveAt + Conference.endKept { keepEnd(m) }
        guard at.now >= leaveAt else { return false }
        let id = meetings[m].id
        meetings.remove(at: m)
        updateScopes(&effects)
        effects.append(.forget(id))
        return true
    }

    /// The next time at which one meeting has something to do.
    func nextDeadline(_ m: Int, _ at: Moment) -> Instant? {
        var next: Instant? = meetings[m].leaveAt
        if let leaveAt = meetings[m].leaveAt, meetings[m].crown == nil, !keepsEnd(m) {
            next.keepEarlier(leaveAt - Conference.afterlife + Conference.endKept)
        }
        switch meetings[m].uplink {
        case .none(let retryAt):
            if wantsUplink(m) { next.keepEarlier(retryAt) }
            if meetings[m].crown == nil, runs(m), let born { next.keepEarlier(born + Conference.settling) }
        case .freezing: break
        case .asking(_, _, let since): next.keepEarlier(since + patience(m))
        case .attached: break
        }
        next.keepEarlier(askingDeadline(m))
        for lease in meetings[m].remembered { next.keepEarlier(lease.until) }
        for home in meetings[m].homes {
            next.keepEarlier(home.graceUntil)
            if let lease = home.lease {
                next.keepEarlier(lease.until)
                next.keepEarlier(home.nextClaim)
            }
        }
        if let crown = meetings[m].crown {
            for slot in crown.slots {
                switch slot {
                case .free: break
                case .offered(let offer): next.keepEarlier(offer.until)
                case .leased(let grant):
                    next.keepEarlier(grant.until + Conference.drift)
                    if let asked = grant.asked, !grant.revoked { next.keepEarlier(asked + offerTime(m, grant.request.id.node)) }
                    if let since = grant.since, isEmergency(m, grant.request) { next.keepEarlier(since + Conference.emergencyTime) }
                }
            }
            for passed in crown.passedOver { next.keepEarlier(passed.until) }
            let chairs = chairs(m)
            for (i, since) in crown.chairPresentSince.enumerated() where i < chairs.count {
                if chairs[i] == crown.actingChair { break }
                if let since { next.keepEarlier(since + Conference.chairReturn) }
            }
        }
        // A step that is due now was done now or cannot be done yet. Look again soon, never at once.
        if let due = next, due <= at.now { return at.now + .milliseconds(50) }
        return next
    }
}
