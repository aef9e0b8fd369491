import Basics

// Our own sites: their requests, claims and gates. A gate opens on a lease only (or for the acting chair).
extension Conference {
    mutating func stepHome(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard meetings[m].plan != nil else { return }
        let ended = hasEnded(m)
        var h = 0
        while h < meetings[m].homes.count {
            let site = meetings[m].homes[h].site
            if ended || meetings[m].homes[h].graceUntil.map({ at.now >= $0 }) ?? false {
                leaveSite(m, h, at, &effects)
                continue
            }
            obeyMuteAll(m, site, at, &effects)
            answerInvite(m, site, at, &effects)
            obeyDecision(m, h, at, &effects)
            renew(m, h, at, &effects)
            updateGate(m, h, &effects)
            h += 1
        }
        if ended {
            for command in meetings[m].commands where command.writer == node {
                publish(m, .floor, .command(command.value.stamp), nil, at, &effects)
            }
        } else if let done = overlay(m)?.executed.first(where: { $0.node == node })?.stamp {
            for command in meetings[m].commands where command.writer == node && command.value.stamp <= done {
                publish(m, .floor, .command(command.value.stamp), nil, at, &effects)
            }
        }
    }

    /// The site is gone for good, or its meeting is over.
    mutating func leaveSite(_ m: Int, _ h: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        let site = meetings[m].homes[h].site
        finishRequest(m, h, waiting: .cancelled, holding: .released, at, &effects)
        setGate(m, h, open: false, lease: nil, &effects)
        meetings[m].homes.remove(at: h)
        if var record = meetings[m].site(site), record.joined {
            record.joined = false
            publish(m, .roster, .site(RecordKey.name(site)), .site(record), at, &effects)
            endStay(m, record, at, &effects)
        }
        meetings[m].touch()
    }

    // MARK: What the crown wants

    private mutating func obeyMuteAll(_ m: Int, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let overlay = overlay(m), var record = meetings[m].site(site), overlay.muteAll > record.muteSeen else { return }
        record.muteSeen = overlay.muteAll
        if overlay.muteExcept != site { record.muted = true }
        publish(m, .roster, .site(RecordKey.name(site)), .site(record), at, &effects)
    }

    private mutating func answerInvite(_ m: Int, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard var record = meetings[m].site(site), record.joined else { return }
        let term = meetings[m].term
        let newest = meetings[m].invites
            .filter { $0.value.site == site && $0.value.term == term && standsAbove($0.writer) }
            .map(\.value.number).max()
        guard let newest, newest > record.inviteSeen else { return }
        record.inviteSeen = newest
        publish(m, .roster, .site(RecordKey.name(site)), .site(record), at, &effects)
        if var request = meetings[m].liveRequest(of: site) {
            request.invitation = newest
            publish(m, .floor, .request(request.id.counter), .request(request), at, &effects)
        } else {
            fileRequest(m, site, .normal, invitation: newest, at, &effects)
        }
    }

    private mutating func obeyDecision(_ m: Int, _ h: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let request = meetings[m].liveRequest(of: meetings[m].homes[h].site), let decision = decision(m, request.id)
        else { return }
        switch decision.status {
        case .denied: finishRequest(m, h, waiting: .denied, holding: .revoked, by: decision.by, at, &effects)
        case .revoked: finishRequest(m, h, waiting: .revoked, holding: .revoked, by: decision.by, at, &effects)
        default: break
        }
    }

    // MARK: Requests

    mutating func fileRequest(
        _ m: Int, _ site: SiteID, _ priority: RequestPriority, invitation: UInt64, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) {
        // One finished request of a site is kept for display; older ones go.
        for old in meetings[m].requests where old.id.node == node && old.site == site && !old.isLive {
            publish(m, .floor, .request(old.id.counter), nil, at, &effects)
        }
        lastRequest &+= 1
        let request = RequestRecord(
            id: RequestID(node: node, counter: lastRequest), term: meetings[m].term, site: site, priority: priority,
            stamp: requestStamp(at), invitation: invitation, clockUnset: !clockIsSet)
        publish(m, .floor, .request(request.id.counter), .request(request), at, &effects)
        audit(m, at, .requested, site, request: request.id, &effects)
    }

    /// Ends the site's live request, if any: the gate closes first, then the crown hears of it.
    mutating func finishRequest(
        _ m: Int, _ h: Int, waiting: RequestStatus, holding: RequestStatus, by: SiteID? = nil, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) {
        let site = meetings[m].homes[h].site
        guard var request = meetings[m].liveRequest(of: site) else { return }
        let lease = meetings[m].homes[h].lease
        let claims = meetings[m].homes[h].claims
        meetings[m].homes[h].lease = nil
        meetings[m].homes[h].claims.removeAll()
        request.status = lease == nil ? waiting : holding
        request.preempted = false
        publish(m, .floor, .request(request.id.counter), .request(request), at, &effects)
        updateGate(m, h, &effects)
        // The crown's own audit says the same when it is this node.
        let event: AuditRow.Event =
            switch request.status {
            case .released: .released
            case .revoked: .revoked
            case .denied: .denied
            default: .cancelled
            }
        if lease == nil && by == nil || meetings[m].crown == nil {
            audit(m, at, event, site, by: by, request: request.id, lease: lease?.name, &effects)
        }
        if let lease {
            release(m, lease.slot, lease.name, request.id, at, &effects)
        } else if !claims.isEmpty {
            // An offer was claimed and its lease is on the way: give it back at once.
            for slot in 0..<(meetings[m].record?.definition.floorSize ?? 0) {
                let none = LeaseName(epoch: 0, crown: node, sequence: 0)
                release(m, UInt8(clamping: slot), none, request.id, at, &effects)
            }
        }
    }

    private mutating func release(
        _ m: Int, _ slot: UInt8, _ name: LeaseName, _ request: RequestID, claim: UInt64 = 0, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) {
        meetings[m].remembered.removeAll { $0.request == request }
        let release = FloorMessage.Release(slot: slot, name: name, request: request, claim: claim)
        _ = sendUp(m, .release(release), at, &effects)
    }

    // MARK: Leases

    mutating func homeReceives(_ offer: FloorMessage.Offer, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let request = meetings[m].request(offer.request), request.term == meetings[m].term,
            request.status == .pending || request.status == .accepted, let h = meetings[m].homeIndex(request.site)
        else {
            if renewAtOnce(m, offer, at, &effects) { return }
            effects.append(.dropped(.noSuchRequest))
            return
        }
        claim(m, h, offer.slot, offer: offer.number, offer.request, at, &effects)
    }

    /// The crown asks a holder to renew now; true if it holds that lease.
    private mutating func renewAtOnce(
        _ m: Int, _ offer: FloorMessage.Offer, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> Bool {
        guard offer.number == 0, let request = meetings[m].request(offer.request), let h = meetings[m].homeIndex(request.site),
            let lease = meetings[m].homes[h].lease, lease.request == offer.request, lease.slot == offer.slot
        else { return false }
        meetings[m].homes[h].nextClaim = at.now + Conference.renewal
        claim(m, h, lease.slot, offer: 0, lease.request, at, &effects)
        return true
    }

    private mutating func claim(
        _ m: Int, _ h: Int, _ slot: UInt8, offer: UInt64, _ request: RequestID, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) {
        meetings[m].lastClaim &+= 1
        let number = meetings[m].lastClaim
        if meetings[m].homes[h].claims.count >= 8 { meetings[m].homes[h].claims.removeFirst() }
        meetings[m].homes[h].claims.append(HomeSite.SentClaim(number: number, at: at.now))
        let claim = FloorMessage.Claim(slot: slot, offer: offer, request: request, number: number)
        _ = sendUp(m, .claim(claim), at, &effects)
    }

    mutating func homeReceives(_ lease: FloorMessage.Lease, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard var request = meetings[m].request(lease.request), request.isLive, request.term == meetings[m].term,
            let h = meetings[m].homeIndex(request.site),
            let sent = meetings[m].homes[h].claims.first(where: { $0.number == lease.claim })
        else {
            effects.append(.dropped(.noSuchRequest))
            // A slot must not wait for one that is over.
            if meetings[m].request(lease.request)?.isLive != true { release(m, lease.slot, lease.name, lease.request, at, &effects) }
            return
        }
        let until = sent.at + Conference.leaseTime
        guard until > at.now else { return }
        if let largest = meetings[m].homes[h].largest, lease.name < largest, rules.contains(.largestLease) {
            // Our part's epoch is still on its way to the crown; its next lease will be larger.
            if meetings[m].homes[h].claims.count < 8 { claim(m, h, lease.slot, offer: 0, lease.request, at, &effects) }
            return
        }
        let held = meetings[m].homes[h].lease
        let runsOn = held?.name == lease.name && held?.slot == lease.slot && request.status == .granted && !request.preempted
        meetings[m].homes[h].largest = lease.name
        meetings[m].homes[h].claims.removeAll { $0.number <= lease.claim }
        meetings[m].homes[h].lease = HomeSite.HeldLease(
            slot: lease.slot, name: lease.name, request: lease.request, until: until)
        meetings[m].homes[h].nextClaim = sent.at + Conference.renewal
        meetings[m].epoch = max(meetings[m].epoch, min(lease.name.epoch, Conference.epochLimit))
        if runsOn { meetings[m].touchLease() } else { meetings[m].touch() }
        if request.status != .granted || request.preempted {
            if meetings[m].crown == nil {
                audit(m, at, .granted, request.site, request: request.id, lease: lease.name, &effects)
            }
            request.status = .granted
            request.preempted = false
            publish(m, .floor, .request(request.id.counter), .request(request), at, &effects)
        }
        updateGate(m, h, &effects)
    }

    mutating func homeReceives(_ revoke: FloorMessage.Revoke, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let request = meetings[m].request(revoke.request) else {
            effects.append(.dropped(.noSuchRequest))
            return
        }
        var claim = UInt64(0)
        if let h = meetings[m].homeIndex(request.site), request.isLive {
            guard revoke.preempted else {
                finishRequest(m, h, waiting: .revoked, holding: .revoked, at, &effects)
                return
            }
            claim = standingClaim(m, h, at, &effects)
        }
        release(m, revoke.slot, revoke.name, revoke.request, claim: claim, at, &effects)
    }

    /// Closes the gate, and gives a claim along by which the crown above may lease anew at once.
    private mutating func standingClaim(
        _ m: Int, _ h: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> UInt64 {
        let home = meetings[m].homes[h]
        if home.lease == nil, let standing = home.claims.first(where: { $0.number == home.standing }) {
            // Revoked once more: the same claim holds.
            meetings[m].homes[h].claims = [standing]
            return standing.number
        }
        let held = home.lease != nil
        preempt(m, h, at, &effects)
        guard held else { return 0 }
        meetings[m].lastClaim &+= 1
        let number = meetings[m].lastClaim
        meetings[m].homes[h].standing = number
        meetings[m].homes[h].claims = [HomeSite.SentClaim(number: number, at: at.now)]
        return number
    }

    /// The lease ended with nobody's decision: the request goes back to the front of its class.
    private mutating func preempt(_ m: Int, _ h: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        meetings[m].homes[h].lease = nil
        meetings[m].homes[h].claims.removeAll()
        meetings[m].touch()
        updateGate(m, h, &effects)
        guard var request = meetings[m].liveRequest(of: meetings[m].homes[h].site), request.status == .granted else { return }
        request.status = .pending
        request.preempted = true
        publish(m, .floor, .request(request.id.counter), .request(request), at, &effects)
    }

    private mutating func renew(_ m: Int, _ h: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let lease = meetings[m].homes[h].lease else { return }
        guard at.now < lease.until || !rules.contains(.expiry) else {
            audit(m, at, .expired, meetings[m].homes[h].site, request: lease.request, lease: lease.name, &effects)
            preempt(m, h, at, &effects)
            return
        }
        if let next = meetings[m].homes[h].nextClaim, at.now < next { return }
        meetings[m].homes[h].nextClaim = at.now + Conference.renewal
        claim(m, h, lease.slot, offer: 0, lease.request, at, &effects)
    }

    // MARK: The gate

    mutating func updateGate(_ m: Int, _ h: Int, _ effects: inout [ConferenceEffect]) {
        let home = meetings[m].homes[h]
        guard let record = meetings[m].site(home.site), record.joined, !record.muted, !hasEnded(m) else {
            setGate(m, h, open: false, lease: nil, &effects)
            return
        }
        let isOpenFloor = meetings[m].record?.definition.floorSize == 0
        let isActing = overlay(m)?.actingChair == home.site
        setGate(m, h, open: home.lease != nil || isActing || isOpenFloor, lease: home.lease?.name, &effects)
    }

    private mutating func setGate(
        _ m: Int, _ h: Int, open: Bool, lease: LeaseName?, _ effects: inout [ConferenceEffect]
    ) {
        let home = meetings[m].homes[h]
        guard home.gateOpen != open || home.gateLease != lease else { return }
        meetings[m].homes[h].gateOpen = open
        meetings[m].homes[h].gateLease = lease
        meetings[m].touch()
        effects.append(.gate(meeting: meetings[m].id, site: home.site, open: open, lease: lease))
    }
}
