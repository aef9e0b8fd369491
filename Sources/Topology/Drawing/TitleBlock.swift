/// The strip along the lower edge of a sheet: legend, weak points, facts, boxes to sign in.
struct TitleBlock {
    private let sheet: SheetCaption
    private let paper: Paper
    private var k: Double { paper.emphasis }
    private var size: Double { 2.4 * k }
    private var pitch: Double { 4.1 * k }
    private let widths: (legend: Double, weak: Double, facts: Double, signatures: Double)
    private let legend: [[String]]
    private let weak: [[String]]
    private let note: [String]
    private let facts: [(label: String, lines: [String])]
    let height: Double

    private static let sample = 11.0
    private static let labelWidth = 21.0

    init(_ sheet: SheetCaption, paper: Paper) {
        self.sheet = sheet
        self.paper = paper
        let k = paper.emphasis
        let whole = paper.width - 30 * k
        widths = (whole * 0.32, whole * 0.27, whole * 0.22, whole * 0.19)
        func wrap(_ text: String, _ width: Double) -> [String] { TextMeasure.wrap(text, size: 2.4 * k, limit: width) }
        let half = whole * 0.32 / 2 - (Self.sample + 4) * k
        let legend = sheet.legend.map { wrap($0.text, half) }
        self.legend = legend
        weak = sheet.weaknesses.map { wrap($0, whole * 0.27 - 10 * k) }
        note = wrap(sheet.weaknessNote, whole * 0.27 - 4 * k)
        facts = sheet.facts.map { ($0.label, wrap($0.value, whole * 0.22 - (Self.labelWidth + 4) * k)) }
        let columns = Self.split(legend).map { Self.lines(Array(legend[$0])) }
        let most = max(columns.max() ?? 0, Self.lines(weak) + note.count, Self.lines(facts.map(\.lines)), Self.fewestLines)
        height = (8.5 + Double(most) * 4.1) * k
    }

    /// A hand signs in no less.
    private static let fewestLines = 9

    private static func lines(_ entries: [[String]]) -> Int { entries.reduce(0) { $0 + $1.count } }

    /// The legend's entries in two columns of about the same number of lines.
    private static func split(_ lines: [[String]]) -> [Range<Int>] {
        let all = Self.lines(lines)
        var sum = 0
        var cut = 0
        while cut < lines.count, sum * 2 < all {
            sum += lines[cut].count
            cut += 1
        }
        return [0..<cut, cut..<lines.count]
    }

    func draw(in strip: Rectangle) -> [Drawing.Shape] {
        var pen = Pen(unit: k)
        var x = strip.x
        func pane(_ width: Double) -> Rectangle {
            defer { x += width }
            return Rectangle(x: x, y: strip.y, width: width, height: strip.height)
        }
        let panes = [widths.legend, widths.weak, widths.facts, widths.signatures].map(pane)
        for pane in panes { pen.shapes.append(.panel(.init(pane, edge: .rule, width: 0.35 * k))) }
        heading(sheet.legendTitle, panes[0], &pen)
        heading(sheet.weaknessTitle, panes[1], &pen)
        drawLegend(panes[0], &pen)
        drawWeak(panes[1], &pen)
        drawFacts(panes[2], &pen)
        drawSignatures(panes[3], &pen)
        return pen.shapes
    }

    private func heading(_ text: String, _ pane: Rectangle, _ pen: inout Pen) {
        pen.label(text, at: Point(pane.x + 2 * k, pane.y + 4.6 * k), size: 2.7 * k, bold: true)
    }

    private func drawLegend(_ pane: Rectangle, _ pen: inout Pen) {
        for (column, range) in Self.split(legend).enumerated() {
            let x = pane.x + 2 * k + Double(column) * pane.width / 2
            var y = pane.y + 7 * k
            for i in range {
                draw(sheet.legend[i].sample, at: Point(x, y + pitch / 2), &pen)
                for line in legend[i] {
                    pen.label(line, at: Point(x + Self.sample * k, y + 2.9 * k), size: size)
                    y += pitch
                }
            }
        }
    }

    private func draw(_ sample: SheetCaption.Entry.Sample, at left: Point, _ pen: inout Pen) {
        let right = Point(left.x + 8.5 * k, left.y)
        switch sample {
        case .trunk(let band): pen.trunk(from: left.x, to: right.x, y: left.y, band: band, slot: nil)
        case .bus: pen.bus([left, right])
        case .backup:
            pen.backup([left, right], slot: nil)
            pen.backupEnd(right)
        case .zone:
            let frame = Rectangle(x: left.x, y: left.y - 1.5 * k, width: 8.5 * k, height: 3 * k)
            pen.shapes.append(.panel(.init(frame, fill: .zoneGround, edge: .zone, width: 0.5 * k, radius: k, dash: .dashDotted)))
        case .symbol(let symbol): pen.symbol(symbol, center: Point(left.x + 4.2 * k, left.y), slot: nil)
        case .weakness: pen.weakness(1, center: Point(left.x + 4.2 * k, left.y))
        case .words(let words):
            pen.label(words, at: Point(left.x + 4.2 * k, left.y + 0.85 * k), size: size, bold: true, anchor: .middle)
        }
    }

    private func drawWeak(_ pane: Rectangle, _ pen: inout Pen) {
        var y = pane.y + 7 * k
        for (i, lines) in weak.enumerated() {
            pen.weakness(i + 1, center: Point(pane.x + 4 * k, y + pitch / 2))
            for line in lines {
                pen.label(line, at: Point(pane.x + 7.5 * k, y + 2.9 * k), size: size)
                y += pitch
            }
        }
        for line in note {
            pen.label(line, at: Point(pane.x + 2 * k, y + 2.9 * k), size: size, ink: .faint)
            y += pitch
        }
    }

    private func drawFacts(_ pane: Rectangle, _ pen: inout Pen) {
        var y = pane.y + 2 * k
        for fact in facts {
            pen.label(fact.label, at: Point(pane.x + 2 * k, y + 2.9 * k), size: size, ink: .faint)
            for line in fact.lines {
                pen.label(line, at: Point(pane.x + (Self.labelWidth + 2) * k, y + 2.9 * k), size: size)
                y += pitch
            }
        }
    }

    /// Boxes over each other: a name and a date below each title.
    private func drawSignatures(_ pane: Rectangle, _ pen: inout Pen) {
        // Who approves sets a seal beside the name.
        let shares = sheet.signatures.indices.map { $0 == sheet.signatures.count - 1 ? 1.7 : 1 }
        let each = (pane.height - 6 * k) / max(1, shares.reduce(0, +))
        for (i, title) in sheet.signatures.enumerated() {
            let y = pane.y + shares[..<i].reduce(0, +) * each
            if i > 0 { pen.shapes.append(.stroke(.init([Point(pane.x, y), Point(pane.right, y)], width: 0.25 * k, ink: .rule))) }
            pen.label(title, at: Point(pane.x + 2 * k, y + 4 * k), size: size, bold: true)
            pen.label(sheet.signatureHint, at: Point(pane.right - 2 * k, y + 4 * k), size: size, italic: true, anchor: .end, ink: .faint)
        }
        let y = pane.bottom - 6 * k
        pen.shapes.append(.stroke(.init([Point(pane.x, y), Point(pane.right, y)], width: 0.25 * k, ink: .rule)))
        pen.label(sheet.paperLabel, at: Point(pane.x + 2 * k, y + 4.2 * k), size: size, ink: .faint)
        pen.label(paper.name, at: Point(pane.right - 2 * k, y + 4.4 * k), size: 3 * k, bold: true, anchor: .end)
    }
}
