import Basics
import Conference
import Testing

@Suite struct EmergencyTests {
    @Test("a chair's emergency interrupts the speaker, who goes on by itself when it is over", arguments: [MeetingKind.discussion, .briefing])
    func interrupts(kind: MeetingKind) {
        let mesh = meeting(definition(kind, chairs: ["p", "c22"]))
        let checker = Checker(floorSize: 1)
        mesh.check = { checker.look($0) }
        mesh.perform(.give(SiteID("c11")), "p")
        mesh.run(300)
        mesh.perform(.requestFloor(.high), "c12")
        mesh.run(100)
        #expect(mesh.perform(.requestFloor(.highest), "c12") == .notAllowed)
        // Its own waiting request does not stand in the way.
        mesh.perform(.requestFloor(.normal), "c22")
        #expect(mesh.perform(.requestFloor(.highest), "c22") == nil)
        mesh.run(250)
        #expect(mesh.hosts[mesh.at("c22")].open == [SiteID("c22")])
        #expect(mesh.hosts[mesh.at("c11")].open.isEmpty)
        #expect(mesh.view("c21")?.holders.map(\.priority) == [.highest])
        // Given back: the interrupted one goes on.
        mesh.perform(.withdraw, "c22")
        mesh.run(250)
        #expect(mesh.view("c21")?.holders.map(\.site.rawValue) == ["c11"])
        #expect(mesh.view("c21")?.queue.map(\.site.rawValue) == ["c12"])
        let log = mesh.audit.map(\.row.event)
        #expect(log.contains(.emergency) && log.contains(.preempted))
        #expect(checker.faults.isEmpty)
    }

    @Test("an emergency ends after two minutes, and another chair may end it before")
    func limits() {
        let mesh = meeting(definition(.resolutionStudy, chairs: ["p", "c22"]))
        mesh.perform(.give(SiteID("c11")), "p")
        mesh.run(300)
        #expect(mesh.perform(.requestFloor(.highest), "c22") == nil)
        mesh.run(119_000)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c22"])
        mesh.run(2_000)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c11"])
        #expect(mesh.perform(.requestFloor(.highest), "c22") == nil)
        mesh.run(300)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c22"])
        #expect(mesh.perform(.revoke(SiteID("c22")), "p") == nil)
        mesh.run(300)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c11"])
    }

    @Test("of two slots the one granted last makes way; two emergencies stand side by side")
    func twoSlots() {
        let mesh = meeting(definition(chairs: ["p", "c22"], floorSize: 2))
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(200)
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(200)
        #expect(mesh.perform(.requestFloor(.highest), "c22") == nil)
        mesh.run(300)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue).sorted() == ["c11", "c22"])
        #expect(mesh.perform(.requestFloor(.highest), "p") == nil)
        mesh.run(300)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue).sorted() == ["c22", "p"])
        mesh.perform(.withdraw, "p")
        mesh.perform(.withdraw, "c22")
        mesh.run(300)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue).sorted() == ["c11", "c12"])
    }
}
