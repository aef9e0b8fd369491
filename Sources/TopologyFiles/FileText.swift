import Foundation

/// Reads whole files as text.
package enum FileText {
    /// A network of the whole country takes less than 4 MiB; more is no file of ours.
    static let limit = 16 << 20

    /// Why a file gives no text.
    package struct Failure: Error {
        package var message: Message
        /// Of the system, for messages about other files.
        package var reason: String
        package var line = 1
    }

    package static func read(_ path: String) throws(Failure) -> String { try text(try bytes(path)) }

    static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        guard let handle = fopen(path, "rb") else { throw failure() }
        defer { fclose(handle) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, handle)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
            if bytes.count > limit { throw Failure(message: .tooLarge, reason: Message.tooLarge.en) }
        }
        if ferror(handle) != 0 { throw failure() }
        return bytes
    }

    private static func failure() -> Failure {
        let reason = String(cString: strerror(errno))
        return Failure(message: .unreadable(reason), reason: reason)
    }

    static func text(_ bytes: [UInt8]) throws(Failure) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        throw Failure(message: .notUTF8, reason: Message.notUTF8.en, line: bad + 1)
    }

    /// `path` as seen from the folder of `base`, without `.` and `..` where they can go.
    package static func resolve(_ path: String, from base: String) -> String {
        let folder = base.lastIndex(of: "/").map { String(base[...$0]) } ?? ""
        return normalise(path.hasPrefix("/") ? path : folder + path)
    }

    package static func normalise(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
