import Basics
import Membership

// Attachment, per edge and meeting (mesh rules 1, 6 and 8).
//
//            uplink up, meeting runs        leases dead          AttachAck
//   none ───────────────────────▶ freezing ───────────▶ asking ───────────▶ attached
//     ▲                                                   │ 500 ms             │ edge down, no longer runs
//     └───────────────────────────────────────────────────┴────────────────────┘
extension Conference {
    /// Detaches further apart than this do not count as repeated.
    static let detachMemory = Interval.seconds(60)
    /// The time a waiting side adds for drift: 1 % of a lease.
    static let drift = Interval.milliseconds(15)

    /// This node runs the meeting, its anchor is not here or below (unless it was asked), and the uplink is up.
    func wantsUplink(_ m: Int) -> Bool {
        guard meetings[m].plan != nil, runs(m), reachesAbove(m) || meetings[m].isAsked, !staysApart(m) else { return false }
        return parentSession != nil
    }
    var parentSession: UInt64? { parentEdge.flatMap { edges[$0].session } }

    mutating func stepAttachment(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        stepAsking(m, at, &effects)
        if meetings[m].countsAlong, !meetings[m].uplink.isAsking {
            meetings[m].countsAlong = false
            raise(m, to: meetings[m].epoch, offered: [], at, &effects)
        }
        if meetings[m].remembered.contains(where: { $0.until <= at.now }) {
            meetings[m].remembered.removeAll { $0.until <= at.now }
            meetings[m].touch()
        }
        meetings[m].offered.removeAll { $0.since + Conference.standingClaim <= at.now }
        guard wantsUplink(m), let session = parentSession, let e = parentEdge else {
            switch meetings[m].uplink {
            case .attached(let number, let session), .asking(let number, let session, _): detach(m, number, session, &effects)
            case .none, .freezing: break
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
            guard at.now >= since + patience(m) else { return }
            // The pause doubles, because each attempt interrupts the speaker of our part.
            meetings[m].unanswered = min(meetings[m].unanswered + 1, 8)
            let pause = min(Interval.milliseconds(125 << Int64(meetings[m].unanswered)), .seconds(30))
            meetings[m].uplink = .none(retryAt: at.now + pause)
            meetings[m].touch()
            return
        case .freezing: break
        }
        guard case .freezing = meetings[m].uplink, isClean(m) else { return }
        meetings[m].early.removeAll()
        meetings[m].attachNumber &+= 1
        meetings[m].attachEpoch = meetings[m].epoch
        let number = meetings[m].attachNumber
        meetings[m].uplink = .asking(number: number, session: session, since: at.now)
        if meetings[m].asked.count >= 4 { meetings[m].asked.removeFirst() }
        meetings[m].asked.append((number, at.now))
        meetings[m].touch()
        meetings[m].endedBelow.removeAll { $0.since + Conference.leaseTime + Conference.drift <= at.now }
        let own = meetings[m].crown?.cleaned ?? []
        ask(m, e, session, number, own + meetings[m].endedBelow.reversed().map(\.lease).filter { !own.contains($0) }, &effects)
    }

    /// Sends `Attach`, with as much of what ended as one hop message holds: of the rest, the crown above waits until it expires.
    private func ask(
        _ m: Int, _ e: Int, _ session: UInt64, _ number: UInt32, _ ended: [FloorMessage.CleanedLease], _ effects: inout [ConferenceEffect]
    ) {
        var (cleaned, offered) = (ended, meetings[m].offered.map(\.holder))
        while true {
            let body = FloorMessage.Body.attach(epoch: meetings[m].epoch, cleaned: cleaned, offered: offered)
            let payload = coder.encode(FloorMessage(meeting: meetings[m].id, session: session, attach: number, body: body))
            guard payload.count > Conference.hopLimit, !(cleaned.isEmpty && offered.isEmpty) else {
                return effects.append(.hop(to: edges[e].neighbour, payload: payload))
            }
            if offered.count > 4 || cleaned.isEmpty { offered.removeLast() } else { cleaned.removeLast() }
        }
    }
    /// A hop message carries so much; the bridge's own byte before it included.
    static let hopLimit = GossipLimits.hop - 1

    /// Takes an attachment back, or the request for one. A parent that is not told keeps us as its child, and runs the meeting for our sake.
    private func detach(_ m: Int, _ number: UInt32, _ session: UInt64, _ effects: inout [ConferenceEffect]) {
        guard let e = parentEdge, edges[e].session == session else { return }
        send(m, e, session, number, .detach, &effects)
    }

    /// How long an answer is waited for: what the last one that came too late took, and half as much again.
    func patience(_ m: Int) -> Interval { max(Conference.attachTime, min(meetings[m].slowestAnswer * 3 / 2, Conference.longestPatience)) }

    /// An answer to an attempt we gave up shows that the parent lives and is slow: wait longer, and ask again at once.
    private mutating func learnPatience(_ m: Int, _ message: FloorMessage, _ at: Moment) {
        guard message.session == parentSession, let asked = meetings[m].asked.first(where: { $0.number == message.attach }) else { return }
        meetings[m].slowestAnswer = max(meetings[m].slowestAnswer, at.now - asked.at)
        guard case .none = meetings[m].uplink, meetings[m].unanswered > 0 else { return }
        meetings[m].unanswered = 0
        meetings[m].uplink = .none(retryAt: at.now)
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
        meetings[m].crown?.cleaned = crown.givenUp
        meetings[m].offered.removeAll()
        for slot in crown.slots.indices {
            switch crown.slots[slot] {
            case .free: break
            case .offered: meetings[m].crown?.slots[slot] = .free
            case .leased: startRevoke(m, slot, preempted: true, at, &effects)
            }
        }
    }

    /// A child asks to be attached. The child may ask before we know the meeting, whose definition is on the way.
    mutating func receiveAttach(
        _ message: FloorMessage, epoch: UInt64, cleaned: [FloorMessage.CleanedLease], offered: [FloorMessage.OfferedHolder],
        _ e: Int, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        guard !edges[e].isParent else { return .wrongDirection }
        guard edges[e].session == message.session || !rules.contains(.fence) else { return .stale }
        if meetings[m].plan != nil, hasEnded(m) {
            tellOfEnd(m, at, &effects)
            return .unknownMeeting
        }
        let neighbour = edges[e].neighbour
        if let old = meetings[m].children.first(where: { $0.neighbour == neighbour }), old.session == message.session,
            old.number > message.attach
        {
            return .stale
        }
        removeChild(m, neighbour)
        meetings[m].children.append(ChildAttachment(neighbour: neighbour, session: message.session, number: message.attach))
        meetings[m].children.sort { $0.neighbour < $1.neighbour }
        let dead = cleaned + passed(m, to: neighbour).filter { !cleaned.contains($0) }
        meetings[m].remembered.removeAll { lease in dead.contains { $0.name == lease.name && $0.slot == lease.slot } }
        // A part may come back another way than it went. The crown still remembers the lease that the part ended, so the end is told up.
        for lease in dead {
            tellEnd(of: lease, m, at, &effects)
        }
        if !meetings[m].uplink.isAttached {
            meetings[m].endedBelow = (meetings[m].endedBelow + dead.map { EndedLease(lease: $0, since: at.now) }).suffix(EndedLease.limit)
        }
        meetings[m].touch()
        let joining = Joining(
            neighbour: neighbour, number: message.attach, isRaise: false, epoch: min(epoch, Conference.epochLimit),
            offered: offered.prefix(16).map { Joining.Offered(holder: $0, since: at.now) })
        return join(m, joining, at, &effects)
    }

    private mutating func tellEnd(of lease: FloorMessage.CleanedLease, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        let ended = FloorMessage.Release(slot: lease.slot, name: lease.name, request: lease.request, preempted: true)
        _ = sendUp(m, .release(ended), at, &effects)
    }

    /// Leases that went to homes behind that child over an earlier attachment. The child asks anew, so each lease ended down there, or it
    /// never arrived and never will (mesh rules 1 and 6). The child does not know the names of those that did not arrive.
    private func passed(_ m: Int, to neighbour: NodeIndex) -> [FloorMessage.CleanedLease] {
        let granted = (meetings[m].crown?.grants ?? []).filter { $0.grant.via == neighbour }.map {
            FloorMessage.CleanedLease(slot: $0.slot, name: $0.grant.name, request: $0.grant.request.id)
        }
        let relayed = meetings[m].remembered.filter { $0.via == neighbour }.map {
            FloorMessage.CleanedLease(slot: $0.slot, name: $0.name, request: $0.request)
        }
        return granted + relayed
    }

    /// A child is no longer attached; what it had asked for is void.
    mutating func removeChild(_ m: Int, _ neighbour: NodeIndex) {
        meetings[m].children.removeAll { $0.neighbour == neighbour }
        meetings[m].joining.removeAll { $0.neighbour == neighbour }
        meetings[m].touch()
    }

    mutating func receiveAttachAck(
        _ message: FloorMessage, epoch: UInt64, leases: [FloorMessage.Lease], _ m: Int, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        guard case .asking(let number, let session, let since) = meetings[m].uplink, isFresh(message, session, number) else {
            learnPatience(m, message, at)
            // The answer came after we gave up, or before the parent heard that we no longer want it.
            if case .none = meetings[m].uplink, !wantsUplink(m) { detach(m, message.attach, message.session, &effects) }
            return .stale
        }
        meetings[m].touch()
        guard epoch > meetings[m].epoch || meetings[m].epoch == meetings[m].attachEpoch else {
            // A part came in below while we asked, and the crown has not counted it: give back what came, ask again.
            guard let e = parentEdge else { return .wrongDirection }
            for lease in leases {
                let back = FloorMessage.Release(slot: lease.slot, name: lease.name, request: lease.request)
                send(m, e, session, number, .release(back), &effects)
            }
            meetings[m].uplink = .freezing(since: at.now)
            return nil
        }
        meetings[m].uplink = .attached(number: number, session: session)
        meetings[m].unanswered = 0
        meetings[m].countsAlong = false
        meetings[m].epoch = max(meetings[m].epoch, min(epoch, Conference.epochLimit))
        meetings[m].offered.removeAll()
        abdicate(m, at, &effects)
        // The rest went with our question.
        for ended in meetings[m].endedBelow where ended.since > since { tellEnd(of: ended.lease, m, at, &effects) }
        meetings[m].endedBelow.removeAll()
        answer(m, below: epoch, leases: leases, at, &effects)
        let early = meetings[m].early
        meetings[m].early.removeAll()
        for message in early {
            if let drop = fromAbove(message, m, at, &effects) { effects.append(.dropped(drop)) }
        }
        return nil
    }

    /// Beyond this no honest epoch gets; it keeps the count from overflowing.
    static let epochLimit: UInt64 = 1 << 62

    /// A part with that epoch came in below: the crown counts past it, renames its leases and has them renewed; others pass it up.
    mutating func raise(
        _ m: Int, to epoch: UInt64, offered: [FloorMessage.OfferedHolder], _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) {
        let epoch = min(epoch, Conference.epochLimit)
        if meetings[m].crown != nil {
            guard rules.contains(.epoch) else { return }
            // The node that attaches us counts past the epoch that we asked with, and so past this part's. A hub whose children come back one
            // by one need not ask again for each of them. Nothing was leased under the epochs they know, and nothing will be before the answer.
            if meetings[m].uplink.isAsking, epoch <= meetings[m].attachEpoch {
                meetings[m].countsAlong = true
                return
            }
            meetings[m].epoch = max(meetings[m].epoch, epoch) + 1
            meetings[m].crown?.sequence = 0
            meetings[m].crown?.revision = 0
            for slot in meetings[m].crown?.slots.indices ?? 0..<0 {
                guard case .leased(var grant)? = meetings[m].crown?.slots[slot], !grant.revoked else { continue }
                grant.name = nextName(m)
                meetings[m].crown?.slots[slot] = .leased(grant)
            }
            meetings[m].touch()
            askForRenewal(m, at, &effects)
        } else {
            // An equal epoch goes up too: two parts may have counted to the same number.
            meetings[m].epoch = max(meetings[m].epoch, epoch)
            if meetings[m].uplink.isAttached {
                _ = sendUp(m, .raise(epoch: epoch, offered: offered), at, &effects)
            }
        }
    }

    /// A line that falls again within a minute of its last fall is trusted later each time (mesh rule 6), because every attach
    /// interrupts the speaker below.
    private mutating func countDetach(_ m: Int, _ at: Moment) {
        guard meetings[m].uplink.isAttached else { return }
        let isRepeated = meetings[m].lastDetach.map { at.now < $0 + Conference.detachMemory } ?? false
        meetings[m].repeatedDetaches = isRepeated ? min(meetings[m].repeatedDetaches + 1, 5) : 0
        meetings[m].lastDetach = at.now
    }

    /// The uplink is up: attach after 2, 4, … 30 s of this unbroken session if it fell too often.
    mutating func holdBack(_ at: Moment) {
        for m in meetings.indices {
            let repeats = meetings[m].repeatedDetaches
            let pause = repeats == 0 ? Interval.zero : min(.seconds(1 << Int64(repeats)), .seconds(30))
            meetings[m].uplink = .none(retryAt: at.now + pause)
        }
    }

    /// All that an edge carried ends with its session.
    mutating func detachEdge(_ e: Int, _ at: Moment, isPlanned: Bool = false) {
        for m in meetings.indices {
            if edges[e].isParent {
                // A line that is left on purpose has not fallen.
                if !isPlanned { countDetach(m, at) }
                meetings[m].uplink = .none(retryAt: at.now)
                meetings[m].unanswered = 0
                meetings[m].slowestAnswer = .zero
                meetings[m].asked.removeAll()
                for h in meetings[m].homes.indices { meetings[m].homes[h].nextClaim = at.now }
            } else {
                removeChild(m, edges[e].neighbour)
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
