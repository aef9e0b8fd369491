/// Blocks of rows poured into columns of one height.
struct BlockFlow {
    /// A block, or the part of it that stands in one column.
    struct Chunk {
        var block: Int
        var rows: Range<Int>
        /// Of its first column: with the head itself.
        var first: Bool
        /// From the column's upper edge, at scale 1.
        var top: Double
    }
    var columns: [[Chunk]] = [[]]

    static let blockGap = 3.0
    /// Rows that a part of a block should have at least.
    private static let smallPart = 4

    /// Nil if a head with one row is higher than a column.
    init?(_ blocks: [BlockRows.Block], height: Double, splitting: Bool) {
        var y = 0.0
        for (index, block) in blocks.enumerated() {
            let total = block.headHeight + block.rows.reduce(0) { $0 + $1.height }
            var next = 0
            var first = true
            if y > 0 { y += Self.blockGap }
            if y > 0, y + total > height, total <= height, !splitting { y = newColumn() }
            repeat {
                let head = first ? block.headHeight : BlockRows.continuedHeight
                var end = next
                var bottom = y + head
                while end < block.rows.count, bottom + block.rows[end].height <= height {
                    bottom += block.rows[end].height
                    end += 1
                }
                let rest = block.rows.count - next
                // No widows: what goes on in the next column has a few rows too.
                if end < block.rows.count, end - next >= 2 * Self.smallPart {
                    end = min(end, block.rows.count - Self.smallPart)
                    bottom = y + head + block.rows[next..<end].reduce(0) { $0 + $1.height }
                }
                if y > 0, end < block.rows.count, end - next < min(Self.smallPart, rest) {
                    y = newColumn()
                    continue
                }
                guard end > next || rest == 0, bottom <= height else { return nil }
                columns[columns.count - 1].append(Chunk(block: index, rows: next..<end, first: first, top: y))
                y = bottom
                next = end
                first = false
                if next < block.rows.count { y = newColumn() }
            } while next < block.rows.count
        }
    }

    private mutating func newColumn() -> Double {
        columns.append([])
        return 0
    }

    /// The evenest flow in at most `columns` columns no higher than `height`; nil if there is none.
    static func balanced(_ blocks: [BlockRows.Block], columns: Int, height: Double, splitting: Bool) -> BlockFlow? {
        func fits(_ height: Double) -> BlockFlow? {
            guard let flow = BlockFlow(blocks, height: height, splitting: splitting), flow.columns.count <= columns else { return nil }
            return flow
        }
        guard var best = fits(height) else { return nil }
        var low = 0.0
        var high = height
        while high - low > 1 {
            let middle = (low + high) / 2
            if let flow = fits(middle) {
                best = flow
                high = middle
            } else {
                low = middle
            }
        }
        return best
    }
}
