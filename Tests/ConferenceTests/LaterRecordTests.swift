import Basics
import Conference
import Testing

/// Records that a later program writes under keys of today.
@Suite struct LaterRecordTests {
    @Test("a value that cannot be read takes the place of the one before: who saw that knows no more than who did not")
    func unreadable() throws {
        let mesh = meeting()
        for node in ["p", "d2"] {
            mesh.act(mesh.at(node)) {
                $0.recordChanged(
                    writer: NodeIndex(of: "c11"), lane: .roster, scope: MeetingID("m"), key: "site/c11", value: [200, 1], now: $1, wall: $2,
                    into: &$3)
            }
            let site = try #require(mesh.view(node)?.sites.first { $0.id == SiteID("c11") })
            #expect(site.presence == .absent)
        }
    }
}
