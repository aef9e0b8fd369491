import Basics
import Bridge
import Conference
import Topology

/// One machine of the network: clocks and disk that outlive the process, and the process's present life.
final class SimulatedNode {
    /// Where a datagram to an address goes.
    struct Way {
        /// The receiver's place among the world's endpoints.
        var endpoint: Int32
        /// The line to it; −1: the hall's own network.
        var link: Int32
    }

    /// Its slot in the scenario's network, and its place among the world's endpoints.
    let place: Int
    let index: NodeIndex
    let name: String
    let certificate: SimulatedCertificate
    /// The edition it loads at its next start.
    var network: Network { didSet { before = oldValue } }
    /// What it ran before that; its disk knows.
    var before: Network?
    var clock: LocalClock
    var disk = SimulatedDisk()
    /// Nil while it is dead.
    var bridge: Bridge?
    /// Counts starts.
    var life = 0
    /// The one wake that counts, on the world's clock.
    var wakeAt: Instant?
    var lastWake = Instant(nanoseconds: .min / 2)
    /// Wakes in a row after which something was still due.
    var unmetWakes = 0
    /// Stands still until then.
    var pausedUntil: Instant?
    /// Datagrams that arrived meanwhile: what a socket's buffer holds.
    var backlog: [Int32] = []
    static let backlogLimit = 2_048
    /// Every datagram and every wake waits so long.
    var slowness = Interval.zero
    /// It is to be alive, but could not be started (full disk).
    var wantsStart = false
    /// Its next start is that of a newer program than the others'.
    var isNewer = false
    /// What the newer program writes of its own in its present life.
    var newerRecords: NewerRecords?
    /// What it tells others that is not so, from its next start on.
    var lies: Set<Lie> = []
    /// It lied at some time: from then on the rules ask nothing of what it does.
    var hasLied = false
    /// Of its present life.
    var lyingCoder: LyingCoder?
    var lyingRecords: LyingRecords?
    /// A fault touched it last then.
    var troubledAt = Instant(nanoseconds: .min / 2)

    // What was seen of it last.
    var revision: UInt64 = 0
    /// By the world's meetings, as the next.
    var revisions: [UInt64]
    var floors: [FloorSnapshot?]
    /// The neighbour of the uplink it uses.
    var uplink: NodeIndex?
    var ways: [Address: Way] = [:]

    init(place: Int, network: Network, certificate: SimulatedCertificate, clock: LocalClock, meetings: Int) {
        self.place = place
        self.network = network
        self.certificate = certificate
        self.clock = clock
        index = network.nodes[place].index
        name = network.nodes[place].id
        revisions = Array(repeating: 0, count: meetings)
        floors = Array(repeating: nil, count: meetings)
    }

    var isAlive: Bool { bridge != nil }
    /// It would answer now.
    func responds(_ now: Instant) -> Bool { bridge != nil && (pausedUntil.map { $0 <= now } ?? true) }
}
