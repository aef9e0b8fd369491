import Basics
import Bridge
import Conference
import Console

extension NodeStatus {
    /// The status page's words for a snapshot.
    init(_ snapshot: BridgeSnapshot, name: String, topologyHash: String) {
        self.init(
            node: snapshot.node, name: name, incarnation: snapshot.incarnation, topologyHash: topologyHash,
            uptimeSeconds: snapshot.uptime.seconds, version: BridgeService.version)
        trunks = snapshot.trunks.map { trunk in
            var row = Trunk(
                neighbour: trunk.neighbour, direction: trunk.isParent ? "up" : "down", state: trunk.isUp ? "up" : trunk.isWarm ? "warm" : "\(trunk.edge)",
                since: trunk.since.milliseconds, roundTripMilliseconds: trunk.roundTrip.map { $0.seconds * 1_000 }, loss: trunk.loss)
            row.backup = trunk.isBackup
            row.topologyVersion = trunk.topologyVersion == 0 ? nil : trunk.topologyVersion
            row.clockAheadMilliseconds = trunk.clockAhead?.milliseconds
            row.lossThere = trunk.lossThere
            row.lastDown = trunk.lastDown.map { "\($0)" }
            row.sent = Flow(trunk.sent)
            row.received = Flow(trunk.received)
            return row
        }
        legs = snapshot.legs.map { leg in
            var row = Leg(
                id: leg.id, site: leg.pass.site.rawValue, role: leg.pass.role.rawValue, state: leg.isUp ? "up" : "connecting",
                roundTripMilliseconds: leg.roundTrip.map { $0.seconds * 1_000 })
            row.link = leg.pass.token.isEmpty ? nil : leg.pass.token
            row.sent.packets = leg.counters.rtpOut
            row.sent.bytes = leg.counters.bytesOut
            row.received.packets = leg.counters.rtpIn
            row.received.bytes = leg.counters.bytesIn
            row.received.lost = UInt64(max(0, leg.lost))
            row.received.repaired = UInt64(max(0, leg.repaired))
            return row
        }
        meetings = snapshot.meetings.map { meeting in
            let view = meeting.view
            return Meeting(
                id: view.definition.id.rawValue, title: view.definition.title, crown: view.crown, speaker: view.speaker?.rawValue,
                queue: view.queue.map(\.site.rawValue), present: view.sites.filter { $0.presence == .present }.map(\.id.rawValue),
                cutOff: view.sites.filter(\.isCutOff).map(\.id.rawValue), siteCount: view.sites.count, grants: meeting.grants,
                refusals: meeting.refusals, rosterDigest: String(meeting.digest, radix: 16))
        }
        refused = Dictionary(uniqueKeysWithValues: snapshot.strangers.filter { $0.count > 0 }.map { ("\($0.reason)", $0.count) })
        if snapshot.conferenceDrops > 0 { refused["conference"] = snapshot.conferenceDrops }
        let forged = snapshot.trunks.reduce(0) { $0 + ($1.gossip?.forged ?? 0) }
        if forged > 0 { refused["forged-records"] = UInt64(forged) }
        let unproven = snapshot.trunks.reduce(0) { $0 + ($1.gossip?.unproven ?? 0) }
        if unproven > 0 { refused["unproven-lives"] = UInt64(unproven) }
        writers = Writers(signing: snapshot.signingWriters, unsigned: snapshot.unsignedWriters)
        tellMedia(snapshot)
    }
}

extension NodeStatus.Flow {
    init(_ flow: TrunkFlow) {
        self.init()
        kbps = flow.rate.kbps
        audioStreams = flow.audioStreams
        videoStreams = flow.videoStreams
        packets = UInt64(flow.packets)
        bytes = UInt64(flow.bytes)
        lost = UInt64(max(0, flow.lost))
        repaired = UInt64(max(0, flow.repaired))
    }
}

extension SiteView {
    fileprivate var isCutOff: Bool { if case .cutOff = presence { true } else { false } }
}
