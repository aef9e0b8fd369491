import Basics
import Bridge
import Conference
import Peer
import RTP

/// Sound, frame by frame: one copy per trunk (M1), nobody hears itself (M2), nothing through a closed gate (M3), protected zones (M4),
/// nothing back where it came from (M5), only attached edges (M6). The stand-in's cipher leaves payloads readable.
final class MediaChecker {
    private let sight: Sight
    private let findings: Findings
    /// By direction of a trunk.
    private var copies: [CopyWatch] = []
    private var closedGates: [ClosedGate: TokenBucket] = [:]
    /// Packets that a voice may be ahead of the news that its microphone is open.
    private static let ahead: Int64 = 50
    /// How often one packet crossed a trunk in a direction at most; nil: none did.
    private(set) var mostCopies: Int?

    init(_ sight: Sight, _ findings: Findings) {
        self.sight = sight
        self.findings = findings
    }

    private var now: Instant { sight.now }

    /// Whether a datagram is a packet of media; most are none, and the question is asked of all.
    @inline(__always)
    static func isMedia(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 12 && bytes[0] >> 6 == 2 && Demultiplexer.kind(of: bytes) == .rtp
    }

    /// A packet of media enters a line, whatever becomes of it there.
    func watchMedia(_ bytes: UnsafeRawBufferPointer, on l: Int) {
        guard let header = RTPHeader(bytes, encrypted: true), let number = header.transportSequence(id: 2) else { return }
        while copies.count <= l | 1 { copies.append(CopyWatch()) }
        let times = copies[l].note(ssrc: header.ssrc, sequence: header.sequence, number: number)
        mostCopies = max(mostCopies ?? 0, times)
        let line = { [sight] in
            let (from, to, _) = sight.ends(of: l)
            return "\(from.name) to \(to.name)"
        }
        if times > 1 { findings.violation("M1", now, "a stream crosses the trunk from \(line()) twice") }
        // The two directions of a trunk stand side by side.
        if copies[l ^ 1].holds(ssrc: header.ssrc, sequence: header.sequence) {
            findings.violation("M5", now, "a packet goes back on the trunk from \(line())")
        }
        let halls = sight.halls
        guard let frame = SpokenFrame(header.payloadBytes), Int(frame.hall) < halls.count else { return }
        let hall = halls[Int(frame.hall)]
        if hall.gate(frame.number) == false, isBeyond(hall, link: l) {
            findings.violation("M3", now, "sound of \(hall.site) crosses the trunk from \(line()) through a closed gate")
        }
        if !isAttached(hall.meeting, sending: l) {
            findings.violation(
                "M6", now, "sound of \(hall.site) crosses the trunk from \(line()), on which \(sight.meetings[hall.meeting].id) is not attached")
        }
        if let zone = sight.zone(of: l), !zoneHasMeeting(zone, hall, isUp: sight.ends(of: l).isUp) {
            findings.violation("M4", now, "sound of \(hall.site) crosses the protected trunk from \(line())")
        }
    }

    /// Sound of a closed gate is the fault of honest nodes. A liar's home sends it; others may pass on what ``VoiceGate`` lets through.
    private func isBeyond(_ hall: Hall, link l: Int) -> Bool {
        guard sight.nodes[hall.node].hasLied else { return true }
        guard sight.ends(of: l).from.place != hall.node else { return false }
        return closedGates[ClosedGate(link: l, hall: hall.number), default: TokenBucket(rate: 1, depth: 2 * MediaChecker.ahead)].take(1, now: now) == false
    }
    private struct ClosedGate: Hashable {
        let link: Int
        let hall: Int
    }

    /// As the sending end sees it: as it was looked at last, or now. After a pause a node handles an answer to its asking and the sound that
    /// waited behind it in one turn.
    private func isAttached(_ m: Int, sending l: Int) -> Bool {
        let (sender, receiver, isUp) = sight.ends(of: l)
        let other = receiver.index
        func carries(_ floor: FloorSnapshot?) -> Bool {
            isUp ? floor?.uplink?.neighbour == other : floor?.children.contains { $0.neighbour == other } == true
        }
        return carries(sender.floors[m]) || carries(sender.bridge?.floorSnapshot(of: sight.meetings[m].id))
    }

    /// Upward only the zone's own voices, downward only meetings that the zone takes part in.
    private func zoneHasMeeting(_ zone: String, _ hall: Hall, isUp: Bool) -> Bool {
        let network = sight.network
        if isUp { return network.zone(of: hall.node) == zone }
        return sight.meetings[hall.meeting].definition.sites.contains { site in
            network.slot(site: site).map { network.zone(of: $0) == zone } ?? false
        }
    }

    /// A hall hears a frame; false: it has heard that one already.
    func heard(_ frame: SpokenFrame, of source: Hall, by hall: Hall) -> Bool {
        if source.site == hall.site { findings.violation("M2", now, "\(hall.site) hears itself") }
        if source.meeting != hall.meeting {
            let meetings = sight.meetings
            findings.violation("M3", now, "\(hall.site) in \(meetings[hall.meeting].id) hears \(source.site) of \(meetings[source.meeting].id)")
        }
        if source.gate(frame.number) == false, !sight.nodes[source.node].hasLied {
            findings.violation("M3", now, "\(hall.site) hears \(source.site) through a closed gate")
        }
        guard hall.ear.note(frame, now: now) else {
            findings.violation("M1", now, "\(hall.site) hears a frame of \(source.site) twice")
            return false
        }
        return true
    }

    /// Equipment plays a mix.
    func heard(_ mix: MixedFrame, by equipment: Equipment) {
        guard let own = equipment.site else { return }
        let halls = sight.halls
        for voice in mix.voices {
            // Of more halls than a mix can tell apart, none is named wrongly.
            guard halls.count <= SimulatedCodecs.voices, Int(voice.voice) < halls.count, halls[Int(voice.voice)].site == own else { continue }
            findings.violation("M2", now, "the equipment of \(own) hears its own hall")
        }
    }
}
