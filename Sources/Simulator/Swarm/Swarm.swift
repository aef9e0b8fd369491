import Basics
import Topology

/// Scenarios drawn from a seed: tree, lines, meetings, people, faults and their rates.
///
/// As in swarm testing (Groce, Zhang, Eide, Chen, Regehr 2012) each seed leaves some kinds of faults out altogether: a kind that
/// is always there hides what happens without it. Every part draws from a generator of its own name, so that one more draw for
/// the people shifts no fault.
public enum Swarm {
    /// The scenario of a seed, with so many nodes (at least 2). With `liars` one of its leaves lies besides, if it has one without a chair.
    public static func draw(seed: UInt64, nodes: Int, liars: Bool = false) -> Scenario {
        let root = SeededGenerator(seed: seed).fork("swarm")
        var shape = Dice(root.fork("tree"))
        let network = SwarmTree.draw(nodes: max(2, nodes), &shape)
        var timing = Dice(root.fork("phases"))
        let safety = Interval.seconds(Int64(timing.int(45...60)))
        let liveness = Interval.seconds(Int64(15))
        var people = SwarmPeople(network: network, safety: safety, liveness: liveness, dice: Dice(root.fork("people")))
        people.draw()
        var lines = Dice(root.fork("lines"))
        let weather = SwarmTree.impairments(network, &lines)
        var faults = SwarmFaults(
            network: network, weather: weather, meetings: people.meetings, safety: safety, dice: Dice(root.fork("faults")),
            editing: Dice(root.fork("edition")), upgrading: Dice(root.fork("upgrades")))
        faults.draw()
        var votes = SwarmVotes(meetings: people.meetings, safety: safety, dice: Dice(root.fork("votes")))
        votes.draw()
        let events = people.events + faults.events + votes.events
        var scenario = Scenario(
            name: "swarm", title: "Drawn from seed \(seed): \(nodes) nodes", network: network, meetings: people.meetings,
            timeline: events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element),
            links: weather, safetyPhase: safety, livenessPhase: liveness, core: faults.core)
        var lying = Dice(root.fork("liars"))
        if liars { SwarmLiar.draw(into: &scenario, dice: &lying) }
        return scenario
    }

    /// What was drawn, on one line.
    public static func describe(_ scenario: Scenario) -> String {
        let network = scenario.network
        let depth = (network.nodes.indices.map { network.levelRank($0) }.max() ?? 0) + 1
        let backups = network.links.reduce(0) { $0 + ($1?.backups.count ?? 0) }
        let zones = network.links.filter { $0?.zone != nil }.count
        var parts = ["\(network.count) nodes on \(depth) levels"]
        if backups > 0 { parts.append("\(backups) backups") }
        if zones > 0 { parts.append("\(zones) zones") }
        if let core = scenario.core { parts.append("core \(core.count)") }
        let meetings = scenario.meetings.map { "\($0.file.kind.rawValue) \($0.file.sites.count)" }.joined(separator: ", ")
        let counts = faultCounts(scenario).map { "\($0.kind.rawValue) \($0.count)" }.joined(separator: ", ")
        return parts.joined(separator: ", ") + "; " + meetings + "; " + counts
    }

    /// How often each kind of fault is there, in the order of ``FaultKind``.
    static func faultCounts(_ scenario: Scenario) -> [(kind: FaultKind, count: Int)] {
        FaultKind.allCases.compactMap { kind in
            let count = scenario.timeline.filter { FaultKind($0.event) == kind }.count
            return count > 0 ? (kind, count) : nil
        }
    }
}

/// What can break; `rawValue` as scenario files call it.
enum FaultKind: String, CaseIterable {
    case cut
    case cutOneWay = "cut-one-way"
    case impair
    case crash
    case crashForgetting = "crash-forgetting"
    case pause
    case slow
    case drift
    case stepClock = "step-clock"
    case diskFull = "disk-full"
    case certificateExpired = "certificate-expired"
    case loadTopology = "load-topology"
    case newerProgram = "newer-program"
    case byzantine

    /// Those that are drawn with the others; upgrades and liars are drawn by themselves.
    static var struck: [FaultKind] { allCases.filter { $0 != .newerProgram && $0 != .byzantine } }

    /// Nil for repairs and people's deeds.
    init?(_ event: Event) {
        switch event {
        case .cut: self = .cut
        case .cutOneWay: self = .cutOneWay
        case .impair: self = .impair
        case .crash(_, let losesMemory): self = losesMemory ? .crashForgetting : .crash
        case .pause: self = .pause
        case .slow(_, let by) where by != .zero: self = .slow
        case .drift(_, let ppm) where ppm != 0: self = .drift
        case .stepClock: self = .stepClock
        case .diskFull(_, true): self = .diskFull
        case .certificateExpired(_, true): self = .certificateExpired
        case .loadTopology: self = .loadTopology
        case .newerProgram: self = .newerProgram
        case .byzantine(_, let lies) where !lies.isEmpty: self = .byzantine
        default: return nil
        }
    }
}

/// A generator with the draws that a swarm needs.
struct Dice {
    private var generator: SeededGenerator

    init(_ generator: SeededGenerator) { self.generator = generator }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
    mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &generator)] }
    mutating func shuffled<T>(_ values: [T]) -> [T] { values.shuffled(using: &generator) }

    /// Whole milliseconds, so that a file can say it.
    mutating func time(_ low: Interval, _ high: Interval) -> Interval {
        .milliseconds(Int64.random(in: low.milliseconds...max(low.milliseconds, high.milliseconds), using: &generator))
    }

    /// Long ones as likely as short ones, by magnitude.
    mutating func logTime(_ low: Interval, _ high: Interval) -> Interval {
        let steps = Double.random(in: 0..<1, using: &generator)
        var value = Double(low.milliseconds)
        var ratio = Double(high.milliseconds) / value
        // value · ratio^steps by halving the exponent: no logarithm, so the same bits on every machine.
        var share = 0.5
        for _ in 0..<10 {
            ratio = ratio.squareRoot()
            if steps.bit(of: share) { value *= ratio }
            share /= 2
        }
        return .milliseconds(Int64(value))
    }
}

extension Double {
    /// The binary digit of that worth (a negative power of two) in a number of [0, 1).
    fileprivate func bit(of worth: Double) -> Bool { (self / worth).rounded(.down).truncatingRemainder(dividingBy: 2) == 1 }
}

extension Network {
    /// The rank of a slot's level.
    func levelRank(_ slot: Int) -> Int { level(id: nodes[slot].level)?.rank ?? 0 }
}
