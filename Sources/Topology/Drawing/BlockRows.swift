import Basics

/// A network's nodes as blocks of rows, measured at scale 1: what ``BlockLayout`` flows into columns.
struct BlockRows {
    /// A node in a block.
    struct Row {
        var slot: Int
        /// 0 right below the block's head.
        var indent: Int
        /// Rows hang below it.
        var isHead: Bool
        var height: Double
    }
    /// A child of the root with all that stands below it, or all children of the root that have none below themselves.
    struct Block {
        /// Nil: the rows hang on the root itself.
        var head: Int?
        var headHeight: Double
        var rows: [Row]
        /// What its rows have in common, told below the head.
        var common: [NodeCaption.Common]
    }

    private(set) var blocks: [Block] = []
    /// What the widest row or head needs.
    private(set) var width = 0.0
    /// Heads' backups that are drawn as lines.
    private(set) var lanes: [(slot: Int, target: Int)] = []

    /// More dashed lines side by side nobody can follow; heads and rows name their backups in words anyway.
    static let maxLanes = 12
    static let indentWidth = 5.0
    /// From a row's indent to its name: half a step, the trunk, the symbol.
    static let nameAt = 10.5
    static let continuedHeight = TextMeasure.pitch * 2.5 + 1
    static let rowGap = 0.5
    /// Between a head's box and its first row.
    static let headGap = 1.0

    init(_ content: SheetContent, numbered: Bool) {
        let tree = content.tree
        let direct = tree.children(0).filter { tree.children($0).isEmpty }
        for child in tree.children(0) {
            if !tree.children(child).isEmpty {
                let rows = tree.subtree(child).dropFirst().map { slot in
                    Row(
                        slot: slot, indent: tree.level(slot) - 2, isHead: !tree.children(slot).isEmpty,
                        height: Self.height(content.captions[slot], head: false))
                }
                let common = content.captions[child].common
                let height = Self.height(content.captions[child], head: true) + Self.height(common)
                blocks.append(Block(head: child, headHeight: height, rows: rows, common: common))
            } else if child == direct.first {
                let rows = direct.map { Row(slot: $0, indent: 0, isHead: false, height: Self.height(content.captions[$0], head: false)) }
                let common = content.captions[0].directCommon
                blocks.append(Block(head: nil, headHeight: Self.continuedHeight + Self.height(common), rows: rows, common: common))
            }
        }
        for block in blocks {
            if let head = block.head {
                let continued = 2 + TextMeasure.width(content.captions[head].continued, size: 2.5, bold: true)
                width = max(width, Self.headWidth(content.captions[head]), continued)
            } else {
                let headings = [content.captions[0].direct, content.captions[0].continued]
                for heading in headings { width = max(width, TextMeasure.width(heading, size: 2.5, bold: true) + 2) }
            }
            for common in block.common { width = max(width, 6 + TextMeasure.width(common.text, size: 2.5, bold: common.band == .over)) }
            for row in block.rows { width = max(width, Self.width(row, content.captions[row.slot], numbered)) }
        }
        let heads = Set(blocks.compactMap(\.head))
        for block in blocks {
            guard let head = block.head else { continue }
            for target in content.captions[head].backups where heads.contains(target) { lanes.append((head, target)) }
        }
        if lanes.count > Self.maxLanes { lanes = [] }
    }

    /// What stands below the name in small letters.
    static func smallLines(_ caption: NodeCaption, head: Bool) -> [String] {
        (head ? [caption.note] : []) + caption.rooms + [caption.zone ?? "", caption.backup].filter { !$0.isEmpty }
    }

    private static func height(_ common: [NodeCaption.Common]) -> Double {
        common.isEmpty ? 0 : TextMeasure.pitch * 2.5 * Double(common.count) + 0.6
    }

    private static func height(_ caption: NodeCaption, head: Bool) -> Double {
        let text = TextMeasure.pitch * (3 + 2.5 * Double(smallLines(caption, head: head).count))
        return head ? text + 1.4 + headGap : text + rowGap
    }

    private static func headWidth(_ caption: NodeCaption) -> Double {
        let name = 4 + TextMeasure.width(caption.name, size: 3, bold: true) + TextMeasure.width(caption.tail, size: 3) + 2
        let note = 4 + TextMeasure.width(caption.note, size: 2.5) + 2 + figures(caption) + 2
        return smallLines(caption, head: true).dropFirst()
            .reduce(max(name, note)) { max($0, 6 + TextMeasure.width($1, size: 2.5)) }
    }

    private static func width(_ row: Row, _ caption: NodeCaption, _ numbered: Bool) -> Double {
        let indent = Double(row.indent) * indentWidth + nameAt
        let number = numbered ? TextMeasure.width("\(row.slot). ", size: 3) : 0
        let name = number + TextMeasure.width(caption.name, size: 3, bold: row.isHead) + TextMeasure.width(caption.tail, size: 3)
        return smallLines(caption, head: false)
            .reduce(indent + name + (figures(caption) > 0 ? 4 : 1) + figures(caption)) { max($0, indent + TextMeasure.width($1, size: 2.5) + 1) }
    }

    /// A row's figures with its number among the weak points before them.
    private static func figures(_ caption: NodeCaption) -> Double {
        (caption.isTold ? 0 : TextMeasure.width(caption.figures, size: 2.5, bold: caption.band == .over)) + (caption.weakness == nil ? 0 : 5.5)
    }
}
