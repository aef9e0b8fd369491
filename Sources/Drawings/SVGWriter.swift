import Documents
import Topology

/// A drawing as SVG 1.1: millimetres as user units, colours as attributes, no style sheet, nothing from elsewhere.
struct SVGWriter {
    /// Names nodes in attributes, for a page's script.
    var tagged = false

    static let fonts = "Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', sans-serif"

    /// The whole file.
    func file(_ drawing: Drawing, title: String) -> String {
        let size = "width=\"\(Self.number(drawing.width))mm\" height=\"\(Self.number(drawing.height))mm\""
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element(drawing, title: title, attributes: size)
    }

    /// The `svg` element.
    func element(_ drawing: Drawing, title: String, attributes: String) -> String {
        var out = "<svg xmlns=\"http://www.w3.org/2000/svg\" \(attributes) "
        out += "viewBox=\"0 0 \(Self.number(drawing.width)) \(Self.number(drawing.height))\" font-family=\"\(Self.fonts)\">\n"
        out += "<title>\(XMLText.escaped(title))</title>\n"
        out += "<rect width=\"\(Self.number(drawing.width))\" height=\"\(Self.number(drawing.height))\" fill=\"\(Drawing.Ink.paper.color)\"/>\n"
        for shape in drawing.shapes { write(shape, into: &out) }
        return out + "</svg>\n"
    }

    private func write(_ shape: Drawing.Shape, into out: inout String) {
        switch shape {
        case .label(let label): write(label, into: &out)
        case .stroke(let stroke): write(stroke, into: &out)
        case .panel(let panel): write(panel, into: &out)
        case .dot(let dot):
            out += "<circle cx=\"\(Self.number(dot.center.x))\" cy=\"\(Self.number(dot.center.y))\" r=\"\(Self.number(dot.radius))\""
            out += paint(dot.fill, dot.edge, dot.radius / 3) + tag(dot.slot) + "/>\n"
        }
    }

    private func write(_ label: Drawing.Label, into out: inout String) {
        out += "<text x=\"\(Self.number(label.at.x))\" y=\"\(Self.number(label.at.y))\" font-size=\"\(Self.number(label.size))\""
        if label.ink != .text { out += " fill=\"\(label.ink.color)\"" }
        // A tail is of ordinary weight, so the weight stands at the words before it.
        if label.bold, label.tail.isEmpty { out += " font-weight=\"bold\"" }
        if label.italic { out += " font-style=\"italic\"" }
        switch label.anchor {
        case .start: break
        case .middle: out += " text-anchor=\"middle\""
        case .end: out += " text-anchor=\"end\""
        }
        out += tag(label.slot) + ">"
        let words = XMLText.escaped(label.text)
        out += label.bold && !label.tail.isEmpty ? "<tspan font-weight=\"bold\">\(words)</tspan>" : words
        if !label.tail.isEmpty { out += "<tspan fill=\"\(Drawing.Ink.faint.color)\">\(XMLText.escaped(label.tail))</tspan>" }
        out += "</text>\n"
    }

    private func write(_ stroke: Drawing.Stroke, into out: inout String) {
        var path = ""
        for (i, point) in stroke.points.enumerated() {
            path += (i == 0 ? "M" : "L") + Self.number(point.x) + " " + Self.number(point.y)
        }
        out += "<path d=\"\(path)\" fill=\"none\"" + line(stroke.ink, stroke.width, stroke.dash) + tag(stroke.slot) + "/>\n"
    }

    private func write(_ panel: Drawing.Panel, into out: inout String) {
        let frame = panel.frame
        out += "<rect x=\"\(Self.number(frame.x))\" y=\"\(Self.number(frame.y))\""
        out += " width=\"\(Self.number(frame.width))\" height=\"\(Self.number(frame.height))\""
        if panel.radius > 0 { out += " rx=\"\(Self.number(panel.radius))\"" }
        out += " fill=\"\(panel.fill?.color ?? "none")\""
        if let edge = panel.edge { out += line(edge, panel.width, panel.dash) }
        out += tag(panel.slot) + "/>\n"
    }

    private func paint(_ fill: Drawing.Ink?, _ edge: Drawing.Ink?, _ width: Double) -> String {
        " fill=\"\(fill?.color ?? "none")\"" + (edge.map { line($0, width, .solid) } ?? "")
    }

    private func line(_ ink: Drawing.Ink, _ width: Double, _ dash: Drawing.Dash) -> String {
        var out = " stroke=\"\(ink.color)\" stroke-width=\"\(Self.number(width))\""
        func dashes(_ lengths: [Double]) -> String { lengths.map { Self.number($0 * width) }.joined(separator: " ") }
        switch dash {
        case .solid: break
        case .dashed: out += " stroke-dasharray=\"\(dashes([4, 3]))\""
        case .dashDotted: out += " stroke-dasharray=\"\(dashes([6, 2, 1, 2]))\""
        }
        return out
    }

    private func tag(_ slot: Int?) -> String {
        guard tagged, let slot else { return "" }
        return " data-n=\"\(slot)\""
    }

    /// At most two digits after the point, the same on every machine.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let (whole, part) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
        if part == 0 { return sign + String(whole) }
        if part % 10 == 0 { return "\(sign)\(whole).\(part / 10)" }
        return "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
    }
}
