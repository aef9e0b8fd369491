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
        /// The figures are there, but nobody has measured them.
        var assumed = false
        /// Somebody has measured or agreed how much it carries.
        var isMeasured: Bool { up != nil && down != nil && !assumed }
    }

    struct Node {
        var id: String
        var level: String
        var name: String
        var unit: String?
        /// Nil: one of the range.
        var address: Address?
        var port: UInt16?
        var coordinates: Network.Coordinates?
        /// Nil: one room, named like the node. Empty: none.
        var rooms: [String]?
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
    var edition: String?
    /// Lines above everything else.
    var remarks: [String] = []
    var upstream: (name: String, line: Line)?
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
