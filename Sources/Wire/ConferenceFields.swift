import Basics
import Conference
import SwiftProtobuf

// ConferenceRecord ↔ protobuf: to bytes.

extension PBValue {
    init(_ record: ConferenceRecord) {
        switch record {
        case .link(let r):
            link = .with {
                $0.neighbour = r.neighbour.rawValue
                $0.session = r.session
                $0.up = r.up
                $0.since = r.since.milliseconds
            }
        case .meeting(let r):
            meeting = .with {
                $0.definition = PBDefinition(r.definition)
                $0.term = PBStamp(r.term)
                $0.startedBy = r.startedBy.rawValue
            }
        case .request(let r): request = PBFloorRequest(r)
        case .command(let r):
            command = .with {
                $0.term = PBStamp(r.term)
                $0.stamp = PBStamp(r.stamp)
                $0.by = r.by.rawValue
                $0.verb = UInt32(r.verb.rawValue)
                $0.target = r.target.rawValue
                $0.epoch = r.epoch
            }
        case .floor(let r): floor = PBFloor(r)
        case .decision(let r):
            decision = .with {
                $0.term = PBStamp(r.term)
                $0.request = PBRequestID(r.request)
                $0.status = UInt32(r.status.rawValue)
                $0.order = r.order
                $0.by = r.by.rawValue
                $0.epoch = r.epoch
            }
        case .invite(let r):
            invite = .with {
                $0.term = PBStamp(r.term)
                $0.site = r.site.rawValue
                $0.number = r.number
            }
        case .apart(let r):
            apart = .with {
                $0.term = PBStamp(r.term)
                $0.since = r.since.milliseconds
                $0.by = r.by.rawValue
            }
        case .seat(let r): seat = PBSeat(r)
        case .answer(let r): answer = PBAnswer(r)
        case .site(let r): site = PBSite(r)
        case .attendance(let r):
            attendance = .with {
                $0.term = PBStamp(r.term)
                $0.site = r.site.rawValue
                $0.stays = r.stays.map { stay in
                    .with {
                        $0.joined = stay.joined.milliseconds
                        $0.left = stay.left.milliseconds
                    }
                }
            }
        case .vote(let r):
            vote = .with {
                $0.id = PBVoteID(r.id)
                $0.term = PBStamp(r.term)
                $0.by = r.by.rawValue
                $0.question = r.question
                if let time = r.closed { $0.closed = time.milliseconds }
            }
        case .ballot(let r):
            ballot = .with {
                $0.vote = PBVoteID(r.vote)
                $0.site = r.site.rawValue
                $0.agree = UInt32(clamping: r.ballot.agree)
                $0.disagree = UInt32(clamping: r.ballot.disagree)
                $0.abstain = UInt32(clamping: r.ballot.abstain)
                $0.cast = r.cast.milliseconds
            }
        case .stream(let r):
            stream = .with {
                $0.node = r.id.node.rawValue
                $0.incarnation = r.id.incarnation
                $0.counter = r.id.counter
                $0.ssrc = r.ssrc
                $0.kind = UInt32(r.kind.rawValue)
                $0.codec = UInt32(r.codec.rawValue)
                $0.site = r.site.rawValue
            }
        }
    }
}

extension PBDefinition {
    init(_ d: MeetingDefinition) {
        id = d.id.rawValue
        title = d.title
        kind = d.kind.rawValue
        chairs = d.chairs.map(\.rawValue)
        sites = d.sites.map(\.rawValue)
        videoCodec = UInt32(d.videoCodec.rawValue)
        openMicrophones = Int32(clamping: d.openMicrophones)
        floorSize = Int32(clamping: d.floorSize)
        audioRate = d.audioRate.bitsPerSecond
        videoRate = d.videoRate.bitsPerSecond
        loudspeakers = d.loudspeakers
    }
}

extension PBFloorRequest {
    init(_ r: RequestRecord) {
        id = PBRequestID(r.id)
        term = PBStamp(r.term)
        site = r.site.rawValue
        priority = UInt32(r.priority.rawValue)
        stamp = PBStamp(r.stamp)
        status = UInt32(r.status.rawValue)
        preempted = r.preempted
        invitation = r.invitation
        clockUnset = r.clockUnset
    }
}

extension PBFloor {
    init(_ r: FloorRecord) {
        term = PBStamp(r.term)
        epoch = r.epoch
        crown = r.crown.rawValue
        revision = r.revision
        grants = r.grants.map { grant in
            .with {
                $0.slot = UInt32(grant.slot)
                $0.name = PBLeaseName(grant.name)
                $0.request = PBRequestID(grant.request)
                $0.site = grant.site.rawValue
                $0.priority = UInt32(grant.priority.rawValue)
                $0.stamp = PBStamp(grant.stamp)
            }
        }
        if let chair = r.actingChair { actingChair = chair.rawValue }
        if let previous = r.previousSpeaker { previousSpeaker = previous.rawValue }
        if r.muteAll != .zero { muteAll = PBStamp(r.muteAll) }
        if let site = r.muteExcept { muteExcept = site.rawValue }
        executed = r.executed.map { mark in
            .with {
                $0.node = mark.node.rawValue
                $0.stamp = PBStamp(mark.stamp)
            }
        }
        if let time = r.ended { ended = time.milliseconds }
        if let time = r.endedAbove { endedAbove = time.milliseconds }
        goesOn = r.goesOn
        if let play = r.loudspeakers { loudspeakers = play }
    }
}

extension PBSeat {
    init(_ r: SeatRecord) {
        term = PBStamp(r.term)
        site = r.site.rawValue
        word = UInt32(r.word.rawValue)
        stamp = PBStamp(r.stamp)
        by = r.by.rawValue
    }
}

extension PBAnswer {
    init(_ r: AnswerRecord) {
        term = PBStamp(r.term)
        site = r.site.rawValue
        if r.seat != .zero { seat = PBStamp(r.seat) }
        accepts = r.accepts
    }
}

extension PBSite {
    init(_ r: SiteRecord) {
        term = PBStamp(r.term)
        site = r.site.rawValue
        joined = r.joined
        muted = r.muted
        hasVideo_p = r.hasVideo
        if let count = r.headCount { headCount = Int64(count) }
        joinedAt = r.joinedAt.milliseconds
        if r.muteSeen != .zero { muteSeen = PBStamp(r.muteSeen) }
        inviteSeen = r.inviteSeen
    }
}
