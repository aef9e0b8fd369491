import Basics
import Bridge
import Membership

/// How far the core's nodes had written a meeting's floor and roster at a moment.
struct WrittenRoster {
    var at: Instant
    /// By place: who ran it.
    var runners: [Int]
    var versions: [(namespace: NamespaceID, incarnation: Incarnation, version: UInt64)]
}

/// L5, second half: rosters and queues are equal everywhere within the bound. People go on writing meanwhile, so at no moment need all hold
/// the same; but what was written a bound ago everybody must hold. Only what the core's own nodes wrote counts: of the others' records a
/// node that forgot them gets none before they are reached again, since a neighbour below may tell only what hangs below (docs/gossip.md,
/// origin).
final class RosterWatch {
    private let sight: Sight
    private let findings: Findings
    /// By meeting: what was written while rosters differed, the newest last.
    private var written: [[WrittenRoster]]

    init(_ sight: Sight, _ findings: Findings) {
        self.sight = sight
        self.findings = findings
        written = Array(repeating: [], count: sight.meetings.count)
    }

    /// Equal versions are equal contents; other versions may be.
    func areEqual(_ m: Int, at runners: [Int]) -> Bool {
        let (id, nodes) = (sight.meetings[m].id, sight.nodes)
        let sums = runners.compactMap { nodes[$0].bridge?.sum(of: id) }
        return sums.allSatisfy { $0 == sums[0] } || areRostersEqual(runners, id)
    }

    /// Rosters are equal.
    func agree(_ m: Int) { written[m].removeAll() }

    /// Rosters have differed for so long.
    func differ(_ m: Int, at runners: [Int], for time: Interval, bound: Interval) {
        let (id, now, nodes, network) = (sight.meetings[m].id, sight.now, sight.nodes, sight.network)
        written[m].append(WrittenRoster(at: now, runners: runners, versions: runners.flatMap { written(by: $0, id) }))
        guard time > bound, let last = written[m].lastIndex(where: { $0.at + bound <= now }) else { return }
        let old = written[m][last]
        // Who came to run it meanwhile, for a site that moved below it, begins only then to be told.
        let steady = runners.filter { place in written[m][last...].allSatisfy { $0.runners.contains(place) } }
        written[m].removeFirst(last)
        for (namespace, incarnation, version) in old.versions {
            // A hub without a hall that runs it no more has nobody left behind it, so its edges carry the meeting no more. Nor may anybody
            // hold what its owner does not know to have written: a life before it lost its memory.
            guard let owner = network.slot(namespace.node), steady.contains(owner),
                let own = nodes[owner].bridge?.version(of: namespace)
            else { continue }
            let behind = steady.filter { place in
                guard let held = nodes[place].bridge?.version(of: namespace) else { return true }
                return (held.incarnation, held.version) < (incarnation, version) || (held.incarnation, held.version) > (own.incarnation, own.version)
            }
            guard !behind.isEmpty else { continue }
            findings.violation(
                "L5", sight.now,
                "\(id): what \(sight.name(namespace.node)) wrote (\(namespace.lane), \(incarnation.counter)/\(version)) is not known after "
                    + "\(bound.milliseconds) ms to "
                    + behind.map { place in
                        let held = nodes[place].bridge?.version(of: namespace).map { "\($0.incarnation.counter)/\($0.version)" }
                        return "\(nodes[place].name) (\(held ?? "nothing"))"
                    }.joined(separator: ", "))
        }
    }

    private func written(by place: Int, _ id: MeetingID) -> [(namespace: NamespaceID, incarnation: Incarnation, version: UInt64)] {
        [Lane.floor, .roster, .bulk].compactMap { lane in
            let namespace = NamespaceID(node: sight.nodes[place].index, lane: lane, scope: id)
            return sight.nodes[place].bridge?.version(of: namespace).map { (namespace, $0.incarnation, $0.version) }
        }
    }

    private func areRostersEqual(_ runners: [Int], _ id: MeetingID) -> Bool {
        guard let first = runners.first else { return true }
        // What a node wrote that runs it no more may be left with a neighbour it took in for a while, who may not pass it on.
        func roster(_ place: Int) -> UInt64 {
            sight.nodes[place].bridge?.rosterDigest(id) { writer in sight.network.slot(writer).map(runners.contains) ?? false } ?? 0
        }
        let own = roster(first)
        return runners.dropFirst().allSatisfy { roster($0) == own }
    }
}
