import Basics

// A part that joins below is answered when it is counted (mesh rule 8).
//
//   home      lower          hop           crown
//     ◀─ Revoke ─┤             │             │      freeze: the lower part ends its leases
//     ├─ Release + claim ─▶    │             │
//     │          ├─ Attach ───▶├─ Raise ────▶│      its epoch past both, its running leases renamed
//     │          │             │             ├──▶ Offer 0 … Claim … Lease     renewed at once by their holders
//     │          │◀ AttachAck ─┤◀─ Raised ───┤      only now the attach is complete
//     ◀─ Lease ──┤             │             │      with the answer, if a slot was idle: the speaker goes on
//
// A running lease counts as renewed when its holder has claimed it under an epoch larger than all that the lower part knew, so
// that nobody there ever meets a name smaller than one it has seen. A part without a running lease answers at once. The lower
// side waits 500 ms: one round trip to the holder, whose claims otherwise come every 400 ms, fits; if it does not, the lower part
// goes on by itself, and asks again when the holder's lease is renewed or dead.
extension Meeting {
    /// Something joins behind that child: it is counted here or above, and then answered.
    func join(_ joining: Joining) -> ConferenceDrop? {
        guard attachment.add(joining) else { return .tooManyRecords }
        raise(to: joining.epoch, offered: joining.offered.map(\.holder))
        return nil
    }

    /// Answers the joinings that this node may answer by itself: those of a meeting that it knows and does not attach upward. A part below a
    /// node that never learns of the meeting would have no crown if it were answered. Unanswered, it goes on by itself.
    func stepJoining() {
        guard !attachment.joining.isEmpty, !attachment.uplink.isAttached, plan != nil, !hasEnded else { return }
        answer(below: renewedEpoch, leases: [])
    }

    /// Every running lease was renewed in this epoch or a larger one.
    private var renewedEpoch: UInt64 {
        guard rules.contains(.epoch), let crown else { return .max }
        return crown.grants.filter { !$0.grant.revoked }.map { $0.grant.told?.epoch ?? 0 }.min() ?? .max
    }

    /// All that came in with a smaller epoch is counted; `leases` are those the crown gave to holders that came in.
    func answer(below epoch: UInt64, leases: [FloorMessage.Lease]) {
        // A joining that a child passed up is answered only with an epoch past its own: with a smaller one the child would wait on. A node that
        // is itself on its way up knows no such epoch yet. It answers when it is attached.
        let least = rules.contains(.epoch) ? self.epoch : .max
        func isCounted(_ joining: Joining) -> Bool { joining.epoch < epoch && (!joining.isRaise || joining.epoch < least) }
        var leases = leases
        for joining in attachment.takeJoinings(where: isCounted) {
            guard let child = attachment.child(joining.neighbour), child.number == joining.number,
                let e = around.edgeIndex(joining.neighbour)
            else { continue }
            touch()
            attachment.completeChild(joining.neighbour)
            if crown != nil, !isFrozen {
                leases += joining.offered.compactMap { regrant($0.holder) }
            } else {
                attachment.offer(joining.offered)
            }
            let behind = leases.filter { attachedChild(towards: $0.request.node)?.neighbour == joining.neighbour }
            leases.removeAll { behind.contains($0) }
            for lease in behind where crown == nil { remember(lease) }
            let body: FloorMessage.Body =
                joining.isRaise ? .raised(epoch: self.epoch, leases: behind) : .attachAck(epoch: self.epoch, leases: behind)
            send(body, over: e, session: child.session, number: child.number)
            welcome(joining.neighbour)
        }
        // Their part was attached already.
        for lease in leases where crown == nil {
            remember(lease)
            _ = sendDown(lease.request.node, .lease(lease))
        }
    }

    /// Says again what was lost on the way to homes behind that child before it was attached: offers, and requests to renew at once.
    private func welcome(_ neighbour: NodeIndex) {
        guard let crown else { return }
        self.crown?.forgetPassedOver()
        func isBehind(_ home: NodeIndex) -> Bool { attachedChild(towards: home)?.neighbour == neighbour }
        for (slot, state) in crown.slots.enumerated() {
            switch state {
            case .offered(var offer) where isBehind(offer.request.node):
                offer.since = now
                offer.until = now + offerTime(offer.request.node)
                self.crown?.offer(offer, in: slot)
                let again = FloorMessage.Offer(slot: UInt8(slot), number: offer.number, request: offer.request)
                _ = sendDown(offer.request.node, .offer(again))
            case .leased(let grant) where grant.asked != nil && !grant.revoked && isBehind(grant.request.id.node):
                askForRenewal(UInt8(slot), grant)
            case .free, .offered, .leased: continue
            }
        }
    }

    /// The lower part's holder goes on at once, by the claim it gave with its release, if a slot is free and nobody waits
    /// before it (mesh rule 6).
    private func regrant(_ holder: FloorMessage.OfferedHolder) -> FloorMessage.Lease? {
        guard holder.claim > 0, let crown, crown.ended == nil,
            !crown.grants.contains(where: { $0.grant.request.id == holder.request }), var request = tables.request(holder.request), request.isLive
        else { return nil }
        // Its record may still say that it speaks.
        request.status = .pending
        request.preempted = true
        // An offer may be on its way already: we saw the record before it was attached.
        let offered = crown.slots.indices.first {
            if case .offered(let offer) = crown.slots[$0] { offer.request == holder.request } else { false }
        }
        guard let entry = queueEntry(request), let slot = offered ?? crown.slots.indices.first(where: { isFree($0) })
        else { return nil }
        let isFirst = !queue().contains {
            $0.mayBeGranted && $0.request.id != request.id && !crown.concerns($0.request.id) && QueueEntry.isBefore($0, entry)
        }
        guard isFirst else { return nil }
        let name = nextName()
        var grant = CrownState.Granted(request: request, name: name, until: now + Conference.leaseTime)
        grant.told = name
        grant.via = attachedChild(towards: request.id.node)?.neighbour
        self.crown?.lease(grant, in: slot)
        audit(.granted, request.site, request: request.id, lease: name)
        return FloorMessage.Lease(slot: UInt8(slot), name: name, request: request.id, claim: holder.claim)
    }

    /// The crown asks its running holders to renew at once. A home that does not understand the question renews within 400 ms anyway.
    func askForRenewal() {
        for (slot, grant) in crown?.grants ?? [] where !grant.revoked && grant.asked == nil {
            askForRenewal(slot, grant)
        }
    }

    /// Asks holders again that have not renewed: the first question may have gone where the holder had just left.
    func askAgain() {
        for (slot, grant) in crown?.grants ?? [] where !grant.revoked {
            guard let asked = grant.asked, now >= asked + offerTime(grant.request.id.node) else { continue }
            askForRenewal(slot, grant)
        }
    }

    private func askForRenewal(_ slot: UInt8, _ grant: CrownState.Granted) {
        var asked = grant
        asked.asked = now
        crown?.lease(asked, in: Int(slot))
        let offer = FloorMessage.Offer(slot: slot, number: 0, request: grant.request.id)
        _ = sendDown(grant.request.id.node, .offer(offer))
    }
}

/// An attach of a child, or one below it that the child passed up, that the crown has not counted yet.
struct Joining: Hashable {
    var neighbour: NodeIndex
    var number: UInt32
    var isRaise: Bool
    /// The largest that part knew.
    var epoch: UInt64
    var offered: [Offered]

    /// A holder below whose lease was ended for the attach.
    struct Offered: Hashable {
        var holder: FloorMessage.OfferedHolder
        /// When its claim came.
        var since: Instant
    }
}
