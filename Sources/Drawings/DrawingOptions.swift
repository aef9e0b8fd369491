import Documents
import Topology

/// What a drawing shows besides the network itself.
public struct DrawingOptions: Sendable {
    /// Of all words on the sheet.
    public var language: Language
    /// As it is to stand in the title block; empty leaves room to write it by hand.
    public var date: String
    /// The meetings whose load is planned and whose halls a loss cuts off; none: all sites meet, from the root.
    public var meetings: [MeetingDemand]
    /// Whether trunks show the planned load, or their capacity alone.
    public var showsLoad: Bool
    /// Nil: the smallest, from A3 up, that holds everything.
    public var paper: Paper?
    /// How the network is shown.
    public var arrangement: SheetLayout.Arrangement

    /// Who issues the drawing; nil: as the topology says.
    public var agency: String?
    /// The drawing's number; empty leaves room to write it by hand.
    public var number = ""
    /// The rows of the table of revisions.
    public var revisions: [Revision] = []
    /// Who drew, who checked, who approved.
    public var signers = [Signer](repeating: Signer(), count: 3)

    /// A row of the table of revisions.
    public struct Revision: Hashable, Sendable {
        /// "A".
        public var mark: String
        /// As it is to stand there.
        public var date: String
        /// What was changed.
        public var what: String
        /// Who changed it.
        public var who: String

        /// From "A;26/11/2026;what;who".
        public init(_ text: String) throws(DrawingProblem) {
            let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { Spelling.tidy(String($0)) }
            guard parts.count == 4, !parts[0].isEmpty else { throw .badEntry(text, form: "A;26/11/2026;nội dung;người sửa") }
            (mark, what, who) = (parts[0], parts[2], parts[3])
            date = try Drawings.drawingDate(parts[1])
        }
    }

    /// Somebody who signs; empty texts leave room to write by hand.
    public struct Signer: Hashable, Sendable {
        /// The office held.
        public var title = ""
        /// In full.
        public var name = ""
        /// Nothing is written.
        public init() {}

        /// From "office;name", or the name alone.
        public init(_ text: String) throws(DrawingProblem) {
            let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { Spelling.tidy(String($0)) }
            guard parts.count <= 2 else { throw .badEntry(text, form: "Trưởng phòng;Nguyễn Văn A") }
            name = parts.last ?? ""
            title = parts.count == 2 ? parts[0] : ""
        }
    }

    public init(
        language: Language = .vi, date: String = "", meetings: [MeetingDemand] = [], showsLoad: Bool = true, paper: Paper? = nil,
        arrangement: SheetLayout.Arrangement = .automatic
    ) {
        self.language = language
        self.date = date
        self.meetings = meetings
        self.showsLoad = showsLoad
        self.paper = paper
        self.arrangement = arrangement
    }
}

/// The kinds of files that a drawing can be written as.
public enum DrawingFormat: String, Hashable, Sendable, CaseIterable {
    /// A sheet to mail and to print.
    case pdf
    /// A sheet to print, or to go on with in a drawing program.
    case svg
    /// The sheet as a page to zoom and search.
    case html
    /// For Graphviz.
    case dot

    /// By a file's extension.
    public init?(path: String) {
        guard let name = path.split(separator: "/").last, let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
        self.init(rawValue: name[name.index(after: dot)...].lowercased())
    }
}

extension Drawings {
    /// A paper by its name in any case; nil for nil.
    public static func paper(_ name: String?) throws(DrawingProblem) -> Paper? {
        guard let name else { return nil }
        guard let paper = Paper.named.first(where: { $0.name.lowercased() == name.lowercased() }) else { throw .unknownPaper(name) }
        return paper
    }

    /// A day of the calendar as dd/mm/yyyy, or nothing.
    public static func drawingDate(_ text: String) throws(DrawingProblem) -> String {
        if text.isEmpty { return text }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let lengths = [2, 2, 4]
        guard parts.count == 3, zip(parts, lengths).allSatisfy({ $0.utf8.count == $1 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let day = Int(parts[0]), let month = Int(parts[1]), let year = Int(parts[2]), (1...12).contains(month)
        else { throw .badDate(text) }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        guard (1...days).contains(day) else { throw .badDate(text) }
        return text
    }
}
