import Basics
import RTP

/// What one stream may send through this node: half as much again as its meeting's rate, with a second and a half saved up.
///
/// A page's bursts (key frames, lost packets sent again by the encoder's own redundancy) fit; a stream that sends more than its meeting
/// declared costs no trunk more than this. It is asked at the stream's home and again at every hop, since a hop cannot know what the
/// home let through.
struct StreamShare {
    /// What a voice may use beyond its nominal rate: in-band redundancy and the first frames of a talkspurt.
    static let voiceExtra: Int64 = 32_000

    private var bucket: TokenBucket
    private var rate: Bitrate

    init(_ kind: MediaKind, _ rate: Bitrate) {
        self.rate = rate
        let bytes = StreamShare.bytesPerSecond(kind, rate)
        bucket = TokenBucket(rate: bytes, depth: bytes * 3 / 2)
    }

    /// The meeting's definition says another rate.
    mutating func adopt(_ kind: MediaKind, _ rate: Bitrate, now: Instant) {
        guard rate != self.rate else { return }
        self.rate = rate
        let bytes = StreamShare.bytesPerSecond(kind, rate)
        bucket.adopt(rate: bytes, depth: bytes * 3 / 2, now: now)
    }

    /// Whether a payload of that many bytes may pass.
    mutating func admits(_ bytes: Int, now: Instant) -> Bool { bucket.take(bytes, now: now) }

    /// Bytes a second of payload.
    static func bytesPerSecond(_ kind: MediaKind, _ rate: Bitrate) -> Int64 {
        let nominal = max(0, min(rate.bitsPerSecond, 1 << 32))
        return (nominal * 3 / 2 + (kind == .audio ? voiceExtra : 0)) / 8
    }
}
