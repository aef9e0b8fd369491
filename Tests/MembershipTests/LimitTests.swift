import Basics
import Conference
import Testing

@testable import Membership

@Suite("Limits that counting can reach")
struct LimitTests {
    static let meeting = MeetingID("m")

    private func chain() -> (Mesh, VirtualCarrier) {
        let carrier = VirtualCarrier(seed: 31)
        let mesh = Mesh(Mesh.chain(3), carrier, seed: 31)
        mesh.startAll()
        mesh.setScopes([Self.meeting])
        mesh.connectAll()
        mesh.run(for: .seconds(1), until: mesh.allUp)
        return (mesh, carrier)
    }

    @Test("9,000 records written and taken back fill no namespace, at the writer or behind it, and all nodes agree")
    func comingAndGoing() {
        let (mesh, _) = chain()
        var refused = 0
        for n in 0..<9_000 {
            mesh.act(2) { machine, now, effects in
                if !machine.set(.floor, scope: Self.meeting, key: "r.\(n)", value: [1], now: now, into: &effects) { refused += 1 }
                if !machine.set(.floor, scope: Self.meeting, key: "r.\(n)", value: nil, now: now, into: &effects) { refused += 1 }
            }
            if n % 20 == 0 { mesh.run(for: .milliseconds(100)) }
        }
        mesh.run(for: .seconds(10), until: { mesh.agree([Self.meeting]) })
        #expect(refused == 0)
        #expect(mesh.agree([Self.meeting]))
        for slot in 0..<3 {
            #expect(mesh[slot].snapshot.records < 3 * GossipLimits.tombstones, "node \(slot) holds \(mesh[slot].snapshot.records)")
            #expect(mesh[slot].snapshot.edges.allSatisfy { $0.counters.limited == 0 })
        }
    }

    @Test("a node that was cut off while tombstones went is told the namespace anew, and what it held of it is void")
    func comesBack() {
        let (mesh, carrier) = chain()
        mesh.set(2, .floor, Self.meeting, "stays", [7])
        mesh.set(2, .floor, Self.meeting, "goes", [8])
        mesh.run(for: .seconds(2), until: { mesh.agree([Self.meeting]) })
        let away = mesh.id(0)
        carrier.cut = { $0 == away || $1 == away }
        mesh.run(for: .seconds(3))
        mesh.set(2, .floor, Self.meeting, "goes", nil)
        for n in 0..<2_000 {
            mesh.set(2, .floor, Self.meeting, "r.\(n)", [1])
            mesh.set(2, .floor, Self.meeting, "r.\(n)", nil)
            if n % 20 == 0 { mesh.run(for: .milliseconds(100)) }
        }
        #expect(mesh[1].snapshot.records < 2 * GossipLimits.tombstones)
        carrier.cut = nil
        mesh.run(for: .seconds(20), until: { mesh.allUp() && mesh.agree([Self.meeting]) })
        #expect(mesh.agree([Self.meeting]))
        #expect(mesh[0].value(node: mesh.id(2), lane: .floor, scope: Self.meeting, key: "stays") == [7])
        #expect(mesh[0].value(node: mesh.id(2), lane: .floor, scope: Self.meeting, key: "goes") == nil)
        #expect(mesh[0].snapshot.edges.reduce(0) { $0 + $1.counters.resets } > 0)
    }

    @Test("where no neighbour takes anything, records beyond the limit are refused and counted; page deeds are refused before")
    func nobodyListens() {
        let (mesh, carrier) = chain()
        var refused = 0
        var deedsRefusedAt: Int?
        // The neighbour says nothing more, but is not yet known to be gone.
        carrier.cut = { _, _ in true }
        for n in 0..<5_000 {
            mesh.act(2) { machine, now, effects in
                if deedsRefusedAt == nil, !machine.hasRoom(.floor, scope: Self.meeting) { deedsRefusedAt = n }
                if !machine.set(.floor, scope: Self.meeting, key: "r.\(n)", value: [1], now: now, into: &effects) { refused += 1 }
            }
        }
        #expect(refused == 5_000 - GossipLimits.records)
        #expect(mesh[2].snapshot.refusedWrites == refused)
        #expect(deedsRefusedAt == GossipLimits.records - GossipLimits.ownReserve)
    }

    @Test("what is too long is refused and counted: a value, a key, a hop message; of too many meetings on an edge the first are taken")
    func tooLong() {
        let (mesh, _) = chain()
        mesh.act(2) { machine, now, effects in
            #expect(!machine.set(.floor, scope: Self.meeting, key: "k", value: [UInt8](repeating: 0, count: 65_537), now: now, into: &effects))
            #expect(!machine.set(.floor, scope: Self.meeting, key: String(repeating: "k", count: 65), value: [1], now: now, into: &effects))
            #expect(!machine.set(.floor, scope: Self.meeting, key: "a b", value: [1], now: now, into: &effects))
            #expect(!machine.set(.floor, scope: MeetingID(String(repeating: "m", count: 49)), key: "k", value: [1], now: now, into: &effects))
            #expect(!machine.set(.link, scope: Self.meeting, key: "k", value: [1], now: now, into: &effects))
            #expect(!machine.sendHop(mesh.id(1), [UInt8](repeating: 0, count: 1_001), now: now, into: &effects))
            machine.setScopes(mesh.id(1), (0..<300).map { MeetingID("m\($0)") }, now: now, into: &effects)
        }
        #expect(mesh[2].snapshot.refusedWrites == 5)
        #expect(mesh[2].snapshot.unsendable == 1)
        #expect(mesh[2].snapshot.edges[0].counters.limited == 44)
    }
}
