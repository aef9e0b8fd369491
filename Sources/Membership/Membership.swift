import Basics

/// Replication of single-writer namespaces along the edges of a declared tree, and the life of those edges.
///
/// Known parts joined: eager push along a given tree (Leitão et al., "Epidemic Broadcast Trees", 2007), single-writer
/// namespaces without gaps (Scuttlebutt, van Renesse et al., 2008), three-way hellos per edge (BFD, RFC 5880), incarnations and
/// refutation (SWIM, Das et al., 2002), and a detection time widened by one's own lateness (Lifeguard, Dadgar et al., 2017).
///
/// In reading order: ``Lane``, ``NamespaceID`` and ``EdgeSession`` (names), ``Frame`` (what crosses an edge; ``MessageCoder``
/// turns it into bytes), `Store` (who wrote what), `Edge` with `Liveness` (one neighbour), and this class, whose extensions
/// say how frames are received, changes pushed, differences repaired and hop messages carried.
///
/// Imports `Basics` alone. The owner carries ``Effect``s and calls `wake` at ``deadline``.
public final class Membership {
    /// The scope of the link lane.
    public static let everywhere = MeetingID("")

    let configuration: Configuration
    let coder: any MessageCoder
    var random: SeededGenerator

    /// This node.
    public let node: NodeIndex
    /// The life under which this node writes now.
    public internal(set) var incarnation: Incarnation

    /// A machine with no edge connected and nothing published; call `start` next.
    public init(_ configuration: Configuration, coder: any MessageCoder, random: SeededGenerator) {
        fatalError()
    }

    /// The declared neighbours, in order of their names.
    public var neighbours: [(node: NodeIndex, role: EdgeRole)] { [] }

    // MARK: Time

    /// Tells the counter to persist. Call once, first.
    public func start(now: Instant, into effects: inout [Effect]) {}
    /// When `wake` wants to be called.
    public var deadline: Instant? { nil }
    public func wake(now: Instant, into effects: inout [Effect]) {}
    /// Tells the wall clock, which hellos carry.
    public func setWallClock(_ wall: WallTime, now: Instant) {}

    // MARK: Edges

    /// A secure session with a declared neighbour is established (or established anew): begin the three-way hello.
    ///
    /// `capacity` is the trunk's, for pacing. Unknown neighbours are ignored and false is returned.
    @discardableResult
    public func edgeConnected(_ neighbour: NodeIndex, capacity: Bitrate, now: Instant, into effects: inout [Effect]) -> Bool { false }
    /// The secure session is gone.
    public func edgeLost(_ neighbour: NodeIndex, now: Instant, into effects: inout [Effect]) {}
    /// One application datagram from the neighbour's secure session.
    public func receive(_ datagram: UnsafeRawBufferPointer, from neighbour: NodeIndex, now: Instant, into effects: inout [Effect]) {}
    /// An authenticated media packet came from (went to) the neighbour: hellos fill only the gaps.
    public func mediaReceived(_ neighbour: NodeIndex, now: Instant) {}
    public func mediaSent(_ neighbour: NodeIndex, now: Instant) {}
    /// Which meetings' lanes travel over the edge, as far as the neighbour agrees. The link lane always does.
    ///
    /// Kept while the edge is down. Any meeting also makes this end send at the busy spacing.
    public func setScopes(_ neighbour: NodeIndex, _ meetings: [MeetingID], now: Instant, into effects: inout [Effect]) {}
    /// Sends opaque bytes (≤ ``Limits/hop``) to the neighbour, acknowledged and repeated, in no batch; dropped when the edge goes
    /// down. False if the edge is not up, does not carry gossip, or too many are under way.
    @discardableResult
    public func sendHop(_ neighbour: NodeIndex, _ payload: [UInt8], now: Instant, into effects: inout [Effect]) -> Bool { false }

    // MARK: Own records

    /// Writes (nil: removes) a record of this node. Writing what is there already does nothing.
    ///
    /// Keys are 1…64 bytes of printable ASCII without space, values at most 64 KB; the scope is ``everywhere`` for the link lane
    /// and a meeting for every other. Breaking this is the caller's mistake and a precondition.
    /// Keys of the link lane beginning with `edge/` are the machine's own.
    public func set(
        _ lane: Lane, scope: MeetingID = Membership.everywhere, key: String, value: [UInt8]?, now: Instant,
        into effects: inout [Effect]
    ) {}

    // MARK: Reading

    /// A record's value; nil if there is none.
    public func value(node: NodeIndex, lane: Lane, scope: MeetingID = Membership.everywhere, key: String) -> [UInt8]? { nil }
    /// All values of one namespace, in order of the keys.
    public func records(node: NodeIndex, lane: Lane, scope: MeetingID = Membership.everywhere) -> [(key: String, value: [UInt8])] { [] }
    /// Calls with every live record of all nodes in a lane and scope, in order of (node, key).
    public func forEachRecord(
        lane: Lane, scope: MeetingID = Membership.everywhere, _ body: (NodeIndex, String, [UInt8]) -> Void
    ) {}
    /// The nodes that have a namespace in a lane and scope, in order.
    public func nodes(lane: Lane, scope: MeetingID = Membership.everywhere) -> [NodeIndex] { [] }
    /// The namespaces of a lane and scope, in order of their nodes.
    public func namespaces(lane: Lane, scope: MeetingID = Membership.everywhere) -> [NamespaceID] { [] }
    /// All scopes with at least one namespace, in order.
    public var scopes: [MeetingID] { [] }
    /// Sum of all namespaces of a scope (for ``everywhere``: the link lane): equal at two nodes iff, but for a hash's chance, both
    /// hold the same versions.
    public func sum(scope: MeetingID) -> UInt64 { 0 }
    /// A stable digest over lane, scope, node, key and value of all live records of one lane and scope: equal at two nodes iff
    /// their records are, whatever their versions.
    public func digest(lane: Lane, scope: MeetingID = Membership.everywhere) -> UInt64 { 0 }

    // MARK: Presence

    /// Whether the declared edge between `child` and its parent is up: by own state if it is this node's, else by the newest
    /// records of both ends naming the same session.
    public func isLinked(child: NodeIndex) -> Bool { false }
    /// Whether every declared edge between this node and `other` is linked. Undeclared nodes are not reachable.
    public func isReachable(_ other: NodeIndex) -> Bool { false }
    /// Whether the edge is up, and its session.
    public func session(_ neighbour: NodeIndex) -> EdgeSession? { nil }

    /// Drops all namespaces of an ended meeting and refuses their return; a stub of the id stays.
    public func forget(_ meeting: MeetingID, into effects: inout [Effect]) {}

    public var snapshot: Snapshot { fatalError() }
}
