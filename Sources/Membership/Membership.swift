import Basics

/// Replication of single-writer namespaces along the edges of a declared tree, and the life of those edges.
///
/// Known parts joined: eager push along a given tree (Leitão et al., "Epidemic Broadcast Trees", 2007), single-writer
/// namespaces without gaps (Scuttlebutt, van Renesse et al., 2008), three-way hellos per edge (BFD, RFC 5880), incarnations and
/// refutation (SWIM, Das et al., 2002), and a detection time widened by one's own lateness (Lifeguard, Dadgar et al., 2017).
///
/// In reading order: ``Lane``, ``NamespaceID`` and ``EdgeSession`` (names), ``GossipFrame`` (what crosses an edge; ``MessageCoder``
/// turns it into bytes), `Store` (who wrote what), `Edge` (one neighbour: `EdgeLife`, `EdgeHello` with `Liveness` and `EdgeReport`,
/// `EdgeScopes`, `EdgePush` with `EdgeRequests` and `EdgeFlush`, `EdgeSequence`, `EdgeHops`, `EdgeAssembly`, `EdgeRepair`, `Pace`),
/// `EdgeDeadlines` (which edge is due), and this class, whose extensions say how edges live (`Hellos`), own records are written
/// (`Publishing`) and all are read (`Reading`), records are signed (`Signing`, `Sealing`) and believed (`Judging` with `Writers`, and
/// `EdgeSeals` of each edge), how frames are received (`Receiving`, `Merging`), changes pushed (`Pushing`,
/// `Cutting`) and differences repaired (`Repairing`), and how another
/// edition of the tree is taken while edges live (`Adopting`).
///
/// `docs/gossip.md` tells the protocol, `docs/rules.md` the rules that comments cite by number.
///
/// Imports `Basics` alone. The owner carries ``Effect``s out and calls `wake` at ``deadline``.
public final class Membership {
    /// The scope of the link lane.
    public static let everywhere = MeetingID("")

    /// As started, or as adopted last (`Adopting`).
    var configuration: Configuration
    let coder: any MessageCoder
    /// Nil: nothing is signed, and all is believed.
    let signing: Signing?
    /// Whose signatures are known.
    var writers = Writers()
    /// A writer proved a life since what waits was looked at last.
    var lifeWasProven = false
    /// Former lives of this node that it believed without proof, and when the last.
    var unprovenLives = 0
    var unprovenAt: Instant?
    var random: SeededGenerator

    /// This node.
    public let node: NodeIndex
    /// The life under which this node writes now.
    public internal(set) var incarnation: Incarnation

    var store = Store()
    /// In order of the neighbours' names.
    var edges: [Edge]
    /// Those of them that may be this node's uplink, the declared one first.
    var uplinks: [Edge]
    /// What the choice among them goes by.
    var choice = UplinkChoice() { didSet { if choice != oldValue { deadlines.lookThrough() } } }
    /// Slots of this node's own namespaces.
    var ownSlots: [Int] = []
    /// Ended meetings, sorted.
    var forgotten: [MeetingID] = []
    /// Sorted; see ``setWanted(_:_:now:into:)``.
    var wanted: [MeetingID] = []
    /// Tombstones in the order in which they may go.
    var tombstones = TombstoneQueue()
    /// Records of this node that a limit kept from being written (``set(_:scope:key:value:now:into:)``).
    public internal(set) var refusedWrites = 0
    /// Hop messages of this node that were longer than ``GossipLimits/hop``, and datagrams that could not be cut.
    public internal(set) var unsendable = 0
    /// Wall clock less `Instant`, in milliseconds.
    var wallOffset: Int64?
    /// The deadlines of edges and uplinks, from which ``deadline`` is made together with that of tombstones.
    let deadlines = EdgeDeadlines()
    /// How late `wake` came lately.
    var lateness = Lateness()
    var nextTransfer: UInt64 = 1

    /// A machine with no edge connected and nothing published; call `start` next.
    public init(_ configuration: Configuration, coder: any MessageCoder, signing: Signing? = nil, random: SeededGenerator) {
        self.configuration = configuration
        self.coder = coder
        self.signing = signing
        self.random = random.fork("membership")
        node = configuration.tree.nodes[configuration.slot]
        let nonce = UInt32(truncatingIfNeeded: self.random.next())
        let step: UInt64 = configuration.rules.contains(.incarnation) ? 1 : 0
        incarnation = Incarnation(counter: configuration.incarnationCounter &+ step, nonce: nonce)
        edges = Neighbours.edges(configuration, deadlines)
        uplinks = Neighbours.uplinks(edges, configuration)
        for edge in uplinks { edge.life.setFormer(configuration.isFormer(edge)) }
        deadlines.begin(edges: edges.count)
    }

    /// The declared neighbours, in order of their names.
    public var neighbours: [(node: NodeIndex, role: EdgeRole)] { edges.map { ($0.neighbour, $0.role) } }

    /// A site behind this node is speaking, so going home to a better uplink waits.
    public var isSpeaking: Bool {
        get { choice.isSpeaking }
        set { choice.setSpeaking(newValue) }
    }

    func edge(_ neighbour: NodeIndex) -> Edge? {
        var low = 0
        var high = edges.count
        while low < high {
            let middle = (low + high) / 2
            if edges[middle].neighbour < neighbour { low = middle + 1 } else { high = middle }
        }
        return low < edges.count && edges[low].neighbour == neighbour ? edges[low] : nil
    }

    /// Tells the counter to persist, and writes this node's proof of life. Call once, first.
    public func start(now: Instant, into effects: inout [Effect]) {
        choice.start(now: now)
        effects.append(.persistIncarnation(incarnation.counter))
        tellLife(now: now, into: &effects)
    }

    /// When `wake` wants to be called.
    public var deadline: Instant? {
        var result = tombstones.next
        result.keepEarlier(edgesDue)
        return result
    }

    /// Does what is due: silence, hellos, resends, batches, tombstones. Walks edges, never namespaces.
    public func wake(now: Instant, into effects: inout [Effect]) {
        lateness.woken(now: now)
        if isDue(now: now) { forEachDue(by: now) { checkLife($0, now: now, into: &effects) } }
        if isDue(now: now) { forEachDue(by: now) { if let due = $0.seals.deadline, due <= now { takeWaiting($0, now: now, into: &effects) } } }
        if lifeWasProven { takeAllWaiting(now: now, into: &effects) }
        chooseUplink(now: now, into: &effects)
        if isDue(now: now) {
            forEachDue(by: now) { edge in
                resend(edge, now: now)
                flushIfDue(edge, now: now, into: &effects)
                helloIfDue(edge, now: now, into: &effects)
            }
            helloTogether(now: now, into: &effects)
        }
        collect(now: now)
        lateness.promise(deadline)
    }

    /// Tells the wall clock, which hellos carry.
    public func setWallClock(_ wall: WallTime, now: Instant) {
        wallOffset = wall.milliseconds &- now.nanoseconds / 1_000_000
    }

    /// Sends what became due by an input, on all edges.
    func flushAll(now: Instant, into effects: inout [Effect]) {
        if isDue(now: now) {
            forEachDue(by: now) { edge in
                flushIfDue(edge, now: now, into: &effects)
                if edge.hello.isWanted { helloIfDue(edge, now: now, into: &effects) }
            }
        }
        lateness.promise(deadline)
    }
}
