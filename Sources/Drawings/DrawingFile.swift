import Documents
import Foundation
import Topology

extension Drawings {
    /// A drawing of the network as a file's bytes. The same network and options give the same bytes; of a PDF file with the same fonts.
    public static func drawing(
        _ network: Network, format: DrawingFormat, options: DrawingOptions
    ) throws(DrawingProblem) -> [UInt8] {
        let content = DrawingCaptions(network, options).content
        switch format {
        case .dot: return Array(DOTWriter(network, content).file.utf8)
        case .html:
            var options = options
            // A page may be as large as a map asks for.
            if options.arrangement == .automatic, content.isMostlyPlaced, options.paper == nil { options.arrangement = .map }
            let page = HTMLWriter(words: DrawingWords(language: options.language)).file(try layOut(content, options), content: content)
            return Array(page.utf8)
        case .pdf: return PDFWriter.file(try layOut(content, options), title: content.sheet.title, fonts: try DrawingFonts.find())
        case .svg: return Array(SVGWriter().file(try layOut(content, options), title: content.sheet.title).utf8)
        }
    }

    /// A drawing of the network as geometry.
    public static func sheet(_ network: Network, options: DrawingOptions) throws(DrawingProblem) -> Drawing {
        try layOut(DrawingCaptions(network, options).content, options)
    }

    private static func layOut(_ content: SheetContent, _ options: DrawingOptions) throws(DrawingProblem) -> Drawing {
        if options.arrangement == .map, !content.places.contains(where: { $0 != nil }) { throw .noPlaces }
        do {
            return try SheetLayout.draw(content, paper: options.paper, arrangement: options.arrangement)
        } catch {
            throw .doesNotFit(nodes: content.tree.count, on: options.paper?.name, smallest: error.smallest?.name)
        }
    }

    /// Draws into a file; its extension names the format.
    public static func draw(_ network: Network, into path: String, options: DrawingOptions) throws(DrawingProblem) {
        guard let format = DrawingFormat(path: path) else { throw .unknownExtension(path) }
        let bytes = try drawing(network, format: format, options: options)
        guard let handle = fopen(path, "wb") else { throw .unwritable(path, String(cString: strerror(errno))) }
        let written = fwrite(bytes, 1, bytes.count, handle)
        // A full disk shows at the latest when the file is closed.
        guard fclose(handle) == 0, written == bytes.count else { throw .unwritable(path, String(cString: strerror(errno))) }
    }
}

/// Why there is no drawing.
public enum DrawingProblem: Error, Hashable {
    /// The file's name says no format.
    case unknownExtension(String)
    /// With the system's reason.
    case unwritable(String, String)
    /// The smallest paper that would do, if one does.
    case doesNotFit(nodes: Int, on: String?, smallest: String?)
    /// No such paper.
    case unknownPaper(String)
    /// Not a day of the calendar as dd/mm/yyyy.
    case badDate(String)
    /// A map of a network without coordinates.
    case noPlaces
    /// A PDF file carries its letters within it, and this machine has none.
    case noFont
    /// A revision or a signer that is not written as it must be, and how.
    case badEntry(String, form: String)

    /// A call that can never work, as opposed to one that meets a bad network or disk.
    public var isUsage: Bool {
        switch self {
        case .unknownExtension, .unknownPaper, .badDate, .badEntry: true
        case .unwritable, .doesNotFit, .noPlaces, .noFont: false
        }
    }

    /// A code for scripts and a sentence that says what to do.
    public func message(_ language: Language) -> String {
        let (code, en, vi) = sentences
        return language == .en ? "error[\(code)]: \(en)" : "error[\(code)]: \(vi)"
    }

    private var sentences: (code: String, en: String, vi: String) {
        switch self {
        case .unknownExtension(let path):
            (
                "unknown-extension", "'\(path)' names no kind of drawing; let it end with .pdf, .svg, .html or .dot",
                "'\(path)' không cho biết loại bản vẽ; hãy đặt tên tệp kết thúc bằng .pdf, .svg, .html hoặc .dot"
            )
        case .unwritable(let path, let reason):
            (
                "unwritable", "'\(path)' cannot be written: \(reason); choose another folder or free the file",
                "không ghi được '\(path)': \(reason); hãy chọn thư mục khác hoặc đóng tệp đang mở"
            )
        case .doesNotFit(let nodes, let paper, let smallest):
            (
                "does-not-fit",
                "\(nodes) nodes do not fit \(paper ?? "any sheet") in legible letters; "
                    + (smallest.map { "use --paper \($0.lowercased()), or no --paper" } ?? "draw its parts one by one"),
                "\(nodes) nút không vừa \(paper.map { "khổ " + $0 } ?? "khổ giấy nào") với chữ đọc được; "
                    + (smallest.map { "hãy dùng --paper \($0.lowercased()) hoặc bỏ --paper" } ?? "hãy vẽ từng phần")
            )
        case .unknownPaper(let name):
            (
                "unknown-paper", "there is no paper '\(name)'; use a4, a3, a2, a1 or a0",
                "không có khổ giấy '\(name)'; hãy dùng a4, a3, a2, a1 hoặc a0"
            )
        case .badDate(let text):
            (
                "bad-date", "'\(text)' is no date; write it like 26/11/2026, or '' to write it by hand",
                "'\(text)' không phải là ngày; hãy viết như 26/11/2026, hoặc '' để ghi tay"
            )
        case .badEntry(let text, let form):
            ("bad-entry", "'\(text)' is not written as it must be: '\(form)'", "'\(text)' viết chưa đúng; hãy viết '\(form)'")
        case .noFont:
            (
                "no-font", "a PDF file needs a font, and this machine has none; install the package fonts-dejavu-core, or draw an .svg",
                "tệp PDF cần phông chữ mà máy này không có; hãy cài gói fonts-dejavu-core, hoặc vẽ ra .svg"
            )
        case .noPlaces:
            (
                "no-places", "no node has coordinates, so there is no map; give 'at: [latitude, longitude]' or use --layout tree",
                "không nút nào có tọa độ nên không vẽ được bản đồ; hãy ghi 'at: [vĩ độ, kinh độ]' hoặc dùng --layout tree"
            )
        }
    }
}
