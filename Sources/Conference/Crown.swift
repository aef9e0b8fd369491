import Basics

// The crown: the node that runs a meeting and is not attached upward. Offers, leases and their ends (mesh rules 3 to 5).
extension Conference {
    /// A returning chair takes over after being present that long (mesh rule 9).
    static let chairReturn = Interval.seconds(5)
    /// A request whose home did not answer an offer comes after all other waiting ones for that long. So however many homes are silent, the
    /// request behind them is offered the slot once each of them was.
    static let passOver = Interval.seconds(5)

    mutating func stepCrown(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard runs(m) || meetings[m].crown?.ended != nil, !meetings[m].uplink.isAttached else {
            if meetings[m].crown != nil { abdicate(m, at, &effects) }
            if meetings[m].uplink.isAttached, meetings[m].floors.contains(where: { $0.writer == node }) {
                publish(m, .floor, .floor, nil, at, &effects)
            }
            if meetings[m].uplink.isAttached { retractDefinition(m, &effects) }
            return
        }
        if meetings[m].crown == nil {
            // A crown that slept asks to be attached before it is one again; if the meeting ended above, nobody answers.
            let isPast = meetings[m].uplink.isFrozen && overlay(m)?.crown == node && endAbove(m) != nil
            guard !meetings[m].uplink.isFrozen || isPast, !isSettling(m, at) else { return }
            becomeCrown(m, at)
        }
        noticeEndAbove(m)
        expire(m, at, &effects)
        askAgain(m, at, &effects)
        endEmergencies(m, at, &effects)
        updateActingChair(m, at)
        execute(m, at, &effects)
        // A part that comes in with this message is counted first: a request there may stand before all others.
        stepJoining(m, at, &effects)
        makeWay(m, at, &effects)
        grantFree(m, at, &effects)
        cleanInvites(m, at, &effects)
        updateSpeaker(m)
        publishFloor(m, at, &effects)
    }

    /// Takes our copy of the definition back: the crown above has one now. If a hundred parts come together, each would otherwise leave a
    /// copy to be told to all others, which takes a thin line seconds.
    private mutating func retractDefinition(_ m: Int, _ effects: inout [ConferenceEffect]) {
        guard let record = meetings[m].record, meetings[m].writtenTerm == record.term, record.startedBy != node else { return }
        meetings[m].writtenTerm = nil
        effects.append(.retract(lane: .floor, scope: meetings[m].id, key: RecordKey.meeting.text))
    }

    /// Just started, below the anchor, the uplink is still to come, and no part below hangs on this node.
    private func isSettling(_ m: Int, _ at: Moment) -> Bool {
        guard let plan = meetings[m].plan, let born else { return false }
        return !tree.contains(me, plan.anchor) && !hadUplink && meetings[m].children.isEmpty && at.now < born + Conference.settling
    }

    /// A node that becomes crown adds one to the epoch, and adopts the leases whose holders are behind it (mesh rule 5).
    private mutating func becomeCrown(_ m: Int, _ at: Moment) {
        guard let definition = meetings[m].record?.definition else { return }
        let before = overlay(m)
        var crown = CrownState(
            slots: Array(repeating: .free, count: definition.floorSize), chairPresentSince: [])
        if let before {
            meetings[m].epoch = max(meetings[m].epoch, min(before.epoch, Conference.epochLimit))
            crown.previousSpeaker = before.previousSpeaker
            crown.speaker = before.grants.first?.site ?? before.actingChair
            crown.actingChair = before.actingChair
            crown.muteAll = before.muteAll
            crown.muteExcept = before.muteExcept
            crown.executed = before.executed
            crown.ended = before.ended
            crown.endedAbove = before.endedAbove
            crown.goesOn = before.goesOn
        }
        meetings[m].epoch += 1
        meetings[m].crown = crown
        var foreign: [RememberedLease] = []
        let remembered = meetings[m].remembered
        for lease in remembered {
            // A gate holds the largest of its leases, and a slot belongs to the largest of its own; earlier ones are only waited for.
            let isLast = !remembered.contains { ($0.request == lease.request || $0.slot == lease.slot) && $0.name > lease.name }
            if isLast, reaches(m, lease.request.node), let request = meetings[m].request(lease.request), Int(lease.slot) < crown.slots.count {
                var adopted = CrownState.Granted(request: request, name: nextName(m), until: lease.until, inherited: lease.name)
                adopted.via = lease.via
                meetings[m].crown?.slots[Int(lease.slot)] = .leased(adopted)
            } else {
                foreign.append(lease)
            }
        }
        meetings[m].remembered = foreign
        meetings[m].touch()
    }

    /// Another crown stands above us now, or we no longer run the meeting.
    mutating func abdicate(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard meetings[m].crown != nil else { return }
        meetings[m].crown = nil
        for invite in meetings[m].invites where invite.writer == node {
            publish(m, .floor, .invite(RecordKey.name(invite.value.site)), nil, at, &effects)
        }
        for h in meetings[m].homes.indices { meetings[m].homes[h].nextClaim = at.now }
        meetings[m].touch()
    }

    /// The next lease's name: gap-free within an epoch.
    mutating func nextName(_ m: Int) -> LeaseName {
        let sequence = (meetings[m].crown?.sequence ?? 0) + 1
        meetings[m].crown?.sequence = sequence
        return LeaseName(epoch: meetings[m].epoch, crown: node, sequence: sequence)
    }

    private func isWaiting(_ m: Int, _ id: RequestID) -> Bool { meetings[m].request(id).flatMap { queueEntry(m, $0) } != nil }

    /// Ends what ran out: leases nobody renewed, offers nobody took, and those to requests that are over.
    private mutating func expire(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let crown = meetings[m].crown else { return }
        for slot in crown.slots.indices {
            switch crown.slots[slot] {
            case .free: break
            case .offered(let offer):
                guard isWaiting(m, offer.request) else {
                    meetings[m].crown?.slots[slot] = .free
                    meetings[m].touch()
                    continue
                }
                guard at.now >= offer.until else { continue }
                meetings[m].crown?.slots[slot] = .free
                meetings[m].crown?.passOver(offer, at.now)
                meetings[m].touch()
            case .leased(let grant):
                guard at.now >= grant.until + Conference.drift else { continue }
                meetings[m].crown?.slots[slot] = .free
                meetings[m].touch()
                audit(m, at, .expired, grant.request.site, request: grant.request.id, lease: grant.name, &effects)
            }
        }
        meetings[m].crown?.passedOver.removeAll { $0.until <= at.now }
    }

    /// A slot with a lease of another crown in memory is not free (mesh rule 4).
    private func mustWait(_ m: Int, _ slot: Int, _ at: Moment) -> Bool {
        guard rules.contains(.wait) else { return false }
        return meetings[m].remembered.contains { Int($0.slot) == slot && $0.until > at.now }
    }

    /// No lease of the slot runs, ours or another crown's.
    func isFree(_ m: Int, _ slot: Int, _ at: Moment) -> Bool {
        guard case .free? = meetings[m].crown?.slots[slot] else { return false }
        return !mustWait(m, slot, at)
    }

    /// How long an offer stands: 250 ms, and half as much again as a home far away took for its last answer. A satellite line alone
    /// takes half a second both ways.
    func offerTime(_ m: Int, _ home: NodeIndex) -> Interval {
        let answer = meetings[m].crown?.slowHomes.first { $0.home == home }?.answer ?? .zero
        return max(Conference.offerTime, min(answer * 3 / 2, Conference.longestOffer))
    }

    /// Our messages reach a request's home: it is here, or behind an attached child.
    func reaches(_ m: Int, _ home: NodeIndex) -> Bool { home == node || attachedChild(m, towards: home) != nil }

    /// Offers free slots to the head of the queue.
    private mutating func grantFree(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard !isFrozen(m), meetings[m].crown?.ended == nil else { return }
        // A home that is here answers at once, so the queue is read anew for each slot.
        for slot in meetings[m].crown?.slots.indices ?? 0..<0 {
            guard isFree(m, slot, at), let crown = meetings[m].crown else { continue }
            let waiting = queue(m).filter { entry in
                entry.mayBeGranted && !crown.concerns(entry.request.id) && reaches(m, entry.request.id.node)
            }
            // The first of those with the fewest offers in vain: an offer that was lost is made again at once where nobody else waits.
            guard let next = waiting.min(by: { crown.offersInVain($0.request.id) < crown.offersInVain($1.request.id) }) else { return }
            let number = crown.lastOffer + 1
            meetings[m].crown?.lastOffer = number
            let until = at.now + offerTime(m, next.request.id.node)
            meetings[m].crown?.slots[slot] = .offered(
                CrownState.Offered(request: next.request.id, number: number, since: at.now, until: until))
            meetings[m].touch()
            let offer = FloorMessage.Offer(slot: UInt8(slot), number: number, request: next.request.id)
            _ = sendDown(m, next.request.id.node, .offer(offer), at, &effects)
        }
    }

    /// A home takes an offer, or renews.
    mutating func crownReceives(_ claim: FloorMessage.Claim, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let crown = meetings[m].crown, Int(claim.slot) < crown.slots.count else { return }
        if let late = crown.passedOver.firstIndex(where: { $0.request == claim.request && $0.offer == claim.offer }) {
            // Its offer was withdrawn and binds nobody; but the home lives, and is offered anew in its turn, for as long as it needs.
            meetings[m].crown?.note(answer: at.now - crown.passedOver[late].since, of: claim.request.node)
            meetings[m].crown?.passedOver.remove(at: late)
            meetings[m].touch()
        }
        let slot = Int(claim.slot)
        var grant: CrownState.Granted
        var runsOn = false
        switch crown.slots[slot] {
        case .free: return
        case .offered(let offer):
            guard offer.request == claim.request else { return }
            if claim.offer < offer.number {
                // An answer to the offer before this one: the home is slower still, and this one is left standing for it.
                meetings[m].crown?.note(answer: Conference.longestOffer, of: claim.request.node)
                var longer = offer
                longer.until = max(offer.until, offer.since + Conference.longestOffer)
                meetings[m].crown?.slots[slot] = .offered(longer)
            }
            guard offer.number == claim.offer, !isFrozen(m), let request = meetings[m].request(claim.request) else { return }
            meetings[m].crown?.note(answer: at.now - offer.since, of: claim.request.node)
            grant = CrownState.Granted(request: request, name: nextName(m), until: at.now)
            audit(m, at, .granted, request.site, request: request.id, lease: grant.name, &effects)
        case .leased(let running):
            guard running.request.id == claim.request, claim.offer == 0 else { return }
            guard !running.revoked else {
                // The holder has not heard of the revocation yet: tell it again.
                let revoke = FloorMessage.Revoke(
                    slot: claim.slot, name: running.name, request: claim.request,
                    preempted: decision(m, claim.request) == nil)
                _ = sendDown(m, claim.request.node, .revoke(revoke), at, &effects)
                return
            }
            grant = running
            runsOn = true
        }
        grant.until = at.now + Conference.leaseTime
        grant.told = grant.name
        grant.via = attachedChild(m, towards: claim.request.node)?.neighbour
        grant.asked = nil
        meetings[m].crown?.slots[slot] = .leased(grant)
        if runsOn { meetings[m].touchLease() } else { meetings[m].touch() }
        let lease = FloorMessage.Lease(slot: claim.slot, name: grant.name, request: claim.request, claim: claim.number)
        _ = sendDown(m, claim.request.node, .lease(lease), at, &effects)
    }

    /// The holder's gate is closed.
    mutating func crownReceives(
        _ release: FloorMessage.Release, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) {
        guard let crown = meetings[m].crown, Int(release.slot) < crown.slots.count else { return }
        let slot = Int(release.slot)
        switch crown.slots[slot] {
        case .free: return
        case .offered(let offer):
            guard offer.request == release.request else { return }
            meetings[m].crown?.slots[slot] = .free
        case .leased(let grant):
            guard grant.request.id == release.request, grant.ends(with: release.name, node) else { return }
            meetings[m].crown?.slots[slot] = .free
            if grant.revoked, meetings[m].uplink.isFrozen {
                // Only what its home gave up is named above: a renewal of what merely ran out may be on its way down there.
                for name in [grant.name, grant.inherited].compactMap({ $0 }) {
                    meetings[m].crown?.cleaned.append(
                        FloorMessage.CleanedLease(slot: release.slot, name: name, request: grant.request.id))
                }
            } else if let above = grant.inherited, crown.givenUp.count < CrownState.givenUpLimit {
                meetings[m].crown?.givenUp.append(
                    FloorMessage.CleanedLease(slot: release.slot, name: above, request: grant.request.id))
            }
            if grant.revoked, release.claim > 0, meetings[m].uplink.isFrozen {
                let holder = FloorMessage.OfferedHolder(request: release.request, claim: release.claim)
                meetings[m].offered.append(Joining.Offered(holder: holder, since: at.now))
            }
            if !grant.revoked, !release.preempted {
                audit(m, at, .released, grant.request.site, request: grant.request.id, lease: grant.name, &effects)
                inviteNext(m, after: grant.request.site, at, &effects)
            }
        }
        meetings[m].touch()
    }

    /// Takes a lease back; the slot is free when the gate is known to be closed or the lease is dead.
    mutating func startRevoke(
        _ m: Int, _ slot: Int, preempted: Bool, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) {
        guard case .leased(var grant)? = meetings[m].crown?.slots[slot] else { return }
        grant.revoked = true
        let isAwaited = rules.contains(.revokeAnswered)
        meetings[m].crown?.slots[slot] = isAwaited ? .leased(grant) : .free
        meetings[m].touch()
        let revoke = FloorMessage.Revoke(
            slot: UInt8(slot), name: grant.name, request: grant.request.id, preempted: preempted)
        _ = sendDown(m, grant.request.id.node, .revoke(revoke), at, &effects)
    }

    /// Giao ban: when a reporter has finished, the next present site in the declared order is invited.
    private mutating func inviteNext(_ m: Int, after site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let record = meetings[m].record, record.definition.kind == .briefing, let plan = meetings[m].plan,
            let from = plan.index(site)
        else { return }
        let definition = record.definition
        for next in definition.sites[(from + 1)...] where !definition.chairs.contains(next) && isPresent(m, next) {
            invite(m, next, at, &effects)
            return
        }
    }

    /// The first present chair acts; one that comes back waits five seconds, a deputy none.
    private mutating func updateActingChair(_ m: Int, _ at: Moment) {
        guard var crown = meetings[m].crown else { return }
        let chairs = chairs(m)
        let before = crown
        while crown.chairPresentSince.count < chairs.count { crown.chairPresentSince.append(nil) }
        crown.chairPresentSince.removeLast(crown.chairPresentSince.count - chairs.count)
        for (i, chair) in chairs.enumerated() {
            if isPresent(m, chair) {
                if crown.chairPresentSince[i] == nil { crown.chairPresentSince[i] = at.now }
            } else {
                crown.chairPresentSince[i] = nil
            }
        }
        let acting = crown.actingChair.flatMap { chairs.firstIndex(of: $0) }
        let actingIsHere = acting.map { crown.chairPresentSince[$0] != nil } ?? false
        var chosen = actingIsHere ? acting : nil
        for (i, since) in crown.chairPresentSince.enumerated() {
            guard let since, i < chosen ?? Int.max else { continue }
            if chosen == nil || at.now >= since + Conference.chairReturn { chosen = i }
        }
        crown.actingChair = chosen.map { chairs[$0] }
        if crown != before {
            meetings[m].crown = crown
            meetings[m].touch()
        }
    }

    private mutating func updateSpeaker(_ m: Int) {
        guard let crown = meetings[m].crown else { return }
        let speaker = crown.grants.first?.grant.request.site ?? crown.actingChair
        guard speaker != crown.speaker else { return }
        if let last = crown.speaker { meetings[m].crown?.previousSpeaker = last }
        meetings[m].crown?.speaker = speaker
        meetings[m].touch()
    }

    /// Publishes our overlay when it says something new, or when another one would win over it.
    private mutating func publishFloor(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let crown = meetings[m].crown else { return }
        let mine = meetings[m].floors.first { $0.writer == node }?.value
        var record = FloorRecord(term: meetings[m].term, epoch: meetings[m].epoch, crown: node, revision: crown.revision + 1)
        for (slot, grant) in crown.grants where !grant.revoked {
            record.grants.append(
                GrantRecord(
                    slot: slot, name: grant.name, request: grant.request.id, site: grant.request.site,
                    priority: grant.request.priority, stamp: grant.request.stamp))
        }
        record.actingChair = crown.actingChair
        record.previousSpeaker = crown.previousSpeaker
        record.muteAll = crown.muteAll
        record.muteExcept = crown.muteExcept
        record.executed = crown.executed
        record.ended = crown.ended
        record.endedAbove = crown.endedAbove
        record.goesOn = crown.goesOn
        if var same = mine {
            same.epoch = record.epoch
            same.revision = record.revision
            if same == record, let mine, overlay(m) == mine, mine.epoch == record.epoch { return }
        }
        meetings[m].crown?.revision += 1
        publish(m, .floor, .floor, .floor(record), at, &effects)
        // The crown publishes a copy of the definition: a node that loses its disk, the starter above all, must not take it from the others.
        if let definition = meetings[m].record, meetings[m].writtenTerm != definition.term {
            publish(m, .floor, .meeting, .meeting(definition), at, &effects)
        }
    }

    func audit(
        _ m: Int, _ at: Moment, _ event: AuditRow.Event, _ site: SiteID? = nil, by: SiteID? = nil, request: RequestID? = nil,
        lease: LeaseName? = nil, refusal: Refusal? = nil, _ effects: inout [ConferenceEffect]
    ) {
        effects.append(
            .audit(
                AuditRow(
                    meeting: meetings[m].id, at: at.wall, event: event, site: site, by: by, request: request, lease: lease,
                    refusal: refusal)))
    }
}
