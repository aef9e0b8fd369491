/// Values of the core as bytes of the network: protobuf (`Schema/*.proto`), and zstd where that is smaller.
///
/// ``GossipCoder`` is Membership's `MessageCoder`; ``ConferenceCoder`` is Conference's `RecordCoder`;
/// ``GossipDictionary`` is what both ends of an edge compress with. Generated code (`*.pb.swift`) is committed:
/// docs/gossip.md says how it is made. Imports Basics, Membership, Conference and SwiftProtobuf.
public enum Wire {}
