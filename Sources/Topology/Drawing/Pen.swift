/// Measures of a sheet at one scale, and the strokes that all layouts share.
struct Pen {
    /// 1 on an A3 sheet with room; letters shrink with it.
    let unit: Double
    var shapes: [Drawing.Shape] = []

    init(unit: Double) { self.unit = unit }

    /// Of names.
    var large: Double { 3.0 * unit }
    /// Of everything else that is said of a node.
    var small: Double { 2.5 * unit }

    static func width(_ band: LoadBand) -> Double {
        switch band {
        case .unknown, .low: 0.35
        case .middle: 0.75
        case .high: 1.15
        case .over: 1.5
        }
    }

    /// A trunk from its bus to its node, with the marks that tell its load without colour: one bar, two bars, a cross.
    mutating func trunk(from x0: Double, to x1: Double, y: Double, band: LoadBand, slot: Int?) {
        shapes.append(.stroke(.init([Point(x0, y), Point(x1, y)], width: Self.width(band) * unit, ink: .load(band), slot: slot)))
        let high = 1.4 * unit
        let middle = x1 - 3.5 * unit
        func mark(_ dx0: Double, _ dx1: Double) {
            let points = [Point(middle + dx0 * unit, y - high), Point(middle + dx1 * unit, y + high)]
            shapes.append(.stroke(.init(points, width: 0.5 * unit, ink: .text, slot: slot)))
        }
        switch band {
        case .unknown, .low: break
        case .middle: mark(0, 0)
        case .high:
            mark(-0.8, -0.8)
            mark(0.8, 0.8)
        case .over:
            mark(-1.6, 1.6)
            mark(1.6, -1.6)
        }
    }

    /// Leads the eye along a row.
    mutating func guide(from start: Point, to x: Double) {
        shapes.append(.stroke(.init([start, Point(x, start.y)], width: 0.12 * unit, ink: .guide, dash: .dashed)))
    }

    /// The frame around a protected zone; the trunk that leads into it passes through a gate in its left edge.
    mutating func zone(_ frame: Rectangle, gate: Double, slot: Int) {
        shapes.append(.panel(.init(frame, fill: .zoneGround, edge: nil, width: 0.5 * unit, dash: .dashDotted, slot: slot)))
        let half = 1.9 * unit
        let line = [
            Point(frame.x, min(gate + half, frame.bottom)), Point(frame.x, frame.bottom), Point(frame.right, frame.bottom), Point(frame.right, frame.y),
            Point(frame.x, frame.y), Point(frame.x, max(gate - half, frame.y)),
        ]
        shapes.append(.stroke(.init(line, width: 0.5 * unit, ink: .zone, dash: .dashDotted)))
    }

    mutating func bus(_ points: [Point]) {
        shapes.append(.stroke(.init(points, width: 0.6 * unit, ink: .bus)))
    }

    mutating func backup(_ points: [Point], slot: Int?) {
        shapes.append(.stroke(.init(points, width: 0.4 * unit, ink: .backup, dash: .dashed, slot: slot)))
    }

    /// A dashed line's end at the parent that stands in.
    mutating func backupEnd(_ at: Point) { shapes.append(.dot(.init(at, radius: 0.7 * unit, fill: .backup))) }

    /// A weak point's number in its disc; takes ``weaknessWidth``.
    mutating func weakness(_ number: Int, center: Point) {
        shapes.append(.dot(.init(center, radius: 1.55 * unit, fill: .weakness)))
        label(String(number), at: Point(center.x, center.y + 0.95 * unit), size: small, bold: true, anchor: .middle, ink: .paper)
    }
    var weaknessWidth: Double { 4 * unit }

    /// The mark of a node, one unit and a half wide.
    mutating func symbol(_ symbol: NodeCaption.Symbol, center: Point, slot: Int?) {
        switch symbol {
        case .site:
            let side = 1.5 * unit
            let frame = Rectangle(x: center.x - side / 2, y: center.y - side / 2, width: side, height: side)
            shapes.append(.panel(.init(frame, fill: .text, edge: nil, slot: slot)))
        case .hub:
            shapes.append(.dot(.init(center, radius: 0.85 * unit, fill: .paper, edge: .text, slot: slot)))
        }
    }

    mutating func label(
        _ text: String, tail: String = "", at point: Point, size: Double, bold: Bool = false, italic: Bool = false,
        anchor: Drawing.Label.Anchor = .start, ink: Drawing.Ink = .text, slot: Int? = nil
    ) {
        if text.isEmpty, tail.isEmpty { return }
        shapes.append(
            .label(.init(text, tail: tail, at: point, size: size, bold: bold, italic: italic, anchor: anchor, ink: ink, slot: slot)))
    }

    /// Where the baseline of a line of text lies whose strip begins at `top`.
    static func baseline(_ top: Double, _ size: Double) -> Double { top + TextMeasure.ascent * size }
}
