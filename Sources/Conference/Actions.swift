import Basics
import Membership

// What pages and the shell ask for. The caller checked the pass; here the meeting's own rules are checked.
extension Conference {
    /// Carries out an action of a site of this node, or refuses it.
    ///
    /// `role`: that of the token, as the policy names it; nil: whatever anybody at the site's node may. A chair's command returns at once;
    /// the crown executes it, and may still refuse it (an audit row says so).
    public mutating func perform(
        _ action: ConferenceAction, site: SiteID, role: String? = nil, meeting id: MeetingID, now: Instant, wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        let who = Principal(site: site, node: NodeIndex(of: site.node), role: role)
        if case .start(let definition) = action { return try start(definition, by: who) }
        guard let meeting = find(id), meeting.record != nil, !meeting.hasEnded else { throw .unknownMeeting }
        if let refusal = refusal(of: action, by: who, meeting) { throw refusal }
        try meeting.perform(action, by: site)
        if meeting.followSeats() { updateScopes() }
        settle(meeting)
    }

    /// What the policy says; the meeting's own rules come after it.
    private func refusal(of action: ConferenceAction, by who: Principal, _ meeting: Meeting) -> Refusal? {
        guard let deed = action.deed else { return nil }
        if deed.object == .meeting { return who.node == node ? meeting.refusal(who, deed) : .notAllowed }
        var site = who.site ?? SiteID("")
        if case .answer(let hall, _) = action { site = hall }
        return refusal(who, deed, site: site, meeting: meeting.id)
    }

    /// A leg of one of our sites came up; within the grace after ``siteLeft(_:meeting:now:wall:into:)`` it goes on as before.
    public mutating func siteJoined(
        _ site: SiteID, meeting id: MeetingID, hasVideo: Bool, now: Instant, wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let meeting = find(id), let plan = meeting.plan, !meeting.hasEnded else { throw .unknownMeeting }
        guard plan.slot(site) == around.me else { throw plan.index(site) == nil ? .notInMeeting : .unknownSite }
        meeting.join(site, hasVideo: hasVideo)
        settle(meeting)
    }

    /// Its last leg went: after ``grace`` it counts as left. Said outright (`forGood`) it leaves at once.
    public mutating func siteLeft(
        _ site: SiteID, meeting id: MeetingID, forGood: Bool = false, now: Instant, wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let meeting = find(id), let h = meeting.homeIndex(site) else { return }
        meeting.homes[h].graceUntil = forGood ? now : now + Conference.grace
        settle(meeting)
    }

    /// A stream of one of our sites begins, or changed.
    public mutating func publishStream(
        _ stream: StreamRecord, meeting id: MeetingID, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let meeting = find(id), stream.id.node == node else { return }
        let key = RecordKey.stream(incarnation: stream.id.incarnation, counter: stream.id.counter)
        meeting.publish(.roster, key, .stream(stream))
        settle(meeting)
    }

    /// A stream of ours is over.
    public mutating func withdrawStream(
        _ stream: StreamID, meeting id: MeetingID, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        guard let meeting = find(id), stream.node == node else { return }
        let key = RecordKey.stream(incarnation: stream.incarnation, counter: stream.counter)
        meeting.publish(.roster, key, nil)
        settle(meeting)
    }

    // MARK: Inside

    private mutating func start(_ definition: MeetingDefinition, by who: Principal) throws(Refusal) {
        guard Conference.isName(definition.id) else { throw .unknownMeeting }
        guard !definition.sites.isEmpty, definition.sites.count <= Tables.siteLimit else { throw .unknownSite }
        guard (0...16).contains(definition.floorSize), definition.chairs.count <= 64 else { throw .notAllowed }
        for site in definition.sites where around.tree.slot(NodeIndex(of: site.node)) == nil { throw .unknownSite }
        let sorted = definition.sites.sorted()
        for chair in definition.chairs {
            let place = sorted.lowerBound { $0 < chair }
            guard place < sorted.count, sorted[place] == chair else { throw .unknownSite }
        }
        if let known = find(definition.id), known.record != nil, !known.hasEnded { throw .meetingExists }
        try convene(definition, by: who)
        let record = MeetingRecord(definition: definition, term: around.tick(), startedBy: node)
        guard around.coder.encode(.meeting(record)).count <= GossipLimits.signedValue else { throw .tooLarge }
        guard let meeting = findOrMake(definition.id, for: node) else { throw .notReady }
        publish(record, under: .meeting, of: meeting)
        meeting.audit(.started, by: who.site)
        settle(meeting)
    }

    /// Each site is one that the caller brings in, or may ask. A chair's own meetings are few; an operator's at its own node are not counted.
    private func convene(_ definition: MeetingDefinition, by who: Principal) throws(Refusal) {
        let policy = around.policy
        let (brings, asks) = (policy.reach(who, .convene, in: definition.id), policy.reach(who, .invite, in: definition.id))
        guard brings > .none else { throw .notAllowed }
        guard who.node == node || brings >= .subtree && around.liesBelow(node, who.node) else { throw .beyondReach }
        for site in definition.sites where !around.covers(brings, from: who.node, own: who.site, site) {
            // What others would take as brought in by this node must not be brought in by one who may only ask.
            let isTaken = policy.accept != .all && around.convenes(node, site, in: definition.id)
            guard around.covers(asks, from: who.node, own: who.site, site), !isTaken else { throw .beyondReach }
        }
        guard let role = who.role, policy.role(role)?.kind != .operator else { return }
        let own = running { $0.definedBy == node && $0.record?.startedBy == node }
        let mine = running { $0.definedBy == node && $0.declared?.definition.chairs.contains { $0 == who.site } == true }
        guard own < Conference.meetingsPerStarter, mine < Conference.meetingsPerChair else { throw .tooManyMeetings }
    }

    /// 1 to 48 bytes of letters, digits, `-`, `_` and `.`.
    static func isName(_ id: MeetingID) -> Bool {
        let bytes = id.rawValue.utf8
        return (1...48).contains(bytes.count)
            && bytes.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
                    || $0 == 0x5F || $0 == 0x2E
            }
    }
}

extension Meeting {
    func perform(_ action: ConferenceAction, by site: SiteID) throws(Refusal) {
        switch action {
        case .start: break
        case .requestFloor(let priority): try request(site, priority)
        case .withdraw:
            guard let h = homeIndex(site) else { throw .notInMeeting }
            guard liveRequest(of: site) != nil else { throw .noRequest }
            finishRequest(h, waiting: .cancelled, holding: .released)
        case .setMuted(let muted): try update(site) { $0.muted = muted }
        case .setHeadCount(let count): try update(site) { $0.headCount = max(0, min(count, 100_000)) }
        case .give(let target): try command(.give, on: target, by: site)
        case .revoke(let target): try command(.revoke, on: target, by: site)
        case .muteAll: try command(.muteAll, by: site)
        case .setLoudspeakers(let play): try command(play ? .loudspeakersOn : .loudspeakersOff, by: site)
        case .end: try command(.end, by: site)
        case .goOn:
            guard overlay?.endedAbove != nil else { throw .notEndedAbove }
            try command(.goOn, by: site)
        case .breakAway: try breakAway(site)
        case .rejoin: try rejoin(site)
        case .openVote(let question): try openVote(question, by: site)
        case .closeVote(let vote): try closeVote(vote, by: site)
        case .addSite(let other): try addSite(other, by: site)
        case .removeSite(let other): try removeSite(other, by: site)
        case .answer(let own, let accepts): try answer(own, accepts: accepts)
        case .cast(let ballot, let vote): try cast(ballot, on: vote, at: site)
        }
    }

    /// A leg of one of our sites came up.
    func join(_ site: SiteID, hasVideo: Bool) {
        if let h = homeIndex(site) { homes[h].graceUntil = nil } else { add(HomeSite(site: site)) }
        touch()
        var record =
            self.site(site)
            ?? SiteRecord(term: term, site: site, joined: false, muted: false, hasVideo: hasVideo, headCount: nil, joinedAt: wall)
        // A mute-all from before it joined does not concern it.
        if self.site(site) == nil { record.muteSeen = overlay?.muteAll ?? .zero }
        let isNew = !record.joined
        if isNew {
            record.joined = true
            record.joinedAt = wall
        }
        record.hasVideo = hasVideo
        if self.site(site) != record { publish(record) }
        if isNew { emit(.attendance(AttendanceRow(meeting: id, site: site, joined: wall, left: nil))) }
    }

    private func request(_ site: SiteID, _ priority: RequestPriority) throws(Refusal) {
        guard let definition = record?.definition, homeIndex(site) != nil else { throw .notInMeeting }
        let isEmergency = priority == .highest
        guard definition.kind != .resolutionStudy || isEmergency, definition.floorSize > 0 else { throw .requestsClosed }
        if isEmergency, let waiting = liveRequest(of: site), waiting.priority < .highest, waiting.status != .granted,
            let h = homeIndex(site)
        {
            finishRequest(h, waiting: .cancelled, holding: .released)
        }
        guard liveRequest(of: site) == nil else { throw .alreadyRequested }
        fileRequest(site, priority, invitation: 0)
    }

    private func update(_ site: SiteID, _ change: (inout SiteRecord) -> Void) throws(Refusal) {
        guard homeIndex(site) != nil, var record = self.site(site) else { throw .notInMeeting }
        let before = record
        change(&record)
        if record != before { publish(record) }
    }

    private func command(_ verb: CommandRecord.Verb, on target: SiteID? = nil, by site: SiteID) throws(Refusal) {
        let record = CommandRecord(
            term: term, stamp: around.tick(), by: site, verb: verb, target: target ?? SiteID(""), epoch: epoch)
        if let target {
            guard plan?.slot(target) != nil else { throw .unknownSite }
            let request = liveRequest(of: target)
            switch verb {
            case .revoke: if request == nil { throw .noRequest }
            case .give:
                if request?.status == .granted { throw .alreadyRequested }
                if request == nil, !isPresent(target) { throw .notInMeeting }
            case .muteAll, .end, .goOn, .loudspeakersOn, .loudspeakersOff: break
            }
        }
        publish(.floor, .command(record.stamp), .command(record))
    }
}
