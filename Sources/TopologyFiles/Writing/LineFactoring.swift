import Basics
import Topology

/// What lines have in common, said once: one class for each pair of levels, two where part of the lines is not measured.
struct LineFactoring {
    struct Class {
        var id: String
        var members: [Int]
        /// What stands under `classes`: known.
        var known = PlannedNetwork.Line()
        /// What stands under `defaults`: supposed.
        var supposed = PlannedNetwork.Line()
        /// Its lines have nothing in common: no two have the same figures.
        var isEmpty: Bool { !known.tells && !supposed.tells }
    }

    private(set) var classes: [Class] = []
    /// The class of a level's lines, unless a line says otherwise.
    private(set) var ofLevel: [String: String] = [:]
    private var ofNode: [Int: Int] = [:]
    /// Classes without figures, of levels whose class has some.
    private(set) var emptyButNamed: Set<String> = []

    /// Supposed of lines that nobody measured: 20 Mbit/s to places with others below them, 10 Mbit/s to the last ones, 5 ms.
    private static let supposedTrunk = Bitrate.mbps(20)
    private static let supposedLeaf = Bitrate.mbps(10)
    private static let supposedLatency: Int64 = 5_000_000

    init(_ network: PlannedNetwork, order: [Int]) {
        let hasChildren = Set(network.nodes.compactMap(\.parent))
        var groups: [(pair: String, members: [Int])] = []
        var position: [String: Int] = [:]
        for i in order {
            guard let parent = network.nodes[i].parent else { continue }
            let pair = network.nodes[i].level + "-" + network.nodes[parent].level
            if let at = position[pair] {
                groups[at].members.append(i)
            } else {
                position[pair] = groups.count
                groups.append((pair, [i]))
            }
        }
        for group in groups {
            // Ids have at most 48 letters.
            let pair = group.pair.utf8.count < 40 ? group.pair : "duong-\(classes.count + 1)"
            let measured = group.members.filter { network.nodes[$0].line.isMeasured }
            let others = group.members.filter { !network.nodes[$0].line.isMeasured }
            if !measured.isEmpty { add(pair, measured, network, hasChildren) }
            if !others.isEmpty { add(pair + (measured.isEmpty ? "" : "-chua-do"), others, network, hasChildren) }
        }
        for level in network.levels {
            let own = classes.filter { network.nodes[$0.members[0]].level == level.id }
            ofLevel[level.id] = own.filter { !$0.isEmpty }.max { $0.members.count < $1.members.count }?.id
            // Such a line must not take what its level's class says.
            if ofLevel[level.id] != nil { emptyButNamed.formUnion(own.filter(\.isEmpty).map(\.id)) }
        }
    }

    private mutating func add(_ id: String, _ members: [Int], _ network: PlannedNetwork, _ hasChildren: Set<Int>) {
        var made = Class(id: id, members: members)
        let lines = members.map { network.nodes[$0].line }
        if lines.allSatisfy(\.isMeasured) {
            if let most = Self.commonest(lines.map { [$0.up, $0.down] }) { (made.known.up, made.known.down) = (most[0], most[1]) }
        } else {
            let rate = members.contains { hasChildren.contains($0) } ? Self.supposedTrunk : Self.supposedLeaf
            let given = lines.filter { $0.up != nil && $0.down != nil }
            let most = Self.commonest(given.map { [$0.up, $0.down] }) ?? [rate, rate]
            (made.supposed.up, made.supposed.down) = (most[0], most[1])
        }
        let timed = lines.filter { $0.latency != nil && !$0.assumesLatency }
        if timed.count * 2 > lines.count, lines.allSatisfy({ $0.latency != nil }) {
            made.known.latency = Self.commonest(timed.map(\.latency)) ?? nil
        } else {
            let given = lines.filter(\.assumesLatency).compactMap(\.latency)
            made.supposed.latency = Self.commonest(given) ?? Self.supposedLatency
        }
        if lines.allSatisfy({ $0.loss != nil }) { made.known.loss = Self.commonest(lines.map(\.loss)) ?? nil }
        if lines.allSatisfy({ $0.carrier != nil }) { made.known.carrier = Self.commonest(lines.map(\.carrier)) ?? nil }
        if lines.allSatisfy({ $0.audio != nil }) { made.known.audio = Self.commonest(lines.map(\.audio)) ?? nil }
        if lines.allSatisfy({ $0.video != nil }) { made.known.video = Self.commonest(lines.map(\.video)) ?? nil }
        for member in members { ofNode[member] = classes.count }
        classes.append(made)
    }

    /// The value that most have, the first of equals; nil if no two have the same.
    private static func commonest<Value: Hashable>(_ values: [Value]) -> Value? {
        var counts: [Value: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        let most = values.max { (counts[$0] ?? 0) < (counts[$1] ?? 0) }
        guard let most, let count = counts[most], count > 1 || values.count == 1 else { return nil }
        return values.first { counts[$0] == count }
    }

    /// What a node's uplink still has to say: its class if it is not the level's, and figures unlike the class's.
    func own(_ i: Int, _ node: PlannedNetwork.Node) -> (className: String?, line: PlannedNetwork.Line) {
        guard let at = ofNode[i] else { return (nil, node.line) }
        let shared = classes[at]
        var line = node.line
        let base = line.assumed ? shared.supposed : shared.known
        if line.up == base.up, line.down == base.down { (line.up, line.down) = (nil, nil) }
        if line.latency == (line.assumesLatency ? shared.supposed : shared.known).latency { line.latency = nil }
        if line.loss == shared.known.loss { line.loss = nil }
        if line.carrier == shared.known.carrier { line.carrier = nil }
        if line.audio == shared.known.audio { line.audio = nil }
        if line.video == shared.known.video { line.video = nil }
        let isNamed = ofLevel[node.level] != shared.id && (!shared.isEmpty || emptyButNamed.contains(shared.id))
        return (isNamed ? shared.id : nil, line)
    }
}

extension PlannedNetwork.Line {
    /// There is something to write, beside the zeros that hold anyway.
    fileprivate var tells: Bool {
        up != nil || down != nil || latency ?? 0 != 0 || loss ?? 0 != 0 || carrier != nil || audio != nil || video != nil
    }
}
