import Basics
import Conference
import Testing

/// Watches a mesh from outside and keeps what went wrong.
final class Checker {
    var faults: [String] = []
    private var lastNames: [NodeIndex: LeaseName] = [:]
    let floorSize: Int
    init(floorSize: Int) { self.floorSize = floorSize }
    /// A restarted node has forgotten its leases, and all edges to it are new.
    func forget(_ site: String) { lastNames[NodeIndex(of: site)] = nil }

    func look(_ mesh: Mesh) {
        let id = MeetingID("m")
        // Components over edges that both ends hold attached.
        var component = Array(0..<mesh.hosts.count)
        for slot in 1..<mesh.tree.count {
            let child = mesh.index[mesh.tree.nodes[slot]]!
            let parent = mesh.index[mesh.tree.nodes[mesh.tree.parent(slot)!]]!
            guard !mesh.hosts[child].isDead, !mesh.hosts[parent].isDead,
                mesh.hosts[child].conference.isAttached(id, mesh.tree.nodes[mesh.tree.parent(slot)!]),
                mesh.hosts[parent].conference.isAttached(id, mesh.tree.nodes[slot])
            else { continue }
            let (a, b) = (component[child], component[parent])
            for i in component.indices where component[i] == a { component[i] = b }
        }
        // S1 and S2: at most N gates with a lease in one component.
        for c in Set(component) {
            let open = mesh.hosts.indices.filter { component[$0] == c && !mesh.hosts[$0].isDead }
                .flatMap { i in mesh.hosts[i].gates.keys.map { ($0, mesh.hosts[i].gates[$0]!) } }
            if open.count > floorSize { faults.append("S1 at \(mesh.now): open \(open)") }
        }
        for host in mesh.hosts where !host.isDead {
            for (site, name) in host.gates {
                // S2: a gate's lease never gets smaller.
                let key = NodeIndex(of: site.rawValue)
                if let last = lastNames[key], name < last { faults.append("S2 at \(mesh.now): \(site) \(last) then \(name)") }
                lastNames[key] = name
            }
        }
    }

    /// S3 and S7, from all that was ever published or granted.
    func lookBack(_ mesh: Mesh) {
        var names: [String: Set<UInt64>] = [:]
        for record in mesh.coder.records {
            guard case .floor(let floor) = record else { continue }
            if Set(floor.grants.map(\.slot)).count != floor.grants.count { faults.append("S3: \(floor)") }
            for grant in floor.grants {
                names["\(grant.name.epoch)/\(grant.name.crown)", default: []].insert(grant.name.sequence)
            }
        }
        for (_, row) in mesh.audit where row.event == .granted {
            if let name = row.lease { names["\(name.epoch)/\(name.crown)", default: []].insert(name.sequence) }
        }
        for message in mesh.coder.messages {
            if case .lease(let lease) = message.body {
                names["\(lease.name.epoch)/\(lease.name.crown)", default: []].insert(lease.name.sequence)
            }
        }
        for (term, sequences) in names where sequences != Set(1...UInt64(sequences.count)) {
            faults.append("S7: \(term) has \(sequences.sorted())")
        }
    }
}

let rooms = ["p", "c11", "c12", "c21", "c22"]

/// Eighteen seconds of cuts, kills, requests and commands, drawn from the seed; then the checker says what went wrong.
func adversity(seed: UInt64, rules: Rules = .all) -> (mesh: Mesh, checker: Checker) {
    let floorSize = seed % 4 == 0 ? 2 : 1
    let mesh = meeting(definition(chairs: ["p", "c11"], floorSize: floorSize), seed: seed, rules: rules)
    mesh.keepsLateMessages = true
    let checker = Checker(floorSize: floorSize)
    mesh.check = { checker.look($0) }
    var random = SeededGenerator(seed: seed).fork("plan")
    func pick<T>(_ list: [T]) -> T { list[Int(random.next() % UInt64(list.count))] }
    let lower = sevenNodes.dropFirst().map(\.id)
    for _ in 0..<120 {
        let site = pick(rooms)
        let dead = mesh.hosts[mesh.at(site)].isDead
        switch random.next() % 16 {
        case 0...4: if !dead { mesh.perform(.requestFloor(.normal), site) }
        case 5...6: if !dead { mesh.perform(.withdraw, site) }
        case 7: if !mesh.hosts[mesh.at("p")].isDead { mesh.perform(.revoke(SiteID(site)), "p") }
        case 8: if !mesh.hosts[mesh.at("c11")].isDead { mesh.perform(.give(SiteID(site)), "c11") }
        case 9...10:
            mesh.cut(NodeIndex(of: pick(lower)), lag: Int64(random.next() % 400), parentFirst: random.next() % 2 == 0)
        case 11...13: mesh.connect(NodeIndex(of: pick(lower)))
        case 14:
            let node = pick(sevenNodes.map(\.id))
            if !mesh.hosts[mesh.at(node)].isDead {
                mesh.kill(node)
                checker.forget(node)
            }
        default:
            for node in sevenNodes where mesh.hosts[mesh.at(node.id)].isDead {
                mesh.revive(node.id)
                if rooms.contains(node.id) { mesh.join(node.id) }
            }
        }
        mesh.run(Int64(random.next() % 300))
    }
    checker.lookBack(mesh)
    return (mesh, checker)
}

@Suite struct SafetyTests {
    @Test("no two connected gates are open, whatever is cut, killed or asked", arguments: [UInt64(1), 2, 4, 5, 11, 21])
    func randomised(seed: UInt64) throws {
        let (mesh, checker) = adversity(seed: seed)
        let floorSize = checker.floorSize
        #expect(checker.faults.isEmpty, "seed \(seed)")

        // Once faults stop: one crown, and all agree.
        for node in sevenNodes where mesh.hosts[mesh.at(node.id)].isDead { mesh.revive(node.id) }
        mesh.run(1_000)
        mesh.connectAll()
        mesh.run(300)
        for site in rooms { mesh.join(site) }
        mesh.run(40_000)
        #expect(checker.faults.isEmpty, "seed \(seed)")
        let crowns = sevenNodes.filter { mesh.view($0.id)?.crown == true }.map(\.id)
        #expect(crowns == ["p"], "seed \(seed)")
        let expected = try #require(mesh.view("p"))
        for node in sevenNodes {
            let view = mesh.view(node.id)
            #expect(view?.holders == expected.holders, "seed \(seed) \(node.id)")
            #expect(view?.queue == expected.queue, "seed \(seed) \(node.id)")
            #expect(view?.sites == expected.sites, "seed \(seed) \(node.id)")
        }
        let open = mesh.hosts.flatMap { $0.gates.keys }.map(\.rawValue).sorted()
        #expect(open == expected.holders.filter { h in expected.sites.first { $0.id == h.site }?.muted == false }.map(\.site.rawValue).sorted(), "seed \(seed)")
        #expect(expected.queue.isEmpty || expected.holders.count == floorSize, "seed \(seed)")
    }

    @Test(
        "a node that leaves one rule out is noticed by some seed",
        arguments: ["wait", "freeze", "clean", "revoke-answered"])
    func mutants(name: String) throws {
        let rule = try #require(Rules.named.first { $0.name == name }?.rule)
        var seed = UInt64(0)
        var faults: [String] = []
        while faults.isEmpty, seed < 60 {
            seed += 1
            faults = adversity(seed: seed, rules: Rules.all.subtracting(rule)).checker.faults
        }
        print("without \(name): seed \(seed), \(faults.first ?? "nothing")")
        #expect(!faults.isEmpty, "\(name)")
    }

    @Test("a release of a dead session that comes late is fenced off; without a fence its name still ends no later grant")
    func fence() throws {
        for rules in [Rules.all, Rules.all.subtracting(.fence)] {
            let mesh = try twoParts(upperSpeaks: false, rules: rules)
            mesh.keepsLateMessages = true
            let checker = Checker(floorSize: 1)
            mesh.check = { checker.look($0) }
            mesh.hopFault = { from, _, message in if from == "c11", case .release = message.body { 2_500 } else { 0 } }
            mesh.connect(NodeIndex(of: "d1"))
            mesh.run(20)
            mesh.cut(NodeIndex(of: "c11"))
            mesh.hopFault = { _, _, _ in 0 }
            mesh.connect(NodeIndex(of: "c11"))
            #expect(mesh.wait(2_400) { mesh.isAttached("d1") && mesh.isAttached("c11") } != nil)
            mesh.run(400)
            #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c11"])
            mesh.perform(.requestFloor(.normal), "c22")
            mesh.run(5_000)
            #expect(checker.faults.isEmpty)
            #expect(mesh.drops.contains(.stale) == (rules == .all))
        }
    }

    @Test("a holder whose renewals are lost is silent when the next one speaks; one that keeps no expiry is noticed")
    func expiry() {
        for rules in [Rules.all, Rules.all.subtracting(.expiry)] {
            let mesh = meeting(rules: rules)
            let checker = Checker(floorSize: 1)
            mesh.check = { checker.look($0) }
            mesh.perform(.requestFloor(.normal), "c11")
            mesh.run(200)
            mesh.perform(.requestFloor(.normal), "c22")
            mesh.hopFault = { from, _, _ in from == "c11" ? nil : 0 }
            mesh.run(2_000)
            #expect(mesh.hosts[mesh.at("c22")].open == [SiteID("c22")])
            #expect(checker.faults.isEmpty == (rules == .all))
        }
    }

    @Test("nineteen nodes: every commune asks, each speaks in turn, in the same order everywhere")
    func nineteen() throws {
        let communes = (1...17).map { "x\($0)" }
        let mesh = Mesh(nineteenNodes, seed: 5)
        let checker = Checker(floorSize: 1)
        mesh.connectAll()
        mesh.run(100)
        let sites = ["nb", "ym"] + communes
        #expect(mesh.perform(.start(definition(chairs: ["ym"], sites: sites)), "ym") == nil)
        mesh.run(300)
        for site in sites { mesh.join(site) }
        mesh.run(300)
        mesh.check = { checker.look($0) }
        for site in communes {
            mesh.perform(.requestFloor(.normal), site)
            // The first has the floor before the others ask, all at the same moment.
            if site == "x1" { mesh.run(200) }
        }
        var order: [String] = []
        for _ in communes {
            mesh.run(250)
            let speaker = try #require(mesh.view("nb")?.holders.first?.site.rawValue)
            order.append(speaker)
            mesh.perform(.withdraw, speaker)
        }
        #expect(order.first == "x1")
        let asked = communes.dropFirst().map { NodeIndex(of: $0) }.sorted()
        #expect(order.dropFirst().map { NodeIndex(of: $0) } == asked, "equal stamps go by node")
        checker.lookBack(mesh)
        #expect(checker.faults.isEmpty)
    }

    @Test("a commune node killed while it waits and while it speaks has its place back")
    func restart() throws {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(200)
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(50)
        mesh.perform(.requestFloor(.normal), "c21")
        mesh.perform(.setMuted(true), "c12")
        mesh.perform(.setHeadCount(64), "c12")
        mesh.run(200)
        let before = try #require(mesh.view("p")?.queue)
        mesh.kill("c12")
        mesh.run(3_000)
        let down = try #require(mesh.view("p"))
        #expect(down.queue.map(\.site.rawValue) == ["c21"])
        guard case .cutOff = down.sites[2].presence else {
            Issue.record("\(down.sites[2])")
            return
        }
        mesh.revive("c12")
        mesh.connect(NodeIndex(of: "c12"))
        mesh.run(300)
        #expect(mesh.view("p")?.queue == before)
        mesh.join("c12")
        mesh.run(100)
        let up = try #require(mesh.view("c22"))
        #expect(
            up.sites[2]
                == SiteView(
                    id: SiteID("c12"), presence: .present, muted: true, microphoneOpen: false, hasVideo: true, headCount: 64))
        #expect(mesh.attendance.filter { $0.site == SiteID("c12") }.count == 1)

        // The speaker dies: the next is granted within two seconds, and the returned one is next.
        mesh.kill("c11")
        mesh.run(2_000)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c12"])
        mesh.revive("c11")
        mesh.connect(NodeIndex(of: "c11"))
        mesh.run(300)
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c11", "c21"])
    }

    @Test("a district that is cut off crowns itself, keeps its speaker, and comes back under the province")
    func cutOff() throws {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(300)
        let checker = Checker(floorSize: 1)
        mesh.check = { checker.look($0) }
        let cutAt = mesh.wall
        mesh.cut(NodeIndex(of: "d1"))
        mesh.run(100)
        let lower = try #require(mesh.view("c12"))
        #expect(lower.cutOff?.node == NodeIndex(of: "p"))
        #expect(lower.cutOff?.since == cutAt)
        #expect(lower.sites[0].presence == .cutOff(since: cutAt))
        #expect(mesh.view("d1")?.crown == true)
        let upper = try #require(mesh.view("c21"))
        #expect(upper.cutOff == nil)
        #expect(upper.sites[1].presence == .cutOff(since: cutAt))
        // Its speaker is not interrupted; the upper part goes on without it.
        mesh.perform(.requestFloor(.normal), "c22")
        for _ in 0..<20 {
            mesh.run(250)
            #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
        }
        #expect(mesh.view("c21")?.holders.map(\.site.rawValue) == ["c22"])
        #expect(mesh.view("c12")?.holders.map(\.site.rawValue) == ["c11"])
        mesh.connect(NodeIndex(of: "d1"))
        mesh.run(300)
        for node in sevenNodes {
            let view = try #require(mesh.view(node.id))
            #expect(view.crown == (node.id == "p"))
            #expect(view.holders.map(\.site.rawValue) == ["c22"])
            #expect(view.queue.map(\.site.rawValue) == ["c11"])
            #expect(view.cutOff == nil)
            #expect(view.sites.allSatisfy { $0.presence == .present })
        }
        #expect(mesh.hosts[mesh.at("c11")].open.isEmpty)
        #expect(checker.faults.isEmpty)
    }

    @Test("strangers' payloads, records and wild but well-formed messages are dropped, and a running floor goes on")
    func strangers() {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(300)
        var random = SeededGenerator(seed: 99)
        func number() -> UInt64 {
            switch random.next() % 4 {
            case 0: 0
            case 1: .max
            case 2: random.next() % 3
            default: random.next()
            }
        }
        func node() -> NodeIndex {
            random.next() % 3 == 0 ? NodeIndex(rawValue: UInt32(truncatingIfNeeded: number())) : NodeIndex(of: sevenNodes[Int(random.next() % 7)].id)
        }
        func request() -> RequestID { RequestID(node: node(), counter: random.next() % 2 == 0 ? 1 << 20 | 1 : number()) }
        func name() -> LeaseName { LeaseName(epoch: number(), crown: node(), sequence: number()) }
        for i in 0..<6_000 {
            let to = Int(random.next() % 7)
            let slot = UInt8(truncatingIfNeeded: number())
            let body: FloorMessage.Body =
                switch random.next() % 10 {
                case 0:
                    .attach(
                        epoch: number(), cleaned: [.init(slot: slot, name: name(), request: request())],
                        offered: [.init(request: request(), claim: number())])
                case 1: .attachAck(epoch: number(), leases: [.init(slot: slot, name: name(), request: request(), claim: number())])
                case 2: .detach
                case 3: .raise(epoch: number(), offered: [.init(request: request(), claim: number())])
                case 4: .offer(.init(slot: slot, number: number(), request: request()))
                case 5: .claim(.init(slot: slot, offer: number(), request: request(), number: number()))
                case 6: .lease(.init(slot: slot, name: name(), request: request(), claim: number()))
                case 7: .raised(epoch: number(), leases: [.init(slot: slot, name: name(), request: request(), claim: number())])
                case 8: .release(.init(slot: slot, name: name(), request: request()))
                default: .revoke(.init(slot: slot, name: name(), request: request(), preempted: i % 2 == 0))
                }
            let message = FloorMessage(
                meeting: MeetingID(i % 5 == 0 ? "x" : "m"), session: number(), attach: UInt32(truncatingIfNeeded: number()),
                body: body)
            let from = node()
            let bytes =
                i % 2 == 0
                ? mesh.coder.encode(message) : (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            mesh.act(to) { $0.receiveHop(from: from, payload: bytes, now: $1, wall: $2, into: &$3) }
        }
        #expect(mesh.drops.count >= 5_700)
        mesh.run(2_000)
        #expect(mesh.view("c22")?.holders.map(\.site.rawValue) == ["c11"])
        #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
    }

    @Test("records with wild numbers trap nothing")
    func wildRecords() {
        let mesh = meeting()
        var random = SeededGenerator(seed: 3)
        let stamps = [Int64.min, -1, 0, .max].map { Stamp(milliseconds: $0, counter: .max) }
        for i in 0..<320 {
            let stamp = stamps[i % 4]
            let writer = NodeIndex(of: sevenNodes[Int(random.next() % 7)].id)
            let term = i % 3 == 0 ? stamp : Stamp(milliseconds: 1_800_000_000_100, counter: 0)
            var floor = FloorRecord(term: term, epoch: .max, crown: writer, revision: .max)
            floor.muteAll = stamp
            let records: [(String, ConferenceRecord)] = [
                ("floor", .floor(floor)),
                (
                    "request/7",
                    .request(
                        RequestRecord(
                            id: RequestID(node: writer, counter: 7), term: term, site: SiteID("c21"), priority: .highest, stamp: stamp,
                            status: .granted, invitation: .max))
                ),
                (
                    "command/\(stamp)",
                    .command(
                        CommandRecord(
                            term: term, stamp: stamp, by: SiteID("p"), verb: .give, target: SiteID("c21"), epoch: .max))
                ),
                (
                    "attendance/c21",
                    .attendance(
                        AttendanceRecord(
                            term: term, site: SiteID("c21"), stays: [.init(joined: WallTime(milliseconds: .min), left: WallTime(milliseconds: .max))]))
                ),
                (
                    "vote/\(stamp)",
                    .vote(
                        VoteRecord(
                            id: VoteID(node: writer, opened: stamp), term: term, by: SiteID("p"), question: String(repeating: "ộ", count: i),
                            closed: WallTime(milliseconds: .min)))
                ),
                (
                    "ballot/\(VoteID(node: writer, opened: stamp))/",
                    .ballot(
                        BallotRecord(
                            vote: VoteID(node: writer, opened: stamp), site: SiteID("c21"), ballot: Ballot(agree: .max, disagree: .max, abstain: i),
                            cast: WallTime(milliseconds: .max)))
                ),
                (
                    "seat/c21",
                    .seat(SeatRecord(term: term, site: SiteID("c21"), word: i % 2 == 0 ? .wanted : .out, stamp: stamp, by: SiteID(i % 3 == 0 ? "p" : "")))
                ),
                ("answer/c21", .answer(AnswerRecord(term: term, site: SiteID("c21"), seat: stamp, accepts: i % 2 == 0))),
                ("invite/c21", .invite(InviteRecord(term: term, site: SiteID("c21"), number: .max))),
                ("link/\(writer)", .link(LinkRecord(neighbour: writer, session: 0, up: true, since: stamp.wall))),
                (
                    "decision/\(writer)-7",
                    .decision(
                        DecisionRecord(
                            term: term, request: RequestID(node: writer, counter: 7), status: .pending, order: .max, by: SiteID(""), epoch: .max))
                ),
                ("meeting", .meeting(MeetingRecord(definition: definition(chairs: ["c11"], sites: ["c11"], id: "w\(i)"), term: stamp, startedBy: writer))),
            ]
            for (key, record) in records {
                let value = i % 9 == 8 && key != "meeting" ? nil : mesh.coder.encode(record)
                for to in key == "meeting" ? 6..<7 : i % 7..<i % 7 + 1 {
                    let scope = key == "meeting" ? MeetingID("w\(i)") : MeetingID("m")
                    mesh.act(to) {
                        $0.recordChanged(
                            writer: writer, lane: key.hasPrefix("link") ? .link : .floor, scope: scope, key: key, value: value,
                            now: $1, wall: $2, into: &$3)
                    }
                }
            }
            if i % 40 == 0 { mesh.run(50) }
        }
        #expect(mesh.drops.contains(.tooManyMeetings))
        #expect(mesh.view("p") != nil)
    }
}
