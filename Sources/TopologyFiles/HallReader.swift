import Basics
import Documents
import Topology
import Yams

/// Reads what stands in a node's halls: its rooms and its plain RTP endpoints.
enum HallReader {
    /// Without `rooms` a node has one, named like itself; `rooms: []` says that it has none.
    static func rooms(_ reader: MappingReader, node: String, name: String) -> [Network.Room] {
        guard reader.has("rooms") else { return [Network.Room(id: SiteID(node), name: name)] }
        let items = reader.list("rooms") ?? []
        var rooms: [Network.Room] = []
        var places: [String: Node] = [:]
        for item in items {
            guard let room = MappingReader(item, what: "room", table: TopologyKeys.room, in: reader.file) else { continue }
            if items.count > 1 { room.require("id") }
            guard let id = room.has("id") ? room.id("id") : "main" else { continue }
            if id == "none", let place = room.value("id") {
                reader.file.report(.badID(id), at: place)
                continue
            }
            if let other = places[id] {
                reader.file.report(.duplicateID(id, line: other.place.line), at: room.value("id") ?? item)
                continue
            }
            places[id] = room.value("id") ?? item
            let site = items.count == 1 ? SiteID(node) : SiteID(node + "/" + id)
            rooms.append(Network.Room(id: site, name: room.label("name") ?? name))
        }
        return rooms
    }

    static func endpoints(_ reader: MappingReader, node: Network.Node) -> [Network.Endpoint] {
        var places: [String: Node] = [:]
        return (reader.list("endpoints") ?? []).compactMap { item in
            guard let endpoint = MappingReader(item, what: "endpoint", table: TopologyKeys.endpoint, in: reader.file) else {
                return nil
            }
            endpoint.require(TopologyKeys.endpoint)
            if let id = endpoint.id("id"), let place = endpoint.value("id") {
                if let other = places[id] {
                    reader.file.report(.duplicateID(id, line: other.place.line), at: place)
                    return nil
                }
                places[id] = place
            }
            return self.endpoint(endpoint, node: node)
        }
    }

    enum CodecName: String, CaseIterable {
        case opus
        case vp8
        case h264
        /// With the payload type that an endpoint has unless it names another.
        var codec: (Codec, UInt8) {
            switch self {
            case .opus: (.opus, 111)
            case .vp8: (.vp8, 96)
            case .h264: (.h264, 97)
            }
        }
    }

    private static func endpoint(_ reader: MappingReader, node: Network.Node) -> Network.Endpoint? {
        let kind = reader.choice("kind", Network.Endpoint.Kind.self)
        let (codec, payload) = (reader.choice("codec", CodecName.self) ?? .opus).codec
        let usual: Network.Endpoint.Direction =
            switch kind {
            case .loudspeaker: .receive
            case .broadcaster: .send
            case .decoder, nil: .both
            }
        let direction = reader.choice("direction", Network.Endpoint.Direction.self) ?? usual
        check(reader, kind, codec, direction)
        let address = reader.address("address", port: reader.port("port") ?? 0, multicast: direction == .receive)
        let payloadType = reader.integer("payload", 0...127).map { UInt8($0) } ?? payload
        var site = room(reader, node: node)
        guard let place = reader.value("id"), let id = place.plainText, let kind, let address else { return nil }
        if site == nil, kind == .broadcaster {
            let own = SiteID("\(node.id)/\(id)")
            if node.rooms.contains(where: { $0.id == own }) { reader.file.report(.duplicateID(id, line: place.place.line), at: place) }
            site = own
        }
        if direction.sends, site == nil, reader.value("room").map({ $0.plainText == "none" }) ?? true {
            reader.file.report(.unheard(id), at: reader.value("room") ?? place)
        }
        return Network.Endpoint(
            id: id, name: reader.label("name") ?? id, kind: kind, address: address, payloadType: payloadType, codec: codec,
            direction: direction, site: site)
    }

    /// What no such device can do.
    private static func check(
        _ reader: MappingReader, _ kind: Network.Endpoint.Kind?, _ codec: Codec, _ direction: Network.Endpoint.Direction
    ) {
        if kind == .loudspeaker, codec.kind == .video, let place = reader.value("codec") {
            reader.file.report(.videoLoudspeaker(place.plainText ?? ""), at: place)
        }
        guard let place = reader.value("direction"), let kind else { return }
        let isOdd = kind == .loudspeaker && direction.sends || kind == .broadcaster && direction != .send
        if isOdd { reader.file.report(.wrongDirection(kind.rawValue, direction.rawValue), at: place) }
    }

    /// `room: none`, one of the node's rooms, or the node's only room where none is named.
    private static func room(_ reader: MappingReader, node: Network.Node) -> SiteID? {
        guard reader.has("room") else {
            if node.rooms.count > 1 { reader.require("room") }
            return node.rooms.first?.id
        }
        guard let name = reader.text("room"), let place = reader.value("room"), name != "none" else { return nil }
        if let room = node.rooms.first(where: { $0.shortID == name }) { return room.id }
        reader.file.report(
            .unknownRoom(name, node: node.id), at: place, meaning: name, among: node.rooms.map(\.shortID))
        return nil
    }
}
