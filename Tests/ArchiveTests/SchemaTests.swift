import Basics
import Conference
import Foundation
import GRDB
import Membership
import Testing

@testable import Archive

@Suite("Archives of other versions, and damaged ones") struct SchemaTests {
    private let meeting = MeetingID("giao-ban")

    /// The tables as version 0.1.0 made them. Written out, so that a changed migration is noticed.
    private static let firstVersion = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');
        CREATE TABLE incarnation (id INTEGER PRIMARY KEY CHECK (id = 1), counter INTEGER NOT NULL);
        CREATE TABLE record (
          lane INTEGER NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
          PRIMARY KEY (lane, scope, key)) WITHOUT ROWID;
        CREATE TABLE meeting (
          id TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, title TEXT NOT NULL, kind TEXT NOT NULL,
          chairs TEXT NOT NULL, sites TEXT NOT NULL, PRIMARY KEY (id, started)) WITHOUT ROWID;
        CREATE TABLE attendance (
          meeting TEXT NOT NULL, site TEXT NOT NULL, joined INTEGER NOT NULL, "left" INTEGER,
          PRIMARY KEY (meeting, site, joined)) WITHOUT ROWID;
        CREATE TABLE audit (
          id INTEGER PRIMARY KEY AUTOINCREMENT, meeting TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
          site TEXT, by TEXT, request_node INTEGER, request_counter INTEGER, lease_epoch INTEGER,
          lease_crown INTEGER, lease_sequence INTEGER, refusal TEXT);
        CREATE INDEX audit_meeting ON audit (meeting, id);
        INSERT INTO incarnation VALUES (1, 41);
        INSERT INTO record VALUES (\(Lane.floor.rawValue), 'giao-ban', 'request/1', x'0102');
        INSERT INTO meeting VALUES ('giao-ban', 10, NULL, 'Giao ban', 'giao-ban', 'a', 'a' || char(10) || 'b/1');
        INSERT INTO attendance VALUES ('giao-ban', 'a', 11, NULL);
        INSERT INTO audit (meeting, at, event, site) VALUES ('giao-ban', 12, 'requested', 'a');
        """

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("schema-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder + "/a.sqlite")
    }

    /// Makes a file of the first version and changes it by hand.
    private func makeFirst(_ path: String, _ change: String = "") throws {
        let file = try DatabaseQueue(path: path)
        try file.write { try $0.execute(sql: Self.firstVersion + change) }
        try file.close()
    }

    @Test("a file of the first version is taken over with all its rows, and has votes from then on")
    func first() throws {
        try inFolder { path in
            try makeFirst(path)
            let archive = try Archive(path: path)
            #expect(try archive.publishedRecords() == [PublishedRecord(lane: .floor, scope: meeting, key: "request/1", value: [1, 2])])
            #expect(try archive.meetings().map(\.sites) == [[SiteID("a"), SiteID("b/1")]])
            #expect(try archive.openAttendance().map(\.site) == [SiteID("a")])
            #expect(try archive.audit(of: meeting).map(\.event) == [.requested])
            #expect(try archive.votes(of: meeting).isEmpty)
            let vote = VoteRow(
                meeting: meeting, vote: VoteID(node: NodeIndex(rawValue: 7), opened: Stamp(milliseconds: 13, counter: 0)), by: SiteID("a"),
                question: "Thông qua?", closed: nil)
            archive.append([.vote(vote)])
            #expect(archive.flush())
            #expect(try archive.votes(of: meeting) == [vote])
            #expect(try archive.beginIncarnation() == 42)
            try archive.close()
            // Once more: nothing is migrated twice.
            #expect(try Archive(path: path).votes(of: meeting) == [vote])
        }
    }

    @Test("a file that a later program wrote is read: its rows of unknown kinds are skipped, its tables stay")
    func later() throws {
        try inFolder { path in
            try Archive(path: path).close()
            let file = try DatabaseQueue(path: path)
            try file.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO grdb_migrations VALUES ('later');
                        CREATE TABLE recording (id INTEGER PRIMARY KEY);
                        INSERT INTO recording VALUES (5);
                        ALTER TABLE attendance ADD COLUMN device TEXT;
                        INSERT INTO record VALUES (200, 'giao-ban', 'x', x'01'), (\(Lane.roster.rawValue), 'giao-ban', 'site/a', x'03');
                        INSERT INTO meeting VALUES ('m', 10, NULL, 't', 'dai-hoi', 'a', 'a'), ('n', 11, NULL, 't', 'hop', 'a', 'a');
                        INSERT INTO audit (meeting, at, event) VALUES ('n', 12, 'recorded'), ('n', 13, 'granted');
                        INSERT INTO vote VALUES ('n', 'a vote with another name', 'a', 'q', 5, NULL);
                        INSERT INTO attendance (meeting, site, joined, device) VALUES ('n', 'a', 11, 'h323');
                        """)
            }
            try file.close()
            let archive = try Archive(path: path)
            #expect(try archive.publishedRecords().map(\.key) == ["site/a"])
            #expect(try archive.meetings().map(\.id) == [MeetingID("n")])
            #expect(try archive.audit(of: MeetingID("n")).map(\.event) == [.granted])
            #expect(try archive.votes(of: MeetingID("n")).isEmpty)
            #expect(try archive.attendance(of: MeetingID("n")).map(\.site) == [SiteID("a")])
            let left = AttendanceRow(
                meeting: MeetingID("n"), site: SiteID("a"), joined: WallTime(milliseconds: 11), left: WallTime(milliseconds: 20))
            archive.append([.attendance(left)])
            #expect(archive.flush())
            try archive.close()
            let again = try DatabaseQueue(path: path)
            #expect(try again.read { try Int.fetchOne($0, sql: "SELECT id FROM recording") } == 5)
            #expect(try again.read { try String.fetchOne($0, sql: "SELECT device FROM attendance") } == "h323")
        }
    }

    @Test("a file that is no database is refused when it is opened, and stays as it is")
    func noDatabase() throws {
        try inFolder { path in
            let bytes = Data("Đây là một tệp khác. ".utf8) + Data(repeating: 0x20, count: 4_000)
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(throws: DatabaseError.self) { _ = try Archive(path: path) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        }
    }

    @Test("a folder that is missing is refused")
    func noFolder() throws {
        try inFolder { path in #expect(throws: DatabaseError.self) { _ = try Archive(path: path + "/missing/a.sqlite") } }
    }

    @Test("a damaged page is an error of what reads it, never a crash and never a row that nobody wrote", arguments: [0x00, 0x5A, 0xFF])
    func damagedPage(byte: Int) throws {
        try inFolder { path in
            var archive = try Archive(path: path)
            archive.append((0..<500).map { .audit(AuditRow(meeting: meeting, at: WallTime(milliseconds: $0), event: .requested, site: SiteID("a"))) })
            try archive.close()
            // Behind the first page, which has the schema, everything is damaged.
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            let size = try file.seekToEnd()
            try file.seek(toOffset: 4_096)
            try file.write(contentsOf: Data(repeating: UInt8(byte), count: Int(size) - 4_096))
            try file.close()
            // Told when it is opened, or by what reads it.
            #expect(throws: DatabaseError.self) {
                archive = try Archive(path: path)
                _ = try archive.audit(of: meeting)
            }
        }
    }

    @Test("a file that was cut short is an error, or holds a beginning of what was written")
    func cut() throws {
        try inFolder { path in
            let archive = try Archive(path: path)
            archive.append((0..<500).map { .audit(AuditRow(meeting: meeting, at: WallTime(milliseconds: $0), event: .requested, site: SiteID("a"))) })
            try archive.close()
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for count in stride(from: 0, to: whole.count, by: 4_096) {
                try whole.prefix(count).write(to: URL(fileURLWithPath: path))
                guard let rows = try? Archive(path: path).audit(of: meeting) else { continue }
                #expect(rows.map(\.at.milliseconds) == Array(0..<Int64(rows.count)) && rows.count < 500, "\(count) bytes")
            }
        }
    }
}
