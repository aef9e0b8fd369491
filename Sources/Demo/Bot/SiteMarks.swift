import Foundation

/// Which mark belongs to which site: the file a demo writes and its bots read.
struct SiteMarks: Sendable {
    struct Entry: Hashable, Sendable {
        /// Of ``SoundMark`` and ``PictureMark``.
        var index: Int
        var site: String
        /// As spoken and shown.
        var name: String
    }
    var entries: [Entry]

    init(_ entries: [Entry]) { self.entries = entries }

    /// Reads the file's text; lines that are none are left out.
    init(text: String) {
        entries = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 2)
            guard parts.count == 3, let index = Int(parts[0]) else { return nil }
            return Entry(index: index, site: String(parts[1]), name: String(parts[2]))
        }
    }

    var text: String { entries.map { "\($0.index)\t\($0.site)\t\($0.name)\n" }.joined() }

    func entry(_ site: String) -> Entry? { entries.first { $0.site == site } }
    func site(_ index: Int) -> String? { entries.first { $0.index == index }?.site }
}
