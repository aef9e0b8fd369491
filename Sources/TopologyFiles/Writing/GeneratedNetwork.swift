import Basics
import Documents
import Topology

/// The shape of a tree: what stands on each level, and how often below each node of the level above.
public struct TreeShape: Hashable, Sendable {
    /// One level.
    public struct Level: Hashable, Sendable {
        /// Its id, which ids of its nodes begin with.
        public var id: String
        /// Nodes below each node of the level above; 1 for the first level.
        public var each: Int
        public init(id: String, each: Int) {
            self.id = id
            self.each = each
        }
    }
    /// From the top down.
    public var levels: [Level]
    public init(levels: [Level]) { self.levels = levels }

    /// The country has 11,367 units; ten times as many is no network of ours.
    public static let mostNodes = 120_000

    /// Nodes of the whole tree.
    public var count: Int {
        var count = 0
        var row = 1
        for level in levels {
            let (next, overflow) = row.multipliedReportingOverflow(by: level.each)
            if overflow || next > Self.mostNodes { return .max }
            row = next
            count += row
        }
        return count
    }

    /// Reads "tinh:1,huyen:11,xa:10"; throws a sentence about what is wrong.
    public init(_ text: String, language: Language = .en) throws(TreeShape.Malformed) {
        levels = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: ":", omittingEmptySubsequences: false)
            let id = Spelling.tidy(String(pair[0]))
            guard pair.count == 2, Spelling.isID(id), let each = Int(pair[1].filter { $0 != " " }), each > 0 else {
                throw Malformed(
                    language == .vi
                        ? "'\(part)' không phải là CẤP:SỐ LƯỢNG; hãy viết như 'tinh:1,huyen:11,xa:10'"
                        : "'\(part)' is no LEVEL:NUMBER; write it like 'tinh:1,huyen:11,xa:10'")
            }
            if levels.contains(where: { $0.id == id }) {
                throw Malformed(language == .vi ? "cấp '\(id)' ghi hai lần" : "level '\(id)' is named twice")
            }
            levels.append(Level(id: id, each: each))
        }
        if let first = levels.first, first.each != 1 {
            throw Malformed(
                language == .vi ? "cấp trên cùng '\(first.id)' phải có đúng một nút" : "the topmost level '\(first.id)' must have exactly one node")
        }
        if count > Self.mostNodes {
            throw Malformed(language == .vi ? "nhiều hơn \(Self.mostNodes) nút" : "more than \(Self.mostNodes) nodes")
        }
    }

    /// Why a text is no shape.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        /// For people, in the language asked for.
        public var description: String
        package init(_ description: String) { self.description = description }
    }
}

extension TopologyFiles {
    /// A topology file of a tree with this shape. Its lines' figures and its addresses are supposed, and say so.
    public static func generate(_ shape: TreeShape, id: String, name: String, language: Language = .en) -> String {
        let levels = shape.levels.enumerated().map { rank, level in
            let known = KnownLevel.named(level.id)
            return PlannedNetwork.Level(id: level.id, name: known?.name ?? level.id, rank: rank, technical: known?.technical ?? false)
        }
        var nodes: [PlannedNetwork.Node] = []
        var row = [(position: -1, number: "")]
        for (depth, level) in shape.levels.enumerated() {
            var next: [(position: Int, number: String)] = []
            for above in row {
                for i in 1...level.each {
                    let number = depth == 0 ? "" : above.number.isEmpty ? String(i) : "\(above.number).\(i)"
                    var node = PlannedNetwork.Node(
                        id: depth == 0 ? level.id : "\(level.id)-\(number)", level: level.id,
                        name: depth == 0 ? name : "\(levels[depth].name) \(number)")
                    node.parent = depth == 0 ? nil : above.position
                    if levels[depth].technical { node.rooms = [] }
                    next.append((nodes.count, number))
                    nodes.append(node)
                }
            }
            row = next
        }
        var network = PlannedNetwork(id: id, name: name, levels: levels, nodes: nodes)
        network.range = nodes.count > 60_000 ? "10.0.0.0/8" : "10.100.0.0/16"
        let text = shape.levels.map { "\($0.id):\($0.each)" }.joined(separator: ",")
        network.remarks = [
            language == .vi
                ? "Tạo bằng 'nhipcau topology generate --levels \(text)'. Cách ghi tệp: docs/topology.md"
                : "Made by 'nhipcau topology generate --levels \(text)'. Format: docs/topology.md"
        ]
        return NetworkWriter.write(network, language: language).text
    }
}
