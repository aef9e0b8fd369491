import Basics
import Testing

@testable import Membership

private let meeting = MeetingID("giao-ban")

/// The body that runs over virtual links and over sockets alike: everybody comes up, publishes in all lanes, hears all, changes
/// and removes records, and passes a message up and down hop by hop.
private func lifeOfAMesh(_ mesh: Mesh, patience: Interval) {
    let count = mesh.tree.count
    mesh.startAll()
    mesh.setScopes([meeting])
    mesh.connectAll()
    #expect(mesh.run(for: patience, until: mesh.allUp), "all edges up")
    for slot in 0..<count {
        mesh.set(slot, .link, Membership.everywhere, "state", [UInt8(slot)])
        for lane in [Lane.floor, .roster, .bulk] { mesh.set(slot, lane, meeting, "who", Array("node \(slot)".utf8)) }
    }
    mesh.set(count - 1, .roster, meeting, "large", [UInt8](repeating: 7, count: 20_000))
    let everything = { mesh.agree([meeting]) && mesh[0].nodes(lane: .bulk, scope: meeting).count == count }
    #expect(mesh.run(for: patience, until: everything), "all records everywhere")
    let last = mesh.id(count - 1)
    #expect(mesh[0].value(node: last, lane: .roster, scope: meeting, key: "large")?.count == 20_000)

    for round in 0..<20 {
        for slot in 0..<count { mesh.set(slot, .roster, meeting, "who", Array("node \(slot), round \(round)".utf8)) }
        mesh.run(for: .milliseconds(3))
    }
    mesh.set(count - 1, .roster, meeting, "large", nil)
    for slot in 1..<count {
        let parent = mesh.id(mesh.tree.parent(slot)!)
        for n in 0..<10 { mesh.act(slot) { $0.sendHop(parent, [UInt8(n)], now: $1, into: &$2) } }
    }
    let hopsHere = { mesh.hops.map(\.count).reduce(0, +) == 10 * (count - 1) }
    #expect(mesh.run(for: patience, until: { mesh.agree([meeting]) && hopsHere() }), "changes and hops arrived")
    #expect(mesh[0].value(node: last, lane: .roster, scope: meeting, key: "large") == nil)
    let digests = (0..<count).map { mesh[$0].digest(lane: .roster, scope: meeting) }
    #expect(digests.allSatisfy { $0 == digests[0] })
    for slot in 0..<count {
        let text = String(decoding: mesh[slot].value(node: last, lane: .roster, scope: meeting, key: "who") ?? [], as: UTF8.self)
        #expect(text == "node \(count - 1), round 19")
    }
    #expect(mesh.nobodyFell, "no edge fell")
}

@Suite("Membership")
struct MembershipTests {
    @Test("two machines in memory replicate each other's namespaces")
    func twoMachines() {
        lifeOfAMesh(Mesh(Mesh.chain(2), VirtualCarrier(seed: 1), seed: 1), patience: .seconds(5))
    }

    @Test("the same body over loopback sockets")
    func loopback() throws {
        let tree = Mesh.chain(3)
        let carrier = try #require(LoopbackCarrier(tree.nodes))
        lifeOfAMesh(Mesh(tree, carrier, seed: 2), patience: .seconds(10))
    }

    @Test("a chain of five converges in any weather", arguments: [UInt64(1), 2, 3])
    func chain(seed: UInt64) {
        let weather = VirtualCarrier.Weather(jitter: .milliseconds(15), loss: 0.10, duplication: 0.05)
        lifeOfAMesh(Mesh(Mesh.chain(5), VirtualCarrier(weather, seed: seed), seed: seed), patience: .seconds(20))
    }

    @Test("a district of nineteen nodes converges at five per cent loss")
    func district() {
        let weather = VirtualCarrier.Weather(jitter: .milliseconds(5), loss: 0.05, duplication: 0.02)
        lifeOfAMesh(Mesh(Mesh.district(), VirtualCarrier(weather, seed: 19), seed: 19), patience: .seconds(20))
    }

    @Test("both ends of an edge name the same session, and another after a fall")
    func sessions() {
        let carrier = VirtualCarrier(seed: 4)
        let mesh = Mesh(Mesh.chain(2), carrier, seed: 4)
        mesh.startAll()
        mesh.connectAll()
        #expect(mesh.run(for: .seconds(1), until: mesh.allUp))
        #expect(mesh.ups[0].last?.session == mesh.ups[1].last?.session)
        let first = mesh.ups[0].last?.session
        mesh.connect(1)
        #expect(mesh.run(for: .seconds(2), until: { mesh.allUp() && mesh.ups[0].count == 2 }))
        mesh.run(for: .seconds(1))
        #expect(mesh[0].session(mesh.id(1)) == mesh[1].session(mesh.id(0)))
        #expect(mesh[0].session(mesh.id(1)) != first)
    }

    @Test("a node that comes back knowing nothing is given the meetings that run on its edge")
    func restartWithoutScopes() {
        let mesh = Mesh(Mesh.chain(2), VirtualCarrier(seed: 6), seed: 6)
        mesh.startAll()
        mesh.connectAll()
        mesh.act(0) { $0.setScopes(mesh.id(1), [meeting], now: $1, into: &$2) }
        mesh.set(0, .floor, meeting, "meeting", [7])
        let knows = { mesh[1].value(node: mesh.id(0), lane: .floor, scope: meeting, key: "meeting") == [7] }
        #expect(mesh.run(for: .seconds(2), until: knows))
        mesh.kill(1)
        mesh.run(for: .seconds(3))
        mesh.start(1)
        // What it kept of its own says nothing about the meeting.
        mesh.set(1, .floor, meeting, "request/1", [1])
        mesh.connect(1)
        #expect(mesh.run(for: .seconds(2), until: knows))
    }

    @Test("a node that lost its counter takes a later incarnation than its neighbours remember")
    func restartWithOldIncarnation() {
        let mesh = Mesh(Mesh.chain(3), VirtualCarrier(seed: 5), seed: 5)
        mesh.startAll()
        mesh.connectAll()
        mesh.setScopes([meeting])
        mesh.run(for: .seconds(1), until: mesh.allUp)
        for n in 0..<5 { mesh.set(2, .link, Membership.everywhere, "state", [UInt8(n)]) }
        mesh.set(2, .roster, meeting, "old", [1])
        #expect(mesh.run(for: .seconds(2), until: { mesh.agree([meeting]) && mesh[0].nodes(lane: .roster, scope: meeting).count == 1 }))
        let before = mesh[2].incarnation
        mesh.kill(2)
        mesh.run(for: .seconds(3))
        #expect(mesh.downs[1].last?.reason == .silent)
        mesh.start(2, counter: 0)
        mesh.set(2, .link, Membership.everywhere, "state", [99])
        for neighbour in [mesh.id(1)] { mesh.act(2) { $0.setScopes(neighbour, [meeting], now: $1, into: &$2) } }
        mesh.connect(2)
        let renewed = { mesh.agree([meeting]) && mesh[0].value(node: mesh.id(2), lane: .link, key: "state") == [99] }
        #expect(mesh.run(for: .seconds(5), until: renewed))
        #expect(mesh[2].incarnation > before)
        #expect(mesh.persisted[2] == mesh[2].incarnation.counter)
        #expect(mesh[0].value(node: mesh.id(2), lane: .roster, scope: meeting, key: "old") == nil, "a former life's records are gone")
    }

    @Test("what three later datagrams overtook goes again at once, however long the round trip is thought to be")
    func overtaken() {
        let carrier = VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(100)), seed: 3)
        let mesh = Mesh(Mesh.chain(2), carrier, seed: 3)
        mesh.startAll()
        mesh.connectAll()
        #expect(mesh.run(for: .seconds(5), until: { mesh.allUp() }))
        let begun = carrier.now
        carrier.cut = { _, _ in true }
        mesh.act(0) { $0.sendHop(mesh.id(1), [0], now: $1, into: &$2) }
        carrier.cut = nil
        for n in UInt8(1)...3 { mesh.act(0) { $0.sendHop(mesh.id(1), [n], now: $1, into: &$2) } }
        #expect(mesh[0].edge(mesh.id(1))!.liveness.resendTime > .milliseconds(350), "a young edge")
        #expect(mesh.run(for: .seconds(2), until: { mesh.hops[1].count == 4 }))
        #expect(carrier.now - begun <= .milliseconds(310), "\(carrier.now - begun)")
    }

    @Test("rows of a meeting whose definition is missing do not keep its other rows away")
    func wanted() {
        let mesh = Mesh(Mesh.chain(3), VirtualCarrier(seed: 4), seed: 4)
        mesh.start(0)
        mesh.start(1)
        // What the third node wrote came before; its writer, and the edge it came by, are gone.
        Samples.load(mesh[0], node: mesh.id(2), owner: 2, meeting: meeting)
        mesh.connect(1)
        #expect(mesh.run(for: .seconds(5), until: { mesh[0].edge(mesh.id(1))!.gossips }))
        mesh.act(1) { $0.setScopes(mesh.id(0), [meeting], now: $1, into: &$2) }
        mesh.set(1, .floor, meeting, "meeting", [1])
        mesh.run(for: .seconds(2))
        #expect(mesh[0].value(node: mesh.id(1), lane: .floor, scope: meeting, key: "meeting") == nil)
        mesh.act(0) { $0.setWanted(meeting, true, now: $1, into: &$2) }
        #expect(mesh.run(for: .seconds(2)) { mesh[0].value(node: mesh.id(1), lane: .floor, scope: meeting, key: "meeting") == [1] })
    }

    @Test("hop messages arrive exactly once under twenty per cent loss, and none after a fall")
    func hops() {
        let weather = VirtualCarrier.Weather(jitter: .milliseconds(20), loss: 0.2, duplication: 0.1)
        let carrier = VirtualCarrier(weather, seed: 6)
        let mesh = Mesh(Mesh.chain(2), carrier, seed: 6)
        mesh.startAll()
        mesh.connectAll()
        mesh.setScopes([meeting])
        #expect(mesh.run(for: .seconds(5), until: mesh.allUp))
        for n in 0..<200 {
            mesh.act(0) { $0.sendHop(mesh.id(1), [UInt8(n)], now: $1, into: &$2) }
            mesh.run(for: .milliseconds(20))
        }
        #expect(mesh.run(for: .seconds(10), until: { mesh.hops[1].count >= 200 }))
        mesh.run(for: .seconds(2))
        #expect(mesh.hops[1].map { $0.payload[0] }.sorted() == (0..<200).map { UInt8($0) })
        carrier.cut = { _, _ in true }
        mesh.act(0) { $0.sendHop(mesh.id(1), [255], now: $1, into: &$2) }
        #expect(mesh.run(for: .seconds(5), until: { mesh.downs[0].count == 1 && mesh.downs[1].count == 1 }))
        carrier.cut = nil
        #expect(mesh.run(for: .seconds(5), until: mesh.allUp))
        mesh.run(for: .seconds(2))
        #expect(mesh.hops[1].count == 200)
    }
}
