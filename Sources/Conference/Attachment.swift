import Basics

// Attachment, per edge and meeting (mesh rules 1, 6 and 8).
//
//            uplink up, meeting runs        leases dead          AttachAck
//   none ───────────────────────▶ freezing ───────────▶ asking ───────────▶ attached
//     ▲                                                   │ 500 ms             │ edge down, no longer runs
//     └───────────────────────────────────────────────────┴────────────────────┘
extension Conference {
    /// The time a waiting side adds for drift: 1 % of a lease.
    static let drift = Interval.milliseconds(15)

    /// This node runs the meeting, its anchor is not here or below, and the uplink is up.
    func wantsUplink(_ m: Int) -> Bool {
        guard let plan = meetings[m].plan, runs(m), !tree.contains(me, plan.anchor) else { return false }
        return parentSession != nil
    }
    var parentSession: UInt64? { parentEdge.flatMap { edges[$0].session } }

    mutating func stepAttachment(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        meetings[m].remembered.removeAll { $0.until <= at.now }
        guard wantsUplink(m), let session = parentSession, let e = parentEdge else {
            if case .attached(let number, let session) = meetings[m].uplink, let e = parentEdge,
                edges[e].session == session
            {
                send(m, e, session, number, .detach, &effects)
            }
            if meetings[m].uplink.isAttached || meetings[m].uplink.isFrozen {
                meetings[m].uplink = .none(retryAt: at.now)
                meetings[m].touch()
            }
            return
        }
        switch meetings[m].uplink {
        case .attached: return
        case .none(let retryAt):
            guard at.now >= retryAt else { return }
            meetings[m].uplink = .freezing(since: at.now)
            meetings[m].touch()
            freeze(m, at, &effects)
        case .asking(_, _, let since):
            guard at.now >= since + Conference.attachTime else { return }
            // Doubling: each attempt interrupts whoever speaks in our part.
            meetings[m].unanswered = min(meetings[m].unanswered + 1, 8)
            let pause = min(Interval.milliseconds(125 << Int64(meetings[m].unanswered)), .seconds(30))
            meetings[m].uplink = .none(retryAt: at.now + pause)
            meetings[m].touch()
            return
        case .freezing: break
        }
        guard case .freezing = meetings[m].uplink, isClean(m) else { return }
        meetings[m].attachNumber &+= 1
        let number = meetings[m].attachNumber
        meetings[m].uplink = .asking(number: number, session: session, since: at.now)
        meetings[m].touch()
        send(
            m, e, session, number,
            .attach(
                epoch: meetings[m].epoch, cleaned: meetings[m].crown?.cleaned ?? [], offered: meetings[m].crown?.offered),
            &effects)
    }

    /// Every lease of our part is dead.
    private func isClean(_ m: Int) -> Bool {
        guard rules.contains(.clean), rules.contains(.wait) else { return true }
        return meetings[m].remembered.isEmpty && meetings[m].crown?.grants.isEmpty ?? true
    }

    /// A part on its way up grants nothing (mesh rule 6).
    func isFrozen(_ m: Int) -> Bool { rules.contains(.freeze) && meetings[m].uplink.isFrozen }

    /// Ends our leases: the holders' requests go back to the front of their class.
    private mutating func freeze(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard rules.contains(.clean), let crown = meetings[m].crown else { return }
        for slot in crown.slots.indices {
            switch crown.slots[slot] {
            case .free: break
            case .offered: meetings[m].crown?.slots[slot] = .free
            case .leased(let grant):
                for name in [grant.name, grant.inherited].compactMap({ $0 }) {
                    meetings[m].crown?.cleaned.append(
                        FloorMessage.CleanedLease(slot: UInt8(slot), name: name, request: grant.request.id))
                }
                meetings[m].crown?.offered = grant.request.id
                startRevoke(m, slot, preempted: true, at, &effects)
            }
        }
    }

    /// A child asks to be attached. It may ask before we know the meeting: its definition is on the way.
    mutating func receiveAttach(
        _ message: FloorMessage, epoch: UInt64, cleaned: [FloorMessage.CleanedLease], _ e: Int, _ m: Int, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        guard !edges[e].isParent else { return .wrongDirection }
        guard edges[e].session == message.session || !rules.contains(.fence) else { return .stale }
        if meetings[m].plan != nil, hasEnded(m) { return .unknownMeeting }
        let neighbour = edges[e].neighbour
        if let old = meetings[m].children.first(where: { $0.neighbour == neighbour }), old.session == message.session,
            old.number > message.attach
        {
            return .stale
        }
        meetings[m].children.removeAll { $0.neighbour == neighbour }
        meetings[m].children.append(ChildAttachment(neighbour: neighbour, session: message.session, number: message.attach))
        meetings[m].children.sort { $0.neighbour < $1.neighbour }
        meetings[m].remembered.removeAll { lease in cleaned.contains { $0.name == lease.name && $0.slot == lease.slot } }
        // A part that comes back another way than it went is still on the crown's books: the lease it ended is told up to there.
        for lease in cleaned {
            let ended = FloorMessage.Release(slot: lease.slot, name: lease.name, request: lease.request, preempted: true)
            _ = sendUp(m, .release(ended), at, &effects)
        }
        raise(m, to: epoch, at, &effects)
        meetings[m].touch()
        send(m, e, message.session, message.attach, .attachAck(epoch: meetings[m].epoch), &effects)
        return nil
    }

    mutating func receiveAttachAck(
        _ message: FloorMessage, epoch: UInt64, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        guard case .asking(let number, let session, _) = meetings[m].uplink, isFresh(message, session, number)
        else { return .stale }
        meetings[m].uplink = .attached(number: number, session: session)
        meetings[m].unanswered = 0
        // What came in below while we asked, the crown has not counted yet.
        let mine = meetings[m].epoch
        meetings[m].epoch = max(mine, min(epoch, Conference.epochLimit))
        abdicate(m, at, &effects)
        if mine >= epoch { _ = sendUp(m, .raise(epoch: mine), at, &effects) }
        meetings[m].touch()
        return nil
    }

    /// Beyond this no honest epoch gets; it keeps the count from overflowing.
    static let epochLimit: UInt64 = 1 << 62

    /// A part with that epoch came in below: the crown counts past it and renames its leases; others pass it up.
    mutating func raise(_ m: Int, to epoch: UInt64, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        let epoch = min(epoch, Conference.epochLimit)
        if meetings[m].crown != nil {
            guard rules.contains(.epoch) else { return }
            meetings[m].epoch = max(meetings[m].epoch, epoch) + 1
            meetings[m].crown?.sequence = 0
            meetings[m].crown?.revision = 0
            for slot in meetings[m].crown?.slots.indices ?? 0..<0 {
                guard case .leased(var grant)? = meetings[m].crown?.slots[slot], !grant.revoked else { continue }
                grant.name = nextName(m)
                meetings[m].crown?.slots[slot] = .leased(grant)
            }
            meetings[m].touch()
        } else {
            // An equal epoch goes up too: two parts may have counted to the same number.
            meetings[m].epoch = max(meetings[m].epoch, epoch)
            if meetings[m].uplink.isAttached { _ = sendUp(m, .raise(epoch: epoch), at, &effects) }
        }
    }

    /// All that an edge carried ends with its session.
    mutating func detachEdge(_ e: Int, _ at: Moment) {
        for m in meetings.indices {
            if edges[e].isParent {
                meetings[m].uplink = .none(retryAt: at.now)
                meetings[m].unanswered = 0
                for h in meetings[m].homes.indices { meetings[m].homes[h].nextClaim = at.now }
            } else {
                let neighbour = edges[e].neighbour
                meetings[m].children.removeAll { $0.neighbour == neighbour }
            }
            meetings[m].touch()
        }
    }

    func send(
        _ m: Int, _ e: Int, _ session: UInt64, _ number: UInt32, _ body: FloorMessage.Body,
        _ effects: inout [ConferenceEffect]
    ) {
        let message = FloorMessage(meeting: meetings[m].id, session: session, attach: number, body: body)
        effects.append(.hop(to: edges[e].neighbour, payload: coder.encode(message)))
    }
}
