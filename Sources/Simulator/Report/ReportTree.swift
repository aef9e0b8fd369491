import Basics
import Topology

/// Draws the tree as cards, one for each branch below the root, with the nodes of a branch as an indented list.
struct ReportTree {
    let scenario: Scenario
    let words: ReportWords

    private let cardWidth = 224.0
    private let rowHeight = 19.0
    private let columns = 5
    private let gap = 12.0
    /// In a larger network a branch shows how many nodes it has, not which.
    private let mostRows = 420

    private struct Card {
        var rows: [(slot: Int, depth: Int)]
        var hidden = 0
        /// Single leaves below the root share a card without a line of their own.
        var isCollected = false
        var height: Double = 0
    }

    private var network: Network { scenario.network }

    var html: String {
        var cards = makeCards()
        for i in cards.indices { cards[i].height = Double(cards[i].rows.count + (cards[i].hidden > 0 ? 1 : 0)) * rowHeight + 14 }
        // Each card goes under the shortest column.
        let used = min(columns, max(1, cards.count))
        var heights = [Double](repeating: 78, count: used)
        var places: [(x: Double, y: Double)] = []
        for card in cards {
            let column = heights.indices.min { heights[$0] < heights[$1] } ?? 0
            places.append((Double(column) * (cardWidth + gap), heights[column]))
            heights[column] += card.height + gap
        }
        let width = max(Double(used) * (cardWidth + gap) - gap, cardWidth)
        var svg = SVG(width: width, height: heights.max() ?? 60)
        drawRoot(&svg, width: width, columns: used, hasCards: !cards.isEmpty)
        for (card, place) in zip(cards, places) { draw(card, at: place, &svg) }
        return legend + svg.html(about: words.tree)
    }

    private func makeCards() -> [Card] {
        let isLarge = network.count > mostRows
        var cards: [Card] = []
        var leaves: [Int] = []
        for child in network.tree.children(0) {
            let branch = network.tree.subtree(child)
            if branch.count == 1 {
                leaves.append(child)
                continue
            }
            let slots = isLarge ? child..<child + 1 : branch
            cards.append(Card(rows: slots.map { ($0, depth($0) - 1) }, hidden: isLarge ? branch.count - 1 : 0))
        }
        let size = 12
        let shown = isLarge ? Array(leaves.prefix(5 * size)) : leaves
        for start in stride(from: 0, to: shown.count, by: size) {
            let rows = shown[start..<min(shown.count, start + size)].map { ($0, 0) }
            let isLast = start + size >= shown.count
            cards.append(Card(rows: rows, hidden: isLast ? leaves.count - shown.count : 0, isCollected: true))
        }
        return cards
    }

    private func depth(_ slot: Int) -> Int {
        var depth = 0
        var at = network.tree.parent(slot)
        while let here = at {
            depth += 1
            at = network.tree.parent(here)
        }
        return depth
    }

    private func drawRoot(_ svg: inout SVG, width: Double, columns: Int, hasCards: Bool) {
        let w = min(width, 260.0)
        let x = (width - w) / 2
        if hasCards {
            svg.line(width / 2, 40, width / 2, 58, style: "edge")
            let last = Double(columns - 1) * (cardWidth + gap) + cardWidth / 2
            svg.line(min(cardWidth / 2, width / 2), 58, max(last, width / 2), 58, style: "edge")
            for column in 0..<columns {
                let at = Double(column) * (cardWidth + gap) + cardWidth / 2
                svg.line(at, 58, at, 78, style: "edge")
            }
        }
        svg.box(x, 4, w, 36, style: "card", radius: 5)
        row(0, x: x + 12, y: 26, letters: 30, style: "bold", &svg, right: x + w - 10)
    }

    private func draw(_ card: Card, at place: (x: Double, y: Double), _ svg: inout SVG) {
        svg.box(place.x, place.y, cardWidth, card.height, style: "card", radius: 5)
        for (i, item) in card.rows.enumerated() {
            let indent = Double(item.depth) * 13
            let y = place.y + 20 + Double(i) * rowHeight
            row(
                item.slot, x: place.x + 10 + indent, y: y, letters: 26 - item.depth * 2, style: item.depth == 0 && !card.isCollected ? "bold" : "label",
                &svg, right: place.x + cardWidth - 8)
        }
        if card.hidden > 0 {
            let words = card.isCollected ? words.more(card.hidden) : words.below(card.hidden)
            svg.text(place.x + 10, place.y + 20 + Double(card.rows.count) * rowHeight, words, style: "small")
        }
    }

    /// A node's name, and at the right one dot for each meeting it has a site in; a ring marks a chair.
    private func row(_ slot: Int, x: Double, y: Double, letters: Int, style: String, _ svg: inout SVG, right: Double) {
        let node = network.nodes[slot]
        svg.text(x, y, HTML.short(node.name, letters), style: style)
        var at = right - 4
        for (i, planned) in scenario.meetings.enumerated().reversed() {
            let halls = node.rooms.map(\.id)
            guard halls.contains(where: planned.file.sites.contains) else { continue }
            let isChair = halls.contains(where: planned.file.chairs.contains)
            if isChair { svg.dot(at, y - 4, radius: 6, fill: Palette.colour(i)) }
            if isChair { svg.dot(at, y - 4, radius: 4.4, fill: "#fff") }
            svg.dot(at, y - 4, radius: 3, fill: Palette.colour(i), title: node.name + " · " + planned.file.title + (isChair ? " · " + words.chair : ""))
            at -= 14
        }
    }

    private var legend: String {
        guard !scenario.meetings.isEmpty else { return "" }
        let items = scenario.meetings.enumerated().map { i, planned in
            "<i style=\"background:\(Palette.colour(i))\"></i>\(HTML.escaped(planned.file.title)) (\(planned.file.kind.rawValue), "
                + "\(planned.file.sites.count) \(words.sites))"
        }
        return "<p class=\"legend\">\(items.joined()) &nbsp; ◉ \(words.chair)</p>\n"
    }
}
