import Basics
import Forwarding
import RTP

/// What one site of this node sends into one meeting: one voice and one picture, each from the source that is chosen for it.
///
/// A page that is reloaded, or a device that takes over from a page, goes on with the same streams.
final class Publication {
    /// A still is taken from a key frame at most this often.
    static let stillPause = Interval.seconds(5)

    let site: SiteID
    let meeting: MeetingID
    /// The voice's and the picture's streams; nil while no source of the hall has any.
    private(set) var audio: StreamIngress?
    private(set) var video: StreamIngress?
    private(set) var microphone = SourceChoice.microphone
    private(set) var camera = SourceChoice.camera
    /// The conference lets this site's voice pass.
    var gateOpen = false
    /// The picture has another source, whose first key frame is still to come.
    private var awaitsKeyFrame = false
    /// Puts the next key frame together for a still.
    private var assembler: VideoFrameAssembler?
    private var nextStill = Instant.zero

    init(site: SiteID, meeting: MeetingID) {
        self.site = site
        self.meeting = meeting
    }

    // MARK: Sources

    func choice(_ kind: MediaKind) -> SourceChoice { kind == .audio ? microphone : camera }

    /// The source whose packets count; nil: none is there.
    func chosen(_ kind: MediaKind) -> SourceName? { kind == .audio ? microphone.chosen : camera.chosen }

    /// No source of either kind is there.
    var isEmpty: Bool { microphone.isEmpty && camera.isEmpty }

    /// A source is there for that kind; true if it is chosen by that.
    func add(_ source: SourceName, _ kind: MediaKind, rank: Int64, now: Instant) -> Bool {
        kind == .audio ? microphone.add(source, rank: rank, now: now) : camera.add(source, rank: rank, now: now)
    }

    /// A source left; true if another is chosen by that, or none any more.
    func remove(_ source: SourceName, _ kind: MediaKind, now: Instant) -> Bool {
        kind == .audio ? microphone.remove(source, now: now) : camera.remove(source, now: now)
    }

    func hear(_ source: SourceName, _ kind: MediaKind, now: Instant) -> SourceChoice.Verdict {
        kind == .audio ? microphone.hear(source, now: now) : camera.hear(source, now: now)
    }

    // MARK: Streams

    func ingress(_ kind: MediaKind) -> StreamIngress? { kind == .audio ? audio : video }

    /// The stream begins, goes over to another, or (nil) ends.
    func setIngress(_ ingress: StreamIngress?, _ kind: MediaKind) {
        if kind == .audio { audio = ingress } else { video = ingress }
        if kind == .video { awaitsKeyFrame = false }
    }

    /// The stream goes on with another source.
    func rejoin(_ agreement: StreamIngress.Agreement, _ kind: MediaKind, feedback: UInt32) {
        if kind == .audio {
            audio?.rejoin(agreement, feedback: feedback)
        } else {
            video?.rejoin(agreement, feedback: feedback)
            awaitsKeyFrame = true
            video?.keyFrames.request()
        }
    }

    func number(_ header: RTPHeader, _ kind: MediaKind, now: Instant) -> StreamIngress.Verdict? {
        kind == .audio ? audio?.receive(header, now: now) : video?.receive(header, now: now)
    }

    /// Packets are missing that will be asked for.
    func misses(_ kind: MediaKind) -> Bool { (kind == .audio ? audio?.misses : video?.misses) ?? false }

    /// After a change of the source, frames that refer to ones nobody has are of no use until the first key frame.
    func showsPicture(_ packet: MediaPacket) -> Bool {
        if packet.startsKeyFrame { awaitsKeyFrame = false }
        return !awaitsKeyFrame
    }

    func requestKeyFrame() { video?.keyFrames.request() }

    func receive(_ report: SenderInformation, now: Instant) {
        audio?.receive(report, now: now)
        video?.receive(report, now: now)
    }

    func writeFeedback(_ kind: MediaKind, now: Instant, roundTrip: Interval, into writer: inout RTCPWriter) {
        if kind == .audio {
            _ = audio?.writeFeedback(now: now, roundTrip: roundTrip, into: &writer)
        } else {
            _ = video?.writeFeedback(now: now, roundTrip: roundTrip, into: &writer)
        }
    }

    /// The whole key frame, if this packet completes one and a still is due.
    func keyFrame(with packet: MediaPacket, now: Instant) -> [UInt8]? {
        if assembler == nil {
            guard packet.startsKeyFrame, now >= nextStill else { return nil }
            assembler = VideoFrameAssembler(codec: packet.codec)
        }
        assembler?.receive(sequence: packet.sequence, timestamp: packet.timestamp, marker: packet.marker, payload: packet.payload)
        while let frame = assembler?.nextFrame() {
            guard frame.isKeyFrame else { continue }
            assembler = nil
            nextStill = now + Self.stillPause
            return frame.bytes
        }
        return nil
    }
}
