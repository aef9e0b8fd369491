import Basics
import Documents
import Topology
import Yams

/// Reads which nodes, or the uplinks of which nodes, are meant.
///
/// A node's id; `all`; conditions that hold together (`id`, `level`, `unit`, `subtree`, `below`); or a list of these. For trunks
/// `to` names the upper end, where a backup's line is meant and not the declared one.
struct TrunkReader {
    let file: SourceFile
    let network: Network

    static let keys = ["id", "level", "unit", "subtree", "below"]

    // MARK: Nodes

    /// In the order of the tree; empty (and a problem) if nothing is meant.
    func nodes(_ place: Node, key: String) -> [NodeIndex] {
        let items = items(of: place)
        if items.isEmpty { file.report(.noNodes(), at: place) }
        let unique = Set(items.flatMap { slots($0, key: key) })
        return network.nodes.indices.filter { unique.contains($0) }.map { network.nodes[$0].index }
    }

    /// One node by its id.
    func node(_ reader: MappingReader, _ key: String) -> NodeIndex? {
        guard let id = reader.text(key), let place = reader.value(key) else { return nil }
        return slot(id, at: place).map { network.nodes[$0].index }
    }

    private func items(of place: Node) -> [Node] {
        if case .sequence(let sequence) = place { return Array(sequence) }
        return [place]
    }

    private func slot(_ id: String, at place: Node) -> Int? {
        if let slot = network.slot(id: id) { return slot }
        file.report(.unknownNode(id), at: place, meaning: id, among: network.nodes.lazy.map(\.id))
        return nil
    }

    private func slots(_ item: Node, key: String) -> [Int] {
        if item.plainText == "all" { return Array(network.nodes.indices) }
        if let id = item.plainText { return slot(id, at: item).map { [$0] } ?? [] }
        guard let reader = condition(item, key: key, keys: Self.keys) else { return [] }
        return slots(reader, at: item)
    }

    private func condition(_ item: Node, key: String, keys: [String]) -> MappingReader? {
        guard case .mapping = item else {
            file.report(.wrongType(key, want: .textOrList, found: item.shape), at: item)
            return nil
        }
        return MappingReader(item, what: key, keys: keys, in: file)
    }

    private func slots(_ reader: MappingReader, at item: Node) -> [Int] {
        var chosen = Array(network.nodes.indices)
        var good = true
        if let id = reader.text("id"), let place = reader.value("id") {
            let found = slot(id, at: place)
            good = good && found != nil
            chosen.removeAll { $0 != found }
        }
        if let level = reader.text("level"), let place = reader.value("level") {
            if network.level(id: level) == nil {
                file.report(.unknownLevel(level), at: place, meaning: level, among: network.levels.map(\.id))
                good = false
            }
            chosen.removeAll { network.nodes[$0].level != level }
        }
        if let unit = reader.text("unit"), let place = reader.value("unit") {
            let tops = network.nodes.indices.filter { network.nodes[$0].unit == unit }
            if tops.isEmpty {
                file.report(.unknownUnit(unit), at: place, meaning: unit, among: network.nodes.compactMap(\.unit))
                good = false
            }
            chosen.removeAll { slot in !tops.contains { network.tree.subtree($0).contains(slot) } }
        }
        for (key, includesTop) in [("subtree", true), ("below", false)] {
            guard let id = reader.text(key), let place = reader.value(key) else { continue }
            guard let top = slot(id, at: place) else {
                good = false
                continue
            }
            chosen.removeAll { !network.tree.subtree(top).contains($0) || ($0 == top && !includesTop) }
        }
        if good, chosen.isEmpty || !Self.keys.contains(where: reader.has) {
            file.report(.noNodes(), at: item)
            return []
        }
        return good ? chosen : []
    }

    // MARK: Trunks

    /// In the order of the tree; empty (and a problem) if nothing is meant.
    func trunks(_ place: Node, key: String) -> [Trunk] {
        var found: [Trunk] = []
        let items = items(of: place)
        if items.isEmpty { file.report(.noNodes(), at: place) }
        for item in items {
            for trunk in trunks(of: item, key: key) where !found.contains(trunk) { found.append(trunk) }
        }
        return found
    }

    private func trunks(of item: Node, key: String) -> [Trunk] {
        let chosen: [Int]
        if case .mapping = item {
            guard let reader = condition(item, key: key, keys: Self.keys + ["to"]) else { return [] }
            chosen = slots(reader, at: item)
            if reader.has("to") {
                guard let upper = node(reader, "to"), let place = reader.value("to") else { return [] }
                return chosen.compactMap { slot in
                    let node = network.nodes[slot]
                    if let link = network.links[slot], link.parent == upper || link.backups.contains(upper) {
                        return Trunk(lower: node.index, upper: upper)
                    }
                    file.report(.unknownTrunk(node.id, to: reader.text("to") ?? ""), at: place)
                    return nil
                }
            }
        } else {
            chosen = slots(item, key: key)
        }
        let found = chosen.compactMap { slot in
            network.links[slot].map { Trunk(lower: network.nodes[slot].index, upper: $0.parent) }
        }
        // Of several the root is passed over; by itself it was meant.
        if found.isEmpty, let root = chosen.first { file.report(.noUplink(network.nodes[root].id), at: item) }
        return found
    }

    /// How a trunk behaves by its line's figures; the smaller of two capacities counts for both directions.
    func line(of trunk: Trunk) -> Impairment { Impairment(network.slot(trunk.lower).flatMap { network.links[$0]?.line }) }

    /// Every two of them can reach each other over declared and backup lines between them.
    func areConnected(_ nodes: [NodeIndex]) -> Bool {
        let members = Set(nodes.compactMap { network.slot($0) })
        guard let first = members.min() else { return true }
        var neighbours: [Int: [Int]] = [:]
        for slot in network.nodes.indices where members.contains(slot) {
            guard let link = network.links[slot] else { continue }
            for upper in [link.parent] + link.backups {
                guard let other = network.slot(upper), members.contains(other) else { continue }
                neighbours[slot, default: []].append(other)
                neighbours[other, default: []].append(slot)
            }
        }
        var seen: Set<Int> = [first]
        var next = [first]
        while let here = next.popLast() {
            for other in neighbours[here] ?? [] where seen.insert(other).inserted { next.append(other) }
        }
        return seen.count == members.count
    }
}

extension Impairment {
    /// As the topology describes a line; without one, a fast one.
    init(_ line: Network.Line?) {
        self.init(
            rate: line.map { min($0.up, $0.down) } ?? .mbps(1_000), delay: line?.latency ?? .zero, loss: BurstLoss(share: line?.loss ?? 0))
    }
}

/// The keys that change how a trunk behaves; what is not named stays.
struct ImpairmentReader {
    static let keys = ["rate", "delay", "jitter", "loss", "burst", "duplicate", "reorder", "corrupt", "queue"]

    private var rate: Bitrate?
    private var delay: Interval?
    private var jitter: Interval?
    private var loss: Int?
    private var burst: Interval?
    private var duplicate: Int?
    private var reorder: Int?
    private var corrupt: Int?
    private var queue: Int?

    init(_ reader: MappingReader) {
        rate = reader.bitrate("rate")
        delay = reader.interval("delay")
        jitter = reader.interval("jitter")
        loss = reader.share("loss")
        burst = reader.interval("burst")
        duplicate = reader.share("duplicate")
        reorder = reader.share("reorder")
        corrupt = reader.share("corrupt")
        queue = reader.integer("queue", 1_500...100_000_000)
    }

    func applied(to old: Impairment) -> Impairment {
        func share(_ millionths: Int?, _ old: Double) -> Double { millionths.map { Double($0) / 1_000_000 } ?? old }
        return Impairment(
            rate: rate ?? old.rate, delay: delay ?? old.delay, jitter: jitter ?? old.jitter,
            loss: BurstLoss(share: share(loss, old.loss.share), burst: burst ?? old.loss.burst), duplicate: share(duplicate, old.duplicate),
            reorder: share(reorder, old.reorder), corrupt: share(corrupt, old.corrupt), queue: queue ?? old.queue)
    }
}
