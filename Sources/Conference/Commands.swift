import Basics

// The chair's commands, executed by the crown: once, and in the order of their stamps.
extension Meeting {
    func execute() {
        guard let crown, crown.ended == nil else { return }
        let term = self.term
        let due = tables.commands
            .filter { $0.value.term == term && $0.value.stamp > crown.mark($0.writer) && isOfPart($0) && mayCommand($0) }
            .sorted { ($0.value.stamp, $0.writer) < ($1.value.stamp, $1.writer) }
        for command in due {
            guard self.crown?.ended == nil else { return }
            if let refusal = carryOut(command.value) {
                audit(.refused, command.value.target, by: command.value.by, refusal: refusal)
            }
            self.crown?.setMark(command.writer, command.value.stamp)
            touch()
        }
    }

    /// The command's chair did not break away from us, nor we from the chair.
    private func isOfPart(_ command: Written<CommandRecord>) -> Bool {
        tree.slot(command.writer).map { separated($0) == nil } ?? false
    }

    /// A record of the command's own home, and one whom the policy lets do it: as it stands, the part's chairs; an end, and going on, also
    /// the node that started the meeting and the crown's own.
    func mayCommand(_ command: Written<CommandRecord>) -> Bool {
        may(Principal(writer: command.writer, for: command.value.by), command.value.verb.deed)
    }

    private func carryOut(_ command: CommandRecord) -> Refusal? {
        switch command.verb {
        case .give: return give(command)
        case .revoke: return revoke(command)
        case .muteAll:
            crown?.muteAll(command.stamp)
            audit(.mutedAll, by: command.by)
        case .loudspeakersOn, .loudspeakersOff:
            crown?.setLoudspeakers(command.verb == .loudspeakersOn)
            audit(command.verb == .loudspeakersOn ? .loudspeakersOn : .loudspeakersOff, by: command.by)
        case .end:
            crown?.end(wall)
            audit(.ended, by: command.by)
        case .goOn:
            guard crown?.endedAbove != nil else { return .notEndedAbove }
            crown?.goOn()
            audit(.wentOn, by: command.by)
        }
        return nil
    }

    /// A waiting request goes to the front; a site without one is invited.
    private func give(_ command: CommandRecord) -> Refusal? {
        let site = command.target
        guard let slot = plan?.slot(site) else { return .unknownSite }
        guard separated(slot) == nil else { return .notInMeeting }
        guard let request = liveRequest(of: site), decisionIsOpen(request.id) else {
            guard isPresent(site) else { return .notInMeeting }
            invite(site, by: command.by)
            return nil
        }
        if request.status == .granted || crown?.concerns(request.id) == true { return .alreadyRequested }
        decide(request.id, .accepted, by: command.by)
        audit(.accepted, site, by: command.by, request: request.id)
        return nil
    }

    private func decisionIsOpen(_ request: RequestID) -> Bool {
        let status = decision(request)?.status
        return status == nil || status == .accepted
    }

    /// Takes the floor back, or denies a waiting request.
    private func revoke(_ command: CommandRecord) -> Refusal? {
        let site = command.target
        if let home = plan?.slot(site), separated(home) != nil { return .notInMeeting }
        for slot in crown?.slots.indices ?? 0..<0 {
            guard case .leased(let grant)? = crown?.slots[slot], grant.request.site == site, !grant.revoked
            else { continue }
            decide(grant.request.id, .revoked, by: command.by)
            audit(.revoked, site, by: command.by, request: grant.request.id, lease: grant.name)
            startRevoke(slot, preempted: false)
            return nil
        }
        guard let request = liveRequest(of: site), decisionIsOpen(request.id) else { return .noRequest }
        for slot in crown?.slots.indices ?? 0..<0 {
            if case .offered(let offer)? = crown?.slots[slot], offer.request == request.id {
                crown?.free(slot)
            }
        }
        decide(request.id, .denied, by: command.by)
        audit(.denied, site, by: command.by, request: request.id)
        return nil
    }

    func decide(_ request: RequestID, _ status: RequestStatus, by: SiteID) {
        let record = DecisionRecord(
            term: term, request: request, status: status, order: nextOrder(), by: by, epoch: epoch)
        publish(.floor, .decision(request), .decision(record))
    }

    /// Asks a site's home to file a request.
    func invite(_ site: SiteID, by: SiteID? = nil) {
        let record = InviteRecord(term: term, site: site, number: nextOrder())
        audit(.invited, site, by: by)
        publish(.floor, .invite(RecordKey.name(site)), .invite(record))
    }

    /// Grows over all crowns, since it is made of stamps.
    private func nextOrder() -> UInt64 {
        let stamp = around.tick()
        return UInt64(clamping: stamp.milliseconds) << 20 | UInt64(min(stamp.counter, 0xF_FFFF))
    }

    /// Invitations that were answered, and decisions whose request is gone, leave.
    func cleanInvites() {
        for invite in tables.invites where invite.writer == node {
            let isAnswered = (site(invite.value.site)?.inviteSeen ?? 0) >= invite.value.number
            if isAnswered || invite.value.term != term {
                publish(.floor, .invite(RecordKey.name(invite.value.site)), nil)
            }
        }
    }
}
