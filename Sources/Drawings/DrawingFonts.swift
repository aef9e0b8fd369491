import Documents

/// The two fonts that a PDF file carries within it.
struct DrawingFonts {
    let regular: TrueTypeFont
    let bold: TrueTypeFont

    /// Where systems keep sans-serif fonts with all Vietnamese letters, the one that sheets are measured for first.
    static let places: [(regular: String, bold: String)] = [
        ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
        ("/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf", "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf"),
        ("/usr/share/fonts/TTF/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf"),
        ("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf"),
        ("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"),
        ("/System/Library/Fonts/Supplemental/Arial.ttf", "/System/Library/Fonts/Supplemental/Arial Bold.ttf"),
    ]

    /// The first pair that this machine has.
    static func find() throws(DrawingProblem) -> DrawingFonts {
        for place in places {
            guard let regular = font(place.regular), let bold = font(place.bold) else { continue }
            return DrawingFonts(regular: regular, bold: bold)
        }
        throw .noFont
    }

    private static func font(_ path: String) -> TrueTypeFont? {
        guard let bytes = try? FileText.bytes(path), let font = TrueTypeFont(bytes), font.glyph("ệ") > 0, font.glyph("↓") > 0 else { return nil }
        return font
    }
}
