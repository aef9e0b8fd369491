import Basics
import Conference
import Testing

@Suite("Who is in a site's part") struct PartsTests {
    @Test("after a heal others count as hearers once the part is attached, and not when it can be reached", arguments: UInt64(1)...5)
    func heal(seed: UInt64) throws {
        let sites = ["p", "d1", "c11", "c12", "c21"]
        let mesh = meeting(definition(chairs: ["p"], sites: sites), seed: seed)
        func unattached(_ node: String) -> Int { mesh.hosts[mesh.at(node)].conference.unattached(MeetingID("m"), besides: SiteID(node)) }
        func present(_ node: String) -> Int { mesh.view(node)?.sites.count { $0.presence == .present && $0.id.rawValue != node } ?? 0 }
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(300)
        #expect(sites.allSatisfy { unattached($0) == 0 && present($0) == 4 })
        mesh.cut(NodeIndex(of: "d1"))
        mesh.run(500)
        // Those that are cut off are not present at all.
        #expect(sites.allSatisfy { unattached($0) == 0 })
        #expect(present("c11") == 2 && present("c21") == 1)
        mesh.connect(NodeIndex(of: "d1"))
        // Step by step: whoever is present is in the part, or told as not attached.
        var waited = false
        for _ in 0..<400 where !mesh.isAttached("d1") {
            mesh.run(5)
            guard !mesh.isAttached("d1") else { break }
            if present("c11") == 4 {
                waited = true
                #expect(unattached("c11") == 2, "c21 and p are of another part")
            }
        }
        #expect(mesh.isAttached("d1"))
        #expect(waited, "they were never reachable before they were attached")
        mesh.run(500)
        #expect(sites.allSatisfy { unattached($0) == 0 && present($0) == 4 })
    }

    @Test("an end has a time at every node, and a running meeting has none")
    func ended() throws {
        let mesh = meeting(definition(chairs: ["p"], sites: ["p", "c11", "c21"]), seed: 1)
        func ended(_ node: String) -> WallTime? { mesh.hosts[mesh.at(node)].conference.ended(MeetingID("m")) }
        #expect(ended("c11") == nil)
        let at = mesh.wall
        #expect(mesh.perform(.end, "p") == nil)
        mesh.run(500)
        for node in ["p", "c11", "c21"] { #expect(ended(node).map { $0 >= at && $0.milliseconds < at.milliseconds + 200 } == true, "\(node)") }
    }
}
