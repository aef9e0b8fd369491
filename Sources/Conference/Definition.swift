import Basics

// A new definition changes the plan and the edges' scopes. An ended meeting leaves.
extension Conference {
    /// Takes a definition if it is the newest of its meeting, and of a node that may define it.
    mutating func define(
        _ record: MeetingRecord, under key: RecordKey, of meeting: Meeting, from writer: NodeIndex
    ) -> ConferenceDrop? {
        guard case .meeting = key, record.definition.id == meeting.id else { return .malformed }
        if writer == node { meeting.writtenTerm = record.term }
        around.observe(record.term)
        if let mine = meeting.declared, mine.term >= record.term {
            if mine == record, meeting.prove(record, by: writer) { updateScopes() }
            return nil
        }
        if let refusal = refusal(of: record, meeting, writer) { return refusal }
        guard record.definition.sites.count <= Tables.siteLimit, record.definition.chairs.count <= 64,
            (0...16).contains(record.definition.floorSize), let plan = MeetingPlan(record, around.tree, called: [])
        else { return .malformed }
        meeting.begin(record, plan, writtenBy: writer)
        meeting.beginSeats()
        updateScopes()
        return nil
    }

    /// Why another node's definition is not taken.
    ///
    /// A meeting that runs is redefined by whom the policy lets do it (its starter, a home of one of its chairs), by the definition that
    /// runs here; a node above this one copies definitions. A term from the future would keep the meeting's name for ever. Where no definition is known yet a day is
    /// allowed: a root whose clock stands wrong takes the whole tree along (mesh rule 2), and a node that starts anew must still learn what
    /// runs. Of one starter only so many run.
    private func refusal(of record: MeetingRecord, _ meeting: Meeting, _ writer: NodeIndex) -> ConferenceDrop? {
        guard writer != node else { return nil }
        let known = max(around.wall, around.uplinkWall ?? around.wall)
        let ahead = record.term.milliseconds.subtractingReportingOverflow(known.milliseconds)
        let farthest = meeting.record == nil ? Conference.farthestFirstTerm : Conference.farthestTerm
        guard !around.clockIsSet || !ahead.overflow && ahead.partialValue <= farthest.milliseconds else { return .fromTheFuture }
        guard meeting.declared != nil, !meeting.hasEnded else {
            if around.standsAbove(writer) { return nil }
            let started = running { $0.record?.startedBy == record.startedBy && $0.definedBy != node }
            let written = running { $0.definedBy == writer }
            return started < Conference.meetingsPerStarter && written < Conference.meetingsPerWriter ? nil : .tooManyMeetings
        }
        func mayRedefine(_ one: NodeIndex) -> Bool { meeting.may(Principal(writer: one), .redefine) || around.standsAbove(one) }
        return mayRedefine(record.startedBy) && (writer == record.startedBy || mayRedefine(writer)) ? nil : .foreign
    }

    /// An edge carries a meeting if participants stand on both sides of it, as nodes hang now (or did last), and where the meeting is
    /// attached or is to be: a part that went round its anchor may have no participant beyond, but has its crown there. A child may
    /// have attached before we know the meeting: its definition comes that way.
    mutating func updateScopes() {
        var carried = [[MeetingID]](repeating: [], count: around.edges.count)
        for meeting in meetings {
            guard let plan = meeting.plan else {
                for e in meeting.attachment.edges { carried[e].append(meeting.id) }
                continue
            }
            // By the slot of the next node on the way: how many participants lie there.
            var beyond = [Int](repeating: 0, count: around.tree.count)
            for slot in plan.participants { if let hop = around.links.nextHop(to: Int(slot)) { beyond[hop] += 1 } }
            for e in around.edges.indices {
                let stands = beyond[around.edges[e].slot] > 0 && beyond[around.edges[e].slot] < plan.participants.count
                if stands || meeting.attachment.edges.contains(e) { carried[e].append(meeting.id) }
            }
        }
        for e in around.edges.indices {
            let scopes = carried[e]
            if scopes != around.edges[e].scopes {
                around.edges[e].scopes = scopes
                around.emit(.scopes(neighbour: around.edges[e].neighbour, meetings: scopes))
            }
        }
    }
}

extension Meeting {
    /// A new definition: whatever the floor was before, it begins anew.
    func begin(_ record: MeetingRecord, _ plan: MeetingPlan, writtenBy writer: NodeIndex) {
        // A node that was asked to attach before it knew the meeting stays asked.
        attachment.begin(keepingAsked: self.record == nil)
        declared = record
        self.record = record
        definedBy = writer
        conveners = [convener(of: record, writtenBy: writer)]
        self.plan = plan
        declaredAnchor = plan.anchor
        tables.reserveCapacity(forSites: plan.count)
        crown = nil
        leaveAt = nil
        remembered.removeAll()
        for h in homes.indices {
            homes[h].lease = nil
            homes[h].largest = nil
            homes[h].claims.removeAll()
        }
        touch()
        tellVotes()
    }

    /// Another edition of the tree: what the definition means in it.
    func replan() {
        declaredAnchor = declared.flatMap { MeetingPlan($0, tree, called: [])?.anchor }
        plan = record.flatMap { MeetingPlan($0, tree, called: calledSites) }
        // None of its sites is in the new topology: nobody here runs it.
        if plan == nil { crown = nil }
        _ = attachment.follow(edgesToCarry)
    }

    /// Keeps up with the edges on which the meeting is attached, or is to be; true if they are others.
    func followAttachment() -> Bool { attachment.follow(edgesToCarry) }

    private var edgesToCarry: [Int] {
        var attached = attachment.children.compactMap { around.edgeIndex($0.neighbour) }
        if wantsUplink, let e = around.parentEdge { attached.append(e) }
        return attached
    }

    /// The overlay of our crown: of those written by ourselves or above us, the nearest.
    ///
    /// A crown takes its record back when it attaches. So a node that stands nearer and still has one is the crown of a part of its
    /// own, cut off or broken away; and a part below must not speak for us.
    var overlay: FloorRecord? { nearestFloor.map { tables.floors[$0].value } }

    /// Its place, since a look at one field need not copy the whole record.
    private var nearestFloor: Int? {
        var nearest: Int?
        for f in tables.floors.indices where tables.floors[f].value.term == term && around.standsAbove(tables.floors[f].writer) {
            if nearest.map({ around.stands(tables.floors[$0].value.crown, above: tables.floors[f].writer) }) ?? true { nearest = f }
        }
        return nearest
    }

    var hasEnded: Bool {
        if let crown { return crown.ended != nil }
        return keepsEnd || nearestFloor.map { tables.floors[$0].value.ended != nil } ?? false
    }

    /// A node that is sure of an end keeps to it, although the crown may die, lose its record of the end, or stand above us no more.
    private func keepEnd() {
        guard !keepsEnd, let ended = overlay?.ended else { return }
        keptEnd = (term, ended)
    }

    private var keepsEnd: Bool { keptEnd?.term == term }

    /// Writes the end down in the crown's place: a child slept through it and asks to be attached, and the crown has lost its record.
    func tellOfEnd() {
        guard keepsEnd, let kept = keptEnd, overlay?.ended == nil else { return }
        var record = FloorRecord(term: kept.term, epoch: epoch, crown: node, revision: 1)
        record.ended = kept.at
        publish(.floor, .floor, .floor(record))
    }

    /// The local test's first half: we have a site of it, or a child attached it.
    var runs: Bool {
        guard let plan, !hasEnded else { return false }
        return plan.hasSite(at: me) || !attachment.children.isEmpty
    }

    /// An ended meeting leaves after its time; true if that is now.
    func leaves() -> Bool {
        guard plan != nil, hasEnded else {
            leaveAt = nil
            return false
        }
        guard let leaveAt else {
            leaveAt = now + Conference.afterlife
            // Attached below the crown that ended it, we have it at first hand.
            if attachment.uplink.isAttached, let record = overlay, record.epoch >= epoch { keepEnd() }
            return false
        }
        if crown == nil, now + Conference.afterlife >= leaveAt + Conference.endKept { keepEnd() }
        return now >= leaveAt
    }

    /// The next time at which one meeting has something to do.
    var nextDeadline: Instant? {
        var next = leaveAt
        if let leaveAt, crown == nil, !keepsEnd {
            next.keepEarlier(leaveAt - Conference.afterlife + Conference.endKept)
        }
        switch attachment.uplink {
        case .none(let retryAt):
            if wantsUplink { next.keepEarlier(retryAt) }
            if crown == nil, runs, let born = around.born { next.keepEarlier(born + Conference.settling) }
        case .freezing: break
        case .asking(_, _, let since): next.keepEarlier(since + attachment.patience)
        case .attached: break
        }
        next.keepEarlier(askingDeadline)
        for lease in remembered { next.keepEarlier(lease.until) }
        for home in homes {
            next.keepEarlier(home.graceUntil)
            if let lease = home.lease {
                next.keepEarlier(lease.until)
                next.keepEarlier(home.nextClaim)
            }
        }
        if let crown {
            for slot in crown.slots {
                switch slot {
                case .free: break
                case .offered(let offer): next.keepEarlier(offer.until)
                case .leased(let grant):
                    next.keepEarlier(grant.until + Meeting.drift)
                    if let asked = grant.asked, !grant.revoked { next.keepEarlier(asked + offerTime(grant.request.id.node)) }
                    if let since = grant.since, isEmergency(grant.request) { next.keepEarlier(since + Meeting.emergencyTime) }
                }
            }
            for passed in crown.passedOver { next.keepEarlier(passed.until) }
            let chairs = chairs
            for (i, since) in crown.chairPresentSince.enumerated() where i < chairs.count {
                if chairs[i] == crown.actingChair { break }
                if let since { next.keepEarlier(since + CrownState.chairReturn) }
            }
        }
        // A step that is due now was done now or cannot be done yet. Look again soon, never at once.
        if let due = next, due <= now { return now + .milliseconds(50) }
        return next
    }
}
