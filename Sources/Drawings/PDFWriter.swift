import Documents
import Foundation
import Topology

/// A drawing as a PDF file of one page (ISO 32000-1): lines and areas as vectors, letters as text that can be searched and copied, with
/// the glyphs of its two fonts within. The same drawing and fonts give the same bytes.
struct PDFWriter {
    private var regular: PDFFont
    private var bold: PDFFont
    private var out = ""

    /// The file's bytes.
    static func file(_ drawing: Drawing, title: String, fonts: DrawingFonts) -> [UInt8] {
        var writer = PDFWriter(regular: PDFFont(fonts.regular, "F1"), bold: PDFFont(fonts.bold, "F2"))
        return writer.write(drawing, title)
    }

    private init(regular: PDFFont, bold: PDFFont) {
        self.regular = regular
        self.bold = bold
    }

    private static let points = 72 / 25.4

    private mutating func write(_ drawing: Drawing, _ title: String) -> [UInt8] {
        // Millimetres, the y axis pointing down.
        let scale = Self.digits(Self.points)
        out = "\(scale) 0 0 -\(scale) 0 \(Self.digits(drawing.height * Self.points)) cm\n1 J 1 j\n"
        for shape in drawing.shapes { write(shape) }
        var file = PDFObjects()
        let content = file.add(stream: Array(out.utf8))
        let fonts = [regular, bold].filter(\.isUsed).map { "/\($0.name) \($0.write(into: &file)) 0 R" }.joined(separator: " ")
        let size = "\(Self.digits(drawing.width * Self.points)) \(Self.digits(drawing.height * Self.points))"
        let pages = file.next + 1
        let page = file.add(
            "<< /Type /Page /Parent \(pages) 0 R /MediaBox [0 0 \(size)] /Contents \(content) 0 R /Resources << /Font << \(fonts) >> >> >>")
        _ = file.add("<< /Type /Pages /Kids [\(page) 0 R] /Count 1 >>")
        let catalog = file.add("<< /Type /Catalog /Pages \(pages) 0 R /ViewerPreferences << /DisplayDocTitle true /PrintScaling /None >> >>")
        let info = file.add("<< /Title <FEFF\(Self.hex(Array(title.utf16)))> >>")
        return file.bytes(root: catalog, info: info)
    }

    // MARK: Shapes

    private mutating func write(_ shape: Drawing.Shape) {
        switch shape {
        case .label(let label): write(label)
        case .stroke(let stroke):
            line(stroke.ink, stroke.width, stroke.dash)
            for (i, point) in stroke.points.enumerated() { out += "\(Self.pair(point)) \(i == 0 ? "m" : "l") " }
            out += "S\n"
        case .panel(let panel):
            fill(panel.fill)
            if let edge = panel.edge { line(edge, panel.width, panel.dash) }
            rectangle(panel.frame, panel.radius)
            paint(panel.fill, panel.edge)
        case .dot(let dot):
            fill(dot.fill)
            if let edge = dot.edge { line(edge, dot.radius / 3, .solid) }
            let side = 2 * dot.radius
            rectangle(Rectangle(x: dot.center.x - dot.radius, y: dot.center.y - dot.radius, width: side, height: side), dot.radius)
            paint(dot.fill, dot.edge)
        }
    }

    private mutating func paint(_ fill: Drawing.Ink?, _ edge: Drawing.Ink?) {
        out += fill == nil ? (edge == nil ? "n\n" : "S\n") : edge == nil ? "f\n" : "B\n"
    }

    private mutating func fill(_ ink: Drawing.Ink?) { if let ink { out += Self.color(ink) + " rg " } }

    private mutating func line(_ ink: Drawing.Ink, _ width: Double, _ dash: Drawing.Dash) {
        let lengths: [Double] =
            switch dash {
            case .solid: []
            case .dashed: [4, 3]
            case .dashDotted: [6, 2, 1, 2]
            }
        // Round ends would close the gaps of dashes.
        out += "\(Self.color(ink)) RG \(SVGWriter.number(width)) w \(lengths.isEmpty ? 1 : 0) J "
        out += "[\(lengths.map { Self.digits($0 * width) }.joined(separator: " "))] 0 d "
    }

    /// A corner's curve is a circle's to a thousandth.
    private static let bend = 0.5523

    private mutating func rectangle(_ frame: Rectangle, _ radius: Double) {
        let r = min(radius, frame.width / 2, frame.height / 2)
        guard r > 0 else {
            out += "\(Self.pair(Point(frame.x, frame.y))) \(SVGWriter.number(frame.width)) \(SVGWriter.number(frame.height)) re "
            return
        }
        let k = r * (1 - Self.bend)
        let (left, top, right, bottom) = (frame.x, frame.y, frame.right, frame.bottom)
        func p(_ x: Double, _ y: Double) -> String { Self.pair(Point(x, y)) }
        out += "\(p(left + r, top)) m \(p(right - r, top)) l \(p(right - k, top)) \(p(right, top + k)) \(p(right, top + r)) c "
        out += "\(p(right, bottom - r)) l \(p(right, bottom - k)) \(p(right - k, bottom)) \(p(right - r, bottom)) c "
        out += "\(p(left + r, bottom)) l \(p(left + k, bottom)) \(p(left, bottom - k)) \(p(left, bottom - r)) c "
        out += "\(p(left, top + r)) l \(p(left, top + k)) \(p(left + k, top)) \(p(left + r, top)) c h "
    }

    // MARK: Letters

    private mutating func write(_ label: Drawing.Label) {
        let words = label.bold ? bold.take(label.text) : regular.take(label.text)
        let tail = regular.take(label.tail)
        let width = (words.width + tail.width) * label.size
        var x = label.at.x
        switch label.anchor {
        case .start: break
        case .middle: x -= width / 2
        case .end: x -= width
        }
        // Sheets are measured so that these letters fit; where a wider font stands in, a line is drawn together.
        let room = TextMeasure.width(label.text, size: label.size, bold: label.bold) + TextMeasure.width(label.tail, size: label.size)
        let squeeze = width > room && width > 0 ? room / width : 1
        let slant = label.italic ? 0.2 : 0.0
        func put(_ run: PDFFont.Run, _ font: PDFFont, _ ink: Drawing.Ink, at x: Double) {
            guard !run.glyphs.isEmpty else { return }
            out += "\(Self.color(ink)) rg BT /\(font.name) \(SVGWriter.number(label.size)) Tf "
            out += "\(Self.digits(squeeze)) 0 \(Self.digits(slant)) -1 \(Self.pair(Point(x, label.at.y))) Tm <\(Self.hex(run.glyphs))> Tj ET\n"
        }
        put(words, label.bold ? bold : regular, label.ink, at: x)
        put(tail, regular, .faint, at: x + words.width * label.size * squeeze)
    }

    // MARK: Numbers

    static func digits(_ value: Double) -> String {
        let scaled = Int((value * 100_000).rounded())
        let (whole, part) = abs(scaled).quotientAndRemainder(dividingBy: 100_000)
        var fraction = String(part)
        fraction = String(repeating: "0", count: 5 - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return (scaled < 0 ? "-" : "") + String(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }
    private static func pair(_ point: Point) -> String { "\(SVGWriter.number(point.x)) \(SVGWriter.number(point.y))" }
    static func hex(_ units: [UInt16]) -> String {
        units.map { unit in
            let digits = String(unit, radix: 16, uppercase: true)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// Red, green and blue of "#rrggbb" or "#rgb".
    private static func color(_ ink: Drawing.Ink) -> String {
        var hex = ink.color.dropFirst().compactMap(\.hexDigitValue)
        if hex.count == 3 { hex = hex.flatMap { [$0, $0] } }
        let bytes: [Int] = stride(from: 0, to: hex.count - 1, by: 2).map { hex[$0] * 16 + hex[$0 + 1] }
        return bytes.map { digits((Double($0) / 0.255).rounded() / 1_000) }.joined(separator: " ")
    }
}

/// A font of a PDF file while its glyphs are gathered.
private struct PDFFont {
    /// Letters on a line.
    struct Run {
        /// As numbered in the file's own font.
        var glyphs: [UInt16]
        /// In ems.
        var width: Double
    }

    let name: String
    private let font: TrueTypeFont
    private var order = [0]
    private var place: [Int: Int] = [0: 0]
    private var letter: [Int: Unicode.Scalar] = [:]
    private(set) var isUsed = false

    init(_ font: TrueTypeFont, _ name: String) {
        self.font = font
        self.name = name
    }

    mutating func take(_ text: String) -> Run {
        var run = Run(glyphs: [], width: 0)
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            let glyph = font.glyph(scalar)
            if place[glyph] == nil {
                place[glyph] = order.count
                letter[order.count] = scalar
                order.append(glyph)
            }
            isUsed = true
            run.glyphs.append(UInt16(truncatingIfNeeded: place[glyph] ?? 0))
            run.width += Double(font.advance(glyph)) / Double(font.unitsPerEm)
        }
        return run
    }

    /// The number of the font's object.
    func write(into file: inout PDFObjects) -> Int {
        func thousandths(_ units: Int) -> Int { units * 1_000 / font.unitsPerEm }
        let program = font.subset(order)
        let stream = file.add(stream: program, "/Length1 \(program.count)")
        // Six letters before the name say that it is a part of a font.
        let base = "NHIPCA+Sans" + (name == "F2" ? "-Bold" : "")
        let box = font.box.map { String(thousandths($0)) }.joined(separator: " ")
        let descriptor = file.add(
            "<< /Type /FontDescriptor /FontName /\(base) /Flags 4 /FontBBox [\(box)] /ItalicAngle 0 /Ascent \(thousandths(font.ascent)) "
                + "/Descent \(thousandths(font.descent)) /CapHeight 729 /StemV \(name == "F2" ? 140 : 80) /FontFile2 \(stream) 0 R >>")
        let widths = order.map { String(thousandths(font.advance($0))) }.joined(separator: " ")
        let descendant = file.add(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /\(base) /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
                + "/FontDescriptor \(descriptor) 0 R /CIDToGIDMap /Identity /W [0 [\(widths)]] >>")
        let map = file.add(stream: Array(characterMap.utf8))
        return file.add(
            "<< /Type /Font /Subtype /Type0 /BaseFont /\(base) /Encoding /Identity-H /DescendantFonts [\(descendant) 0 R] /ToUnicode \(map) 0 R >>")
    }

    /// From glyphs back to letters, so that names can be searched for and copied.
    private var characterMap: String {
        var out = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /Letters def /CMapType 2 def\n"
        out += "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        let pairs = letter.sorted { $0.key < $1.key }
        for start in stride(from: 0, to: pairs.count, by: 100) {
            let part = pairs[start..<min(start + 100, pairs.count)]
            out += "\(part.count) beginbfchar\n"
            for (glyph, scalar) in part { out += "<\(PDFWriter.hex([UInt16(truncatingIfNeeded: glyph)]))> <\(PDFWriter.hex(Array(String(scalar).utf16)))>\n" }
            out += "endbfchar\n"
        }
        return out + "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    }
}

/// The objects of a PDF file, numbered as they come.
private struct PDFObjects {
    private var body: [UInt8] = Array("%PDF-1.5\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 10]
    private var offsets: [Int] = []
    /// The number that the next object gets.
    var next: Int { offsets.count + 1 }

    mutating func add(_ object: String) -> Int { add(Array(object.utf8)) }
    mutating func add(stream: [UInt8], _ more: String = "") -> Int {
        add(Array("<< /Length \(stream.count) \(more) >>\nstream\n".utf8) + stream + Array("\nendstream".utf8))
    }
    private mutating func add(_ bytes: [UInt8]) -> Int {
        offsets.append(body.count)
        body += Array("\(offsets.count) 0 obj\n".utf8) + bytes + Array("\nendobj\n".utf8)
        return offsets.count
    }

    func bytes(root: Int, info: Int) -> [UInt8] {
        var table = "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            let digits = String(offset)
            table += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        table += "trailer\n<< /Size \(offsets.count + 1) /Root \(root) 0 R /Info \(info) 0 R >>\nstartxref\n\(body.count)\n%%EOF\n"
        return body + Array(table.utf8)
    }
}
