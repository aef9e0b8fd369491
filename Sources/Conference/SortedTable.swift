/// Rows in order of their keys, which the caller keeps: they lie where they came, and only their numbers are moved when one comes
/// between. A country's roster comes row by row, and moving half of it for each would cost more than all else.
struct SortedTable<Row> {
    private var rows: [Row] = []
    private var order: [Int32] = []

    mutating func reserveCapacity(_ count: Int) {
        rows.reserveCapacity(count)
        order.reserveCapacity(count)
    }

    mutating func insert(_ row: Row, at place: Int) {
        // An eighth at a time, not twofold.
        if rows.capacity == rows.count { reserveCapacity(rows.count + rows.count / 8 + 8) }
        order.insert(Int32(rows.count), at: place)
        rows.append(row)
    }

    mutating func removeAll(where isOut: (Row) -> Bool) {
        guard rows.contains(where: isOut) else { return }
        let kept = self.filter { !isOut($0) }
        rows = kept
        order = (0..<Int32(kept.count)).map { $0 }
    }
}

extension SortedTable: RandomAccessCollection, MutableCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { order.count }
    subscript(place: Int) -> Row {
        get { rows[Int(order[place])] }
        set { rows[Int(order[place])] = newValue }
    }
}
