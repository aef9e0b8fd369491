import Basics
import Bridge
import Conference
import RTP

// What changed at a node is shown to those that look on.
extension World {
    /// Looks at a node after an event; `inspected` is the datagram that was its input, or −1.
    @inline(__always)
    func inspect(_ node: SimulatedNode, _ bridge: Bridge, _ boot: Instant) {
        let revision = bridge.floorRevision
        guard revision != node.revision else { return }
        node.revision = revision
        for m in meetings.indices {
            let revision = bridge.floorRevision(of: meetings[m].id)
            guard revision != node.revisions[m] else { continue }
            node.revisions[m] = revision
            let floor = bridge.floorSnapshot(of: meetings[m].id)
            if floor != node.floors[m] { floorChanged(node, m, to: floor) }
            guard let floor else { continue }
            measures.lookAtOwnRoster(node, bridge, m, self)
            if floor.runs { floorChecker.checkAdmitted(node, bridge, m) }
        }
        if !measures.rosterChanges.isEmpty { measures.look(at: node, bridge, self) }
    }

    func floorChanged(_ node: SimulatedNode, _ m: Int, to new: FloorSnapshot?) {
        let old = node.floors[m]
        node.floors[m] = new
        let change = FloorChange(node: node, meeting: m, old: old, new: new)
        if findings.keepsStory { tellFloor(node, m, old, new) }
        // What was filed with this input may hold a lease already.
        if let new, !node.hasLied { ledger.look(node, m, old, new) }
        if old?.homes != new?.homes {
            floorChecker.homesChanged(change)
            gatesChanged(change)
        }
        floorChecker.floorChanged(change)
        byzantine.floorChanged(change, node.bridge)
        if let new, new.acts, old?.acts != true { digest.note(now, .gate, UInt64(node.place), 1 << 32 | new.epoch) }
        if old?.uplink != new?.uplink || old?.children != new?.children || old?.acts != new?.acts { measures.attachmentChanged(m, self) }
    }

    /// Gates of a node's own sites opened, closed, or are open under another lease.
    private func gatesChanged(_ change: FloorChange) {
        let (node, m) = (change.node, change.meeting)
        for home in change.new?.homes ?? [] {
            let before = change.old?.homes.first { $0.site == home.site }
            guard before?.gateOpen != home.gateOpen || before?.gateLease != home.gateLease else { continue }
            digest.note(now, .gate, UInt64(node.place), home.gateOpen ? 1 : 0)
            findings.gate(now, meetings[m].id, home.site, home.gateOpen ? home.gateLease : nil)
        }
        measures.gates(m, open: floorChecker.openGates[m].count, of: meetings[m].definition.floorSize, now)
        measures.attachmentChanged(m, self)
        for home in change.old?.homes ?? [] where change.new?.homes.contains(where: { $0.site == home.site }) != true {
            findings.gate(now, meetings[m].id, home.site, nil)
        }
    }

    // MARK: Sound

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
        let (lastAt, lastHall) = (hall.ear.lastAt, hall.ear.lastHall)
        guard media.heard(frame, of: source, by: hall) else { return }
        measures.heard(after: now - frame.captured)
        if let lastAt, lastHall == frame.hall { measures.gap(from: lastAt, to: now, source) }
    }

    /// Equipment plays a mix.
    func heard(_ bytes: UnsafeRawBufferPointer, by equipment: Equipment) {
        guard let header = RTPHeader(bytes), let mix = MixedFrame(header.payloadBytes) else { return }
        measures.mixes += 1
        media.heard(mix, by: equipment)
    }
}
