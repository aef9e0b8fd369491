import Basics
import Foundation
import Native

/// Until when a node takes what programs before tokens had a key of their own made: links that the root key signed, with or without an
/// audience, a token in the address of an event stream, and a node that asks another without a certificate.
///
/// The date stands in the state folder, where an operator may read it and bring it forward. A folder that was issued together with a
/// token key begins without such a time.
struct OldLinks: Sendable {
    /// How long a node takes them that ran before: three months.
    static let grace = Interval.seconds(Int64(92 * 86_400))

    let until: WallTime

    /// Reads the date, or sets it for a node that has none yet. Throws if the file cannot be read or written, or holds no date.
    init(_ state: StateFolder, now: WallTime) throws {
        if !FileManager.default.fileExists(atPath: state.oldLinks) { try OldLinks.write(now + OldLinks.grace, state) }
        let text = try String(contentsOfFile: state.oldLinks, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let date = try? Date(text, strategy: .iso8601) else {
            throw StateFolder.Unusable(path: state.oldLinks, reason: .unreadable("no date such as 2027-03-01T00:00:00Z"))
        }
        until = WallTime(milliseconds: Int64(date.timeIntervalSince1970 * 1_000))
    }

    /// A folder of a network whose links have a key of their own from the start; one that has a date keeps it.
    static func close(_ state: StateFolder, now: WallTime) throws {
        if !FileManager.default.fileExists(atPath: state.oldLinks) { try write(now, state) }
    }

    private static func write(_ date: WallTime, _ state: StateFolder) throws { try PrivateFile.create(text(date) + "\n", at: state.oldLinks) }

    /// As a log and the file say it.
    static func text(_ time: WallTime) -> String { Date(timeIntervalSince1970: Double(time.milliseconds / 1_000)).formatted(.iso8601) }
}
