import Basics

/// Where an edge stands (RFC 5880 section 6.2).
public enum EdgeState: UInt8, Hashable, Sendable {
    /// No word from the neighbour.
    case down = 1
    /// The neighbour is heard; whether it hears us is not known.
    case `init` = 2
    /// Each end hears the other's present session.
    case up = 3
}

extension Membership {
    /// Counters of one edge since the node started.
    public struct EdgeCounters: Hashable, Sendable {
        public var hellosSent = 0
        public var hellosReceived = 0
        /// Datagrams with at least one namespace in it.
        public var deltasSent = 0
        public var deltasReceived = 0
        public var acksSent = 0
        public var acksReceived = 0
        public var datagramsSent = 0
        public var datagramsReceived = 0
        /// As they go to the secure session: compressed, without what DTLS, UDP and IP add.
        public var bytesSent = 0
        /// As they came from the secure session.
        public var bytesReceived = 0
        /// Datagrams given up for lost, whose content was cut again.
        public var resent = 0
        /// Descents begun, and datagrams and bytes of digests and leaves sent in them.
        public var descents = 0
        public var digestsSent = 0
        public var digestBytesSent = 0
        /// Namespaces that repair (not eager push) found different.
        public var repaired = 0
        /// Each counts once, however often it was resent.
        public var hopsSent = 0
        /// Each counts once, however often it came.
        public var hopsReceived = 0
        /// Namespaces told anew from their beginning, since tombstones that this node lacked are gone: what it held of them is void.
        public var resets = 0
        /// Sections that could not be joined to what is held.
        public var gaps = 0
        /// Datagrams that were not a message of this version.
        public var malformed = 0
        /// Sections that the origin rule forbids on this edge.
        public var foreign = 0
        /// Sections refused by a limit of ``GossipLimits``.
        public var limited = 0
        /// Checks of signatures that were made.
        public var checked = 0
        /// Sections refused because a signature in them is wrong, or missing where the writer signs.
        public var forged = 0
        /// Records taken without the signature that they ought to have (``UnsignedPolicy``).
        public var unsigned = 0
        /// Sections given up because their writer did not prove the life in which it wrote them, and claims about this node's own lives, or
        /// passed on to their owner, that were not believed for want of a true proof.
        public var unproven = 0
        /// Sections that waited for the neighbour's share of checks, or for their writer's proof of life.
        public var waited = 0
        public init() {}
    }

    /// One edge as its end sees it.
    public struct EdgeSnapshot: Hashable, Sendable {
        public var neighbour: NodeIndex
        public var role: EdgeRole
        public var state: EdgeState
        /// Nil while down.
        public var session: EdgeSession?
        /// Why it went down last.
        public var lastDown: EdgeDownReason?
        /// Nil until measured.
        public var roundTrip: Interval?
        /// Loss towards this node, upper 95 % bound over 10 s, 0…1.
        public var loss: Double
        /// Loss towards the neighbour as it says, 0…1.
        public var lossThere: Double
        /// Silence after which the edge is down.
        public var detection: Interval
        /// Meetings that both ends carry.
        public var scopes: [MeetingID]
        /// Namespaces that wait to be sent and datagrams not yet acknowledged.
        public var pending: Int
        public var inFlight: Int
        /// The neighbour's wall clock less this node's, if both told one.
        public var clockAhead: Interval?
        /// The neighbour's, as it told last; 0 before its first full hello.
        public var topologyVersion: UInt64
        /// The first 64 bits of that topology's hash.
        public var topologyHash: UInt64
        public var counters: EdgeCounters
    }

    /// The machine at a glance.
    public struct Snapshot: Hashable, Sendable {
        public var node: NodeIndex
        public var incarnation: Incarnation
        /// The namespaces of all nodes, this one's own among them.
        public var namespaces: Int
        /// Tombstones included.
        public var records: Int
        /// Sum over all namespaces.
        public var sum: UInt64
        /// In order of the neighbours' names.
        public var edges: [EdgeSnapshot]
        /// Records of this node that a limit kept from being written.
        public var refusedWrites: Int
        /// Hop messages and datagrams of this node that were too long to be sent.
        public var unsendable: Int
        /// Nodes that proved the life in which they write now, this one not among them.
        public var signingWriters: Int
        /// Nodes of which unsigned records were taken that ought to be signed.
        public var unsignedWriters: Int
    }
}
