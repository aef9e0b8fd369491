import Basics
import Documents
import Topology
import Yams

/// Reads a topology file into a `TopologyDraft`, one part after the other; what crosses parts is left to `TreeChecks`.
package struct TopologyReader {
    package let file: SourceFile
    private var draft: TopologyDraft
    private var lines: LineClasses
    private var range: AddressRange?
    private var rangeAssumed = false
    private var defaultPort = Topology.defaultMediaPort
    private var defaultHTTP = Topology.defaultHTTPPort
    private var defaultSecure = true
    private var levelClass: [String: String] = [:]

    /// Nil if the file is no mapping at all.
    package static func read(_ root: Node, in file: SourceFile) -> TopologyDraft? {
        guard let top = MappingReader(root, what: "topology", table: TopologyKeys.topology, in: file) else { return nil }
        var reader = TopologyReader(file: file, draft: TopologyDraft(root: root), lines: LineClasses(file: file))
        reader.readHead(top)
        if let value = top.value("classes") { reader.lines.readClasses(value) }
        reader.readDefaults(top)
        reader.readLevels(top)
        reader.readUpstream(top)
        if let value = top.value("policy") { reader.draft.policy = PolicyReader.read(value, in: file) }
        for node in top.list("nodes") ?? [] { reader.readNode(node) }
        if !top.has("include") { top.require("nodes") }
        for part in IncludedParts.read(top) { for node in part { reader.readNode(node) } }
        // Codes are used again with other meanings: 14701 was Thị trấn Yên Thịnh, and is Xã Yên Mô.
        if reader.draft.entries.contains(where: { $0.node.unit != nil }) { top.require("edition") }
        reader.draft.nodesPlace = top.value("nodes") ?? top.value("include")
        reader.giveAddresses()
        reader.lines.reportAssumed()
        reader.draft.assumed = reader.draft.assumed + reader.lines.assumed
        return reader.draft
    }

    private mutating func readHead(_ top: MappingReader) {
        top.require(TopologyKeys.topology)
        draft.networkID = top.id("network") ?? "unnamed"
        draft.name = top.label("name") ?? draft.networkID
        draft.version = UInt32(top.integer("version", 1...Int(UInt32.max)) ?? 1)
        draft.edition = top.code("edition") ?? ""
        draft.agency = top.label("agency") ?? ""
        draft.language = top.choice("lang", Language.self)
    }

    private mutating func readDefaults(_ top: MappingReader) {
        guard let value = top.value("defaults"),
            let reader = MappingReader(value, what: "defaults", table: TopologyKeys.defaults, in: file)
        else { return }
        lines.readDefaults(reader)
        defaultPort = reader.port("port") ?? defaultPort
        defaultHTTP = reader.port("http") ?? defaultHTTP
        defaultSecure = reader.flag("secure") ?? defaultSecure
        range = AddressRange(reader)
        rangeAssumed = lines.defaultAssumption == .all
    }

    private mutating func readLevels(_ top: MappingReader) {
        var nextRank = 0
        for item in top.list("levels") ?? [] {
            guard
                let reader = MappingReader(
                    item, what: "level", table: TopologyKeys.level, in: file)
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
            levelClass[id] = lines.readClass(reader)
            draft.levelPlaces[id] = reader.value("id")!
            draft.levels.append(
                Network.Level(
                    id: id, name: reader.label("name") ?? id, rank: rank, technical: reader.flag("technical") ?? false))
        }
    }

    /// `upstream: NAME` or `upstream: {name: NAME, …}`; all of it may be left out.
    private mutating func readUpstream(_ top: MappingReader) {
        guard let value = top.value("upstream") else { return }
        if value.plainText != nil {
            guard let name = MappingReader.label(value, key: "upstream", in: file) else { return }
            draft.upstream = Network.Upstream(name: name, address: nil, line: nil)
            return
        }
        guard let reader = MappingReader(value, what: "upstream", table: TopologyKeys.upstream, in: file) else { return }
        NotYet.checkUpstream(value, in: file)
        let line = LineDraft(reader)
        let address = reader.address("address", port: reader.port("port") ?? defaultPort)
        var upstream = Network.Upstream(name: reader.label("name") ?? "", address: address, line: nil, latency: line.latency)
        if line.missing.count == 1 { file.report(.upstreamCapacity(line.missing), at: value) }
        if line.missing.isEmpty { upstream.line = line.line(assumed: line.assumed ?? .none) }
        if line.assumed ?? .none != .none, let place = line.assumedPlace { file.report(.assumedHere(), at: place) }
        draft.upstream = upstream
    }

    // MARK: Nodes

    private mutating func readNode(_ item: Node) {
        draft.listed += 1
        guard let reader = MappingReader(item, what: "node", table: TopologyKeys.node, in: file) else { return }
        reader.require(TopologyKeys.node)
        if range == nil { reader.require("address") }
        if reader.has("uplink") { draft.uplinksListed += 1 }
        // What else is wrong with a node is told in the same run as its bad id.
        guard let idPlace = reader.value("id"), let id = reader.id("id") ?? idPlace.plainText else {
            readNameless(reader)
            return
        }
        let name = reader.label("name") ?? id
        let port = reader.port("port") ?? defaultPort
        var node = Network.Node(
            id: id, level: reader.text("level") ?? "", name: name, unit: reader.code("unit"),
            within: reader.label("within"), address: Address(ipv4: 0, port: port),
            httpPort: reader.port("http") ?? defaultHTTP, secure: reader.flag("secure") ?? defaultSecure,
            rooms: HallReader.rooms(reader, node: id, name: name))
        if let place = reader.value("level"), let level = place.plainText, draft.level(level) == nil {
            file.report(.unknownLevel(level), at: place, meaning: level, among: draft.levels.map(\.id))
        }
        let address = reader.address("address", port: port)
        if let address { node.address = address }
        node.coordinates = readPlace(reader)
        node.access = readAccess(reader)
        node.assumed = reader.flag("assumed") ?? false
        if node.assumed, let place = reader.value("assumed") {
            draft.assumed.nodes += 1
            file.report(.assumedNode(id), at: place)
        }
        node.endpoints = HallReader.endpoints(reader, node: node)
        var entry = TopologyDraft.Entry(node: node, idPlace: idPlace)
        entry.addressPlace = address == nil ? nil : reader.value("address")
        entry.wantsAddress = !reader.has("address")
        if let uplink = reader.value("uplink") { readUplink(uplink, of: &entry) }
        draft.entries.append(entry)
    }

    /// A node without an id is no node; its values are read for their faults alone.
    private func readNameless(_ reader: MappingReader) {
        let port = reader.port("port") ?? defaultPort
        _ = reader.label("name")
        _ = reader.code("unit")
        _ = reader.address("address", port: port)
        _ = readPlace(reader)
        _ = HallReader.rooms(reader, node: "", name: "")
    }

    /// Nodes that name no address get the next free one of the range.
    private mutating func giveAddresses() {
        guard var range else { return }
        var taken: Set<UInt32> = []
        for entry in draft.entries {
            if !entry.wantsAddress, let ip = entry.node.address.ipv4 { taken.insert(ip) }
            for endpoint in entry.node.endpoints { if let ip = endpoint.address.ipv4 { taken.insert(ip) } }
        }
        var given = 0
        for i in draft.entries.indices where draft.entries[i].wantsAddress {
            guard let ip = range.take(except: taken) else {
                file.report(.rangeTooSmall(given: given, wanted: draft.entries.filter(\.wantsAddress).count), at: range.place)
                return
            }
            draft.entries[i].node.address = Address(ipv4: ip, port: draft.entries[i].node.address.port)
            given += 1
        }
        guard rangeAssumed, given > 0 else { return }
        draft.assumed.addresses = given
        file.report(.assumedAddresses(given), at: range.place)
    }

    private func readPlace(_ reader: MappingReader) -> Network.Coordinates? {
        guard let items = reader.list("at"), let place = reader.value("at") else { return nil }
        let numbers = items.compactMap { $0.plainText.flatMap(Double.init) }
        guard items.count == 2, numbers.count == 2, numbers.allSatisfy(\.isFinite) else {
            let whole = items.compactMap(\.plainText)
            let isComma = whole.count == 4 && whole.allSatisfy { Int($0) != nil }
            file.report(isComma ? .flowComma("at", "\(whole[0]),\(whole[1])") : .badNumber("at", example: "[20.13, 106.00]"), at: place)
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

    /// `access: CAPACITY` or `access: {up: CAPACITY, down: CAPACITY}`.
    private func readAccess(_ reader: MappingReader) -> Network.Access? {
        guard let value = reader.value("access") else { return nil }
        if value.plainText != nil { return reader.bitrate("access").map { Network.Access(up: $0, down: $0) } }
        guard let both = MappingReader(value, what: "access", table: TopologyKeys.access, in: file) else { return nil }
        both.require(TopologyKeys.access)
        guard let up = both.bitrate("up"), let down = both.bitrate("down") else { return nil }
        return Network.Access(up: up, down: down)
    }

    /// `uplink: PARENT` or `uplink: {to: PARENT, …}`.
    private mutating func readUplink(_ value: Node, of entry: inout TopologyDraft.Entry) {
        entry.hasUplink = true
        var own = LineDraft()
        var className: String?
        if let parent = value.plainText {
            entry.parent = (parent, value)
        } else if let reader = MappingReader(
            value, what: "uplink", table: TopologyKeys.uplink, in: file)
        {
            reader.require("to")
            if let to = reader.text("to"), let place = reader.value("to") { entry.parent = (to, place) }
            entry.backups = reader.texts("backup")
            if reader.has("zone") { entry.zone = reader.id("zone") }
            className = lines.readClass(reader)
            own = LineDraft(reader)
        } else {
            return
        }
        let name = className ?? levelClass[entry.node.level] ?? lines.defaultClass
        // A level that nobody knows has no class that could give the capacity: one cause, one error.
        lines.settle(own, className: name, at: value, levelKnown: className != nil || draft.level(entry.node.level) != nil, of: &entry)
    }
}
