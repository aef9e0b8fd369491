import Basics
import Membership
import Rights

/// What all meetings of a node share, and the input under way: its time, and the effects that the meetings append.
///
/// ``Conference`` alone makes and changes it. Meetings read it, tick its clock, number their requests and ``emit(_:)`` effects.
/// A class, so that each meeting holds one reference and nothing is copied.
final class Surroundings {
    let node: NodeIndex
    let coder: any RecordCoder
    /// Which of its rules this node keeps: all, but for a simulation that leaves one out to see that it is missed.
    let rules: Rules
    /// Who may do what, as started or as adopted last.
    private(set) var policy: Policy
    /// As started, or as adopted last (``adopt(_:me:links:edges:)``).
    private(set) var tree: Tree
    /// Our slot in the tree.
    private(set) var me: Int
    var links: LinkTable
    /// Our declared edges, backups among them, by neighbour.
    var edges: [Edge]
    /// How often it was another tree.
    var treeChanges: UInt64 = 0
    /// Our uplink was up once.
    var hadUplink = false
    private var clock = HybridClock()
    /// False: nobody knows the time here; stamps are marked until somebody does.
    var clockIsSet = true
    /// The uplink's time as read last, if it is heard.
    var uplinkWall: WallTime?
    /// Grows over incarnations, so that request names never come again.
    private var lastRequest: UInt64

    /// The first input's time.
    private(set) var born: Instant?
    /// The time of the input under way.
    private(set) var now = Instant.zero
    private(set) var wall = WallTime(milliseconds: 0)
    private var effects: [ConferenceEffect] = []

    /// One declared edge of this node; of several upward at most one is taken, and only that one comes up here.
    struct Edge {
        let neighbour: NodeIndex
        let slot: Int
        let isParent: Bool
        /// Nil while it is down.
        var session: UInt64?
        /// As last told to the caller.
        var scopes: [MeetingID] = []
    }

    /// A node that is not in the tree is the caller's mistake.
    init(node: NodeIndex, tree: Tree, backups: [BackupUplink], coder: any RecordCoder, rules: Rules, policy: Policy, lastRequest: UInt64) {
        guard let me = tree.slot(node) else { preconditionFailure("node \(node) is not in its own topology") }
        self.node = node
        self.tree = tree
        self.me = me
        self.coder = coder
        self.rules = rules
        self.policy = policy
        self.lastRequest = lastRequest
        links = LinkTable(tree: tree, me: me, backups: backups)
        edges = Surroundings.edges(of: me, in: tree, backups)
    }

    /// A node's declared edges, backups among them, by neighbour.
    static func edges(of me: Int, in tree: Tree, _ backups: [BackupUplink]) -> [Edge] {
        let node = tree.nodes[me]
        var edges: [Edge] = []
        if let parent = tree.parent(me) { edges.append(Edge(neighbour: tree.nodes[parent], slot: parent, isParent: true)) }
        for child in tree.children(me) { edges.append(Edge(neighbour: tree.nodes[child], slot: child, isParent: false)) }
        for backup in backups where backup.node == node || backup.uplink == node {
            let other = backup.node == node ? backup.uplink : backup.node
            guard let slot = tree.slot(other), !edges.contains(where: { $0.neighbour == other }) else { continue }
            edges.append(Edge(neighbour: other, slot: slot, isParent: backup.node == node))
        }
        return edges.sorted { $0.neighbour < $1.neighbour }
    }

    /// Goes over to another edition of the tree.
    func adopt(_ tree: Tree, me: Int, links: consuming LinkTable, edges: [Edge], policy: Policy) {
        self.tree = tree
        self.policy = policy
        self.me = me
        self.links = links
        self.edges = edges
    }

    // MARK: The input under way

    /// An input begins. Its effects are collected here until ``end(_:)`` gives the caller's list back, longer by them.
    func begin(_ now: Instant, _ wall: WallTime, _ effects: inout [ConferenceEffect]) {
        if born == nil { born = now }
        self.now = now
        self.wall = wall
        swap(&self.effects, &effects)
    }

    func end(_ effects: inout [ConferenceEffect]) { swap(&self.effects, &effects) }

    func emit(_ effect: ConferenceEffect) { effects.append(effect) }

    // MARK: The clock

    /// A stamp larger than every stamp seen.
    func tick() -> Stamp { clock.tick(wall) }
    func observe(_ stamp: Stamp) { clock.observe(stamp, wall: wall) }

    /// A request's stamp; a logical clock that a wrong reading drove far ahead does not push it back in the queue.
    func requestStamp() -> Stamp {
        let stamp = tick()
        guard stamp.milliseconds &- HybridClock.farthestAhead > wall.milliseconds else { return stamp }
        return Stamp(milliseconds: wall.milliseconds, counter: stamp.counter)
    }

    /// The name of this node's next request.
    func nextRequest() -> RequestID {
        lastRequest &+= 1
        return RequestID(node: node, counter: lastRequest)
    }
    /// Names up to this one are taken.
    func skipRequests(to number: UInt64) { lastRequest = max(lastRequest, number) }

    // MARK: Who stands where

    func edgeIndex(_ neighbour: NodeIndex) -> Int? { edges.firstIndex { $0.neighbour == neighbour } }
    /// The uplink that is up; else any.
    var parentEdge: Int? { edges.firstIndex { $0.isParent && $0.session != nil } ?? edges.firstIndex { $0.isParent } }
    var parentSession: UInt64? { parentEdge.flatMap { edges[$0].session } }

    /// We, or a node on our way to the top.
    func standsAbove(_ writer: NodeIndex) -> Bool {
        guard let slot = tree.slot(writer) else { return false }
        return links.hangs(me, under: slot)
    }
    /// The writer is that home, or declared and backup uplinks may place it above.
    func stands(_ writer: NodeIndex, above home: NodeIndex) -> Bool {
        guard let upper = tree.slot(writer), let lower = tree.slot(home) else { return false }
        return links.mayHang(lower, under: upper)
    }
    /// Declared below this node.
    func liesBelow(_ writer: NodeIndex) -> Bool { writer != node && tree.slot(writer).map { tree.contains(me, $0) } ?? false }
    /// Declared at or below the other.
    func liesBelow(_ lower: NodeIndex, _ upper: NodeIndex) -> Bool {
        guard let lower = tree.slot(lower), let upper = tree.slot(upper) else { return false }
        return tree.contains(upper, lower)
    }
    func isReachable(_ slot: Int) -> Bool { slot == me || links.isReachable(slot) }
}
