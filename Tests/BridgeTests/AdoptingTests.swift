import Basics
import Bridge
import Conference
import Testing
import Topology
import TopologyFiles

/// The network of the demo takes other editions while Phát Diệm speaks (`docs/applying.md`).
@Suite("A running network takes another edition")
struct AdoptingTests {
    /// The running file with some of its text replaced, one version on.
    static func edition(of network: Network, version: UInt32? = nil, _ changes: [(String, String)]) throws -> Network {
        var text = network.canonical.replacing("version: \(network.version)\n", with: "version: \(version ?? network.version + 1)\n")
        for (old, new) in changes {
            try #require(text.contains(old), "\(old) is not in the file")
            text = text.replacing(old, with: new)
        }
        return try TopologyFiles.parse(text, file: "edition")
    }
    /// The uplink of a node in the canonical text up to its parent's name.
    static func uplink(_ node: String, of network: Network, to parent: String) throws -> (String, String) {
        let text = network.canonical
        let start = try #require(text.range(of: "  - id: \(node)\n"))
        let line = try #require(text[start.lowerBound...].firstRange(of: "uplink: {to: "))
        let end = try #require(text[line.upperBound...].firstIndex(of: ","))
        let block = String(text[start.lowerBound..<end])
        return (block, String(text[start.lowerBound..<line.upperBound]) + parent)
    }

    /// Phát Diệm speaks; both communes of Yên Mô, its own neighbour and the chair listen.
    struct Call {
        let lab: Lab
        let speaker: Page
        let moved: Page
        let others: [Page]

        init(seed: UInt64) throws {
            lab = try Lab(seed: seed)
            try lab.begin()
            let chair = try lab.join("ninh-binh", .chair)
            speaker = try lab.join("phat-diem")
            moved = try lab.join("yen-my")
            others = [chair, try lab.join("yen-thang"), try lab.join("kim-dinh"), try lab.join("yen-mo")]
            lab.run(.seconds(Int64(1)))
            try lab.giveFloor("phat-diem")
            try #require(lab.speaker("yen-my") == SiteID("phat-diem"))
        }

        /// Talks for a while and does something at each step; how many packets were sent, and how long the moved commune heard nothing.
        func talk(_ time: Interval, each: @escaping (Int) throws -> Void = { _ in }) throws -> (sent: Int, gap: Interval) {
            for page in others + [moved] { page.forget() }
            var step = 0
            var sent = 0
            var heard = 0
            var last = lab.now
            var longest = Interval.zero
            try lab.run(time) {
                if step % 4 == 0 {
                    speaker.sendAudio()
                    sent += 1
                }
                try each(step)
                step += 1
                let now = moved.count(.audio, 0, of: speaker)
                if now > heard {
                    longest = max(longest, lab.now - last)
                    last = lab.now
                    heard = now
                }
            }
            lab.run(.milliseconds(20))
            return (sent, max(longest, lab.now - .milliseconds(20) - last))
        }

        func expectNothingMissed(_ sent: Int) {
            for page in others {
                let numbers = page.arrivals.filter { $0.kind == .audio && $0.mark == speaker.mark }.map(\.sequence)
                #expect(numbers.count == sent, "\(page.site) heard \(numbers.count) of \(sent)")
                #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 &+ 1 }, "\(page.site): out of order")
            }
            #expect(lab.repetitions == 0)
        }
    }

    @Test("a commune moves to another parent: nobody else misses a packet, and it is back within 200 ms", arguments: [1, 2, 3, 4])
    func move(seed: UInt64) throws {
        let call = try Call(seed: seed)
        let lab = call.lab
        let new = try Self.edition(of: lab.network, [try Self.uplink("yen-my", of: lab.network, to: "kim-son")])
        let sessions = Self.sessions(lab)
        // One node after the other, in another order each time.
        var order = lab.network.nodes.map(\.id)
        order.rotate(by: Int(seed))
        let (sent, gap) = try call.talk(.seconds(Int64(6))) { step in
            if step >= 200, step % 10 == 0, let id = order.popLast() { try lab[id].adopt(new, now: lab.now) }
        }
        call.expectNothingMissed(sent)
        #expect(gap <= .milliseconds(200), "\(gap.milliseconds) ms")
        #expect(lab["yen-my"].uplink?.neighbour == "kim-son")
        #expect(lab["yen-my"].snapshot(now: lab.now).trunks.map(\.neighbour) == ["kim-son"])
        #expect(lab["yen-mo"].snapshot(now: lab.now).trunks.contains { $0.neighbour == "yen-my" } == false)
        // All sessions that are in both editions are the same as before.
        let after = Self.sessions(lab)
        for (edge, session) in sessions where !edge.contains("yen-my") { #expect(after[edge] == session, "\(edge)") }
        for bridge in lab.bridges {
            #expect(bridge.view(of: Lab.meeting)?.sites.filter { $0.presence == .present }.count == 6)
            #expect(bridge.view(of: Lab.meeting)?.speaker == SiteID("phat-diem"))
        }
        #expect(Set(lab.bridges.map { $0.rosterDigest(Lab.meeting) }).count == 1)
        // And back again: the place it had left is free for it.
        let back = try Self.edition(of: new, [try Self.uplink("yen-my", of: new, to: "yen-mo")])
        let (sentAgain, gapAgain) = try call.talk(.seconds(Int64(4))) { step in
            if step == 100 { for bridge in lab.bridges { try bridge.adopt(back, now: lab.now) } }
        }
        call.expectNothingMissed(sentAgain)
        #expect(gapAgain <= .milliseconds(200), "\(gapAgain.milliseconds) ms")
        #expect(lab["yen-my"].snapshot(now: lab.now).trunks.map(\.neighbour) == ["yen-mo"])
        // The one who moved is heard as before.
        try lab.act("phat-diem", .withdraw)
        lab.run(.milliseconds(500))
        try lab.giveFloor("yen-my")
        for page in call.others { page.forget() }
        var step = 0
        lab.run(.seconds(Int64(1))) {
            if step % 4 == 0 { call.moved.sendAudio() }
            step += 1
        }
        lab.run(.milliseconds(20))
        for page in call.others { #expect(page.count(.audio, 0, of: call.moved) == 50, "\(page.site)") }
    }

    @Test("a move that takes a meeting's anchor up ends and renews the speaker's lease: two packets at most are not heard", arguments: [21, 22, 23])
    func anchor(seed: UInt64) throws {
        let lab = try Lab(seed: seed)
        lab.run(.seconds(Int64(2)))
        let sites = ["yen-mo", "yen-my", "yen-thang"].map { SiteID($0) }
        let definition = MeetingDefinition(id: Lab.meeting, title: "Họp huyện", kind: .discussion, chairs: [sites[0]], sites: sites)
        try lab["yen-mo"].perform(.start(definition), pass: lab.pass("yen-mo", .chair), meeting: nil, now: lab.now)
        lab.run(.seconds(Int64(2)))
        let chair = try lab.join("yen-mo", .chair)
        let speaker = try lab.join("yen-thang")
        let moved = try lab.join("yen-my")
        lab.run(.seconds(Int64(1)))
        try lab.act("yen-thang", .requestFloor(.normal))
        lab.run(.seconds(Int64(1)))
        try #require(lab.speaker("yen-mo") == SiteID("yen-thang"))
        let new = try Self.edition(of: lab.network, [try Self.uplink("yen-my", of: lab.network, to: "kim-son")])
        var step = 0
        var sent = 0
        var heard = 0
        var last = lab.now
        var longest = Interval.zero
        lab.run(.seconds(Int64(6))) {
            if step % 4 == 0 {
                speaker.sendAudio()
                sent += 1
            }
            if step == 200 { for bridge in lab.bridges { try? bridge.adopt(new, now: lab.now) } }
            step += 1
            let now = moved.count(.audio, 0, of: speaker)
            if now > heard {
                longest = max(longest, lab.now - last)
                (last, heard) = (lab.now, now)
            }
        }
        lab.run(.milliseconds(20))
        #expect((sent - 2...sent).contains(chair.count(.audio, 0, of: speaker)), "\(chair.count(.audio, 0, of: speaker)) of \(sent)")
        #expect(longest <= .milliseconds(200), "\(longest.milliseconds) ms")
        #expect(lab.speaker("yen-my") == SiteID("yen-thang"))
        #expect(lab.bridges.filter { $0.view(of: Lab.meeting)?.crown == true }.count == 1)
        #expect(lab["yen-my"].uplink?.neighbour == "kim-son")
    }

    static func sessions(_ lab: Lab) -> [String: EdgeSessionName] {
        var result: [String: EdgeSessionName] = [:]
        for (slot, bridge) in lab.bridges.enumerated() {
            bridge.forEachEdge { neighbour, session, isTaken in
                if isTaken, let session { result["\(lab.network.nodes[slot].id) \(lab.network.node(neighbour)?.id ?? "?")"] = "\(session)" }
            }
        }
        return result
    }
    typealias EdgeSessionName = String

    @Test("a speaker keeps its old uplink until it is quiet, and then goes over")
    func speaking() throws {
        let call = try Call(seed: 5)
        let lab = call.lab
        let new = try Self.edition(of: lab.network, [try Self.uplink("phat-diem", of: lab.network, to: "yen-mo")])
        let (sent, _) = try call.talk(.seconds(Int64(5))) { step in
            if step == 100 { for bridge in lab.bridges { try bridge.adopt(new, now: lab.now) } }
        }
        call.expectNothingMissed(sent)
        #expect(lab["phat-diem"].uplink?.neighbour == "kim-son")
        try lab.act("phat-diem", .withdraw)
        lab.run(.seconds(Int64(2)))
        #expect(lab["phat-diem"].uplink?.neighbour == "yen-mo")
        #expect(lab.bridges.filter { $0.view(of: Lab.meeting)?.crown == true }.count == 1)
    }

    @Test("parent and backup change places: the node goes over at once, not after a minute, and stays")
    func swap() throws {
        let call = try Call(seed: 10)
        let lab = call.lab
        // Kim Định hangs on Kim Sơn and backs up on Yên Mô; it listens.
        let (block, changed) = try Self.uplink("kim-dinh", of: lab.network, to: "yen-mo")
        let text = lab.network.canonical
        let tail = try #require(text.range(of: block)?.upperBound)
        let end = try #require(text[tail...].firstIndex(of: "}"))
        let rest = String(text[tail..<end])
        let new = try Self.edition(of: lab.network, [(block + rest, changed + rest.replacing("backup: [yen-mo]", with: "backup: [kim-son]"))])
        #expect(NetworkTransition(from: lab.network, to: new).former.isEmpty)
        let (sent, _) = try call.talk(.seconds(Int64(5))) { step in
            if step == 100 { for bridge in lab.bridges { try bridge.adopt(new, now: lab.now) } }
        }
        for page in call.others where page.site != "kim-dinh" { #expect(page.count(.audio, 0, of: call.speaker) == sent) }
        #expect(lab["kim-dinh"].takenUplink == NodeIndex(of: "yen-mo"))
        let trunks = lab["kim-dinh"].snapshot(now: lab.now).trunks
        #expect(trunks.map(\.neighbour) == ["kim-son", "yen-mo"] && trunks.map(\.isBackup) == [true, false])
        let heard = call.others.first { $0.site == "kim-dinh" }?.count(.audio, 0, of: call.speaker) ?? 0
        #expect((sent - 10...sent).contains(heard), "\(heard) of \(sent)")
    }

    @Test("a new parent that is not there changes nothing: the node stays where it hangs")
    func absent() throws {
        let call = try Call(seed: 6)
        let lab = call.lab
        let new = try Self.edition(of: lab.network, [try Self.uplink("yen-my", of: lab.network, to: "kim-son")])
        let ends: Set<Int> = [lab.network.slot(id: "yen-my")!, lab.network.slot(id: "kim-son")!]
        lab.cut = { ends == [$0, $1] }
        let (sent, gap) = try call.talk(.seconds(Int64(6))) { step in
            if step == 100 { for bridge in lab.bridges { try bridge.adopt(new, now: lab.now) } }
        }
        call.expectNothingMissed(sent)
        #expect(gap <= .milliseconds(30), "\(gap.milliseconds) ms")
        #expect(call.moved.count(.audio, 0, of: call.speaker) == sent)
        lab.cut = nil
        let (_, later) = try call.talk(.seconds(Int64(8)))
        #expect(later <= .milliseconds(200), "\(later.milliseconds) ms")
        #expect(lab["yen-my"].uplink?.neighbour == "kim-son")
    }

    @Test("a node leaves, another comes, a line is widened: nobody who stays misses a packet")
    func comeAndGo() throws {
        let call = try Call(seed: 7)
        let lab = call.lab
        let text = lab.network.canonical
        let start = try #require(text.range(of: "  - id: yen-my\n")?.lowerBound)
        let end = try #require(text[start...].dropFirst(5).range(of: "  - id: ")?.lowerBound)
        let wide = try Self.edition(
            of: lab.network,
            [
                (String(text[start..<end]), "  - id: yen-moi\n    level: xa\n    name: \"Xã Yên Mới\"\n    address: 10.37.1.19\n    uplink: yen-mo\n"),
                ("uplink: {to: ninh-binh, up: 20 Mbit/s", "uplink: {to: ninh-binh, up: 40 Mbit/s"),
            ].map { ($0.0, $0.1.replacing("uplink: yen-mo\n", with: "uplink: {to: yen-mo, capacity: 5 Mbit/s, latency: 3 ms}\n")) })
        let (sent, _) = try call.talk(.seconds(Int64(4))) { step in
            guard step == 100 else { return }
            for node in lab.network.nodes where node.id != "yen-my" { try lab[node.id].adopt(wide, now: lab.now) }
            #expect(throws: NetworkTransition.Obstacle.absent("yen-my")) { try lab["yen-my"].adopt(wide, now: lab.now) }
        }
        call.expectNothingMissed(sent)
        #expect(lab["yen-mo"].snapshot(now: lab.now).trunks.map(\.neighbour) == ["ninh-binh", "yen-moi", "yen-thang", "kim-son", "kim-dinh"])
        #expect(lab["yen-my"].uplink?.isUp == false)
        #expect(lab.view(of: "ninh-binh")?.sites.contains { $0.id == SiteID("yen-my") && $0.presence == .present } == false)
    }

    @Test("a sealed file reaches every node whole, also one that was cut off; the next one takes its place, and words come back")
    func handedOut() throws {
        let lab = try Lab(seed: 9)
        lab.run(.seconds(Int64(2)))
        let lost = lab.network.slot(id: "phat-diem")!
        lab.cut = { $0 == lost || $1 == lost }
        lab.run(.seconds(Int64(1)))
        let large = (0..<130_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        lab["yen-my"].hand(out: large, now: lab.now)
        lab.run(.seconds(Int64(6)))
        for (slot, node) in lab.network.nodes.enumerated() {
            #expect(lab.editions[slot] == (node.id == "yen-my" || slot == lost ? [] : [large]), "\(node.id)")
        }
        let small = Array("another".utf8)
        lab["yen-my"].hand(out: small, now: lab.now)
        lab.run(.seconds(Int64(1)))
        lab.cut = nil
        lab.run(.seconds(Int64(12)))
        #expect(lab.editions[lost] == [small])
        #expect(lab.editions[0] == [large, small])
        let word = EditionWord(version: 2, running: 1, state: .refused, vietnamese: "Không hiểu.", english: String(repeating: "é", count: 400))
        lab["phat-diem"].say(word, now: lab.now)
        lab.run(.seconds(Int64(1)))
        let said = try #require(lab["yen-my"].editionWords.first { $0.node == "phat-diem" }?.word)
        #expect(said.version == 2 && said.running == 1 && said.state == .refused && said.vietnamese == "Không hiểu.")
        #expect(said.english == String(repeating: "é", count: 150))
        #expect(lab["yen-my"].editionWords.filter { $0.word != nil }.count == 1)
        lab["yen-my"].takeBackEdition(now: lab.now)
        lab.run(.seconds(Int64(2)))
        #expect(lab.editions[0].count == 2)
    }

    @Test("what cannot be taken live is refused, and nothing changes")
    func refusals() throws {
        let lab = try Lab(seed: 8)
        lab.run(.seconds(Int64(2)))
        let network = lab.network
        let cases: [(Network, String, NetworkTransition.Obstacle)] = [
            (try Self.edition(of: network, version: 1, []), "yen-my", .notHigher(running: 1, offered: 1)),
            (
                try Self.edition(of: network, [("network: three-levels", "network: elsewhere")]), "yen-my",
                .otherNetwork(running: "three-levels", offered: "elsewhere")
            ),
            (try Self.edition(of: network, [("10.37.1.11", "10.37.1.99")]), "yen-my", .address("yen-my")),
            (try Self.edition(of: network, [("10.37.1.31", "10.37.1.99")]), "yen-my", .equipment("yen-my")),
            (try Self.turned(network), "kim-dinh", .circle(["kim-son", "ninh-binh"])),
        ]
        for (new, node, expected) in cases {
            #expect(NetworkTransition(from: network, to: new).obstacles == [expected])
            #expect(throws: expected) { try lab[node].adopt(new, now: lab.now) }
            #expect(lab[node].network.version == 1)
            #expect(lab[node].uplink?.isUp == true)
        }
        // What stands in one node's way does not stand in another's.
        try lab["yen-thang"].adopt(cases[2].0, now: lab.now)
        #expect(lab["yen-thang"].network.version == 2)
    }

    /// Kim Sơn above, Ninh Bình below it.
    private static func turned(_ network: Network) throws -> Network {
        var entries: [Network.Entry] = []
        for slot in network.nodes.indices {
            var node = network.nodes[slot]
            var link = network.links[slot]
            link?.backups = []
            if node.id == "kim-son" {
                link = nil
                node.level = "tinh"
            } else if node.id == "ninh-binh" {
                link = Network.Link(parent: NodeIndex(of: "kim-son"), line: Network.Line(up: .mbps(20), down: .mbps(20)))
                node.level = "huyen"
            }
            entries.append(Network.Entry(node: node, link: link))
        }
        return try Network(
            networkID: network.networkID, name: network.name, version: 2, edition: network.edition, levels: network.levels, upstream: nil, entries: entries)
    }
}

extension [String] {
    fileprivate mutating func rotate(by count: Int) {
        let first = prefix(count % self.count)
        removeFirst(first.count)
        append(contentsOf: first)
    }
}
