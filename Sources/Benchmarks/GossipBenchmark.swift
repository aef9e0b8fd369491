import Basics
import Bridge
import Native
import Topology
import Wire

/// A root with ten children and no meeting: what keeping a trunk alive costs both of its ends together.
enum GossipBenchmark {
    static func run(rounds: Int, into report: inout Report) throws {
        let children = 10
        let authority = try CertificateAuthority.create(network: "bench", now: Hall.wall)
        func node(_ i: Int) -> Network.Node {
            let id = i == 0 ? "tinh" : "xa-\(i)"
            return Network.Node(
                id: id, level: i == 0 ? "tinh" : "xa", name: "", address: Address(ipv4: 0x0A00_0001 + UInt32(i), port: 7_000),
                rooms: [Network.Room(id: SiteID(id), name: "")])
        }
        let line = Network.Line(up: .mbps(10), down: .mbps(10))
        let network = try Network(
            networkID: "bench", name: "", version: 1, edition: "",
            levels: [Network.Level(id: "tinh", name: "", rank: 0), Network.Level(id: "xa", name: "", rank: 1)], upstream: nil,
            entries: (0...children).map {
                Network.Entry(node: node($0), link: $0 == 0 ? nil : Network.Link(parent: node(0).index, line: line))
            })
        var bridges: [Bridge] = []
        for (slot, node) in network.nodes.enumerated() {
            let (ca, own) = (authority.credential.certificate, try authority.issue(node: node.id, names: [], now: Hall.wall))
            let security = try OpenSSLSecurity(authority: ca, own: own, clock: { Hall.wall })
            let identity = RecordIdentity(
                signer: try NodeRecordSigner(own: own), verifier: try NodeRecordVerifier(authority: ca, clock: { Hall.wall }))
            bridges.append(
                Bridge(
                    Bridge.Configuration(
                        network: network, slot: slot, security: security, codecs: OpusCodecs(),
                        messageCoder: GossipCoder(compressor: ZstdCompressor(dictionary: GossipDictionary.bytes)),
                        recordCoder: ConferenceCoder(), identity: identity, seed: UInt64(slot) + 1), now: .zero, wall: Hall.wall))
        }
        var now = Instant.zero
        var bytes = 0
        var datagrams = 0
        func live(_ duration: Interval) {
            let end = now + duration
            while now < end {
                now += .milliseconds(10)
                for (slot, bridge) in bridges.enumerated() {
                    bridge.readClocks(now: now, wall: Hall.wall + (now - .zero))
                    if let deadline = bridge.deadline, deadline <= now { bridge.wake(now: now) }
                    _ = bridge.takeEffects()
                    for datagram in bridge.outbox.datagrams {
                        guard let to = network.nodes.firstIndex(where: { $0.address == datagram.to }) else { continue }
                        bytes += datagram.count
                        datagrams += 1
                        bridges[to].receive(
                            UnsafeMutableRawBufferPointer(start: datagram.bytes, count: datagram.count), from: network.nodes[slot].address,
                            now: now)
                    }
                    bridge.outbox.removeAll()
                }
            }
        }
        live(.seconds(Int64(10)))
        precondition(bridges[0].snapshot(now: now).trunks.allSatisfy(\.isUp), "a trunk is down")
        (bytes, datagrams) = (0, 0)
        let seconds = 20
        var cost: [Double] = []
        for _ in 0..<rounds { cost.append(CPU.microseconds { live(.seconds(Int64(seconds))) } / Double(seconds * children)) }
        let all = Double(rounds * seconds * children)
        report.heading("An idle trunk, both ends together, one second (DTLS included, sockets not)")
        report.add("gossip.cpu", "CPU time", "µs", cost)
        report.add("gossip.datagrams", "datagrams", "", [Double(datagrams) / all])
        report.add("gossip.bytes", "bytes of UDP payload", "B", [Double(bytes) / all])
    }
}
