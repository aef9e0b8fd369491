import Foundation

/// The pages' files, read once. Plain HTML, CSS and JavaScript modules; nothing is fetched from elsewhere.
///
/// Looked for beside the executable (an installed node keeps `NhipCau_Console.resources` or `pages` there, or in
/// `../share/nhipcau/pages`), then in the source folder it was built from (tests). Not `Bundle.module`: that one traps
/// where an installation lacks the files.
public struct Pages: Sendable {
    /// One file.
    public struct File: Sendable {
        public var bytes: [UInt8]
        /// For Content-Type, with the charset of texts.
        public var mediaType: String
    }

    private let files: [String: File]

    /// File names without folder, sorted.
    public var names: [String] { files.keys.sorted() }

    /// By name, such as `room.html`. Names with a slash are never found.
    public func file(_ name: String) -> File? { files[name] }

    /// An HTML page in a language: the only thing changed in it is `<html lang>`.
    public func html(_ name: String, language: Language) -> [UInt8]? {
        guard let file = files[name + ".html"] else { return nil }
        guard language != .vietnamese else { return file.bytes }
        let text = String(decoding: file.bytes, as: UTF8.self)
        return Array(text.replacing("<html lang=\"vi\"", with: "<html lang=\"\(language.rawValue)\"", maxReplacements: 1).utf8)
    }

    /// Reads all files of a folder; nil if it has no `room.html`.
    public init?(folder: String) {
        var files: [String: File] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard let mediaType = Pages.mediaType(name),
                let data = FileManager.default.contents(atPath: folder + "/" + name)
            else { continue }
            files[name] = File(bytes: [UInt8](data), mediaType: mediaType)
        }
        guard files["room.html"] != nil else { return nil }
        self.files = files
    }

    /// The pages of this installation.
    public static func installed() -> Pages? {
        for folder in candidates + [sources] { if let pages = Pages(folder: folder) { return pages } }
        return nil
    }

    /// Where an installed node keeps its pages, in the order tried.
    public static var candidates: [String] {
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? "."
        return [
            executable + "/NhipCau_Console.resources/Pages", executable + "/pages", executable + "/../share/nhipcau/pages",
        ]
    }

    private static let sources = String(#filePath.dropLast("Pages.swift".count)) + "Pages"

    private static func mediaType(_ name: String) -> String? {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: nil
        }
    }
}
