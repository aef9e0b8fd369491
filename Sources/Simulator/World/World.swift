import Basics
import Bridge
import Conference
import Membership
import Peer
import Rights
import Topology
import Wire

/// One run: virtual time, the machines, the lines between them, the people, and whoever looks on.
///
/// Everything happens in events of one heap. An event hands one input to one node (or hall), takes what the node wants done,
/// puts its datagrams on their lines, plans the node's next wake, and shows the checkers what changed. `WorldTraffic.swift`
/// carries datagrams, `WorldLives.swift` starts and stops nodes, `WorldEvents.swift` follows the timeline, `WorldPages.swift`
/// seats people.
final class World {
    let scenario: Scenario
    let options: RunOptions
    let core: [Bool]
    /// The world's clock; nodes have clocks of their own.
    var now = Instant.zero
    var heap = EventHeap<WorldEvent>()
    let pool = DatagramPool()
    var nodes: [SimulatedNode] = []
    var links: [DirectedLink] = []
    /// By trunk, the links up and down.
    var linksByTrunk: [Trunk: (up: Int, down: Int)] = [:]
    var halls: [Hall] = []
    var hallByKey: [HallKey: Int] = [:]
    var equipment: [Equipment] = []
    var meetings: [WorldMeeting] = []
    private var peopledNetworks: [(of: [UInt8], network: Network)] = []
    let chance: SeededGenerator
    /// What turns pairs of randoms into keys.
    let agreement: UInt64
    /// Certifies the keys with which nodes sign their records.
    let records: SimulatedRecordAuthority
    let authority: UInt64
    let coder: SharingCoder
    let recordCoder = ConferenceCoder()
    /// Of nodes with a newer program.
    private(set) lazy var newerCoder = NewerCoder(coder, compressor: options.makeCompressor())
    /// The datagram whose consequences are being looked at; −1: none.
    var inspected: Int32 = -1
    /// Some node lies at some time.
    let hasLiars: Bool
    /// The liveness phase has begun.
    var isHealed = false
    /// The end of the liveness phase; later, if something was still open then.
    var end: Instant
    let plannedEnd: Instant

    var digest: TraceDigest
    let findings: Findings
    var measures = Measures()
    // The checkers, which look on from outside.
    private(set) lazy var sight = Sight(self)
    private(set) lazy var components = Components(sight: sight, findings: findings)
    private(set) lazy var ledger = RequestLedger(sight, findings)
    private(set) lazy var floorChecker = FloorChecker(
        sight, components, ledger, FenceChecker(sight: sight, findings: findings, coder: coder, recordCoder: recordCoder))
    private(set) lazy var media = MediaChecker(sight, findings)
    private(set) lazy var attendance = AttendanceLedger(sight, findings)
    private(set) lazy var votes = VoteLedger(sight, findings)
    private(set) lazy var byzantine = ByzantineChecker(sight, findings)
    private(set) lazy var liveness = LivenessWatch(sight, components, ledger)
    /// The protected zone each link lies in, if any.
    var zones: [String?] = []
    /// The wall clock at the world's zero.
    static let wall: Int64 = 1_790_000_000_000

    struct HallKey: Hashable {
        var site: SiteID
        var meeting: Int
    }

    init(_ scenario: Scenario, _ options: RunOptions) {
        self.scenario = scenario
        self.options = options
        chance = SeededGenerator(seed: options.seed).fork("world")
        var keys = chance.fork("keys")
        agreement = keys.next()
        var recordKeys = chance.fork("record keys")
        records = SimulatedRecordAuthority(secret: recordKeys.next())
        authority = keys.next() | 1
        digest = TraceDigest(seed: options.seed)
        findings = Findings(limit: options.violationLimit, keepsStory: options.keepTrace)
        coder = SharingCoder(compressor: options.makeCompressor())
        plannedEnd = .zero + scenario.safetyPhase + scenario.livenessPhase
        end = plannedEnd
        let network = scenario.network
        let liars = scenario.liars
        hasLiars = !liars.isEmpty
        core = network.nodes.map { node in (scenario.core?.contains(node.index) ?? true) && !liars.contains(node.index) }
        meetings = scenario.meetings.map { WorldMeeting($0, network) }
        makeNodes()
        makeLinks()
        makeHalls()
        makeEquipment()
    }

    /// Runs to the end of the liveness phase, or until every rule was judged.
    func run() {
        var starts = chance.fork("starts")
        for node in nodes.indices {
            heap.push(.restart(Int32(node)), at: .zero + .nanoseconds(Int64.random(in: 0...20_000_000, using: &starts)))
            nodes[node].wantsStart = true
        }
        for (m, meeting) in meetings.enumerated() { heap.push(.start(Int32(m)), at: .zero + meeting.startsAt) }
        for (i, event) in scenario.timeline.enumerated() { heap.push(.happen(Int32(i)), at: .zero + event.at) }
        heap.push(.heal, at: .zero + scenario.safetyPhase)
        if options.keepTrace { heap.push(.sample, at: .zero + World.samplePause) }
        while let (at, event) = heap.pop(), at <= end {
            now = at
            switch event {
            case .deliver(let slot): deliver(slot)
            case .wakeNode(let node): wakeNode(nodes[Int(node)])
            case .wakeHall(let hall): wakeHall(halls[Int(hall)])
            case .speak(let hall): speak(halls[Int(hall)])
            case .join(let hall): tryJoin(halls[Int(hall)])
            case .happen(let i): happen(scenario.timeline[Int(i)].event)
            case .start(let m): startMeeting(Int(m))
            case .resume(let node): resume(nodes[Int(node)])
            case .restart(let node): start(nodes[Int(node)])
            case .writeNewer(let node, let life): writeNewerRecord(nodes[Int(node)], life: Int(life))
            case .lie(let node, let life): writeLie(nodes[Int(node)], life: Int(life))
            case .heal: heal()
            case .probe: probe()
            case .sample: sample()
            }
        }
        now = end
        ContentChecker(sight: sight, findings: findings).compareContents()
        if let before = liveness.settledBefore {
            attendance.check(before: before)
            votes.check(before: before)
        }
        byzantine.end()
        measures.end(self)
    }

    // MARK: Making

    private func makeNodes() {
        let network = scenario.network
        var clocks = chance.fork("clocks")
        for (place, node) in network.nodes.enumerated() {
            let clock = LocalClock(
                origin: .nanoseconds(Int64.random(in: 1_000_000_000...100_000_000_000_000, using: &clocks)),
                wall: World.wall + Int64.random(in: -20...20, using: &clocks))
            nodes.append(
                SimulatedNode(
                    place: place, network: network, certificate: SimulatedCertificate(node: node.id, authority: authority), clock: clock,
                    meetings: meetings.count))
        }
    }

    /// The lines of all editions are there from the beginning.
    private func makeLinks() {
        makeLinks(of: scenario.network)
        for case .loadTopology(_, let edition) in scenario.timeline.lazy.map(\.event) { makeLinks(of: edition) }
    }
    private func makeLinks(of edition: Network) {
        for (slot, link) in edition.links.enumerated() {
            guard let link, let lower = scenario.network.slot(edition.nodes[slot].index) else { continue }
            for upper in [link.parent] + link.backups {
                guard let place = scenario.network.slot(upper) else { continue }
                addTrunk(lower: lower, upper: place, line: link.line)
            }
        }
    }

    private func addTrunk(lower: Int, upper: Int, line: Network.Line) {
        let trunk = Trunk(lower: nodes[lower].index, upper: nodes[upper].index)
        guard linksByTrunk[trunk] == nil else { return }
        for isUp in [true, false] {
            let fair =
                scenario.links[trunk]
                ?? Impairment(rate: isUp ? line.up : line.down, delay: line.latency, loss: BurstLoss(share: line.loss))
            let (from, to) = isUp ? (lower, upper) : (upper, lower)
            zones.append(scenario.network.zone(of: lower))
            nodes[from].ways[scenario.network.nodes[to].address] = SimulatedNode.Way(endpoint: Int32(to), link: Int32(links.count))
            links.append(
                DirectedLink(
                    trunk: trunk, isUp: isUp, from: Int32(from), to: Int32(to), impairment: fair,
                    generator: chance.fork("link/\(trunk.lower)/\(trunk.upper)/\(isUp)")))
        }
        linksByTrunk[trunk] = (links.count - 2, links.count - 1)
    }

    private func makeHalls() {
        for timed in scenario.timeline {
            switch timed.event {
            case .join(let site, let meeting), .leave(let site, let meeting), .talk(let site, let meeting, _),
                .request(let site, let meeting, _), .withdraw(let site, let meeting), .mute(let site, let meeting, _):
                addHall(site, meeting)
            default: break
            }
        }
    }
    private func addHall(_ site: SiteID, _ meeting: MeetingID) {
        guard let m = meetings.firstIndex(where: { $0.id == meeting }), let node = scenario.network.slot(site: site),
            hallByKey[HallKey(site: site, meeting: m)] == nil
        else { return }
        let number = halls.count
        hallByKey[HallKey(site: site, meeting: m)] = number
        let random = chance.fork("hall/\(site)/\(meeting)")
        let security = SimulatedSecurity(
            SimulatedCertificate(node: "", authority: 0), agreement: agreement, random: random.fork("security"))
        let hall = Hall(
            number: number, endpoint: Int32(nodes.count + number), site: site, meeting: m, node: node, security: security,
            random: random.fork("page"))
        halls.append(hall)
        meetings[m].halls.append(number)
        nodes[node].ways[hall.address] = SimulatedNode.Way(endpoint: hall.endpoint, link: -1)
    }

    private func makeEquipment() {
        for (place, node) in scenario.network.nodes.enumerated() {
            for declared in node.endpoints {
                let endpoint = Int32(nodes.count + halls.count + equipment.count)
                equipment.append(Equipment(endpoint: endpoint, node: place, address: declared.address, site: declared.site))
                nodes[place].ways[declared.address] = SimulatedNode.Way(endpoint: endpoint, link: -1)
            }
        }
    }

    /// Simulated halls come to whatever meeting names them, as people do who have been told of it: by the rule `accept: all`, unless the
    /// topology has rules of its own. Made once for each edition.
    func peopled(_ network: Network) -> Network {
        guard network.policy == .standard else { return network }
        if let known = peopledNetworks.first(where: { $0.of == network.hash }) { return known.network }
        let result = network.peopled
        peopledNetworks.append((network.hash, result))
        return result
    }
}

/// A planned meeting in the world's tables.
struct WorldMeeting {
    let id: MeetingID
    let definition: MeetingDefinition
    let startsAt: Interval
    /// The nodes of its chairs, in their order.
    let chairNodes: [Int]
    /// Places of its halls.
    var halls: [Int] = []

    init(_ planned: PlannedMeeting, _ network: Network) {
        let file = planned.file
        id = file.id
        startsAt = planned.startsAt
        definition = MeetingDefinition(
            id: file.id, title: file.title, kind: MeetingKind(rawValue: file.kind.rawValue) ?? .discussion, chairs: file.chairs,
            sites: file.sites, videoCodec: file.codec, openMicrophones: file.openMicrophones, floorSize: file.floorSize,
            audioRate: file.audioRate, videoRate: file.videoRate, loudspeakers: file.loudspeakers)
        chairNodes = file.chairs.compactMap { network.slot(site: $0) }
    }
}

/// Plain RTP equipment: it only listens here.
struct Equipment {
    let endpoint: Int32
    let node: Int
    let address: Address
    /// The site whose voice it must not hear.
    let site: SiteID?
}
