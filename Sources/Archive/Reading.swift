import Basics
import Conference
import Foundation
import GRDB
import Membership

/// A meeting as it was held.
public struct MeetingRow: Hashable, Sendable {
    /// As in its file.
    public var id: MeetingID
    /// For people.
    public var title: String
    /// What its floor's policy was.
    public var kind: MeetingKind
    /// In the order in which they act.
    public var chairs: [SiteID]
    /// All that it was declared with.
    public var sites: [SiteID]
    /// When its first chair began it.
    public var started: WallTime
    /// Nil while it runs.
    public var ended: WallTime?
}

extension Archive {
    /// Our own records, sorted by lane, scope and key: what a restarted node publishes again before anything else.
    ///
    /// Rows of a lane this version does not know are skipped.
    public func publishedRecords() throws -> [PublishedRecord] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT lane, scope, key, value FROM record ORDER BY lane, scope, key").compactMap { row in
                guard let lane = Lane(rawValue: row["lane"]) else { return nil }
                let scope: String = row["scope"]
                let value: Data = row["value"]
                return PublishedRecord(
                    lane: lane, scope: scope.isEmpty ? nil : MeetingID(scope), key: row["key"], value: [UInt8](value))
            }
        }
    }

    /// Withdrawn links, sorted by record and writer; rows of a later form are skipped.
    public func revocations() throws -> [SpokenRevocation] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT record, value, by FROM revocation ORDER BY record, by").compactMap { row in
                let value: Data = row["value"]
                let by: Int64 = row["by"]
                return Revocation(key: row["record"], value: [UInt8](value)).map {
                    SpokenRevocation($0, by: NodeIndex(rawValue: UInt32(truncatingIfNeeded: by)))
                }
            }
        }
    }

    /// Sites of this node that were in a meeting when the node died: joined and never left.
    public func openAttendance() throws -> [AttendanceRow] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: #"SELECT meeting, site, joined, "left" FROM attendance WHERE "left" IS NULL ORDER BY meeting, site, joined"#
            ).map(AttendanceRow.init(row:))
        }
    }

    /// Who was in a meeting, in the order of joining.
    public func attendance(of meeting: MeetingID) throws -> [AttendanceRow] {
        try database.read { db in
            try Row.fetchAll(
                db, sql: #"SELECT meeting, site, joined, "left" FROM attendance WHERE meeting = ? ORDER BY joined, site"#,
                arguments: [meeting.rawValue]
            ).map(AttendanceRow.init(row:))
        }
    }

    /// The votes of a meeting, in the order in which they were opened.
    public func votes(of meeting: MeetingID) throws -> [VoteRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM vote WHERE meeting = ? ORDER BY opened, vote", arguments: [meeting.rawValue])
                .compactMap(VoteRow.init(row:))
        }
    }

    /// The ballots of a meeting, by vote and site.
    public func ballots(of meeting: MeetingID) throws -> [BallotRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM ballot WHERE meeting = ? ORDER BY vote, site", arguments: [meeting.rawValue])
                .compactMap(BallotRow.init(row:))
        }
    }

    /// The floor decisions of a meeting, in the order written; rows of events this version does not know are skipped.
    public func audit(of meeting: MeetingID) throws -> [AuditRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM audit WHERE meeting = ? ORDER BY id", arguments: [meeting.rawValue])
                .compactMap(AuditRow.init(row:))
        }
    }

    /// All meetings this node saw, newest first; rows of kinds this version does not know are skipped.
    public func meetings() throws -> [MeetingRow] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM meeting ORDER BY started DESC, id").compactMap { row in
                guard let kind = MeetingKind(rawValue: row["kind"]) else { return nil }
                func sites(_ column: String) -> [SiteID] {
                    let text: String = row[column]
                    return text.split(separator: "\n").map { SiteID(String($0)) }
                }
                return MeetingRow(
                    id: MeetingID(row["id"]), title: row["title"], kind: kind, chairs: sites("chairs"), sites: sites("sites"),
                    started: WallTime(milliseconds: row["started"]),
                    ended: (row["ended"] as Int64?).map { WallTime(milliseconds: $0) })
            }
        }
    }
}

extension AttendanceRow {
    fileprivate init(row: Row) {
        self.init(
            meeting: MeetingID(row["meeting"]), site: SiteID(row["site"]), joined: WallTime(milliseconds: row["joined"]),
            left: (row["left"] as Int64?).map { WallTime(milliseconds: $0) })
    }
}

extension VoteRow {
    fileprivate init?(row: Row) {
        guard let vote = VoteID(row["vote"] as String) else { return nil }
        self.init(
            meeting: MeetingID(row["meeting"]), vote: vote, by: SiteID(row["by"]), question: row["question"],
            closed: (row["closed"] as Int64?).map { WallTime(milliseconds: $0) })
    }
}

extension BallotRow {
    fileprivate init?(row: Row) {
        guard let vote = VoteID(row["vote"] as String) else { return nil }
        self.init(
            meeting: MeetingID(row["meeting"]), vote: vote, site: SiteID(row["site"]),
            ballot: Ballot(agree: row["agree"], disagree: row["disagree"], abstain: row["abstain"]), cast: WallTime(milliseconds: row["at"]))
    }
}

extension AuditRow {
    fileprivate init?(row: Row) {
        guard let event = Event(rawValue: row["event"]) else { return nil }
        func bits(_ column: String) -> UInt64? { (row[column] as Int64?).map { UInt64(bitPattern: $0) } }
        func node(_ column: String) -> NodeIndex? { bits(column).map { NodeIndex(rawValue: UInt32(truncatingIfNeeded: $0)) } }
        var request: RequestID?
        if let at = node("request_node"), let counter = bits("request_counter") { request = RequestID(node: at, counter: counter) }
        var lease: LeaseName?
        if let epoch = bits("lease_epoch"), let crown = node("lease_crown"), let sequence = bits("lease_sequence") {
            lease = LeaseName(epoch: epoch, crown: crown, sequence: sequence)
        }
        self.init(
            meeting: MeetingID(row["meeting"]), at: WallTime(milliseconds: row["at"]), event: event,
            site: (row["site"] as String?).map { SiteID($0) }, by: (row["by"] as String?).map { SiteID($0) }, request: request,
            lease: lease, refusal: (row["refusal"] as String?).flatMap { Refusal(rawValue: $0) })
    }
}
