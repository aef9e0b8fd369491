import Basics
import Topology

/// Draws what was broken, from when until when: one lane for each trunk or node concerned.
struct ReportFaults {
    let scenario: Scenario
    let words: ReportWords

    private let mostLanes = 48

    private struct Bar {
        var lane: String
        var from: Interval
        var until: Interval
        var label: String
        /// Goes on to the end of the drawing.
        var isMended: Bool
        /// A moment, not a length of time.
        var isInstant = false
    }

    var html: String {
        let bars = makeBars()
        guard !bars.isEmpty else { return "<p class=\"note\">\(words.noFaults)</p>\n" }
        var lanes: [String] = []
        for bar in bars where !lanes.contains(bar.lane) { lanes.append(bar.lane) }
        let shown = Array(lanes.prefix(mostLanes))
        let end = scenario.safetyPhase + scenario.livenessPhase
        let axis = TimeAxis(end: end, left: 270, right: 1_164, height: Double(shown.count) * 22 + 12)
        var svg = SVG(width: 1_180, height: axis.height + 40)
        axis.draw(&svg, safety: scenario.safetyPhase, words: words)
        for (i, lane) in shown.enumerated() {
            let y = 20 + Double(i) * 22
            svg.text(0, y + 14, HTML.short(lane, 40))
            svg.line(axis.left, y + 20.5, axis.right, y + 20.5, style: "faint")
            let own = bars.filter { $0.lane == lane }
            for bar in own where !bar.isInstant { draw(bar, y: y, axis, &svg) }
            for bar in own where bar.isInstant {
                // Within another fault it is told in the colour of what stands in bars.
                let isInside = own.contains { !$0.isInstant && $0.from <= bar.from && bar.from < $0.until }
                mark(bar, isInside: isInside, y: y, axis, &svg)
            }
        }
        let more = lanes.count > shown.count ? "<p class=\"note\">\(words.more(lanes.count - shown.count))</p>\n" : ""
        return svg.html(about: words.faults) + more
    }

    private func draw(_ bar: Bar, y: Double, _ axis: TimeAxis, _ svg: inout SVG) {
        let x = axis.x(bar.from)
        let title = "\(bar.lane): \(bar.label), \(words.moment(bar.from)) – \(words.moment(bar.until))"
        let width = max(2.5, axis.x(bar.until) - x)
        svg.box(x, y + 3, width, 15, style: "bar", fill: bar.isMended ? Palette.fault : "#e2897f", title: title)
        let letters = Double(bar.label.count) * 6.4
        if letters + 10 < width {
            svg.text(x + 5, y + 14.5, bar.label, style: "in")
        } else if axis.x(bar.until) + letters < axis.right {
            svg.text(x + width + 4, y + 14, bar.label, style: "small")
        }
    }

    private func mark(_ bar: Bar, isInside: Bool, y: Double, _ axis: TimeAxis, _ svg: inout SVG) {
        let x = axis.x(bar.from)
        let title = "\(bar.lane): \(bar.label), \(words.moment(bar.from))"
        svg.box(x - 1.5, y + 3, 3, 15, style: "bar", fill: isInside ? "#ffffff" : Palette.fault, radius: 1, title: title)
        svg.text(x + 6, y + 14, bar.label, style: isInside ? "in" : "small")
    }

    // MARK: From events to bars

    private func makeBars() -> [Bar] {
        let network = scenario.network
        func name(_ node: NodeIndex) -> String { network.node(node)?.name ?? node.description }
        func name(_ trunk: Trunk) -> String { name(trunk.lower) + " ↔ " + name(trunk.upper) }
        var open: [(key: String, bar: Bar)] = []
        var bars: [Bar] = []
        func begin(_ key: String, _ lane: String, _ timed: TimedEvent) {
            if open.contains(where: { $0.key == key }) { return }
            open.append((key, Bar(lane: lane, from: timed.at, until: timed.at, label: words.fault(timed.event), isMended: false)))
        }
        func finish(_ key: String, _ at: Interval) {
            guard let i = open.firstIndex(where: { $0.key == key }) else { return }
            var bar = open.remove(at: i).bar
            bar.until = at
            bar.isMended = true
            bars.append(bar)
        }
        for timed in scenario.timeline {
            switch timed.event {
            case .cut(let trunk): begin("cut \(name(trunk))", name(trunk), timed)
            case .cutOneWay(let from, let to):
                let trunk = network.slot(from).flatMap { network.links[$0] }.map { $0.parent == to || $0.backups.contains(to) } == true
                let key = trunk ? Trunk(lower: from, upper: to) : Trunk(lower: to, upper: from)
                begin("cut \(name(key))", name(from) + " → " + name(to), timed)
            case .mend(let trunk): finish("cut \(name(trunk))", timed.at)
            case .impair(let trunk, let how):
                finish("impair \(name(trunk))", timed.at)
                if how != usual(trunk) { begin("impair \(name(trunk))", name(trunk), timed) }
            case .crash(let node, _): begin("crash \(node)", name(node), timed)
            case .restart(let node): finish("crash \(node)", timed.at)
            case .pause(let node, let length):
                begin("pause \(node)", name(node), timed)
                finish("pause \(node)", timed.at + length)
            case .slow(let node, let by):
                finish("slow \(node)", timed.at)
                if by != .zero { begin("slow \(node)", name(node), timed) }
            case .drift(let node, let ppm):
                finish("drift \(node)", timed.at)
                if ppm != 0 { begin("drift \(node)", name(node), timed) }
            case .diskFull(let node, let isFull):
                if isFull { begin("disk \(node)", name(node), timed) } else { finish("disk \(node)", timed.at) }
            case .certificateExpired(let node, let isExpired):
                if isExpired { begin("certificate \(node)", name(node), timed) } else { finish("certificate \(node)", timed.at) }
            case .stepClock(let node, _), .loadTopology(let node, _), .newerProgram(let node), .byzantine(let node, _):
                bars.append(Bar(lane: name(node), from: timed.at, until: timed.at, label: words.fault(timed.event), isMended: true, isInstant: true))
            default: break
            }
        }
        // The core is healed when the liveness phase begins.
        for (_, bar) in open {
            var bar = bar
            bar.until = scenario.core == nil ? scenario.safetyPhase : scenario.safetyPhase + scenario.livenessPhase
            bars.append(bar)
        }
        return bars.enumerated().sorted { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }.map(\.element)
    }

    private func usual(_ trunk: Trunk) -> Impairment {
        scenario.links[trunk] ?? Impairment(scenario.network.slot(trunk.lower).flatMap { scenario.network.links[$0]?.line })
    }
}

/// Seconds from left to right, with the two phases.
struct TimeAxis {
    var end: Interval
    var left: Double
    var right: Double
    /// Of what is drawn above the numbers; it begins at 18.
    var height: Double

    func x(_ time: Interval) -> Double { left + (right - left) * min(1, max(0, time.seconds / max(0.001, end.seconds))) }

    /// About ten steps of a round length.
    private var step: Double {
        let wanted = end.seconds / 10
        return [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600].first { $0 >= wanted } ?? 7_200
    }

    func draw(_ svg: inout SVG, safety: Interval, words: ReportWords) {
        let bottom = height + 18
        if safety < end {
            svg.box(x(safety), 18, right - x(safety), height, style: "calm", radius: 0)
            svg.text(x(safety) + 4, 12, words.liveness, style: "small")
        }
        svg.text(left, 12, words.safety, style: "small")
        var at = 0.0
        while at <= end.seconds + 0.001 {
            let here = x(Interval.seconds(at))
            svg.line(here, 18, here, bottom, style: "faint")
            svg.text(here, bottom + 14, words.number(at) + (at == 0 ? " s" : ""), style: "small", anchor: .middle)
            at += step
        }
        svg.line(left, bottom, right, bottom, style: "axis")
    }
}
