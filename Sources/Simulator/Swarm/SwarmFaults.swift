import Basics
import Topology

/// Draws faults of some kinds, and the core that is healed at the end.
struct SwarmFaults {
    private let network: Network
    private let meetings: [PlannedMeeting]
    private let safety: Interval
    /// How the trunks behave before any fault; one that is not there follows its line.
    private let weather: [Trunk: Impairment]
    private var dice: Dice
    private var editing: Dice
    private var upgrading: Dice
    /// What the planners send round, once somebody has loaded it.
    private var edition: Network?
    private var editionLoadedBy: Set<NodeIndex> = []
    private(set) var events: [TimedEvent] = []
    /// Nil: all nodes.
    private(set) var core: [NodeIndex]?

    init(
        network: Network, weather: [Trunk: Impairment], meetings: [PlannedMeeting], safety: Interval, dice: Dice, editing: Dice, upgrading: Dice
    ) {
        self.network = network
        self.weather = weather
        self.meetings = meetings
        self.safety = safety
        self.dice = dice
        self.editing = editing
        self.upgrading = upgrading
    }

    mutating func draw() {
        var kinds = FaultKind.struck.filter { _ in dice.chance(0.5) }
        if kinds.isEmpty { kinds = [.cut, .crash] }
        // Some faults are common in a seed and others rare in it.
        let weighted = kinds.flatMap { Array(repeating: $0, count: dice.pick([1, 1, 2, 5])) }
        let count = dice.int(5...(7 + network.count / 4))
        let heals = dice.pick([0.5, 0.8, 1])
        for _ in 0..<count {
            let at = dice.time(.seconds(Int64(2)), safety - .milliseconds(500))
            let length = dice.logTime(.milliseconds(50), .seconds(Int64(15)))
            strike(dice.pick(weighted), at: at, length: length, heals: dice.chance(heals))
        }
        if dice.chance(0.3) { flap() }
        drawCore()
        if let edition {
            spread(edition)
            keepCoreTogether(edition)
        }
        if upgrading.chance(1 / 3) { upgrade() }
    }

    private mutating func say(_ at: Interval, _ event: Event) {
        if at < safety { events.append(TimedEvent(at: at, event: event)) }
    }

    /// One fault, and its repair if it comes before the end of the safety phase.
    private mutating func strike(_ kind: FaultKind, at: Interval, length: Interval, heals: Bool) {
        let node = network.nodes[dice.int(0...network.count - 1)].index
        let trunk = drawTrunk()
        let after = heals ? at + length : safety
        switch kind {
        case .cut:
            say(at, .cut(trunk))
            say(after, .mend(trunk))
        case .cutOneWay:
            let isUp = dice.chance(0.5)
            say(at, .cutOneWay(from: isUp ? trunk.lower : trunk.upper, to: isUp ? trunk.upper : trunk.lower))
            say(after, .mend(trunk))
        case .impair:
            let line = weather[trunk] ?? Impairment(network.slot(trunk.lower).flatMap { network.links[$0]?.line })
            say(at, .impair(trunk, drawWeather(line)))
            say(after, .impair(trunk, line))
        case .crash, .crashForgetting:
            say(at, .crash(node, losesMemory: kind == .crashForgetting))
            say(after, .restart(node))
        case .pause: say(at, .pause(node, min(length, safety - at)))
        case .slow:
            say(at, .slow(node, dice.logTime(.milliseconds(1), .milliseconds(300))))
            say(after, .slow(node, .zero))
        case .drift:
            say(at, .drift(node, dice.pick([-5_000, -200, 200, 5_000])))
            say(after, .drift(node, 0))
        case .stepClock:
            let by = dice.logTime(.milliseconds(100), .seconds(Int64(3_600)))
            say(at, .stepClock(node, dice.chance(0.5) ? by : .zero - by))
        case .diskFull:
            say(at, .diskFull(node, true))
            say(after, .diskFull(node, false))
        case .certificateExpired:
            say(at, .certificateExpired(node, true))
            say(after, .certificateExpired(node, false))
        case .loadTopology:
            let next = edition ?? drawEdition()
            edition = next
            editionLoadedBy.insert(node)
            say(at, .loadTopology(node, next))
        case .newerProgram: say(at, .newerProgram(node))
        case .byzantine: break
        }
    }

    private mutating func drawTrunk() -> Trunk {
        let slot = dice.int(1...network.count - 1)
        guard let link = network.links[slot] else { preconditionFailure("slot \(slot) has no uplink") }
        let uppers = [link.parent] + link.backups
        return Trunk(lower: network.nodes[slot].index, upper: dice.chance(0.8) ? link.parent : dice.pick(uppers))
    }

    private mutating func drawWeather(_ line: Impairment) -> Impairment {
        var weather = line
        switch dice.int(0...5) {
        case 0: weather.rate = .kbps(Int64(dice.pick([128, 256, 512])))
        case 1: weather.delay = dice.logTime(.milliseconds(20), .milliseconds(800))
        case 2: weather.jitter = dice.logTime(.milliseconds(5), .milliseconds(100))
        case 3: weather.loss = BurstLoss(share: dice.pick([0.1, 0.2, 0.5]), burst: dice.chance(0.5) ? .milliseconds(Int64(dice.int(20...300))) : .zero)
        case 4:
            weather.duplicate = dice.pick([0.05, 0.3])
            weather.reorder = dice.pick([0.05, 0.3])
        default: weather.corrupt = dice.pick([0.01, 0.1])
        }
        return weather
    }

    /// The network a version on: half the time one of its leaves hangs below another node, where a line of the same kind is laid.
    private mutating func drawEdition() -> Network {
        var entries = network.nodes.indices.map { Network.Entry(node: network.nodes[$0], link: network.links[$0]) }
        if editing.chance(0.5) { moveLeaf(&entries) }
        do {
            return try Network(
                networkID: network.networkID, name: network.name, version: network.version + 1, edition: network.edition, levels: network.levels,
                policy: network.policy, upstream: network.upstream, entries: entries)
        } catch {
            preconditionFailure("a tree stays a tree: \(error)")
        }
    }

    /// Nobody hangs or may hang below the leaf, so there is no cycle, whoever still has the edition before.
    private mutating func moveLeaf(_ entries: inout [Network.Entry]) {
        let uppers = Set(network.links.flatMap { link in link.map { [$0.parent] + $0.backups } ?? [] })
        let leaves = network.nodes.indices.filter { !uppers.contains(network.nodes[$0].index) && network.links[$0]?.zone == nil && $0 > 0 }
        guard !leaves.isEmpty else { return }
        let leaf = editing.pick(leaves)
        guard var link = network.links[leaf] else { return }
        let above = network.nodes.indices.filter {
            network.levelRank($0) < network.levelRank(leaf) && network.nodes[$0].index != link.parent && network.zone(of: $0) == network.zone(of: leaf)
        }
        guard !above.isEmpty else { return }
        link.parent = network.nodes[editing.pick(above)].index
        link.backups.removeAll { $0 == link.parent }
        entries[leaf].link = link
    }

    /// Before the faults end the edition has reached all others, one after the other.
    private mutating func spread(_ edition: Network) {
        for node in network.nodes where !editionLoadedBy.contains(node.index) {
            say(safety - .milliseconds(Int64(editing.int(1...400))), .loadTopology(node.index, edition))
        }
    }

    /// A leaf whose new parent is outside the core has no way home within it.
    private mutating func keepCoreTogether(_ edition: Network) {
        guard let chosen = core else { return }
        let stays = chosen.filter { node in
            guard let slot = edition.slot(node), let parent = edition.links[slot]?.parent else { return true }
            return chosen.contains(parent) || network.slot(node).flatMap { network.links[$0]?.parent } == parent
        }
        core = stays.count > 1 ? stays : nil
    }

    /// One to three nodes get a newer program, one after the other.
    private mutating func upgrade() {
        for node in upgrading.shuffled(network.nodes).prefix(upgrading.int(1...3)) {
            say(upgrading.time(.seconds(Int64(2)), safety - .milliseconds(500)), .newerProgram(node.index))
        }
    }

    /// One line that comes and goes.
    private mutating func flap() {
        let trunk = drawTrunk()
        var at = dice.time(.seconds(Int64(3)), safety / 2)
        let down = dice.logTime(.milliseconds(30), .seconds(Int64(2)))
        let up = dice.logTime(.milliseconds(100), .seconds(Int64(3)))
        for _ in 0..<dice.int(3...8) {
            say(at, .cut(trunk))
            say(at + down, .mend(trunk))
            at = at + down + up
        }
    }

    // MARK: The core

    /// All, or a connected part that holds two sites of some meeting.
    private mutating func drawCore() {
        guard dice.chance(0.4), network.count > 3 else { return }
        let wanted = dice.int(max(2, network.count / 2)...network.count - 1)
        let firstSite = meetings.first.flatMap { network.slot(site: $0.file.chairs[0]) } ?? 0
        var chosen: Set<Int> = [firstSite]
        while chosen.count < wanted {
            let next = network.nodes.indices.filter { slot in
                !chosen.contains(slot) && (network.tree.parent(slot).map(chosen.contains) == true || chosen.contains { network.tree.parent($0) == slot })
            }
            if next.isEmpty { break }
            chosen.insert(dice.pick(next))
        }
        core = network.nodes.indices.filter { chosen.contains($0) }.map { network.nodes[$0].index }
    }
}
