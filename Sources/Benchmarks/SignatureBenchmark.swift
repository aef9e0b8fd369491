import Basics
import Membership
import Native
import Simulator
import Wire

/// What the signatures on records cost: time on this machine, bytes on a line, and convergence beside unsigned records.
enum SignatureBenchmark {
    private static let meeting = MeetingID("giao-ban")

    static func run(isQuick: Bool, into report: inout Report) throws {
        try times(into: &report)
        try bytes(into: &report)
        let tree = try tree([11, 11])
        for loss in [0, 0.05, 0.2] {
            for signs in [false, true] { convergence(tree, loss: loss, signs: signs, changes: isQuick ? 100 : 1_000, into: &report) }
        }
    }

    private static func times(into report: inout Report) throws {
        let authority = try CertificateAuthority.create(network: "bench", now: Hall.wall)
        let own = try authority.issue(node: "yen-thang", names: ["10.27.1.3", "xa-yen-thang.ninhbinh.vn"], now: Hall.wall)
        let signer = try NodeRecordSigner(own: own)
        let verifier = try NodeRecordVerifier(authority: authority.credential.certificate, clock: { Hall.wall })
        guard let key = verifier.nodeKey(in: signer.certificate) else { preconditionFailure("the authority's own certificate is not believed") }
        report.heading("A signature: ECDSA on P-256 by OpenSSL's EVP, as the nodes' certificates have it")
        for count in [100, 64_000] {
            let id = NamespaceID(node: NodeIndex(of: "yen-thang"), lane: .bulk, scope: meeting)
            let body = [UInt8](repeating: 7, count: count)
            let statement = Seal.statement(id, Incarnation(counter: 3, nonce: 4), key: "ballot/1/", version: 9, body: body)
            guard let signature = signer.sign(statement) else { preconditionFailure("the key does not sign") }
            let rounds = 2_000
            var samples: (sign: [Double], check: [Double]) = ([], [])
            for _ in 0..<5 {
                samples.sign.append(CPU.microseconds { for _ in 0..<rounds { _ = signer.sign(statement) } } / Double(rounds))
                samples.check.append(CPU.microseconds { for _ in 0..<rounds { _ = key.made(signature, over: statement) } } / Double(rounds))
            }
            report.add("signature.sign.\(count)", "signing a record of \(count) bytes", "µs", samples.sign)
            report.add("signature.check.\(count)", "checking it", "µs", samples.check)
        }
        var chain: [Double] = []
        for _ in 0..<5 { chain.append(CPU.microseconds { for _ in 0..<500 { _ = verifier.nodeKey(in: signer.certificate) } } / 500) }
        report.add("signature.certificate", "a certificate under the authority's", "µs", chain)
        report.add("signature.certificate.bytes", "a certificate with two names, in DER", "B", [Double(signer.certificate.count)])
    }

    /// A row of twelve small records of different writers, as a district tells them on, in one datagram.
    private static func bytes(into report: inout Report) throws {
        let records = SimulatedRecordAuthority(secret: 5)
        let coder = GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes))
        func size(_ sealed: Bool, lives: Bool) -> Double {
            var frame = GossipFrame(session: 0x1234_5678_9ABC_DEF0)
            frame.sequence = 1_000
            for n in 0..<(lives ? 2 : 6) {
                let node = NodeIndex(of: "xa-\(n)")
                let id = NamespaceID(node: node, lane: lives ? .link : .bulk, scope: lives ? Membership.everywhere : meeting)
                let signer = records.signer(of: node)
                let life = Incarnation(counter: 3, nonce: node.rawValue ^ 0x55)
                let body = [UInt8]("ballot of xa-\(n), 12 for, 3 against".utf8)
                var value = body
                if sealed { value += [0x7A, 64] + (signer.sign(Seal.statement(id, life, key: "k", version: 9, body: body)) ?? []) }
                if lives { value = LifeRecord(certificate: signer.certificate, signature: signer.sign(Seal.statement(life: life, of: node)) ?? []).bytes }
                frame.sections.append(
                    GossipFrame.Section(
                        namespace: id, incarnation: life, from: 8, to: 9, reset: 0,
                        records: [GossipFrame.Record(key: "ballot/1790000000000.0/", version: 9, value: value)]))
            }
            return Double(coder.encode(frame).count)
        }
        report.heading("Bytes of a datagram of gossip, compressed as it travels")
        report.add("signature.bytes.plain", "six ballots without signatures", "B", [size(false, lives: false)])
        report.add("signature.bytes.sealed", "the same, signed", "B", [size(true, lives: false)])
        report.add("signature.bytes.record", "a signature, on average", "B", [(size(true, lives: false) - size(false, lives: false)) / 6])
        report.add("signature.bytes.life", "a life's word with its certificate (once a life), on average", "B", [size(false, lives: true) / 2])
    }

    private static func tree(_ shape: [Int]) throws -> Tree {
        var nodes: [(node: NodeIndex, parent: NodeIndex?)] = [(NodeIndex(of: "n0"), nil)]
        var level = [0]
        for children in shape {
            var next: [Int] = []
            for parent in level {
                for _ in 0..<children {
                    next.append(nodes.count)
                    nodes.append((NodeIndex(of: "n\(nodes.count)"), nodes[parent].node))
                }
            }
            level = next
        }
        return try Tree(nodes)
    }

    private static func convergence(_ tree: Tree, loss: Double, signs: Bool, changes: Int, into report: inout Report) {
        let line = Impairment(rate: .mbps(10), delay: ConvergenceBenchmark.hop, loss: BurstLoss(share: loss))
        let field = GossipField(tree, line: line, seed: 1, signs: signs)
        field.live(.seconds(Int64(20)))
        field.beginCounting()
        field.live(.seconds(Int64(10)))
        let idle = Double(field.bytes) / 10 / Double(tree.count - 1)
        field.run(meeting)
        field.live(.seconds(Int64(12)))
        field.beginCounting()
        field.live(.seconds(Int64(10)))
        let quiet = Double(field.bytes) / 10 / Double(tree.count - 1)
        var chance = SeededGenerator(seed: 2)
        var times: [Double] = []
        var spent = 0.0
        for n in 0..<changes {
            let writer = Int.random(in: 0..<tree.count, using: &chance)
            var knows = Set<Int>()
            field.learnt = { slot, node, _ in if node == tree.nodes[writer] { knows.insert(slot) } }
            field.beginCounting()
            let begun = field.now
            field.set(writer, meeting, "ballot/\(n % 40)", (0..<24).map { _ in UInt8(truncatingIfNeeded: chance.next()) }, lane: .bulk)
            let isKnown = field.live(.seconds(Int64(20))) { knows.count == tree.count }
            precondition(isKnown, "change \(n) reached \(knows.count) of \(tree.count) nodes in 20 s")
            times.append((field.now - begun).seconds * 1_000)
            field.learnt = nil
            field.live(.seconds(1) - (field.now - begun))
            spent += Double(field.bytes) / Double(tree.count - 1) - quiet
        }
        let sorted = times.sorted()
        let percent = Int(loss * 100)
        let key = "signature.\(signs ? "signed" : "plain").\(percent)"
        report.heading("\(tree.count) nodes, \(percent) % loss, records \(signs ? "signed" : "unsigned"): the last node knows a ballot (\(changes) changes)")
        report.add(key + ".p50", "p50", "ms", [sorted[sorted.count / 2]])
        report.add(key + ".p999", "p99.9, or the most", "ms", [sorted[min(sorted.count - 1, sorted.count * 999 / 1_000)]])
        report.add(key + ".idle", "an idle edge, both ways, with all headers", "B/s", [idle])
        report.add(key + ".busy", "an edge that carries a meeting in which nothing happens", "B/s", [quiet])
        report.add(key + ".change", "what one change adds on an edge, both ways", "B", [spent / Double(changes)])
    }
}
