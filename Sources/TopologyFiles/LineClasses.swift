import Basics
import Documents
import Topology
import Yams

/// Where a line's figures come from, nearest first: the uplink itself, its class in `classes`, its class in `defaults`,
/// `defaults`. What is assumed there is counted.
struct LineClasses {
    let file: SourceFile
    /// What is known about a kind of line.
    private var known: [String: LineDraft] = [:]
    /// What is supposed about it where nothing is known.
    private var supposed: [String: LineDraft] = [:]
    private var order: [String] = []
    private var defaults = LineDraft()
    /// The class of lines whose level and uplink name none.
    private(set) var defaultClass: String?
    /// Trunks with a capacity, and with a delay, that nobody measured.
    private(set) var assumed = Assumptions()

    init(file: SourceFile) { self.file = file }

    mutating func readClasses(_ value: Node) {
        for (name, line) in read(value) { known[name] = line }
    }

    mutating func readDefaults(_ reader: MappingReader) {
        defaults = LineDraft(reader)
        if let value = reader.value("classes") {
            for (name, line) in read(value) {
                var line = line
                // What stands under an assumption is one, unless it says otherwise.
                line.assumed = line.assumed ?? defaults.assumed
                supposed[name] = line
            }
        }
        defaultClass = readClass(reader)
    }

    private mutating func read(_ value: Node) -> [(String, LineDraft)] {
        guard case .mapping(let mapping) = value else {
            file.report(.wrongType("classes", want: .mapping, found: value.shape), at: value)
            return []
        }
        var lines: [(String, LineDraft)] = []
        for (key, value) in mapping {
            guard let name = MappingReader.id(key.plainText ?? "", at: key, in: file) else { continue }
            if !order.contains(name) { order.append(name) }
            var line = MappingReader(value, what: name, table: TopologyKeys.line, in: file).map { LineDraft($0) } ?? LineDraft()
            line.assumedPlace = line.assumedPlace ?? value
            lines.append((name, line))
        }
        return lines
    }

    /// What `defaults` calls assumed.
    var defaultAssumption: Assumption { defaults.assumed ?? .none }

    /// The name of a class that exists.
    func readClass(_ reader: MappingReader) -> String? {
        guard let name = reader.text("class"), let value = reader.value("class") else { return nil }
        if known[name] == nil, supposed[name] == nil { file.report(.unknownClass(name), at: value, meaning: name, among: order) }
        return name
    }

    /// The uplink's figures, completed.
    mutating func settle(
        _ own: LineDraft, className: String?, at place: Node, levelKnown: Bool, of entry: inout TopologyDraft.Entry
    ) {
        let layers = [own, className.flatMap { known[$0] }, className.flatMap { supposed[$0] }, defaults].map { $0 ?? LineDraft() }
        let merged = layers.reduce(LineDraft()) { $0.filled(from: $1) }
        let unknownClass = className.map { known[$0] == nil && supposed[$0] == nil } ?? false
        if !unknownClass, levelKnown, !merged.missing.isEmpty { file.report(.missingCapacity(entry.node.id, merged.missing), at: place) }
        // Who says how much, says whether it is assumed; an uplink may also call assumed what its class gives.
        func source(_ says: (LineDraft) -> Bool) -> Int? { layers.firstIndex(where: says) }
        func isAssumed(_ layer: Int, _ figure: KeyPath<Assumption, Bool>) -> Bool {
            layers[layer].assumed?[keyPath: figure] == true || own.assumed?[keyPath: figure] == true && !own.given
        }
        let capacities = Set([source(\.saysUp), source(\.saysDown)].compactMap { $0 }).filter { isAssumed($0, \.capacity) }
        let latency = source { $0.latency != nil }.flatMap { isAssumed($0, \.latency) ? $0 : nil }
        let isSaidHere = own.assumed.map { $0 != .none } ?? false
        if let place = own.assumedPlace, isSaidHere, capacities.contains(0) || !own.given { file.report(.assumedHere(), at: place) }
        if own.given || !isSaidHere {
            for layer in capacities { change(layer, className) { $0.users += 1 } }
            if let latency { change(latency, className) { $0.latencyUsers += 1 } }
        }
        assumed.capacities += capacities.isEmpty ? 0 : 1
        assumed.latencies += latency == nil ? 0 : 1
        entry.line = merged.line(assumed: Assumption(capacity: !capacities.isEmpty, latency: latency != nil))
        entry.audio = merged.audio ?? .auto
        entry.video = merged.video ?? .auto
    }

    private mutating func change(_ layer: Int, _ className: String?, _ body: (inout LineDraft) -> Void) {
        switch (layer, className) {
        case (1, let name?):
            if var line = known[name] {
                body(&line)
                known[name] = line
            }
        case (2, let name?):
            if var line = supposed[name] {
                body(&line)
                supposed[name] = line
            }
        case (3, _): body(&defaults)
        default: break
        }
    }

    /// One warning for each place that calls its figures assumed, with the number of trunks behind it.
    func reportAssumed() {
        let lines = order.flatMap { [known[$0], supposed[$0]] } + [defaults]
        for line in lines {
            guard let line, line.assumed ?? .none != .none, let place = line.assumedPlace else { continue }
            if line.users > 0 {
                file.report(.assumedShared(line.users), at: place)
            } else if line.latencyUsers > 0 {
                file.report(.assumedLatency(line.latencyUsers), at: place)
            }
        }
    }
}

/// How much of a network rests on assumptions.
public struct Assumptions: Hashable, Sendable {
    /// Nodes whose address nobody assigned.
    public var addresses = 0
    /// Trunks whose capacity nobody measured, in one direction at least.
    public var capacities = 0
    /// Trunks whose delay nobody measured.
    public var latencies = 0
    /// Nodes of which nobody confirmed that they take part.
    public var nodes = 0
    /// Nothing is assumed.
    public init() {}
    /// Of several files together.
    package static func + (a: Assumptions, b: Assumptions) -> Assumptions {
        var sum = a
        sum.addresses += b.addresses
        sum.capacities += b.capacities
        sum.latencies += b.latencies
        sum.nodes += b.nodes
        return sum
    }
    /// "126 addresses, 125 capacities"; nil if there are none.
    package func text(_ language: Language) -> String? {
        let words: [(Int, String, String, String)] = [
            (addresses, "address", "addresses", "địa chỉ"), (capacities, "capacity", "capacities", "dung lượng"),
            (latencies, "delay", "delays", "độ trễ"), (nodes, "place", "places", "điểm cầu"),
        ]
        let parts = words.filter { $0.0 > 0 }.map { "\($0.0) \(language == .vi ? $0.3 : $0.0 == 1 ? $0.1 : $0.2)" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
    package var json: JSONText {
        .object([
            ("addresses", .count(addresses)), ("capacities", .count(capacities)), ("latencies", .count(latencies)), ("nodes", .count(nodes)),
        ])
    }
}
