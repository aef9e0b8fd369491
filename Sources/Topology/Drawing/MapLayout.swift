import Basics

/// Nodes where they lie, with their trunks. Nodes that have others below them carry their names, the rest the numbers of their
/// rows beside the map, wherever there is room; where there are few, all carry names.
struct MapLayout {
    private let content: SheetContent
    private let area: Rectangle
    private let map: MapPlaces
    private var points: [Point?]
    /// Of heads' names and marks: they are few, and are to be seen on a large sheet as a whole.
    private let headUnit: Double
    /// Nodes without others below them carry names too, not numbers.
    private let names: Bool
    private let project: (Network.Coordinates) -> Point
    private var pen: Pen
    private var placer: LabelPlacer
    /// Texts that found no room.
    private var left = 0
    private var tree: Tree { content.tree }
    private var u: Double { pen.unit }

    /// So few nodes may all carry their names, if there is room.
    private static let few = 60

    /// The largest letters with room for all, or else the smallest.
    static func draw(_ content: SheetContent, in area: Rectangle, unit: Double) -> [Drawing.Shape] {
        let places = MapPlaces(content)
        var shapes: [Drawing.Shape] = []
        for names in content.tree.count <= few ? [true, false] : [false] {
            for factor in [1.0, 0.9, 0.8, SheetLayout.smallestUnit] {
                var layout = MapLayout(content, area, places, unit: factor, headUnit: max(factor, 0.85 * unit), names: names)
                layout.paint(note: unit)
                shapes = layout.pen.shapes
                if layout.left == 0 { return shapes }
            }
        }
        return shapes
    }

    private init(_ content: SheetContent, _ area: Rectangle, _ map: MapPlaces, unit: Double, headUnit: Double, names: Bool) {
        self.content = content
        self.area = area
        self.map = map
        let project = map.projection(into: area.inset(8 * unit))
        self.project = project
        points = map.places.map { $0.map(project) }
        pen = Pen(unit: unit)
        self.headUnit = headUnit
        self.names = names
        placer = LabelPlacer(area.inset(0.5), cell: 6 * unit)
    }

    private mutating func paint(note unit: Double) {
        pen.shapes.append(.panel(.init(area, edge: .rule, width: 0.25)))
        let size = 2.4 * unit
        let note = Drawing.Label(content.sheet.mapNote, at: Point(area.x + 2 * unit, area.bottom - 1.6 * unit), size: size, ink: .faint)
        if note.bounds.width < area.width - 4 * unit {
            placer.take(note.bounds)
            pen.shapes.append(.label(note))
        }
        spread()
        trunks()
        for slot in points.indices { if let point = points[slot] { take(slot, point) } }
        let titles = [
            map.showsHoangSa ? islands(Archipelago.hoangSa, content.sheet.hoangSa) : nil,
            map.showsTruongSa ? islands(Archipelago.truongSa, content.sheet.truongSa) : nil,
        ].compactMap { $0 }
        // Larger parts first; a node that has others below it goes before those.
        let heads = points.indices.filter { !tree.children($0).isEmpty }.sorted { (-tree.subtree($0).count, $0) < (-tree.subtree($1).count, $1) }
        let names = heads.compactMap { name($0) }
        let numbers = points.indices.filter { tree.children($0).isEmpty }.compactMap { name($0) }
        // Hairlines below all letters; names of large parts below the marks of the small ones, as on any map.
        for text in names + numbers { leader(text) }
        for text in titles + names { write(text) }
        for slot in points.indices { if let point = points[slot] { dot(slot, point) } }
        for text in numbers { write(text) }
    }

    /// Nodes at the very same place stand in a ring around it, as wide as their marks ask for.
    private mutating func spread() {
        var order: [(place: Network.Coordinates, slot: Int)] = []
        for slot in points.indices { if let place = map.places[slot] { order.append((place, slot)) } }
        order.sort { ($0.place.latitude, $0.place.longitude, $0.slot) < ($1.place.latitude, $1.place.longitude, $1.slot) }
        var from = 0
        while from < order.count {
            var to = from + 1
            while to < order.count, order[to].place == order[from].place { to += 1 }
            if to - from > 1 {
                let center = project(order[from].place)
                for (i, item) in order[from..<to].enumerated() {
                    let (dx, dy) = Self.ring(i, of: to - from)
                    let radius = (0.6 + 0.35 * Double(to - from)) * u
                    points[item.slot] = Point(center.x + dx * radius, center.y + dy * radius)
                }
            }
            from = to
        }
    }

    /// Places on a unit square's edge, evenly, clockwise from the upper left corner.
    private static func ring(_ index: Int, of count: Int) -> (Double, Double) {
        let way = 8 * Double(index) / Double(count)
        switch way {
        case ..<2: return (way - 1, -1)
        case ..<4: return (1, way - 3)
        case ..<6: return (5 - way, 1)
        default: return (-1, 7 - way)
        }
    }

    private mutating func trunks() {
        for slot in points.indices.reversed() {
            guard let parent = tree.parent(slot), let a = points[parent], let b = points[slot] else { continue }
            let band = content.captions[slot].band
            let width = Pen.width(band) * (tree.children(slot).isEmpty ? 0.5 : 1) * u
            pen.shapes.append(.stroke(.init([a, b], width: width, ink: .load(band), slot: slot)))
            for backup in content.captions[slot].backups {
                if let c = points[backup] { pen.backup([b, c], slot: slot) }
            }
        }
    }

    private func radius(_ slot: Int) -> Double {
        slot == 0 ? 1.5 * headUnit : tree.children(slot).isEmpty ? 0.55 * u : headUnit
    }

    private mutating func take(_ slot: Int, _ point: Point) {
        let radius = radius(slot)
        let frame = Rectangle(x: point.x - radius, y: point.y - radius, width: 2 * radius, height: 2 * radius)
        placer.take(frame, isMinor: tree.children(slot).isEmpty)
    }

    private mutating func dot(_ slot: Int, _ point: Point) {
        let zone = content.captions[slot].zone != nil
        let hub = content.captions[slot].symbol == .hub
        pen.shapes.append(
            .dot(.init(point, radius: radius(slot), fill: hub ? .paper : zone ? .zone : .text, edge: hub ? .text : nil, slot: slot)))
    }

    /// A text that found its place.
    private struct Placed {
        /// Nil for a group of islands.
        var slot: Int?
        var text: String
        var size: Double
        var isHead: Bool
        var frame: Rectangle
        var isFar: Bool
    }

    private mutating func name(_ slot: Int) -> Placed? {
        guard let point = points[slot] else { return nil }
        let head = !tree.children(slot).isEmpty
        let text = head || names ? content.captions[slot].name : String(slot)
        let size = head ? 3 * headUnit : pen.small
        let width = TextMeasure.width(text, size: size, bold: head)
        let height = (TextMeasure.ascent + TextMeasure.descent) * size
        let gap = radius(slot) + 0.5 * u
        // Not farther than a reader follows a hairline.
        let found =
            placer.place(width: width, height: height, at: point, gap: gap, reach: head ? 5 * headUnit : 12 * u)
            ?? (head ? placer.place(width: width, height: height, at: point, gap: gap, reach: 30 * headUnit, mayCoverMinor: true) : nil)
        guard let found else {
            left += 1
            return nil
        }
        return Placed(slot: slot, text: text, size: size, isHead: head, frame: found.frame, isFar: found.isFar)
    }

    private mutating func leader(_ text: Placed) {
        guard text.isFar, let slot = text.slot, let point = points[slot] else { return }
        let frame = text.frame
        let end = Point(min(max(point.x, frame.x), frame.right), min(max(point.y, frame.y), frame.bottom))
        pen.shapes.append(.stroke(.init([point, end], width: 0.15 * (text.isHead ? headUnit : u), ink: .text)))
    }

    private mutating func write(_ text: Placed) {
        // A ground keeps trunks from running through letters.
        pen.shapes.append(.panel(.init(text.frame, fill: .paper, edge: nil, slot: text.slot)))
        pen.label(
            text.text, at: Point(text.frame.x, Pen.baseline(text.frame.y, text.size)), size: text.size, bold: text.isHead,
            italic: text.slot == nil, slot: text.slot)
    }

    private mutating func islands(_ group: Archipelago, _ title: String) -> Placed? {
        let points = group.islands.map(project)
        for point in points {
            pen.shapes.append(.dot(.init(point, radius: 0.5 * headUnit, fill: nil, edge: .text)))
            let half = 0.5 * headUnit
            placer.take(Rectangle(x: point.x - half, y: point.y - half, width: 2 * half, height: 2 * half))
        }
        let middle = Point(
            points.reduce(0) { $0 + $1.x } / Double(points.count), (points.map(\.y).min() ?? 0) - 2 * u)
        let size = 3 * headUnit
        let width = TextMeasure.width(title, size: size)
        let height = (TextMeasure.ascent + TextMeasure.descent) * size
        guard let found = placer.place(width: width, height: height, at: middle, gap: 0.5 * u, reach: 60 * headUnit) else {
            left += 1
            return nil
        }
        return Placed(slot: nil, text: title, size: size, isHead: false, frame: found.frame, isFar: false)
    }
}
