import Basics

// Hop messages: the fence, the way up and down, and what each hop remembers.
extension Conference {
    /// A floor message from a neighbour; anything may be in it.
    public mutating func receiveHop(
        from neighbour: NodeIndex, payload: [UInt8], now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let message = around.coder.decodeHop(payload) else { return around.emit(.dropped(.malformed)) }
        guard let e = around.edgeIndex(neighbour), (1...48).contains(message.meeting.rawValue.utf8.count) else {
            return around.emit(.dropped(.foreign))
        }
        // `attach` and `attachWanted` may come before the meeting's record does.
        let edge = around.edges[e]
        let mayBeNew =
            switch message.body {
            case .attach: !edge.isParent && edge.session == message.session
            case .attachWanted: edge.isParent && edge.session == message.session
            default: false
            }
        guard let meeting = mayBeNew ? findOrMake(message.meeting, for: neighbour) : find(message.meeting) else {
            return around.emit(.dropped(.unknownMeeting))
        }
        if let drop = meeting.receive(message, from: e) { around.emit(.dropped(drop)) }
        settle(meeting)
    }
}

extension Meeting {
    /// A message that came over one of our edges; says why it was not taken.
    func receive(_ message: FloorMessage, from e: Int) -> ConferenceDrop? {
        let isFromParent = edges[e].isParent
        switch message.body {
        case .attach(let epoch, let cleaned, let offered):
            return receiveAttach(message, epoch: epoch, cleaned: cleaned, offered: offered, from: e)
        case .attachAck(let epoch, let leases):
            guard isFromParent else { return .wrongDirection }
            return receiveAttachAck(message, epoch: epoch, leases: leases)
        case .attachWanted:
            guard isFromParent else { return .wrongDirection }
            guard edges[e].session == message.session else { return .stale }
            attachment.beAsked()
            touch()
            return nil
        default: return isFromParent ? fromAbove(message) : fromBelow(message, from: e)
        }
    }

    /// The fence (mesh rule 1): only a message of this session and attach number counts.
    func isFresh(_ message: FloorMessage, _ session: UInt64, _ number: UInt32) -> Bool {
        guard rules.contains(.fence) else { return true }
        return message.session == session && message.attach == number
    }

    func fromAbove(_ message: FloorMessage) -> ConferenceDrop? {
        if case .asking(let number, let session, _) = attachment.uplink, message.session == session, message.attach == number {
            return attachment.keepEarly(message) ? nil : .notAttached
        }
        guard case .attached(let number, let session) = attachment.uplink else { return .notAttached }
        guard isFresh(message, session, number), session == around.parentSession else { return .stale }
        let request: RequestID
        switch message.body {
        case .offer(let offer): request = offer.request
        case .lease(let lease): request = lease.request
        case .revoke(let revoke): request = revoke.request
        case .raised(let epoch, let leases):
            raiseEpoch(to: epoch)
            answer(below: epoch, leases: leases)
            return nil
        default: return .wrongDirection
        }
        // A lease that cannot be passed on reaches no gate, so this hop need not remember it.
        if case .lease(let lease) = message.body, reaches(request.node) {
            // A lease that runs on does not change its way: a holder that left the first way ended the lease there.
            let child = attachedChild(towards: request.node)?.neighbour
            let goesOn = remembered.allSatisfy { $0.name != lease.name || $0.request != lease.request || $0.via == child }
            guard goesOn else { return .notAttached }
            remember(lease)
        }
        return sendDown(request.node, message.body) ? nil : .notAttached
    }

    private func fromBelow(_ message: FloorMessage, from e: Int) -> ConferenceDrop? {
        let neighbour = edges[e].neighbour
        guard let child = attachment.child(neighbour) else { return .notAttached }
        guard isFresh(message, child.session, child.number) else { return .stale }
        let request: RequestID
        switch message.body {
        case .detach:
            removeChild(neighbour)
            return nil
        case .raise(let epoch, let offered):
            let joining = Joining(
                neighbour: neighbour, number: child.number, isRaise: true, epoch: min(epoch, Meeting.epochLimit),
                offered: offered.prefix(16).map { Joining.Offered(holder: $0, since: now) })
            return join(joining)
        case .claim(let claim):
            request = claim.request
            // The answer would go another way than the lease that the claim renews. The next attach on that way would pass for the end of both.
            guard attachedChild(towards: request.node)?.neighbour == neighbour else { return .notAttached }
        case .release(let release):
            request = release.request
            remembered.removeAll {
                $0.request == release.request && $0.slot == release.slot && (release.name.epoch == 0 || $0.name <= release.name)
            }
        default: return .wrongDirection
        }
        // A home speaks only from where it may hang.
        guard let home = tree.slot(request.node), around.links.mayHang(home, under: edges[e].slot) else { return .foreign }
        return sendUp(message.body) ? nil : .notAttached
    }

    /// Towards the crown, which may be here.
    func sendUp(_ body: FloorMessage.Body) -> Bool {
        if case .attached(let number, let session) = attachment.uplink, let e = around.parentEdge {
            send(body, over: e, session: session, number: number)
            return true
        }
        guard crown != nil else { return false }
        switch body {
        case .claim(let claim): crownReceives(claim)
        case .release(let release): crownReceives(release)
        default: return false
        }
        return true
    }

    /// Towards a request's home, which may be here.
    func sendDown(_ home: NodeIndex, _ body: FloorMessage.Body) -> Bool {
        if home == node {
            switch body {
            case .offer(let offer): homeReceives(offer)
            case .lease(let lease): homeReceives(lease)
            case .revoke(let revoke): homeReceives(revoke)
            default: return false
            }
            return true
        }
        guard let child = attachedChild(towards: home), let e = around.edgeIndex(child.neighbour) else { return false }
        send(body, over: e, session: child.session, number: child.number)
        return true
    }

    /// The attached child behind which a node hangs.
    func attachedChild(towards home: NodeIndex) -> ChildAttachment? {
        guard let slot = tree.slot(home), slot != me, let hop = around.links.nextHop(to: slot) else { return nil }
        let neighbour = tree.nodes[hop]
        return attachment.children.first { $0.neighbour == neighbour && $0.isComplete }
    }

    func remember(_ lease: FloorMessage.Lease) {
        let until = now + Conference.leaseTime + Meeting.drift
        let runsOn = remembered.contains { $0.slot == lease.slot && $0.request == lease.request && $0.name == lease.name }
        // The crown that gives a slot knows that it is free: what it gave there before, in this epoch, has ended.
        remembered.removeAll { other in
            guard other.slot == lease.slot else { return false }
            let isSuperseded = other.name.epoch == lease.name.epoch && other.name.crown == lease.name.crown && other.name < lease.name
            return other.request == lease.request || isSuperseded
        }
        // A floor has at most a few slots and each lease lives 1.5 s; a flood of them is not a floor.
        guard remembered.count < 256 else { return }
        remembered.append(
            RememberedLease(
                slot: lease.slot, name: lease.name, request: lease.request, until: until, via: attachedChild(towards: lease.request.node)?.neighbour))
        raiseEpoch(to: lease.name.epoch)
        // A new lease may change which voices are admitted.
        if !runsOn { touch() }
    }
}
