import Basics

/// One datagram between neighbours: several messages that happen to leave together. Plain values; ``MessageCoder`` makes bytes.
public struct GossipFrame: Hashable, Sendable {
    /// The sender's session id; every frame but a hello is dropped unless it is the one that is up.
    public var session: UInt64
    /// Counts frames of the session that want an ``Ack``, from 1; 0 for those that want none.
    public var sequence: UInt64 = 0
    /// The oldest sequence number for which the sender still waits: nothing before it will be resent under its number.
    public var base: UInt64 = 0
    /// Read first; all the rest counts only on an edge that is up and taken after it.
    public var hello: Hello?
    /// Acknowledges the neighbour's numbered frames.
    public var ack: Ack?
    /// The meetings the sender carries on this edge, whenever they change.
    public var scopes: Scopes?
    public var hops: [Hop] = []
    public var sections: [Section] = []
    public var fragment: Fragment?
    /// The sender puts in ten at most.
    public var requests: [Request] = []
    /// The first four are read.
    public var digests: [Digest] = []
    /// The first 32 are read.
    public var leaves: [Leaves] = []

    public init(session: UInt64) { self.session = session }
}
