import Basics

/// A network of any size as blocks: the root on top, its children as heads of blocks that stand in columns, all that is below
/// them as rows, indented by level.
struct BlockLayout {
    private let content: SheetContent
    private let rows: BlockRows
    private let flow: BlockFlow
    private let area: Rectangle
    private let numbered: Bool
    private var pen: Pen
    private var tree: Tree { content.tree }
    private var u: Double { pen.unit }

    private var columnWidth = 0.0
    private var columnX: [Double] = []
    private var top = 0.0
    /// Where the stubs of heads end: their boxes' left edges, by slot.
    private var headAt: [Int: (column: Int, at: Point)] = [:]

    private static let stub = 7.0
    private static let lane = 1.8

    /// How the blocks fit the area at this scale; nil if they do not.
    static func flow(_ rows: BlockRows, rootHeight: Double, in area: Rectangle, unit: Double, splitting: Bool) -> BlockFlow? {
        let columns = Int((area.width / unit) / (rows.width + gutter(rows)))
        guard columns > 0 else { return nil }
        let height = area.height / unit - rootHeight - headroom(rows)
        return BlockFlow.balanced(rows.blocks, columns: columns, height: height, splitting: splitting)
    }

    /// At scale 1: dashed lines, the riser, the trunk to the head.
    private static func gutter(_ rows: BlockRows) -> Double { 2 + Double(rows.lanes.count) * lane + stub }
    /// At scale 1: between the root's box and the columns.
    private static func headroom(_ rows: BlockRows) -> Double { 8 + Double(rows.lanes.count) * lane }
    /// At scale 1.
    static func rootHeight(_ caption: NodeCaption) -> Double {
        TextMeasure.pitch * (3.6 + 2.5 * Double(BlockRows.smallLines(caption, head: true).count)) + 1.4
    }

    static func draw(
        _ content: SheetContent, rows: BlockRows, flow: BlockFlow, in area: Rectangle, unit: Double, numbered: Bool
    ) -> [Drawing.Shape] {
        var layout = BlockLayout(content, rows, flow, area, unit, numbered)
        layout.place()
        layout.paint()
        return layout.pen.shapes
    }

    private init(_ content: SheetContent, _ rows: BlockRows, _ flow: BlockFlow, _ area: Rectangle, _ unit: Double, _ numbered: Bool) {
        self.content = content
        self.rows = rows
        self.flow = flow
        self.area = area
        self.numbered = numbered
        pen = Pen(unit: unit)
    }

    private mutating func place() {
        let pitch = area.width / Double(flow.columns.count)
        let gutter = Self.gutter(rows) * u
        // Rows pulled too far apart no longer lead the eye from a name to its figures.
        columnWidth = min(pitch - gutter, rows.width * u * 1.35)
        let used = Double(flow.columns.count) * (columnWidth + gutter)
        let between = (area.width - used) / Double(flow.columns.count)
        for i in flow.columns.indices {
            columnX.append(area.x + (Double(i) + 0.5) * between + Double(i) * (columnWidth + gutter) + gutter)
        }
        top = area.y + (Self.rootHeight(content.captions[0]) + Self.headroom(rows)) * u
        for (i, column) in flow.columns.enumerated() {
            for chunk in column where chunk.first {
                guard let head = rows.blocks[chunk.block].head else { continue }
                headAt[head] = (i, Point(columnX[i], top + (chunk.top + boxHeight(rows.blocks[chunk.block]) / 2) * u))
            }
        }
    }

    /// Of a head's box, at scale 1.
    private func boxHeight(_ block: BlockRows.Block) -> Double { block.headHeight - BlockRows.headGap }
    private func riser(_ column: Int) -> Double { columnX[column] - Self.stub * u }

    // MARK: Shapes

    private mutating func paint() {
        let busY = area.y + (Self.rootHeight(content.captions[0]) + 4) * u
        var fed: [Double] = []
        for (i, column) in flow.columns.enumerated() {
            for chunk in column { draw(chunk, column: i) }
            // Down to the lowest head or row of the root's own.
            let ends = column.compactMap { chunk -> Double? in
                let block = rows.blocks[chunk.block]
                if let head = block.head { return chunk.first ? headAt[head]!.at.y : nil }
                return top + (chunk.top + 1) * u
            }
            guard let end = ends.last else { continue }
            pen.bus([Point(riser(i), busY), Point(riser(i), end)])
            fed.append(riser(i))
        }
        let box = rootBox()
        if let first = fed.first, let last = fed.last {
            pen.bus([Point(min(first, box.midX), busY), Point(max(last, box.midX), busY)])
            pen.bus([Point(box.midX, box.bottom), Point(box.midX, busY)])
        }
        backups(busY)
    }

    private mutating func rootBox() -> Rectangle {
        let caption = content.captions[0]
        let size = 3.6 * u
        let lines = BlockRows.smallLines(caption, head: true)
        let width = lines.reduce(TextMeasure.width(caption.name, size: size, bold: true)) {
            max($0, TextMeasure.width($1, size: pen.small))
        }
        let frame = Rectangle(
            x: area.midX - width / 2 - 4 * u, y: area.y, width: width + 8 * u, height: Self.rootHeight(caption) * u)
        pen.shapes.append(.panel(.init(frame, fill: .ground, edge: .text, width: 0.5 * u, radius: u, slot: 0)))
        var y = frame.y + 0.7 * u
        pen.label(caption.name, at: Point(frame.midX, Pen.baseline(y, size)), size: size, bold: true, anchor: .middle, slot: 0)
        y += TextMeasure.pitch * size
        for line in lines {
            pen.label(line, at: Point(frame.midX, Pen.baseline(y, pen.small)), size: pen.small, anchor: .middle, ink: .faint, slot: 0)
            y += TextMeasure.pitch * pen.small
        }
        return frame
    }

    private mutating func draw(_ chunk: BlockFlow.Chunk, column: Int) {
        let block = rows.blocks[chunk.block]
        let x = columnX[column]
        var y = top + chunk.top * u
        let start: Double
        if chunk.first, let head = block.head {
            zone(head, Rectangle(x: x, y: y, width: columnWidth, height: height(block, chunk)))
            drawHead(head, Rectangle(x: x, y: y, width: columnWidth, height: boxHeight(block) * u))
            start = y + boxHeight(block) * u
            y += block.headHeight * u
        } else if let head = block.head {
            pen.label(
                content.captions[head].continued, at: Point(x + 2 * u, Pen.baseline(y, pen.small)), size: pen.small, bold: true,
                italic: true, ink: .faint, slot: head)
            y += BlockRows.continuedHeight * u
            start = y
        } else {
            pen.label(
                chunk.first ? content.captions[0].direct : content.captions[0].continued,
                at: Point(x + 2 * u, Pen.baseline(y, pen.small)), size: pen.small, bold: true, ink: .faint, slot: 0)
            start = y + u
            pen.bus([Point(riser(column), start), Point(x + 1.5 * u, start)])
            y += BlockRows.continuedHeight * u
        }
        drawRows(block.rows[chunk.rows], at: Point(x, y), from: start)
    }

    private func height(_ block: BlockRows.Block, _ chunk: BlockFlow.Chunk) -> Double {
        let head = chunk.first ? block.headHeight : BlockRows.continuedHeight
        return (head + block.rows[chunk.rows].reduce(0) { $0 + $1.height }) * u
    }

    private mutating func drawHead(_ head: Int, _ frame: Rectangle) {
        let caption = content.captions[head]
        pen.shapes.append(.panel(.init(frame, fill: .ground, edge: .text, width: 0.3 * u, radius: u, slot: head)))
        pen.trunk(from: frame.x - Self.stub * u, to: frame.x, y: frame.midY, band: caption.band, slot: head)
        var y = frame.y + 0.7 * u
        pen.symbol(caption.symbol, center: Point(frame.x + 2.2 * u, y + 0.68 * pen.large), slot: head)
        pen.label(
            caption.name, tail: caption.tail, at: Point(frame.x + 4 * u, Pen.baseline(y, pen.large)), size: pen.large, bold: true,
            slot: head)
        y += TextMeasure.pitch * pen.large
        for (i, line) in BlockRows.smallLines(caption, head: true).enumerated() {
            let at = Point(frame.x + 4 * u, Pen.baseline(y, pen.small))
            pen.label(line, at: at, size: pen.small, ink: .faint, slot: head)
            if i == 0 { figures(head, right: frame.right - 1.5 * u, y: y) }
            y += TextMeasure.pitch * pen.small
        }
    }

    /// A row's or head's figures, its number among the weak points before them, and a guide for the eye from the name to both.
    private mutating func figures(_ slot: Int, right: Double, y: Double, guide: Point? = nil) {
        let caption = content.captions[slot]
        let at = Point(right, Pen.baseline(y, pen.small))
        pen.label(
            caption.figures, at: at, size: pen.small, bold: caption.band == .over, anchor: .end, ink: .load(caption.band), slot: slot)
        let width = TextMeasure.width(caption.figures, size: pen.small, bold: caption.band == .over)
        if let guide = guide {
            let end = right - width - (caption.weakness == nil ? 1.2 : 5.2) * u
            if end - guide.x > 3 * u { pen.guide(from: guide, to: end) }
        }
        guard let number = caption.weakness else { return }
        pen.weakness(number, center: Point(right - width - 2.6 * u, y + 0.68 * pen.small + 0.2 * u))
    }

    private mutating func drawRows(_ part: ArraySlice<BlockRows.Row>, at origin: Point, from start: Double) {
        func spineX(_ indent: Int) -> Double { origin.x + (Double(indent) * BlockRows.indentWidth + 1.5) * u }
        var y = origin.y
        var spines = Spines(start: start)
        for row in part {
            let middle = y + 0.68 * pen.large
            for spine in spines.reach(row.indent, y: middle, opening: y) {
                pen.bus([Point(spineX(spine.indent), spine.from), Point(spineX(spine.indent), spine.to)])
            }
            let x = spineX(row.indent)
            let right = origin.x + columnWidth
            zone(row.slot, Rectangle(x: x + 0.6 * u, y: y, width: right - x - 0.6 * u, height: zoneHeight(row, in: part)))
            draw(row, x: x, right: right, top: y)
            y += row.height * u
        }
        for spine in spines.close(to: 0) {
            pen.bus([Point(spineX(spine.indent), spine.from), Point(spineX(spine.indent), spine.to)])
        }
    }

    private mutating func draw(_ row: BlockRows.Row, x: Double, right: Double, top y: Double) {
        let caption = content.captions[row.slot]
        let middle = y + 0.68 * pen.large
        pen.trunk(from: x, to: x + 6.5 * u, y: middle, band: caption.band, slot: row.slot)
        pen.symbol(caption.symbol, center: Point(x + 7.2 * u, middle), slot: row.slot)
        let name = x + (BlockRows.nameAt - 1.5) * u
        let text = (numbered ? "\(row.slot). " : "") + caption.name
        pen.label(
            text, tail: caption.tail, at: Point(name, Pen.baseline(y, pen.large)), size: pen.large, bold: row.isHead,
            slot: row.slot)
        let end =
            name + TextMeasure.width(text, size: pen.large, bold: row.isHead)
            + TextMeasure.width(caption.tail, size: pen.large)
        figures(
            row.slot, right: right - u, y: y + 0.68 * (pen.large - pen.small), guide: Point(end + 1.2 * u, Pen.baseline(y, pen.large) - 0.2 * u))
        var below = y + TextMeasure.pitch * pen.large
        for line in BlockRows.smallLines(caption, head: false) {
            if line == caption.backup { pen.backup([Point(x + 3 * u, below + 0.68 * pen.small), Point(x + 8 * u, below + 0.68 * pen.small)], slot: row.slot) }
            pen.label(line, at: Point(name, Pen.baseline(below, pen.small)), size: pen.small, ink: .faint, slot: row.slot)
            below += TextMeasure.pitch * pen.small
        }
    }

    // MARK: Zones and backups

    private mutating func zone(_ slot: Int, _ frame: Rectangle) {
        guard content.captions[slot].zone != nil else { return }
        pen.shapes.append(.panel(.init(frame, fill: .zoneGround, edge: .zone, width: 0.5 * u, radius: u, dash: .dashDotted, slot: slot)))
    }

    /// Of a row with all below it that stands in the same column.
    private func zoneHeight(_ row: BlockRows.Row, in part: ArraySlice<BlockRows.Row>) -> Double {
        part.reduce(0) { $0 + (tree.contains(row.slot, $1.slot) ? $1.height : 0) } * u - 0.3 * u
    }

    private mutating func backups(_ busY: Double) {
        for (lane, backup) in rows.lanes.enumerated() {
            guard let from = headAt[backup.slot], let to = headAt[backup.target] else { continue }
            let offset = (Double(lane) + 1) * Self.lane * u
            let start = Point(from.at.x, from.at.y + 1.8 * u)
            let end = Point(to.at.x, to.at.y + 3 * u)
            let x0 = riser(from.column) - offset
            if from.column == to.column {
                pen.backup([start, Point(x0, start.y), Point(x0, end.y), end], slot: backup.slot)
            } else {
                let x1 = riser(to.column) - offset
                let y = busY + offset
                pen.backup([start, Point(x0, start.y), Point(x0, y), Point(x1, y), Point(x1, end.y), end], slot: backup.slot)
            }
            pen.backupEnd(end)
        }
    }
}

/// The upright lines that rows hang on, one for each indent: where each begins and how far down it has come.
private struct Spines {
    private var open: [(from: Double, to: Double)]

    init(start: Double) { open = [(start, start)] }

    /// Carries the spine of `indent` down to `y`; the deeper ones are done. New spines begin at `opening`.
    mutating func reach(_ indent: Int, y: Double, opening: Double) -> [(indent: Int, from: Double, to: Double)] {
        let done = close(to: indent + 1)
        while open.count <= indent { open.append((opening, opening)) }
        open[indent].to = y
        return done
    }

    mutating func close(to count: Int) -> [(indent: Int, from: Double, to: Double)] {
        let done = open.indices.dropFirst(count).map { ($0, open[$0].from, open[$0].to) }
        open.removeLast(max(0, open.count - count))
        return done.filter { $0.2 > $0.1 }
    }
}
