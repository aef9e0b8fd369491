import Basics
import Conference
import Testing

/// What outlives the disk of the node that wrote it.
@Suite struct LostDiskTests {
    @Test("who slept through the end, and comes back when its crown has lost the record of it, is told by whoever keeps to it")
    func endToldAgain() throws {
        let mesh = meeting(startedAt: "c11")
        mesh.kill("c11")
        mesh.run(500)
        #expect(mesh.perform(.end, "p") == nil)
        mesh.run(3_000)
        mesh.kill("p")
        mesh.run(500)
        mesh.revive("p", forgetting: true)
        mesh.connect(NodeIndex(of: "d1"))
        mesh.connect(NodeIndex(of: "d2"))
        mesh.run(500)
        mesh.revive("c11")
        mesh.connect(NodeIndex(of: "c11"))
        mesh.run(1_000)
        let view = try #require(mesh.view("c11"))
        #expect(view.ended && !view.crown)
        // p learns of the meeting anew and cannot know: parts below do not speak for it. Its chair may end it again.
        for node in ["d1", "d2", "c12", "c21", "c22"] { #expect(mesh.view(node)?.ended != false, "\(node)") }
    }

    @Test("a crown that ends a meeting and dies at once does not leave it running below")
    func endAtFirstHand() {
        let mesh = meeting()
        #expect(mesh.perform(.end, "p") == nil)
        mesh.run(200)
        mesh.kill("p")
        mesh.run(300)
        // Its namespaces begin anew: nobody holds its record of the end any more.
        mesh.revive("p", forgetting: true)
        for node in ["d1", "d2"] { mesh.connect(NodeIndex(of: node)) }
        mesh.run(2_000)
        for node in sevenNodes { #expect(mesh.view(node.id)?.ended != false, "\(node.id)") }
    }

    @Test("who asks a node that does not know the meeting is attached when it does, not before: until then it has its own crown")
    func noAnswerWithoutDefinition() throws {
        let mesh = Mesh(sevenNodes, seed: 1)
        mesh.connectAll()
        mesh.run(100)
        var answers = 0
        mesh.hopFault = { sender, receiver, message in
            if sender == "d1", receiver == "c11", case .attachAck = message.body { answers += 1 }
            return 0
        }
        let (child, meeting) = (NodeIndex(of: "c11"), MeetingID("m"))
        let session = try #require(mesh.hosts[mesh.at("d1")].sessions[child])
        let ask = FloorMessage(meeting: meeting, session: session, attach: 1, body: .attach(epoch: 1, cleaned: [], offered: []))
        mesh.act(mesh.at("d1")) {
            $0.receiveHop(from: child, payload: mesh.coder.encode(ask), now: $1, wall: $2, into: &$3)
        }
        mesh.run(300)
        #expect(answers == 0)
        #expect(mesh.perform(.start(definition(chairs: ["c12"], sites: ["c12", "d1"])), "c12") == nil)
        mesh.run(300)
        #expect(mesh.view("d1") != nil)
        #expect(answers == 1)
    }

    @Test("who learns of a life that it forgot numbers its requests past those of it")
    func laterIncarnation() {
        let mesh = meeting()
        mesh.act(mesh.at("c11")) { conference, _, _, _ in conference.incarnationRaised(to: 7) }
        mesh.perform(.requestFloor(.normal), "c11")
        #expect(mesh.requests(of: "c11") == [7 << 20 + 1])
        mesh.act(mesh.at("c11")) { conference, _, _, _ in conference.incarnationRaised(to: 3) }
        mesh.perform(.withdraw, "c11")
        mesh.perform(.requestFloor(.normal), "c11")
        #expect(mesh.requests(of: "c11").max() == 7 << 20 + 2)
    }

    @Test("a starter that lost its disk writes the definition down again when it is crown, and gives it to a crown that lost its own")
    func definitionWrittenAgain() throws {
        // Nobody below d1 takes part: as a crown of its own it would have written the definition down as well.
        let mesh = meeting(definition(chairs: ["d1"], sites: ["p", "d1", "c21"]), startedAt: "d1")
        mesh.kill("d1")
        mesh.run(500)
        mesh.revive("d1", forgetting: true)
        for node in ["d1", "c11", "c12"] { mesh.connect(NodeIndex(of: node)) }
        mesh.run(2_000)
        #expect(mesh.view("d1") != nil)
        mesh.kill("p")
        mesh.run(500)
        #expect(mesh.view("d1")?.crown == true)
        mesh.revive("p", forgetting: true)
        mesh.connect(NodeIndex(of: "d1"))
        mesh.run(1_000)
        #expect(mesh.view("p")?.crown == true)
        #expect(mesh.isAttached("d1"))
    }

    @Test("an edge carries a meeting as soon as a child has attached it, before its definition came")
    func scopeOfTheUnknown() {
        let mesh = Mesh(sevenNodes, seed: 1)
        mesh.connectAll()
        mesh.run(100)
        let child = NodeIndex(of: "d1")
        let session = mesh.hosts[mesh.at("p")].sessions[child] ?? 0
        let attach = FloorMessage(meeting: MeetingID("m"), session: session, attach: 1, body: .attach(epoch: 1, cleaned: [], offered: []))
        mesh.act(mesh.at("p")) { $0.receiveHop(from: child, payload: mesh.coder.encode(attach), now: $1, wall: $2, into: &$3) }
        #expect(mesh.hosts[mesh.at("p")].scopes[child] == [MeetingID("m")])
        mesh.cut(child)
        #expect(mesh.hosts[mesh.at("p")].scopes[child] == [])
    }
}

extension Mesh {
    /// The numbers of a node's own requests.
    fileprivate func requests(of id: String) -> [UInt64] {
        let floor = hosts[at(id)].conference.floorSnapshot(of: MeetingID("m"))
        return floor?.requests.filter { $0.id.node == NodeIndex(of: id) }.map(\.id.counter) ?? []
    }
}
