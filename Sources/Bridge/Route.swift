import Basics
import Conference
import Forwarding
import Membership
import Mixing
import Peer
import RTP

/// One stream of the roster in its dense slot, with all that a packet of it needs.
struct Stream {
    let record: StreamRecord
    /// The meeting's dense index.
    let meeting: Int
    /// One of our own sites sends it.
    let isLocal: Bool
    /// The source's clock on the stream's timestamps.
    var clock: SenderReportClock
    /// Page slots and endpoints of this node that show or play it.
    var targets: [SlotTarget] = []
    /// Its place in the meeting's mixer.
    var voice: Int?
    /// Key frames wanted of a stream that comes over a trunk.
    var keyFrames = KeyFrameRequester()
    /// The next sender report to neighbours.
    var nextReport = Instant.zero

    /// A report to neighbours or a request for a key frame is due.
    func isDue(_ now: Instant) -> Bool { nextReport <= now || keyFrames.deadline.map { $0 <= now } ?? false }
}

/// Where a packet leaves this node for one listener.
struct SlotTarget: Equatable {
    /// A leg's place, or an endpoint's.
    enum Place: Equatable {
        case audio(leg: Int, slot: Int)
        case video(leg: Int, slot: Int)
        case endpoint(Int)
    }
    let place: Place
}

/// The way of a media packet through this node. Nothing here allocates after warm-up.
extension Bridge {
    /// A decrypted RTP packet of a neighbour.
    func receiveMedia(_ bytes: UnsafeRawBufferPointer, on t: Int, now: Instant) {
        guard case .packet(var packet) = trunks[t].receiver.receive(bytes, now: now) else { return }
        guard let stream = streamBySSRC[packet.ssrc] else { return count(.unknownStream) }
        guard interests.accepts(stream: stream, arrivingFrom: t) else { return count(.unknownStream) }
        packet.stream = stream
        route(packet, from: t, now: now)
    }

    /// Sends a packet to every trunk, slot and mixer that wants it, never back where it came from.
    func route(_ packet: MediaPacket, from edge: Int, now: Instant) {
        if packet.kind == .video, packet.startsKeyFrame { streams[packet.stream]?.keyFrames.keyFrame() }
        guard let stream = streams[packet.stream] else { return }
        var up = true
        var down = true
        if packet.kind == .audio, meetings[stream.meeting].choice.isLimited, edge < 0 || !trunks[edge].isParent {
            meetings[stream.meeting].choice.hear(packet.stream, level: packet.level, now: now)
            up = meetings[stream.meeting].choice.goesUp(packet.stream)
            down = meetings[stream.meeting].choice.goesDown(packet.stream, stream.record.id)
        }
        interests.forEachTarget(ofStream: packet.stream, arrivingFrom: edge) { t in
            if trunks[t].isParent ? up : down { send(packet, onTrunk: t, now: now) }
        }
        if edge >= 0, !rules.contains(.splitHorizon) { send(packet, onTrunk: edge, now: now) }
        guard down else { return }
        for target in stream.targets { send(packet, to: target, now: now) }
        if let voice = stream.voice {
            meetings[stream.meeting].mixer?.insert(
                voice, AudioFrame(sequence: packet.sequence, timestamp: packet.timestamp, level: packet.level), payload: packet.payload,
                now: now)
        }
    }

    private func send(_ packet: MediaPacket, onTrunk t: Int, now: Instant) {
        let trunk = trunks[t]
        guard trunk.isUp, let peer = trunk.peer, let remote = peer.remote else { return }
        let slot = outbox.reserve()
        guard let length = trunk.sender.write(packet, now: now, into: slot),
            let protected = peer.protectRTP(slot, length: length, headerLength: length - packet.payload.count)
        else { return }
        outbox.commit(protected, to: remote)
        membership.mediaSent(trunk.neighbour, now: now)
    }

    private func send(_ packet: MediaPacket, to target: SlotTarget, now: Instant) {
        let slot = outbox.reserve()
        switch target.place {
        case .audio(let i, let s):
            guard let leg = legs[i], let length = leg.audio[s]?.write(packet, now: now, into: slot) else { return }
            commit(slot, length, packet, to: leg)
        case .video(let i, let s):
            guard let leg = legs[i], let length = leg.video[s]?.write(packet, now: now, into: slot) else { return }
            commit(slot, length, packet, to: leg)
        case .endpoint(let e):
            guard let length = endpoints[e].video?.write(packet, now: now, into: slot) else { return }
            outbox.commit(length, to: endpoints[e].declared.address)
        }
    }

    private func commit(_ slot: UnsafeMutableRawBufferPointer, _ length: Int, _ packet: MediaPacket, to leg: AccessLeg) {
        guard let remote = leg.peer.remote,
            let protected = leg.peer.protectRTP(slot, length: length, headerLength: length - packet.payload.count)
        else { return }
        outbox.commit(protected, to: remote)
    }

    // MARK: Key frames

    /// Somebody here or below needs a key frame of the stream: asked of its source, or of the neighbour it comes from.
    func requestKeyFrame(_ stream: Int) {
        guard let known = streams[stream] else { return }
        if known.isLocal {
            publications.first { $0.video?.stream == stream }?.video?.keyFrames.request()
        } else {
            streams[stream]?.keyFrames.request()
        }
    }
}
