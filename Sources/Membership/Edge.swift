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

    var push = EdgePush()
    var requests = EdgeRequests()
    var flush = EdgeFlush() { didSet { isDueKnown = false } }
    var sequence = EdgeSequence() { didSet { isDueKnown = false } }
    var hops = EdgeHops()
    var assembly = EdgeAssembly()

    var repair = EdgeRepair()

    // Pace.
    var pace = Pace()
    var counters = Membership.EdgeCounters()

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
        push.clear()
        requests.clear()
        flush.clear()
        sequence.clear()
        hops.clear()
        assembly.clear()
        repair.clear()
    }

    /// Nothing waits or is under way.
    var settled: Bool {
        sequence.inFlight.isEmpty && push.pending == 0 && hops.waiting.isEmpty && requests.open.isEmpty && !scopes.areToSend
    }
}
