import Basics
import Forwarding
import Mixing
import Peer
import RTP

// The way of a media packet through this node, in the order of this file. Each stage counts what came and, by reason, what ended
// there (`MediaLedger`); nothing here allocates after warm-up.
//
//   page, equipment ─▶ source ─▶ ingress ─▶ gate ─┐                          ┌▶ trunks
//   neighbour ───────▶ trunk ──▶ identify ────────┴▶ share ─▶ choice ─▶ forward ─▶ pages, equipment
//                                                                            └▶ mixer ─▶ `Mixes.swift`
//
// Before: `Bridge.receive` finds the owner of a datagram's address, whose `Peer` decrypts it. Twice the owner of all of this is asked for a
// value, by an answer that is not nil: at `source` when a stream goes over to another source, and at `identify` when a stream of the roster has
// no place here yet. It then goes on with the same packet.
extension Media {
    // MARK: source

    /// A hall's packet whose source takes over with it: its stream goes over first, then the packet is ``number(_:now:)``ed.
    struct Turn {
        let header: RTPHeader
        let kind: MediaKind
        let publication: Publication
    }

    /// A decrypted RTP packet of a page.
    func receiveMedia(_ packet: UnsafeRawBufferPointer, onLeg i: Int, _ leg: AccessLeg, now: Instant) -> Turn? {
        ledger.enter(.source)
        guard let header = RTPHeader(packet) else { return drop(.source, .malformed) }
        guard let slot = leg.peer.media?.receiving(payloadType: header.payloadType) else { return drop(.source, .payloadType) }
        guard let publication = leg.publication else { return drop(.source, .mayNotSend) }
        return receive(header, slot.kind, from: .leg(i), of: publication, now: now)
    }

    /// A packet of one of the hall's sources: only the chosen microphone or camera goes on.
    func receive(_ header: RTPHeader, _ kind: MediaKind, from source: SourceName, of publication: Publication, now: Instant) -> Turn? {
        switch publication.hear(source, kind, now: now) {
        case .taken:
            number(Turn(header: header, kind: kind, publication: publication), now: now)
            return nil
        case .takesOver: return Turn(header: header, kind: kind, publication: publication)
        case .notChosen: return drop(.source, .notChosen)
        }
    }

    private func drop(_ stage: MediaStage, _ reason: MediaDrop) -> Turn? {
        ledger.drop(stage, reason)
        return nil
    }

    // MARK: ingress

    /// The packet gets its stream's own numbers.
    func number(_ turn: Turn, now: Instant) {
        let (kind, publication) = (turn.kind, turn.publication)
        ledger.enter(.ingress)
        switch publication.number(turn.header, kind, now: now) {
        case .packet(let packet):
            if publication.misses(kind) { timers.hurry() }
            if kind == .audio { return passGate(packet, of: publication, now: now) }
            guard publication.showsPicture(packet) else { return ledger.drop(.ingress, .awaitsKeyFrame) }
            if let frame = publication.keyFrame(with: packet, now: now) {
                makeStill(of: publication, packet.codec, frame, now: now)
            }
            pass(packet, from: InterestTable.local, now: now)
        case .drop(let reason): ledger.drop(.ingress, MediaDrop(reason))
        case nil: ledger.drop(.ingress, .unknownStream)
        }
    }

    // MARK: gate

    private func passGate(_ packet: MediaPacket, of publication: Publication, now: Instant) {
        ledger.enter(.gate)
        guard publication.gateOpen || !rules.contains(.gate) else { return ledger.drop(.gate, .closedGate) }
        pass(packet, from: InterestTable.local, now: now)
    }

    // MARK: trunk, identify

    /// A decrypted RTP packet of a neighbour; the packet itself, if its stream has no place here yet.
    func receiveMedia(_ bytes: UnsafeRawBufferPointer, on t: Int, now: Instant) -> MediaPacket? {
        ledger.enter(.trunk)
        let packet: MediaPacket
        switch trunks[t].receiver.receive(bytes, now: now) {
        case .packet(let received): packet = received
        case .drop(let reason):
            ledger.drop(MediaStage.trunk, MediaDrop(reason))
            return nil
        }
        if trunks[t].receiver.deadline != nil { timers.hurry() }
        ledger.enter(.identify)
        guard let stream = streamBySSRC[packet.ssrc] else { return packet }
        identify(packet, as: stream, from: t, now: now)
        return nil
    }

    /// The packet is of the stream in that place; nil: of none that the roster has.
    func identify(_ packet: MediaPacket, as stream: Int?, from t: Int, now: Instant) {
        guard let stream else { return ledger.drop(.identify, .unknownStream) }
        guard interests.home(ofStream: stream) == t else { return ledger.drop(.identify, .wrongEdge) }
        guard packet.kind == .video || streams[stream]?.hasPassed(packet.sequence, from: t, now: now) == false else {
            return ledger.drop(.identify, .duplicate)
        }
        var packet = packet
        packet.stream = stream
        pass(packet, from: t, now: now)
    }

    // MARK: share, choice

    /// From here on a packet of a page, a device or a neighbour is treated alike. `edge` is where it came from.
    private func pass(_ packet: MediaPacket, from edge: Int, now: Instant) {
        ledger.enter(.share)
        if packet.kind == .video, packet.startsKeyFrame { streams[packet.stream]?.keyFrames.keyFrame() }
        if streams[packet.stream]?.notePacket(now: now) == true { timers.hurry() }
        // Fields one by one: a copy of the stream costs more than sending the packet.
        guard let meeting = streams[packet.stream]?.meeting else { return ledger.drop(.share, .unknownStream) }
        guard streams[packet.stream]?.share.admits(packet.payload.count, now: now) == true else { return ledger.drop(.share, .overRate) }
        if packet.kind == .audio, edge >= 0, streams[packet.stream]?.gate.admits(now: now) != true { return ledger.drop(.share, .closedGate) }
        ledger.enter(.choice)
        var up = true
        var down = true
        if packet.kind == .audio, meetings[meeting].choice.isLimited, edge < 0 || !trunks[edge].isParent,
            let id = streams[packet.stream]?.record.id
        {
            if !meetings[meeting].choice.isMoving { timers.hurry() }
            meetings[meeting].choice.hear(packet.stream, level: packet.level, now: now)
            up = meetings[meeting].choice.goesUp(packet.stream)
            down = meetings[meeting].choice.goesDown(packet.stream, id)
        }
        guard up || down else { return ledger.drop(.choice, .tooQuiet) }
        forward(packet, from: edge, up: up, down: down, now: now)
    }

    // MARK: forward

    /// Sends a packet to every trunk and sink that wants it, never back where it came from.
    private func forward(_ packet: MediaPacket, from edge: Int, up: Bool, down: Bool, now: Instant) {
        ledger.enter(.forward)
        var wanted = false
        interests.forEachTarget(ofStream: packet.stream, arrivingFrom: edge) { t in
            guard trunks[t].isParent ? up : down else { return }
            wanted = true
            send(packet, onTrunk: t, now: now)
        }
        if edge >= 0, !rules.contains(.splitHorizon) { send(packet, onTrunk: edge, now: now) }
        if down, let sinks = streams[packet.stream]?.sinks {
            for sink in sinks {
                wanted = true
                send(packet, to: sink, now: now)
            }
        }
        if !wanted { ledger.drop(.forward, .unwanted) }
    }

    private func send(_ packet: MediaPacket, onTrunk t: Int, now: Instant) {
        let trunk = trunks[t]
        guard trunk.isUp, let peer = trunk.peer, let remote = peer.remote else { return ledger.drop(SinkKind.trunk, .notConnected) }
        let slot = outbox.reserve()
        guard let length = trunk.sender.write(packet, now: now, into: slot) else { return ledger.drop(SinkKind.trunk, .tooLarge) }
        guard let protected = peer.protectRTP(slot, length: length, headerLength: length - packet.payload.count) else {
            return ledger.drop(SinkKind.trunk, .unprotectable)
        }
        trunk.sender.keep(UnsafeRawBufferPointer(rebasing: slot[..<protected]))
        outbox.commit(protected, to: remote)
        report(.sentToNeighbour(t, bytes: protected))
        ledger.sent(.trunk)
    }

    private func send(_ packet: MediaPacket, to sink: Sink, now: Instant) {
        switch sink {
        case .page(let i, .audio, let s):
            guard let leg = legs[i] else { return ledger.drop(SinkKind.page, .notConnected) }
            let slot = outbox.reserve()
            guard let length = leg.audio[s]?.write(packet, now: now, into: slot) else { return ledger.drop(SinkKind.page, .notForSlot) }
            // A new source's clock is told at once.
            if let due = leg.audio[s]?.deadline, due <= now { timers.hurry() }
            commit(slot, length, packet, to: leg)
        case .page(let i, .video, let s):
            guard let leg = legs[i] else { return ledger.drop(SinkKind.page, .notConnected) }
            let slot = outbox.reserve()
            guard let length = leg.video[s]?.write(packet, now: now, into: slot) else { return ledger.drop(SinkKind.page, .notForSlot) }
            if let due = leg.video[s]?.deadline, due <= now { timers.hurry() }
            if let protected = commit(slot, length, packet, to: leg) { leg.video[s]?.keep(UnsafeRawBufferPointer(rebasing: slot[..<protected])) }
        case .equipment(let e):
            let slot = outbox.reserve()
            guard let length = equipment[e].video?.write(packet, now: now, into: slot) else { return ledger.drop(SinkKind.equipment, .notForSlot) }
            equipment[e].video?.keep(UnsafeRawBufferPointer(rebasing: slot[..<length]))
            outbox.commit(length, to: equipment[e].declared.address)
            ledger.sent(.equipment)
        case .mixer(let voice):
            guard let meeting = streams[packet.stream]?.meeting, let mixer = meetings[meeting].mixer else { return }
            let frame = AudioFrame(sequence: packet.sequence, timestamp: packet.timestamp, level: packet.level)
            if mixer.insert(voice, frame, payload: packet.payload, now: now) == .kept {
                ledger.sent(.mixer)
            } else {
                ledger.drop(SinkKind.mixer, .notMixed)
            }
        }
    }

    @discardableResult
    private func commit(_ slot: UnsafeMutableRawBufferPointer, _ length: Int, _ packet: MediaPacket, to leg: AccessLeg) -> Int? {
        guard let remote = leg.peer.remote else {
            ledger.drop(SinkKind.page, .notConnected)
            return nil
        }
        guard let protected = leg.peer.protectRTP(slot, length: length, headerLength: length - packet.payload.count) else {
            ledger.drop(SinkKind.page, .unprotectable)
            return nil
        }
        outbox.commit(protected, to: remote)
        ledger.sent(.page)
        return protected
    }
}
