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
extension Conference {
    /// Attaches and raises under way at once; a node has fewer children than that.
    static let joiningLimit = 256
    /// A claim given with a release is used while most of its 1.5 s is left.
    static let standingClaim = Interval.milliseconds(500)

    /// Something joins behind that child: it is counted here or above, and then answered.
    mutating func join(
        _ m: Int, _ joining: Joining, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> ConferenceDrop? {
        guard meetings[m].joining.count < Conference.joiningLimit else { return .tooManyRecords }
        meetings[m].joining.append(joining)
        raise(m, to: joining.epoch, offered: joining.offered.map(\.holder), at, &effects)
        return nil
    }

    /// Answers the joinings that this node may answer by itself: those of a meeting that it knows and does not attach upward. A part below a
    /// node that never learns of the meeting would have no crown if it were answered. Unanswered, it goes on by itself.
    mutating func stepJoining(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard !meetings[m].joining.isEmpty, !meetings[m].uplink.isAttached, meetings[m].plan != nil, !hasEnded(m) else { return }
        answer(m, below: renewedEpoch(m), leases: [], at, &effects)
    }

    /// Every running lease was renewed in this epoch or a larger one.
    private func renewedEpoch(_ m: Int) -> UInt64 {
        guard rules.contains(.epoch), let crown = meetings[m].crown else { return .max }
        return crown.grants.filter { !$0.grant.revoked }.map { $0.grant.told?.epoch ?? 0 }.min() ?? .max
    }

    /// All that came in with a smaller epoch is counted; `leases` are those the crown gave to holders that came in.
    mutating func answer(
        _ m: Int, below epoch: UInt64, leases: [FloorMessage.Lease], _ at: Moment, _ effects: inout [ConferenceEffect]
    ) {
        // A joining that a child passed up is answered only with an epoch past its own: with a smaller one the child would wait on. A node that
        // is itself on its way up knows no such epoch yet. It answers when it is attached.
        let least = rules.contains(.epoch) ? meetings[m].epoch : .max
        func isCounted(_ joining: Joining) -> Bool { joining.epoch < epoch && (!joining.isRaise || joining.epoch < least) }
        let counted = meetings[m].joining.filter(isCounted)
        meetings[m].joining.removeAll(where: isCounted)
        var leases = leases
        for joining in counted {
            guard let c = meetings[m].children.firstIndex(where: { $0.neighbour == joining.neighbour }),
                meetings[m].children[c].number == joining.number, let e = edgeIndex(joining.neighbour)
            else { continue }
            meetings[m].touch()
            let child = meetings[m].children[c]
            meetings[m].children[c].isComplete = true
            if meetings[m].crown != nil, !isFrozen(m) {
                leases += joining.offered.compactMap { regrant(m, $0.holder, at, &effects) }
            } else {
                meetings[m].offered += joining.offered
            }
            let behind = leases.filter { attachedChild(m, towards: $0.request.node)?.neighbour == joining.neighbour }
            leases.removeAll { behind.contains($0) }
            for lease in behind where meetings[m].crown == nil { remember(m, lease, at) }
            send(
                m, e, child.session, child.number,
                joining.isRaise
                    ? .raised(epoch: meetings[m].epoch, leases: behind) : .attachAck(epoch: meetings[m].epoch, leases: behind),
                &effects)
            welcome(m, joining.neighbour, at, &effects)
        }
        // Their part was attached already.
        for lease in leases where meetings[m].crown == nil {
            remember(m, lease, at)
            _ = sendDown(m, lease.request.node, .lease(lease), at, &effects)
        }
    }

    /// Says again what was lost on the way to homes behind that child before it was attached: offers, and requests to renew at once.
    private mutating func welcome(_ m: Int, _ neighbour: NodeIndex, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let crown = meetings[m].crown else { return }
        meetings[m].crown?.passedOver.removeAll()
        func isBehind(_ home: NodeIndex) -> Bool { attachedChild(m, towards: home)?.neighbour == neighbour }
        for (slot, state) in crown.slots.enumerated() {
            switch state {
            case .offered(var offer) where isBehind(offer.request.node):
                offer.since = at.now
                offer.until = at.now + offerTime(m, offer.request.node)
                meetings[m].crown?.slots[slot] = .offered(offer)
                let again = FloorMessage.Offer(slot: UInt8(slot), number: offer.number, request: offer.request)
                _ = sendDown(m, offer.request.node, .offer(again), at, &effects)
            case .leased(let grant) where grant.asked != nil && !grant.revoked && isBehind(grant.request.id.node):
                askForRenewal(m, UInt8(slot), grant, at, &effects)
            case .free, .offered, .leased: continue
            }
        }
    }

    /// The lower part's holder goes on at once, by the claim it gave with its release, if a slot is free and nobody waits
    /// before it (mesh rule 6).
    private mutating func regrant(
        _ m: Int, _ holder: FloorMessage.OfferedHolder, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> FloorMessage.Lease? {
        guard holder.claim > 0, let crown = meetings[m].crown, crown.ended == nil,
            !crown.grants.contains(where: { $0.grant.request.id == holder.request }), var request = meetings[m].request(holder.request), request.isLive
        else { return nil }
        // Its record may still say that it speaks.
        request.status = .pending
        request.preempted = true
        // An offer may be on its way already: we saw the record before it was attached.
        let offered = crown.slots.indices.first {
            if case .offered(let offer) = crown.slots[$0] { offer.request == holder.request } else { false }
        }
        guard let entry = queueEntry(m, request), let slot = offered ?? crown.slots.indices.first(where: { isFree(m, $0, at) })
        else { return nil }
        let isFirst = !queue(m).contains {
            $0.mayBeGranted && $0.request.id != request.id && !crown.concerns($0.request.id) && QueueEntry.isBefore($0, entry)
        }
        guard isFirst else { return nil }
        let name = nextName(m)
        var grant = CrownState.Granted(request: request, name: name, until: at.now + Conference.leaseTime)
        grant.told = name
        grant.via = attachedChild(m, towards: request.id.node)?.neighbour
        meetings[m].crown?.slots[slot] = .leased(grant)
        audit(m, at, .granted, request.site, request: request.id, lease: name, &effects)
        return FloorMessage.Lease(slot: UInt8(slot), name: name, request: request.id, claim: holder.claim)
    }

    /// The crown asks its running holders to renew at once. A home that does not understand the question renews within 400 ms anyway.
    mutating func askForRenewal(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        for (slot, grant) in meetings[m].crown?.grants ?? [] where !grant.revoked && grant.asked == nil {
            askForRenewal(m, slot, grant, at, &effects)
        }
    }

    /// Asks holders again that have not renewed: the first question may have gone where the holder had just left.
    mutating func askAgain(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        for (slot, grant) in meetings[m].crown?.grants ?? [] where !grant.revoked {
            guard let asked = grant.asked, at.now >= asked + offerTime(m, grant.request.id.node) else { continue }
            askForRenewal(m, slot, grant, at, &effects)
        }
    }

    private mutating func askForRenewal(_ m: Int, _ slot: UInt8, _ grant: CrownState.Granted, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        var asked = grant
        asked.asked = at.now
        meetings[m].crown?.slots[Int(slot)] = .leased(asked)
        let offer = FloorMessage.Offer(slot: slot, number: 0, request: grant.request.id)
        _ = sendDown(m, grant.request.id.node, .offer(offer), at, &effects)
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
