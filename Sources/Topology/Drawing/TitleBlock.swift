/// The strip along the lower edge of a sheet: legend, weak points, facts, and the block with agency, revisions, signatures and number.
struct TitleBlock {
    private let sheet: SheetCaption
    private let paper: Paper
    private var k: Double { paper.emphasis }
    private var size: Double { Self.letters * k }
    private var pitch: Double { Self.pitch * k }
    private let widths: (legend: Double, weak: Double, facts: Double, block: Double)
    private let legend: [[String]]
    private let weak: [[String]]
    private let note: [String]
    private let facts: [(label: String, lines: [String])]
    let height: Double

    static let letters = 2.5
    static let pitch = 4.2
    private static let sample = 11.0
    private static let labelWidth = 21.0

    init(_ sheet: SheetCaption, paper: Paper) {
        self.sheet = sheet
        self.paper = paper
        let k = paper.emphasis
        let whole = paper.width - 30 * k
        let widths = (legend: whole * 0.25, weak: whole * 0.23, facts: whole * 0.2, block: whole * 0.32)
        self.widths = widths
        func wrap(_ text: String, _ width: Double) -> [String] { TextMeasure.wrap(text, size: Self.letters * k, limit: width) }
        let half = widths.legend / 2 - (Self.sample + 3) * k
        let legend = sheet.legend.map { wrap($0.text, half) }
        self.legend = legend
        weak = sheet.weaknesses.map { wrap($0, widths.weak - 10 * k) }
        note = wrap(sheet.weaknessNote, widths.weak - 4 * k)
        facts = sheet.facts.map { ($0.label, wrap($0.value, widths.facts - (Self.labelWidth + 4) * k)) }
        let columns = Self.split(legend).map { Self.lines(Array(legend[$0])) }
        let most = max(columns.max() ?? 0, Self.lines(weak) + note.count, Self.lines(facts.map(\.lines)))
        height = max((8.5 + Double(most) * Self.pitch) * k, SigningBlock.height(sheet.titleBlock, k))
    }

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
        let panes = [widths.legend, widths.weak, widths.facts, widths.block].map(pane)
        for pane in panes { pen.shapes.append(.panel(.init(pane, edge: .rule, width: 0.35 * k))) }
        heading(sheet.legendTitle, panes[0], &pen)
        heading(sheet.weaknessTitle, panes[1], &pen)
        drawLegend(panes[0], &pen)
        drawWeak(panes[1], &pen)
        drawFacts(panes[2], &pen)
        return pen.shapes + SigningBlock.draw(sheet.titleBlock, paper: paper, in: panes[3])
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
                    pen.label(line, at: Point(x + Self.sample * k, y + 3 * k), size: size)
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
            pen.shapes.append(.panel(.init(frame, fill: .zoneGround, edge: .zone, width: 0.5 * k, dash: .dashDotted)))
        case .symbol(let symbol): pen.symbol(symbol, center: Point(left.x + 4.2 * k, left.y), slot: nil)
        case .weakness: pen.weakness(1, center: Point(left.x + 4.2 * k, left.y))
        case .words(let words), .common(let words):
            pen.label(words, at: Point(left.x + 4.2 * k, left.y + 0.9 * k), size: size, bold: true, anchor: .middle)
        }
    }

    private func drawWeak(_ pane: Rectangle, _ pen: inout Pen) {
        var y = pane.y + 7 * k
        for (i, lines) in weak.enumerated() {
            pen.weakness(i + 1, center: Point(pane.x + 4 * k, y + pitch / 2))
            for line in lines {
                pen.label(line, at: Point(pane.x + 7.5 * k, y + 3 * k), size: size)
                y += pitch
            }
        }
        for line in note {
            pen.label(line, at: Point(pane.x + 2 * k, y + 3 * k), size: size, ink: .faint)
            y += pitch
        }
    }

    private func drawFacts(_ pane: Rectangle, _ pen: inout Pen) {
        var y = pane.y + 2 * k
        for fact in facts {
            pen.label(fact.label, at: Point(pane.x + 2 * k, y + 3 * k), size: size, ink: .faint)
            for line in fact.lines {
                pen.label(line, at: Point(pane.x + (Self.labelWidth + 2) * k, y + 3 * k), size: size)
                y += pitch
            }
        }
    }
}
