import Basics

/// Whether a voice that comes over a trunk may go on: its site's microphone is open, as this node's own view of the meeting says.
///
/// The home node's gate opens first, and its word may be a moment behind the sound. So a voice may be a second ahead of what is known here,
/// and one packet each second after that: a home that passes its hall through a closed gate is heard no further than the next node.
struct VoiceGate {
    /// Packets that may come before the microphone is known to be open: a second of frames of 20 ms.
    static let ahead: Int64 = 50

    /// The microphone is open.
    var isOpen = false
    private var bucket = TokenBucket(rate: 1, depth: VoiceGate.ahead)

    /// One packet.
    mutating func admits(now: Instant) -> Bool { isOpen || bucket.take(1, now: now) }
}
