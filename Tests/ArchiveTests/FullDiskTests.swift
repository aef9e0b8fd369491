import Basics
import Conference
import Foundation
import Testing

@testable import Archive

@Suite("An archive on a full disk") struct FullDiskTests {
    private let meeting = MeetingID("giao-ban")

    private func rows(_ range: Range<Int64>) -> [ArchiveRow] {
        range.map { .audit(AuditRow(meeting: meeting, at: WallTime(milliseconds: $0), event: .requested, site: SiteID("yen-mo"))) }
    }

    @Test("rows wait while SQLite finds no room, in their order, and are written soon after there is some", .timeLimit(.minutes(1)))
    func full() async throws {
        let folder = NSTemporaryDirectory() + "nhipcau-full-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (turns, sink) = AsyncStream.makeStream(of: Archive.Turn.self)
        let archive = try Archive(path: folder + "/a.sqlite") { sink.yield($0) }
        var told = turns.makeAsyncIterator()
        archive.append(rows(0..<10))
        #expect(archive.flush())

        // No page more than there are: SQLITE_FULL, as from a file system without room.
        try await archive.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        archive.append(rows(10..<600))
        #expect(!archive.flush())
        guard case .refused(let reason, waiting: 590)? = await told.next() else { throw Surprise() }
        #expect(reason == .full)
        archive.append(rows(600..<700))
        #expect(!archive.flush())
        #expect(archive.snapshot.waiting == 690 && archive.snapshot.written == 10 && archive.snapshot.lost == 0)
        #expect(try archive.audit(of: meeting).count == 10)

        // Nothing new is appended: it tries by itself.
        try await archive.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        #expect(await told.next() == .takes(690))
        #expect(archive.snapshot.waiting == 0 && archive.snapshot.problem == nil)
        #expect(try archive.audit(of: meeting).map(\.at.milliseconds) == Array(0..<700))
        try archive.close()
    }

    private struct Surprise: Error {}
}
