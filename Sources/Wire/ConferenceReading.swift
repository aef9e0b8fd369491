import Basics
import Conference
import SwiftProtobuf

// ConferenceRecord ↔ protobuf: from bytes. Numbers without a meaning make the record one that this version does not know.

extension ConferenceRecord {
    init?(_ value: PBValue) {
        switch value.kind {
        case .link(let m):
            self = .link(
                LinkRecord(
                    neighbour: NodeIndex(rawValue: m.neighbour), session: m.session, up: m.up,
                    since: WallTime(milliseconds: m.since)))
        case .meeting(let m):
            guard let definition = MeetingDefinition(m.definition) else { return nil }
            self = .meeting(
                MeetingRecord(definition: definition, term: m.term.value, startedBy: NodeIndex(rawValue: m.startedBy)))
        case .request(let m):
            guard let record = RequestRecord(m) else { return nil }
            self = .request(record)
        case .command(let m):
            guard let verb: CommandRecord.Verb = known(m.verb) else { return nil }
            self = .command(
                CommandRecord(
                    term: m.term.value, stamp: m.stamp.value, by: SiteID(m.by), verb: verb, target: SiteID(m.target),
                    epoch: m.epoch))
        case .floor(let m):
            guard let record = FloorRecord(m) else { return nil }
            self = .floor(record)
        case .decision(let m):
            guard let status: RequestStatus = known(m.status) else { return nil }
            self = .decision(
                DecisionRecord(
                    term: m.term.value, request: m.request.value, status: status, order: m.order, by: SiteID(m.by),
                    epoch: m.epoch))
        case .invite(let m): self = .invite(InviteRecord(term: m.term.value, site: SiteID(m.site), number: m.number))
        case .apart(let m):
            self = .apart(ApartRecord(term: m.term.value, since: WallTime(milliseconds: m.since), by: SiteID(m.by)))
        case .seat(let m):
            guard let word: SeatRecord.Word = known(m.word) else { return nil }
            self = .seat(
                SeatRecord(term: m.term.value, site: SiteID(m.site), word: word, stamp: m.stamp.value, by: SiteID(m.by)))
        case .answer(let m):
            self = .answer(AnswerRecord(term: m.term.value, site: SiteID(m.site), seat: m.seat.value, accepts: m.accepts))
        case .site(let m): self = .site(SiteRecord(m))
        case .attendance(let m):
            let stays = m.stays.prefix(AttendanceRecord.limit + 1).map {
                AttendanceRecord.Stay(joined: WallTime(milliseconds: $0.joined), left: WallTime(milliseconds: $0.left))
            }
            self = .attendance(AttendanceRecord(term: m.term.value, site: SiteID(m.site), stays: Array(stays)))
        case .vote(let m):
            self = .vote(
                VoteRecord(
                    id: m.id.value, term: m.term.value, by: SiteID(m.by), question: m.question,
                    closed: m.hasClosed ? WallTime(milliseconds: m.closed) : nil))
        case .ballot(let m):
            self = .ballot(
                BallotRecord(
                    vote: m.vote.value, site: SiteID(m.site),
                    ballot: Ballot(agree: Int(m.agree), disagree: Int(m.disagree), abstain: Int(m.abstain)),
                    cast: WallTime(milliseconds: m.cast)))
        case .stream(let m):
            guard let kind: MediaKind = known(m.kind), let codec: Codec = known(m.codec) else { return nil }
            self = .stream(
                StreamRecord(
                    id: StreamID(node: NodeIndex(rawValue: m.node), incarnation: m.incarnation, counter: m.counter),
                    ssrc: m.ssrc, kind: kind, codec: codec, site: SiteID(m.site)))
        case nil: return nil
        }
    }
}

extension MeetingDefinition {
    init?(_ m: PBDefinition) {
        guard let kind = MeetingKind(rawValue: m.kind), let codec: Codec = known(m.videoCodec) else { return nil }
        self.init(
            id: MeetingID(m.id), title: m.title, kind: kind, chairs: m.chairs.map { SiteID($0) },
            sites: m.sites.map { SiteID($0) }, videoCodec: codec, openMicrophones: Int(m.openMicrophones),
            floorSize: Int(m.floorSize), audioRate: Bitrate(bitsPerSecond: m.audioRate),
            videoRate: Bitrate(bitsPerSecond: m.videoRate), loudspeakers: m.loudspeakers)
    }
}

extension RequestRecord {
    init?(_ m: PBFloorRequest) {
        guard let priority: RequestPriority = known(m.priority), let status: RequestStatus = known(m.status) else { return nil }
        self.init(
            id: m.id.value, term: m.term.value, site: SiteID(m.site), priority: priority, stamp: m.stamp.value, status: status,
            preempted: m.preempted, invitation: m.invitation, clockUnset: m.clockUnset)
    }
}

extension FloorRecord {
    init?(_ m: PBFloor) {
        self.init(term: m.term.value, epoch: m.epoch, crown: NodeIndex(rawValue: m.crown), revision: m.revision)
        for g in m.grants {
            guard let slot = UInt8(exactly: g.slot), let priority: RequestPriority = known(g.priority) else { return nil }
            grants.append(
                GrantRecord(
                    slot: slot, name: g.name.value, request: g.request.value, site: SiteID(g.site), priority: priority,
                    stamp: g.stamp.value))
        }
        if m.hasActingChair { actingChair = SiteID(m.actingChair) }
        if m.hasPreviousSpeaker { previousSpeaker = SiteID(m.previousSpeaker) }
        muteAll = m.muteAll.value
        if m.hasMuteExcept { muteExcept = SiteID(m.muteExcept) }
        executed = m.executed.map { ExecutedMark(node: NodeIndex(rawValue: $0.node), stamp: $0.stamp.value) }
        if m.hasEnded { ended = WallTime(milliseconds: m.ended) }
        if m.hasEndedAbove { endedAbove = WallTime(milliseconds: m.endedAbove) }
        goesOn = m.goesOn
        if m.hasLoudspeakers { loudspeakers = m.loudspeakers }
    }
}

extension SiteRecord {
    init(_ m: PBSite) {
        self.init(
            term: m.term.value, site: SiteID(m.site), joined: m.joined, muted: m.muted, hasVideo: m.hasVideo_p,
            headCount: m.hasHeadCount ? Int(clamping: m.headCount) : nil, joinedAt: WallTime(milliseconds: m.joinedAt))
        muteSeen = m.muteSeen.value
        inviteSeen = m.inviteSeen
    }
}
