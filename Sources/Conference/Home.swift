import Basics

// Our own sites: their requests, claims and gates. A gate opens on a lease only (or for the acting chair).
extension Meeting {
    func stepHome() {
        guard plan != nil else { return }
        let ended = hasEnded
        var h = 0
        while h < homes.count {
            let site = homes[h].site
            if ended || homes[h].graceUntil.map({ now >= $0 }) ?? false || plan?.index(site) == nil {
                leaveSite(h)
                continue
            }
            obeyMuteAll(site)
            answerInvite(site)
            obeyDecision(h)
            renew(h)
            updateGate(h)
            h += 1
        }
        if ended {
            for command in tables.commands where command.writer == node {
                publish(.floor, .command(command.value.stamp), nil)
            }
        } else if let done = overlay?.executed.first(where: { $0.node == node })?.stamp {
            for command in tables.commands where command.writer == node && command.value.stamp <= done {
                publish(.floor, .command(command.value.stamp), nil)
            }
        }
    }

    /// The site is gone for good, or its meeting is over.
    func leaveSite(_ h: Int) {
        let site = homes[h].site
        finishRequest(h, waiting: .cancelled, holding: .released)
        setGate(h, open: false, lease: nil)
        homes.remove(at: h)
        if var record = self.site(site), record.joined {
            record.joined = false
            publish(record)
            endStay(record)
        }
        touch()
    }

    // MARK: What the crown wants

    private func obeyMuteAll(_ site: SiteID) {
        guard let overlay, var record = self.site(site), overlay.muteAll > record.muteSeen else { return }
        record.muteSeen = overlay.muteAll
        if overlay.muteExcept != site { record.muted = true }
        publish(record)
    }

    private func answerInvite(_ site: SiteID) {
        guard var record = self.site(site), record.joined else { return }
        let term = self.term
        let newest = tables.invites
            .filter { $0.value.site == site && $0.value.term == term && around.standsAbove($0.writer) }
            .map(\.value.number).max()
        guard let newest, newest > record.inviteSeen else { return }
        record.inviteSeen = newest
        publish(record)
        if var request = liveRequest(of: site) {
            request.invitation = newest
            publish(request)
        } else {
            fileRequest(site, .normal, invitation: newest)
        }
    }

    private func obeyDecision(_ h: Int) {
        guard let request = liveRequest(of: homes[h].site), let decision = decision(request.id)
        else { return }
        switch decision.status {
        case .denied: finishRequest(h, waiting: .denied, holding: .revoked, by: decision.by)
        case .revoked: finishRequest(h, waiting: .revoked, holding: .revoked, by: decision.by)
        default: break
        }
    }

    // MARK: Requests

    func fileRequest(_ site: SiteID, _ priority: RequestPriority, invitation: UInt64) {
        // One finished request of a site is kept for display; older ones go.
        for old in tables.requests where old.id.node == node && old.site == site && !old.isLive {
            publish(.floor, .request(old.id.counter), nil)
        }
        let request = RequestRecord(
            id: around.nextRequest(), term: term, site: site, priority: priority, stamp: around.requestStamp(), invitation: invitation,
            clockUnset: !around.clockIsSet)
        publish(request)
        audit(.requested, site, request: request.id)
    }

    /// Ends the site's live request, if any: the gate closes first, then the crown hears of it.
    func finishRequest(_ h: Int, waiting: RequestStatus, holding: RequestStatus, by: SiteID? = nil) {
        let site = homes[h].site
        guard var request = liveRequest(of: site) else { return }
        let lease = homes[h].lease
        let claims = homes[h].claims
        homes[h].lease = nil
        homes[h].claims.removeAll()
        request.status = lease == nil ? waiting : holding
        request.preempted = false
        publish(request)
        updateGate(h)
        // The crown's own audit says the same when it is this node.
        let event: AuditRow.Event =
            switch request.status {
            case .released: .released
            case .revoked: .revoked
            case .denied: .denied
            default: .cancelled
            }
        if lease == nil && by == nil || crown == nil {
            audit(event, site, by: by, request: request.id, lease: lease?.name)
        }
        if let lease {
            release(lease.slot, lease.name, request.id)
        } else if !claims.isEmpty {
            // An offer was claimed and its lease is on the way: give it back at once.
            for slot in 0..<(record?.definition.floorSize ?? 0) {
                let none = LeaseName(epoch: 0, crown: node, sequence: 0)
                release(UInt8(clamping: slot), none, request.id)
            }
        }
    }

    private func release(_ slot: UInt8, _ name: LeaseName, _ request: RequestID, claim: UInt64 = 0) {
        remembered.removeAll { $0.request == request }
        let release = FloorMessage.Release(slot: slot, name: name, request: request, claim: claim)
        _ = sendUp(.release(release))
    }

    // MARK: Leases

    func homeReceives(_ offer: FloorMessage.Offer) {
        guard let request = tables.request(offer.request), request.term == term,
            request.status == .pending || request.status == .accepted, let h = homeIndex(request.site)
        else {
            if renewAtOnce(offer) { return }
            emit(.dropped(.noSuchRequest))
            return
        }
        claim(h, offer.slot, offer: offer.number, offer.request)
    }

    /// The crown asks a holder to renew now; true if it holds that lease.
    private func renewAtOnce(_ offer: FloorMessage.Offer) -> Bool {
        guard offer.number == 0, let request = tables.request(offer.request), let h = homeIndex(request.site),
            let lease = homes[h].lease, lease.request == offer.request, lease.slot == offer.slot
        else { return false }
        homes[h].nextClaim = now + Conference.renewal
        claim(h, lease.slot, offer: 0, lease.request)
        return true
    }

    private func claim(_ h: Int, _ slot: UInt8, offer: UInt64, _ request: RequestID) {
        lastClaim &+= 1
        let number = lastClaim
        if homes[h].claims.count >= 8 { homes[h].claims.removeFirst() }
        homes[h].claims.append(HomeSite.SentClaim(number: number, at: now))
        let claim = FloorMessage.Claim(slot: slot, offer: offer, request: request, number: number)
        _ = sendUp(.claim(claim))
    }

    func homeReceives(_ lease: FloorMessage.Lease) {
        guard var request = tables.request(lease.request), request.isLive, request.term == term,
            let h = homeIndex(request.site),
            let sent = homes[h].claims.first(where: { $0.number == lease.claim })
        else {
            emit(.dropped(.noSuchRequest))
            // A slot must not wait for one that is over.
            if tables.request(lease.request)?.isLive != true { release(lease.slot, lease.name, lease.request) }
            return
        }
        let until = sent.at + Conference.leaseTime
        guard until > now else { return }
        if let largest = homes[h].largest, lease.name < largest, rules.contains(.largestLease) {
            // Our part's epoch is still on its way to the crown; its next lease will be larger.
            if homes[h].claims.count < 8 { claim(h, lease.slot, offer: 0, lease.request) }
            return
        }
        let held = homes[h].lease
        let runsOn = held?.name == lease.name && held?.slot == lease.slot && request.status == .granted && !request.preempted
        homes[h].largest = lease.name
        homes[h].claims.removeAll { $0.number <= lease.claim }
        homes[h].lease = HomeSite.HeldLease(
            slot: lease.slot, name: lease.name, request: lease.request, until: until)
        homes[h].nextClaim = sent.at + Conference.renewal
        raiseEpoch(to: lease.name.epoch)
        if runsOn { touchLease() } else { touch() }
        if request.status != .granted || request.preempted {
            if crown == nil {
                audit(.granted, request.site, request: request.id, lease: lease.name)
            }
            request.status = .granted
            request.preempted = false
            publish(request)
        }
        updateGate(h)
    }

    func homeReceives(_ revoke: FloorMessage.Revoke) {
        guard let request = tables.request(revoke.request) else {
            emit(.dropped(.noSuchRequest))
            return
        }
        var claim = UInt64(0)
        if let h = homeIndex(request.site), request.isLive {
            guard revoke.preempted else {
                finishRequest(h, waiting: .revoked, holding: .revoked)
                return
            }
            claim = standingClaim(h)
        }
        release(revoke.slot, revoke.name, revoke.request, claim: claim)
    }

    /// Closes the gate, and gives a claim along by which the crown above may lease anew at once.
    private func standingClaim(_ h: Int) -> UInt64 {
        let home = homes[h]
        if home.lease == nil, let standing = home.claims.first(where: { $0.number == home.standing }) {
            // Revoked once more: the same claim holds.
            homes[h].claims = [standing]
            return standing.number
        }
        let held = home.lease != nil
        preempt(h)
        guard held else { return 0 }
        lastClaim &+= 1
        let number = lastClaim
        homes[h].standing = number
        homes[h].claims = [HomeSite.SentClaim(number: number, at: now)]
        return number
    }

    /// The lease ended with nobody's decision: the request goes back to the front of its class.
    private func preempt(_ h: Int) {
        homes[h].lease = nil
        homes[h].claims.removeAll()
        touch()
        updateGate(h)
        guard var request = liveRequest(of: homes[h].site), request.status == .granted else { return }
        request.status = .pending
        request.preempted = true
        publish(request)
    }

    private func renew(_ h: Int) {
        guard let lease = homes[h].lease else { return }
        guard now < lease.until || !rules.contains(.expiry) else {
            audit(.expired, homes[h].site, request: lease.request, lease: lease.name)
            preempt(h)
            return
        }
        if let next = homes[h].nextClaim, now < next { return }
        homes[h].nextClaim = now + Conference.renewal
        claim(h, lease.slot, offer: 0, lease.request)
    }

    // MARK: The gate

    func updateGate(_ h: Int) {
        let home = homes[h]
        guard let record = site(home.site), record.joined, !record.muted, !hasEnded else {
            setGate(h, open: false, lease: nil)
            return
        }
        let isOpenFloor = self.record?.definition.floorSize == 0
        let isActing = overlay?.actingChair == home.site
        setGate(h, open: home.lease != nil || isActing || isOpenFloor, lease: home.lease?.name)
    }

    private func setGate(_ h: Int, open: Bool, lease: LeaseName?) {
        let home = homes[h]
        guard home.gateOpen != open || home.gateLease != lease else { return }
        homes[h].gateOpen = open
        homes[h].gateLease = lease
        touch()
        emit(.gate(meeting: id, site: home.site, open: open, lease: lease))
    }
}
