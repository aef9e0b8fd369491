import Basics
import Topology

/// Draws what the trace holds: floors, rosters and loads over time.
struct ReportCharts {
    let scenario: Scenario
    let trace: Trace?
    let end: Interval
    let words: ReportWords

    private var network: Network { scenario.network }
    private func name(_ node: NodeIndex) -> String { network.node(node)?.name ?? node.description }
    private func note(_ text: String) -> String { "<p class=\"note\">\(HTML.escaped(text))</p>\n" }

    // MARK: The floor

    /// For each meeting the crowns as lanes, uppermost first, and in them who held the floor.
    var floor: String {
        guard let trace else { return note(words.notKept) }
        guard !trace.held.isEmpty else { return note(words.nobody) }
        var out = note(words.floorLegend)
        for planned in scenario.meetings {
            let held = trace.held.filter { $0.meeting == planned.file.id }
            if held.isEmpty { continue }
            out += "<h3>\(HTML.escaped(planned.file.title))</h3>\n" + lanes(held)
        }
        return out
    }

    private func lanes(_ held: [Trace.Held]) -> String {
        var crowns: [NodeIndex] = []
        for item in held where !crowns.contains(item.crown) { crowns.append(item.crown) }
        crowns.sort { (network.slot($0) ?? .max) < (network.slot($1) ?? .max) }
        let shown = crowns.prefix(24)
        var speakers: [SiteID] = []
        for item in held where !speakers.contains(item.site) { speakers.append(item.site) }
        // Slots of a floor of several lie below each other.
        let rows = shown.map { crown in stacked(held.filter { $0.crown == crown }) }
        let height = rows.reduce(0.0) { $0 + Double($1.count) * 20 + 6 }
        let axis = TimeAxis(end: end, left: 270, right: 1_164, height: height + 4)
        var svg = SVG(width: 1_180, height: axis.height + 40)
        axis.draw(&svg, safety: scenario.safetyPhase, words: words)
        var y = 22.0
        for (crown, stack) in zip(shown, rows) {
            svg.text(0, y + 13, HTML.short(name(crown), 40))
            for row in stack {
                for item in row { draw(item, colour: Palette.colour(speakers.firstIndex(of: item.site) ?? 0), y: y, axis, &svg) }
                y += 20
            }
            y += 6
            svg.line(0, y - 3.5, axis.right, y - 3.5, style: "faint")
        }
        return svg.html(about: words.floor) + (crowns.count > shown.count ? note(words.more(crowns.count - shown.count)) : "")
    }

    private func draw(_ item: Trace.Held, colour: String, y: Double, _ axis: TimeAxis, _ svg: inout SVG) {
        let x = axis.x(item.from)
        let width = max(2, axis.x(item.until) - x)
        let site = network.name(of: item.site) ?? item.site.rawValue
        svg.box(
            x, y, width, 16, style: "bar", fill: colour, title: "\(site): \(words.moment(item.from)) – \(words.moment(item.until)), \(name(item.crown))")
        let letters = Int((width - 8) / 6.6)
        let short = network.room(item.site)?.name ?? site
        if letters >= 4 { svg.text(x + 4, y + 12, HTML.short(short, letters), style: "in") }
    }

    /// Rows without overlap.
    private func stacked(_ items: [Trace.Held]) -> [[Trace.Held]] {
        var rows: [[Trace.Held]] = []
        for item in items.sorted(by: { $0.from < $1.from }) {
            if let row = rows.indices.first(where: { rows[$0].last!.until <= item.from }) {
                rows[row].append(item)
            } else {
                rows.append([item])
            }
        }
        return rows
    }

    // MARK: Rosters

    var rosters: String {
        guard let trace else { return "" }
        guard !trace.convergence.isEmpty else { return "" }
        let most = Double(max(2, trace.convergence.map(\.rosters).max() ?? 2))
        let axis = TimeAxis(end: end, left: 60, right: 1_164, height: 120)
        var svg = SVG(width: 1_180, height: 162)
        axis.draw(&svg, safety: scenario.safetyPhase, words: words)
        func y(_ count: Double) -> Double { 134 - (count - 1) / (most - 1) * 108 }
        for count in Set([1, (Int(most) + 1) / 2, Int(most)]).sorted() {
            svg.line(axis.left, y(Double(count)), axis.right, y(Double(count)), style: "faint")
            svg.text(axis.left - 8, y(Double(count)) + 4, String(count), style: "small", anchor: .end)
        }
        for (i, planned) in scenario.meetings.enumerated() {
            let samples = trace.convergence.filter { $0.meeting == planned.file.id }.sorted { $0.at < $1.at }
            var points: [(x: Double, y: Double)] = []
            for sample in samples {
                // A step: it holds until the next sample.
                if let last = points.last { points.append((axis.x(sample.at), last.y)) }
                points.append((axis.x(sample.at), y(Double(sample.rosters)) - Double(i) * 1.5))
            }
            svg.path(points, style: "curve", stroke: Palette.colour(i))
        }
        return note(words.rostersLegend) + svg.html(about: words.rosters)
    }

    // MARK: Loads

    var loads: String {
        guard let trace, !trace.loads.isEmpty else { return "" }
        var trunks: [Trunk] = []
        var byTrunk: [Trunk: [Trace.Load]] = [:]
        for load in trace.loads {
            if byTrunk[load.trunk] == nil { trunks.append(load.trunk) }
            byTrunk[load.trunk, default: []].append(load)
        }
        func peak(_ trunk: Trunk) -> Double { byTrunk[trunk]?.map(\.kbps).max() ?? 0 }
        let order = trunks.enumerated().sorted { (-peak($0.element), $0.offset) < (-peak($1.element), $1.offset) }.map(\.element)
        let charts = order.prefix(24).map { chart($0, byTrunk[$0] ?? []) }.joined()
        let legend =
            "<p class=\"legend\"><i style=\"background:\(Palette.colour(0))\"></i>\(words.up)"
            + "<i style=\"background:\(Palette.colour(1))\"></i>\(words.down)</p>\n"
        let more = order.count > 24 ? note(words.more(order.count - 24)) : ""
        return note(words.loadLegend) + legend + "<div class=\"grid\">\n\(charts)</div>\n" + more
    }

    private func chart(_ trunk: Trunk, _ loads: [Trace.Load]) -> String {
        let (left, right, top, bottom) = (4.0, 286.0, 34.0, 92.0)
        let peak = loads.map(\.kbps).max() ?? 0
        let line = network.slot(trunk.lower).flatMap { network.links[$0]?.line }
        let capacity = line.map { min($0.up, $0.down).kbps }
        let most = max(1, peak * 1.1)
        var svg = SVG(width: 290, height: 108)
        svg.text(left, 13, HTML.short(name(trunk.lower) + " → " + name(trunk.upper), 40))
        svg.text(left, 27, "\(words.peak) \(words.number(peak.rounded())) kbit/s", style: "small")
        func x(_ second: Int) -> Double { left + (right - left) * Double(second) / max(1, end.seconds) }
        func y(_ kbps: Double) -> Double { bottom - (bottom - top) * min(1, kbps / most) }
        if let capacity, capacity <= most { svg.line(left, y(capacity), right, y(capacity), style: "dash") }
        for (colour, isUp) in [(Palette.colour(0), true), (Palette.colour(1), false)] {
            let samples = loads.filter { $0.isUp == isUp }.sorted { $0.second < $1.second }
            guard let first = samples.first, let last = samples.last else { continue }
            let points = samples.map { (x: x($0.second), y: y($0.kbps)) }
            svg.path([(x(first.second), bottom)] + points + [(x(last.second), bottom)], style: "area", fill: colour)
            svg.path(points, style: "curve", stroke: colour)
        }
        svg.line(left, bottom, right, bottom, style: "axis")
        svg.text(left, 104, "0 s", style: "small")
        svg.text(right, 104, words.time(end), style: "small", anchor: .end)
        return svg.html(about: name(trunk.lower) + " → " + name(trunk.upper))
    }
}
