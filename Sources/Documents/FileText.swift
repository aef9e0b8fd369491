import Foundation

/// Reads whole files as text.
package enum FileText {
    /// A network of the whole country takes less than 4 MiB; more is no file of ours.
    package static let limit = 16 << 20

    /// Why a file gives no text.
    package struct Failure: Error {
        package var message: Message
        /// The same for messages about other files.
        package var reason: Reason
        package var line = 1
        package var column = 1

        package init(message: Message, reason: Reason, line: Int = 1, column: Int = 1) {
            self.message = message
            self.reason = reason
            self.line = line
            self.column = column
        }
    }

    /// Why, in both languages.
    package struct Reason {
        package var en: String
        package var vi: String

        /// Of the system.
        package init(errno number: Int32) {
            en = String(cString: strerror(number))
            vi =
                switch number {
                case ENOENT: "không có tệp này"
                case EACCES, EPERM: "không có quyền đọc"
                case EISDIR: "đây là thư mục"
                case ENOTDIR: "một phần của đường dẫn không phải thư mục"
                case ELOOP: "liên kết trỏ vòng quanh"
                case ENAMETOOLONG: "tên quá dài"
                case EMFILE, ENFILE: "đang mở quá nhiều tệp"
                case EIO: "ổ đĩa báo lỗi khi đọc"
                default: "hệ thống báo \"\(en)\""
                }
        }
        package init(_ message: Message) { (en, vi) = (message.en, message.vi) }
    }

    package static func read(_ path: String) throws(Failure) -> String { try text(try bytes(path)) }

    package static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        guard let handle = fopen(path, "rb") else { throw failure() }
        defer { fclose(handle) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, handle)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
            if bytes.count > limit { throw Failure(message: .tooLarge, reason: Reason(.tooLarge)) }
        }
        if ferror(handle) != 0 { throw failure() }
        return bytes
    }

    private static func failure() -> Failure {
        let reason = Reason(errno: errno)
        return Failure(message: .unreadable(reason), reason: reason)
    }

    package static func text(_ bytes: [UInt8]) throws(Failure) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let (line, column) = place(in: bytes)
        throw Failure(message: .notUTF8, reason: Reason(.notUTF8), line: line, column: column)
    }

    /// The first place that is not UTF-8.
    private static func place(in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex { $0 == 10 || $0 == 13 } ?? bytes.endIndex
            if String(validating: bytes[start..<end], as: UTF8.self) == nil {
                let repaired = String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars
                return (line, repaired.prefix { $0 != "\u{FFFD}" }.count + 1)
            }
            line += 1
            start = end + 1
            if end + 1 < bytes.endIndex, bytes[end] == 13, bytes[end + 1] == 10 { start += 1 }
        }
        return (1, 1)
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
