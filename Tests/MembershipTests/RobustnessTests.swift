import Basics
import Conference
import Testing
import Wire

@testable import Membership

@Suite("Robustness")
struct RobustnessTests {
    @Test("random and mutated datagrams are counted and change nothing")
    func fuzz() {
        let carrier = VirtualCarrier(seed: 20)
        let mesh = Mesh(Mesh.chain(3), carrier, seed: 20)
        var samples: [[UInt8]] = []
        mesh.tap = { _, _, bytes in if samples.count < 400 { samples.append(bytes) } }
        mesh.startAll()
        mesh.setScopes([MeetingID("m")])
        mesh.connectAll()
        mesh.run(for: .seconds(1), until: mesh.allUp)
        for slot in 0..<3 {
            mesh.set(slot, .roster, MeetingID("m"), "who", [UInt8](repeating: UInt8(slot), count: 300))
            mesh.set(slot, .floor, MeetingID("m"), "large", [UInt8](repeating: UInt8(slot), count: 3_000))
        }
        mesh.run(for: .seconds(3))
        var random = SeededGenerator(seed: 20).fork("fuzz")
        for round in 0..<6_000 {
            var bytes: [UInt8]
            if round % 3 == 0 {
                bytes = (0..<Int.random(in: 0..<400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                if !bytes.isEmpty, round % 6 == 0 { bytes[0] = UInt8(round % 12 / 6) }
            } else {
                bytes = samples[Int.random(in: 0..<samples.count, using: &random)]
                for _ in 0...Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if round % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            }
            mesh.act(1) { machine, now, effects in
                bytes.withUnsafeBytes { machine.receive($0, from: mesh.id(0), now: now, into: &effects) }
            }
            if round % 50 == 0 { mesh.run(for: .milliseconds(20)) }
        }
        #expect(mesh[1].edge(mesh.id(0))!.tally.counters.malformed > 1_000)
        #expect(mesh.run(for: .seconds(20), until: mesh.allUp))
    }

    /// Frames a stranger could only make with our coder: every field is chosen by chance.
    @Test("well-formed nonsense never traps")
    func nonsense() {
        let carrier = VirtualCarrier(seed: 21)
        let mesh = Mesh(Mesh.chain(3), carrier, seed: 21)
        mesh.startAll()
        mesh.setScopes([MeetingID("m")])
        mesh.connectAll()
        mesh.run(for: .seconds(1), until: mesh.allUp)
        var random = SeededGenerator(seed: 21).fork("nonsense")
        let coder = GossipCoder(compressor: nil)
        for round in 0..<5_000 {
            let target = round % 2
            let edge = mesh[target == 0 ? 0 : 1].edge(mesh.id(target == 0 ? 1 : 0))!
            let frame = Nonsense.frame(session: edge.life.remoteSession, tree: mesh.tree, &random)
            let bytes = coder.encode(frame)
            mesh.act(target == 0 ? 0 : 1) { machine, now, effects in
                bytes.withUnsafeBytes { machine.receive($0, from: edge.neighbour, now: now, into: &effects) }
            }
            if round % 20 == 0 { mesh.run(for: .milliseconds(50)) }
        }
        let counters = mesh[0].snapshot.edges[0].counters
        #expect(counters.foreign + counters.limited + counters.gaps > 0)
        #expect(mesh[0].snapshot.namespaces <= 3 * 7 + GossipLimits.undeclaredNamespaces)
    }

    @Test("a child cannot write for nodes that are not behind it")
    func origin() {
        let mesh = Mesh(Mesh.district(), VirtualCarrier(seed: 22), seed: 22)
        for slot in 1...2 { mesh.start(slot) }
        mesh.connect(2)
        #expect(mesh.run(for: .seconds(1), until: { mesh.ups[1].count == 1 && mesh.ups[2].count == 1 }))
        let edge = mesh[1].edge(mesh.id(2))!
        var frame = GossipFrame(session: edge.life.remoteSession)
        for slot in [0, 3, 2] {
            frame.sections.append(
                GossipFrame.Section(
                    namespace: NamespaceID(node: mesh.id(slot), lane: .link), incarnation: Incarnation(counter: 9, nonce: 1), from: 0,
                    to: 1, reset: 0, records: [GossipFrame.Record(key: "state", version: 1, value: [1])]))
        }
        let bytes = GossipCoder(compressor: nil).encode(frame)
        mesh.act(1) { machine, now, effects in
            bytes.withUnsafeBytes { machine.receive($0, from: mesh.id(2), now: now, into: &effects) }
        }
        #expect(mesh[1].snapshot.edges.first { $0.neighbour == mesh.id(2) }?.counters.foreign == 2)
        #expect(mesh[1].nodes(lane: .link) == [mesh.id(2)])
    }

    @Test("a frame survives the coder as it was")
    func roundTrip() {
        var random = SeededGenerator(seed: 23)
        let coder = GossipCoder(compressor: Mesh.compressor())
        for _ in 0..<300 {
            let frame = Nonsense.frame(session: 7, tree: Mesh.chain(3), &random)
            let bytes = coder.encode(frame)
            #expect(bytes.withUnsafeBytes { coder.decode($0) } == frame)
        }
    }
}

/// Frames that are sound in form and chosen by chance in everything else.
enum Nonsense {
    static func frame(session: UInt64, tree: Tree, _ random: inout SeededGenerator) -> GossipFrame {
        func chance(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &random) == 0 }
        func number() -> UInt64 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: UInt64.random(in: 0...3, using: &random)
            case 1: UInt64.random(in: 0...100, using: &random)
            case 2: UInt64.max >> 3
            default: random.next() >> 2
            }
        }
        func space() -> NamespaceID {
            let node = chance(3) ? NodeIndex(rawValue: UInt32(truncatingIfNeeded: random.next())) : tree.nodes[Int.random(in: 0..<tree.count, using: &random)]
            let lane = Lane.allCases[Int.random(in: 0..<4, using: &random)]
            return NamespaceID(node: node, lane: lane, scope: lane == .link ? Membership.everywhere : MeetingID(chance(2) ? "m" : "x"))
        }
        func life() -> Incarnation { Incarnation(counter: number(), nonce: UInt32(truncatingIfNeeded: number())) }
        func bytes(_ most: Int) -> [UInt8] { [UInt8](repeating: 3, count: Int.random(in: 0...most, using: &random)) }
        var frame = GossipFrame(session: session)
        frame.sequence = chance(2) ? number() : UInt64.random(in: 1...200, using: &random)
        frame.base = chance(2) ? number() : 1
        if chance(4) { frame.ack = .init(cumulative: number(), bitmap: random.next()) }
        if chance(6) { frame.scopes = .init(serial: number(), meetings: [MeetingID("m")], part: UInt32(number() & 3), parts: UInt32(number() & 3)) }
        for _ in 0..<Int.random(in: 0..<2, using: &random) { frame.hops.append(.init(number: number(), payload: bytes(20))) }
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            let from = chance(2) ? 0 : number()
            let to = from + UInt64.random(in: 0...5, using: &random)
            let records = (0..<Int.random(in: 0..<3, using: &random)).map { n in
                GossipFrame.Record(
                    key: chance(9) ? "k \(n)" : "k\(n)", version: from + UInt64.random(in: 0...6, using: &random), value: chance(3) ? nil : bytes(40))
            }
            frame.sections.append(.init(namespace: space(), incarnation: life(), from: from, to: to, reset: chance(4) ? number() : 0, records: records))
        }
        if chance(5) {
            frame.fragment = .init(
                namespace: space(), incarnation: life(), from: 0, to: 1, reset: 0, key: "f", version: 1, total: UInt32(truncatingIfNeeded: number()),
                offset: UInt32(truncatingIfNeeded: number()), bytes: bytes(100))
        }
        for _ in 0..<Int.random(in: 0..<2, using: &random) { frame.requests.append(.init(namespace: space(), incarnation: life(), version: number())) }
        if chance(4) {
            let depth = UInt8.random(in: 0...12, using: &random)
            let place = GossipFrame.TriePlace(depth: depth, prefix: depth == 0 ? 0 : random.next() >> (64 - 5 * UInt64(depth)))
            frame.digests.append(.init(place: place, sums: (0..<32).map { _ in chance(2) ? 0 : random.next() }))
            frame.leaves.append(.init(place: place, held: [.init(namespace: space(), incarnation: life(), version: number())]))
        }
        return frame
    }
}
