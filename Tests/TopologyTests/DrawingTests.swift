import Basics
import Documents
import Drawings
import Foundation
import Testing
import Topology

/// Every network of `topology/`.
let shippedNetworks = [
    "yen-mo", "soc-trang", "can-tho-2025", "can-tho-cum", "thai-nguyen", "bac-ninh-tinh-uy", "hau-giang", "three-levels",
]

/// The same network with capacities of all kinds, so that loads of every band occur.
func varied(_ network: Network) throws -> Network {
    let capacities: [Bitrate] = [.kbps(900), .kbps(1_300), .kbps(1_700), .mbps(3), .mbps(10), .mbps(1_000)]
    var entries: [Network.Entry] = []
    for slot in network.nodes.indices {
        var entry = Network.Entry(node: network.nodes[slot], link: network.links[slot])
        entry.link?.line.up = capacities[slot % 6]
        entry.link?.line.down = capacities[slot % 5]
        entries.append(entry)
    }
    return try Network(
        networkID: network.networkID, name: network.name, version: network.version, edition: network.edition, levels: network.levels,
        upstream: network.upstream, entries: entries)
}

func options(_ language: Language = .vi, showsLoad: Bool = true, paper: Paper? = nil) -> DrawingOptions {
    DrawingOptions(language: language, date: "26/11/2026", showsLoad: showsLoad, paper: paper)
}

/// What is wrong with a drawing's geometry: texts over texts, lines through texts, anything beyond the border. A line that a
/// text's own ground covers is none; on a map the marks of small places may lie on the bold names of large ones.
func faults(_ drawing: Drawing, isMap: Bool = false) -> [String] {
    var labels: [Drawing.Label] = []
    var found: [String] = []
    let page = drawing.border.inset(-0.001)
    for shape in drawing.shapes {
        if case .label(let label) = shape { labels.append(label) }
        if !page.contains(shape.bounds) { found.append("beyond the border: \(shape)") }
    }
    labels.sort { $0.bounds.y < $1.bounds.y }
    for (i, label) in labels.enumerated() {
        for other in labels[(i + 1)...] {
            if other.bounds.y >= label.bounds.bottom { break }
            if label.bounds.overlaps(other.bounds) { found.append("'\(label.text)\(label.tail)' over '\(other.text)\(other.tail)'") }
        }
    }
    let tops = labels.map(\.bounds.y)
    let highest = labels.map(\.bounds.height).max() ?? 0
    func near(_ frame: Rectangle, _ visit: (Drawing.Label) -> Void) {
        var low = 0
        var high = tops.count
        while low < high {
            let middle = (low + high) / 2
            if tops[middle] < frame.y - highest { low = middle + 1 } else { high = middle }
        }
        while low < labels.count, tops[low] < frame.bottom {
            visit(labels[low])
            low += 1
        }
    }
    var grounds: [Int: [(index: Int, frame: Rectangle)]] = [:]
    for (index, shape) in drawing.shapes.enumerated() {
        guard case .panel(let panel) = shape, panel.fill == .paper else { continue }
        grounds[panel.slot ?? -1, default: []].append((index, panel.frame.inset(-0.001)))
    }
    for (index, shape) in drawing.shapes.enumerated() {
        func isCovered(_ label: Drawing.Label) -> Bool {
            grounds[label.slot ?? -1, default: []].contains { $0.index > index && $0.frame.contains(label.bounds) }
        }
        switch shape {
        case .label: break
        case .stroke(let stroke):
            for (a, b) in zip(stroke.points, stroke.points.dropFirst()) {
                near(box(a, b)) { if crosses(a, b, $0.bounds), !isCovered($0) { found.append("a line through '\($0.text)\($0.tail)'") } }
            }
        case .panel(let panel):
            near(panel.frame) {
                if panel.frame.inset(0.001).overlaps($0.bounds), !panel.frame.inset(-0.001).contains($0.bounds) {
                    found.append("an edge through '\($0.text)\($0.tail)'")
                }
            }
        case .dot(let dot):
            near(shape.bounds) {
                if isMap, $0.bold { return }
                if $0.bounds.overlaps(shape.bounds), !($0.ink == .paper && abs($0.at.x - dot.center.x) < 0.01) {
                    found.append("a disc over '\($0.text)\($0.tail)'")
                }
            }
        }
    }
    return found
}

private func box(_ a: Point, _ b: Point) -> Rectangle {
    Rectangle(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y))
}

/// Whether a segment enters a rectangle (Liang and Barsky's clipping).
private func crosses(_ a: Point, _ b: Point, _ frame: Rectangle) -> Bool {
    var enter = 0.0
    var leave = 1.0
    for (start, delta, low, high) in [(a.x, b.x - a.x, frame.x, frame.right), (a.y, b.y - a.y, frame.y, frame.bottom)] {
        if delta == 0 {
            if start <= low || start >= high { return false }
        } else {
            let one = (low - start) / delta
            let two = (high - start) / delta
            enter = max(enter, min(one, two))
            leave = min(leave, max(one, two))
        }
    }
    return enter < leave
}

extension Drawing.Shape {
    /// What it covers, line widths left out.
    var bounds: Rectangle {
        switch self {
        case .label(let label): label.bounds
        case .stroke(let stroke):
            stroke.points.dropFirst().reduce(box(stroke.points[0], stroke.points[0])) { frame, point in
                let x = min(frame.x, point.x)
                let y = min(frame.y, point.y)
                return Rectangle(x: x, y: y, width: max(frame.right, point.x) - x, height: max(frame.bottom, point.y) - y)
            }
        case .panel(let panel): panel.frame
        case .dot(let dot):
            Rectangle(x: dot.center.x - dot.radius, y: dot.center.y - dot.radius, width: 2 * dot.radius, height: 2 * dot.radius)
        }
    }
}

extension Drawing {
    var labels: [Label] {
        shapes.compactMap { shape in
            if case .label(let label) = shape { label } else { nil }
        }
    }
}

struct DrawingTests {
    @Test("on A3 no text overlaps, none is crossed, nothing leaves the border", arguments: shippedNetworks, Language.allCases)
    func clean(name: String, language: Language) throws {
        let network = try loadNetwork(name)
        for showsLoad in [true, false] {
            let drawing = try Drawings.sheet(network, options: options(language, showsLoad: showsLoad, paper: .a3))
            #expect(faults(drawing) == [])
        }
        #expect(faults(try Drawings.sheet(varied(network), options: options(language, paper: .a3))) == [])
    }

    @Test("every paper that takes a network shows it clean", arguments: shippedNetworks)
    func papers(name: String) throws {
        let network = try loadNetwork(name)
        for paper in Paper.named {
            do {
                let drawing = try Drawings.sheet(network, options: options(paper: paper))
                #expect(faults(drawing) == [])
                #expect(drawing.width == paper.width)
            } catch {
                #expect(paper == .a4, "\(error)")
            }
        }
    }

    @Test("every node is there with its name, and its figures in its row, at its box, or in the head of its block", arguments: shippedNetworks)
    func names(name: String) throws {
        let network = try loadNetwork(name)
        let drawing = try Drawings.sheet(network, options: options(paper: .a3))
        let labels = drawing.labels
        for slot in network.nodes.indices {
            let name = network.nodes[slot].name
            #expect(labels.contains { $0.slot == slot && $0.text.hasPrefix(name) }, "\(name)")
            if let line = network.links[slot]?.line {
                let capacity = String(line.up.bitsPerSecond / 1_000_000)
                // The child of the root above it, or a heading of the root's own.
                var head = slot
                while let above = network.tree.parent(head), above != 0 { head = above }
                #expect(
                    labels.contains { $0.text.contains("↓") && $0.text.contains(capacity) && ($0.slot == slot || $0.slot == head || $0.slot == nil) },
                    "\(name)")
            }
        }
    }

    @Test("letters in print have an em of at least 1.8 mm (five points), on the sheets of a province 2.5 mm", arguments: shippedNetworks)
    func legible(name: String) throws {
        let network = try loadNetwork(name)
        let drawing = try Drawings.sheet(network, options: options(paper: .a3))
        let smallest = drawing.labels.map(\.size).min()!
        // Thái Nguyên has 188 nodes.
        #expect(smallest >= (name == "thai-nguyen" ? 1.8 : 2.499))
    }

    @Test("letters grow into what is free: seven nodes have larger ones than a hundred")
    func growing() throws {
        func largest(_ name: String) throws -> Double {
            try Drawings.sheet(loadNetwork(name), options: options(paper: .a3)).labels.filter { $0.slot != nil }.map(\.size).max()!
        }
        #expect(try largest("three-levels") > 5)
        #expect(try largest("three-levels") > 1.3 * largest("soc-trang"))
    }

    @Test("the check of geometry sees what it must")
    func checker() {
        var drawing = Drawing(width: 100, height: 100, border: Rectangle(x: 5, y: 5, width: 90, height: 90))
        drawing.shapes = [.label(.init("Xã Yên Mỹ", at: Point(20, 20), size: 3))]
        #expect(faults(drawing) == [])
        let bad: [Drawing.Shape] = [
            .label(.init("Xã Yên Từ", at: Point(25, 21), size: 3)), .label(.init("Xã", at: Point(93, 50), size: 3)),
            .stroke(.init([Point(10, 19), Point(60, 19)], width: 0.3, ink: .bus)),
            .stroke(.init([Point(22, 10), Point(24, 30)], width: 0.3, ink: .bus)),
            .panel(.init(Rectangle(x: 22, y: 10, width: 50, height: 30))), .dot(.init(Point(21, 19), radius: 1, fill: .text)),
        ]
        for shape in bad {
            var broken = drawing
            broken.shapes.append(shape)
            #expect(faults(broken).count == 1, "\(shape)")
        }
    }

    @Test("the measure is never below what a wide font needs")
    func measure() {
        // Advance widths of DejaVu Sans in thousandths of an em.
        for (text, regular, bold) in [
            ("Xã Yên Mỹ, huyện Yên Mô", 12_963, 14_590), ("Phường Cái Khế", 7_881, 8_885), ("↓1,2 ↑0,3 / 10*", 7_920, 8_543),
        ] {
            #expect(TextMeasure.width(text, size: 1_000) >= Double(regular))
            #expect(TextMeasure.width(text, size: 1_000, bold: true) >= Double(bold))
            #expect(TextMeasure.width(text, size: 1_000) < Double(regular) * 1.1)
        }
        // A combining mark takes no room, a letter of another script plenty.
        #expect(TextMeasure.width("a\u{0301}", size: 1) == TextMeasure.width("a", size: 1))
        #expect(TextMeasure.width("漢", size: 1) >= 1)
    }

    @Test("the same input gives the same bytes, in every format", arguments: DrawingFormat.allCases)
    func deterministic(format: DrawingFormat) throws {
        for name in shippedNetworks {
            let network = try loadNetwork(name)
            let again = try loadNetwork(name)
            let one = try Drawings.drawing(network, format: format, options: options())
            #expect(try Drawings.drawing(again, format: format, options: options()) == one)
        }
    }
}
