import Basics
import Conference
import Forwarding
import Membership
import Peer

/// A node at one moment: for its status page, metrics, traces and failing tests.
public struct BridgeSnapshot: Sendable {
    public var node: String
    public var incarnation: UInt64
    public var uptime: Interval
    public var trunks: [TrunkSnapshot]
    public var legs: [LegSnapshot]
    public var meetings: [MeetingSnapshot]
    /// Datagrams and messages dropped before they reached a leg.
    public var strangers: [(reason: StrangerDrop, count: UInt64)]
    public var conferenceDrops: UInt64
    /// Decodes and encodes of all mixers.
    public var decodes: Int
    public var encodes: Int
}

/// One trunk.
public struct TrunkSnapshot: Sendable {
    public var neighbour: String
    /// The neighbour stands above, as parent or backup.
    public var isParent: Bool
    /// A declared backup, seen from either end.
    public var isBackup: Bool
    /// A backup that both ends keep ready.
    public var isWarm: Bool
    public var isUp: Bool
    /// As gossip sees the edge.
    public var edge: EdgeState
    public var since: WallTime
    public var roundTrip: Interval?
    /// 0…1, over the last ten seconds.
    public var loss: Double
    public var sent: TrunkFlow
    public var received: TrunkFlow
    public var counters: PeerCounters?
    public var gossip: Membership.EdgeCounters?
}

/// One direction of a trunk.
public struct TrunkFlow: Sendable {
    public var rate: Bitrate
    /// The most distinct streams in any 200 ms window of the trunk's present session.
    public var audioStreams: Int
    public var videoStreams: Int
    public var packets: Int
    public var bytes: Int
    public var lost: Int
    public var repaired: Int
}

/// One page's leg.
public struct LegSnapshot: Sendable {
    public var id: UInt32
    public var pass: Pass
    public var isUp: Bool
    public var roundTrip: Interval?
    public var counters: PeerCounters
    /// Lost and repaired on the way from the page.
    public var lost: Int
    public var repaired: Int
}

/// One meeting as this node sees it.
public struct MeetingSnapshot: Sendable {
    public var view: MeetingView
    public var grants: UInt64
    public var refusals: UInt64
    /// Equal on two nodes if both hold the same roster and floor.
    public var digest: UInt64
}

extension Bridge {
    /// What a node shows of itself.
    public func snapshot(now: Instant) -> BridgeSnapshot {
        let gossip = membership.snapshot
        return BridgeSnapshot(
            node: network.nodes[slot].id, incarnation: membership.incarnation.counter, uptime: now - started,
            trunks: trunks.filter { !$0.isFree && (!$0.isFormer || $0.isUp || $0.isWarm) }.map { trunk in
                snapshot(of: trunk, gossip.edges.first { $0.neighbour == trunk.neighbour }, now: now)
            },
            legs: legs.compactMap { $0.map(snapshot) },
            meetings: runningMeetings.map { view in
                let id = view.definition.id
                let counts = floorCounts[id] ?? (0, 0)
                return MeetingSnapshot(view: view, grants: counts.grants, refusals: counts.refusals, digest: rosterDigest(id))
            },
            strangers: StrangerDrop.allCases.map { ($0, drops[$0.rawValue]) }, conferenceDrops: conferenceDrops,
            decodes: meetings.reduce(0) { $0 + ($1.mixer?.counters.decodes ?? 0) },
            encodes: meetings.reduce(0) { $0 + ($1.mixer?.counters.encodes ?? 0) })
    }

    /// The meetings that run here now, by id.
    public var runningMeetings: [MeetingView] {
        conference.meetingIDs.compactMap { id in conference.view(of: id).flatMap { $0.ended ? nil : $0 } }
    }

    /// A meeting as this node sees it; nil if it is not known here.
    public func view(of meeting: MeetingID) -> MeetingView? { conference.view(of: meeting) }

    /// The running meeting that a page of this pass belongs to.
    public func meeting(of pass: Pass) -> MeetingView? {
        if let id = pass.meeting { return conference.view(of: id) }
        return runningMeetings.first { $0.definition.sites.contains(pass.site) }
    }

    /// The ballots of a vote that count here, by site, for checkers.
    public func ballots(_ meeting: MeetingID, on vote: VoteID) -> [VoteView.SiteBallot] { conference.ballots(meeting, on: vote) }

    /// Floor and roster of a meeting in one number: equal on two nodes exactly if both hold the same, as far as it was written by the
    /// nodes asked for.
    public func rosterDigest(_ meeting: MeetingID, by writers: (NodeIndex) -> Bool = { _ in true }) -> UInt64 {
        membership.digest(lane: .floor, scope: meeting, by: writers) ^ membership.digest(lane: .roster, scope: meeting, by: writers)
    }

    private func snapshot(of trunk: Trunk, _ edge: Membership.EdgeSnapshot?, now: Instant) -> TrunkSnapshot {
        let out = trunk.sender.meters
        let into = trunk.receiver.meters
        return TrunkSnapshot(
            neighbour: trunk.id, isParent: trunk.isParent, isBackup: trunk.isBackup,
            isWarm: trunk.isWarm, isUp: trunk.isUp, edge: edge?.state ?? .down,
            since: trunk.since, roundTrip: edge?.roundTrip, loss: edge?.loss ?? 0,
            sent: TrunkFlow(
                rate: out.rate(now: now), audioStreams: out.audio.maximum, videoStreams: out.video.maximum, packets: out.packets,
                bytes: out.bytes, lost: 0, repaired: trunk.sender.resent),
            received: TrunkFlow(
                rate: into.rate(now: now), audioStreams: into.audio.maximum, videoStreams: into.video.maximum, packets: into.packets,
                bytes: into.bytes, lost: trunk.receiver.lost, repaired: trunk.receiver.recovered),
            counters: trunk.peer?.counters, gossip: edge?.counters)
    }

    private func snapshot(_ leg: AccessLeg) -> LegSnapshot {
        LegSnapshot(
            id: leg.id, pass: leg.pass, isUp: leg.isUp, roundTrip: leg.video.compactMap { $0?.roundTrip }.first,
            counters: leg.peer.counters, lost: leg.publication?.video.map { $0.nack.lost } ?? 0,
            repaired: leg.publication?.video.map { $0.nack.recovered } ?? 0)
    }
}

extension Bridge {
    /// The life this node lives.
    public var incarnation: UInt64 { membership.incarnation.counter }
    /// The trunk to the parent that this node takes, a backup if need be; nil at the root.
    public var uplink: (neighbour: String, isUp: Bool, loss: Double)? {
        guard let trunk = trunks.first(where: { $0.isParent && $0.isUp }) ?? trunks.first(where: \.isParent) else { return nil }
        return (trunk.id, trunk.isUp, membership.loss(trunk.neighbour))
    }
    /// Whose leg that is; nil if it is gone.
    public func owner(ofLeg id: UInt32) -> Pass? { legs.first { $0?.id == id }??.pass }
}
