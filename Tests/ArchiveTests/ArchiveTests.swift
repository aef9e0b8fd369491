import Archive
import Basics
import Conference
import Foundation
import Membership
import Testing

@Suite("What the archive keeps") struct ArchiveTests {
    let meeting = MeetingID("giao-ban")

    @Test("rows that were committed are there when the files of a killed node are opened", arguments: [false, true])
    func killed(tornTail: Bool) async throws {
        try await inFolder { folder in
            let archive = try Archive(path: folder + "/a.sqlite")
            #expect(try archive.beginIncarnation() == 1)
            let rows = samples()
            for row in rows { archive.append([row]) }
            #expect(await withCheckedContinuation { done in archive.append([]) { done.resume(returning: $0) } })
            // What is on the disk now is what kill -9 would leave: the archive is never closed.
            let copy = folder + "/after"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: folder + "/a.sqlite" + suffix, toPath: copy + "/a.sqlite" + suffix) }
            if tornTail {
                let log = try FileHandle(forWritingTo: URL(fileURLWithPath: copy + "/a.sqlite-wal"))
                try log.seekToEnd()
                try log.write(contentsOf: Data(repeating: 0x5A, count: 6_000))
                try log.close()
            }
            let again = try Archive(path: copy + "/a.sqlite")
            try expectSamples(in: again)
            #expect(try again.beginIncarnation() == 2)
            try archive.close()
        }
    }

    @Test("withdrawn links are kept over a restart until they are over, each word by its node")
    func revocations() async throws {
        try await inFolder { folder in
            let archive = try Archive(path: folder + "/a.sqlite")
            let until = WallTime(milliseconds: 1_800_000_000_000)
            func word(_ subject: Revocation.Subject, _ by: UInt32) throws -> SpokenRevocation {
                SpokenRevocation(try #require(Revocation(subject, expires: until)), by: NodeIndex(rawValue: by))
            }
            let all = [try word(.link(SiteID("yen-mo/a"), id: "x"), 1), try word(.link(SiteID("yen-mo/a"), id: "x"), 4_000_000_000), try word(.key("k"), 1)]
            archive.append(all.map { .revoked($0) } + [.revoked(all[0])])
            try archive.close()
            let again = try Archive(path: folder + "/a.sqlite")
            #expect(try Set(again.revocations()) == Set(all) && again.revocations().count == 3)
            again.append([.forgetRevocation(all[0])])
            try again.close()
            #expect(try Set(Archive(path: folder + "/a.sqlite").revocations()) == Set(all.dropFirst()))
        }
    }

    @Test("a clean close loses nothing and leaves no log")
    func closed() async throws {
        try await inFolder { folder in
            let archive = try Archive(path: folder + "/a.sqlite")
            archive.append(samples())
            try archive.close()
            try expectSamples(in: Archive(path: folder + "/a.sqlite"))
        }
    }

    @Test("the incarnation counts up over restarts and never falls")
    func incarnation() async throws {
        try await inFolder { folder in
            for expected in 1...3 as ClosedRange<UInt64> { #expect(try Archive(path: folder + "/a.sqlite").beginIncarnation() == expected) }
            let archive = try Archive(path: folder + "/a.sqlite")
            try archive.raiseIncarnation(to: 40)
            try archive.raiseIncarnation(to: 12)
            #expect(try archive.beginIncarnation() == 41)
        }
    }

    @Test("thousands of rows from many tasks keep the order of each task and go out in few transactions")
    func batches() async throws {
        try await inFolder { folder in
            let archive = try Archive(path: folder + "/a.sqlite")
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<8 as Range<Int64> {
                    group.addTask {
                        for i in 0..<500 as Range<Int64> {
                            archive.append([.audit(AuditRow(meeting: meeting, at: WallTime(milliseconds: i), event: .requested, site: SiteID("\(task)")))])
                        }
                    }
                }
            }
            #expect(archive.flush())
            let rows = try archive.audit(of: meeting)
            #expect(rows.count == 4_000 && archive.snapshot.written == 4_000)
            for task in 0..<8 {
                #expect(rows.filter { $0.site == SiteID("\(task)") }.map(\.at.milliseconds) == Array(0..<500))
            }
        }
    }

    private func samples() -> [ArchiveRow] {
        let record = PublishedRecord(lane: .floor, scope: meeting, key: "request/1", value: [1, 2, 3])
        let definition = MeetingDefinition(
            id: meeting, title: "Giao ban", kind: .briefing, chairs: [SiteID("a")], sites: [SiteID("a"), SiteID("b/1")])
        return [
            .meetingStarted(definition, at: WallTime(milliseconds: 10)),
            .attendance(AttendanceRow(meeting: meeting, site: SiteID("a"), joined: WallTime(milliseconds: 11), left: nil)),
            .attendance(AttendanceRow(meeting: meeting, site: SiteID("b/1"), joined: WallTime(milliseconds: 12), left: nil)),
            .attendance(AttendanceRow(meeting: meeting, site: SiteID("b/1"), joined: WallTime(milliseconds: 12), left: WallTime(milliseconds: 20))),
            // A late word of the time before does not open it again.
            .attendance(AttendanceRow(meeting: meeting, site: SiteID("b/1"), joined: WallTime(milliseconds: 12), left: nil)),
            .vote(vote(closed: nil)), .vote(vote(closed: WallTime(milliseconds: 19))), .vote(vote(closed: nil)),
            .ballot(ballot(site: "b/1", agree: 40)), .ballot(ballot(site: "a", agree: 1)), .ballot(ballot(site: "b/1", agree: 38)),
            .publish(PublishedRecord(lane: .floor, scope: meeting, key: "request/1", value: [9])), .publish(record),
            .publish(PublishedRecord(lane: .roster, scope: meeting, key: "site/a", value: [])),
            .withdraw(lane: .roster, scope: meeting, key: "site/a"),
            .publish(PublishedRecord(lane: .floor, scope: MeetingID("old"), key: "x", value: [1])), .forget(MeetingID("old")),
            .audit(audit), .meetingEnded(meeting, at: WallTime(milliseconds: 30)),
        ]
    }
    private var voteID: VoteID { VoteID(node: NodeIndex(rawValue: .max), opened: Stamp(milliseconds: 14, counter: .max)) }
    private func vote(closed: WallTime?) -> VoteRow {
        VoteRow(meeting: meeting, vote: voteID, by: SiteID("a"), question: "Thông qua?", closed: closed)
    }
    private func ballot(site: String, agree: Int) -> BallotRow {
        BallotRow(
            meeting: meeting, vote: voteID, site: SiteID(site), ballot: Ballot(agree: agree, disagree: 2, abstain: 1), cast: WallTime(milliseconds: 17))
    }
    private var audit: AuditRow {
        AuditRow(
            meeting: meeting, at: WallTime(milliseconds: 15), event: .granted, site: SiteID("b/1"), by: SiteID("a"),
            request: RequestID(node: NodeIndex(rawValue: .max), counter: .max),
            lease: LeaseName(epoch: 3, crown: NodeIndex(rawValue: 9), sequence: 1), refusal: .noRequest)
    }
    private func expectSamples(in archive: Archive) throws {
        #expect(try archive.publishedRecords() == [PublishedRecord(lane: .floor, scope: meeting, key: "request/1", value: [1, 2, 3])])
        #expect(try archive.attendance(of: meeting).map(\.left) == [nil, WallTime(milliseconds: 20)])
        #expect(try archive.openAttendance().map(\.site) == [SiteID("a")])
        #expect(try archive.audit(of: meeting) == [audit])
        #expect(try archive.votes(of: meeting) == [vote(closed: WallTime(milliseconds: 19))])
        #expect(try archive.ballots(of: meeting) == [ballot(site: "a", agree: 1), ballot(site: "b/1", agree: 38)])
        let meetings = try archive.meetings()
        #expect(meetings.map(\.ended) == [WallTime(milliseconds: 30)] && meetings[0].sites == [SiteID("a"), SiteID("b/1")])
    }
    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("archive-\(ProcessInfo.processInfo.globallyUniqueString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}
