import Basics
import Topology
import Yams

/// Reads a topology file into a `TopologyDraft`, one part after the other; what crosses parts is left to `TreeChecks`.
struct TopologyReader {
    let file: SourceFile
    private var draft: TopologyDraft
    private var classes: [String: LineDraft] = [:]
    private var classOrder: [String] = []
    private var defaults: LineDraft
    private var defaultClass: String?
    private var defaultPort = Topology.defaultMediaPort
    private var defaultHTTP = Topology.defaultHTTPPort
    private var defaultSecure = true
    private var levelClass: [String: String] = [:]

    static let keys = ["network", "name", "version", "edition", "upstream", "levels", "classes", "defaults", "nodes"]

    /// Nil if the file is no mapping at all.
    static func read(_ root: Node, in file: SourceFile) -> TopologyDraft? {
        guard let top = MappingReader(root, what: "topology", keys: keys, in: file) else { return nil }
        var reader = TopologyReader(file: file, draft: TopologyDraft(root: root), defaults: LineDraft())
        reader.readHead(top)
        reader.readClasses(top)
        reader.readDefaults(top)
        reader.readLevels(top)
        reader.readUpstream(top)
        for node in top.list("nodes") ?? [] { reader.readNode(node) }
        top.require("nodes")
        // Codes are used again with other meanings: 14701 was Thị trấn Yên Thịnh, and is Xã Yên Mô.
        if reader.draft.entries.contains(where: { $0.node.unit != nil }) { top.require("edition") }
        reader.draft.nodesPlace = top.value("nodes")
        reader.reportAssumed()
        return reader.draft
    }

    private mutating func readHead(_ top: MappingReader) {
        top.require("network")
        top.require("version")
        draft.networkID = top.id("network") ?? "unnamed"
        draft.name = top.text("name") ?? draft.networkID
        draft.version = UInt32(top.integer("version", 1...Int(UInt32.max)) ?? 1)
        draft.edition = top.text("edition") ?? ""
    }

    private mutating func readClasses(_ top: MappingReader) {
        guard let value = top.value("classes") else { return }
        guard case .mapping(let mapping) = value else {
            file.report(.wrongType("classes", want: .mapping, found: value.shape), at: value)
            return
        }
        for (key, value) in mapping {
            guard let name = MappingReader.id(key.plainText ?? "", at: key, in: file) else { continue }
            classOrder.append(name)
            classes[name] = MappingReader(value, what: name, keys: LineDraft.keys, in: file).map { LineDraft($0) } ?? LineDraft()
        }
    }

    private mutating func readDefaults(_ top: MappingReader) {
        guard let value = top.value("defaults"),
            let reader = MappingReader(
                value, what: "defaults", keys: ["port", "http", "secure", "class"] + LineDraft.keys, in: file)
        else { return }
        defaults = LineDraft(reader)
        defaultPort = reader.port("port") ?? defaultPort
        defaultHTTP = reader.port("http") ?? defaultHTTP
        defaultSecure = reader.flag("secure") ?? defaultSecure
        defaultClass = readClass(reader)
    }

    /// The name of a class that exists.
    private func readClass(_ reader: MappingReader) -> String? {
        guard let name = reader.text("class"), let value = reader.value("class") else { return nil }
        if classes[name] == nil {
            file.report(.unknownClass(name), at: value, meaning: name, among: classOrder)
        }
        return name
    }

    private mutating func readLevels(_ top: MappingReader) {
        top.require("levels")
        var nextRank = 0
        for item in top.list("levels") ?? [] {
            guard
                let reader = MappingReader(
                    item, what: "level", keys: ["id", "name", "beside", "technical", "class"], in: file)
            else { continue }
            reader.require("id")
            guard let id = reader.id("id") else { continue }
            if let other = draft.levelPlaces[id] {
                file.report(.duplicateID(id, line: other.place.line), at: reader.value("id")!)
                continue
            }
            var rank = nextRank
            if let beside = reader.text("beside"), let place = reader.value("beside") {
                if let known = draft.level(beside) {
                    rank = known.rank
                } else {
                    file.report(.unknownLevel(beside), at: place, meaning: beside, among: draft.levels.map(\.id))
                }
            }
            nextRank = max(nextRank, rank + 1)
            levelClass[id] = readClass(reader)
            draft.levelPlaces[id] = reader.value("id")!
            draft.levels.append(
                Network.Level(
                    id: id, name: reader.text("name") ?? id, rank: rank, technical: reader.flag("technical") ?? false))
        }
    }

    private mutating func readUpstream(_ top: MappingReader) {
        guard let value = top.value("upstream"),
            let reader = MappingReader(
                value, what: "upstream",
                keys: ["name", "address", "port", "capacity", "up", "down", "latency", "loss", "carrier", "assumed"],
                in: file)
        else { return }
        reader.require("name")
        let port = reader.port("port") ?? defaultPort
        var line = LineDraft(reader)
        let name = reader.text("name") ?? ""
        let address = reader.address("address", port: port)
        var figures: Network.Line?
        if line.given {
            let missing = line.missing
            if missing.count == 1 { file.report(.upstreamCapacity(missing), at: value) }
            if missing.isEmpty { figures = line.line(assumed: line.assumed ?? false) }
            if line.assumed == true {
                line.users = 1
                if let place = line.assumedPlace { file.report(.assumedHere(), at: place) }
            }
        }
        draft.upstream = Network.Upstream(name: name, address: address, line: figures)
    }

    // MARK: Nodes

    private static let nodeKeys = [
        "id", "level", "name", "unit", "within", "address", "port", "http", "secure", "at", "uplink", "rooms", "endpoints",
        "assumed",
    ]

    private mutating func readNode(_ item: Node) {
        draft.listed += 1
        guard let reader = MappingReader(item, what: "node", keys: Self.nodeKeys, in: file) else { return }
        for key in ["id", "level", "address"] { reader.require(key) }
        if reader.has("uplink") { draft.uplinksListed += 1 }
        guard let id = reader.id("id"), let idPlace = reader.value("id") else { return }
        let name = reader.text("name") ?? id
        let port = reader.port("port") ?? defaultPort
        var node = Network.Node(
            id: id, level: reader.text("level") ?? "", name: name, unit: reader.text("unit"),
            within: reader.text("within"), address: Address(ipv4: 0, port: port),
            httpPort: reader.port("http") ?? defaultHTTP, secure: reader.flag("secure") ?? defaultSecure,
            rooms: HallReader.rooms(reader, node: id, name: name))
        if let place = reader.value("level"), let level = place.plainText, draft.level(level) == nil {
            file.report(.unknownLevel(level), at: place, meaning: level, among: draft.levels.map(\.id))
        }
        let address = reader.address("address", port: port)
        if let address { node.address = address }
        node.coordinates = readPlace(reader)
        node.assumed = reader.flag("assumed") ?? false
        if node.assumed, let place = reader.value("assumed") { file.report(.assumedNode(id), at: place) }
        node.endpoints = HallReader.endpoints(reader, node: node)
        var entry = TopologyDraft.Entry(node: node, idPlace: idPlace)
        entry.addressPlace = address == nil ? nil : reader.value("address")
        if let uplink = reader.value("uplink") { readUplink(uplink, of: &entry) }
        draft.entries.append(entry)
    }

    private func readPlace(_ reader: MappingReader) -> Network.Coordinates? {
        guard let items = reader.list("at"), let place = reader.value("at") else { return nil }
        let numbers = items.compactMap { $0.plainText.flatMap(Double.init) }
        guard items.count == 2, numbers.count == 2, numbers.allSatisfy(\.isFinite) else {
            file.report(.badNumber("at", example: "[20.13, 106.00]"), at: place)
            return nil
        }
        guard abs(numbers[0]) <= 90 else {
            file.report(.outOfRange("\(numbers[0])", key: "at", "-90", "90"), at: items[0])
            return nil
        }
        guard abs(numbers[1]) <= 180 else {
            file.report(.outOfRange("\(numbers[1])", key: "at", "-180", "180"), at: items[1])
            return nil
        }
        return Network.Coordinates(latitude: numbers[0], longitude: numbers[1])
    }

    /// `uplink: PARENT` or `uplink: {to: PARENT, …}`.
    private mutating func readUplink(_ value: Node, of entry: inout TopologyDraft.Entry) {
        entry.hasUplink = true
        var own = LineDraft()
        var className: String?
        if let parent = value.plainText {
            entry.parent = (parent, value)
        } else if let reader = MappingReader(
            value, what: "uplink", keys: ["to", "class", "backup", "zone"] + LineDraft.keys, in: file)
        {
            reader.require("to")
            if let to = reader.text("to"), let place = reader.value("to") { entry.parent = (to, place) }
            entry.backups = reader.texts("backup")
            if reader.has("zone") { entry.zone = reader.id("zone") }
            className = readClass(reader)
            own = LineDraft(reader)
        } else {
            return
        }
        let name = className ?? levelClass[entry.node.level] ?? defaultClass
        settle(own, className: name, at: value, of: &entry)
    }

    /// The uplink's own figures before its class's, the class's before the defaults.
    private mutating func settle(
        _ own: LineDraft, className: String?, at place: Node, of entry: inout TopologyDraft.Entry
    ) {
        let shared = className.flatMap { classes[$0] } ?? LineDraft()
        let unknownClass = className.map { classes[$0] == nil } ?? false
        let merged = own.filled(from: shared).filled(from: defaults)
        if !unknownClass, !merged.missing.isEmpty {
            file.report(.missingCapacity(entry.node.id, merged.missing), at: place)
        }
        // Who says how much, says whether it is assumed.
        var assumed = false
        for says in [\LineDraft.saysUp, \LineDraft.saysDown] {
            if own[keyPath: says] {
                if own.assumed == true {
                    assumed = true
                    if let place = own.assumedPlace { file.report(.assumedHere(), at: place) }
                }
            } else if shared[keyPath: says] {
                assumed = assumed || shared.assumed == true
            } else if defaults[keyPath: says] {
                assumed = assumed || defaults.assumed == true
            }
        }
        if !(own.saysUp && own.saysDown) {
            if shared.saysUp || shared.saysDown, let className { classes[className]?.users += 1 }
            if !(own.saysUp || shared.saysUp) || !(own.saysDown || shared.saysDown) { defaults.users += 1 }
        }
        // An uplink may also call assumed what its class gives.
        if own.assumed == true, !own.saysUp, !own.saysDown, let place = own.assumedPlace {
            assumed = true
            file.report(.assumedHere(), at: place)
        }
        entry.line = merged.line(assumed: assumed)
        entry.audio = merged.audio ?? .auto
        entry.video = merged.video ?? .auto
    }

    /// One warning for each place that calls its capacity assumed, with the number of trunks behind it.
    private func reportAssumed() {
        for name in classOrder {
            guard let shared = classes[name] else { continue }
            if shared.assumed == true, shared.users > 0, let place = shared.assumedPlace {
                file.report(.assumedShared(shared.users), at: place)
            }
        }
        if defaults.assumed == true, defaults.users > 0, let place = defaults.assumedPlace {
            file.report(.assumedShared(defaults.users), at: place)
        }
    }
}
