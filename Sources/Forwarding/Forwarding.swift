/// Who gets which stream, and what becomes of a packet's header on the way.
///
/// Values without input or output; `Bridge` composes them and owns the legs. In the order in which a packet meets them:
/// ``StreamIngress`` (a client's packets become a named stream with numbers of its own) or ``TrunkReceiver`` (a
/// neighbour's packets, repaired on the trunk's own sequence), ``InterestTable`` (which edges want the stream, never back
/// where it came from), ``TrunkSender`` (onto the next trunk) and ``AccessSlot`` (into one slot of a page, whose source
/// changes under it). ``MediaPacket`` is what passes between them; ``KeyFrameRequester`` keeps a source from being
/// asked for more key frames than it can give; ``DistinctStreams`` and ``RateMeter`` count what a trunk carries.
///
/// After warm-up nothing here allocates per packet. May import `Basics` and `RTP`.
public enum Forwarding {}
