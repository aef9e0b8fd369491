import Basics
import Native
import Testing
import Wire

@testable import Membership

/// One authority, and what it gave each node.
final class Signers {
    static let wall = WallTime(milliseconds: 1_790_000_000_000)
    let authority: CertificateAuthority
    private var credentials: [Int: Credential] = [:]

    init() throws { authority = try CertificateAuthority.create(network: "n", now: Signers.wall) }

    func credential(_ slot: Int) throws -> Credential {
        if let known = credentials[slot] { return known }
        let made = try authority.issue(node: "n\(slot)", names: ["10.0.0.\(slot + 1)"], now: Signers.wall)
        credentials[slot] = made
        return made
    }
    /// The state folder is lost, and the authority issues another certificate.
    func lose(_ slot: Int) { credentials[slot] = nil }
    func signer(_ slot: Int) throws -> NodeRecordSigner { try NodeRecordSigner(own: credential(slot)) }
    func signing(_ slot: Int) throws -> Membership.Signing {
        Membership.Signing(
            signer: try signer(slot), verifier: try NodeRecordVerifier(authority: authority.credential.certificate, clock: { Signers.wall })
        ) { lane, key, _ in lane == .floor && (key == "meeting" || key.hasPrefix("command/") || key == "end") || lane == .bulk }
    }

    /// A chain of signing nodes n0, n1, … that run one meeting, up and in sync.
    func chain(_ count: Int, unsigned: UnsignedPolicy = .untilSigned, older: Set<Int> = [], seed: UInt64 = 30) -> Mesh {
        let mesh = Mesh(Mesh.chain(count), VirtualCarrier(seed: seed), seed: seed)
        mesh.unsigned = unsigned
        mesh.signing = { older.contains($0) ? nil : try? self.signing($0) }
        mesh.startAll()
        mesh.connectAll()
        mesh.setScopes([Signers.meeting])
        mesh.run(for: .seconds(3), until: { mesh.allUp() && mesh.agree([Signers.meeting]) })
        return mesh
    }
    static let meeting = MeetingID("giao-ban")
}

extension Mesh {
    /// A frame of that neighbour, as a rogue one with the real session would send it.
    func inject(_ slot: Int, from neighbour: Int, _ fill: (inout GossipFrame) -> Void) {
        guard let edge = self[slot].edge(id(neighbour)) else { return }
        var frame = GossipFrame(session: edge.life.remoteSession)
        fill(&frame)
        let bytes = GossipCoder(compressor: nil).encode(frame)
        act(slot) { machine, now, effects in
            bytes.withUnsafeBytes { machine.receive($0, from: self.id(neighbour), now: now, into: &effects) }
        }
    }
    func counters(_ slot: Int, to neighbour: Int) -> Membership.EdgeCounters { self[slot].edge(id(neighbour))!.tally.counters }
    func body(_ slot: Int, of writer: Int, _ lane: Lane, _ key: String) -> [UInt8]? {
        self[slot].value(node: id(writer), lane: lane, scope: Signers.meeting, key: key).map { Seal.split($0)?.body ?? $0 }
    }
    /// The next section of a writer as its holder has it, with one record.
    func next(of writer: Int, at slot: Int, _ lane: Lane, _ key: String, _ value: [UInt8]?) -> GossipFrame.Section {
        let id = NamespaceID(node: id(writer), lane: lane, scope: lane == .link ? Membership.everywhere : Signers.meeting)
        let held = self[slot].version(of: id)!
        return GossipFrame.Section(
            namespace: id, incarnation: held.incarnation, from: held.version, to: held.version + 1, reset: 0,
            records: [GossipFrame.Record(key: key, version: held.version + 1, value: value)])
    }
}

@Suite("Signed records") struct SigningTests {
    static let meeting = Signers.meeting

    @Test("definitions, commands, ends and ballots go everywhere with their writer's signature, and each node checks each once")
    func endToEnd() throws {
        let signers = try Signers()
        let mesh = signers.chain(3)
        mesh.set(2, .floor, Self.meeting, "meeting", [1, 2, 3])
        mesh.set(2, .floor, Self.meeting, "command/1", [4])
        mesh.set(1, .floor, Self.meeting, "end", [5])
        mesh.set(2, .bulk, Self.meeting, "vote/1", [UInt8](repeating: 6, count: 2_000))
        mesh.set(2, .floor, Self.meeting, "request/1", [7])
        #expect(mesh.run(for: .seconds(3), until: { mesh.agree([Self.meeting]) && mesh.body(0, of: 2, .bulk, "vote/1") != nil }))
        #expect(mesh.body(0, of: 2, .floor, "meeting") == [1, 2, 3] && mesh.body(0, of: 2, .floor, "command/1") == [4])
        #expect(mesh.body(0, of: 1, .floor, "end") == [5] && mesh.body(2, of: 1, .floor, "end") == [5])
        let whole = try #require(mesh[0].value(node: mesh.id(2), lane: .floor, scope: Self.meeting, key: "meeting"))
        #expect(whole.count == 3 + Seal.bytes)
        #expect(mesh[0].value(node: mesh.id(2), lane: .floor, scope: Self.meeting, key: "request/1") == [7], "what proves nothing is not signed")
        #expect(mesh[0].snapshot.signingWriters == 2 && mesh[0].snapshot.unsignedWriters == 0)
        let counters = mesh.counters(0, to: 1)
        #expect(counters.forged == 0 && counters.unsigned == 0 && counters.unproven == 0)
        // Two lives and four records.
        #expect(counters.checked == 6)
        mesh.set(2, .floor, Self.meeting, "meeting", [1, 2, 3])
        mesh.run(for: .seconds(1))
        #expect(mesh.counters(0, to: 1).checked == 6, "what is there already is not written anew")
    }

    /// What a rogue district may do to its commune's record, and why it is found out.
    enum Forgery: CaseIterable { case unsigned, byteChanged, ownKey, olderAgain, otherKey, otherLane, laterLife, laterLifeOwnCertificate }

    @Test("a district's forgery for its commune, which the origin rule lets pass, is found out and counted", arguments: Forgery.allCases)
    func forged(_ forgery: Forgery) throws {
        let signers = try Signers()
        let mesh = signers.chain(3)
        mesh.set(2, .floor, Self.meeting, "meeting", [1])
        mesh.run(for: .seconds(1))
        let older = try #require(mesh[0].value(node: mesh.id(2), lane: .floor, scope: Self.meeting, key: "meeting"))
        mesh.set(2, .floor, Self.meeting, "meeting", [2])
        mesh.set(2, .bulk, Self.meeting, "vote/1", [3])
        #expect(mesh.run(for: .seconds(2), until: { mesh.agree([Self.meeting]) && mesh.body(0, of: 2, .floor, "meeting") == [2] }))
        let newer = try #require(mesh[0].value(node: mesh.id(2), lane: .floor, scope: Self.meeting, key: "meeting"))
        var section = mesh.next(of: 2, at: 0, .floor, "meeting", [9])
        switch forgery {
        case .unsigned: break
        case .byteChanged: section.records[0].value = [9] + newer.dropFirst()
        case .ownKey: section.records[0].value = try sealed(section, [9], by: signers.signer(1))
        case .olderAgain: section.records[0].value = older
        case .otherKey:
            section.records[0].key = "command/1"
            section.records[0].value = newer
        case .otherLane:
            section = mesh.next(of: 2, at: 0, .bulk, "meeting", newer)
        case .laterLife, .laterLifeOwnCertificate:
            section.incarnation.counter += 1
            section.from = 0
        }
        if forgery == .laterLifeOwnCertificate {
            let life = Seal.statement(life: section.incarnation, of: mesh.id(2))
            let word = LifeRecord(certificate: try signers.signer(1).certificate, signature: try signers.signer(1).sign(life)!)
            section.namespace = NamespaceID(node: mesh.id(2), lane: .link)
            section.records = [GossipFrame.Record(key: LifeRecord.key, version: 1, value: word.bytes)]
            section.to = 1
        }
        let before = mesh[0].version(of: section.namespace)
        mesh.inject(0, from: 1) { $0.sections = [section] }
        #expect(mesh[0].version(of: section.namespace)! == before!)
        #expect(mesh.body(0, of: 2, .floor, "meeting") == [2] && mesh.body(0, of: 2, .floor, "command/1") == nil)
        let counters = mesh.counters(0, to: 1)
        #expect(forgery == .laterLife ? counters.waited == 1 && counters.forged == 0 : counters.forged == 1, "\(counters)")
        if forgery == .laterLife {
            mesh.run(for: .seconds(6))
            #expect(mesh.counters(0, to: 1).unproven == 1)
        }
        // Once more: a known forgery costs no check.
        let checked = mesh.counters(0, to: 1).checked
        mesh.inject(0, from: 1) { $0.sections = [section] }
        #expect(mesh.counters(0, to: 1).checked <= checked + (forgery == .laterLifeOwnCertificate ? 1 : 0))
        // The commune's own word still comes through.
        mesh.set(2, .floor, Self.meeting, "meeting", [4])
        #expect(mesh.run(for: .seconds(3), until: { mesh.body(0, of: 2, .floor, "meeting") == [4] }))
        #expect(mesh.nobodyFell)
    }

    @Test("without signatures the same forgery passes")
    func withoutSignatures() throws {
        let signers = try Signers()
        let mesh = signers.chain(3, older: [0, 1, 2])
        mesh.set(2, .floor, Self.meeting, "meeting", [1])
        #expect(mesh.run(for: .seconds(2), until: { mesh.agree([Self.meeting]) && mesh.body(0, of: 2, .floor, "meeting") == [1] }))
        let section = mesh.next(of: 2, at: 0, .floor, "meeting", [9])
        mesh.inject(0, from: 1) { $0.sections = [section] }
        #expect(mesh.body(0, of: 2, .floor, "meeting") == [9])
    }

    private func sealed(_ s: GossipFrame.Section, _ body: [UInt8], by signer: NodeRecordSigner) throws -> [UInt8] {
        let statement = Seal.statement(s.namespace, s.incarnation, key: s.records[0].key, version: s.records[0].version, body: body)
        return Seal.join(body, try #require(signer.sign(statement)))
    }

    // MARK: Programs without signatures

    @Test("a writer with an older program is taken where the policy says so, and counted", arguments: UnsignedPolicy.allCases)
    func older(_ policy: UnsignedPolicy) throws {
        let signers = try Signers()
        let mesh = signers.chain(3, unsigned: policy, older: [2])
        mesh.set(2, .floor, Self.meeting, "meeting", [1])
        mesh.set(2, .roster, Self.meeting, "site/2", [2])
        mesh.run(for: .seconds(2))
        #expect(mesh.body(0, of: 2, .floor, "meeting") == (policy == .refuse ? nil : [1]))
        #expect(mesh.body(0, of: 2, .roster, "site/2") == [2], "what needs no signature is taken from everybody")
        let counters = mesh.counters(1, to: 2)
        #expect(policy == .refuse ? counters.forged > 0 && counters.unsigned == 0 : counters.unsigned == 1 && counters.forged == 0)
        #expect(mesh[1].snapshot.unsignedWriters == (policy == .refuse ? 0 : 1))
    }

    @Test("a writer that has signed is not believed unsigned again, unless the policy takes all", arguments: UnsignedPolicy.allCases)
    func backToOlder(_ policy: UnsignedPolicy) throws {
        let signers = try Signers()
        let mesh = signers.chain(2, unsigned: policy)
        mesh.set(1, .floor, Self.meeting, "meeting", [1])
        mesh.run(for: .seconds(1))
        mesh.kill(1)
        mesh.run(for: .seconds(2))
        mesh.signing = { $0 == 1 ? nil : try? signers.signing($0) }
        mesh.start(1)
        mesh.act(1) { $0.setScopes(mesh.id(0), [Self.meeting], now: $1, into: &$2) }
        mesh.set(1, .floor, Self.meeting, "meeting", [2])
        mesh.connect(1)
        mesh.run(for: .seconds(8))
        #expect(mesh.body(0, of: 1, .floor, "meeting") == (policy == .accept ? [2] : [1]))
        #expect(policy == .accept || mesh.counters(0, to: 1).unproven > 0)
    }

    @Test("an older program in between passes signatures on as they are, also to a node that lost its memory")
    func olderBetween() throws {
        let signers = try Signers()
        let mesh = signers.chain(4, unsigned: .refuse, older: [1, 2])
        mesh.set(3, .floor, Self.meeting, "meeting", [UInt8](repeating: 5, count: 3_000))
        mesh.set(3, .floor, Self.meeting, "command/1", [1])
        #expect(mesh.run(for: .seconds(3), until: { mesh.body(0, of: 3, .floor, "command/1") == [1] }))
        #expect(mesh.body(0, of: 3, .floor, "meeting")?.count == 3_000)
        let before = mesh[3].incarnation
        restart(mesh, 3, signers)
        mesh.set(3, .floor, Self.meeting, "command/1", [2])
        #expect(mesh.run(for: .seconds(8), until: { mesh.body(0, of: 3, .floor, "command/1") == [2] }))
        #expect(mesh[3].incarnation > before)
    }

    // MARK: Lives

    private func restart(_ mesh: Mesh, _ slot: Int, _ signers: Signers) {
        mesh.kill(slot)
        mesh.run(for: .seconds(3))
        signers.lose(slot)
        mesh.start(slot, counter: 0)
        for neighbour in [slot - 1, slot + 1] where (0..<mesh.tree.count).contains(neighbour) {
            mesh.act(slot) { $0.setScopes(mesh.id(neighbour), [Self.meeting], now: $1, into: &$2) }
        }
        for child in [slot, slot + 1] where (1..<mesh.tree.count).contains(child) { mesh.connect(child) }
    }

    @Test("a node that lost its state folder takes a later life by its own former word, whoever holds it", arguments: [0, 1, 2])
    func formerLife(_ slot: Int) throws {
        let signers = try Signers()
        // With this policy nothing but its own word makes a node believe that.
        let mesh = signers.chain(3, unsigned: .refuse)
        mesh.set(slot, .floor, Self.meeting, "meeting", [1])
        mesh.run(for: .seconds(1))
        // Larger than the next life's by itself.
        for _ in 0..<3 { restartKeeping(mesh, slot) }
        #expect(mesh.run(for: .seconds(5), until: { mesh.allUp() && mesh.agree([Self.meeting]) }))
        let before = mesh[slot].incarnation
        restart(mesh, slot, signers)
        mesh.set(slot, .floor, Self.meeting, "meeting", [2])
        let other = slot == 0 ? 2 : 0
        #expect(mesh.run(for: .seconds(15), until: { mesh.agree([Self.meeting]) && mesh.body(other, of: slot, .floor, "meeting") == [2] }))
        #expect(mesh[slot].incarnation > before)
        for machine in mesh.machines { #expect(machine?.snapshot.edges.allSatisfy { $0.counters.forged == 0 } == true) }
    }

    private func restartKeeping(_ mesh: Mesh, _ slot: Int) {
        mesh.kill(slot)
        mesh.run(for: .seconds(2))
        mesh.start(slot)
        for child in [slot, slot + 1] where (1..<mesh.tree.count).contains(child) { mesh.connect(child) }
        mesh.run(for: .seconds(2))
    }

    @Test("the word of a former life comes through a node that lost its memory too")
    func formerLifeThroughForgetful() throws {
        let signers = try Signers()
        let mesh = signers.chain(3, unsigned: .refuse)
        mesh.set(0, .floor, Self.meeting, "meeting", [1])
        for _ in 0..<3 { restartKeeping(mesh, 0) }
        #expect(mesh.run(for: .seconds(5), until: { mesh.allUp() && mesh.agree([Self.meeting]) }))
        let before = mesh[0].incarnation
        mesh.kill(0)
        mesh.kill(1)
        mesh.run(for: .seconds(3))
        for slot in 0...1 {
            signers.lose(slot)
            mesh.start(slot, counter: 0)
            for neighbour in 0...2 where abs(neighbour - slot) == 1 {
                mesh.act(slot) { $0.setScopes(mesh.id(neighbour), [Self.meeting], now: $1, into: &$2) }
            }
        }
        mesh.connect(1)
        mesh.connect(2)
        #expect(mesh.run(for: .seconds(20), until: { mesh.agree([Self.meeting]) && mesh[0].incarnation > before }))
    }

    @Test("no frame makes a node believe that it had a life of which it never said so", arguments: [UnsignedPolicy.untilSigned, .refuse])
    func forcedLives(_ policy: UnsignedPolicy) throws {
        let signers = try Signers()
        let mesh = signers.chain(3, unsigned: policy)
        // All have had a life before, so they know where they stand.
        for slot in 0..<3 { restartKeeping(mesh, slot) }
        #expect(mesh.run(for: .seconds(5), until: { mesh.allUp() && mesh.agree() }))
        let lives = mesh.machines.map { $0!.incarnation }
        let downs = mesh.downs.map(\.count)
        let rogue = try signers.signer(2)
        for n in 1...300 {
            // The rogue node n2 claims it of the node above it and of the top; the node above it claims it of n2.
            for (at, from, victim) in [(1, 2, 1), (1, 2, 0), (2, 1, 2), (0, 1, 0)] {
                let life = Incarnation(counter: UInt64(100_000 + n), nonce: UInt32(n))
                let own = NamespaceID(node: mesh.id(victim), lane: .link)
                let word = LifeRecord(certificate: rogue.certificate, signature: rogue.sign(Seal.statement(life: life, of: mesh.id(victim)))!)
                let replayed = mesh[2].value(node: mesh.id(victim), lane: .link, key: LifeRecord.key)
                let proof = victim == 2 && n % 3 == 0 ? replayed : n % 3 == 0 ? word.bytes : n % 3 == 1 ? nil : replayed
                mesh.inject(at, from: from) { frame in
                    switch n % 4 {
                    case 0: frame.leaves = [.init(place: .init(depth: 0, prefix: 0), held: [.init(namespace: own, incarnation: life, version: 1)])]
                    case 1:
                        let record = GossipFrame.Record(key: proof == nil ? "state" : LifeRecord.key, version: 1, value: proof ?? [1])
                        frame.sections = [.init(namespace: own, incarnation: life, from: 0, to: 1, reset: 0, records: [record])]
                    case 2: frame.requests = [.init(namespace: own, incarnation: lives[victim], version: 1 << 40, proof: proof)]
                    default: frame.requests = [.init(namespace: own, incarnation: life, version: 1, isPassedOn: n % 2 == 0, proof: proof)]
                    }
                }
            }
            if n % 10 == 0 { mesh.run(for: .milliseconds(100)) }
        }
        mesh.run(for: .seconds(6))
        #expect(mesh.machines.map { $0!.incarnation } == lives)
        #expect(mesh.downs.map(\.count) == downs)
        #expect(mesh[0].snapshot.edges.reduce(0) { $0 + $1.counters.unproven } > 100)
        #expect(mesh.allUp() && mesh.run(for: .seconds(5), until: { mesh.agree() }))
    }

    // MARK: Hostile frames

    @Test("10,000 frames with signatures cut, swapped, of other keys and of nobody are never taken, never trap, and cost little")
    func hostile() throws {
        let signers = try Signers()
        let mesh = signers.chain(3, unsigned: .refuse)
        for n in 0..<8 { mesh.set(2, .floor, Self.meeting, "command/\(n)", [UInt8](repeating: UInt8(n), count: 20)) }
        mesh.set(2, .floor, Self.meeting, "meeting", [UInt8](repeating: 1, count: 40))
        #expect(mesh.run(for: .seconds(2), until: { mesh.agree([Self.meeting]) }))
        let floor = NamespaceID(node: mesh.id(2), lane: .floor, scope: Self.meeting)
        let link = NamespaceID(node: mesh.id(2), lane: .link)
        func held() -> [[UInt8]] {
            (mesh[0].records(node: mesh.id(2), lane: .floor, scope: Self.meeting) + mesh[0].records(node: mesh.id(2), lane: .link)).map(\.value)
        }
        let before = held()
        let lives = mesh.machines.map { $0!.incarnation }
        let real = mesh[0].records(node: mesh.id(2), lane: .floor, scope: Self.meeting)
        let life = try #require(mesh[0].value(node: mesh.id(2), lane: .link, key: LifeRecord.key))
        let rogue = try signers.signer(1)
        var random = SeededGenerator(seed: 31).fork("hostile")
        func chance(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &random) == 0 }
        func spoilt(_ value: [UInt8]) -> [UInt8] {
            var value = value
            switch Int.random(in: 0..<5, using: &random) {
            case 0: value.removeLast(Int.random(in: 1...min(70, value.count), using: &random))
            case 1: value[Int.random(in: 0..<value.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: value += (0..<Int.random(in: 1..<70, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            case 3: value = Array(value.dropLast(64)) + [UInt8](repeating: chance(2) ? 0 : 0xFF, count: 64)
            default: value.removeFirst(min(value.count, 3))
            }
            return value
        }
        let started = mesh.carrier.now
        for round in 0..<10_000 {
            let at = mesh[0].version(of: floor)!
            mesh.inject(0, from: 1) { frame in
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let isLink = chance(5)
                    var section = GossipFrame.Section(
                        namespace: isLink ? link : floor, incarnation: at.incarnation, from: chance(2) ? at.version : 0, to: at.version + 4, reset: 0,
                        records: [])
                    if chance(4) {
                        section.incarnation.counter += UInt64.random(in: 0...9, using: &random)
                        section.incarnation.nonce = UInt32(truncatingIfNeeded: random.next())
                        section.from = 0
                    }
                    if chance(8) { section.reset = at.version + 2 }
                    if isLink { section.records = [.init(key: LifeRecord.key, version: max(1, section.from + 1), value: spoilt(life))] }
                    for n in 0..<(isLink ? 0 : Int.random(in: 1...3, using: &random)) {
                        let (key, value) = real[Int.random(in: 0..<real.count, using: &random)]
                        var record = GossipFrame.Record(key: chance(3) ? "command/77" : key, version: at.version + UInt64(n) + 1, value: value)
                        let body = Seal.split(value)?.body ?? value
                        if chance(3) {
                            let statement = Seal.statement(floor, at.incarnation, key: record.key, version: record.version, body: body)
                            record.value = Seal.join(body, chance(2) ? rogue.sign(statement)! : Array(statement.prefix(64)))
                        } else if chance(2) {
                            record.value = spoilt(value)
                        }
                        section.records.append(record)
                    }
                    frame.sections.append(section)
                }
                if chance(3) {
                    let victim = NamespaceID(node: mesh.id(Int.random(in: 0..<3, using: &random)), lane: .link)
                    let claimed = Incarnation(counter: UInt64.random(in: 0...40, using: &random), nonce: UInt32(truncatingIfNeeded: random.next()))
                    frame.requests = [.init(namespace: victim, incarnation: claimed, version: 1, isPassedOn: chance(2), proof: chance(2) ? spoilt(life) : nil)]
                }
            }
            if round % 20 == 0 { mesh.run(for: .milliseconds(10)) }
        }
        let seconds = (mesh.carrier.now - started).seconds
        let counters = mesh.counters(0, to: 1)
        #expect(held() == before)
        #expect(mesh.machines.map { $0!.incarnation } == lives)
        #expect(counters.forged > 200 && counters.waited > 1_000, "\(counters)")
        // 200 checks a second and as many at once from below, and two claims a second.
        #expect(Double(counters.checked) < 500 + 210 * seconds, "\(counters.checked) checks in \(seconds) s")
        mesh.run(for: .seconds(7))
        mesh.set(2, .floor, Self.meeting, "command/0", [99])
        #expect(mesh.run(for: .seconds(10), until: { mesh.body(0, of: 2, .floor, "command/0") == [99] }))
    }
}
