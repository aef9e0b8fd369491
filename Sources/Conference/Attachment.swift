import Basics
import Membership

// Attachment, per edge and meeting (mesh rules 1, 6 and 8); the states are `AttachmentState`'s.
extension Meeting {
    /// The time a waiting side adds for drift: 1 % of a lease.
    static let drift = Interval.milliseconds(15)

    /// This node runs the meeting, its anchor is not here or below (unless it was asked), and the uplink is up.
    var wantsUplink: Bool {
        guard plan != nil, runs, reachesAbove || attachment.isAsked, !staysApart else { return false }
        return around.parentSession != nil
    }

    func stepAttachment() {
        stepAsking()
        if attachment.takeUncounted() { raise(to: epoch, offered: []) }
        if remembered.contains(where: { $0.until <= now }) {
            remembered.removeAll { $0.until <= now }
            touch()
        }
        attachment.forgetOldOffered(now)
        guard wantsUplink, let session = around.parentSession, let e = around.parentEdge else { return leaveUplink() }
        switch attachment.uplink {
        case .attached: return
        case .none(let retryAt):
            guard now >= retryAt else { return }
            attachment.freeze(now)
            touch()
            freeze()
        case .asking(_, _, let since):
            guard now >= since + attachment.patience else { return }
            attachment.giveUp(now)
            return touch()
        case .freezing: break
        }
        guard case .freezing = attachment.uplink, isClean else { return }
        let number = attachment.ask(in: session, epoch: epoch, now)
        touch()
        let own = crown?.cleaned ?? []
        ask(e, session: session, number: number, ended: own + attachment.endedBelow.reversed().map(\.lease).filter { !own.contains($0) })
    }

    /// The meeting is not to be attached upward, or cannot be.
    private func leaveUplink() {
        switch attachment.uplink {
        case .attached(let number, let session), .asking(let number, let session, _): detach(number, in: session)
        case .none, .freezing: break
        }
        if attachment.uplink.isAttached || attachment.uplink.isFrozen {
            attachment.leaveUplink(now)
            touch()
        }
    }

    /// Sends `Attach`, with as much of what ended as one hop message holds: of the rest, the crown above waits until it expires.
    private func ask(_ e: Int, session: UInt64, number: UInt32, ended: [FloorMessage.CleanedLease]) {
        var (cleaned, offered) = (ended, attachment.offered.map(\.holder))
        while true {
            let body = FloorMessage.Body.attach(epoch: epoch, cleaned: cleaned, offered: offered)
            let payload = coder.encode(FloorMessage(meeting: id, session: session, attach: number, body: body))
            guard payload.count > Meeting.hopLimit, !(cleaned.isEmpty && offered.isEmpty) else {
                return emit(.hop(to: edges[e].neighbour, payload: payload))
            }
            if offered.count > 4 || cleaned.isEmpty { offered.removeLast() } else { cleaned.removeLast() }
        }
    }
    /// A hop message carries so much; the bridge's own byte before it included.
    static let hopLimit = GossipLimits.hop - 1

    /// Takes an attachment back, or the request for one. A parent that is not told keeps us as its child, and runs the meeting for our sake.
    private func detach(_ number: UInt32, in session: UInt64) {
        guard let e = around.parentEdge, edges[e].session == session else { return }
        send(.detach, over: e, session: session, number: number)
    }

    /// Every lease of our part is dead.
    private var isClean: Bool {
        guard rules.contains(.clean), rules.contains(.wait) else { return true }
        return remembered.isEmpty && crown?.grants.isEmpty ?? true
    }

    /// A part on its way up grants nothing (mesh rule 6).
    var isFrozen: Bool { rules.contains(.freeze) && attachment.uplink.isFrozen }

    /// Ends our leases: the holders' requests go back to the front of their class.
    private func freeze() {
        guard rules.contains(.clean), let crown else { return }
        self.crown?.beginCleaning()
        attachment.forgetOffered()
        for slot in crown.slots.indices {
            switch crown.slots[slot] {
            case .free: break
            case .offered: self.crown?.free(slot)
            case .leased: startRevoke(slot, preempted: true)
            }
        }
    }

    /// A child asks to be attached. The child may ask before we know the meeting, whose definition is on the way.
    func receiveAttach(
        _ message: FloorMessage, epoch: UInt64, cleaned: [FloorMessage.CleanedLease], offered: [FloorMessage.OfferedHolder],
        from e: Int
    ) -> ConferenceDrop? {
        guard !edges[e].isParent else { return .wrongDirection }
        guard edges[e].session == message.session || !rules.contains(.fence) else { return .stale }
        if plan != nil, hasEnded {
            tellOfEnd()
            return .unknownMeeting
        }
        let neighbour = edges[e].neighbour
        if let old = attachment.child(neighbour), old.session == message.session, old.number > message.attach { return .stale }
        removeChild(neighbour)
        attachment.add(ChildAttachment(neighbour: neighbour, session: message.session, number: message.attach))
        let dead = cleaned + passed(to: neighbour).filter { !cleaned.contains($0) }
        remembered.removeAll { lease in dead.contains { $0.name == lease.name && $0.slot == lease.slot } }
        // A part may come back another way than it went. The crown still remembers the lease that the part ended, so the end is told up.
        for lease in dead {
            tellEnd(of: lease)
        }
        if !attachment.uplink.isAttached { attachment.noteEnded(dead, now) }
        touch()
        let joining = Joining(
            neighbour: neighbour, number: message.attach, isRaise: false, epoch: min(epoch, Meeting.epochLimit),
            offered: offered.prefix(16).map { Joining.Offered(holder: $0, since: now) })
        return join(joining)
    }

    private func tellEnd(of lease: FloorMessage.CleanedLease) {
        let ended = FloorMessage.Release(slot: lease.slot, name: lease.name, request: lease.request, preempted: true)
        _ = sendUp(.release(ended))
    }

    /// Leases that went to homes behind that child over an earlier attachment. The child asks anew, so each lease ended down there, or it
    /// never arrived and never will (mesh rules 1 and 6). The child does not know the names of those that did not arrive.
    private func passed(to neighbour: NodeIndex) -> [FloorMessage.CleanedLease] {
        let granted = (crown?.grants ?? []).filter { $0.grant.via == neighbour }.map {
            FloorMessage.CleanedLease(slot: $0.slot, name: $0.grant.name, request: $0.grant.request.id)
        }
        let relayed = remembered.filter { $0.via == neighbour }.map {
            FloorMessage.CleanedLease(slot: $0.slot, name: $0.name, request: $0.request)
        }
        return granted + relayed
    }

    /// A child is no longer attached; what it had asked for is void.
    func removeChild(_ neighbour: NodeIndex) {
        attachment.removeChild(neighbour)
        touch()
    }

    func receiveAttachAck(_ message: FloorMessage, epoch: UInt64, leases: [FloorMessage.Lease]) -> ConferenceDrop? {
        guard case .asking(let number, let session, let since) = attachment.uplink, isFresh(message, session, number) else {
            if message.session == around.parentSession { attachment.learnPatience(from: message.attach, now) }
            // The answer came after we gave up, or before the parent heard that we no longer want it.
            if case .none = attachment.uplink, !wantsUplink { detach(message.attach, in: message.session) }
            return .stale
        }
        touch()
        guard epoch > self.epoch || self.epoch == attachment.askedEpoch else {
            // A part came in below while we asked, and the crown has not counted it: give back what came, ask again.
            guard let e = around.parentEdge else { return .wrongDirection }
            for lease in leases {
                let back = FloorMessage.Release(slot: lease.slot, name: lease.name, request: lease.request)
                send(.release(back), over: e, session: session, number: number)
            }
            attachment.freeze(now)
            return nil
        }
        attachment.complete(number, in: session)
        raiseEpoch(to: epoch)
        abdicate()
        // The rest went with our question.
        for ended in attachment.takeEndedBelow() where ended.since > since { tellEnd(of: ended.lease) }
        answer(below: epoch, leases: leases)
        for message in attachment.takeEarly() {
            if let drop = fromAbove(message) { emit(.dropped(drop)) }
        }
        return nil
    }

    /// A part with that epoch came in below: the crown counts past it, renames its leases and has them renewed; others pass it up.
    func raise(to epoch: UInt64, offered: [FloorMessage.OfferedHolder]) {
        let epoch = min(epoch, Meeting.epochLimit)
        if crown != nil {
            guard rules.contains(.epoch) else { return }
            // The node that attaches us counts past the epoch that we asked with, and so past this part's. A hub whose children come back one
            // by one need not ask again for each of them. Nothing was leased under the epochs they know, and nothing will be before the answer.
            if attachment.uplink.isAsking, epoch <= attachment.askedEpoch { return attachment.countAlong() }
            self.epoch = max(self.epoch, epoch) + 1
            crown?.beginEpoch()
            for slot in crown?.slots.indices ?? 0..<0 {
                guard case .leased(var grant)? = crown?.slots[slot], !grant.revoked else { continue }
                grant.name = nextName()
                crown?.lease(grant, in: slot)
            }
            touch()
            askForRenewal()
        } else {
            // An equal epoch goes up too: two parts may have counted to the same number.
            self.epoch = max(self.epoch, epoch)
            if attachment.uplink.isAttached {
                _ = sendUp(.raise(epoch: epoch, offered: offered))
            }
        }
    }

    /// The uplink is up.
    func holdBack() { attachment.holdBack(now) }

    /// All that an edge carried ends with its session. An uplink that is left on purpose has not fallen.
    func edgeFell(_ e: Int, isPlanned: Bool = false) {
        if edges[e].isParent {
            attachment.uplinkFell(now, isPlanned: isPlanned)
            for h in homes.indices { homes[h].nextClaim = now }
        } else {
            removeChild(edges[e].neighbour)
        }
        touch()
    }

    /// Sends a message over one of our edges, under the session and the attach number that fence it.
    func send(_ body: FloorMessage.Body, over e: Int, session: UInt64, number: UInt32) {
        let message = FloorMessage(meeting: id, session: session, attach: number, body: body)
        emit(.hop(to: edges[e].neighbour, payload: coder.encode(message)))
    }
}
