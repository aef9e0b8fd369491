import Basics
import Topology

/// Draws a tree of 2 to 4 levels with fat and thin lines, backups, protected zones, hubs without a hall and room decoders.
enum SwarmTree {
    private static let levels = [("tinh", "Tỉnh"), ("huyen", "Huyện"), ("xa", "Xã"), ("thon", "Thôn")]

    private struct Sketch {
        var level = 0
        var parent = -1
        var zone: String?
    }

    static func draw(nodes count: Int, _ dice: inout Dice) -> Network {
        let depth = min(dice.int(2...4), count)
        var sketches = [Sketch()]
        let wide = dice.chance(0.5)
        for i in 1..<count {
            // The first ones make a chain, so that every level is there.
            let parent = i < depth ? i - 1 : self.parent(sketches, depth: depth, wide: wide, &dice)
            sketches.append(Sketch(level: sketches[parent].level + 1, parent: parent, zone: sketches[parent].zone))
        }
        if dice.chance(0.3) { drawZones(&sketches, &dice) }
        let thin = dice.pick([0, 0.2, 0.6])
        let backupShare = dice.pick([0, 0.3, 0.7])
        var entries: [Network.Entry] = []
        for i in sketches.indices {
            let node = node(i, sketches[i], &dice)
            guard i > 0 else {
                entries.append(Network.Entry(node: node, link: nil))
                continue
            }
            let begins = sketches[i].zone != sketches[sketches[i].parent].zone
            entries.append(
                Network.Entry(
                    node: node,
                    link: Network.Link(
                        parent: entries[sketches[i].parent].node.index, line: line(thin: dice.chance(thin), &dice),
                        backups: backups(i, sketches, share: backupShare, &dice).map { entries[$0].node.index },
                        zone: begins ? sketches[i].zone : nil)))
        }
        let used = levels.prefix(depth).enumerated().map { Network.Level(id: $1.0, name: $1.1, rank: $0) }
        do {
            return try Network(networkID: "swarm", name: "Swarm", version: 1, edition: "", levels: used, upstream: nil, entries: entries)
        } catch {
            preconditionFailure("every parent was drawn before its child: \(error)")
        }
    }

    private static func parent(_ sketches: [Sketch], depth: Int, wide: Bool, _ dice: inout Dice) -> Int {
        let inner = sketches.indices.filter { sketches[$0].level < depth - 1 }
        if wide, depth > 2 {
            // Few nodes with many children: a district has a dozen communes.
            let hubs = inner.filter { sketches[$0].level == depth - 2 }.prefix(max(2, sketches.count / 6))
            if dice.chance(0.8) { return dice.pick(Array(hubs)) }
        }
        return dice.pick(inner)
    }

    private static func drawZones(_ sketches: inout [Sketch], _ dice: inout Dice) {
        for number in 1...dice.int(1...2) {
            let top = dice.int(1...sketches.count - 1)
            guard sketches[top].zone == nil else { continue }
            let name = "vung-\(number)"
            sketches[top].zone = name
            for i in sketches.indices where i > top && sketches[sketches[i].parent].zone == name { sketches[i].zone = name }
        }
    }

    /// Only nodes drawn before, so that parents and backups together never form a cycle; no lower level, and the same zone.
    private static func backups(_ i: Int, _ sketches: [Sketch], share: Double, _ dice: inout Dice) -> [Int] {
        guard dice.chance(share) else { return [] }
        let candidates = (0..<i).filter {
            $0 != sketches[i].parent && sketches[$0].level <= sketches[i].level && sketches[$0].zone == sketches[i].zone
        }
        return Array(dice.shuffled(candidates).prefix(dice.chance(0.2) ? 2 : 1))
    }

    private static func node(_ i: Int, _ sketch: Sketch, _ dice: inout Dice) -> Network.Node {
        let id = "\(levels[sketch.level].0)-\(i)"
        let name = "\(levels[sketch.level].1) \(i)"
        let address = Address(ipv4: 10 << 24 | UInt32(i + 1), port: Topology.defaultMediaPort)
        let halls = i == 0 ? 1 : dice.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 2])
        let rooms =
            halls == 2
            ? [Network.Room(id: SiteID(id + "/a"), name: "Hội trường A"), Network.Room(id: SiteID(id + "/b"), name: "Hội trường B")]
            : halls == 1 ? [Network.Room(id: SiteID(id), name: name)] : []
        var endpoints: [Network.Endpoint] = []
        if let room = rooms.first, dice.chance(0.15) {
            endpoints.append(
                Network.Endpoint(
                    id: "giai-ma", name: "Bộ giải mã", kind: .decoder, address: Address(ipv4: 10 << 24 | 128 << 16 | UInt32(i + 1), port: 6000),
                    payloadType: 111, codec: .opus, direction: .both, site: room.id))
        }
        return Network.Node(id: id, level: levels[sketch.level].0, name: name, address: address, rooms: rooms, endpoints: endpoints)
    }

    private static func line(thin: Bool, _ dice: inout Dice) -> Network.Line {
        let up = thin ? Bitrate.kbps(Int64(dice.pick([512, 768, 1_000, 2_000]))) : .mbps(Int64(dice.pick([5, 10, 20, 100])))
        let down = dice.chance(0.2) ? Bitrate(bitsPerSecond: up.bitsPerSecond * 2) : up
        return Network.Line(up: up, down: down, latency: .milliseconds(Int64(dice.int(1...30))))
    }

    // MARK: What the lines do to datagrams

    /// Per seed one weather for most lines: none, loss singly or in bursts, jitter, copies, disorder, flipped bits.
    static func impairments(_ network: Network, _ dice: inout Dice) -> [Trunk: Impairment] {
        let loss = dice.pick([0, 0, 0.01, 0.05, 0.2])
        let burst = dice.chance(0.3) ? Interval.milliseconds(Int64(dice.int(20...150))) : .zero
        let jitter = dice.pick([0, 0, 2, 10])
        let duplicate = dice.pick([0, 0, 0, 0.02])
        let reorder = dice.pick([0, 0, 0, 0.05])
        let corrupt = dice.pick([0, 0, 0, 0.005])
        if loss == 0, jitter == 0, duplicate == 0, reorder == 0, corrupt == 0 { return [:] }
        var result: [Trunk: Impairment] = [:]
        for slot in network.nodes.indices {
            guard let link = network.links[slot] else { continue }
            for upper in [link.parent] + link.backups where dice.chance(0.7) {
                var impairment = Impairment(link.line)
                impairment.loss = BurstLoss(share: loss, burst: burst)
                impairment.jitter = .milliseconds(Int64(jitter))
                impairment.duplicate = duplicate
                impairment.reorder = reorder
                impairment.corrupt = corrupt
                result[Trunk(lower: network.nodes[slot].index, upper: upper)] = impairment
            }
        }
        return result
    }
}
