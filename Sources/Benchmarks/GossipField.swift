import Basics
import Membership
import Native
import Simulator
import Wire

/// A tree of gossip machines alone, on the simulator's lines and on virtual time: what `Membership` costs and how soon it tells,
/// without ciphers, meetings or media. The bytes are the real ones.
final class GossipField {
    /// What a datagram of gossip takes on a line beside its own bytes: IPv4, UDP, and a DTLS 1.2 record with AES-GCM.
    static let overhead = 28 + 37

    let tree: Tree
    private(set) var machines: [Membership] = []
    private(set) var now = Instant.zero
    private(set) var bytes = 0
    /// Edges that fell after they were up, since the last ``beginCounting()``.
    private(set) var falls = 0
    /// Sees each record that a machine learnt (slot, writer, key).
    var learnt: ((Int, NodeIndex, String) -> Void)?

    /// By lower slot: up and down.
    private var lines: [(up: LinkModel, down: LinkModel)?] = []
    private var chance: SeededGenerator
    private var effects: [Membership.Effect] = []
    private enum Event {
        /// A place in `flying`.
        case deliver(Int32)
        case wake(Int32)
    }
    private var heap = EventHeap<Event>()
    private var flying: [(bytes: [UInt8], from: Int, to: Int)] = []
    private var landed: [Int32] = []
    private var wakes: [Instant?]

    /// `line`: of every trunk, both ways. `signs`: nodes sign what lies in the bulk lane, with stand-ins of the sizes of real signatures.
    init(_ tree: Tree, line: Impairment, seed: UInt64, signs: Bool = false) {
        let records = SimulatedRecordAuthority(secret: seed)
        self.tree = tree
        chance = SeededGenerator(seed: seed).fork("lines")
        wakes = Array(repeating: nil, count: tree.count)
        let coder = GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes))
        for slot in 0..<tree.count {
            lines.append(tree.parent(slot) == nil ? nil : (LinkModel(line), LinkModel(line)))
            machines.append(
                Membership(
                    Membership.Configuration(tree: tree, slot: slot), coder: coder,
                    signing: signs
                        ? Membership.Signing(signer: records.signer(of: tree.nodes[slot]), verifier: records) { lane, _, _ in lane == .bulk } : nil,
                    random: SeededGenerator(seed: seed).fork("node \(slot)")))
        }
        for slot in 0..<tree.count { act(slot) { $0.start(now: $1, into: &$2) } }
        for slot in 0..<tree.count {
            guard let parent = tree.parent(slot) else { continue }
            for (a, b) in [(slot, parent), (parent, slot)] {
                act(a) { [tree] in $0.edgeConnected(tree.nodes[b], capacity: line.rate, now: $1, into: &$2) }
            }
        }
    }

    /// The meeting runs on every edge.
    func run(_ meeting: MeetingID) {
        for slot in 0..<tree.count {
            for (neighbour, _) in machines[slot].neighbours { act(slot) { $0.setScopes(neighbour, [meeting], now: $1, into: &$2) } }
        }
    }

    func set(_ slot: Int, _ meeting: MeetingID, _ key: String, _ value: [UInt8], lane: Lane = .roster) {
        act(slot) { $0.set(lane, scope: meeting, key: key, value: value, now: $1, into: &$2) }
    }

    func beginCounting() { (bytes, falls) = (0, 0) }
    var deltas: Int { machines.reduce(0) { $0 + $1.snapshot.edges.reduce(0) { $0 + $1.counters.deltasSent } } }

    private func act(_ slot: Int, _ body: (Membership, Instant, inout [Membership.Effect]) -> Void) {
        effects.removeAll(keepingCapacity: true)
        body(machines[slot], now, &effects)
        for effect in effects {
            switch effect {
            case .send(let edge, let bytes): if let to = tree.slot(edge) { send(bytes, slot, to) }
            case .edgeDown: falls += 1
            case .changed(let namespace, let key): learnt?(slot, namespace.node, key)
            default: break
            }
        }
        guard let due = machines[slot].deadline.map({ max($0, now) }), due != wakes[slot] else { return }
        wakes[slot] = due
        heap.push(.wake(Int32(slot)), at: due)
    }

    private func send(_ bytes: [UInt8], _ from: Int, _ to: Int) {
        self.bytes += bytes.count + GossipField.overhead
        let isUp = tree.parent(from) == to
        let lower = isUp ? from : to
        let size = bytes.count + GossipField.overhead
        let fate = isUp ? lines[lower]?.up.send(size: size, now: now, using: &chance) : lines[lower]?.down.send(size: size, now: now, using: &chance)
        guard case .delivered(let at, _, _)? = fate else { return }
        let place = landed.popLast() ?? Int32(flying.count)
        if place < flying.count { flying[Int(place)] = (bytes, from, to) } else { flying.append((bytes, from, to)) }
        heap.push(.deliver(place), at: at)
    }

    /// Lets time pass; ends early when `done` holds after an event.
    @discardableResult
    func live(_ duration: Interval, until done: () -> Bool = { false }) -> Bool {
        let end = now + duration
        while let next = heap.next, next <= end, let (at, event) = heap.pop() {
            now = max(now, at)
            switch event {
            case .deliver(let place):
                let (bytes, from, to) = flying[Int(place)]
                flying[Int(place)].bytes = []
                landed.append(place)
                act(to) { [tree] machine, now, effects in
                    bytes.withUnsafeBytes { machine.receive($0, from: tree.nodes[from], now: now, into: &effects) }
                }
            case .wake(let place):
                let slot = Int(place)
                // A later plan took the place of this one.
                guard wakes[slot] == at else { continue }
                wakes[slot] = nil
                act(slot) { $0.wake(now: $1, into: &$2) }
            }
            if done() { return true }
        }
        now = max(now, end)
        return done()
    }
}
