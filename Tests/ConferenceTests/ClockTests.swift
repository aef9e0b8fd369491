import Basics
import Conference
import Testing

@Suite struct ClockTests {
    /// c12 is alone with a clock of `off`; one of its two halls waits between one that asked earlier and one that asked later.
    private func alone(off: Int64, isSet: Bool) throws -> Mesh {
        let mesh = meeting(definition(sites: ["p", "c11", "c12", "c12/2", "c21", "c22"]))
        mesh.perform(.requestFloor(.normal), "c22")
        mesh.run(300)
        mesh.cut(NodeIndex(of: "c12"))
        mesh.setClock("c12", off: off, isSet: isSet)
        mesh.run(2_000)
        mesh.perform(.requestFloor(.normal), "c21")
        mesh.run(2_000)
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(500)
        mesh.perform(.requestFloor(.normal), "c12/2")
        mesh.run(2_000)
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(500)
        try #require(mesh.hosts[mesh.at("c12")].open == [SiteID("c12")])
        mesh.connect(NodeIndex(of: "c12"))
        return mesh
    }

    @Test("requests made under an unset clock count last until the time is known, and then by their age")
    func unset() throws {
        let mesh = try alone(off: -1_700_000_000_000, isSet: false)
        mesh.run(300)
        // The one that held the floor alone was pre-empted and stands first in any case.
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c12", "c21", "c11", "c12/2"])
        mesh.setClock("c12", off: 0, isSet: true)
        mesh.run(200)
        for node in ["p", "c11", "c12"] {
            #expect(mesh.view(node)?.queue.map(\.site.rawValue) == ["c12", "c21", "c12/2", "c11"], "\(node)")
        }
        // What is asked from now on needs nothing more.
        mesh.perform(.withdraw, "c12/2")
        mesh.perform(.requestFloor(.normal), "c12/2")
        mesh.run(200)
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c12", "c21", "c11", "c12/2"])
    }

    @Test("a clock far ahead that takes the parent's puts its requests where they belong, and later ones too")
    func ahead() throws {
        let mesh = try alone(off: 3_600_000, isSet: true)
        mesh.run(300)
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c12", "c21", "c11", "c12/2"])
        mesh.setClock("c12", off: 0, isSet: true)
        mesh.run(200)
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c12", "c21", "c12/2", "c11"])
        mesh.perform(.withdraw, "c12/2")
        mesh.perform(.requestFloor(.normal), "c12/2")
        mesh.run(1_000)
        mesh.perform(.withdraw, "c21")
        mesh.perform(.requestFloor(.normal), "c21")
        mesh.run(200)
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c12", "c11", "c12/2", "c21"])
    }
}
