import Basics

// The chair's commands, executed by the crown: once, and in the order of their stamps.
extension Conference {
    mutating func execute(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        guard let crown = meetings[m].crown, crown.ended == nil else { return }
        let term = meetings[m].term
        let due = meetings[m].commands
            .filter { $0.value.term == term && $0.value.stamp > crown.mark($0.writer) && isOfPart(m, $0) && mayCommand(m, $0) }
            .sorted { ($0.value.stamp, $0.writer) < ($1.value.stamp, $1.writer) }
        for command in due {
            guard meetings[m].crown?.ended == nil else { return }
            if let refusal = carryOut(command.value, m, at, &effects) {
                audit(m, at, .refused, command.value.target, by: command.value.by, refusal: refusal, &effects)
            }
            meetings[m].crown?.setMark(command.writer, command.value.stamp)
            meetings[m].touch()
        }
    }

    /// The command's chair did not break away from us, nor we from the chair.
    private func isOfPart(_ m: Int, _ command: Written<CommandRecord>) -> Bool {
        tree.slot(command.writer).map { separated(m, $0) == nil } ?? false
    }

    /// The part's chairs command, each by a record of its own home. A site of the node that started the meeting, or of the crown's own
    /// node, may end it or let it go on; so may those nodes' operators, in the node's own name.
    func mayCommand(_ m: Int, _ command: Written<CommandRecord>) -> Bool {
        guard let record = meetings[m].record, NodeIndex(of: command.value.by.node) == command.writer else { return false }
        if chairs(m).contains(command.value.by) { return true }
        let isOurs = command.writer == node && meetings[m].crown != nil
        return (command.value.verb == .end || command.value.verb == .goOn) && (command.writer == record.startedBy || isOurs)
    }

    private mutating func carryOut(
        _ command: CommandRecord, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> Refusal? {
        switch command.verb {
        case .give: return give(command, m, at, &effects)
        case .revoke: return revoke(command, m, at, &effects)
        case .muteAll:
            meetings[m].crown?.muteAll = command.stamp
            let acting = meetings[m].crown?.actingChair
            meetings[m].crown?.muteExcept = acting
            audit(m, at, .mutedAll, by: command.by, &effects)
        case .end:
            meetings[m].crown?.ended = at.wall
            audit(m, at, .ended, by: command.by, &effects)
        case .goOn:
            guard meetings[m].crown?.endedAbove != nil else { return .notEndedAbove }
            meetings[m].crown?.goesOn = true
            audit(m, at, .wentOn, by: command.by, &effects)
        }
        return nil
    }

    /// A waiting request goes to the front; a site without one is invited.
    private mutating func give(
        _ command: CommandRecord, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> Refusal? {
        let site = command.target
        guard let slot = meetings[m].plan?.slot(site) else { return .unknownSite }
        guard separated(m, slot) == nil else { return .notInMeeting }
        guard let request = meetings[m].liveRequest(of: site), decisionIsOpen(m, request.id) else {
            guard isPresent(m, site) else { return .notInMeeting }
            invite(m, site, at, &effects, by: command.by)
            return nil
        }
        if request.status == .granted || meetings[m].crown?.concerns(request.id) == true { return .alreadyRequested }
        decide(m, request.id, .accepted, by: command.by, at, &effects)
        audit(m, at, .accepted, site, by: command.by, request: request.id, &effects)
        return nil
    }

    private func decisionIsOpen(_ m: Int, _ request: RequestID) -> Bool {
        let status = decision(m, request)?.status
        return status == nil || status == .accepted
    }

    /// Takes the floor back, or denies a waiting request.
    private mutating func revoke(
        _ command: CommandRecord, _ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) -> Refusal? {
        let site = command.target
        if let home = meetings[m].plan?.slot(site), separated(m, home) != nil { return .notInMeeting }
        for slot in meetings[m].crown?.slots.indices ?? 0..<0 {
            guard case .leased(let grant)? = meetings[m].crown?.slots[slot], grant.request.site == site, !grant.revoked
            else { continue }
            decide(m, grant.request.id, .revoked, by: command.by, at, &effects)
            audit(m, at, .revoked, site, by: command.by, request: grant.request.id, lease: grant.name, &effects)
            startRevoke(m, slot, preempted: false, at, &effects)
            return nil
        }
        guard let request = meetings[m].liveRequest(of: site), decisionIsOpen(m, request.id) else { return .noRequest }
        for slot in meetings[m].crown?.slots.indices ?? 0..<0 {
            if case .offered(let offer)? = meetings[m].crown?.slots[slot], offer.request == request.id {
                meetings[m].crown?.slots[slot] = .free
            }
        }
        decide(m, request.id, .denied, by: command.by, at, &effects)
        audit(m, at, .denied, site, by: command.by, request: request.id, &effects)
        return nil
    }

    mutating func decide(
        _ m: Int, _ request: RequestID, _ status: RequestStatus, by: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) {
        let record = DecisionRecord(
            term: meetings[m].term, request: request, status: status, order: nextOrder(at), by: by, epoch: meetings[m].epoch)
        publish(m, .floor, .decision(request), .decision(record), at, &effects)
    }

    /// Asks a site's home to file a request.
    mutating func invite(
        _ m: Int, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect], by: SiteID? = nil
    ) {
        let record = InviteRecord(term: meetings[m].term, site: site, number: nextOrder(at))
        audit(m, at, .invited, site, by: by, &effects)
        publish(m, .floor, .invite(RecordKey.name(site)), .invite(record), at, &effects)
    }

    /// Grows over all crowns, since it is made of stamps.
    private mutating func nextOrder(_ at: Moment) -> UInt64 {
        let stamp = clock.tick(at.wall)
        return UInt64(clamping: stamp.milliseconds) << 20 | UInt64(min(stamp.counter, 0xF_FFFF))
    }

    /// Invitations that were answered, and decisions whose request is gone, leave.
    mutating func cleanInvites(_ m: Int, _ at: Moment, _ effects: inout [ConferenceEffect]) {
        for invite in meetings[m].invites where invite.writer == node {
            let isAnswered = (meetings[m].site(invite.value.site)?.inviteSeen ?? 0) >= invite.value.number
            if isAnswered || invite.value.term != meetings[m].term {
                publish(m, .floor, .invite(RecordKey.name(invite.value.site)), nil, at, &effects)
            }
        }
    }
}
