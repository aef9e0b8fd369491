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
    /// A fault touched it last then.
    var troubledAt = Instant(nanoseconds: .min / 2)

    // What was seen of it last.
    var revision: UInt64 = 0
    /// By the world's meetings, as the next.
    var revisions: [UInt64]
    var floors: [FloorSnapshot?]
    /// The names it gave as a crown since its floor was looked at: one input may grant and lose a slot more than once.
    var given: [(meeting: Int, name: LeaseName)] = []
    /// The neighbour of the uplink it uses.
    var uplink: NodeIndex?
    var notes = LifeNotes()
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

/// What checkers keep of a node's present life.
struct LifeNotes {
    /// The largest lease each own site held, by meeting.
    var largest: [(meeting: Int, site: SiteID, name: LeaseName)] = []
    /// How often it became crown with a holder, by meeting.
    var adoptions: [Int: Int] = [:]
}

extension SimulatedNode {
    func largest(_ m: Int, _ site: SiteID) -> LeaseName? { notes.largest.first { $0.meeting == m && $0.site == site }?.name }
    func setLargest(_ m: Int, _ site: SiteID, _ name: LeaseName) {
        if let i = notes.largest.firstIndex(where: { $0.meeting == m && $0.site == site }) {
            notes.largest[i].name = max(notes.largest[i].name, name)
        } else {
            notes.largest.append((m, site, name))
        }
    }
    func adoptions(_ m: Int) -> Int { notes.adoptions[m] ?? 0 }
    func countAdoption(_ m: Int) { notes.adoptions[m, default: 0] += 1 }
}
