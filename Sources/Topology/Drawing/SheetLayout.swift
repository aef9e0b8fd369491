import Basics

/// The whole sheet: border, title, the network in the middle, the title block along the lower edge.
public struct SheetLayout {
    /// How the network is shown.
    public enum Arrangement: String, Hashable, Sendable, CaseIterable {
        /// A map where most nodes have coordinates and it fits, else a tree.
        case automatic = "auto"
        /// A tree, or blocks of rows where a tree would not fit.
        case tree
        /// A map with blocks of rows beside it.
        case map
    }

    /// The network is too large for a paper.
    public struct DoesNotFit: Error, Hashable {
        /// The smallest that it fits; nil if none does.
        public var smallest: Paper?
    }

    /// Letters of names no smaller than this are legible in print: 3 mm at scale 1.
    static let smallestUnit = 0.72
    /// From here on no letter of the network is below 2.5 mm. Below it a tree gives way to blocks, unless those are no larger.
    private static let comfortable = 1.0
    /// Letters grow into what is free, to this.
    private static let largestUnit = 1.7

    /// Draws on `paper`, or on the smallest that holds everything in legible letters.
    public static func draw(
        _ content: SheetContent, paper: Paper?, arrangement: Arrangement = .automatic
    ) throws(DoesNotFit) -> Drawing {
        let maps: [Bool] =
            switch arrangement {
            case .tree: [false]
            case .map: [content.places.contains { $0 != nil }]
            // A tree on this paper is worth more than a map on the next.
            case .automatic: content.isMostlyPlaced ? [true, false] : [false]
            }
        let ways = maps.map { (map: $0, rows: BlockRows(content, numbered: $0)) }
        func drawing(_ paper: Paper) -> Drawing? {
            ways.lazy.compactMap { SheetLayout(content, paper, $0.rows, $0.map).draw() }.first
        }
        for candidate in paper.map({ [$0] }) ?? Paper.growing {
            if let drawing = drawing(candidate) { return drawing }
        }
        guard let paper else { throw DoesNotFit(smallest: nil) }
        throw DoesNotFit(smallest: Paper.growing.first { $0.width > paper.width && drawing($0) != nil })
    }

    private let content: SheetContent
    private let paper: Paper
    private let rows: BlockRows
    private let map: Bool
    private var k: Double { paper.emphasis }

    private init(_ content: SheetContent, _ paper: Paper, _ rows: BlockRows, _ map: Bool) {
        self.content = content
        self.paper = paper
        self.rows = rows
        self.map = map
    }

    private func draw() -> Drawing? {
        // Room to bind the sheet at its left edge (ISO 5457).
        let border = Rectangle(x: 20 * k, y: 10 * k, width: paper.width - 30 * k, height: paper.height - 20 * k)
        let block = TitleBlock(content.sheet, paper: paper)
        let title = 15 * k
        let area = Rectangle(
            x: border.x + 4 * k, y: border.y + title, width: border.width - 8 * k,
            height: border.height - title - block.height - 4 * k)
        guard let (network, isTree) = network(in: area) else { return nil }
        var pen = Pen(unit: k)
        pen.shapes.append(.panel(.init(border, edge: .rule, width: 0.5 * k)))
        heading(&pen, border)
        let strip = Rectangle(x: border.x, y: border.bottom - block.height, width: border.width, height: block.height)
        return Drawing(
            width: paper.width, height: paper.height, border: border, shapes: pen.shapes + network + legend(isTree, block).draw(in: strip))
    }

    /// The block with a legend of what occurs.
    private func legend(_ isTree: Bool, _ block: TitleBlock) -> TitleBlock {
        guard isTree else { return block }
        var sheet = content.sheet
        sheet.legend.removeAll { if case .common = $0.sample { true } else { false } }
        return TitleBlock(sheet, paper: paper)
    }

    private func heading(_ pen: inout Pen, _ border: Rectangle) {
        var size = 5.6 * k
        while size > 3 * k, TextMeasure.width(content.sheet.title, size: size, bold: true) > border.width - 12 * k { size -= 0.2 * k }
        pen.label(
            content.sheet.title, at: Point(border.midX, border.y + 7.4 * k), size: size, bold: true, anchor: .middle)
        pen.label(content.sheet.subtitle, at: Point(border.midX, border.y + 12.2 * k), size: 3 * k, anchor: .middle, ink: .faint)
    }

    // MARK: The network

    private var units: [Double] {
        var list: [Double] = []
        var unit = Self.largestUnit * max(1, k)
        while unit >= Self.smallestUnit {
            list.append(unit)
            unit *= 0.98
            if list[list.count - 1] > Self.comfortable, unit < Self.comfortable { list.append(Self.comfortable) }
        }
        return list
    }

    private func network(in area: Rectangle) -> (shapes: [Drawing.Shape], isTree: Bool)? {
        if map { return withMap(in: area).map { ($0, false) } }
        let tree = units.lazy.compactMap { unit in
            TreeLayout.draw(content, in: area, unit: unit).map { (unit, $0) }
        }.first
        if let tree, tree.0 >= Self.comfortable { return (tree.1, true) }
        let blocks = blocks(in: area)
        if let tree, tree.0 >= blocks?.unit ?? 0 { return (tree.1, true) }
        return blocks.map { ($0.shapes, false) }
    }

    private func blocks(in area: Rectangle) -> (unit: Double, shapes: [Drawing.Shape])? {
        let rootHeight = BlockLayout.rootHeight(content.captions[0])
        func largest(splitting: Bool) -> (unit: Double, flow: BlockFlow)? {
            units.lazy.compactMap { unit in
                BlockLayout.flow(rows, rootHeight: rootHeight, in: area, unit: unit, splitting: splitting).map { (unit, $0) }
            }.first
        }
        guard var best = largest(splitting: true) else { return nil }
        // A block in one piece is worth smaller letters, to a point.
        if let whole = largest(splitting: false), whole.unit >= 0.86 * best.unit, whole.unit >= min(best.unit, Self.comfortable) { best = whole }
        return (best.unit, BlockLayout.draw(content, rows: rows, flow: best.flow, in: area, unit: best.unit, numbered: map))
    }

    private func withMap(in area: Rectangle) -> [Drawing.Shape]? {
        for share in [0.5, 0.42, 0.34] {
            let width = area.width * share
            let side = Rectangle(x: area.x, y: area.y, width: width - 4 * k, height: area.height)
            let rest = Rectangle(x: area.x + width, y: area.y, width: area.width - width, height: area.height)
            if let blocks = blocks(in: rest) { return MapLayout.draw(content, in: side, unit: k) + blocks.shapes }
        }
        return nil
    }
}
