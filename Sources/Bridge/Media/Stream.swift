import Basics
import Conference
import Forwarding
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
    /// Where it leaves this node but for trunks: page slots, equipment, and the meeting's mixer.
    var sinks: [Sink] = []
    /// Its place in the meeting's mixer.
    var voice: Int?

    /// The mixer alone is left; pages and equipment are found anew.
    func resetSinks() {
        sinks.removeAll(keepingCapacity: true)
        if let voice { sinks.append(.mixer(voice: voice)) }
    }

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
    /// Of a voice that comes over a trunk.
    var gate = VoiceGate()

    init(record: StreamRecord, meeting: Int, isLocal: Bool, share: StreamShare) {
        self.share = share
        self.record = record
        self.meeting = meeting
        self.isLocal = isLocal
        clock = SenderReportClock(clockRate: record.codec.clockRate)
    }
}

extension Media {
    /// Somebody here or below needs a key frame of the stream: asked of its source, or of the neighbour it comes from.
    func requestKeyFrame(_ stream: Int) {
        guard let known = streams[stream] else { return }
        if known.isLocal {
            guard let publication = publications.known(known.record.site, meetings[known.meeting].id), publication.video?.stream == stream else { return }
            publication.requestKeyFrame()
            if publication.chosen(.video) != nil, let due = publication.video?.keyFrames.deadline { timers.expect(due) }
        } else {
            known.keyFrames.request()
            if let due = known.keyFrames.deadline { timers.expect(due) }
        }
    }
}
