import Archive
import Basics
import Conference
import Foundation
import Testing

@testable import BridgeService

@Suite("The archive read by command")
struct ArchiveReportTests {
    @Test("attendance, votes and decisions come out with times in a zone, while the node has its archive open; a wrong name is told")
    func reads() throws {
        let folder = NSTemporaryDirectory() + "nhipcau-report-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let archive = try Archive(path: folder + "/archive.sqlite")
        let meeting = MeetingID("hop")
        let site = SiteID("xa")
        func at(_ minutes: Int64) -> WallTime { WallTime(milliseconds: 1_764_600_000_000 + minutes * 60_000) }
        archive.append([
            .meetingStarted(
                MeetingDefinition(id: meeting, title: "=Họp; \"kín\"", kind: .discussion, chairs: [SiteID("tinh")], sites: [SiteID("tinh"), site]), at: at(0)),
            .attendance(AttendanceRow(meeting: meeting, site: site, joined: at(1), left: at(46))),
            .audit(AuditRow(meeting: meeting, at: at(2), event: .granted, site: site, by: SiteID("tinh"))),
        ])
        #expect(archive.flush())
        func report(_ part: ArchiveReport.Part, _ id: String? = "hop") throws -> ArchiveReport {
            try ArchiveReport(state: folder, part: part, meeting: id, language: .english)
        }
        let attendance = try report(.attendance)
        #expect(attendance.rows[1][0] == "xa" && attendance.rows[1][4] == "45")
        #expect(attendance.rows[1][2] == at(1).local)
        #expect(attendance.rows[1][2].contains(#/(UTC|[+-]\d\d:\d\d)$/#))
        #expect(try report(.audit).rows[1][1] == "granted")
        #expect(try report(.votes).rows.count == 1)
        #expect(try report(.meetings, nil).csv.contains("hop;\"'=Họp; \"\"kín\"\"\";hop;2;"))
        #expect { _ = try report(.attendance, "khac") } throws: { "\($0)".contains("It has hop.") }
        try archive.close()
        #expect(try report(.attendance).text.contains("45"))
        try FileManager.default.removeItem(atPath: folder + "/archive.sqlite")
        #expect { _ = try report(.attendance) } throws: { "\($0)".contains("cannot be opened") }
        try Data(repeating: 0xA5, count: 8_192).write(to: URL(fileURLWithPath: folder + "/archive.sqlite"))
        #expect { _ = try report(.attendance) } throws: { "\($0)".contains("is damaged") }
    }
}
