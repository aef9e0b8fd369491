import Basics
import Conference
import Testing

/// A province, a district with a hall of its own, and two communes; another district beside it.
private let withHall = ["p", "d1", "c11", "c12", "c21"]

private func events(_ mesh: Mesh) -> [String] { mesh.audit.map(\.row.event.rawValue) }

@Suite struct ApartTests {
    @Test("a district breaks away with its communes, holds its own floor, and comes back by an ordinary attach", arguments: UInt64(1)...3)
    func breakAway(seed: UInt64) throws {
        let mesh = meeting(definition(chairs: ["p"], sites: withHall), seed: seed)
        let checker = Checker(floorSize: 1)
        mesh.check = { checker.look($0) }
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(300)
        let since = mesh.wall
        #expect(mesh.perform(.breakAway, "d1") == nil)
        mesh.run(200)
        // Everything below it goes along; the speaker was not interrupted.
        #expect(mesh.view("d1")?.crown == true)
        #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
        let district = NodeIndex(of: "d1")
        for (node, inside) in [("p", false), ("c21", false), ("d1", true), ("c11", true), ("c12", true)] {
            let view = try #require(mesh.view(node))
            #expect(view.cutOff == nil)
            #expect(view.apart == (inside ? ApartView(node: district, since: since, by: SiteID("d1")) : nil), "\(node)")
            for site in view.sites {
                let here = ["d1", "c11", "c12"].contains(site.id.rawValue) == inside
                #expect(site.presence == (here ? .present : .apart(since: since)), "\(node) \(site.id)")
            }
        }
        let isAttached = mesh.hosts[mesh.at("p")].conference.isAttached(MeetingID("m"), district)
        #expect(!isAttached)
        #expect(!mesh.isAttached("d1"))
        // Two floors: both sides speak at once, and each side's queue is its own.
        mesh.perform(.requestFloor(.normal), "c21")
        mesh.run(2_000)
        #expect(mesh.hosts[mesh.at("c21")].open == [SiteID("c21")])
        #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
        #expect(mesh.view("c12")?.holders.map(\.site.rawValue) == ["c11"])
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(100)
        #expect(mesh.view("c11")?.queue.map(\.site.rawValue) == ["c12"])
        #expect(mesh.view("p")?.queue.isEmpty == true)
        // Whoever broke away leads where no declared chair is; the whole's chair does not.
        #expect(mesh.view("c11")?.actingChair == SiteID("d1"))
        #expect(mesh.view("c21")?.actingChair == SiteID("p"))
        #expect(mesh.perform(.revoke(SiteID("c11")), "d1") == nil)
        mesh.perform(.muteAll, "p")
        mesh.run(250)
        #expect(mesh.hosts[mesh.at("c12")].open == [SiteID("c12")])
        #expect(mesh.view("c12")?.sites.filter(\.muted).map(\.id.rawValue) == ["c21"])
        #expect(mesh.perform(.breakAway, "d1") == .alreadyApart)
        // Back.
        #expect(mesh.perform(.rejoin, "d1") == nil)
        #expect(mesh.wait(200) { mesh.isAttached("d1") } != nil)
        mesh.run(100)
        for node in sevenNodes.map(\.id).filter({ mesh.view($0) != nil }) {
            let view = try #require(mesh.view(node))
            #expect(view.apart == nil)
            #expect(view.crown == (node == "p"))
            #expect(view.holders.map(\.site.rawValue) == ["c21"], "\(node)")
            #expect(view.queue.map(\.site.rawValue) == ["c12"], "\(node)")
            #expect(view.sites.allSatisfy { $0.presence == .present })
        }
        #expect(checker.faults.isEmpty)
        #expect(events(mesh).filter { $0 == "broke-away" || $0 == "rejoined" } == ["broke-away", "rejoined"])
        #expect(mesh.perform(.rejoin, "d1") == .notApart)
    }

    @Test("only a chair or the first hall of a node takes it away, and only from something above")
    func who() {
        let mesh = meeting(definition(chairs: ["c11"], sites: withHall + ["c12/2"]), startedAt: "c11")
        #expect(mesh.perform(.breakAway, "p") == .nothingAbove)
        #expect(mesh.perform(.breakAway, "c12/2") == .notAllowed)
        #expect(mesh.perform(.breakAway, "c12") == nil)
        #expect(mesh.perform(.breakAway, "c11") == nil)
        mesh.run(200)
        #expect(mesh.view("c12")?.crown == true)
        #expect(mesh.view("c11")?.crown == true)
        #expect(mesh.view("p")?.reachesAbove == false)
        #expect(mesh.view("d1")?.reachesAbove == true)
        #expect(mesh.view("d1")?.sites.filter { $0.presence == .present }.map(\.id.rawValue) == ["p", "d1", "c21"])
    }

    @Test("a part that broke away stays so over a restart of its node, and over a cut")
    func staysApart() {
        let mesh = meeting(definition(chairs: ["p"], sites: withHall))
        mesh.perform(.breakAway, "d1")
        mesh.run(200)
        mesh.kill("d1")
        mesh.run(500)
        mesh.revive("d1")
        for node in ["d1", "c11", "c12"] { mesh.connect(NodeIndex(of: node)) }
        mesh.join("d1")
        mesh.run(4_000)
        #expect(mesh.view("d1")?.crown == true)
        #expect(mesh.view("c11")?.crown == false)
        #expect(mesh.view("c11")?.apart?.node == NodeIndex(of: "d1"))
        mesh.cut(NodeIndex(of: "d1"))
        mesh.run(300)
        guard case .cutOff? = mesh.view("p")?.sites[2].presence else {
            Issue.record("a cut comes before all")
            return
        }
        mesh.connect(NodeIndex(of: "d1"))
        mesh.run(1_000)
        #expect(!mesh.isAttached("d1"))
        #expect(mesh.perform(.rejoin, "d1") == nil)
        mesh.run(1_000)
        #expect(mesh.view("p")?.sites.allSatisfy { $0.presence == .present } == true)
    }

    @Test("a meeting that ended above while a part was cut off goes on there until its chair ends it", arguments: [false, true])
    func endedAbove(otherPartGrew: Bool) throws {
        let mesh = meeting(definition(chairs: ["p", "c12"], sites: withHall))
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(300)
        mesh.cut(NodeIndex(of: "d1"))
        mesh.run(500)
        if otherPartGrew {
            // The upper part's epoch passes the lower one's.
            for _ in 0..<4 {
                mesh.cut(NodeIndex(of: "d2"))
                mesh.run(200)
                mesh.connect(NodeIndex(of: "d2"))
                mesh.run(32_000)
            }
        }
        #expect(mesh.perform(.end, "p") == nil)
        mesh.run(300)
        let ended = try #require(mesh.view("p"))
        #expect(ended.ended)
        mesh.connect(NodeIndex(of: "d1"))
        mesh.run(400)
        for node in ["d1", "c11", "c12"] {
            let view = try #require(mesh.view(node))
            #expect(!view.ended)
            #expect(view.endedAbove?.goesOn == false, "\(node)")
            #expect(view.holders.map(\.site.rawValue) == ["c11"], "\(node)")
        }
        #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
        #expect(mesh.perform(.goOn, "c11") == .notAllowed)
        #expect(mesh.perform(.goOn, "c12") == nil)
        mesh.run(200)
        #expect(mesh.view("c11")?.endedAbove?.goesOn == true)
        #expect(events(mesh).contains("went-on"))
        // Ten minutes later the upper copy is gone; this part still stands by itself.
        mesh.run(650_000)
        #expect(mesh.view("p") == nil)
        #expect(mesh.view("c11")?.crown == false)
        #expect(mesh.view("d1")?.crown == true)
        #expect(mesh.perform(.end, "c12") == nil)
        mesh.run(300)
        #expect(mesh.view("c11")?.ended == true)
    }

    /// It asks to be attached before it is a crown again, and nobody answers for an ended meeting.
    @Test("a crown that slept while the meeting ended above knows it as soon as its uplink is back")
    func sleptThroughTheEnd() throws {
        let mesh = meeting()
        mesh.cut(NodeIndex(of: "c11"))
        mesh.run(500)
        #expect(mesh.view("c11")?.crown == true)
        mesh.kill("c11")
        #expect(mesh.perform(.end, "p") == nil)
        mesh.run(5_000)
        mesh.revive("c11")
        mesh.connect(NodeIndex(of: "c11"))
        mesh.run(200)
        let view = try #require(mesh.view("c11"))
        #expect(!view.ended)
        #expect(view.endedAbove?.goesOn == false)
    }

    @Test("there is nothing to go on with while the meeting runs above")
    func nothingToGoOn() {
        let mesh = meeting()
        #expect(mesh.perform(.goOn, "p") == .notEndedAbove)
    }

    @Test("an anchor that is asked attaches upward until the meeting ends; nobody else needs to be asked")
    func askedAnchor() throws {
        // Started by the province, all its sites are the first district's.
        let mesh = meeting(definition(chairs: ["c11"], sites: ["c11", "c12"]), startedAt: "p")
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(300)
        #expect(mesh.view("d1")?.crown == true)
        let checker = Checker(floorSize: 1)
        mesh.check = { checker.look($0) }
        // A site comes to hang below the other district, which attaches the meeting to the province.
        let session = try #require(mesh.hosts[mesh.at("p")].sessions[NodeIndex(of: "d2")])
        let attach = FloorMessage(
            meeting: MeetingID("m"), session: session, attach: 1, body: .attach(epoch: 1, cleaned: [], offered: []))
        let bytes = mesh.coder.encode(attach)
        mesh.act(mesh.at("p")) { $0.receiveHop(from: NodeIndex(of: "d2"), payload: bytes, now: $1, wall: $2, into: &$3) }
        #expect(mesh.wait(300) { mesh.isAttached("d1") } != nil)
        mesh.run(300)
        #expect(mesh.view("p")?.crown == true)
        #expect(mesh.view("d1")?.crown == false)
        #expect(mesh.view("c11")?.holders.map(\.site.rawValue) == ["c12"])
        #expect(mesh.hosts[mesh.at("c12")].open == [SiteID("c12")])
        // It stays attached when the other district has gone again.
        mesh.cut(NodeIndex(of: "d2"))
        mesh.run(2_000)
        #expect(mesh.isAttached("d1"))
        #expect(checker.faults.isEmpty)
        mesh.perform(.end, "c11")
        mesh.run(300)
        #expect(!mesh.isAttached("d1"))
    }
}
