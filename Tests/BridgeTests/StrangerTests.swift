import Basics
import Bridge
import Conference
import Native
import Peer
import Testing

@Suite("Strangers")
struct StrangerTests {
    #if DEBUG
        static let datagrams = 5_000
    #else
        static let datagrams = 100_000
    #endif

    @Test("random and mutated datagrams, from strangers and under others' addresses, are refused and counted; the call goes on")
    func noise() throws {
        let lab = try Lab(seed: 9)
        lab.recordingLimit = 4_000
        try lab.begin()
        let chair = try lab.join("ninh-binh", .chair)
        let speaker = try lab.join("yen-my")
        let listener = try lab.join("phat-diem")
        lab.run(.seconds(Int64(1)))
        try lab.giveFloor("yen-my")
        lab.recordingLimit = .max
        let handshakes = lab.recording
        lab.recording = []
        NetworkTests.talk(lab, speaker)
        lab.recordingLimit = 0
        let real = handshakes + lab.recording.prefix(4_000)
        listener.forget()
        chair.forget()
        lab.forgetCrossings()

        var random = SeededGenerator(seed: 9)
        let target = "yen-mo"
        let here = lab.address(target)
        let atTarget = real.filter { $0.to == here }
        let endpoint = EndpointTests.decoder
        func refused() -> UInt64 {
            let snapshot = lab.snapshot(target)
            let media = MediaStage.allCases.reduce(0) { $0 + snapshot.media.dropped(at: $1) }
            return snapshot.strangers.reduce(0) { $0 + $1.count } + snapshot.trunks.reduce(0) { $0 + ($1.counters?.dropped ?? 0) } + media
        }
        var sent = 0
        func attack() {
            for _ in 0..<Self.datagrams * 2 / 200 {
                var bytes: [UInt8]
                var from = Address(ipv4: 0xC0A8_0000 + UInt32.random(in: 0..<4_096, using: &random), port: UInt16.random(in: 1_024...65_535, using: &random))
                if sent % 2 == 0 {
                    bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                    // Half of them under a neighbour's address.
                    if sent % 4 == 0 { from = lab.address("yen-my") }
                } else {
                    let original = atTarget[Int.random(in: 0..<atTarget.count, using: &random)]
                    bytes = original.bytes
                    if sent % 4 == 1, original.from != endpoint { from = original.from }
                    for _ in 0...Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
                        let at = Int.random(in: 0..<bytes.count, using: &random)
                        bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    }
                    if Int.random(in: 0..<8, using: &random) == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
                }
                sent += 1
                bytes.withUnsafeMutableBytes { lab[target].receive($0, from: from, now: lab.now) }
            }
        }
        let before = refused()
        NetworkTests.talk(lab, speaker, each: attack)
        let counted = refused() - before
        #expect(sent >= Self.datagrams * 2)
        // DTLS of a known neighbour is dropped inside its session; everything else has a counter here.
        #expect(counted > UInt64(sent) / 3, "\(counted) of \(sent)")
        #expect(listener.count(.audio, 0, of: speaker) == NetworkTests.sound)
        #expect(listener.count(.video, 0, of: speaker) == NetworkTests.picture)
        #expect(lab.repetitions == 0)
        // And afterwards nothing is left of it: trunks stay up, the floor works, the call goes on.
        lab.run(.seconds(Int64(5)))
        for trunk in lab.snapshot(target).trunks { #expect(trunk.isUp || trunk.isWarm, "\(trunk.neighbour)") }
        try lab.act("yen-my", .withdraw)
        lab.run(.milliseconds(500))
        try lab.giveFloor("phat-diem")
        speaker.forget()
        NetworkTests.talk(lab, listener)
        #expect(speaker.count(.audio, 0, of: listener) == NetworkTests.sound)
        #expect(speaker.count(.video, 0, of: listener) == NetworkTests.picture)
    }

    /// A bare dialling leg on the network's line.
    private func dial(_ lab: Lab, _ node: String, _ security: OpenSSLSecurity) -> (events: [PeerEvent], log: [BridgeLog]) {
        let address = Address("10.66.0.1", port: 7_000)!
        let peer = Peer(trunkTo: lab.address(node), node: node, security: security, now: lab.now)
        let outbox = Outbox()
        var events: [PeerEvent] = []
        func exchange() {
            for _ in 0..<20 {
                let out = outbox.datagrams.map { [UInt8](UnsafeRawBufferPointer(start: $0.bytes, count: $0.count)) }
                outbox.removeAll()
                for var bytes in out { bytes.withUnsafeMutableBytes { lab[node].receive($0, from: address, now: lab.now) } }
                let back = lab[node].outbox.datagrams.filter { $0.to == address }
                    .map { [UInt8](UnsafeRawBufferPointer(start: $0.bytes, count: $0.count)) }
                lab[node].outbox.removeAll()
                for var bytes in back { bytes.withUnsafeMutableBytes { _ = peer.receive($0, from: lab.address(node), now: lab.now, outbox: outbox) } }
                while let event = peer.nextEvent() { events.append(event) }
                if out.isEmpty, back.isEmpty { break }
            }
        }
        let before = lab.logs[lab.network.slot(id: node)!].count
        lab.run(.milliseconds(200)) {
            if let deadline = peer.deadline, deadline <= lab.now { peer.wake(now: lab.now, outbox: outbox) }
            exchange()
        }
        return (events, Array(lab.logs[lab.network.slot(id: node)!].dropFirst(before)))
    }

    private func refusals(_ lab: Lab, _ node: String) -> UInt64 {
        lab.snapshot(node).strangers.first { $0.reason == .refusedTrunk }?.count ?? 0
    }

    @Test("a certificate of another authority is no neighbour, though it bears a neighbour's name")
    func otherAuthority() throws {
        let lab = try Lab()
        lab.run(.seconds(Int64(2)))
        let other = try CertificateAuthority.create(network: lab.network.networkID, now: Lab.wall)
        let mixed = try OpenSSLSecurity(
            authority: lab.authority.credential.certificate, own: other.issue(node: "yen-my", names: [], now: Lab.wall), clock: { Lab.wall })
        for security in [try Lab.security(other, "yen-my"), mixed] {
            let before = refusals(lab, "yen-mo")
            let (events, log) = dial(lab, "yen-mo", security)
            #expect(!events.contains { if case .message = $0 { true } else { false } })
            #expect(refusals(lab, "yen-mo") > before, "\(log)")
            #expect(log.contains { if case .trunkRefused = $0 { true } else { false } })
        }
        lab.run(.seconds(Int64(2)))
        for trunk in lab.snapshot("yen-mo").trunks { #expect(trunk.isUp || trunk.isWarm, "\(trunk.neighbour)") }
    }

    @Test(
        "a node that is not in the file, or is no child or backup child of ours, is refused by name",
        arguments: ["ma-la", "phat-diem", "ninh-binh", "yen-mo"])
    func notAChild(_ id: String) throws {
        let lab = try Lab()
        lab.run(.seconds(Int64(2)))
        let (_, log) = dial(lab, "yen-mo", try Lab.security(lab.authority, id))
        // More than once if it dials again within the time.
        #expect(refusals(lab, "yen-mo") >= 1)
        #expect(log.contains { if case .trunkRefused(_, let reason) = $0 { "\(reason)".contains(id) } else { false } }, "\(log)")
        lab.run(.seconds(Int64(2)))
        for trunk in lab.snapshot("yen-mo").trunks { #expect(trunk.isUp || trunk.isWarm, "\(trunk.neighbour)") }
    }
}
