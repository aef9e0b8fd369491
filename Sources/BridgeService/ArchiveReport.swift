import Archive
import Basics
import Conference
import Foundation
import Topology
import TopologyFiles

/// What a node's archive holds of a meeting, as rows for a terminal or a spreadsheet: `nhipcau archive show`.
public struct ArchiveReport: Sendable {
    /// What may be asked for.
    public enum Part: String, Sendable, CaseIterable {
        case meetings
        case attendance
        case votes
        case audit
    }
    /// The first row has the headings.
    public let rows: [[String]]

    /// Reads the file beside a running node, or without one; it is not changed. `topology`: a file whose names stand beside the ids.
    public init(state folder: String, part: Part, meeting: String?, topology: String? = nil, language: OperatorLanguage) throws {
        let path = StateFolder(folder).archive
        let archive: Archive
        do { archive = try Archive(reading: path) } catch { throw StartFailure.archive(path, Archive.Fault(error), language) }
        defer { try? archive.close() }
        let network = try topology.map { try TopologyFiles.load($0, language: FileLanguage(language)) }
        let words = Words(isEnglish: language == .english, network: network)
        let id = meeting.map { MeetingID($0) }
        if part != .meetings, let id, try !archive.meetings().contains(where: { $0.id == id }) {
            let known = try archive.meetings().prefix(20).map(\.id.rawValue).joined(separator: ", ")
            throw StartFailure(
                language, vi: ("Kho lưu không có cuộc họp '\(id)'.", known.isEmpty ? "Kho lưu chưa có cuộc họp nào." : "Có: \(known)."),
                en: ("The archive has no meeting '\(id)'.", known.isEmpty ? "It has none yet." : "It has \(known)."))
        }
        switch part {
        case .meetings: rows = words.meetings(try archive.meetings())
        case .attendance: rows = words.attendance(try archive.attendance(of: id ?? MeetingID("")))
        case .votes: rows = words.votes(try archive.votes(of: id ?? MeetingID("")), try archive.ballots(of: id ?? MeetingID("")))
        case .audit: rows = words.audit(try archive.audit(of: id ?? MeetingID("")))
        }
    }

    /// Columns side by side.
    public var text: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
                .replacing(#/ +$/#, with: "")
        }.joined(separator: "\n")
    }

    /// RFC 4180 with semicolons, as spreadsheets of Vietnamese and European locales open it; no cell is a formula.
    public var csv: String {
        rows.map { row in
            row.map { cell in
                let safe = cell.first.map { "=+-@\t\r".contains($0) } == true ? "'" + cell : cell
                return safe.contains(where: { ";\"\r\n".contains($0) }) ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
            }.joined(separator: ";")
        }.joined(separator: "\r\n") + "\r\n"
    }

    private struct Words {
        let isEnglish: Bool
        let network: Network?

        func meetings(_ meetings: [MeetingRow]) -> [[String]] {
            let head =
                isEnglish
                ? ["meeting", "title", "kind", "sites", "started", "ended"]
                : ["mã", "tên cuộc họp", "loại", "điểm cầu", "bắt đầu", "kết thúc"]
            return [head] + meetings.map { [$0.id.rawValue, $0.title, $0.kind.rawValue, "\($0.sites.count)", $0.started.local, $0.ended?.local ?? "–"] }
        }

        func attendance(_ stays: [AttendanceRow]) -> [[String]] {
            let head = isEnglish ? ["site", "name", "joined", "left", "minutes"] : ["điểm cầu", "tên", "vào", "rời", "số phút"]
            return [head]
                + stays.map { stay in
                    [
                        stay.site.rawValue, name(stay.site), stay.joined.local, stay.left?.local ?? "–",
                        stay.left.map { "\(max(0, ($0 - stay.joined).milliseconds / 60_000))" } ?? "",
                    ]
                }
        }

        func votes(_ votes: [VoteRow], _ ballots: [BallotRow]) -> [[String]] {
            let head =
                isEnglish
                ? ["question", "site", "name", "agree", "disagree", "abstain", "cast"]
                : ["nội dung", "điểm cầu", "tên", "tán thành", "không tán thành", "không ý kiến", "lúc"]
            return [head]
                + votes.flatMap { vote in
                    let cast = ballots.filter { $0.vote == vote.vote }
                    let sum = [
                        vote.question, "", isEnglish ? "all" : "cộng", "\(cast.reduce(0) { $0 + $1.ballot.agree })",
                        "\(cast.reduce(0) { $0 + $1.ballot.disagree })", "\(cast.reduce(0) { $0 + $1.ballot.abstain })", vote.closed?.local ?? "–",
                    ]
                    return cast.map { row in
                        [
                            vote.question, row.site.rawValue, name(row.site), "\(row.ballot.agree)", "\(row.ballot.disagree)", "\(row.ballot.abstain)",
                            row.cast.local,
                        ]
                    } + [sum]
                }
        }

        func audit(_ rows: [AuditRow]) -> [[String]] {
            let head = isEnglish ? ["time", "event", "site", "by", "reason"] : ["lúc", "việc", "điểm cầu", "do", "lý do"]
            return [head]
                + rows.map { [$0.at.local, $0.event.rawValue, $0.site?.rawValue ?? "", $0.by?.rawValue ?? "", $0.refusal?.rawValue ?? ""] }
        }

        private func name(_ site: SiteID) -> String { network?.name(of: site) ?? "" }
    }
}
