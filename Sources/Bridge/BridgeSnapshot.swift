import Basics
import Conference
import Forwarding
import Membership
import Peer

/// A node at one moment: for its status page, metrics, traces and failing tests.
public struct BridgeSnapshot: Sendable {
    /// The node's id in the topology.
    public var node: String
    /// The counter of its incarnation: larger in every life.
    public var incarnation: UInt64
    public var uptime: Interval
    /// One to each declared neighbour, and those of the edition before that still are up or ready.
    public var trunks: [TrunkSnapshot]
    public var legs: [LegSnapshot]
    /// Those that run here, by id.
    public var meetings: [MeetingSnapshot]
    /// Datagrams and messages dropped before they reached a leg.
    public var strangers: [(reason: StrangerDrop, count: UInt64)]
    /// Records and floor messages that ``Conference`` did not take.
    public var conferenceDrops: UInt64
    /// Nodes that sign, as far as is known here, and nodes of which unsigned records were taken that ought to be signed.
    public var signingWriters: Int
    public var unsignedWriters: Int
    /// Signed records that were not kept with their proof, since their writer wrote too many.
    public var unkeptProofs: Int
    /// Records of this node that a limit kept from being written.
    public var refusedWrites: Int
    /// Hop messages and gossip datagrams of this node that were too long to be sent.
    public var unsendable: Int
    /// Decodes and encodes of all mixers.
    public var decodes: Int
    public var encodes: Int
    /// Every media packet at every stage of its way.
    public var media: MediaLedger
    /// Datagrams that ended inside a leg or trunk, those of closed ones among them.
    public var peerDrops: [(reason: PeerDropReason, count: UInt64)]
    /// What the halls of this node have for microphone and camera, in the order in which they come into question.
    public var sources: [SourceSnapshot]
    /// Work beside the loop, by kind.
    public var jobs: [JobSnapshot]
    /// The halls' stills, by site, and how old each is.
    public var stills: [(still: Still, age: Interval)]
    /// Withdrawn links that the node goes by, and words of others that withdraw one and were not taken.
    public var revocations: Int
    public var revocationsRefused: Int
}

/// The jobs of one kind.
public struct JobSnapshot: Sendable {
    public var kind: Job.Kind
    /// Begun, and without an answer so far.
    public var underWay: Int
    /// What became of the others, and of answers without a job.
    public var outcomes: [(outcome: JobOutcome, count: UInt64)]
}

/// One source of a hall: a page, an encoder, a decoder.
public struct SourceSnapshot: Hashable, Sendable {
    public var site: SiteID
    public var meeting: MeetingID
    public var kind: MediaKind
    /// `page 7` (the leg's number) or the device's id in the topology.
    public var name: String
    /// It is the hall's microphone (or camera) now.
    public var isChosen: Bool
    /// Packets of it that were its hall's sound (or picture).
    public var taken: UInt64
    /// Packets of it that were not, since another source was chosen.
    public var leftOut: UInt64
}

/// One trunk.
public struct TrunkSnapshot: Sendable {
    /// The neighbour's id in the topology.
    public var neighbour: String
    /// The neighbour stands above, as parent or backup.
    public var isParent: Bool
    /// A declared backup, seen from either end.
    public var isBackup: Bool
    /// A backup that both ends keep ready.
    public var isWarm: Bool
    /// Both ends hear each other, and the lower one takes this trunk as its uplink.
    public var isUp: Bool
    /// As gossip sees the edge.
    public var edge: EdgeState
    /// When it came up, became ready or fell last, by this node's wall clock.
    public var since: WallTime
    /// Smoothed, of the hellos; nil until measured.
    public var roundTrip: Interval?
    /// 0…1, over the last ten seconds.
    public var loss: Double
    /// Loss of what this node sends, as the neighbour says, 0…1.
    public var lossThere: Double
    /// Why the edge went down last; nil: it did not.
    public var lastDown: EdgeDownReason?
    /// The neighbour's wall clock less this node's, if both told one.
    public var clockAhead: Interval?
    /// The `version` of the topology that the neighbour runs; 0 before its first full hello.
    public var topologyVersion: UInt64
    /// The first 64 bits of that topology's hash.
    public var topologyHash: UInt64
    /// What this node sends over the trunk.
    public var sent: TrunkFlow
    public var received: TrunkFlow
    /// Counters of all that crossed the trunk, gossip included; nil for a child that has not dialled.
    public var counters: PeerCounters?
    public var gossip: Membership.EdgeCounters?
}

/// One direction of a trunk.
public struct TrunkFlow: Sendable {
    /// The rate of plain RTP over the last second.
    public var rate: Bitrate
    /// The most distinct streams in any 200 ms window of the trunk's present session.
    public var audioStreams: Int
    public var videoStreams: Int
    /// RTP packets of the trunk's present secure session, resends among them.
    public var packets: Int
    /// The bytes of these packets, as plain RTP.
    public var bytes: Int
    /// Numbers found missing; only known of what is received, 0 of what is sent.
    public var lost: Int
    /// Sent: packets sent again. Received: missing ones that came after they were asked for.
    public var repaired: Int
}

/// One page's leg.
public struct LegSnapshot: Sendable {
    public var id: UInt32
    public var pass: Pass
    /// Its secure session is established.
    public var isUp: Bool
    /// By the page's reports on a picture that it gets; nil before the first.
    public var roundTrip: Interval?
    public var counters: PeerCounters
    /// Lost and repaired on the way from the page.
    public var lost: Int
    /// Packets of the site's picture, whichever of its legs sends it; `lost` counts the same picture.
    public var repaired: Int
}

/// One meeting as this node sees it.
public struct MeetingSnapshot: Sendable {
    public var view: MeetingView
    /// Grants that this node noted since it started: all of them as the crown, else those to its own sites.
    public var grants: UInt64
    /// Denied requests and refused commands that it noted likewise.
    public var refusals: UInt64
    /// Equal on two nodes if both hold the same roster and floor.
    public var digest: UInt64
}

extension Bridge {
    /// What a node shows of itself.
    public func snapshot(now: Instant) -> BridgeSnapshot {
        let gossip = control.membership.snapshot
        return BridgeSnapshot(
            node: network.nodes[slot].id, incarnation: control.membership.incarnation.counter, uptime: now - started,
            trunks: trunkSnapshots(now: now),
            legs: media.legs.compactMap { $0.map(snapshot) },
            meetings: runningMeetings.map { view in
                let id = view.definition.id
                let counts = control.floorCounts[id] ?? (0, 0)
                return MeetingSnapshot(view: view, grants: counts.grants, refusals: counts.refusals, digest: rosterDigest(id))
            },
            strangers: StrangerDrop.allCases.map { ($0, media.drops[$0.rawValue]) }, conferenceDrops: control.conferenceDrops,
            signingWriters: gossip.signingWriters, unsignedWriters: gossip.unsignedWriters, unkeptProofs: control.proofs.refused,
            refusedWrites: gossip.refusedWrites, unsendable: gossip.unsendable,
            decodes: media.meetings.reduce(0) { $0 + ($1.mixer?.counters.decodes ?? 0) },
            encodes: media.meetings.reduce(0) { $0 + ($1.mixer?.counters.encodes ?? 0) }, media: media.ledger,
            peerDrops: countedPeerDrops(), sources: media.publications.flatMap(sources),
            jobs: Job.Kind.allCases.map { kind in
                JobSnapshot(kind: kind, underWay: media.jobs.underWay(kind), outcomes: JobOutcome.allCases.map { ($0, media.jobs.count(kind, $0)) })
            },
            stills: media.stills.list.map { ($0, now - $0.taken) }, revocations: control.revocations.entries.count,
            revocationsRefused: control.revocations.refused)
    }

    private func countedPeerDrops() -> [(reason: PeerDropReason, count: UInt64)] {
        let open = media.trunks.map(\.peer) + media.legs.map { $0?.peer }
        return PeerDrops.reasons.map { ($0, media.peerDrops.count($0, open: open)) }
    }

    private func sources(of publication: Publication) -> [SourceSnapshot] {
        MediaKind.allCases.flatMap { kind in
            let choice = publication.choice(kind)
            return choice.candidates.map { candidate in
                SourceSnapshot(
                    site: publication.site, meeting: publication.meeting, kind: kind, name: name(candidate.name),
                    isChosen: choice.chosen == candidate.name, taken: candidate.taken, leftOut: candidate.leftOut)
            }
        }
    }

    private func name(_ source: SourceName) -> String {
        switch source {
        case .leg(let i): "page \(media.legs[i]?.id ?? 0)"
        case .equipment(let e): media.equipment[e].declared.id
        }
    }

    /// The meetings that run here now, by id.
    public var runningMeetings: [MeetingView] {
        control.conference.meetingIDs.compactMap { id in control.conference.view(of: id).flatMap { $0.ended ? nil : $0 } }
    }

    /// A meeting as this node sees it; nil if it is not known here.
    public func view(of meeting: MeetingID) -> MeetingView? { control.conference.view(of: meeting) }

    /// The running meeting that a page of this pass belongs to.
    public func meeting(of pass: Pass) -> MeetingView? {
        if let id = pass.meeting {
            return control.conference.view(of: id).flatMap { $0.definition.sites.contains(pass.site) || pass.role == .operator ? $0 : nil }
        }
        return runningMeeting(of: pass).flatMap { control.conference.view(of: $0) }
    }

    /// The ballots of a vote that count here, by site, for checkers.
    public func ballots(_ meeting: MeetingID, on vote: VoteID) -> [VoteView.SiteBallot] { control.conference.ballots(meeting, on: vote) }

    /// Floor and roster of a meeting in one number: equal on two nodes exactly if both hold the same, as far as it was written by the
    /// nodes asked for.
    public func rosterDigest(_ meeting: MeetingID, by writers: (NodeIndex) -> Bool = { _ in true }) -> UInt64 {
        control.membership.digest(lane: .floor, scope: meeting, by: writers) ^ control.membership.digest(lane: .roster, scope: meeting, by: writers)
    }

    /// The trunks alone: one to each declared neighbour, and those of the edition before that still are up or ready.
    public func trunkSnapshots(now: Instant) -> [TrunkSnapshot] {
        let edges = control.membership.snapshot.edges
        return media.trunks.filter { !$0.isFree && (!$0.isFormer || $0.isUp || $0.isWarm) }.map { trunk in
            snapshot(of: trunk, edges.first { $0.neighbour == trunk.neighbour }, now: now)
        }
    }

    private func snapshot(of trunk: Trunk, _ edge: Membership.EdgeSnapshot?, now: Instant) -> TrunkSnapshot {
        let out = trunk.sender.meters
        let into = trunk.receiver.meters
        return TrunkSnapshot(
            neighbour: trunk.id, isParent: trunk.isParent, isBackup: trunk.isBackup,
            isWarm: trunk.isWarm, isUp: trunk.isUp, edge: edge?.state ?? .down,
            since: trunk.since, roundTrip: edge?.roundTrip, loss: edge?.loss ?? 0, lossThere: edge?.lossThere ?? 0, lastDown: edge?.lastDown,
            clockAhead: edge?.clockAhead, topologyVersion: edge?.topologyVersion ?? 0, topologyHash: edge?.topologyHash ?? 0,
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
    public var incarnation: UInt64 { control.membership.incarnation.counter }
    /// The trunk to the parent that this node takes, a backup if need be; nil at the root.
    public var uplink: (neighbour: String, isUp: Bool, loss: Double)? {
        guard let trunk = media.trunks.first(where: { $0.isParent && $0.isUp }) ?? media.trunks.first(where: \.isParent) else { return nil }
        return (trunk.id, trunk.isUp, control.membership.loss(trunk.neighbour))
    }
    /// Whose leg that is; nil if it is gone.
    public func owner(ofLeg id: UInt32) -> Pass? { media.legs.first { $0?.id == id }??.pass }
}
