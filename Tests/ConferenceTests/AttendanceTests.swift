import Basics
import Conference
import Testing

@Suite("Who was there, above")
struct AttendanceTests {
    private func rows(_ mesh: Mesh, at node: String, of site: String) -> [AttendanceRow] {
        mesh.reported.filter { $0.node == NodeIndex(of: node) && $0.row.site == SiteID(site) }.map(\.row)
    }

    @Test("a node is told of all who join and leave below it, and of nobody else")
    func below() {
        let mesh = meeting()
        #expect(rows(mesh, at: "d1", of: "c11").map(\.left) == [nil])
        #expect(rows(mesh, at: "p", of: "c22").map(\.left) == [nil])
        #expect(rows(mesh, at: "d1", of: "c22").isEmpty && rows(mesh, at: "c11", of: "p").isEmpty)
        mesh.leave("c11")
        mesh.run(40_000)
        let told = rows(mesh, at: "p", of: "c11")
        #expect(told.count == 2 && told[1].joined == told[0].joined && told[1].left != nil)
        #expect(mesh.attendance.contains(told[1]), "as its home has it")
    }

    @Test("stays that began and ended while a part was cut off are told when it is back, each once", arguments: UInt64(1)...3)
    func cutOff(seed: UInt64) {
        let mesh = meeting(seed: seed)
        mesh.cut(NodeIndex(of: "d1"))
        for _ in 0..<2 {
            mesh.leave("c11")
            mesh.run(40_000)
            #expect(mesh.join("c11") == nil)
            mesh.run(1_000)
        }
        #expect(rows(mesh, at: "p", of: "c11").map(\.left) == [nil])
        mesh.connect(NodeIndex(of: "d1"))
        mesh.run(2_000)
        let over = Set(mesh.attendance.filter { $0.site == SiteID("c11") && $0.left != nil })
        #expect(over.count == 2)
        let told = rows(mesh, at: "p", of: "c11")
        #expect(Set(told.filter { $0.left != nil }) == over && told.filter { $0.left != nil }.count == 2)
        // It is there again since the last join.
        #expect(told.filter { $0.left == nil }.count == 2)
        mesh.cut(NodeIndex(of: "d1"))
        mesh.run(500)
        mesh.connect(NodeIndex(of: "d1"))
        mesh.run(2_000)
        #expect(rows(mesh, at: "p", of: "c11").count == told.count, "no news")
    }

    @Test("a home that starts again with its disk still tells of the stays before")
    func restarted() {
        let mesh = meeting()
        mesh.leave("c11")
        mesh.run(40_000)
        mesh.kill("p")
        mesh.run(100)
        mesh.kill("c11")
        mesh.run(100)
        mesh.revive("c11")
        mesh.connect(NodeIndex(of: "c11"))
        mesh.revive("p", forgetting: true)
        for district in ["d1", "d2"] { mesh.connect(NodeIndex(of: district)) }
        let before = mesh.reported.count
        mesh.run(3_000)
        let told = mesh.reported[before...].filter { $0.node == NodeIndex(of: "p") && $0.row.site == SiteID("c11") && $0.row.left != nil }
        #expect(told.map(\.row.left) == mesh.attendance.filter { $0.site == SiteID("c11") && $0.left != nil }.map(\.left))
    }

    @Test("what a stranger says of another's site, and what ends before it begins, is not taken")
    func unsound() {
        let mesh = meeting()
        let before = mesh.reported.count
        let coder = mesh.coder
        func tell(_ writer: String, _ site: String, _ stays: [AttendanceRecord.Stay]) {
            mesh.act(mesh.at("p")) { conference, now, wall, effects in
                let record = AttendanceRecord(term: .zero, site: SiteID(site), stays: stays)
                conference.recordChanged(
                    writer: NodeIndex(of: writer), lane: .bulk, scope: MeetingID("m"), key: "attendance/\(site)",
                    value: coder.encode(.attendance(record)), now: now, wall: wall, into: &effects)
            }
        }
        let sound = AttendanceRecord.Stay(joined: WallTime(milliseconds: 1), left: WallTime(milliseconds: 2))
        tell("c12", "c11", [sound])
        tell("c11", "c11", [AttendanceRecord.Stay(joined: WallTime(milliseconds: 2), left: WallTime(milliseconds: 1))])
        tell("c11", "c11", [AttendanceRecord.Stay](repeating: sound, count: AttendanceRecord.limit + 1))
        #expect(mesh.reported.count == before)
        #expect(mesh.drops.suffix(3) == [.foreign, .malformed, .malformed])
        tell("c11", "c11", [sound])
        #expect(mesh.reported.count == before + 1)
    }
}
