import Basics
import Rights
import Topology

/// A network on its way into a file that a person will go on with: what is known stands in it, what is not is left open.
///
/// ``Network`` is what a file means; this is what it says.
package struct PlannedNetwork {
    package struct Level {
        package var id: String
        package var name: String
        package var rank: Int
        package var technical = false

        package init(id: String, name: String, rank: Int, technical: Bool = false) {
            self.id = id
            self.name = name
            self.rank = rank
            self.technical = technical
        }
    }

    /// A line's figures as far as anybody knows them.
    package struct Line {
        package var up: Bitrate?
        package var down: Bitrate?
        /// In nanoseconds.
        package var latency: Int64?
        /// In millionths.
        package var loss: Int?
        package var carrier: String?
        /// Nil: as the node thinks best.
        package var audio: Network.AudioMode?
        package var video: Network.VideoMode?
        /// The figures are there, but nobody has measured them.
        package var assumed = false
        /// Of the latency alone; nil: as of the capacity.
        var latencyAssumed: Bool?
        package var assumesLatency: Bool { latencyAssumed ?? assumed }
        /// Somebody has measured or agreed how much it carries.
        var isMeasured: Bool { up != nil && down != nil && !assumed }

        package init(
            up: Bitrate? = nil, down: Bitrate? = nil, latency: Int64? = nil, loss: Int? = nil, carrier: String? = nil, assumed: Bool = false
        ) {
            self.up = up
            self.down = down
            self.latency = latency
            self.loss = loss
            self.carrier = carrier
            self.assumed = assumed
        }
    }

    package struct Room {
        /// Nil for a node's only room.
        package var id: String?
        package var name: String

        package init(id: String? = nil, name: String) {
            self.id = id
            self.name = name
        }
    }

    package struct Node {
        package var id: String
        package var level: String
        package var name: String
        package var unit: String?
        /// What follows its name instead of the parent's.
        package var within: String?
        /// Nil: one of the range.
        package var address: Address?
        package var port: UInt16?
        package var httpPort: UInt16?
        package var secure = true
        package var coordinates: Network.Coordinates?
        package var access: Network.Access?
        /// Nil: one room, named like the node. Empty: none.
        package var rooms: [Room]?
        /// Plain RTP equipment, as flow mappings.
        package var endpoints: [String] = []
        package var assumed = false
        /// Position of the parent; nil for the root.
        package var parent: Int?
        package var line = Line()
        package var backups: [Int] = []
        package var zone: String?
        /// A remark above it.
        package var remark: String?

        package init(id: String, level: String, name: String) {
            self.id = id
            self.level = level
            self.name = name
        }
    }

    package var id: String
    package var name: String
    package var version: UInt32 = 1
    package var edition: String?
    package var agency = ""
    package var language: String?
    /// Lines above everything else.
    package var remarks: [String] = []
    package var upstream: (name: String, address: Address?, line: Line)?
    /// Who may do what.
    package var policy = Policy.standard
    package var levels: [Level]
    package var nodes: [Node]
    /// Where addresses come from that nobody assigned.
    package var range = "10.0.0.0/8"

    package init(id: String, name: String, edition: String? = nil, levels: [Level], nodes: [Node]) {
        self.id = id
        self.name = name
        self.edition = edition
        self.levels = levels
        self.nodes = nodes
    }

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
    package init(_ network: Network) {
        id = network.networkID
        name = network.name
        version = network.version
        edition = network.edition.isEmpty ? nil : network.edition
        agency = network.agency
        language = network.language
        levels = network.levels.map { Level(id: $0.id, name: $0.name, rank: $0.rank, technical: $0.technical) }
        nodes = network.nodes.indices.map { Node(network, at: $0) }
        policy = network.policy
        upstream = network.upstream.map { upstream in
            var line = upstream.line.map { Line($0) } ?? Line()
            // Nil where nobody has told it: a written zero would be a figure.
            line.latency = upstream.latency?.nanoseconds
            return (upstream.name, upstream.address, line)
        }
    }
}

extension PlannedNetwork.Line {
    package init(_ line: Network.Line) {
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
    package init(_ network: Network, at slot: Int) {
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
