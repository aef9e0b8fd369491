import Basics
import Rights

extension Network {
    /// The network as a topology file with nothing left to defaults: reading it gives an equal network, and networks
    /// are equal exactly if these texts are.
    public var canonical: String {
        Network.render(
            networkID: networkID, name: name, version: version, edition: edition, agency: agency, language: language, levels: levels,
            policy: policy, upstream: upstream, nodes: nodes, links: links, tree: tree)
    }

    static func render(
        networkID: String, name: String, version: UInt32, edition: String, agency: String, language: String?,
        levels: [Level], policy: Policy, upstream: Upstream?,
        nodes: [Node], links: [Link?], tree: Tree
    ) -> String {
        var out = "network: \(networkID)\nname: \(quoted(name))\nversion: \(version)\n"
        if !edition.isEmpty { out += "edition: \(quoted(edition))\n" }
        if !agency.isEmpty { out += "agency: \(quoted(agency))\n" }
        if let language { out += "lang: \(language)\n" }
        if let upstream {
            out += "upstream: {name: \(quoted(upstream.name))"
            if let address = upstream.address { out += ", address: \(quoted(address.host)), port: \(address.port)" }
            if let line = upstream.line { out += ", " + render(line) }
            if let latency = upstream.latency, upstream.line?.latency ?? .zero == .zero { out += ", latency: \(text(latency))" }
            out += "}\n"
        }
        out += "levels:\n"
        var firstOfRank: [Int: String] = [:]
        for level in levels {
            out += "  - {id: \(level.id), name: \(quoted(level.name))"
            if let first = firstOfRank[level.rank] {
                out += ", beside: \(first)"
            } else {
                firstOfRank[level.rank] = level.id
            }
            if level.technical { out += ", technical: true" }
            out += "}\n"
        }
        out += policy.text
        out += "nodes:\n"
        for slot in nodes.indices { render(nodes[slot], link: links[slot], nodes: nodes, tree: tree, into: &out) }
        return out
    }

    private static func render(_ node: Node, link: Link?, nodes: [Node], tree: Tree, into out: inout String) {
        out += "  - id: \(node.id)\n    level: \(node.level)\n    name: \(quoted(node.name))\n"
        if let unit = node.unit { out += "    unit: \(quoted(unit))\n" }
        if let within = node.within { out += "    within: \(quoted(within))\n" }
        out += "    address: \(quoted(node.address.host))\n    port: \(node.address.port)\n    http: \(node.httpPort)\n"
        if !node.secure { out += "    secure: false\n" }
        if let place = node.coordinates { out += "    at: [\(place.latitude), \(place.longitude)]\n" }
        if let access = node.access { out += "    access: \(text(access))\n" }
        if node.assumed { out += "    assumed: true\n" }
        if let link {
            // A backup may be unknown here only if the network was not made from a checked file.
            func id(_ index: NodeIndex) -> String { tree.slot(index).map { nodes[$0].id } ?? index.description }
            out += "    uplink: {to: \(id(link.parent)), " + render(link.line)
            if !link.backups.isEmpty { out += ", backup: [\(link.backups.map(id).joined(separator: ", "))]" }
            if link.audio != .auto { out += ", audio: \(link.audio.rawValue)" }
            if link.video != .auto { out += ", video: \(link.video.rawValue)" }
            if let zone = link.zone { out += ", zone: \(zone)" }
            out += "}\n"
        }
        if node.rooms.isEmpty { out += "    rooms: []\n" }
        if node.rooms.count > 1 || node.rooms.first.map({ $0.name != node.name }) == true {
            out += "    rooms:\n"
            for room in node.rooms { out += "      - {id: \(room.shortID), name: \(quoted(room.name))}\n" }
        }
        if !node.endpoints.isEmpty { out += "    endpoints:\n" }
        for endpoint in node.endpoints { out += "      - " + render(endpoint, of: node) + "\n" }
    }

    private static func render(_ line: Line) -> String {
        var out = "up: \(text(line.up)), down: \(text(line.down))"
        if line.latency != .zero || line.assumesLatency { out += ", latency: \(text(line.latency))" }
        if line.lossPerMillion != 0 { out += ", loss: \(percent(line.lossPerMillion))" }
        if !line.carrier.isEmpty { out += ", carrier: \(quoted(line.carrier))" }
        if line.assumed { out += ", assumed: \(assumption(of: line))" }
        return out
    }

    /// The value of `assumed` at a line whose capacity stands there, and its latency unless it is zero and measured.
    package static func assumption(of line: Line) -> String {
        if line.assumesCapacity { return line.assumesLatency || line.latency == .zero ? "true" : "capacity" }
        return line.assumesLatency ? "latency" : "false"
    }

    /// A flow mapping with nothing left to defaults.
    package static func render(_ endpoint: Endpoint, of node: Node) -> String {
        var out = "{id: \(endpoint.id), name: \(quoted(endpoint.name)), kind: \(endpoint.kind.rawValue)"
        out += ", address: \(quoted(endpoint.address.host)), port: \(endpoint.address.port)"
        out += ", payload: \(endpoint.payloadType), codec: \(endpoint.codec), direction: \(endpoint.direction.rawValue)"
        if let site = endpoint.site, node.rooms.contains(where: { $0.id == site }) {
            out += ", room: \(Room(id: site, name: "").shortID)"
        } else if !node.rooms.isEmpty {
            out += ", room: none"
        }
        return out + "}"
    }

    /// A YAML double-quoted scalar.
    package static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case _ where scalar.value < 32 || (127...159).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                out += "\\x" + String(repeating: "0", count: 2 - hex.count) + hex
            // Line breaks to some, and what no YAML may hold as it is.
            case "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}": out += "\\u" + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    /// One capacity, or a flow mapping of both.
    package static func text(_ access: Access) -> String {
        access.up == access.down ? text(access.up) : "{up: \(text(access.up)), down: \(text(access.down))}"
    }

    package static func text(_ rate: Bitrate) -> String {
        let bits = rate.bitsPerSecond
        if bits % 1_000_000 == 0 { return "\(bits / 1_000_000) Mbit/s" }
        return bits % 1_000 == 0 ? "\(bits / 1_000) kbit/s" : "\(bits) bit/s"
    }

    package static func text(_ time: Interval) -> String {
        let ns = time.nanoseconds
        if ns % 1_000_000 == 0 { return "\(ns / 1_000_000) ms" }
        return ns % 1_000 == 0 ? "\(ns / 1_000) us" : "\(ns) ns"
    }

    package static func percent(_ millionths: Int) -> String {
        var digits = String(millionths % 10_000)
        digits = String(repeating: "0", count: 4 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(millionths / 10_000)\(digits.isEmpty ? "" : "." + digits) %"
    }
}

extension Network.Room {
    /// The room's id inside its node: what follows the slash, or `main` for a node's only room.
    public var shortID: String {
        let parts = id.rawValue.split(separator: "/", maxSplits: 1)
        return parts.count == 2 ? String(parts[1]) : "main"
    }
}
