import Documents
import Topology

/// A drawing as one page that needs nothing else: the sheet as SVG inside, a search box, and ``script`` to move and zoom.
struct HTMLWriter {
    let words: DrawingWords

    /// The whole file.
    func file(_ drawing: Drawing, content: SheetContent) -> String {
        let title = XMLText.escaped(content.sheet.title)
        let svg = SVGWriter(tagged: true).element(drawing, title: content.sheet.title, attributes: "id=\"sheet\"")
        let tips = content.captions.map { Self.json($0.tip) }.joined(separator: ",\n")
        return """
            <!doctype html>
            <html lang="\(words.language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            \(Self.style(drawing))
            </style>
            </head>
            <body>
            <header>
            <label>\(words.search) <input id="search" type="search" autocomplete="off"></label>
            <output id="found" aria-live="polite"></output>
            <button id="out" type="button">−</button>
            <button id="in" type="button">+</button>
            <button id="fit" type="button">\(words.fit)</button>
            <button id="print" type="button">\(words.print)</button>
            <span id="help">\(words.pageHelp)</span>
            </header>
            <main id="view">
            \(svg)<div id="cover" hidden></div></main>
            <div id="tip" role="status" hidden></div>
            <script type="application/json" id="tips">[\(tips)]</script>
            <script>
            const found = \(Self.json(words.found));
            \(Self.script)
            </script>
            </body>
            </html>

            """
    }

    private static func style(_ drawing: Drawing) -> String {
        """
        * { box-sizing: border-box; }
        html, body { height: 100%; margin: 0; font: 15px \(SVGWriter.fonts); }
        body { display: flex; flex-direction: column; background: #d8dce1; }
        header { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 6px 10px; background: #fff; border-bottom: 1px solid #999; }
        input { font: inherit; width: 16em; padding: 3px 6px; }
        button { font: inherit; min-width: 2.2em; padding: 3px 8px; }
        #found { min-width: 6em; }
        #help { color: #555; font-size: 13px; }
        #view { flex: 1; min-height: 0; overflow: hidden; cursor: grab; touch-action: none; position: relative; }
        #sheet { width: 100%; height: 100%; display: block; transform-origin: 0 0; user-select: none; }
        #cover { position: absolute; inset: 0; }
        #tip { position: fixed; background: #111; color: #fff; padding: 5px 8px; border-radius: 4px; white-space: pre-line; max-width: 30em; pointer-events: none; font-size: 13px; }
        .hit { fill: #ffe14d; stroke: #b36b00; stroke-width: .2; pointer-events: none; }
        .hit.now { fill: #ffb84d; stroke-width: .4; }
        @page { size: \(SVGWriter.number(drawing.width))mm \(SVGWriter.number(drawing.height))mm; margin: 0; }
        @media print { header, #tip, #cover, .hit { display: none; } html, body, #view { height: auto; display: block; } #sheet { transform: none !important; } }
        """
    }

    /// A JSON string that may stand inside a script element.
    static func json(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "<", ">", "&", "\u{2028}", "\u{2029}": out += Self.escape(scalar)
            case _ where scalar.value < 32: out += Self.escape(scalar)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let hex = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }
}
