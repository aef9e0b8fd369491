import Basics
import Testing

@testable import Membership

@Suite("Repair")
struct RepairTests {
    static let meeting = MeetingID("toan-quoc")

    /// The root holds the roster of 3,355 nodes; its first child is connected and has nothing.
    private func country() -> (Mesh, VirtualCarrier) {
        let carrier = VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(20)), seed: 11)
        let mesh = Mesh(Mesh.country(), carrier, seed: 11)
        mesh.start(0)
        mesh.start(1)
        for slot in 2..<mesh.tree.count { Samples.load(mesh[0], node: mesh.id(slot), owner: slot, meeting: RepairTests.meeting) }
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1, capacity: .mbps(100))
        return (mesh, carrier)
    }

    private func settle(_ mesh: Mesh) {
        let done = {
            mesh[0].sum(scope: RepairTests.meeting) == mesh[1].sum(scope: RepairTests.meeting)
                && mesh[0].sum(scope: Membership.everywhere) == mesh[1].sum(scope: Membership.everywhere)
        }
        #expect(mesh.run(for: .seconds(120), until: done))
        mesh.run(for: .seconds(2))
    }

    @Test("a fresh node catches up; in sync 3,355 nodes cost one hello per edge and period; a lost delta is repaired by descent")
    func rosterOfTheCountry() throws {
        let (mesh, carrier) = country()
        let begun = carrier.now
        settle(mesh)
        let caught = mesh[0].edge(mesh.id(1))!.tally.counters
        #expect(mesh[1].nodes(lane: .roster, scope: RepairTests.meeting).count == 3_353)
        print("caught up in \(carrier.now - begun) with \(caught.bytesSent) bytes in \(caught.datagramsSent) datagrams, \(caught.resent) resent")

        // Idle: no meeting's quick hellos.
        for slot in 0...1 {
            for (neighbour, _) in mesh[slot].neighbours {
                let edge = mesh[slot].edges.first { $0.neighbour == neighbour }!
                edge.hello.announce(Limits.idleSpacing, now: carrier.now)
            }
        }
        mesh.run(for: .seconds(3))
        let before = (0...1).map { mesh[$0].edge(mesh.id(1 - $0))!.tally.counters }
        mesh.run(for: .seconds(10))
        for slot in 0...1 {
            let after = mesh[slot].edge(mesh.id(1 - slot))!.tally.counters
            let hellos = after.hellosSent - before[slot].hellosSent
            let bytes = after.bytesSent - before[slot].bytesSent
            print("idle: \(hellos) hellos of \(bytes / hellos) bytes in 10 s")
            #expect(hellos >= 39 && hellos <= 41)
            #expect(after.datagramsSent - before[slot].datagramsSent == hellos)
            #expect(bytes / hellos <= 100)
        }

        // A delta that was acknowledged and yet is not there.
        let start = (0...1).map { mesh[$0].edge(mesh.id(1 - $0))!.tally.counters }
        let victim = NamespaceID(node: mesh.id(1_234), lane: .roster, scope: RepairTests.meeting)
        Samples.forge(mesh[0], victim, key: "site/\(Samples.name(1_234))", value: [1, 2, 3])
        let lostAt = carrier.now
        #expect(
            mesh.run(
                for: .seconds(5),
                until: { mesh[1].value(node: victim.node, lane: .roster, scope: RepairTests.meeting, key: "site/\(Samples.name(1_234))") == [1, 2, 3] }))
        let took = carrier.now - lostAt
        mesh.run(for: .seconds(3))
        let end = (0...1).map { mesh[$0].edge(mesh.id(1 - $0))!.tally.counters }
        let digests = (0...1).map { end[$0].digestBytesSent - start[$0].digestBytesSent }.reduce(0, +)
        let messages = (0...1).map { end[$0].digestsSent - start[$0].digestsSent }.reduce(0, +)
        print("one lost delta: repaired in \(took), \(messages) datagrams, \(digests) bytes of digests and lists")
        #expect(digests < 2_000 && messages <= 5)
        #expect(end[1].descents - start[1].descents == 1)
        #expect(took < .milliseconds(600))
    }

    @Test("a tombstone goes when every neighbour has it; a peer below is reset")
    func tombstones() {
        let carrier = VirtualCarrier(seed: 12)
        let mesh = Mesh(Mesh.chain(3), carrier, seed: 12)
        mesh.startAll()
        mesh.connectAll()
        mesh.run(for: .seconds(1), until: mesh.allUp)
        for n in 0..<10 { mesh.set(0, .link, Membership.everywhere, "k\(n)", [UInt8(n)]) }
        #expect(mesh.run(for: .seconds(2), until: { mesh.agree() && mesh[2].records(node: mesh.id(0), lane: .link).count == 10 }))
        let last = mesh.id(2)
        carrier.cut = { from, to in from == last || to == last }
        mesh.run(for: .seconds(5))
        for n in 0..<9 { mesh.set(0, .link, Membership.everywhere, "k\(n)", nil) }
        mesh.run(for: .seconds(1_000))
        #expect(mesh[0].snapshot.records == 1)
        #expect(mesh[1].snapshot.records == 1)
        #expect(mesh[2].snapshot.records == 10)
        carrier.cut = nil
        #expect(mesh.run(for: .seconds(5), until: { mesh.allUp() && mesh.agree() }))
        #expect(mesh[2].records(node: mesh.id(0), lane: .link).map(\.key) == ["k9"])
    }

    @Test("an ended meeting leaves as a whole and does not come back")
    func forgetting() {
        let mesh = Mesh(Mesh.chain(2), VirtualCarrier(seed: 13), seed: 13)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connectAll()
        mesh.run(for: .seconds(1), until: mesh.allUp)
        mesh.set(0, .roster, RepairTests.meeting, "a", [1])
        #expect(mesh.run(for: .seconds(1), until: { mesh[1].scopes == [RepairTests.meeting] }))
        mesh.act(1) { machine, _, effects in machine.forget(RepairTests.meeting, into: &effects) }
        mesh.set(0, .roster, RepairTests.meeting, "a", [2])
        mesh.run(for: .seconds(10))
        #expect(mesh[1].scopes.isEmpty)
        #expect(mesh.nobodyFell)
    }

    /// The root knows what `parts` nodes far below wrote; its first child comes up with nothing. Returns how long the child takes to know
    /// it too, while the root writes something else every 10 ms.
    private func catchUp(parts: Int, key: String, bytes: Int, loss: Double = 0, seed: UInt64 = 12) -> Interval {
        let mesh = Mesh(Mesh.country(), VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(20), loss: loss), seed: seed), seed: seed)
        mesh.start(0)
        mesh.start(1)
        var chance = SeededGenerator(seed: 12)
        for slot in 100..<100 + parts {
            let id = NamespaceID(node: mesh.id(slot), lane: .roster, scope: RepairTests.meeting)
            _ = mesh[0].store.insert(id, owner: slot, incarnation: Incarnation(counter: 3, nonce: UInt32(slot)), version: 0)
            Samples.forge(mesh[0], id, key: key, value: (0..<bytes).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
        }
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1)
        #expect(mesh.run(for: .seconds(Int64(5))) { mesh[1].edge(mesh.id(0))!.life.state == .up })
        let begun = mesh.carrier.now
        let isKnown = { mesh[1].nodes(lane: .roster, scope: RepairTests.meeting).count == parts }
        for beat in 0..<1_000 where !isKnown() {
            mesh.set(0, .floor, RepairTests.meeting, "beat", [UInt8(beat % 256)])
            mesh.run(for: .milliseconds(10), until: isKnown)
        }
        return mesh.carrier.now - begun
    }

    /// An acknowledgement that is lost is no sign of congestion. A fifth each way is what the floor's promises are made for.
    @Test("a line that loses a fifth of all datagrams each way keeps its rate; one that loses a half does not", arguments: [(0.2, true), (0.5, false)])
    func lossyLine(loss: Double, keeps: Bool) {
        let weather = VirtualCarrier.Weather(delay: .milliseconds(20), loss: loss, rate: 1_000_000)
        let mesh = Mesh(Mesh.chain(2), VirtualCarrier(weather, seed: 9), seed: 9)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1, capacity: .mbps(1))
        #expect(mesh.run(for: .seconds(Int64(5)), until: mesh.allUp))
        var kept = 0
        for beat in 0..<1_500 {
            mesh.set(1, .floor, RepairTests.meeting, "beat", [UInt8(beat % 256)])
            mesh.run(for: .milliseconds(20))
            if mesh[1].edge(mesh.id(0))!.pace.bytesPerSecond == 25_000 { kept += 1 }
        }
        #expect(keeps ? kept > 1_350 : kept < 750, "\(kept) of 1,500 looks found the whole rate")
    }

    @Test("on a line that loses, the next change brings one along whose datagram was lost")
    func goesAlong() {
        let carrier = VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(50)), seed: 9)
        let mesh = Mesh(Mesh.chain(2), carrier, seed: 9)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1)
        #expect(mesh.run(for: .seconds(Int64(2)), until: mesh.allUp))
        mesh.run(for: .seconds(Int64(1)))
        mesh.set(1, .floor, RepairTests.meeting, "first", [1])
        mesh.run(for: .seconds(Int64(1)))
        for (lossThere, knows) in [(UInt32(100), true), (0, false)] {
            // As the neighbour's next full hello would tell it.
            let told = GossipFrame.Hello.Full(
                path: [], topologyVersion: 0, topologyHash: 0, wall: 0, sum: 0, sharedScopes: 0, settled: true, lateness: 0, loss: lossThere)
            mesh[1].edge(mesh.id(0))!.report.take(told, isAbove: true, wallOffset: nil, now: carrier.now)
            carrier.cut = { from, _ in from == mesh.id(1) }
            mesh.set(1, .floor, RepairTests.meeting, "second", [knows ? 2 : 3])
            carrier.cut = nil
            mesh.set(1, .floor, RepairTests.meeting, "third", [knows ? 2 : 3])
            mesh.run(for: .milliseconds(60))
            #expect(mesh.agree([RepairTests.meeting]) == knows)
            mesh.run(for: .seconds(Int64(1)))
            #expect(mesh.agree([RepairTests.meeting]))
        }
    }

    /// Two machines in one meeting, in step.
    private func pair(seed: UInt64) -> Mesh {
        let mesh = Mesh(Mesh.chain(2), VirtualCarrier(seed: seed), seed: seed)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1)
        #expect(mesh.run(for: .seconds(Int64(2)), until: mesh.allUp))
        mesh.run(for: .seconds(Int64(1)))
        return mesh
    }

    /// Below it somebody may hold what it lacks, or lack what it holds.
    @Test("what a neighbour passes on says nothing of what it holds itself", arguments: [true, false])
    func passedOnOlder(isPassedOn: Bool) {
        let mesh = pair(seed: 4)
        for n in 0..<3 { mesh.set(0, .roster, RepairTests.meeting, "site/\(n)", [UInt8(n)]) }
        mesh.run(for: .seconds(Int64(1)))
        let own = NamespaceID(node: mesh.id(0), lane: .roster, scope: RepairTests.meeting)
        let held = mesh[0].version(of: own)!
        let before = mesh[0].snapshot.edges[0].counters.deltasSent
        mesh.act(1) { machine, now, effects in
            GossipFrame.Request(namespace: own, incarnation: held.incarnation, version: 1, isPassedOn: isPassedOn)
                .queue(on: machine.edge(mesh.id(0))!, now: now)
            machine.flushAll(now: now, into: &effects)
        }
        mesh.run(for: .seconds(Int64(1)))
        #expect(mesh[0].snapshot.edges[0].counters.deltasSent - before == (isPassedOn ? 0 : 1))
    }

    @Test("what came behind a gap is asked for, and what came along with it does not come again")
    func gap() {
        let mesh = pair(seed: 5)
        mesh.set(0, .roster, RepairTests.meeting, "site", [1])
        mesh.run(for: .seconds(Int64(1)))
        Samples.forge(mesh[0], NamespaceID(node: mesh.id(0), lane: .roster, scope: RepairTests.meeting), key: "stream", value: [2])
        mesh.act(0) { machine, now, effects in
            machine.set(.link, scope: Membership.everywhere, key: "uplink", value: [3], now: now, into: &effects)
            machine.set(.roster, scope: RepairTests.meeting, key: "site", value: [4], now: now, into: &effects)
        }
        #expect(mesh.run(for: .milliseconds(100), until: { mesh.agree([RepairTests.meeting]) }))
        mesh.run(for: .seconds(Int64(1)))
        let counters = (mesh[0].snapshot.edges[0].counters, mesh[1].snapshot.edges[0].counters)
        #expect(counters.1.gaps == 1 && counters.0.resent == 0, "\(counters)")
    }

    /// After a cut each namespace of a meeting's floor lane may hold a copy of its definition.
    @Test("a large value holds nothing up but what follows it in its namespace")
    func besideLarge() {
        let mesh = Mesh(Mesh.country(), VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(20)), seed: 6), seed: 6)
        mesh.start(0)
        mesh.start(1)
        var chance = SeededGenerator(seed: 6)
        for slot in 100..<130 {
            let id = NamespaceID(node: mesh.id(slot), lane: .floor, scope: RepairTests.meeting)
            _ = mesh[0].store.insert(id, owner: slot, incarnation: Incarnation(counter: 3, nonce: UInt32(slot)), version: 0)
            for (key, bytes) in [("request", 20), ("meeting", 1_300), ("site", 20)] {
                Samples.forge(mesh[0], id, key: key, value: (0..<bytes).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
            }
        }
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1)
        let knows = { mesh[0].sum(scope: RepairTests.meeting) == mesh[1].sum(scope: RepairTests.meeting) }
        #expect(mesh.run(for: .seconds(Int64(5)), until: knows))
        let sent = mesh[0].edge(mesh.id(1))!.tally.counters.deltasSent
        #expect(sent < 20, "\(sent) datagrams for thirty namespaces, beside the pieces")
    }

    /// As when fifty halls were apart, and each wrote its meeting's definition.
    @Test("values in fragments share round trips")
    func manyTransfers() {
        let time = catchUp(parts: 50, key: "meeting", bytes: 1_300)
        #expect(time < .milliseconds(500), "\(time)")
    }

    @Test("who comes up with nothing beside a neighbour that always has something to tell is told at once what that neighbour knows")
    func untold() {
        let time = catchUp(parts: 200, key: "site", bytes: 40)
        #expect(time < .milliseconds(500), "\(time)")
    }

    /// Digests are not acknowledged.
    @Test("so it is told at once too where each datagram is lost with a chance of a quarter", arguments: UInt64(1)...8)
    func untoldWithLoss(seed: UInt64) {
        let time = catchUp(parts: 200, key: "site", bytes: 40, loss: 0.25, seed: seed)
        #expect(time < .milliseconds(2_000), "\(time)")
    }

    @Test("on a thin line nothing is sent twice while nothing is lost")
    func thinLine() {
        let mesh = Mesh(Mesh.chain(2), VirtualCarrier(VirtualCarrier.Weather(rate: 1_000_000), seed: 9), seed: 9)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1, capacity: .mbps(1))
        #expect(mesh.run(for: .seconds(Int64(2)), until: mesh.allUp))
        mesh.run(for: .seconds(Int64(1)))
        var chance = SeededGenerator(seed: 9)
        for n in 0..<3_000 {
            mesh.set(1, .roster, RepairTests.meeting, "site/X\(14_000 + n)", (0..<12).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
        }
        let begin = mesh.carrier.now
        #expect(mesh.run(for: .seconds(Int64(10)), until: { mesh.agree([RepairTests.meeting]) }))
        let edge = mesh[1].snapshot.edges[0]
        #expect(edge.counters.resent == 0, "\(edge.counters)")
        // Four fifths of the line.
        let least = Interval.seconds(Double(edge.counters.bytesSent) * 8 / 800_000)
        #expect(mesh.carrier.now - begin < least + .milliseconds(200), "\((mesh.carrier.now - begin).milliseconds) ms for \(edge.counters.bytesSent) bytes")
    }

    /// As a neighbour that forgot all passes it on from a node that has it.
    @Test("an owner does not take what somebody has of its records for what the neighbour has")
    func passedOn() {
        let carrier = VirtualCarrier(seed: 3)
        let mesh = Mesh(Mesh.chain(2), carrier, seed: 3)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1)
        #expect(mesh.run(for: .seconds(Int64(2)), until: mesh.allUp))
        mesh.run(for: .seconds(Int64(1)))
        // What it writes is lost at first, and the word comes meanwhile.
        carrier.cut = { from, _ in from == mesh.id(1) }
        mesh.set(1, .roster, RepairTests.meeting, "site", [1])
        let own = NamespaceID(node: mesh.id(1), lane: .roster, scope: RepairTests.meeting)
        let held = mesh[1].version(of: own)!
        mesh.act(0) { machine, now, effects in
            GossipFrame.Request(namespace: own, incarnation: held.incarnation, version: held.version).queue(on: machine.edge(mesh.id(1))!, now: now)
            machine.flushAll(now: now, into: &effects)
        }
        mesh.run(for: .milliseconds(30))
        carrier.cut = nil
        #expect(mesh.run(for: .seconds(Int64(2)), until: { mesh.agree([RepairTests.meeting]) }))
        #expect(mesh[1].snapshot.edges[0].counters.descents == 0, "told by itself, not by repair")
    }

    /// The floor lane may overtake the pace of a line, a definition with thousands of halls may not, nor what follows it.
    @Test("large values of the floor lane keep to the line's pace, and nothing passes along with them")
    func largeFloor() {
        let mesh = Mesh(Mesh.chain(2), VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(20), rate: 512_000), seed: 9), seed: 9)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1, capacity: .kbps(512))
        #expect(mesh.run(for: .seconds(Int64(2)), until: mesh.allUp))
        mesh.run(for: .seconds(Int64(1)))
        var chance = SeededGenerator(seed: 9)
        func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: chance.next()) } }
        let before = mesh[1].snapshot.edges[0].counters.bytesSent
        mesh.set(1, .floor, RepairTests.meeting, "meeting", noise(12_000))
        for n in 0..<300 { mesh.set(1, .roster, RepairTests.meeting, "site/X\(n)", noise(40)) }
        mesh.run(for: .milliseconds(100))
        // What may be saved up, and four fifths of the line for so long.
        let sent = mesh[1].snapshot.edges[0].counters.bytesSent - before
        #expect(sent < 4_800 + 5_120 + 2_000, "\(sent) bytes")
        #expect(mesh.run(for: .seconds(Int64(3)), until: { mesh.agree([RepairTests.meeting]) }))
    }

    /// Sends media of a steady rate beside gossip for two seconds of a line of 1 Mbit/s; returns gossip's bits a second.
    private func gossip(besideMedia bytes: Int) -> Double {
        let mesh = Mesh(Mesh.chain(2), VirtualCarrier(seed: 9), seed: 9)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1, capacity: .mbps(1))
        #expect(mesh.run(for: .seconds(Int64(2)), until: mesh.allUp))
        var chance = SeededGenerator(seed: 9)
        for n in 0..<3_000 {
            mesh.set(1, .roster, RepairTests.meeting, "site/X\(10_000 + n)", (0..<100).map { _ in UInt8(truncatingIfNeeded: chance.next()) })
        }
        var before = 0
        for beat in 0..<200 {
            // Without what was saved up at first.
            if beat == 20 { before = mesh[1].snapshot.edges[0].counters.bytesSent }
            if bytes > 0 { mesh[1].mediaSent(mesh.id(0), bytes: bytes, now: mesh.carrier.now) }
            mesh.run(for: .milliseconds(10))
        }
        #expect(!mesh.agree([RepairTests.meeting]))
        return Double(mesh[1].snapshot.edges[0].counters.bytesSent - before) * 8 / 1.8
    }

    /// 10 ms apart: 0, 300, 600 and 900 kbit/s of media.
    @Test(
        "gossip takes four fifths of what media leave of the line, and a fifth of the line at least",
        arguments: [(0, 800_000.0), (375, 560_000), (750, 320_000), (1_125, 200_000)])
    func idleShare(mediaBytes: Int, wanted: Double) {
        let rate = gossip(besideMedia: mediaBytes)
        #expect(abs(rate - wanted) < wanted * 0.1, "\(rate) bit/s")
    }

    /// The records themselves may not come from below (origin), and the new life's nonce is the smaller one in half of all cases.
    @Test("an owner that lost its memory learns of its former life from a node two hops below", arguments: UInt64(1)...8)
    func forgetfulOwner(seed: UInt64) {
        let mesh = Mesh(Mesh.chain(3), VirtualCarrier(seed: seed), seed: seed)
        mesh.startAll()
        mesh.setScopes([RepairTests.meeting])
        mesh.connectAll()
        for n in 0..<5 { mesh.set(0, .roster, RepairTests.meeting, "old/\(n)", [1]) }
        #expect(mesh.run(for: .seconds(3), until: { mesh.agree([RepairTests.meeting]) }))
        // The one between them forgets, too: it takes the new life for the only one.
        for slot in 0..<2 { mesh.kill(slot) }
        mesh.run(for: .seconds(1))
        for slot in 0..<2 { mesh.start(slot, counter: 0) }
        mesh.setScopes([RepairTests.meeting])
        mesh.connect(1)
        mesh.set(0, .roster, RepairTests.meeting, "new", [2])
        mesh.run(for: .seconds(1))
        mesh.connect(2)
        #expect(mesh.run(for: .seconds(6), until: { mesh.agree([RepairTests.meeting]) && mesh.allUp() }))
        #expect(mesh[2].value(node: mesh.id(0), lane: .roster, scope: RepairTests.meeting, key: "new") == [2])
        #expect(mesh[2].value(node: mesh.id(0), lane: .roster, scope: RepairTests.meeting, key: "old/1") == nil)
    }

    /// Nothing that it writes replaces its old records then: only the shown name does. With many names the lists are descended to.
    @Test(
        "what an owner that lost its memory never writes again goes, though nobody on the way to it has heard of it",
        arguments: [0, 1], [2, 100])
    func silentOwner(owner: Int, meetings: Int) {
        let mesh = Mesh(Mesh.chain(3), VirtualCarrier(seed: 3), seed: 3)
        let scopes = (0..<meetings).map { MeetingID("hop-\($0)") }
        for slot in 0..<3 { mesh.start(slot, counter: 5) }
        mesh.setScopes(scopes)
        mesh.connectAll()
        for scope in scopes { mesh.set(2, .floor, scope, "floor", [1]) }
        mesh.set(owner, .floor, scopes[0], "floor", [2])
        #expect(mesh.run(for: .seconds(3), until: { mesh.agree(scopes) }))
        for slot in 0..<2 { mesh.kill(slot) }
        mesh.run(for: .seconds(1))
        for slot in 0..<2 { mesh.start(slot, counter: 0) }
        mesh.setScopes(scopes)
        mesh.connectAll()
        #expect(mesh.run(for: .seconds(6), until: { mesh.agree(scopes) && mesh.allUp() }))
        #expect(mesh[2].value(node: mesh.id(owner), lane: .floor, scope: scopes[0], key: "floor") == nil)
    }

    @Test("what came of a meeting before this end shared it is asked for once it does, though the ends never agree on all meetings")
    func sharedLate() throws {
        let carrier = VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(20), loss: 0.2), seed: 3)
        let (root, middle, leaf) = (NodeIndex(of: "tinh"), NodeIndex(of: "huyen"), NodeIndex(of: "xa"))
        let mesh = Mesh(try Tree([(node: root, parent: nil), (node: middle, parent: root), (node: leaf, parent: middle)]), carrier, seed: 3)
        let (kept, refused) = (MeetingID("hop"), MeetingID("rieng"))
        let at = { (id: NodeIndex) in mesh.tree.slot(id)! }
        mesh.startAll()
        // The middle one knows both from below.
        mesh.act(at(leaf)) { $0.setScopes(middle, [kept, refused], now: $1, into: &$2) }
        for meeting in [kept, refused] { mesh.set(at(leaf), .floor, meeting, "floor", [1]) }
        mesh.connectAll()
        mesh.run(for: .seconds(3))
        #expect(mesh[at(middle)].sum(scope: refused) != 0)
        mesh.act(at(root)) { $0.setScopes(middle, [kept, refused], now: $1, into: &$2) }
        for meeting in [kept, refused] { mesh.set(at(root), .floor, meeting, "floor", [2]) }
        mesh.run(for: .seconds(3))
        let held = { (meeting: MeetingID) in mesh[at(middle)].nodes(lane: .floor, scope: meeting).contains(root) }
        #expect(!held(kept) && !held(refused), "kept off this edge so far")
        mesh.act(at(middle)) { $0.setScopes(root, [kept], now: $1, into: &$2) }
        #expect(mesh.run(for: .seconds(3)) { held(kept) })
        #expect(!held(refused))
    }

    @Test("a node that lost its disk learns of its former life, whichever of the nodes it may hang below have forgotten it too")
    func formerLife() throws {
        let carrier = VirtualCarrier(VirtualCarrier.Weather(delay: .milliseconds(20)), seed: 5)
        let names = ["tinh", "huyen-a", "huyen-b", "huyen-c", "xa"]
        let ids = names.map { NodeIndex(of: $0) }
        let (root, owner, witness) = (ids[0], ids[4], ids[3])
        // `xa` hangs below the root, and may hang below two of the districts.
        let tree = try Tree(ids.map { (node: $0, parent: $0 == root ? nil : root) })
        let backups = [ids[1], ids[2]].map { BackupUplink(node: owner, uplink: $0) }
        let mesh = Mesh(tree, carrier, seed: 5, backups: backups)
        let at = { (id: NodeIndex) in mesh.tree.slot(id)! }
        for id in ids { mesh.start(at(id), counter: 5) }
        mesh.setScopes([RepairTests.meeting])
        mesh.set(at(owner), .roster, RepairTests.meeting, "hall", [1])
        for id in ids.dropFirst() { mesh.connect(at(id)) }
        mesh.run(for: .seconds(2))
        #expect(mesh[at(witness)].nodes(lane: .roster, scope: RepairTests.meeting) == [owner])
        // All but the witness lose their disks.
        for id in ids where id != witness { mesh.kill(at(id)) }
        mesh.run(for: .seconds(10))
        for id in ids where id != witness { mesh.start(at(id), counter: 0) }
        for id in ids where id != witness {
            for (neighbour, _) in mesh[at(id)].neighbours {
                mesh.act(at(id)) { $0.setScopes(neighbour, [RepairTests.meeting], now: $1, into: &$2) }
            }
        }
        mesh.set(at(owner), .roster, RepairTests.meeting, "hall", [2])
        for id in ids.dropFirst() { mesh.connect(at(id)) }
        let isEqual = { mesh[at(witness)].sum(scope: RepairTests.meeting) == mesh[at(owner)].sum(scope: RepairTests.meeting) }
        #expect(mesh.run(for: .seconds(5), until: isEqual))
    }
}
