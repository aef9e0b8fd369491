import Basics
import Conference
import Forwarding
import Peer

/// A page's (or bot's) leg: its peer, its receive slots and what it publishes.
final class AccessLeg {
    /// Told to the page; never used again.
    let id: UInt32
    let peer: Peer
    let pass: Pass
    let meeting: MeetingID
    /// Audio 0…2 and video 0…1, nil where the page's offer had no such m-line.
    var audio: [AccessSlot?]
    var video: [AccessSlot?]
    var layout = LayoutPolicy.Layout()
    /// Nil for a viewer.
    let publication: Publication?
    var isUp = false
    /// When its offer came.
    let since: Instant
    /// The peer's deadline as read last.
    var due: Instant?

    init(
        id: UInt32, peer: Peer, pass: Pass, meeting: MeetingID, publication: Publication?, since: Instant, random: inout SeededGenerator
    ) {
        self.id = id
        self.since = since
        self.peer = peer
        self.pass = pass
        self.meeting = meeting
        self.publication = publication
        func slots(_ kind: MediaKind, _ count: Int) -> [AccessSlot?] {
            (0..<count).map { index in
                guard let media = peer.media?.slot(kind, index), media.sends else { return nil }
                return AccessSlot(
                    AccessSlot.Agreement(
                        codec: media.codec, payloadType: media.payloadType, ssrc: media.localSSRC, audioLevelID: media.audioLevelID,
                        firstSequence: UInt16.random(in: 0..<0x8000, using: &random),
                        firstTimestamp: UInt32.random(in: 0..<0x8000_0000, using: &random)))
            }
        }
        audio = slots(.audio, 3)
        video = slots(.video, 2)
    }

    /// Calls with each slot that exists.
    func forEachSlot(_ body: (inout AccessSlot) -> Void) {
        for i in audio.indices where audio[i] != nil { body(&audio[i]!) }
        for i in video.indices where video[i] != nil { body(&video[i]!) }
    }
}
