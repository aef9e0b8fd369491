import Basics
import Membership

// What pages and the shell ask for. The caller checked the pass; here the meeting's own rules are checked.
extension Conference {
    /// Carries out an action of a site of this node, or refuses it.
    ///
    /// A chair's command returns at once; the crown executes it, and may still refuse it (an audit row says so). `convenesAll`: an
    /// operator asks, who may start a meeting of any sites; a chair convenes those at or below its own node.
    public mutating func perform(
        _ action: ConferenceAction, site: SiteID, meeting id: MeetingID, convenesAll: Bool = false, now: Instant, wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        let at = begin(now, wall)
        if case .start(let definition) = action {
            try start(definition, by: site, convenesAll: convenesAll, at, &effects)
            return
        }
        guard let m = meetingIndex(id), let definition = meetings[m].record?.definition, !hasEnded(m) else {
            throw .unknownMeeting
        }
        switch action {
        case .start: break
        case .requestFloor(let priority): try request(m, site, priority, definition, at, &effects)
        case .withdraw:
            guard let h = meetings[m].homeIndex(site) else { throw .notInMeeting }
            guard meetings[m].liveRequest(of: site) != nil else { throw .noRequest }
            finishRequest(m, h, waiting: .cancelled, holding: .released, at, &effects)
        case .setMuted(let muted):
            try update(m, site, at, &effects) { $0.muted = muted }
        case .setHeadCount(let count):
            try update(m, site, at, &effects) { $0.headCount = max(0, min(count, 100_000)) }
        case .give(let target):
            try command(m, .give, target, site, definition, at, &effects)
        case .revoke(let target):
            try command(m, .revoke, target, site, definition, at, &effects)
        case .muteAll: try command(m, .muteAll, nil, site, definition, at, &effects)
        case .end: try command(m, .end, nil, site, definition, at, &effects)
        case .goOn:
            guard overlay(m)?.endedAbove != nil else { throw .notEndedAbove }
            try command(m, .goOn, nil, site, definition, at, &effects)
        case .breakAway: try breakAway(m, site, at, &effects)
        case .rejoin: try rejoin(m, site, at, &effects)
        case .openVote(let question): try openVote(m, question, site, at, &effects)
        case .closeVote(let vote): try closeVote(m, vote, site, at, &effects)
        case .cast(let ballot, let vote): try cast(ballot, on: vote, m, site, at, &effects)
        }
        settle(m, at, &effects)
    }

    /// A leg of one of our sites came up; within the grace after ``siteLeft(_:meeting:now:wall:into:)`` it goes on as before.
    public mutating func siteJoined(
        _ site: SiteID, meeting id: MeetingID, hasVideo: Bool, now: Instant, wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        let at = begin(now, wall)
        guard let m = meetingIndex(id), let plan = meetings[m].plan, !hasEnded(m) else { throw .unknownMeeting }
        guard plan.slot(site) == me else { throw plan.index(site) == nil ? .notInMeeting : .unknownSite }
        if let h = meetings[m].homeIndex(site) {
            meetings[m].homes[h].graceUntil = nil
        } else {
            meetings[m].homes.append(HomeSite(site: site))
            meetings[m].homes.sort { $0.site < $1.site }
        }
        meetings[m].touch()
        var record =
            meetings[m].site(site)
            ?? SiteRecord(
                term: meetings[m].term, site: site, joined: false, muted: false, hasVideo: hasVideo, headCount: nil, joinedAt: wall)
        // A mute-all from before it joined does not concern it.
        if meetings[m].site(site) == nil { record.muteSeen = overlay(m)?.muteAll ?? .zero }
        let isNew = !record.joined
        if isNew {
            record.joined = true
            record.joinedAt = wall
        }
        record.hasVideo = hasVideo
        if meetings[m].site(site) != record {
            publish(m, .roster, .site(RecordKey.name(site)), .site(record), at, &effects)
        }
        if isNew { effects.append(.attendance(AttendanceRow(meeting: id, site: site, joined: wall, left: nil))) }
        settle(m, at, &effects)
    }

    /// Its last leg went: after ``grace`` it counts as left. Said outright (`forGood`) it leaves at once.
    public mutating func siteLeft(
        _ site: SiteID, meeting id: MeetingID, forGood: Bool = false, now: Instant, wall: WallTime,
        into effects: inout [ConferenceEffect]
    ) {
        let at = begin(now, wall)
        guard let m = meetingIndex(id), let h = meetings[m].homeIndex(site) else { return }
        meetings[m].homes[h].graceUntil = forGood ? now : now + Conference.grace
        settle(m, at, &effects)
    }

    /// A stream of one of our sites begins, or changed.
    public mutating func publishStream(
        _ stream: StreamRecord, meeting id: MeetingID, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        let at = begin(now, wall)
        guard let m = meetingIndex(id), stream.id.node == node else { return }
        let key = RecordKey.stream(incarnation: stream.id.incarnation, counter: stream.id.counter)
        publish(m, .roster, key, .stream(stream), at, &effects)
        settle(m, at, &effects)
    }

    /// A stream of ours is over.
    public mutating func withdrawStream(
        _ stream: StreamID, meeting id: MeetingID, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        let at = begin(now, wall)
        guard let m = meetingIndex(id), stream.node == node else { return }
        let key = RecordKey.stream(incarnation: stream.incarnation, counter: stream.counter)
        publish(m, .roster, key, nil, at, &effects)
        settle(m, at, &effects)
    }

    // MARK: Inside

    private mutating func start(
        _ definition: MeetingDefinition, by site: SiteID, convenesAll: Bool, _ at: Moment, _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        guard Conference.isName(definition.id) else { throw .unknownMeeting }
        guard !definition.sites.isEmpty, definition.sites.count <= MeetingState.siteLimit else { throw .unknownSite }
        guard (0...16).contains(definition.floorSize), definition.chairs.count <= 64 else { throw .notAllowed }
        for site in definition.sites where tree.slot(NodeIndex(of: site.node)) == nil { throw .unknownSite }
        let sorted = definition.sites.sorted()
        for chair in definition.chairs {
            let place = sorted.lowerBound { $0 < chair }
            guard place < sorted.count, sorted[place] == chair else { throw .unknownSite }
        }
        if let m = meetingIndex(definition.id), meetings[m].record != nil, !hasEnded(m) { throw .meetingExists }
        if !convenesAll { try convene(definition, by: site) }
        let record = MeetingRecord(definition: definition, term: clock.tick(at.wall), startedBy: node)
        guard coder.encode(.meeting(record)).count <= GossipLimits.value else { throw .tooLarge }
        guard let m = meetingIndex(making: definition.id, for: node, &effects) else { throw .notReady }
        publish(m, .floor, .meeting, .meeting(record), at, &effects)
        audit(m, at, .started, by: site, &effects)
        settle(m, at, &effects)
    }

    /// A chair's own meetings are few, and of sites at or below its own node.
    private func convene(_ definition: MeetingDefinition, by chair: SiteID) throws(Refusal) {
        guard let top = tree.slot(NodeIndex(of: chair.node)) else { throw .unknownSite }
        for site in definition.sites {
            guard let home = tree.slot(NodeIndex(of: site.node)), tree.contains(top, home) else { throw .beyondReach }
        }
        let own = running { $0.definedBy == node && $0.record?.startedBy == node }
        let mine = running { $0.definedBy == node && $0.record?.definition.chairs.contains(chair) == true }
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

    private mutating func request(
        _ m: Int, _ site: SiteID, _ priority: RequestPriority, _ definition: MeetingDefinition, _ at: Moment,
        _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        guard meetings[m].homeIndex(site) != nil else { throw .notInMeeting }
        let isEmergency = priority == .highest
        guard definition.kind != .resolutionStudy || isEmergency, definition.floorSize > 0 else { throw .requestsClosed }
        guard !isEmergency || chairs(m).contains(site) else { throw .notAllowed }
        if isEmergency, let waiting = meetings[m].liveRequest(of: site), waiting.priority < .highest, waiting.status != .granted,
            let h = meetings[m].homeIndex(site)
        {
            finishRequest(m, h, waiting: .cancelled, holding: .released, at, &effects)
        }
        guard meetings[m].liveRequest(of: site) == nil else { throw .alreadyRequested }
        fileRequest(m, site, priority, invitation: 0, at, &effects)
    }

    private mutating func update(
        _ m: Int, _ site: SiteID, _ at: Moment, _ effects: inout [ConferenceEffect], _ change: (inout SiteRecord) -> Void
    ) throws(Refusal) {
        guard meetings[m].homeIndex(site) != nil, var record = meetings[m].site(site) else { throw .notInMeeting }
        let before = record
        change(&record)
        if record != before { publish(m, .roster, .site(RecordKey.name(site)), .site(record), at, &effects) }
    }

    private mutating func command(
        _ m: Int, _ verb: CommandRecord.Verb, _ target: SiteID?, _ site: SiteID, _ definition: MeetingDefinition,
        _ at: Moment, _ effects: inout [ConferenceEffect]
    ) throws(Refusal) {
        let record = CommandRecord(
            term: meetings[m].term, stamp: clock.tick(at.wall), by: site, verb: verb, target: target ?? SiteID(""),
            epoch: meetings[m].epoch)
        let written = Written(writer: node, value: record)
        guard mayCommand(m, written) else { throw .notAllowed }
        if let target {
            guard meetings[m].plan?.slot(target) != nil else { throw .unknownSite }
            let request = meetings[m].liveRequest(of: target)
            switch verb {
            case .revoke: if request == nil { throw .noRequest }
            case .give:
                if request?.status == .granted { throw .alreadyRequested }
                if request == nil, !isPresent(m, target) { throw .notInMeeting }
            case .muteAll, .end, .goOn: break
            }
        }
        publish(m, .floor, .command(record.stamp), .command(record), at, &effects)
    }
}
