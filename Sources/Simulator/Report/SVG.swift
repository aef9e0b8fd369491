import Foundation

/// Lines, boxes and words on a drawing of a given size, in pixels.
struct SVG {
    private(set) var body = ""
    let width: Double
    let height: Double

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    enum Anchor: String {
        case start
        case middle
        case end
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
        body += "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" class=\"\(style)\"/>\n"
    }

    /// `fill` overrides the style's; `title` is shown where the pointer rests.
    mutating func box(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, style: String, fill: String? = nil, radius: Double = 2, title: String? = nil
    ) {
        let colour = fill.map { " fill=\"\($0)\"" } ?? ""
        let open = "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" height=\"\(n(height))\" rx=\"\(n(radius))\" class=\"\(style)\"\(colour)"
        body += title.map { open + "><title>\(HTML.escaped($0))</title></rect>\n" } ?? open + "/>\n"
    }

    mutating func dot(_ x: Double, _ y: Double, radius: Double, fill: String, title: String? = nil) {
        let open = "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(fill)\""
        body += title.map { open + "><title>\(HTML.escaped($0))</title></circle>\n" } ?? open + "/>\n"
    }

    mutating func text(_ x: Double, _ y: Double, _ words: String, style: String = "label", anchor: Anchor = .start, fill: String? = nil) {
        let colour = fill.map { " fill=\"\($0)\"" } ?? ""
        let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        body += "<text x=\"\(n(x))\" y=\"\(n(y))\" class=\"\(style)\"\(place)\(colour)>\(HTML.escaped(words))</text>\n"
    }

    mutating func path(_ points: [(x: Double, y: Double)], style: String, stroke: String? = nil, fill: String? = nil) {
        guard let first = points.first else { return }
        var way = "M\(n(first.x)) \(n(first.y))"
        for point in points.dropFirst() { way += "L\(n(point.x)) \(n(point.y))" }
        let colours = (stroke.map { " stroke=\"\($0)\"" } ?? "") + (fill.map { " fill=\"\($0)\"" } ?? "")
        body += "<path d=\"\(way)\" class=\"\(style)\"\(colours)/>\n"
    }

    /// As it stands in a page; `about` says what it shows to those who do not see it.
    func html(about: String) -> String {
        "<svg viewBox=\"0 0 \(n(width)) \(n(height))\" width=\"\(n(width))\" height=\"\(n(height))\" role=\"img\" "
            + "aria-label=\"\(HTML.escaped(about))\">\n\(body)</svg>\n"
    }

    /// One decimal is finer than a pixel.
    private func n(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
    }
}

/// Text in a page.
enum HTML {
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Cut to about so many letters.
    static func short(_ text: String, _ letters: Int) -> String { text.count <= letters ? text : text.prefix(max(1, letters - 1)) + "…" }
}
