import Basics
import Conference
import Foundation
import GRDB
import Membership

/// One thing to remember.
public enum ArchiveRow: Hashable, Sendable {
    /// A decision about the floor.
    case audit(AuditRow)
    /// A site came, or (same meeting, site and time of joining) left.
    case attendance(AttendanceRow)
    /// A vote was opened or (same meeting and vote) closed.
    case vote(VoteRow)
    /// A site cast a ballot, or (same meeting, vote and site) changed it.
    case ballot(BallotRow)
    /// A signed record of any node, with what proves it, and when it was written here or came.
    case proof(ProvenRecord, at: WallTime)
    /// A record of our own namespace; the newest value of its key is kept.
    case publish(PublishedRecord)
    /// A record of our own namespace was deleted.
    case withdraw(lane: Lane, scope: MeetingID?, key: String)
    /// All own records of a meeting may go.
    case forget(MeetingID)
    /// A meeting began here.
    case meetingStarted(MeetingDefinition, at: WallTime)
    /// It ended.
    case meetingEnded(MeetingID, at: WallTime)
    /// A link was withdrawn.
    case revoked(SpokenRevocation)
    /// Such a word may go: the link would be over.
    case forgetRevocation(SpokenRevocation)
}

extension ArchiveRow {
    /// Inside a transaction of the archive's queue.
    func write(to db: Database) throws {
        switch self {
        case .audit(let row):
            try db.execute(
                sql: """
                    INSERT INTO audit (meeting, at, event, site, by, request_node, request_counter, lease_epoch, lease_crown,
                    lease_sequence, refusal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    row.meeting.rawValue, row.at.milliseconds, row.event.rawValue, row.site?.rawValue, row.by?.rawValue,
                    row.request.map { Int64($0.node.rawValue) }, row.request.map { Int64(bitPattern: $0.counter) },
                    row.lease.map { Int64(bitPattern: $0.epoch) }, row.lease.map { Int64($0.crown.rawValue) },
                    row.lease.map { Int64(bitPattern: $0.sequence) }, row.refusal?.rawValue,
                ])
        case .attendance(let row):
            try db.execute(
                sql: """
                    INSERT INTO attendance (meeting, site, joined, "left") VALUES (?, ?, ?, ?)
                    ON CONFLICT (meeting, site, joined) DO UPDATE SET "left" = COALESCE(excluded."left", "left")
                    """,
                arguments: [row.meeting.rawValue, row.site.rawValue, row.joined.milliseconds, row.left?.milliseconds])
        case .vote(let row):
            try db.execute(
                sql: """
                    INSERT INTO vote (meeting, vote, by, question, opened, closed) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (meeting, vote) DO UPDATE SET closed = COALESCE(excluded.closed, closed)
                    """,
                arguments: [
                    row.meeting.rawValue, row.vote.description, row.by.rawValue, row.question, row.vote.opened.milliseconds,
                    row.closed?.milliseconds,
                ])
        case .ballot(let row):
            try db.execute(
                sql: "INSERT OR REPLACE INTO ballot (meeting, vote, site, agree, disagree, abstain, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    row.meeting.rawValue, row.vote.description, row.site.rawValue, row.ballot.agree, row.ballot.disagree, row.ballot.abstain,
                    row.cast.milliseconds,
                ])
        case .proof(let record, let at): try record.write(at, to: db)
        case .publish(let record):
            try db.execute(
                sql: "INSERT OR REPLACE INTO record (lane, scope, key, value) VALUES (?, ?, ?, ?)",
                arguments: [Int64(record.lane.rawValue), record.scope?.rawValue ?? "", record.key, Data(record.value)])
        case .withdraw(let lane, let scope, let key):
            try db.execute(
                sql: "DELETE FROM record WHERE lane = ? AND scope = ? AND key = ?",
                arguments: [Int64(lane.rawValue), scope?.rawValue ?? "", key])
        case .forget(let meeting):
            try db.execute(sql: "DELETE FROM record WHERE scope = ?", arguments: [meeting.rawValue])
        case .revoked(let spoken):
            try db.execute(
                sql: "INSERT OR REPLACE INTO revocation (record, value, by) VALUES (?, ?, ?)",
                arguments: [spoken.revocation.recordKey, Data(spoken.revocation.recordValue), Int64(spoken.by.rawValue)])
        case .forgetRevocation(let spoken):
            try db.execute(
                sql: "DELETE FROM revocation WHERE record = ? AND value = ? AND by = ?",
                arguments: [spoken.revocation.recordKey, Data(spoken.revocation.recordValue), Int64(spoken.by.rawValue)])
        case .meetingStarted(let meeting, let at):
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO meeting (id, started, title, kind, chairs, sites) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    meeting.id.rawValue, at.milliseconds, meeting.title, meeting.kind.rawValue,
                    meeting.chairs.map(\.rawValue).joined(separator: "\n"), meeting.sites.map(\.rawValue).joined(separator: "\n"),
                ])
        case .meetingEnded(let id, let at):
            try db.execute(
                sql: """
                    UPDATE meeting SET ended = ?1 WHERE id = ?2 AND ended IS NULL
                    AND started = (SELECT MAX(started) FROM meeting WHERE id = ?2)
                    """, arguments: [at.milliseconds, id.rawValue])
        }
    }
}
