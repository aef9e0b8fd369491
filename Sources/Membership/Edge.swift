import Basics

/// One declared neighbour.
///
/// ```
///            hears down            hears init or up (with our session)
///   down ─────────────────▶ init ─────────────────▶ up
///    │    hears init (with our session)             ▲
///    └──────────────────────────────────────────────┘
///   any ──▶ down: silence, hears down while up, another session, no echo, loop, session lost
/// ```
/// RFC 5880 section 6.2, with a fresh random session id at each fall from up. An edge that is up carries namespaces while the
/// lower end *takes* it as its uplink; one that was taken and is left begins a new session.
final class Edge {
    let neighbour: NodeIndex
    var role: EdgeRole
    /// By slot of the declared tree: whose namespaces may come from here. Empty: all (the uplink).
    var behind: [Bool]

    /// The lower end takes it: decided here (`Uplinks`), or said by the neighbour's hellos.
    var taken: Bool { didSet { earliest.isKnown = false } }
    /// An uplink of the edition before: it is left as soon as a declared one is there.
    var isFormer = false { didSet { earliest.isKnown = false } }
    /// Since when it is up.
    var upSince = Instant.zero { didSet { earliest.isKnown = false } }

    /// When the edge wants to be looked at is worked out (`EarliestDue`); what it depends on says when it must be worked out anew.
    var isDueKnown = false { didSet { if oldValue, !isDueKnown { earliest.changed.append(place) } } }
    private let earliest: EarliestDue
    /// Among its node's edges.
    var place = 0

    // Hello.
    var connected = false { didSet { isDueKnown = false } }
    var connectedAt = Instant.zero { didSet { isDueKnown = false } }
    /// A neighbour above is to be heard by then; nil: it was, or is given up.
    var answerBy: Instant? { didSet { isDueKnown = false } }
    var state = EdgeState.down {
        didSet {
            isDueKnown = false
            earliest.isKnown = false
        }
    }
    var ownSession: UInt64 = 0
    var remoteSession: UInt64 = 0
    /// The one before, whose late hellos are not heard while up.
    var formerSession: UInt64 = 0
    var session: EdgeSession?
    var lastDown: EdgeDownReason?
    var liveness = Liveness() { didSet { isDueKnown = false } }
    var helloSequence: UInt64 = 0
    var helloTimes = [Instant](repeating: .zero, count: 64)
    var echoSequence: UInt64 = 0
    var echoAt = Instant.zero
    /// The newest own hello that came back, and when that was news.
    var echoed: UInt64 = 0
    var echoNewsAt = Instant.zero { didSet { isDueKnown = false } }
    var lastSent = Instant.zero { didSet { isDueKnown = false } }
    var lastFull = Instant.zero { didSet { isDueKnown = false } }
    var helloWanted = false { didSet { isDueKnown = false } }
    var spacing = Limits.idleSpacing { didSet { isDueKnown = false } }
    /// After a change to a longer spacing the shorter one is kept until here.
    var shortUntil = Instant.zero { didSet { isDueKnown = false } }
    var path: [NodeIndex] = []
    var clockAhead: Interval?
    /// The neighbour's wall clock less our boot-time clock, in milliseconds; nil: it does not know the time.
    var clockThere: Int64?
    var topologyVersion: UInt64 = 0
    var topologyHash: UInt64 = 0
    var lossThere = 0.0

    var scopes = EdgeScopes()

    // Push.
    var peer: [PeerState] = []
    var queues = [SlotQueue](repeating: SlotQueue(), count: 4)
    /// Large values on their way out, in the order in which they began.
    var transfers: [Transfer] = []
    var requests: [Request] = []
    var answers: [Frame] = []
    var flushAt: Instant? { didSet { isDueKnown = false } }
    /// On a full line the floor lane's next deltas wait until then.
    var urgentFrom = Instant.zero
    var rawTarget = Edge.surelyFits

    // Sequence numbers.
    var nextSequence: UInt64 = 1
    var inFlight: [InFlight] = [] { didSet { isDueKnown = false } }
    /// Given up and cut anew, in order: the next acknowledgements show whether they, or only the answers to them, were lost.
    var inDoubt: [UInt64] = []
    var timeouts = 0 { didSet { isDueKnown = false } }
    var received = ReceivedWindow()
    var ackAt: Instant? { didSet { isDueKnown = false } }
    var unacked = 0

    var hops = EdgeHops()
    var assembly = EdgeAssembly()

    var repair = EdgeRepair()

    // Pace.
    var pace = Pace()
    var counters = Membership.EdgeCounters()

    /// Estimated bytes of a frame that fit without compression.
    static let surelyFits = 1_050

    init(neighbour: NodeIndex, role: EdgeRole, behind: [Bool], earliest: EarliestDue) {
        self.earliest = earliest
        self.neighbour = neighbour
        self.role = role
        self.behind = behind
        taken = role == .uplink
    }

    var isUp: Bool { state == .up }
    /// Up, and namespaces may travel.
    var gossips: Bool { state == .up && taken }

    func shares(_ lane: Lane, _ scope: MeetingID) -> Bool { scopes.shares(lane, scope) }

    func grow(to count: Int) {
        guard peer.count < count else { return }
        if peer.capacity < count { peer.reserveCapacity(count + count / 8) }
        peer.append(contentsOf: repeatElement(PeerState(), count: count - peer.count))
    }

    /// Forgets everything of the session that ended.
    func clearSession() {
        if state == .up { formerSession = remoteSession }
        state = .down
        if !role.isAbove { taken = false }
        session = nil
        remoteSession = 0
        helloSequence = 0
        echoSequence = 0
        echoed = 0
        scopes.clear()
        peer = []
        for i in queues.indices { queues[i] = SlotQueue() }
        transfers = []
        requests = []
        answers = []
        flushAt = nil
        nextSequence = 1
        inFlight = []
        inDoubt = []
        timeouts = 0
        received = ReceivedWindow()
        ackAt = nil
        unacked = 0
        hops.clear()
        assembly.clear()
        repair.clear()
    }

    var pending: Int { queues.reduce(0) { $0 + $1.count } + transfers.count }
    func isTransferring(_ slot: Int) -> Bool { transfers.contains { $0.slot == slot } }
    var settled: Bool { inFlight.isEmpty && pending == 0 && hops.waiting.isEmpty && requests.isEmpty && !scopes.areToSend }
}

/// How much of one namespace's present incarnation the neighbour holds.
///
/// Both ends of each edge hold one for every namespace: versions, which stay below 2⁶², leave room for the flags.
struct PeerState {
    private static let flag: UInt64 = 1 << 63
    private var sentAndQueued: UInt64 = 0
    private var ackedAndBegun: UInt64 = 0

    var sent: UInt64 {
        get { sentAndQueued & ~PeerState.flag }
        set { sentAndQueued = newValue | sentAndQueued & PeerState.flag }
    }
    var acked: UInt64 {
        get { ackedAndBegun & ~PeerState.flag }
        set { ackedAndBegun = newValue | ackedAndBegun & PeerState.flag }
    }
    var queued: Bool {
        get { sentAndQueued & PeerState.flag != 0 }
        set { sentAndQueued = newValue ? sentAndQueued | PeerState.flag : sent }
    }
    /// The neighbour got (or was reset to) our records from the beginning, so pieces may follow although tombstones are gone.
    var begun: Bool {
        get { ackedAndBegun & PeerState.flag != 0 }
        set { ackedAndBegun = newValue ? ackedAndBegun | PeerState.flag : acked }
    }
}

/// First in, first out, without moving what is left.
struct SlotQueue {
    private var items: [Int] = []
    private var head = 0
    var count: Int { items.count - head }
    var first: Int? { head < items.count ? items[head] : nil }
    mutating func append(_ slot: Int) { items.append(slot) }
    mutating func removeFirst() {
        head += 1
        if head == items.count || head > 1_024 {
            items.removeFirst(head)
            head = 0
        }
    }
    /// The waiting ones, in order.
    var waiting: ArraySlice<Int> { items[head...] }
}

/// A datagram that waits for its acknowledgement.
struct InFlight {
    struct Part {
        var slot: Int
        var incarnation: Incarnation
        var to: UInt64
    }
    var sequence: UInt64
    var sentAt: Instant
    var bytes = 0
    /// How long the line is busy with it and with what was under way before it.
    var lineTime = Interval.zero
    var parts: [Part] = []
    var hops: [Hop] = []
    var requests: [GossipFrame.Request] = []
    var scopesSerial: UInt64 = 0
    /// A piece of a running transfer.
    var piece: (transfer: UInt64, index: Int)?
}

/// A large value on its way out in pieces; several small ones at a time, since each takes a round trip.
struct Transfer {
    var number: UInt64
    var slot: Int
    var incarnation: Incarnation
    /// The section it stands for.
    var from: UInt64
    var to: UInt64
    var reset: UInt64
    var record: Record
    var bytes: Int { record.value?.count ?? 0 }
    /// Pieces still to be sent (again), and those not yet acknowledged.
    var unsent: [Int]
    var unacked: Int
}
