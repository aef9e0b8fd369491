import Basics
import Topology

/// A network on its way into a file that a person will go on with: what is known stands in it, what is not is left open.
///
/// ``Network`` is what a file means; this is what it says.
struct PlannedNetwork {
    struct Level {
        var id: String
        var name: String
        var rank: Int
        var technical = false
    }

    /// A line's figures as far as anybody knows them.
    struct Line {
        var up: Bitrate?
        var down: Bitrate?
        /// In nanoseconds.
        var latency: Int64?
        /// In millionths.
        var loss: Int?
        var carrier: String?
        /// Nil: as the node thinks best.
        var audio: Network.AudioMode?
        var video: Network.VideoMode?
        /// The figures are there, but nobody has measured them.
        var assumed = false
        /// Of the latency alone; nil: as of the capacity.
        var latencyAssumed: Bool?
        var assumesLatency: Bool { latencyAssumed ?? assumed }
        /// Somebody has measured or agreed how much it carries.
        var isMeasured: Bool { up != nil && down != nil && !assumed }
    }

    struct Room {
        /// Nil for a node's only room.
        var id: String?
        var name: String
    }

    struct Node {
        var id: String
        var level: String
        var name: String
        var unit: String?
        /// What follows its name instead of the parent's.
        var within: String?
        /// Nil: one of the range.
        var address: Address?
        var port: UInt16?
        var httpPort: UInt16?
        var secure = true
        var coordinates: Network.Coordinates?
        var access: Network.Access?
        /// Nil: one room, named like the node. Empty: none.
        var rooms: [Room]?
        /// Plain RTP equipment, as flow mappings.
        var endpoints: [String] = []
        var assumed = false
        /// Position of the parent; nil for the root.
        var parent: Int?
        var line = Line()
        var backups: [Int] = []
        var zone: String?
        /// A remark above it.
        var remark: String?
    }

    var id: String
    var name: String
    var version: UInt32 = 1
    var edition: String?
    var agency = ""
    var language: String?
    /// Lines above everything else.
    var remarks: [String] = []
    var upstream: (name: String, address: Address?, line: Line)?
    var levels: [Level]
    var nodes: [Node]
    /// Where addresses come from that nobody assigned.
    var range = "10.0.0.0/8"

    /// Positions of the nodes, each before all below it, siblings in their order.
    var preorder: [Int] {
        var children = [[Int]](repeating: [], count: nodes.count)
        var roots: [Int] = []
        for (i, node) in nodes.enumerated() {
            if let parent = node.parent { children[parent].append(i) } else { roots.append(i) }
        }
        var order: [Int] = []
        var stack = Array(roots.reversed())
        while let next = stack.popLast() {
            order.append(next)
            stack += children[next].reversed()
        }
        return order
    }
}

extension PlannedNetwork {
    /// What a network means, to be written anew: remarks and the words of its file are gone, and every address stands there.
    init(_ network: Network) {
        id = network.networkID
        name = network.name
        version = network.version
        edition = network.edition.isEmpty ? nil : network.edition
        agency = network.agency
        language = network.language
        levels = network.levels.map { Level(id: $0.id, name: $0.name, rank: $0.rank, technical: $0.technical) }
        nodes = network.nodes.indices.map { Node(network, at: $0) }
        upstream = network.upstream.map { upstream in
            var line = upstream.line.map { Line($0) } ?? Line()
            line.latency = (upstream.latency ?? upstream.line?.latency).map(\.nanoseconds)
            return (upstream.name, upstream.address, line)
        }
    }
}

extension PlannedNetwork.Line {
    init(_ line: Network.Line) {
        up = line.up
        down = line.down
        latency = line.latency.nanoseconds
        loss = line.lossPerMillion
        carrier = line.carrier.isEmpty ? nil : line.carrier
        assumed = line.assumesCapacity
        latencyAssumed = line.assumesLatency
    }
}

extension PlannedNetwork.Node {
    init(_ network: Network, at slot: Int) {
        let node = network.nodes[slot]
        id = node.id
        level = node.level
        name = node.name
        unit = node.unit
        within = node.within
        address = node.address
        port = node.address.port
        httpPort = node.httpPort
        secure = node.secure
        coordinates = node.coordinates
        access = node.access
        if node.rooms.count != 1 || node.rooms[0].name != node.name {
            rooms = node.rooms.map { PlannedNetwork.Room(id: node.rooms.count > 1 ? $0.shortID : nil, name: $0.name) }
        }
        endpoints = node.endpoints.map { Network.render($0, of: node) }
        assumed = node.assumed
        parent = network.tree.parent(slot)
        guard let link = network.links[slot] else { return }
        line = PlannedNetwork.Line(link.line)
        line.audio = link.audio == .auto ? nil : link.audio
        line.video = link.video == .auto ? nil : link.video
        backups = link.backups.compactMap { network.slot($0) }
        zone = link.zone
    }
}
