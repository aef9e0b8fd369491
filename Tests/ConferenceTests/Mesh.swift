import Basics
import Conference
import Membership
import Rights

/// Keeps what it encodes and hands out numbers: the bytes of two machines in one process.
final class RegistryCoder: RecordCoder {
    private(set) var records: [ConferenceRecord] = []
    private(set) var messages: [FloorMessage] = []
    private func bytes(_ n: Int, _ tag: UInt8) -> [UInt8] {
        [tag] + (0..<4).map { UInt8(truncatingIfNeeded: n >> ($0 * 8)) }
    }
    private func number(_ bytes: [UInt8], _ tag: UInt8) -> Int? {
        guard bytes.count == 5, bytes[0] == tag else { return nil }
        return (0..<4).reduce(0) { $0 | Int(bytes[1 + $1]) << ($1 * 8) }
    }
    func encode(_ record: ConferenceRecord) -> [UInt8] {
        records.append(record)
        return bytes(records.count - 1, 1)
    }
    func decodeRecord(_ bytes: [UInt8]) -> ConferenceRecord? {
        number(bytes, 1).flatMap { $0 < records.count ? records[$0] : nil }
    }
    func encode(_ message: FloorMessage) -> [UInt8] {
        messages.append(message)
        return bytes(messages.count - 1, 2)
    }
    func decodeHop(_ bytes: [UInt8]) -> FloorMessage? {
        number(bytes, 2).flatMap { $0 < messages.count ? messages[$0] : nil }
    }
}

/// Nodes exchanging effects in simulated time: eager push of records along edges that carry their scope, hop messages with
/// their edge's session, both delayed by 2 to 12 ms a hop and reordered.
final class Mesh {
    struct Row {
        var version: Int
        var value: [UInt8]?
    }
    struct Name: Hashable {
        var writer: NodeIndex
        var lane: Lane
        var scope: MeetingID?
        var key: String
    }
    final class Host {
        var id: String
        var conference: Conference
        /// Names in the order in which they first came.
        var order: [Name] = []
        var store: [Name: Row] = [:]
        /// Rows on its disk that the others need no more.
        var retracted: [Name: [UInt8]] = [:]
        /// By neighbour.
        var scopes: [NodeIndex: [MeetingID]] = [:]
        var sessions: [NodeIndex: UInt64] = [:]
        var gates: [SiteID: LeaseName] = [:]
        var open: Set<SiteID> = []
        /// How far its clock is from the right time, in milliseconds.
        var clockOff: Int64 = 0
        var life = 1
        var isDead = false

        init(id: String, conference: consuming Conference) {
            self.id = id
            self.conference = conference
        }
    }
    enum Event {
        case record(from: Int, to: Int, Name, Row, session: UInt64)
        case hop(from: Int, to: Int, [UInt8], session: UInt64)
        case down(Int, NodeIndex, session: UInt64)
    }

    let tree: Tree
    let coder = RegistryCoder()
    var hosts: [Host] = []
    var index: [NodeIndex: Int] = [:]
    var now = Instant(nanoseconds: 1_000_000_000)
    var random: SeededGenerator
    var events: [(at: Instant, order: Int, event: Event)] = []
    var counter = 0
    var nextSession: UInt64 = 100
    var audit: [(node: NodeIndex, row: AuditRow)] = []
    /// Of homes, about their own sites.
    var attendance: [AttendanceRow] = []
    /// Of nodes, about sites of others.
    var reported: [(node: NodeIndex, row: AttendanceRow)] = []
    var votes: [(node: NodeIndex, row: VoteRow)] = []
    var ballots: [(node: NodeIndex, row: BallotRow)] = []
    var drops: [ConferenceDrop] = []
    /// How often a node said that a meeting changed.
    var changes = 0
    var keepsLateMessages = false
    /// Milliseconds by which a hop message comes later than usual (sender, receiver, message); nil: it is lost.
    var hopFault: (String, String, FloorMessage) -> Int64? = { _, _, _ in 0 }
    let rules: Rules
    private let backups: [BackupUplink]
    /// Of every node.
    let policy: Policy
    /// Called after each step.
    var check: ((Mesh) -> Void)?

    var wall: WallTime { WallTime(milliseconds: 1_800_000_000_000 + now.nanoseconds / 1_000_000) }

    /// Ids and parents; and who may hang where besides.
    init(
        _ nodes: [(id: String, parent: String?)], seed: UInt64, backups: [(node: String, uplink: String)] = [], rules: Rules = .all,
        policy: Policy = .acceptingAll
    ) {
        self.rules = rules
        self.policy = policy
        self.backups = backups.map { BackupUplink(node: NodeIndex(of: $0.node), uplink: NodeIndex(of: $0.uplink)) }
        random = SeededGenerator(seed: seed)
        tree = try! Tree(nodes.map { (NodeIndex(of: $0.id), $0.parent.map(NodeIndex.init(of:))) })
        for (i, node) in nodes.enumerated() {
            index[NodeIndex(of: node.id)] = i
            hosts.append(Host(id: node.id, conference: make(node.id, life: 1)))
        }
    }

    private func make(_ id: String, life: Int) -> Conference {
        Conference(
            node: NodeIndex(of: id), tree: tree, backups: backups, incarnation: Incarnation(counter: UInt64(life), nonce: 7),
            generator: SeededGenerator(seed: 1), coder: coder, rules: rules, policy: policy)
    }

    func at(_ id: String) -> Int { index[NodeIndex(of: id)]! }

    // MARK: Edges

    func connectAll() {
        for slot in 0..<tree.count { if tree.parent(slot) != nil { connect(tree.nodes[slot]) } }
    }

    /// Brings the edge between a node and its parent up.
    func connect(_ node: NodeIndex) {
        let child = index[node]!
        let parentName = tree.nodes[tree.parent(tree.slot(node)!)!]
        let parent = index[parentName]!
        guard hosts[child].sessions[parentName] == nil, hosts[parent].sessions[node] == nil, !hosts[child].isDead, !hosts[parent].isDead else { return }
        nextSession += 1
        let session = nextSession
        for (a, b) in [(child, parent), (parent, child)] {
            let name = NodeIndex(of: hosts[b].id)
            hosts[a].sessions[name] = session
            act(a) { $0.edgeUp(name, session: session, now: $1, wall: $2, into: &$3) }
        }
        for (a, b) in [(child, parent), (parent, child)] { pushAll(from: a, to: b) }
    }

    /// Takes the edge above a node down, at one end `lag` milliseconds after the other.
    func cut(_ node: NodeIndex, lag: Int64 = 0, parentFirst: Bool = false) {
        let child = index[node]!
        let parentName = tree.nodes[tree.parent(tree.slot(node)!)!]
        let parent = index[parentName]!
        let ends = parentFirst ? [(parent, child), (child, parent)] : [(child, parent), (parent, child)]
        for (n, end) in ends.enumerated() {
            let (a, b) = end
            let name = NodeIndex(of: hosts[b].id)
            guard let session = hosts[a].sessions[name] else { continue }
            if keepsLateMessages { delayMessages(of: session) }
            if n == 1, lag > 0 {
                counter += 1
                events.append((now + .milliseconds(lag), counter, .down(a, name, session: session)))
                continue
            }
            hosts[a].sessions[name] = nil
            if !hosts[a].isDead { act(a) { $0.edgeDown(name, now: $1, wall: $2, into: &$3) } }
        }
    }

    /// What is under way on a dead session comes when nobody expects it any more.
    private func delayMessages(of dead: UInt64) {
        for i in events.indices {
            if case .hop(_, _, _, dead) = events[i].event { events[i].at = events[i].at + .milliseconds(Int64(random.next() % 2_000)) }
        }
    }

    /// Stops a node and starts it anew with what it had published.
    func kill(_ id: String) {
        let i = at(id)
        hosts[i].isDead = true
        hosts[i].open = []
        hosts[i].gates = [:]
        let slot = tree.slot(NodeIndex(of: id))!
        if tree.parent(slot) != nil { cut(NodeIndex(of: id)) }
        for child in tree.children(slot) { cut(tree.nodes[child]) }
    }

    /// `forgetting`: its disk is gone, and what it had written leaves the others, which learn at once of its new incarnation.
    func revive(_ id: String, forgetting: Bool = false) {
        let i = at(id)
        let me = NodeIndex(of: id)
        let rows =
            forgetting
            ? []
            : hosts[i].order.compactMap { name -> PublishedRecord? in
                guard name.writer == me, let value = hosts[i].store[name]?.value ?? hosts[i].retracted[name] else { return nil }
                return PublishedRecord(lane: name.lane, scope: name.scope, key: name.key, value: value)
            }
        let life = hosts[i].life + 1
        // All namespaces begin anew: what is not republished is gone everywhere.
        let old = hosts[i].order.filter { $0.writer == me }
        let host = Host(id: id, conference: make(id, life: life))
        host.life = life
        hosts[i] = host
        if forgetting {
            for j in hosts.indices where j != i { forget(me, at: j) }
        } else {
            host.order = old
            for name in old { host.store[name] = Row(version: life << 32, value: nil) }
        }
        act(i) { $0.restore(rows, now: $1, wall: $2, into: &$3) }
    }

    private func forget(_ writer: NodeIndex, at j: Int) {
        let names = hosts[j].order.filter { $0.writer == writer }
        hosts[j].order.removeAll { $0.writer == writer }
        for name in names { hosts[j].store[name] = nil }
        guard !hosts[j].isDead else { return }
        for lane in Lane.allCases {
            for scope in Set(names.filter { $0.lane == lane }.compactMap(\.scope)) {
                act(j) { $0.namespaceForgotten(writer: writer, lane: lane, scope: scope, now: $1, wall: $2, into: &$3) }
            }
        }
    }

    // MARK: Inputs

    /// Gives one node an input and carries out what it wants.
    func act(_ i: Int, _ body: (inout Conference, Instant, WallTime, inout [ConferenceEffect]) -> Void) {
        var effects: [ConferenceEffect] = []
        body(&hosts[i].conference, now, WallTime(milliseconds: wall.milliseconds + hosts[i].clockOff), &effects)
        carryOut(effects, i)
        check?(self)
    }

    @discardableResult
    func perform(_ action: ConferenceAction, _ site: String, _ meeting: String = "m", role: String? = nil) -> Refusal? {
        var refusal: Refusal?
        act(at(SiteID(site).node)) { conference, now, wall, effects in
            do throws(Refusal) {
                try conference.perform(
                    action, site: SiteID(site), role: role, meeting: MeetingID(meeting), now: now, wall: wall, into: &effects)
            } catch { refusal = error }
        }
        return refusal
    }

    @discardableResult
    func join(_ site: String, _ meeting: String = "m") -> Refusal? {
        var refusal: Refusal?
        act(at(SiteID(site).node)) { conference, now, wall, effects in
            do throws(Refusal) {
                try conference.siteJoined(
                    SiteID(site), meeting: MeetingID(meeting), hasVideo: true, now: now, wall: wall, into: &effects)
            } catch { refusal = error }
        }
        return refusal
    }

    func leave(_ site: String, _ meeting: String = "m") {
        act(at(SiteID(site).node)) {
            $0.siteLeft(SiteID(site), meeting: MeetingID(meeting), now: $1, wall: $2, into: &$3)
        }
    }

    func view(_ node: String, _ meeting: String = "m") -> MeetingView? {
        hosts[at(node)].conference.view(of: MeetingID(meeting))
    }

    /// Its clock stands that far from the right time now, and it knows the time or not.
    func setClock(_ id: String, off: Int64, isSet: Bool) {
        let jump = Interval.milliseconds(off - hosts[at(id)].clockOff)
        hosts[at(id)].clockOff = off
        act(at(id)) { $0.clockRead(isSet: isSet, jump: jump, now: $1, wall: $2, into: &$3) }
    }

    // MARK: Time

    func run(_ milliseconds: Int64) {
        let end = now + .milliseconds(milliseconds)
        while true {
            var next = end
            for host in hosts where !host.isDead { if let deadline = host.conference.deadline { next = min(next, deadline) } }
            let first = events.indices.min { (events[$0].at, events[$0].order) < (events[$1].at, events[$1].order) }
            if let first, events[first].at <= next {
                let event = events.remove(at: first)
                now = max(now, event.at)
                deliver(event.event)
                continue
            }
            now = max(now, next)
            if next >= end { break }
            for i in hosts.indices where !hosts[i].isDead {
                if let deadline = hosts[i].conference.deadline, deadline <= now {
                    act(i) { $0.wake(now: $1, wall: $2, into: &$3) }
                }
            }
        }
    }

    private func deliver(_ event: Event) {
        switch event {
        case .record(let from, let to, let name, let row, let session):
            guard hosts[to].sessions[NodeIndex(of: hosts[from].id)] == session, !hosts[to].isDead else { return }
            if name.writer == NodeIndex(of: hosts[to].id) { return }
            store(to, name, row, from: from)
        case .hop(let from, let to, let payload, let session):
            let neighbour = NodeIndex(of: hosts[from].id)
            // Late messages of an older session come through here on purpose: the fence must hold by itself.
            guard hosts[to].sessions[neighbour] == session || keepsLateMessages, !hosts[to].isDead else { return }
            act(to) { $0.receiveHop(from: neighbour, payload: payload, now: $1, wall: $2, into: &$3) }
        case .down(let i, let name, let session):
            guard hosts[i].sessions[name] == session, !hosts[i].isDead else { return }
            hosts[i].sessions[name] = nil
            act(i) { $0.edgeDown(name, now: $1, wall: $2, into: &$3) }
        }
    }

    // MARK: Effects

    private func carryOut(_ effects: [ConferenceEffect], _ i: Int) {
        let me = NodeIndex(of: hosts[i].id)
        for effect in effects {
            switch effect {
            case .publish(let lane, let scope, let key, let value):
                let name = Name(writer: me, lane: lane, scope: scope, key: key)
                hosts[i].retracted[name] = nil
                write(i, name, value)
            case .retract(let lane, let scope, let key):
                let name = Name(writer: me, lane: lane, scope: scope, key: key)
                hosts[i].retracted[name] = hosts[i].store[name]?.value
                write(i, name, nil)
            case .hop(let to, let payload):
                guard let session = hosts[i].sessions[to], let message = coder.decodeHop(payload) else { continue }
                let receiver = index[to]!
                guard let extra = hopFault(hosts[i].id, hosts[receiver].id, message) else { continue }
                later(.hop(from: i, to: receiver, payload, session: session), extra)
            case .scopes(let neighbour, let meetings):
                hosts[i].scopes[neighbour] = meetings
                pushAll(from: i, to: index[neighbour]!)
            case .gate(_, let site, let open, let lease):
                if open { hosts[i].open.insert(site) } else { hosts[i].open.remove(site) }
                hosts[i].gates[site] = open ? lease : nil
            case .audit(let row): audit.append((me, row))
            case .attendance(let row):
                if NodeIndex(of: row.site.node) == me { attendance.append(row) } else { reported.append((me, row)) }
            case .vote(let row): votes.append((me, row))
            case .ballot(let row): ballots.append((me, row))
            case .dropped(let drop): drops.append(drop)
            case .changed: changes += 1
            case .waysChanged, .forget, .wanted: break
            }
        }
    }

    private func write(_ i: Int, _ name: Name, _ value: [UInt8]?) {
        let version = (hosts[i].store[name]?.version ?? hosts[i].life << 32) + 1
        store(i, name, Row(version: version, value: value), from: nil)
    }

    private func store(_ i: Int, _ name: Name, _ row: Row, from: Int?) {
        if let held = hosts[i].store[name], held.version >= row.version { return }
        if hosts[i].store[name] == nil { hosts[i].order.append(name) }
        hosts[i].store[name] = row
        if from != nil {
            act(i) {
                $0.recordChanged(
                    writer: name.writer, lane: name.lane, scope: name.scope ?? MeetingID(""), key: name.key,
                    value: row.value, now: $1, wall: $2, into: &$3)
            }
        }
        for neighbour in neighbours(i) where neighbour != from { push(name, from: i, to: neighbour) }
    }

    private func neighbours(_ i: Int) -> [Int] {
        let slot = tree.slot(NodeIndex(of: hosts[i].id))!
        return ((tree.parent(slot).map { [$0] } ?? []) + tree.children(slot)).map { index[tree.nodes[$0]]! }
    }

    private func pushAll(from i: Int, to j: Int) {
        for name in hosts[i].order { push(name, from: i, to: j) }
    }

    private func push(_ name: Name, from i: Int, to j: Int) {
        let neighbour = NodeIndex(of: hosts[j].id)
        guard let session = hosts[i].sessions[neighbour], let row = hosts[i].store[name] else { return }
        if let scope = name.scope, !(hosts[i].scopes[neighbour] ?? []).contains(scope) { return }
        later(.record(from: i, to: j, name, row, session: session))
    }

    private func later(_ event: Event, _ extra: Int64 = 0) {
        counter += 1
        let delay = Interval.microseconds(2_000 + Int64(random.next() % 10_000) + extra * 1_000)
        events.append((now + delay, counter, event))
    }
}

extension Policy {
    /// Meetings of sites that lie nowhere near the starter, as tests of the floor have them: nobody is asked.
    static var acceptingAll: Policy {
        var policy = Policy.standard
        policy.accept = .all
        return policy
    }
}
