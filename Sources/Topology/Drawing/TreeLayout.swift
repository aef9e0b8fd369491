import Basics

/// A small network as a tree lying on its side: a column for each level, a row for each node without children.
struct TreeLayout {
    private let content: SheetContent
    private let area: Rectangle
    private var pen: Pen
    private var tree: Tree { content.tree }
    private var u: Double { pen.unit }

    /// Of each node's box, from its lines of text.
    private var boxHeight: [Double] = []
    /// By depth.
    private var columnX: [Double] = []
    private var columnWidth: [Double] = []
    private var stub: [Double] = []
    private var middle: [Double] = []
    private var band: [ClosedRange<Double>] = []
    private var rowGap = 0.0

    /// The shapes, or nil if the tree is larger than the area at this scale.
    static func draw(_ content: SheetContent, in area: Rectangle, unit: Double) -> [Drawing.Shape]? {
        let rows = (0..<content.tree.count).count { content.tree.children($0).isEmpty }
        guard Double(rows) * TextMeasure.pitch * Pen(unit: unit).large <= area.height else { return nil }
        var layout = TreeLayout(content, area, unit)
        guard layout.place() else { return nil }
        layout.paint()
        return layout.pen.shapes
    }

    private init(_ content: SheetContent, _ area: Rectangle, _ unit: Double) {
        self.content = content
        self.area = area
        pen = Pen(unit: unit)
    }

    // MARK: Places

    private func smallLines(_ slot: Int) -> [String] {
        let caption = content.captions[slot]
        return [caption.note].filter { !$0.isEmpty } + caption.rooms + [caption.zone ?? "", caption.backup].filter { !$0.isEmpty }
    }

    private mutating func place() -> Bool {
        let depth = (0..<tree.count).map { tree.level($0) }.max() ?? 0
        columnWidth = [Double](repeating: 0, count: depth + 1)
        stub = [Double](repeating: 14 * u, count: depth + 1)
        for slot in 0..<tree.count {
            let caption = content.captions[slot]
            let name = TextMeasure.width(caption.name, size: pen.large, bold: true) + TextMeasure.width(caption.tail, size: pen.large)
            var width = name
            for (i, line) in smallLines(slot).enumerated() {
                let room = i == 0 && caption.weakness != nil ? pen.weaknessWidth + u : 0
                width = max(width, TextMeasure.width(line, size: pen.small) + room)
            }
            columnWidth[tree.level(slot)] = max(columnWidth[tree.level(slot)], width + 6 * u)
            stub[tree.level(slot)] = max(stub[tree.level(slot)], TextMeasure.width(caption.figures, size: pen.small) + 11 * u)
            let text = TextMeasure.pitch * (pen.large + Double(smallLines(slot).count) * pen.small)
            boxHeight.append(text + 1.4 * u)
        }
        let gap = lanesWidth + 4 * u
        let wanted = columnWidth.reduce(0, +) + stub.dropFirst().reduce(0) { $0 + $1 + gap }
        guard wanted <= area.width else { return false }
        // Spare width lengthens the trunks, within reason.
        let spare = depth == 0 ? 0 : min((area.width - wanted) / Double(depth), 40 * u)
        for d in stub.indices.dropFirst() { stub[d] += spare }
        var x = area.x + (area.width - wanted - spare * Double(depth)) / 2
        for d in 0...depth {
            if d > 0 { x += gap + stub[d] }
            columnX.append(x)
            x += columnWidth[d]
        }
        let rows = (0..<tree.count).count { tree.children($0).isEmpty }
        rowGap = 2.2 * u
        var height = self.height(of: 0)
        guard height <= area.height else { return false }
        if rows > 1 {
            rowGap += min((area.height - height) / Double(rows), 9 * u)
            height = self.height(of: 0)
        }
        middle = [Double](repeating: 0, count: tree.count)
        band = [ClosedRange<Double>](repeating: 0...0, count: tree.count)
        put(0, top: area.y + max(0, (area.height - height) / 2), height: height)
        return true
    }

    /// Of a subtree: its box, or its children with gaps between them, whichever is higher.
    private func height(of slot: Int) -> Double {
        let children = tree.children(slot)
        let below = children.reduce(0) { $0 + height(of: $1) } + Double(max(0, children.count - 1)) * rowGap
        return max(boxHeight[slot], below)
    }

    private mutating func put(_ slot: Int, top: Double, height: Double) {
        band[slot] = top...(top + height)
        let children = tree.children(slot)
        let heights = children.map { self.height(of: $0) }
        let below = heights.reduce(0, +) + Double(max(0, children.count - 1)) * rowGap
        var y = top + (height - below) / 2
        for (child, own) in zip(children, heights) {
            put(child, top: y, height: own)
            y += own + rowGap
        }
        middle[slot] =
            if let first = children.first, let last = children.last {
                min(max((middle[first] + middle[last]) / 2, top + boxHeight[slot] / 2), top + height - boxHeight[slot] / 2)
            } else { top + height / 2 }
    }

    // MARK: Backups

    /// Room between a column and the next bus for dashed lines side by side.
    private var lanesWidth: Double { Double(lanes.count) * 1.8 * u }
    /// Each backup that is drawn as a line: those to a neighbour in the same column or the one before.
    private var lanes: [(slot: Int, target: Int)] {
        var found: [(Int, Int)] = []
        for slot in 0..<tree.count {
            for target in content.captions[slot].backups
            where tree.level(target) == tree.level(slot) || tree.level(target) == tree.level(slot) - 1 {
                found.append((slot, target))
            }
        }
        return found.count <= Self.maxLanes ? found : []
    }
    /// More dashed lines side by side nobody can follow; the boxes name their backups in words anyway.
    private static let maxLanes = 10

    // MARK: Shapes

    private mutating func paint() {
        for slot in 0..<tree.count { zone(slot) }
        for slot in 0..<tree.count { edges(below: slot) }
        for (lane, backup) in lanes.enumerated() {
            let d = tree.level(backup.slot)
            let x = columnX[d] - stub[d] - (Double(lane) + 0.8) * 1.8 * u
            let from = Point(columnX[d], middle[backup.slot] + 1.8 * u)
            let same = tree.level(backup.target) == d
            let to = Point(
                same ? columnX[d] : columnX[d - 1] + columnWidth[d - 1], middle[backup.target] + (same ? 3 : 2) * u)
            pen.backup([from, Point(x, from.y), Point(x, to.y), to], slot: backup.slot)
            pen.backupEnd(to)
        }
        for slot in 0..<tree.count { box(slot) }
    }

    private mutating func zone(_ slot: Int) {
        guard content.captions[slot].zone != nil, tree.level(slot) > 0 else { return }
        let deepest = tree.subtree(slot).map { tree.level($0) }.max() ?? 0
        let x = columnX[tree.level(slot)] - stub[tree.level(slot)] + 2 * u
        let frame = Rectangle(
            x: x, y: band[slot].lowerBound - 0.8 * u, width: columnX[deepest] + columnWidth[deepest] + 0.8 * u - x,
            height: band[slot].upperBound - band[slot].lowerBound + 1.6 * u)
        pen.zone(frame, gate: middle[slot], slot: slot)
    }

    private mutating func edges(below slot: Int) {
        let children = tree.children(slot)
        guard let first = children.first, let last = children.last else { return }
        let d = tree.level(first)
        let bus = columnX[d] - stub[d]
        pen.bus([Point(columnX[d - 1] + columnWidth[d - 1], middle[slot]), Point(bus, middle[slot])])
        let low = min(middle[first], middle[slot])
        let high = max(middle[last], middle[slot])
        if high > low { pen.bus([Point(bus, low), Point(bus, high)]) }
        for child in children {
            let caption = content.captions[child]
            pen.trunk(from: bus, to: columnX[d], y: middle[child], band: caption.band, slot: child)
            pen.label(
                caption.figures, at: Point(bus + 3.2 * u, middle[child] - 2 * u), size: pen.small,
                bold: caption.band == .over, ink: .load(caption.band), slot: child)
        }
    }

    private mutating func box(_ slot: Int) {
        let caption = content.captions[slot]
        let d = tree.level(slot)
        let frame = Rectangle(
            x: columnX[d], y: middle[slot] - boxHeight[slot] / 2, width: columnWidth[d], height: boxHeight[slot])
        pen.shapes.append(.panel(.init(frame, fill: .ground, edge: .text, width: 0.3 * u, radius: u, slot: slot)))
        var y = frame.y + 0.7 * u
        pen.symbol(caption.symbol, center: Point(frame.x + 2.2 * u, y + 0.68 * pen.large), slot: slot)
        pen.label(
            caption.name, tail: caption.tail, at: Point(frame.x + 4 * u, Pen.baseline(y, pen.large)), size: pen.large, bold: true,
            slot: slot)
        y += TextMeasure.pitch * pen.large
        if let number = caption.weakness {
            pen.weakness(number, center: Point(frame.right - 2.6 * u, y + 0.68 * pen.small + 0.12 * u))
        }
        for line in smallLines(slot) {
            pen.label(line, at: Point(frame.x + 4 * u, Pen.baseline(y, pen.small)), size: pen.small, ink: .faint, slot: slot)
            y += TextMeasure.pitch * pen.small
        }
    }
}
