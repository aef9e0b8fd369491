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
    /// What each row gets in height beyond its letters, at scale 1, so that the sheet is filled.
    private var lead = 0.0
    private static let mostLead = 1.8
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
        let leads = flow.columns.map { column in
            let end = column.last.map { $0.top + height(rows.blocks[$0.block], $0) / u } ?? 0
            return ((area.bottom - top) / u - end) / Double(max(1, column.reduce(0) { $0 + $1.rows.count }))
        }
        lead = min(max(0, leads.min() ?? 0), Self.mostLead)
        for (i, column) in flow.columns.enumerated() {
            for (place, chunk) in column.enumerated() where chunk.first {
                guard let head = rows.blocks[chunk.block].head else { continue }
                headAt[head] = (i, Point(columnX[i], y(of: place, in: column) + boxHeight(rows.blocks[chunk.block]) / 2 * u))
            }
        }
    }

    /// Where a part of a block begins.
    private func y(of place: Int, in column: [BlockFlow.Chunk]) -> Double {
        top + (column[place].top + lead * Double(column[..<place].reduce(0) { $0 + $1.rows.count })) * u
    }
    private func height(_ row: BlockRows.Row) -> Double { (row.height + lead) * u }

    /// Of a head's box, at scale 1.
    private func boxHeight(_ block: BlockRows.Block) -> Double { block.headHeight - BlockRows.headGap }
    private func riser(_ column: Int) -> Double { columnX[column] - Self.stub * u }

    // MARK: Shapes

    private mutating func paint() {
        let busY = area.y + (Self.rootHeight(content.captions[0]) + 4) * u
        var fed: [Double] = []
        for (i, column) in flow.columns.enumerated() {
            for place in column.indices { draw(column[place], column: i, top: y(of: place, in: column)) }
            // Down to the lowest head or row of the root's own.
            let ends = column.indices.compactMap { place -> Double? in
                let block = rows.blocks[column[place].block]
                if let head = block.head { return column[place].first ? headAt[head]!.at.y : nil }
                return y(of: place, in: column) + u
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
            x: area.midX - width / 2 - 6 * u, y: area.y, width: width + 12 * u, height: Self.rootHeight(caption) * u)
        pen.shapes.append(.panel(.init(frame, fill: .ground, edge: .text, width: 0.5 * u, radius: u, slot: 0)))
        var y = frame.y + 0.7 * u
        pen.label(caption.name, at: Point(frame.midX, Pen.baseline(y, size)), size: size, bold: true, anchor: .middle, slot: 0)
        y += TextMeasure.pitch * size
        if let number = caption.weakness { pen.weakness(number, center: Point(frame.right - 2.6 * u, y + 0.68 * pen.small + 0.12 * u)) }
        for line in lines {
            pen.label(line, at: Point(frame.midX, Pen.baseline(y, pen.small)), size: pen.small, anchor: .middle, ink: .faint, slot: 0)
            y += TextMeasure.pitch * pen.small
        }
        return frame
    }

    private mutating func draw(_ chunk: BlockFlow.Chunk, column: Int, top: Double) {
        let block = rows.blocks[chunk.block]
        let x = columnX[column]
        var y = top
        let start: Double
        if chunk.first, let head = block.head {
            let frame = Rectangle(x: x - 1.2 * u, y: y - 0.9 * u, width: columnWidth + 2.2 * u, height: height(block, chunk) + 1.6 * u)
            zone(head, frame, gate: y + boxHeight(block) / 2 * u)
            drawHead(head, block.common, Rectangle(x: x, y: y, width: columnWidth, height: boxHeight(block) * u))
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
            if chunk.first, !block.common.isEmpty { y = tell(block.common, x: x + 2 * u, y: y) + 0.6 * u }
        }
        drawRows(block.rows[chunk.rows], at: Point(x, y), from: start)
    }

    private func height(_ block: BlockRows.Block, _ chunk: BlockFlow.Chunk) -> Double {
        let head = chunk.first ? block.headHeight : BlockRows.continuedHeight
        return head * u + block.rows[chunk.rows].reduce(0) { $0 + height($1) }
    }

    /// What rows have in common, in small letters; returns where the next line begins.
    private mutating func tell(_ common: [NodeCaption.Common], x: Double, y: Double, slot: Int? = nil) -> Double {
        var y = y
        for one in common {
            let at = Point(x, Pen.baseline(y, pen.small))
            pen.label(one.text, at: at, size: pen.small, bold: one.band == .over, ink: .load(one.band), slot: slot)
            y += TextMeasure.pitch * pen.small
        }
        return y
    }

    private mutating func drawHead(_ head: Int, _ common: [NodeCaption.Common], _ frame: Rectangle) {
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
        _ = tell(common, x: frame.x + 4 * u, y: y, slot: head)
    }

    /// A row's or head's figures, its number among the weak points before them, and a guide for the eye from the name to both.
    private mutating func figures(_ slot: Int, right: Double, y: Double, guide: Point? = nil) {
        let caption = content.captions[slot]
        let at = Point(right, Pen.baseline(y, pen.small))
        let text = caption.isTold ? "" : caption.figures
        pen.label(text, at: at, size: pen.small, bold: caption.band == .over, anchor: .end, ink: .load(caption.band), slot: slot)
        let width = TextMeasure.width(text, size: pen.small, bold: caption.band == .over)
        if let guide = guide, !text.isEmpty || caption.weakness != nil {
            let end = right - width - (caption.weakness == nil ? 1.2 : 5.2) * u
            if end - guide.x > 3 * u { pen.guide(from: guide, to: end) }
        }
        guard let number = caption.weakness else { return }
        pen.weakness(number, center: Point(right - width - 2.6 * u, y + 0.68 * pen.small + 0.12 * u))
    }

    private mutating func drawRows(_ part: ArraySlice<BlockRows.Row>, at origin: Point, from start: Double) {
        func spineX(_ indent: Int) -> Double { origin.x + (Double(indent) * BlockRows.indentWidth + 1.5) * u }
        var y = origin.y
        var spines = Spines(start: start)
        // Guides of one block begin at one place, behind its longest name that has figures.
        let guides = part.map { content.captions[$0.slot].isTold ? 0 : nameEnd($0, spineX($0.indent)) }.max() ?? 0
        for row in part {
            let middle = y + 0.68 * pen.large
            for spine in spines.reach(row.indent, y: middle, opening: y) {
                pen.bus([Point(spineX(spine.indent), spine.from), Point(spineX(spine.indent), spine.to)])
            }
            let x = spineX(row.indent)
            let right = origin.x + columnWidth
            let frame = Rectangle(x: x + 1.2 * u, y: y - 0.2 * u, width: right - x - 1.2 * u, height: zoneHeight(row, in: part))
            zone(row.slot, frame, gate: middle)
            draw(row, x: x, right: right, top: y, guides: guides)
            y += height(row)
        }
        for spine in spines.close(to: 0) {
            pen.bus([Point(spineX(spine.indent), spine.from), Point(spineX(spine.indent), spine.to)])
        }
    }

    private func text(_ row: BlockRows.Row) -> String { (numbered ? "\(row.slot). " : "") + content.captions[row.slot].name }

    private func nameEnd(_ row: BlockRows.Row, _ x: Double) -> Double {
        x + (BlockRows.nameAt - 1.5) * u + TextMeasure.width(text(row), size: pen.large, bold: row.isHead)
            + TextMeasure.width(content.captions[row.slot].tail, size: pen.large)
    }

    private mutating func draw(_ row: BlockRows.Row, x: Double, right: Double, top y: Double, guides: Double) {
        let caption = content.captions[row.slot]
        let middle = y + 0.68 * pen.large
        pen.trunk(from: x, to: x + 6.5 * u, y: middle, band: caption.band, slot: row.slot)
        pen.symbol(caption.symbol, center: Point(x + 7.2 * u, middle), slot: row.slot)
        let name = x + (BlockRows.nameAt - 1.5) * u
        pen.label(
            text(row), tail: caption.tail, at: Point(name, Pen.baseline(y, pen.large)), size: pen.large, bold: row.isHead,
            slot: row.slot)
        let end = max(guides, nameEnd(row, x))
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

    private mutating func zone(_ slot: Int, _ frame: Rectangle, gate: Double) {
        if content.captions[slot].zone != nil { pen.zone(frame, gate: gate, slot: slot) }
    }

    /// Of a row with all below it that stands in the same column.
    private func zoneHeight(_ row: BlockRows.Row, in part: ArraySlice<BlockRows.Row>) -> Double {
        part.reduce(0) { $0 + (tree.contains(row.slot, $1.slot) ? height($1) : 0) } - 0.1 * u
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
