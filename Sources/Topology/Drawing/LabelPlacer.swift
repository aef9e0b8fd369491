/// Finds room for texts beside points so that none covers another text or a point: nearest places first, spiralling outward.
struct LabelPlacer {
    private let area: Rectangle
    private let cell: Double
    private var taken: [[Rectangle]]
    /// What a text should not cover if another place is near.
    private var minor: [[Rectangle]]
    private let columns: Int
    private let rows: Int

    init(_ area: Rectangle, cell: Double) {
        self.area = area
        self.cell = cell
        columns = max(1, Int(area.width / cell) + 1)
        rows = max(1, Int(area.height / cell) + 1)
        taken = [[Rectangle]](repeating: [], count: columns * rows)
        minor = taken
    }

    private func cells(_ frame: Rectangle) -> (x: ClosedRange<Int>, y: ClosedRange<Int>) {
        func index(_ value: Double, _ count: Int) -> Int { min(max(Int(value / cell), 0), count - 1) }
        let x0 = index(frame.x - area.x, columns)
        let y0 = index(frame.y - area.y, rows)
        return (x0...max(x0, index(frame.right - area.x, columns)), y0...max(y0, index(frame.bottom - area.y, rows)))
    }

    /// Inside the area, and over nothing taken.
    private func isFree(_ frame: Rectangle, mayCoverMinor: Bool) -> Bool {
        guard area.contains(frame) else { return false }
        let (xs, ys) = cells(frame)
        for y in ys {
            for x in xs {
                if taken[y * columns + x].contains(where: { $0.overlaps(frame) }) { return false }
                if !mayCoverMinor, minor[y * columns + x].contains(where: { $0.overlaps(frame) }) { return false }
            }
        }
        return true
    }

    mutating func take(_ frame: Rectangle, isMinor: Bool = false) {
        let (xs, ys) = cells(frame)
        for y in ys {
            for x in xs {
                if isMinor { minor[y * columns + x].append(frame) } else { taken[y * columns + x].append(frame) }
            }
        }
    }

    /// Right, left, above, below, then the corners.
    private static let directions: [(Double, Double)] = [(1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)]

    /// The nearest free place for a text of this size, taken; nil if there is none within `reach`.
    mutating func place(
        width: Double, height: Double, at point: Point, gap: Double, reach: Double, mayCoverMinor: Bool = false
    ) -> (frame: Rectangle, isFar: Bool)? {
        var distance = gap
        while distance <= reach {
            for (dx, dy) in Self.directions {
                let frame = Rectangle(
                    x: point.x + dx * (distance + width / 2) - width / 2, y: point.y + dy * (distance + height / 2) - height / 2, width: width,
                    height: height)
                if isFree(frame, mayCoverMinor: mayCoverMinor) {
                    take(frame)
                    return (frame, distance > gap)
                }
            }
            distance += gap
        }
        return nil
    }
}
