import Drawings
import Foundation
import Testing
import Topology

struct DrawingFileTests {
    private static func problem(_ body: () throws -> Void) -> DrawingProblem? {
        do {
            try body()
            return nil
        } catch { return error as? DrawingProblem }
    }

    private func text(_ network: Network, format: DrawingFormat, options: DrawingOptions) throws -> String {
        String(decoding: try Drawings.drawing(network, format: format, options: options), as: UTF8.self)
    }

    @Test("what keeps a drawing from being made is said in both languages")
    func problems() throws {
        let large = try loadNetwork("thai-nguyen")
        let small = try loadNetwork("yen-mo")
        func draw(_ network: Network, _ path: String, _ options: DrawingOptions = .init()) -> DrawingProblem? {
            Self.problem { try Drawings.draw(network, into: path, options: options) }
        }
        let table: [(DrawingProblem?, String, String)] = [
            (
                draw(small, "/tmp/so-do.png"),
                "error[unknown-extension]: '/tmp/so-do.png' names no kind of drawing; let it end with .pdf, .svg, .html or .dot",
                "error[unknown-extension]: '/tmp/so-do.png' không cho biết loại bản vẽ; hãy đặt tên tệp kết thúc bằng .pdf, .svg, .html hoặc .dot"
            ),
            (
                draw(small, "/no/such/folder/x.svg"),
                "error[unwritable]: '/no/such/folder/x.svg' cannot be written: No such file or directory; choose another folder or free the file",
                "error[unwritable]: không ghi được '/no/such/folder/x.svg': No such file or directory; hãy chọn thư mục khác hoặc đóng tệp đang mở"
            ),
            (
                draw(large, "/no/such/folder/x.svg", DrawingOptions(paper: .a4)),
                "error[does-not-fit]: 188 nodes do not fit A4 in legible letters; use --paper a3, or no --paper",
                "error[does-not-fit]: 188 nút không vừa khổ A4 với chữ đọc được; hãy dùng --paper a3 hoặc bỏ --paper"
            ),
            (
                draw(small, "/no/such/folder/x.svg", DrawingOptions(arrangement: .map)),
                "error[no-places]: no node has coordinates, so there is no map; give 'at: [latitude, longitude]' or use --layout tree",
                "error[no-places]: không nút nào có tọa độ nên không vẽ được bản đồ; hãy ghi 'at: [vĩ độ, kinh độ]' hoặc dùng --layout tree"
            ),
            (
                Self.problem { _ = try Drawings.paper("b5") }, "error[unknown-paper]: there is no paper 'b5'; use a4, a3, a2, a1 or a0",
                "error[unknown-paper]: không có khổ giấy 'b5'; hãy dùng a4, a3, a2, a1 hoặc a0"
            ),
            (
                Self.problem { _ = try Drawings.drawingDate("2026-11-26") },
                "error[bad-date]: '2026-11-26' is no date; write it like 26/11/2026, or '' to write it by hand",
                "error[bad-date]: '2026-11-26' không phải là ngày; hãy viết như 26/11/2026, hoặc '' để ghi tay"
            ),
        ]
        for (problem, english, vietnamese) in table {
            #expect(problem?.message(.en) == english)
            #expect(problem?.message(.vi) == vietnamese)
        }
        #expect(!FileManager.default.fileExists(atPath: "/tmp/so-do.png"))
    }

    @Test("a date is a day of the calendar", arguments: ["29/02/2024", "31/12/2026", ""])
    func goodDate(text: String) throws { #expect(try Drawings.drawingDate(text) == text) }

    @Test("what is no day is refused", arguments: ["29/02/2025", "31/04/2026", "1/1/2026", "00/01/2026", "01/13/2026", "a/b/c", "٠١/01/2026"])
    func badDate(text: String) { #expect(Self.problem { _ = try Drawings.drawingDate(text) } == .badDate(text)) }

    @Test("an extension in any case names the format; a file without one names none")
    func extensions() {
        #expect(DrawingFormat(path: "a/b.SVG") == .svg)
        #expect(DrawingFormat(path: "b.c/x.html") == .html)
        #expect(DrawingFormat(path: "x.dot") == .dot)
        for path in ["svg", ".svg", "a.svg/x", "x.", ""] { #expect(DrawingFormat(path: path) == nil) }
    }

    @Test("SVG and page are well-formed, hold every name, and ask nothing of the network", arguments: shippedNetworks)
    func wellFormed(name: String) throws {
        let network = try loadNetwork(name)
        let svg = try text(network, format: .svg, options: options())
        let parser = XMLCheck(svg)
        #expect(parser.error == nil)
        let page = try text(network, format: .html, options: options())
        #expect(XMLCheck(String(page[page.range(of: "<svg")!.lowerBound..<page.range(of: "</svg>")!.upperBound])).error == nil)
        for node in network.nodes { #expect(parser.text.contains(node.name)) }
        for text in [svg, page] {
            let rest = text.replacing("http://www.w3.org/2000/svg", with: "")
            for outside in ["http:", "https:", "url(", "@import", "src="] { #expect(!rest.contains(outside), "\(outside)") }
        }
    }

    @Test("letters that mean something to SVG, JavaScript or Graphviz are written so that they do not")
    func escapes() throws {
        let network = try network("  - {id: x, level: a, name: 'A \"&\" <b> </script> \\', address: 10.0.0.1}\n")
        let svg = try text(network, format: .svg, options: options())
        #expect(XMLCheck(svg).text.contains("A \"&\" <b> </script> \\"))
        let page = try text(network, format: .html, options: options())
        #expect(page.components(separatedBy: "</script>").count == 3)
        #expect(page.contains(#"A \"\u0026\" \u003cb\u003e \u003c/script\u003e \\"#))
        let dot = try text(network, format: .dot, options: options())
        #expect(dot.contains(#""x" [label="A \"&\" <b> </script> \\\nx"];"#))
    }

    @Test("Graphviz gets nodes, trunks, backups and zones")
    func dot() throws {
        let hubs = try loadNetwork("can-tho-cum")
        let text = try self.text(hubs, format: .dot, options: options())
        let lines = text.split(separator: "\n")
        #expect(lines.count { $0.contains("[label=") && !$0.contains("->") && !$0.contains("graph") } == hubs.count)
        #expect(lines.count { $0.contains(" -> ") && $0.contains("penwidth") } == hubs.count - 1)
        #expect(lines.count { $0.contains("style=dashed, constraint=false") } == hubs.backups.count)
        #expect(text.contains("\"C92-1\" -> \"C92-2\" [style=dashed"))
        let party = try loadNetwork("bac-ninh-tinh-uy")
        let zones = try self.text(party, format: .dot, options: options())
        #expect(zones.contains("subgraph \"cluster_CA27\" {\n    label=\"Vùng bảo vệ: Công an\";"))
        #expect(zones.count { $0 == "{" } == zones.count { $0 == "}" })
    }

    @Test("a drawing lands in its file")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("nhipcau-\(ProcessInfo.processInfo.processIdentifier).svg").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let network = try loadNetwork("three-levels")
        try Drawings.draw(network, into: path, options: options())
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text(network, format: .svg, options: options()))
    }
}

/// A small strict reader of the XML that we write: elements nest, attributes are quoted, entities are known.
struct XMLCheck {
    private(set) var error: String?
    private(set) var text = ""

    init(_ xml: String) {
        var open: [Substring] = []
        var rest = xml[...]
        if rest.hasPrefix("<?xml"), let end = rest.range(of: "?>") { rest = rest[end.upperBound...] }
        while error == nil, let start = rest.firstIndex(of: "<") {
            read(rest[..<start])
            guard let end = rest[start...].firstIndex(of: ">") else {
                error = "an open tag"
                return
            }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                if open.popLast() != tag.dropFirst() { error = "\(tag) closes nothing" }
                continue
            }
            let name = tag.prefix { !" /".contains($0) }
            var attributes = tag.dropFirst(name.count)
            let closed = attributes.hasSuffix("/")
            if closed { attributes.removeLast() }
            let parts = attributes.split(separator: "\"", omittingEmptySubsequences: false)
            for (i, part) in parts.enumerated() where i % 2 == 0 && i < parts.count - 1 {
                if !part.hasPrefix(" ") || !part.hasSuffix("=") { error = "attributes of \(tag)" }
            }
            if parts.count % 2 == 0 { error = "quotes of \(tag)" }
            if !closed { open.append(name) }
        }
        if !open.isEmpty { error = error ?? "\(open) is never closed" }
    }

    private mutating func read(_ content: Substring) {
        var out = String(content)
        for (entity, letter) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")] { out = out.replacing(entity, with: letter) }
        let bare = content.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
        if bare.contains(where: { !$0.hasPrefix("lt;") && !$0.hasPrefix("gt;") && !$0.hasPrefix("quot;") && !$0.hasPrefix("amp;") }) { error = "a bare &" }
        text += out.replacing("&amp;", with: "&")
    }
}
