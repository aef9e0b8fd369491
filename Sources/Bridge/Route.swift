import Basics
import Conference
import Forwarding
import Membership
import Mixing
import Peer
import RTP

/// One stream of the roster in its dense slot, with all that a packet of it needs; a class, so that a look at one field copies
/// nothing.
final class Stream {
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
    /// When a packet of the stream passed here last.
    private var lastPacket: Instant?
    /// The newest sound of the stream that came over a trunk.
    var newest: Newest?

    /// How far the sound of a stream has come, and over which trunk.
    struct Newest {
        let id: StreamID
        var sequence: UInt16
        var edge: Int
        var at: Instant
        /// How far it had come over the trunk before, when this one took over.
        var before: (sequence: UInt16, edge: Int, at: Instant)?

        /// How much longer one way may be than another. How far sound had come over the way before is remembered for this long.
        static let kept = Interval.milliseconds(500)
    }

    /// Whether sound passed here already, over the way that its node had before. That happens when the node goes over to a longer way, or
    /// when the new way sends again what it lost of the time before it took over.
    func hasPassed(_ sequence: UInt16, from edge: Int, now: Instant) -> Bool {
        func had(_ known: (sequence: UInt16, edge: Int, at: Instant)) -> Bool {
            known.edge != edge && now - known.at <= Newest.kept && (-300...0).contains(sequence.ahead(of: known.sequence))
        }
        guard let last = newest else {
            newest = Newest(id: record.id, sequence: sequence, edge: edge, at: now)
            return false
        }
        let known = (last.sequence, last.edge, last.at)
        if had(known) || last.before.map(had) ?? false { return true }
        if last.edge == edge, sequence.ahead(of: last.sequence) <= 0 { return false }
        newest = Newest(id: record.id, sequence: sequence, edge: edge, at: now, before: last.edge == edge ? last.before : known)
        return false
    }

    /// A stream without packets for that long is silent.
    private static let silence = Interval.seconds(Int64(2))

    /// Between two reports to neighbours. A silent hall's clock is kept fresh too, but its report must not cost what a speaker's does: a
    /// meeting has many more of them.
    func reportPeriod(now: Instant) -> Interval { isSilent(now) ? .seconds(Int64(10)) : .seconds(Int64(1)) }

    private func isSilent(_ now: Instant) -> Bool { lastPacket.map { now - $0 > Stream.silence } ?? true }

    /// A packet passes; true if it is the first after a silence: then its report is due.
    func notePacket(now: Instant) -> Bool {
        let begins = isSilent(now)
        lastPacket = now
        if begins { nextReport = .zero }
        return begins
    }

    /// When a report to neighbours or a request for a key frame is due.
    var due: Instant {
        var result: Instant? = keyFrames.deadline
        result.keepEarlier(nextReport)
        return result ?? nextReport
    }

    /// What it may send through this node.
    var share: StreamShare

    init(record: StreamRecord, meeting: Int, isLocal: Bool, share: StreamShare) {
        self.share = share
        self.record = record
        self.meeting = meeting
        self.isLocal = isLocal
        clock = SenderReportClock(clockRate: record.codec.clockRate)
    }
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
        if trunks[t].receiver.deadline != nil { timers.hurry() }
        guard let stream = meet(ssrc: packet.ssrc, now: now) else { return count(.unknownStream) }
        guard interests.home(ofStream: stream) == t else { return count(.unknownStream) }
        guard packet.kind == .video || streams[stream]?.hasPassed(packet.sequence, from: t, now: now) == false else { return }
        packet.stream = stream
        route(packet, from: t, now: now)
    }

    /// Sends a packet to every trunk, slot and mixer that wants it, never back where it came from.
    func route(_ packet: MediaPacket, from edge: Int, now: Instant) {
        if packet.kind == .video, packet.startsKeyFrame { streams[packet.stream]?.keyFrames.keyFrame() }
        if streams[packet.stream]?.notePacket(now: now) == true { timers.hurry() }
        // Fields one by one: a copy of the stream costs more than sending the packet.
        guard let meeting = streams[packet.stream]?.meeting else { return }
        guard streams[packet.stream]?.share.admits(packet.payload.count, now: now) == true else { return count(.overRate) }
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
        interests.forEachTarget(ofStream: packet.stream, arrivingFrom: edge) { t in
            if trunks[t].isParent ? up : down { send(packet, onTrunk: t, now: now) }
        }
        if edge >= 0, !rules.contains(.splitHorizon) { send(packet, onTrunk: edge, now: now) }
        guard down else { return }
        if let targets = streams[packet.stream]?.targets { for target in targets { send(packet, to: target, now: now) } }
        if let voice = streams[packet.stream]?.voice {
            meetings[meeting].mixer?.insert(
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
        trunk.sender.keep(UnsafeRawBufferPointer(rebasing: slot[..<protected]))
        outbox.commit(protected, to: remote)
        membership.mediaSent(trunk.neighbour, bytes: protected, now: now)
    }

    private func send(_ packet: MediaPacket, to target: SlotTarget, now: Instant) {
        let slot = outbox.reserve()
        switch target.place {
        case .audio(let i, let s):
            guard let leg = legs[i], let length = leg.audio[s]?.write(packet, now: now, into: slot) else { return }
            // A new source's clock is told at once.
            if let due = leg.audio[s]?.deadline, due <= now { timers.hurry() }
            commit(slot, length, packet, to: leg)
        case .video(let i, let s):
            guard let leg = legs[i], let length = leg.video[s]?.write(packet, now: now, into: slot) else { return }
            if let due = leg.video[s]?.deadline, due <= now { timers.hurry() }
            guard let protected = commit(slot, length, packet, to: leg) else { return }
            leg.video[s]?.keep(UnsafeRawBufferPointer(rebasing: slot[..<protected]))
        case .endpoint(let e):
            guard let length = endpoints[e].video?.write(packet, now: now, into: slot) else { return }
            outbox.commit(length, to: endpoints[e].declared.address)
        }
    }

    @discardableResult
    private func commit(_ slot: UnsafeMutableRawBufferPointer, _ length: Int, _ packet: MediaPacket, to leg: AccessLeg) -> Int? {
        guard let remote = leg.peer.remote,
            let protected = leg.peer.protectRTP(slot, length: length, headerLength: length - packet.payload.count)
        else { return nil }
        outbox.commit(protected, to: remote)
        return protected
    }

    // MARK: Key frames

    /// Somebody here or below needs a key frame of the stream: asked of its source, or of the neighbour it comes from.
    func requestKeyFrame(_ stream: Int) {
        guard let known = streams[stream] else { return }
        if known.isLocal {
            let publication = publications.first { $0.video?.stream == stream }
            publication?.video?.keyFrames.request()
            if publication?.source != nil, let due = publication?.video?.keyFrames.deadline { timers.expect(due) }
        } else {
            streams[stream]?.keyFrames.request()
            if let due = streams[stream]?.keyFrames.deadline { timers.expect(due) }
        }
    }
}
