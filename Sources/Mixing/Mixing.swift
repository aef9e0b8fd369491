/// Sound for those who want one stream instead of many: plain RTP decoders, loudspeaker clusters, thin trunks.
///
/// In reading order: ``AudioEncoder``, ``AudioDecoder``, ``AudioCodecProvider``, ``VideoDecoder`` (the codecs, which the
/// shell hands in), ``AudioFrame`` (one packet's facts), ``LoudestSelector`` (who is heard: floor holders, then the
/// chair, then the loudest), ``JitterBuffer`` (packets into a steady 20 ms beat), ``Limiter`` (sums without clipping),
/// ``Mixer`` (a Media-Mixing Mixer of RFC 7667 section 3.6.2 for one meeting, always without the listener's own voice).
///
/// The cost follows the voices and not the listeners: a tick decodes at most K packets and encodes at most K + 1 mixes,
/// for ten listeners or a thousand. Imports Basics (and may import RTP); knows nothing of forwarding, legs or trunks.
public enum Mixing {
    /// Samples of a frame: 20 ms at 48 kHz.
    public static let frameSamples = 960
    /// Samples a second.
    public static let sampleRate = 48_000
    /// Samples of the longest Opus packet: 120 ms (RFC 6716 section 3.2.5).
    public static let longestPacketSamples = 5_760
    /// Bytes of the longest packet taken; a single Opus frame has at most 1,275 (RFC 6716 section 3.2.1).
    public static let longestPacketBytes = 1_280
    /// A tick's length: 20 ms.
    public static let tick = 20
}
