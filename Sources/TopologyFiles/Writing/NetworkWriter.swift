import Basics
import Documents
import Topology

extension TopologyFiles {
    /// The network as a topology file that a person would write: what lines have in common said once, what nobody measured
    /// under `defaults`. Reading it gives an equal network; ``render(_:)`` leaves nothing to defaults instead.
    public static func write(_ network: Network, language: Language = .en) -> String {
        NetworkWriter.write(PlannedNetwork(network), language: language).text
    }
}

/// Writes a planned network as the topology file that a person would write: short, ordered, what is common said once.
package struct NetworkWriter {
    private let network: PlannedNetwork
    private let language: Language
    private let order: [Int]
    private let lines: LineFactoring
    private var out = ""
    private var lineNumber = 1
    /// The line on which each node begins, by its position.
    private(set) var lineOfNode: [(line: Int, node: Int)] = []

    /// The text, and the line on which each node begins.
    package static func write(_ network: PlannedNetwork, language: Language) -> (text: String, places: [(line: Int, node: Int)]) {
        var writer = NetworkWriter(network, language)
        writer.writeHead()
        writer.writeLevels()
        writer.writePolicy()
        writer.writeClasses()
        writer.writeDefaults()
        writer.writeNodes()
        return (writer.out, writer.lineOfNode)
    }

    private init(_ network: PlannedNetwork, _ language: Language) {
        self.network = network
        self.language = language
        order = network.preorder
        lines = LineFactoring(network, order: order)
    }

    private mutating func put(_ line: String) {
        out += line + "\n"
        lineNumber += 1
    }
    private func say(_ en: String, _ vi: String) -> String { language == .vi ? vi : en }

    private mutating func writeHead() {
        for remark in network.remarks { put("# " + remark) }
        put("network: " + YAMLText.scalar(network.id))
        put("name: " + YAMLText.scalar(network.name))
        put("version: \(network.version)")
        if let edition = network.edition { put("edition: " + YAMLText.quoted(edition)) }
        if !network.agency.isEmpty { put("agency: " + YAMLText.scalar(network.agency)) }
        if let language = network.language { put("lang: " + language) }
        if let upstream = network.upstream {
            var parts = ["name: " + YAMLText.flow(upstream.name)]
            if let address = upstream.address {
                parts.append("address: " + YAMLText.flow(address.host))
                if address.port != Topology.defaultMediaPort { parts.append("port: \(address.port)") }
            }
            put("upstream: {" + (parts + Self.figures(upstream.line)).joined(separator: ", ") + "}")
        }
    }

    private mutating func writeLevels() {
        put("")
        put("levels:")
        var firstOfRank: [Int: String] = [:]
        for level in network.levels {
            var parts = ["id: " + YAMLText.flow(level.id), "name: " + YAMLText.flow(level.name)]
            if let first = firstOfRank[level.rank] { parts.append("beside: " + YAMLText.flow(first)) }
            firstOfRank[level.rank] = firstOfRank[level.rank] ?? level.id
            if level.technical { parts.append("technical: true") }
            if let name = lines.ofLevel[level.id] { parts.append("class: " + YAMLText.flow(name)) }
            put("  - {" + parts.joined(separator: ", ") + "}")
        }
    }

    private mutating func writePolicy() {
        guard !network.policy.text.isEmpty else { return }
        put("")
        for line in network.policy.text.split(separator: "\n") { put(String(line)) }
    }

    private mutating func writeClasses() {
        let known = lines.classes.map { (id: $0.id, figures: Self.figures(Self.told($0.known))) }
            .filter { !$0.figures.isEmpty || lines.emptyButNamed.contains($0.id) }
        if known.isEmpty { return }
        put("")
        put("classes:")
        for one in known { put("  \(YAMLText.scalar(one.id)): {" + one.figures.joined(separator: ", ") + "}") }
    }

    /// Without the zeros that hold anyway.
    private static func told(_ line: PlannedNetwork.Line) -> PlannedNetwork.Line {
        var line = line
        if line.latency == 0 { line.latency = nil }
        if line.loss == 0 { line.loss = nil }
        return line
    }

    private mutating func writeDefaults() {
        let supposed = lines.classes.filter { !Self.figures($0.supposed).isEmpty }
        let needsAddresses = network.nodes.contains { $0.address == nil }
        if supposed.isEmpty, !needsAddresses { return }
        put("")
        put(say("# What nobody has measured or assigned yet; replace it as figures come in.", "# Chưa ai đo hoặc cấp; thay dần khi có số liệu."))
        put("defaults:")
        put("  assumed: true")
        if needsAddresses { put("  addresses: " + network.range) }
        if supposed.isEmpty { return }
        put("  classes:")
        for one in supposed { put("    \(YAMLText.scalar(one.id)): {" + Self.figures(one.supposed).joined(separator: ", ") + "}") }
    }

    private mutating func writeNodes() {
        put("")
        put("nodes:")
        let parents = Set(network.nodes.compactMap(\.parent))
        var before: Int?
        for i in order {
            let node = network.nodes[i]
            if let before, parents.contains(i) || network.nodes[before].level != node.level && node.parent != before { put("") }
            if let remark = node.remark { put("  # " + remark) }
            lineOfNode.append((lineNumber, i))
            write(node, at: i)
            before = i
        }
    }

    private mutating func write(_ node: PlannedNetwork.Node, at i: Int) {
        put("  - id: " + YAMLText.scalar(node.id))
        put("    level: " + YAMLText.scalar(node.level))
        put("    name: " + YAMLText.scalar(node.name))
        if let unit = node.unit { put("    unit: " + YAMLText.quoted(unit)) }
        if let within = node.within { put("    within: " + YAMLText.scalar(within)) }
        if let address = node.address { put("    address: " + YAMLText.scalar(address.host)) }
        if let port = node.port, port != Topology.defaultMediaPort { put("    port: \(port)") }
        if let port = node.httpPort, port != Topology.defaultHTTPPort { put("    http: \(port)") }
        if !node.secure { put("    secure: false") }
        if let place = node.coordinates { put("    at: [\(place.latitude), \(place.longitude)]") }
        if let access = node.access { put("    access: " + Network.text(access)) }
        writeUplink(node, at: i)
        if let rooms = node.rooms {
            put(rooms.isEmpty ? "    rooms: []" : "    rooms:")
            for room in rooms {
                put("      - {" + (room.id.map { "id: " + YAMLText.flow($0) + ", " } ?? "") + "name: " + YAMLText.flow(room.name) + "}")
            }
        }
        if !node.endpoints.isEmpty { put("    endpoints:") }
        for endpoint in node.endpoints { put("      - " + endpoint) }
        if node.assumed { put("    assumed: true") }
    }

    private mutating func writeUplink(_ node: PlannedNetwork.Node, at i: Int) {
        guard let parent = node.parent else { return }
        let (className, line) = lines.own(i, node)
        var parts = className.map { ["class: " + YAMLText.flow($0)] } ?? []
        parts += Self.figures(line)
        if !node.backups.isEmpty {
            parts.append("backup: [" + node.backups.map { YAMLText.flow(network.nodes[$0].id) }.joined(separator: ", ") + "]")
        }
        if let zone = node.zone { parts.append("zone: " + YAMLText.flow(zone)) }
        let to = network.nodes[parent].id
        put("    uplink: " + (parts.isEmpty ? YAMLText.scalar(to) : "{to: " + YAMLText.flow(to) + ", " + parts.joined(separator: ", ") + "}"))
    }

    /// A line's figures as keys of a flow mapping.
    private static func figures(_ line: PlannedNetwork.Line) -> [String] {
        var parts: [String] = []
        if let up = line.up, up == line.down {
            parts.append("capacity: " + FigureText.text(up))
        } else {
            if let up = line.up { parts.append("up: " + FigureText.text(up)) }
            if let down = line.down { parts.append("down: " + FigureText.text(down)) }
        }
        if let latency = line.latency { parts.append("latency: " + FigureText.text(Double(latency) / 1_000_000) + " ms") }
        if let loss = line.loss { parts.append("loss: " + Network.percent(loss)) }
        if let carrier = line.carrier { parts.append("carrier: " + YAMLText.flow(carrier)) }
        if let audio = line.audio { parts.append("audio: " + audio.rawValue) }
        if let video = line.video { parts.append("video: " + video.rawValue) }
        if let word = assumption(line) { parts.append("assumed: " + word) }
        return parts
    }

    /// The value of `assumed` for the figures that stand at the line; nil where none is assumed.
    private static func assumption(_ line: PlannedNetwork.Line) -> String? {
        let capacity = line.up == nil && line.down == nil ? nil : line.assumed
        switch (capacity, line.latency == nil ? nil : line.assumesLatency) {
        case (true?, true?), (true?, nil), (nil, true?): return "true"
        case (true?, false?): return "capacity"
        case (false?, true?): return "latency"
        default: return nil
        }
    }
}

/// Texts as YAML scalars: bare where every reader takes them for text, else quoted.
enum YAMLText {
    /// As a value of its own line.
    static func scalar(_ text: String) -> String { isPlain(text, inFlow: false) ? text : quoted(text) }
    /// Inside `{…}` or `[…]`.
    static func flow(_ text: String) -> String { isPlain(text, inFlow: true) ? text : quoted(text) }
    static func quoted(_ text: String) -> String { Network.quoted(text) }

    private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "none"]

    private static func isPlain(_ text: String, inFlow: Bool) -> Bool {
        guard let first = text.first, first.isLetter || first.isNumber, text.last?.isWhitespace == false else { return false }
        // "01840", "1e5" and "no" are text to us and something else to others.
        if first.isNumber, !text.contains(where: \.isLetter), text.filter({ $0 == "." }).count != 3 { return false }
        if first.isNumber, Double(text) != nil { return false }
        if words.contains(text.lowercased()) || text.contains(": ") || text.contains(" #") || text.hasSuffix(":") { return false }
        if text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) { return false }
        let special: Set<Character> = inFlow ? [",", "[", "]", "{", "}"] : []
        if text.unicodeScalars.contains(where: { Letters.isStray($0) || Letters.isNoLetter($0) || $0 == "\"" || $0 == "\\" }) { return false }
        return text.allSatisfy { !special.contains($0) }
    }
}
