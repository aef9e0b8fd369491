import Basics
import Documents
import Topology
import TopologyFiles
import Yams

/// A large tree in a few lines: `generate:` with levels, each with its number of nodes and the figures of their lines.
enum GeneratedTree {
    private static let keys = ["generate", "name", "levels"]
    private static let levelKeys = ["id", "name", "count", "each", "rooms", "backup", "technical"] + LineDraft.keys
    /// As many as fit the addresses below.
    private static let mostNodes = 60_000

    private struct Row {
        var id: String
        var name: String
        var parent: Int?
        var level: Int
        /// Of its level, for messages.
        var place: Node
    }

    /// Nil, and problems in the file, if it has errors.
    static func read(_ place: Node, in file: SourceFile) -> Network? {
        guard let top = MappingReader(place, what: "topology", keys: keys, in: file) else { return nil }
        top.require("levels")
        let id = top.id("generate") ?? "generated"
        var rows: [Row] = []
        var levels: [Network.Level] = []
        var places: [String: Int] = [:]
        var lines: [Network.Link?] = []
        var rooms: [Bool] = []
        var backups: [Bool] = []
        var above = 0..<0
        let items = top.list("levels") ?? []
        if items.isEmpty, let list = top.value("levels"), !file.hasErrors { file.report(.noNodes, at: list) }
        for (depth, item) in items.enumerated() {
            guard let reader = MappingReader(item, what: "level", keys: levelKeys, in: file) else { continue }
            reader.require("id")
            guard let level = reader.id("id") else { continue }
            if let line = places[level] {
                file.report(.duplicateID(level, line: line), at: reader.value("id") ?? item)
                continue
            }
            places[level] = item.place.line
            let name = reader.text("name") ?? level
            levels.append(Network.Level(id: level, name: name, rank: levels.count, technical: reader.flag("technical") ?? false))
            rooms.append((reader.integer("rooms", 0...1) ?? 1) == 1)
            backups.append(reader.flag("backup") ?? false)
            let line = LineDraft(reader)
            if depth > 0, !line.missing.isEmpty { file.report(.missingCapacity(level, line.missing), at: item) }
            lines.append(
                Network.Link(
                    parent: NodeIndex(rawValue: 0), line: line.line(assumed: line.assumed ?? .none),
                    audio: reader.choice("audio", Network.AudioMode.self) ?? .auto, video: reader.choice("video", Network.VideoMode.self) ?? .auto))
            let count = depth == 0 ? 1 : count(reader, parents: above.count, at: item, in: file)
            guard rows.count + count <= mostNodes else {
                file.report(.outOfRange(String(count), key: "count", "1", String(mostNodes - rows.count)), at: item)
                return nil
            }
            let first = rows.count
            for i in 0..<count {
                rows.append(
                    Row(
                        id: depth == 0 ? level : "\(level)-\(i + 1)", name: depth == 0 ? name : "\(name) \(i + 1)",
                        // Spread evenly, siblings beside each other.
                        parent: depth == 0 ? nil : above.lowerBound + i * above.count / max(1, count), level: levels.count - 1,
                        place: reader.value("id") ?? item))
            }
            above = first..<rows.count
        }
        checkNames(rows, in: file)
        guard !file.hasErrors, !rows.isEmpty else { return nil }
        let entries = rows.indices.map { entry($0, rows, lines, rooms: rooms, backups: backups, levels: levels) }
        do {
            return try Network(
                networkID: id, name: top.text("name") ?? id, version: 1, edition: "", levels: levels, upstream: nil, entries: entries)
        } catch {
            preconditionFailure("a generated tree is none: \(error)")
        }
    }

    /// Ids of different levels may meet (a root `xa-1` above a level `xa`), and so may their hashes. The first of each level is told.
    private static func checkNames(_ rows: [Row], in file: SourceFile) {
        var first: [NodeIndex: Int] = [:]
        var told: Set<Int> = []
        for (i, row) in rows.enumerated() {
            guard let other = first.updateValue(i, forKey: NodeIndex(of: row.id)), told.insert(row.level).inserted else { continue }
            let line = rows[other].place.place.line
            file.report(
                rows[other].id == row.id ? .duplicateID(row.id, line: line) : .nodeIndexCollision(row.id, rows[other].id, line: line), at: row.place)
        }
    }

    private static func count(_ reader: MappingReader, parents: Int, at item: Node, in file: SourceFile) -> Int {
        switch (reader.has("count"), reader.has("each")) {
        case (true, false): return reader.integer("count", 1...mostNodes) ?? 0
        case (false, true): return parents * (reader.integer("each", 1...mostNodes) ?? 0)
        default:
            file.report(.countOrEach(), at: item)
            return 0
        }
    }

    private static func entry(
        _ i: Int, _ rows: [Row], _ lines: [Network.Link?], rooms: [Bool], backups: [Bool], levels: [Network.Level]
    ) -> Network.Entry {
        let row = rows[i]
        let node = Network.Node(
            id: row.id, level: levels[row.level].id, name: row.name, address: Address(ipv4: 10 << 24 | UInt32(i + 1), port: Topology.defaultMediaPort),
            rooms: rooms[row.level] ? [Network.Room(id: SiteID(row.id), name: row.name)] : [])
        guard let parent = row.parent, var link = lines[row.level] else { return Network.Entry(node: node, link: nil) }
        link.parent = NodeIndex(of: rows[parent].id)
        // The elder sibling of the parent: of two only the later backs up on the earlier, so no cycle comes about.
        if backups[row.level], parent > 0, rows[parent - 1].level == rows[parent].level, rows[parent - 1].parent == rows[parent].parent {
            link.backups = [NodeIndex(of: rows[parent - 1].id)]
        }
        return Network.Entry(node: node, link: link)
    }
}
