import Basics
import Topology

/// What checkers see of the world, and no more. They look on from outside: each keeps what it needs itself, and changes nothing here.
struct Sight {
    private unowned let world: World
    init(_ world: World) { self.world = world }

    var now: Instant { world.now }
    var network: Network { world.scenario.network }
    /// With each node's floors as they were looked at last.
    var nodes: [SimulatedNode] { world.nodes }
    /// By place: the node is of the core, which is healed in the end.
    var core: [Bool] { world.core }
    var meetings: [WorldMeeting] { world.meetings }
    var halls: [Hall] { world.halls }
    /// Some node lies at some time.
    var hasLiars: Bool { world.hasLiars }
    func name(_ node: NodeIndex) -> String { world.name(node) }
    /// Both ends call the edge up with one session.
    func areJoined(_ lower: Int, _ upper: Int) -> Bool { world.areJoined(lower, upper) }
    /// The ends of one direction of a trunk, and whether it leads to the upper node.
    func ends(of link: Int) -> (from: SimulatedNode, to: SimulatedNode, isUp: Bool) {
        let link = world.links[link]
        return (world.nodes[Int(link.from)], world.nodes[Int(link.to)], link.isUp)
    }
    /// The protected zone that a trunk lies in, if any.
    func zone(of link: Int) -> String? { world.zones[link] }
    /// The datagram whose consequences are being looked at; nil: none.
    var input: UnsafeRawBufferPointer? { world.inspected < 0 ? nil : UnsafeRawBufferPointer(world.pool.bytes(world.inspected)) }
}
