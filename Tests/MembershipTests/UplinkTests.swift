import Basics
import Membership
import Testing

/// A root, two districts and a commune below each; the first commune backs up on the other district.
@Suite("Uplinks and backups")
struct UplinkTests {
    static let root = 0
    static let lost = 1
    static let commune = 2
    static let spare = 3

    static func mesh(seed: UInt64, carrier: VirtualCarrier) -> Mesh {
        let ids = ["root": nil, "lost": "root", "commune": "lost", "spare": "root", "other": "spare"] as [String: String?]
        let order = ["root", "lost", "commune", "spare", "other"]
        let tree = try! Tree(order.map { (NodeIndex(of: $0), ids[$0]!.map(NodeIndex.init(of:))) })
        let mesh = Mesh(
            tree, carrier, seed: seed, backups: [BackupUplink(node: NodeIndex(of: "commune"), uplink: NodeIndex(of: "spare"))])
        mesh.startAll()
        mesh.connectAll()
        return mesh
    }
    static func uplink(_ mesh: Mesh) -> NodeIndex? { mesh[commune].takenUplink }

    @Test("a backup is kept warm and carries nothing while the declared parent is there")
    func warm() {
        let carrier = VirtualCarrier(seed: 1)
        let mesh = Self.mesh(seed: 1, carrier: carrier)
        mesh.run(for: .seconds(Int64(5)))
        #expect(Self.uplink(mesh) == mesh.id(Self.lost))
        #expect(mesh.standby[Self.commune].map(\.isUp) == [true])
        #expect(mesh.standby[Self.spare].map(\.isUp) == [true])
        #expect(mesh.ups[Self.commune].map(\.edge) == [mesh.id(Self.lost)])
        mesh.set(Self.commune, .link, Membership.everywhere, "k", [1])
        mesh.run(for: .seconds(Int64(1)))
        let warm = mesh[Self.spare].snapshot.edges.first { $0.neighbour == mesh.id(Self.commune) }
        #expect(warm?.state == .up && warm?.counters.deltasReceived == 0)
        #expect(mesh[Self.spare].value(node: mesh.id(Self.commune), lane: .link, key: "k") == [1])
    }

    @Test("a node whose parent falls silent goes on below its backup, and all learn what it writes there")
    func rehoming() {
        let carrier = VirtualCarrier(seed: 2)
        let mesh = Self.mesh(seed: 2, carrier: carrier)
        mesh.setScopes([MeetingID("m")])
        mesh.run(for: .seconds(Int64(5)))
        mesh.kill(Self.lost)
        let killed = carrier.now
        #expect(mesh.run(for: .seconds(Int64(2))) { Self.uplink(mesh) == mesh.id(Self.spare) })
        #expect(carrier.now - killed <= .milliseconds(350), "\(carrier.now - killed)")
        mesh.set(Self.commune, .roster, MeetingID("m"), "k", [7])
        #expect(
            mesh.run(for: .seconds(Int64(2))) { mesh[Self.root].value(node: mesh.id(Self.commune), lane: .roster, scope: MeetingID("m"), key: "k") == [7] })
        mesh.set(Self.root, .roster, MeetingID("m"), "back", [8])
        #expect(
            mesh.run(for: .seconds(Int64(2))) { mesh[Self.commune].value(node: mesh.id(Self.root), lane: .roster, scope: MeetingID("m"), key: "back") == [8] })
        #expect(mesh.downs[Self.commune].map(\.edge) == [mesh.id(Self.lost)])
    }

    @Test("it goes home after a minute of steady hellos, and holds one uplink at every moment")
    func homecoming() {
        let carrier = VirtualCarrier(seed: 3)
        let mesh = Self.mesh(seed: 3, carrier: carrier)
        mesh.run(for: .seconds(Int64(5)))
        var silent = true
        carrier.cut = { from, to in silent && [from, to].contains(mesh.id(Self.commune)) && [from, to].contains(mesh.id(Self.lost)) }
        mesh.run(for: .seconds(Int64(3)))
        #expect(Self.uplink(mesh) == mesh.id(Self.spare))
        silent = false
        let healed = carrier.now
        mesh.run(for: .seconds(Int64(55)))
        #expect(Self.uplink(mesh) == mesh.id(Self.spare))
        #expect(mesh.run(for: .seconds(Int64(20))) { Self.uplink(mesh) == mesh.id(Self.lost) })
        #expect(carrier.now - healed >= .seconds(Int64(60)))
        mesh.run(for: .seconds(Int64(2)))
        // Ups and downs of the commune's uplinks alternate.
        let order = mesh.ups[Self.commune].map(\.edge)
        #expect(order == [mesh.id(Self.lost), mesh.id(Self.spare), mesh.id(Self.lost)])
        #expect(mesh.downs[Self.commune].map(\.edge) == [mesh.id(Self.lost), mesh.id(Self.spare)])
        #expect(mesh.downs[Self.spare].map(\.edge) == [mesh.id(Self.commune)])
        #expect(mesh.agree())
    }

    @Test("going home waits for a speaker, but not for ever")
    func patience() {
        let carrier = VirtualCarrier(seed: 4)
        let mesh = Self.mesh(seed: 4, carrier: carrier)
        mesh.run(for: .seconds(Int64(5)))
        var silent = true
        carrier.cut = { from, to in silent && [from, to].contains(mesh.id(Self.commune)) && [from, to].contains(mesh.id(Self.lost)) }
        mesh.run(for: .seconds(Int64(3)))
        silent = false
        mesh[Self.commune].isSpeaking = true
        mesh.run(for: .seconds(Int64(90)))
        #expect(Self.uplink(mesh) == mesh.id(Self.spare))
        mesh.run(for: .seconds(Int64(60)))
        #expect(Self.uplink(mesh) == mesh.id(Self.lost))
    }

    @Test("a declared parent that is never there is given up for the backup after three seconds")
    func absent() {
        let carrier = VirtualCarrier(seed: 5)
        let mesh = Self.mesh(seed: 5, carrier: carrier)
        mesh.kill(Self.lost)
        mesh.run(for: .milliseconds(2_500))
        #expect(Self.uplink(mesh) == mesh.id(Self.lost))
        #expect(mesh.run(for: .seconds(Int64(3))) { Self.uplink(mesh) == mesh.id(Self.spare) })
        mesh.run(for: .seconds(Int64(1)))
        #expect(mesh.ups[Self.commune].map(\.edge) == [mesh.id(Self.spare)])
    }
}
