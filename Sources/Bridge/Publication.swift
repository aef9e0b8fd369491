import Basics
import Forwarding
import RTP

/// What one site of this node sends into one meeting: one voice and one picture, whichever leg they come from.
///
/// A page that is reloaded, or a node's decoder that takes over from a page, goes on with the same streams.
final class Publication {
    /// A still is taken from a key frame at most this often.
    static let stillPause = Interval.seconds(5)

    let site: SiteID
    let meeting: MeetingID
    var audio: StreamIngress?
    var video: StreamIngress?
    /// The leg or endpoint whose packets count; others of the same site are only listening.
    var source: Source?
    /// The conference lets this site's voice pass.
    var gateOpen = false
    /// Puts the next key frame together for a still.
    var assembler: VideoFrameAssembler?
    var nextStill = Instant.zero

    /// Where the packets come from.
    enum Source: Equatable {
        case leg(Int)
        case endpoint(Int)
    }

    init(site: SiteID, meeting: MeetingID) {
        self.site = site
        self.meeting = meeting
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
