import Basics

// Hop messages: the fence, the way up and down, and what each hop remembers.
extension Conference {
    /// A floor message from a neighbour; anything may be in it.
    public mutating func receiveHop(
        from neighbour: NodeIndex, payload: [UInt8], now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        let at = begin(now, wall)
        guard let message = coder.decodeHop(payload) else {
            effects.append(.dropped(.malformed))
            return
        }
        guard let e = edgeIndex(neighbour), (1...48).contains(message.meeting.rawValue.utf8.count) else {
            effects.append(.dropped(.foreign))
            return
        }
        // `attach` and `attachWanted` may come before the meeting's record does.
        let mayBeNew =
            switch message.body {
            case .attach: !edges[e].isParent && edges[e].session == message.session
            case .attachWanted: edges[e].isParent && edges[e].session == message.session
            default: false
            }
        let place = mayBeNew ? meetingIndex(making: message.meeting, for: neighbour, &effects) : meetingIndex(message.meeting)
        guard let m = place else {
            effects.append(.dropped(.unknownMeeting))
            return
        }
        if let drop = dispatch(message, e, m, at, &effects) { effects.append(.dropped(drop)) }
        settle(m, at, &effects)
    }

    private mutating func dispatch(
        _ message: FloorMessage, _ e: Int, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        if case .attach(let epoch, let cleaned, let offered) = message.body {
            return receiveAttach(message, epoch: epoch, cleaned: cleaned, offered: offered, e, m, at, &effects)
        }
        if case .attachAck(let epoch, let leases) = message.body {
            guard edges[e].isParent else { return .wrongDirection }
            return receiveAttachAck(message, epoch: epoch, leases: leases, m, at, &effects)
        }
        if case .attachWanted = message.body {
            guard edges[e].isParent else { return .wrongDirection }
            guard edges[e].session == message.session else { return .stale }
            meetings[m].isAsked = true
            meetings[m].touch()
            return nil
        }
        return edges[e].isParent ? fromAbove(message, m, at, &effects) : fromBelow(message, e, m, at, &effects)
    }

    /// The fence (mesh rule 1): only a message of this session and attach number counts.
    func isFresh(_ message: FloorMessage, _ session: UInt64, _ number: UInt32) -> Bool {
        guard rules.contains(.fence) else { return true }
        return message.session == session && message.attach == number
    }

    mutating func fromAbove(
        _ message: FloorMessage, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        if case .asking(let number, let session, _) = meetings[m].uplink, message.session == session, message.attach == number {
            guard meetings[m].early.count < 16 else { return .notAttached }
            meetings[m].early.append(message)
            return nil
        }
        guard case .attached(let number, let session) = meetings[m].uplink else { return .notAttached }
        guard isFresh(message, session, number), session == parentSession else { return .stale }
        let request: RequestID
        switch message.body {
        case .offer(let offer): request = offer.request
        case .lease(let lease): request = lease.request
        case .revoke(let revoke): request = revoke.request
        case .raised(let epoch, let leases):
            meetings[m].epoch = max(meetings[m].epoch, min(epoch, Conference.epochLimit))
            answer(m, below: epoch, leases: leases, at, &effects)
            return nil
        default: return .wrongDirection
        }
        // A lease that cannot be passed on reaches no gate, so this hop need not remember it.
        if case .lease(let lease) = message.body, reaches(m, request.node) {
            // A lease that runs on does not change its way: a holder that left the first way ended the lease there.
            let child = attachedChild(m, towards: request.node)?.neighbour
            let goesOn = meetings[m].remembered.allSatisfy { $0.name != lease.name || $0.request != lease.request || $0.via == child }
            guard goesOn else { return .notAttached }
            remember(m, lease, at)
        }
        return sendDown(m, request.node, message.body, at, &effects) ? nil : .notAttached
    }

    private mutating func fromBelow(
        _ message: FloorMessage, _ e: Int, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        let neighbour = edges[e].neighbour
        guard let child = meetings[m].children.firstIndex(where: { $0.neighbour == neighbour }) else { return .notAttached }
        let attachment = meetings[m].children[child]
        guard isFresh(message, attachment.session, attachment.number) else { return .stale }
        let request: RequestID
        switch message.body {
        case .detach:
            removeChild(m, neighbour)
            return nil
        case .raise(let epoch, let offered):
            let joining = Joining(
                neighbour: neighbour, number: attachment.number, isRaise: true, epoch: min(epoch, Conference.epochLimit),
                offered: offered.prefix(16).map { Joining.Offered(holder: $0, since: at.now) })
            return join(m, joining, at, &effects)
        case .claim(let claim):
            request = claim.request
            // The answer would go another way than the lease that the claim renews. The next attach on that way would pass for the end of both.
            guard attachedChild(m, towards: request.node)?.neighbour == neighbour else { return .notAttached }
        case .release(let release):
            request = release.request
            meetings[m].remembered.removeAll {
                $0.request == release.request && $0.slot == release.slot && (release.name.epoch == 0 || $0.name <= release.name)
            }
        default: return .wrongDirection
        }
        // A home speaks only from where it may hang.
        guard let home = tree.slot(request.node), links.mayHang(home, under: edges[e].slot) else { return .foreign }
        return sendUp(m, message.body, at, &effects) ? nil : .notAttached
    }

    /// Towards the crown, which may be here.
    mutating func sendUp(
        _ m: Int, _ body: FloorMessage.Body, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> Bool {
        if case .attached(let number, let session) = meetings[m].uplink, let e = parentEdge {
            send(m, e, session, number, body, &effects)
            return true
        }
        guard meetings[m].crown != nil else { return false }
        switch body {
        case .claim(let claim): crownReceives(claim, m, at, &effects)
        case .release(let release): crownReceives(release, m, at, &effects)
        default: return false
        }
        return true
    }

    /// Towards a request's home, which may be here.
    mutating func sendDown(
        _ m: Int, _ home: NodeIndex, _ body: FloorMessage.Body, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> Bool {
        if home == node {
            switch body {
            case .offer(let offer): homeReceives(offer, m, at, &effects)
            case .lease(let lease): homeReceives(lease, m, at, &effects)
            case .revoke(let revoke): homeReceives(revoke, m, at, &effects)
            default: return false
            }
            return true
        }
        guard let child = attachedChild(m, towards: home), let e = edgeIndex(child.neighbour) else { return false }
        send(m, e, child.session, child.number, body, &effects)
        return true
    }

    /// The attached child behind which a node hangs.
    func attachedChild(_ m: Int, towards home: NodeIndex) -> ChildAttachment? {
        guard let slot = tree.slot(home), slot != me, let hop = links.nextHop(to: slot) else { return nil }
        let neighbour = tree.nodes[hop]
        return meetings[m].children.first { $0.neighbour == neighbour && $0.isComplete }
    }

    mutating func remember(_ m: Int, _ lease: FloorMessage.Lease, _ at: Moment) {
        let until = at.now + Conference.leaseTime + Conference.drift
        let runsOn = meetings[m].remembered.contains { $0.slot == lease.slot && $0.request == lease.request && $0.name == lease.name }
        // The crown that gives a slot knows that it is free: what it gave there before, in this epoch, has ended.
        meetings[m].remembered.removeAll { other in
            guard other.slot == lease.slot else { return false }
            let isSuperseded = other.name.epoch == lease.name.epoch && other.name.crown == lease.name.crown && other.name < lease.name
            return other.request == lease.request || isSuperseded
        }
        // A floor has at most a few slots and each lease lives 1.5 s; a flood of them is not a floor.
        guard meetings[m].remembered.count < 256 else { return }
        meetings[m].remembered.append(
            RememberedLease(
                slot: lease.slot, name: lease.name, request: lease.request, until: until, via: attachedChild(m, towards: lease.request.node)?.neighbour))
        meetings[m].epoch = max(meetings[m].epoch, min(lease.name.epoch, Conference.epochLimit))
        // A new lease may change which voices are admitted.
        if !runsOn { meetings[m].touch() }
    }
}
