import Basics
import Membership
import Native
import Wire

/// Carries datagrams between nodes and owns the time: virtual links in one, real sockets in the other.
protocol Carrier: AnyObject {
    var now: Instant { get }
    func send(_ bytes: [UInt8], from: NodeIndex, to: NodeIndex)
    /// Lets time pass until a datagram arrives, but not beyond `limit`.
    func next(before limit: Instant) -> (bytes: [UInt8], from: NodeIndex, to: NodeIndex)?
}

/// Several machines whose effects a carrier carries.
final class Mesh {
    let tree: Tree
    let carrier: any Carrier
    let seed: UInt64
    let backups: [BackupUplink]
    /// What the machine of a slot signs and believes by; nil: an older program.
    var signing: (Int) -> Membership.Signing? = { _ in nil }
    var unsigned = UnsignedPolicy.untilSigned
    private(set) var machines: [Membership?]
    private var effects: [Membership.Effect] = []

    // What the machines said, by slot.
    var hops: [[(from: NodeIndex, payload: [UInt8])]]
    var ups: [[(edge: NodeIndex, session: EdgeSession)]]
    var downs: [[(edge: NodeIndex, reason: EdgeDownReason, at: Instant)]]
    var standby: [[(edge: NodeIndex, isUp: Bool)]]
    var unanswered: [[(edge: NodeIndex, at: Instant)]]
    var persisted: [UInt64]
    var changes: [Int]
    /// A machine is woken so long after its deadline, as on a busy processor.
    var lateWakes = Interval.zero
    /// Sees every datagram that leaves.
    var tap: ((_ from: NodeIndex, _ to: NodeIndex, _ bytes: [UInt8]) -> Void)?

    static func compressor() -> any Compressor { ZstdCompressor(dictionary: GossipDictionary.bytes) }

    init(_ tree: Tree, _ carrier: any Carrier, seed: UInt64, backups: [BackupUplink] = []) {
        self.tree = tree
        self.backups = backups
        self.carrier = carrier
        self.seed = seed
        machines = [Membership?](repeating: nil, count: tree.count)
        hops = .init(repeating: [], count: tree.count)
        ups = .init(repeating: [], count: tree.count)
        downs = .init(repeating: [], count: tree.count)
        standby = .init(repeating: [], count: tree.count)
        unanswered = .init(repeating: [], count: tree.count)
        persisted = .init(repeating: 0, count: tree.count)
        changes = .init(repeating: 0, count: tree.count)
    }

    subscript(slot: Int) -> Membership { machines[slot]! }
    func id(_ slot: Int) -> NodeIndex { tree.nodes[slot] }

    /// Starts (or starts again, without memory but for the counter) the machine of a slot.
    func start(_ slot: Int, counter: UInt64? = nil, edition: Tree? = nil, former: [BackupUplink] = []) {
        let machine = Membership(
            Membership.Configuration(
                tree: edition ?? tree, slot: (edition ?? tree).slot(id(slot))!, backups: backups, former: former,
                incarnationCounter: counter ?? persisted[slot], unsigned: unsigned),
            coder: GossipCoder(compressor: Mesh.compressor()), signing: signing(slot),
            random: SeededGenerator(seed: seed).fork("node \(slot) \(persisted[slot]) \(carrier.now)"))
        machines[slot] = machine
        act(slot) { $0.start(now: $1, into: &$2) }
    }
    func startAll() { for slot in 0..<tree.count { start(slot) } }
    func kill(_ slot: Int) { machines[slot] = nil }

    /// Both ends of every declared edge have a secure session now.
    func connectAll() {
        for slot in 1..<tree.count { connect(slot) }
        for backup in backups { connect(tree.slot(backup.node)!, to: tree.slot(backup.uplink)!) }
    }
    func connect(_ child: Int, to above: Int? = nil, capacity: Bitrate = .mbps(10)) {
        let parent = above ?? tree.parent(child)!
        for (a, b) in [(parent, child), (child, parent)] where machines[a] != nil {
            act(a) { $0.edgeConnected(self.id(b), capacity: capacity, now: $1, into: &$2) }
        }
    }
    func setScopes(_ meetings: [MeetingID]) {
        for slot in 0..<tree.count where machines[slot] != nil {
            for (neighbour, _) in self[slot].neighbours {
                act(slot) { $0.setScopes(neighbour, meetings, now: $1, into: &$2) }
            }
        }
    }
    func set(_ slot: Int, _ lane: Lane, _ scope: MeetingID, _ key: String, _ value: [UInt8]?) {
        act(slot) { $0.set(lane, scope: scope, key: key, value: value, now: $1, into: &$2) }
    }

    func act(_ slot: Int, _ body: (Membership, Instant, inout [Membership.Effect]) -> Void) {
        guard let machine = machines[slot] else { return }
        effects.removeAll(keepingCapacity: true)
        body(machine, carrier.now, &effects)
        for effect in effects {
            switch effect {
            case .send(let edge, let bytes):
                precondition(bytes.count <= GossipLimits.datagram, "datagram of \(bytes.count)")
                tap?(id(slot), edge, bytes)
                carrier.send(bytes, from: id(slot), to: edge)
            case .edgeUp(let edge, let session): ups[slot].append((edge, session))
            case .edgeDown(let edge, let reason): downs[slot].append((edge, reason, carrier.now))
            case .standby(let edge, let reason): standby[slot].append((edge, reason == nil))
            case .unanswered(let edge): unanswered[slot].append((edge, carrier.now))
            case .changed: changes[slot] += 1
            case .forgotten: break
            case .hop(let from, let payload): hops[slot].append((from, payload))
            case .persistIncarnation(let counter): persisted[slot] = counter
            }
        }
    }

    /// Carries everything until the condition holds or the time is over; says whether it held.
    @discardableResult
    func run(for limit: Interval, until done: () -> Bool = { false }) -> Bool {
        let end = carrier.now + limit
        while !done() {
            if carrier.now >= end { return false }
            var next = end
            for machine in machines { if let due = machine?.deadline { next = min(next, due + lateWakes) } }
            if let (bytes, from, to) = carrier.next(before: next) {
                guard let slot = tree.slot(to) else { continue }
                act(slot) { machine, now, effects in
                    bytes.withUnsafeBytes { machine.receive($0, from: from, now: now, into: &effects) }
                }
            }
            let now = carrier.now
            for slot in machines.indices {
                if let due = machines[slot]?.deadline, due + lateWakes <= now { act(slot) { $0.wake(now: $1, into: &$2) } }
            }
        }
        return true
    }

    var nobodyFell: Bool { downs.allSatisfy { $0.isEmpty } }
    func allUp() -> Bool {
        machines.allSatisfy { $0?.snapshot.edges.allSatisfy { $0.state == .up } ?? true }
    }
    /// All machines hold the same versions of the link lane and the given meetings.
    func agree(_ meetings: [MeetingID] = []) -> Bool {
        for scope in [Membership.everywhere] + meetings {
            var first: UInt64?
            for machine in machines {
                guard let machine else { continue }
                let sum = machine.sum(scope: scope)
                if let first, first != sum { return false }
                first = sum
            }
        }
        return true
    }

    private static func made(_ edges: [(NodeIndex, NodeIndex?)]) -> Tree {
        guard let tree = try? Tree(edges.map { (node: $0.0, parent: $0.1) }) else { preconditionFailure("no tree") }
        return tree
    }
    static func chain(_ count: Int) -> Tree {
        made((0..<count).map { (NodeIndex(of: "n\($0)"), $0 == 0 ? nil : NodeIndex(of: "n\($0 - 1)")) })
    }
    /// A province, a district, 17 communes.
    static func district() -> Tree {
        made((0..<19).map { (NodeIndex(of: "n\($0)"), $0 == 0 ? nil : NodeIndex(of: $0 == 1 ? "n0" : "n1")) })
    }
    /// A root, 34 provinces, and communes below them.
    static func country(_ count: Int = 3_355) -> Tree {
        made(
            (0..<count).map {
                (NodeIndex(of: "n\($0)"), $0 == 0 ? nil : $0 <= 34 ? NodeIndex(of: "n0") : NodeIndex(of: "n\(1 + $0 % 34)"))
            })
    }
}
