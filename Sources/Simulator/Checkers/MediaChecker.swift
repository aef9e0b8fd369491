import Basics
import Bridge
import Conference
import Peer
import RTP

// Sound, frame by frame: one copy per trunk (M1), nobody hears itself (M2), nothing through a closed gate (M3), protected zones
// (M4), only attached edges (M6). The stand-in's cipher leaves payloads readable.
extension World {
    /// A datagram enters a line, whatever becomes of it there.
    @inline(__always)
    func watch(_ bytes: UnsafeRawBufferPointer, on l: Int) {
        guard bytes.count > 12, bytes[0] >> 6 == 2, Demultiplexer.kind(of: bytes) == .rtp else { return }
        watchMedia(bytes, on: l)
    }

    private func watchMedia(_ bytes: UnsafeRawBufferPointer, on l: Int) {
        guard let header = RTPHeader(bytes, encrypted: true), let number = header.transportSequence(id: 2) else { return }
        let copies = links[l].copies.note(ssrc: header.ssrc, sequence: header.sequence, number: number)
        measures.copies = max(measures.copies ?? 0, copies)
        let line = { [self] in "\(nodes[Int(links[l].from)].name) to \(nodes[Int(links[l].to)].name)" }
        if copies > 1 { findings.violation("M1", now, "a stream crosses the trunk from \(line()) twice") }
        // The two directions of a trunk stand side by side.
        if links[l ^ 1].copies.holds(ssrc: header.ssrc, sequence: header.sequence) {
            findings.violation("M5", now, "a packet goes back on the trunk from \(line())")
        }
        guard let frame = SpokenFrame(header.payloadBytes), Int(frame.hall) < halls.count else { return }
        let hall = halls[Int(frame.hall)]
        if hall.gate(frame.number) == false {
            findings.violation("M3", now, "sound of \(hall.site) crosses the trunk from \(line()) through a closed gate")
        }
        if !isAttached(hall.meeting, sending: l) {
            findings.violation("M6", now, "sound of \(hall.site) crosses the trunk from \(line()), on which \(meetings[hall.meeting].id) is not attached")
        }
        if let zone = zones[l], !zoneHasMeeting(zone, hall, isUp: links[l].isUp) {
            findings.violation("M4", now, "sound of \(hall.site) crosses the protected trunk from \(line())")
        }
    }

    /// As the sending end sees it: as it was looked at last, or now. After a pause a node handles an answer to its asking and the sound that
    /// waited behind it in one turn.
    private func isAttached(_ m: Int, sending l: Int) -> Bool {
        let sender = nodes[Int(links[l].from)]
        let other = nodes[Int(links[l].to)].index
        let isUp = links[l].isUp
        func carries(_ floor: FloorSnapshot?) -> Bool {
            isUp ? floor?.uplink?.neighbour == other : floor?.children.contains { $0.neighbour == other } == true
        }
        return carries(sender.floors[m]) || carries(sender.bridge?.floorSnapshot(of: meetings[m].id))
    }

    /// Upward only the zone's own voices, downward only meetings that the zone takes part in.
    private func zoneHasMeeting(_ zone: String, _ hall: Hall, isUp: Bool) -> Bool {
        if isUp { return scenario.network.zone(of: hall.node) == zone }
        return meetings[hall.meeting].definition.sites.contains { site in
            scenario.network.slot(site: site).map { scenario.network.zone(of: $0) == zone } ?? false
        }
    }

    /// The frame of a node's own hall has reached it, and this is what the node made of it: a lease that ran out while it stood still
    /// may have been followed by another one just before.
    func noteGate(_ node: SimulatedNode, _ bridge: Bridge, _ datagram: DatagramPool.Datagram, _ boot: Instant) {
        let hall = halls[Int(datagram.from) - nodes.count]
        let isKnown = bridge.floorRevision == node.revision
        let floor = isKnown ? node.floors[hall.meeting] : bridge.floorSnapshot(of: meetings[hall.meeting].id)
        let home = floor?.homes.first { $0.site == hall.site }
        var open = home?.gateOpen ?? false
        // An acting chair's gate needs no lease; any other is open as long as its lease lives by the node's clock.
        if open, home?.gateLease != nil, let lease = home?.lease, lease.until <= boot { open = false }
        hall.noteGate(datagram.frame, open: open)
    }

    /// A hall hears a frame.
    func heard(_ frame: SpokenFrame, by hall: Hall) {
        guard Int(frame.hall) < halls.count else { return }
        let source = halls[Int(frame.hall)]
        if source.site == hall.site { findings.violation("M2", now, "\(hall.site) hears itself") }
        if source.meeting != hall.meeting {
            findings.violation("M3", now, "\(hall.site) in \(meetings[hall.meeting].id) hears \(source.site) of \(meetings[source.meeting].id)")
        }
        if source.gate(frame.number) == false {
            findings.violation("M3", now, "\(hall.site) hears \(source.site) through a closed gate")
        }
        let (lastAt, lastHall) = (hall.ear.lastAt, hall.ear.lastHall)
        guard hall.ear.note(frame, now: now) else {
            return findings.violation("M1", now, "\(hall.site) hears a frame of \(source.site) twice")
        }
        measures.heard(after: now - frame.captured)
        if let lastAt, lastHall == frame.hall { measures.gap(from: lastAt, to: now, source) }
    }

    /// Equipment plays a mix.
    func heard(_ bytes: UnsafeRawBufferPointer, by equipment: Equipment) {
        guard let header = RTPHeader(bytes), let mix = MixedFrame(header.payloadBytes) else { return }
        measures.mixes += 1
        guard let own = equipment.site else { return }
        for voice in mix.voices {
            // Of more halls than a mix can tell apart, none is named wrongly.
            guard halls.count <= SimulatedCodecs.voices, Int(voice.voice) < halls.count, halls[Int(voice.voice)].site == own else { continue }
            findings.violation("M2", now, "the equipment of \(own) hears its own hall")
        }
    }
}
