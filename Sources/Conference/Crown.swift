import Basics

// The crown: the node that runs a meeting and is not attached upward. Offers, leases and their ends (mesh rules 3 to 5).
extension Meeting {
    func stepCrown() {
        guard runs || crown?.ended != nil, !attachment.uplink.isAttached else {
            if crown != nil { abdicate() }
            if attachment.uplink.isAttached, tables.floors.contains(where: { $0.writer == node }) {
                publish(.floor, .floor, nil)
            }
            if attachment.uplink.isAttached { retractDefinition() }
            return
        }
        if crown == nil {
            // A crown that slept asks to be attached before it is one again; if the meeting ended above, nobody answers.
            let isPast = attachment.uplink.isFrozen && overlay?.crown == node && endAbove != nil
            guard !attachment.uplink.isFrozen || isPast, !isSettling else { return }
            becomeCrown()
        }
        noticeEndAbove()
        expire()
        askAgain()
        endEmergencies()
        updateActingChair()
        execute()
        // A part that comes in with this message is counted first: a request there may stand before all others.
        stepJoining()
        dismissSpeakers()
        makeWay()
        grantFree()
        cleanInvites()
        updateSpeaker()
        publishFloor()
    }

    /// Takes our copy of the definition back: the crown above has one now. If a hundred parts come together, each would otherwise leave a
    /// copy to be told to all others, which takes a thin line seconds.
    private func retractDefinition() {
        retractSeats()
        guard let record, writtenTerm == record.term, record.startedBy != node else { return }
        writtenTerm = nil
        emit(.retract(lane: .floor, scope: id, key: RecordKey.meeting.text))
    }

    /// Just started, below the anchor, the uplink is still to come, and no part below hangs on this node.
    private var isSettling: Bool {
        guard let plan, let born = around.born else { return false }
        return !tree.contains(me, plan.anchor) && !around.hadUplink && attachment.children.isEmpty && now < born + Conference.settling
    }

    /// A node that becomes crown adds one to the epoch, and adopts the leases whose holders are behind it (mesh rule 5).
    private func becomeCrown() {
        guard let definition = record?.definition else { return }
        let before = overlay
        let crown = CrownState(floorSize: definition.floorSize, after: before)
        if let before { raiseEpoch(to: before.epoch) }
        epoch += 1
        self.crown = crown
        var foreign: [RememberedLease] = []
        let remembered = self.remembered
        for lease in remembered {
            // A gate holds the largest of its leases, and a slot belongs to the largest of its own; earlier ones are only waited for.
            let isLast = !remembered.contains { ($0.request == lease.request || $0.slot == lease.slot) && $0.name > lease.name }
            if isLast, reaches(lease.request.node), let request = tables.request(lease.request), Int(lease.slot) < crown.slots.count {
                var adopted = CrownState.Granted(request: request, name: nextName(), until: lease.until, inherited: lease.name)
                adopted.via = lease.via
                self.crown?.lease(adopted, in: Int(lease.slot))
            } else {
                foreign.append(lease)
            }
        }
        self.remembered = foreign
        touch()
    }

    /// Another crown stands above us now, or we no longer run the meeting.
    func abdicate() {
        guard crown != nil else { return }
        crown = nil
        for invite in tables.invites where invite.writer == node {
            publish(.floor, .invite(RecordKey.name(invite.value.site)), nil)
        }
        for h in homes.indices { homes[h].nextClaim = now }
        touch()
    }

    /// The next lease's name: gap-free within an epoch.
    func nextName() -> LeaseName {
        LeaseName(epoch: epoch, crown: node, sequence: crown?.nextSequence() ?? 1)
    }

    private func isWaiting(_ id: RequestID) -> Bool { tables.request(id).flatMap { queueEntry($0) } != nil }

    /// Ends what ran out: leases nobody renewed, offers nobody took, and those to requests that are over.
    private func expire() {
        guard let crown else { return }
        for slot in crown.slots.indices {
            switch crown.slots[slot] {
            case .free: break
            case .offered(let offer):
                guard isWaiting(offer.request) else {
                    self.crown?.free(slot)
                    touch()
                    continue
                }
                guard now >= offer.until else { continue }
                self.crown?.withdraw(offer, in: slot, now)
                touch()
            case .leased(let grant):
                guard now >= grant.until + Meeting.drift else { continue }
                self.crown?.free(slot)
                touch()
                audit(.expired, grant.request.site, request: grant.request.id, lease: grant.name)
            }
        }
        self.crown?.forgetPassedOver(until: now)
    }

    /// A slot with a lease of another crown in memory is not free (mesh rule 4).
    private func mustWait(_ slot: Int) -> Bool {
        guard rules.contains(.wait) else { return false }
        return remembered.contains { Int($0.slot) == slot && $0.until > now }
    }

    /// No lease of the slot runs, ours or another crown's.
    func isFree(_ slot: Int) -> Bool {
        guard case .free? = crown?.slots[slot] else { return false }
        return !mustWait(slot)
    }

    /// How long an offer to that home stands.
    func offerTime(_ home: NodeIndex) -> Interval { crown?.offerTime(home) ?? Conference.offerTime }

    /// Our messages reach a request's home: it is here, or behind an attached child.
    func reaches(_ home: NodeIndex) -> Bool { home == node || attachedChild(towards: home) != nil }

    /// Offers free slots to the head of the queue.
    private func grantFree() {
        guard !isFrozen, self.crown?.ended == nil else { return }
        // A home that is here answers at once, so the queue is read anew for each slot.
        for slot in self.crown?.slots.indices ?? 0..<0 {
            guard isFree(slot), let crown else { continue }
            let waiting = queue().filter { entry in
                entry.mayBeGranted && !crown.concerns(entry.request.id) && reaches(entry.request.id.node)
            }
            // The first of those with the fewest offers in vain: an offer that was lost is made again at once where nobody else waits.
            guard let next = waiting.min(by: { crown.offersInVain($0.request.site) < crown.offersInVain($1.request.site) }) else { return }
            let number = self.crown?.nextOffer() ?? 1
            let until = now + offerTime(next.request.id.node)
            self.crown?.offer(CrownState.Offered(request: next.request.id, site: next.request.site, number: number, since: now, until: until), in: slot)
            touch()
            let offer = FloorMessage.Offer(slot: UInt8(slot), number: number, request: next.request.id)
            _ = sendDown(next.request.id.node, .offer(offer))
        }
    }

    /// A home takes an offer, or renews.
    func crownReceives(_ claim: FloorMessage.Claim) {
        guard let crown, Int(claim.slot) < crown.slots.count else { return }
        if self.crown?.noteLate(claim, now) == true { touch() }
        let slot = Int(claim.slot)
        var grant: CrownState.Granted
        var runsOn = false
        switch crown.slots[slot] {
        case .free: return
        case .offered(let offer):
            guard offer.request == claim.request else { return }
            if claim.offer < offer.number {
                self.crown?.leaveStanding(offer, in: slot)
            }
            guard offer.number == claim.offer, !isFrozen, let request = tables.request(claim.request) else { return }
            self.crown?.note(answer: now - offer.since, of: claim.request.node)
            grant = CrownState.Granted(request: request, name: nextName(), until: now)
            audit(.granted, request.site, request: request.id, lease: grant.name)
        case .leased(let running):
            guard running.request.id == claim.request, claim.offer == 0 else { return }
            guard !running.revoked else {
                // The holder has not heard of the revocation yet: tell it again.
                let revoke = FloorMessage.Revoke(
                    slot: claim.slot, name: running.name, request: claim.request,
                    preempted: decision(claim.request) == nil)
                _ = sendDown(claim.request.node, .revoke(revoke))
                return
            }
            grant = running
            runsOn = true
        }
        grant.until = now + Conference.leaseTime
        grant.told = grant.name
        grant.via = attachedChild(towards: claim.request.node)?.neighbour
        grant.asked = nil
        self.crown?.lease(grant, in: slot)
        if runsOn { touchLease() } else { touch() }
        let lease = FloorMessage.Lease(slot: claim.slot, name: grant.name, request: claim.request, claim: claim.number)
        _ = sendDown(claim.request.node, .lease(lease))
    }

    /// The holder's gate is closed.
    func crownReceives(_ release: FloorMessage.Release) {
        guard let crown, Int(release.slot) < crown.slots.count else { return }
        let slot = Int(release.slot)
        switch crown.slots[slot] {
        case .free: return
        case .offered(let offer):
            guard offer.request == release.request else { return }
            self.crown?.free(slot)
        case .leased(let grant):
            guard grant.request.id == release.request, grant.ends(with: release.name, node) else { return }
            self.crown?.free(slot)
            if grant.revoked, attachment.uplink.isFrozen {
                self.crown?.noteCleaned(grant, in: release.slot)
            } else {
                self.crown?.noteGivenUp(grant, in: release.slot)
            }
            if grant.revoked, release.claim > 0, attachment.uplink.isFrozen {
                let holder = FloorMessage.OfferedHolder(request: release.request, claim: release.claim)
                attachment.offer([Joining.Offered(holder: holder, since: now)])
            }
            if !grant.revoked, !release.preempted {
                audit(.released, grant.request.site, request: grant.request.id, lease: grant.name)
                inviteNext(after: grant.request.site)
            }
        }
        touch()
    }

    /// Takes a lease back; the slot is free when the gate is known to be closed or the lease is dead.
    func startRevoke(_ slot: Int, preempted: Bool) {
        guard case .leased(var grant)? = crown?.slots[slot] else { return }
        grant.revoked = true
        let isAwaited = rules.contains(.revokeAnswered)
        if isAwaited { crown?.lease(grant, in: slot) } else { crown?.free(slot) }
        touch()
        let revoke = FloorMessage.Revoke(
            slot: UInt8(slot), name: grant.name, request: grant.request.id, preempted: preempted)
        _ = sendDown(grant.request.id.node, .revoke(revoke))
    }

    /// Giao ban: when a reporter has finished, the next present site in the declared order is invited.
    private func inviteNext(after site: SiteID) {
        guard let record, record.definition.kind == .briefing, let plan,
            let from = plan.index(site)
        else { return }
        let definition = record.definition
        for next in definition.sites[(from + 1)...] where !definition.chairs.contains(next) && isPresent(next) {
            invite(next)
            return
        }
    }

    private func updateActingChair() {
        guard crown != nil else { return }
        let chairs = chairs
        let present = chairs.map(isPresent)
        if crown?.chooseChair(of: chairs, present: present, now) == true { touch() }
    }

    private func updateSpeaker() {
        if crown?.chooseSpeaker() == true { touch() }
    }

    /// Publishes our overlay when it says something new, or when another one would win over it.
    private func publishFloor() {
        guard let crown else { return }
        let mine = tables.floors.first { $0.writer == node }?.value
        let record = crown.record(of: term, epoch: epoch, by: node)
        if var same = mine {
            same.epoch = record.epoch
            same.revision = record.revision
            if same == record, let mine, overlay == mine, mine.epoch == record.epoch { return }
        }
        self.crown?.notePublished()
        publish(.floor, .floor, .floor(record))
        // The crown publishes a copy of the definition: a node that loses its disk, the starter above all, must not take it from the others.
        copySeats()
        if let definition = self.declared, writtenTerm != definition.term {
            publishCopy(of: definition)
        }
    }

    private func publishCopy(of definition: MeetingRecord) {
        around.observe(definition.term)
        writtenTerm = definition.term
        emit(.publish(lane: .floor, scope: id, key: RecordKey.meeting.text, value: coder.encode(.meeting(definition))))
    }

    func audit(
        _ event: AuditRow.Event, _ site: SiteID? = nil, by: SiteID? = nil, request: RequestID? = nil,
        lease: LeaseName? = nil, refusal: Refusal? = nil
    ) {
        emit(
            .audit(
                AuditRow(
                    meeting: id, at: wall, event: event, site: site, by: by, request: request, lease: lease,
                    refusal: refusal)))
    }
}
