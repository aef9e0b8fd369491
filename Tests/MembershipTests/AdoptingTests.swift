import Basics
import Membership
import Testing

/// A root, two districts, a commune below each: another edition hangs one of them elsewhere.
@Suite("Gossip goes over to another edition of the tree")
struct AdoptingTests {
    static let order = ["root", "first", "commune", "second", "other"]
    static func tree(_ parents: [String: String], leaving gone: String? = nil) throws -> Tree {
        try Tree(order.filter { $0 != gone }.map { (NodeIndex(of: $0), parents[$0].map(NodeIndex.init(of:))) })
    }
    static let before = ["first": "root", "commune": "first", "second": "root", "other": "second"]
    static let after = ["first": "root", "commune": "second", "second": "root", "other": "second"]
    static let former = [BackupUplink(node: NodeIndex(of: "commune"), uplink: NodeIndex(of: "first"))]

    static func mesh(_ carrier: VirtualCarrier) throws -> Mesh {
        let mesh = Mesh(try tree(before), carrier, seed: 11)
        mesh.startAll()
        mesh.connectAll()
        mesh.setScopes([MeetingID("m")])
        mesh.run(for: .seconds(Int64(3)))
        return mesh
    }
    static func adopt(_ mesh: Mesh, _ slot: Int, _ tree: Tree, former: [BackupUplink] = [], version: UInt64 = 2) {
        mesh.act(slot) { machine, now, effects in
            machine.adopt(
                tree: tree, slot: tree.slot(machine.node)!, backups: [], former: former, topologyVersion: version, topologyHash: version, now: now,
                into: &effects)
        }
    }

    @Test("a moved node hangs on its old uplink until the new one has been up for half a second; no other edge falls")
    func move() throws {
        let carrier = VirtualCarrier(seed: 11)
        let mesh = try Self.mesh(carrier)
        let tree = try Self.tree(Self.after)
        for slot in 0..<5 { Self.adopt(mesh, slot, tree, former: Self.former) }
        mesh.run(for: .seconds(Int64(2)))
        #expect(mesh[2].takenUplink == mesh.id(1), "nobody has dialled yet")
        #expect(mesh.nobodyFell)
        mesh.connect(2, to: 3)
        let connected = carrier.now
        #expect(mesh.run(for: .seconds(Int64(3))) { mesh[2].takenUplink == mesh.id(3) })
        #expect(carrier.now - connected >= GossipLimits.handover)
        mesh.set(2, .roster, MeetingID("m"), "k", [7])
        mesh.act(2) { $0.setScopes(mesh.id(3), [MeetingID("m")], now: $1, into: &$2) }
        mesh.act(3) { $0.setScopes(mesh.id(2), [MeetingID("m")], now: $1, into: &$2) }
        #expect(
            mesh.run(for: .seconds(Int64(2))) { mesh[1].value(node: mesh.id(2), lane: .roster, scope: MeetingID("m"), key: "k") == [7] })
        // Only the two ends of the old edge saw it end.
        #expect(mesh.downs[2].map(\.edge) == [mesh.id(1)] && mesh.downs[1].map(\.edge) == [mesh.id(2)])
        #expect(mesh.downs[0].isEmpty && mesh.downs[3].isEmpty && mesh.downs[4].isEmpty)
        // Former uplinks are let go: the old parent is no neighbour any more.
        for slot in [1, 2] { Self.adopt(mesh, slot, tree) }
        #expect(mesh[2].neighbours.map(\.node) == [mesh.id(3)])
        #expect(mesh.run(for: .seconds(Int64(3))) { mesh.agree([MeetingID("m")]) })
        let told = mesh[0].snapshot.edges.map(\.topologyVersion)
        #expect(told == [2, 2])
    }

    @Test("whoever hangs elsewhere is taken from where it hangs, also by a node that adopted before the others")
    func origin() throws {
        let carrier = VirtualCarrier(seed: 12)
        let mesh = try Self.mesh(carrier)
        let tree = try Self.tree(Self.after)
        // The new parent and the commune go first; the root still thinks that the commune hangs below the first district.
        for slot in [2, 3] { Self.adopt(mesh, slot, tree, former: Self.former) }
        mesh.connect(2, to: 3)
        mesh.run(for: .seconds(Int64(2)))
        #expect(mesh[2].takenUplink == mesh.id(3))
        mesh.set(2, .link, Membership.everywhere, "k", [1])
        // So long that both ends have given up comparing what differs.
        mesh.run(for: .seconds(Int64(31)))
        #expect(mesh[0].value(node: mesh.id(2), lane: .link, key: "k") == nil)
        for slot in [0, 1, 4] { Self.adopt(mesh, slot, tree, former: Self.former) }
        #expect(mesh.run(for: .seconds(Int64(1))) { mesh[0].value(node: mesh.id(2), lane: .link, key: "k") == [1] }, "repaired")
        #expect(mesh.run(for: .seconds(Int64(1))) { mesh[1].value(node: mesh.id(2), lane: .link, key: "k") == [1] })
    }

    @Test("the same while that part is kept off the edge's meetings: who runs what is compared nevertheless")
    func originUnshared() throws {
        let carrier = VirtualCarrier(seed: 12)
        let mesh = try Self.mesh(carrier)
        let (m, n) = (MeetingID("m"), MeetingID("n"))
        // A meeting whose records the root keeps from before, and that it does not share with the second district any more.
        mesh.setScopes([m, n])
        mesh.set(1, .roster, n, "k", [1])
        mesh.run(for: .seconds(Int64(1)))
        mesh.act(0) { $0.setScopes(mesh.id(3), [m], now: $1, into: &$2) }
        for (a, b) in [(0, 3), (3, 0)] { mesh.act(a) { $0.edgeLost(mesh.id(b), now: $1, into: &$2) } }
        mesh.connect(3)
        mesh.run(for: .seconds(Int64(3)))
        let tree = try Self.tree(Self.after)
        for slot in [2, 3] { Self.adopt(mesh, slot, tree, former: Self.former) }
        mesh.connect(2, to: 3)
        mesh.run(for: .seconds(Int64(2)))
        try #require(mesh[2].takenUplink == mesh.id(3))
        mesh.set(2, .link, Membership.everywhere, "k", [1])
        mesh.run(for: .seconds(Int64(2)))
        #expect(mesh[0].value(node: mesh.id(2), lane: .link, key: "k") == nil)
        Self.adopt(mesh, 0, tree, former: Self.former)
        #expect(mesh.run(for: .seconds(Int64(1))) { mesh[0].value(node: mesh.id(2), lane: .link, key: "k") == [1] }, "repaired")
    }

    @Test("a node that starts with an edition takes a moved node's word from where it hung in the one before")
    func startedWithIt() throws {
        let carrier = VirtualCarrier(seed: 14)
        let mesh = try Self.mesh(carrier)
        let tree = try Self.tree(Self.after)
        mesh.kill(0)
        mesh.run(for: .seconds(Int64(2)))
        mesh.start(0, edition: tree, former: Self.former)
        for child in [1, 3] { mesh.connect(child) }
        mesh.set(2, .link, Membership.everywhere, "k", [1])
        #expect(mesh.run(for: .seconds(Int64(3))) { mesh[0].value(node: mesh.id(2), lane: .link, key: "k") == [1] })
    }

    @Test("a node that leaves is a stranger then, and its records stand no longer among the declared ones")
    func leaving() throws {
        let carrier = VirtualCarrier(seed: 13)
        let mesh = try Self.mesh(carrier)
        mesh.set(2, .link, Membership.everywhere, "k", [1])
        mesh.run(for: .seconds(Int64(1)))
        let tree = try Self.tree(Self.before, leaving: "commune")
        mesh.act(1) { $0.edgeLost(mesh.id(2), now: $1, into: &$2) }
        for slot in [0, 1, 3, 4] { Self.adopt(mesh, slot, tree) }
        mesh.run(for: .seconds(Int64(2)))
        #expect(mesh[1].neighbours.map(\.node) == [mesh.id(0)])
        var declared: [NodeIndex] = []
        mesh[0].forEachRecord(lane: .link) { node, _, _ in declared.append(node) }
        #expect(!declared.contains(mesh.id(2)))
        #expect(mesh.downs.enumerated().allSatisfy { $0 == 1 || $0 == 2 || $1.isEmpty })
    }
}
