/// The block at a sheet's lower right corner: agency, the drawing's name, revisions, who signs and where the seal goes, number and code.
struct SigningBlock {
    private let caption: TitleBlockCaption
    private let paper: Paper
    private let pane: Rectangle
    private var pen: Pen
    private var k: Double { paper.emphasis }
    private var size: Double { TitleBlock.letters * k }

    /// Heights on A3.
    private static let line = 6.0
    private static let row = 4.4
    private static let foot = 9.0
    /// A hand signs in no less.
    private static let signing = 8.8
    /// Empty rows of revisions, for the first ones by hand.
    private static let fewestRevisions = 2
    /// A round seal of 36 mm stands over the signature and this room beside it.
    private static let sealShare = 0.27

    static func height(_ caption: TitleBlockCaption, _ k: Double) -> Double {
        let revisions = Double(max(caption.revisions.count, fewestRevisions) + 1) * row
        return (2 * line + revisions + row + Double(caption.signers.count) * signing + foot) * k
    }

    static func draw(_ caption: TitleBlockCaption, paper: Paper, in pane: Rectangle) -> [Drawing.Shape] {
        var block = SigningBlock(caption: caption, paper: paper, pane: pane, pen: Pen(unit: paper.emphasis))
        block.paint()
        return block.pen.shapes
    }

    private mutating func paint() {
        var y = pane.y
        for (fact, isLarge) in [(caption.agency, false), (caption.drawing, true)] {
            put(fact.label, Rectangle(x: pane.x, y: y, width: 19 * k, height: Self.line * k), ink: .faint)
            put(
                fact.value, Rectangle(x: pane.x + 19 * k, y: y, width: pane.width - 19 * k, height: Self.line * k), size: isLarge ? 2.8 * k : size, bold: true)
            y += Self.line * k
            rule(y)
        }
        y = revisions(from: y)
        let foot = pane.bottom - Self.foot * k
        signatures(from: y, to: foot)
        rule(foot)
        cells(from: foot)
    }

    private mutating func revisions(from top: Double) -> Double {
        let widths = [13 * k, 21 * k, pane.width - 64 * k, 30 * k]
        var y = top
        let empty = [[String]](repeating: [], count: max(0, Self.fewestRevisions - caption.revisions.count))
        for (i, row) in ([caption.revisionHeads] + caption.revisions + empty).enumerated() {
            var x = pane.x
            for (column, width) in widths.enumerated() {
                if row.indices.contains(column) { put(row[column], Rectangle(x: x, y: y, width: width, height: Self.row * k), ink: i == 0 ? .faint : .text) }
                x += width
            }
            y += Self.row * k
            rule(y)
        }
        columns(widths, top, y)
        return y
    }

    private mutating func signatures(from top: Double, to bottom: Double) {
        let seal = pane.width * Self.sealShare
        let rest = pane.width - seal
        let widths = [rest * 0.3, rest * 0.33, rest * 0.22, rest * 0.15]
        columns(widths + [seal], top, bottom)
        var x = pane.x
        for (head, width) in zip(caption.signatureHeads, widths) {
            put(head, Rectangle(x: x, y: top, width: width, height: Self.row * k), ink: .faint)
            x += width
        }
        let first = top + Self.row * k
        let each = (bottom - first) / Double(max(1, caption.signers.count))
        for (i, signer) in caption.signers.enumerated() {
            let y = first + Double(i) * each
            pen.shapes.append(.stroke(.init([Point(pane.x, y), Point(pane.right - seal, y)], width: 0.25 * k, ink: .rule)))
            put(signer.role, Rectangle(x: pane.x, y: y, width: widths[0], height: each))
            let middle = y + each / 2
            put(signer.title, Rectangle(x: pane.x + widths[0], y: y, width: widths[1], height: middle - y), ink: .faint)
            put(signer.name, Rectangle(x: pane.x + widths[0], y: middle, width: widths[1], height: y + each - middle), bold: true)
        }
        let middle = Point(pane.right - seal / 2, (top + bottom) / 2)
        pen.shapes.append(.stroke(.init(Self.circle(middle, min(seal, bottom - top) / 2 - k), width: 0.2 * k, ink: .guide, dash: .dashed)))
        for (i, line) in TextMeasure.wrap(caption.seal, size: size, limit: seal - 8 * k).enumerated() {
            pen.label(line, at: Point(middle.x, middle.y + (Double(i) * TitleBlock.pitch - 0.5) * k), size: size, anchor: .middle, ink: .faint)
        }
    }

    /// A thin circle as a line through points: a dot's own edge is as thick as the dot is large.
    private static func circle(_ center: Point, _ radius: Double) -> [Point] {
        // Steps of 5 degrees, by turning a vector on.
        let (sine, cosine) = (0.087_155_742_7, 0.996_194_698_1)
        var (x, y) = (radius, 0.0)
        return (0...72).map { _ in
            defer { (x, y) = (x * cosine - y * sine, x * sine + y * cosine) }
            return Point(center.x + x, center.y + y)
        }
    }

    /// A label over each value.
    private mutating func cells(from top: Double) {
        let facts = caption.cells + [SheetCaption.Fact(caption.paperLabel, paper.name), caption.code]
        let shares = facts.indices.map { $0 == facts.count - 1 ? 2.0 : $0 == 0 ? 1.3 : 1 }
        let widths = shares.map { $0 / shares.reduce(0, +) * pane.width }
        var x = pane.x
        for (fact, width) in zip(facts, widths) {
            let half = Self.foot * k / 2
            put(fact.label, Rectangle(x: x, y: top, width: width, height: half), ink: .faint)
            put(fact.value, Rectangle(x: x, y: top + half, width: width, height: half), bold: true)
            x += width
        }
        columns(widths, top, pane.bottom)
    }

    // MARK: Pieces

    private mutating func rule(_ y: Double) {
        pen.shapes.append(.stroke(.init([Point(pane.x, y), Point(pane.right, y)], width: 0.25 * k, ink: .rule)))
    }

    /// Upright lines between columns.
    private mutating func columns(_ widths: [Double], _ top: Double, _ bottom: Double) {
        var x = pane.x
        for width in widths.dropLast() {
            x += width
            pen.shapes.append(.stroke(.init([Point(x, top), Point(x, bottom)], width: 0.25 * k, ink: .rule)))
        }
    }

    /// One line in a cell: smaller where it would not fit, and cut where it still does not.
    private mutating func put(_ text: String, _ cell: Rectangle, size wanted: Double? = nil, bold: Bool = false, ink: Drawing.Ink = .text) {
        var size = wanted ?? size
        var text = text
        let room = cell.width - 2 * k
        while size > 2 * k, TextMeasure.width(text, size: size, bold: bold) > room { size -= 0.1 * k }
        if TextMeasure.width(text, size: size, bold: bold) > room {
            while !text.isEmpty, TextMeasure.width(text + "…", size: size, bold: bold) > room { text.removeLast() }
            text += "…"
        }
        pen.label(text, at: Point(cell.x + k, cell.midY + 0.36 * size), size: size, bold: bold, ink: ink)
    }
}
