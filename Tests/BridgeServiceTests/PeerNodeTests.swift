import Basics
import Foundation
import Native
import NodeClient
import Testing
import Topology
import TopologyFiles

@testable import BridgeService

@Suite("Which node asks") struct PeerNodeTests {
    private static let topology = """
        network: peers
        version: 1
        levels: [{id: tinh, name: Tỉnh}, {id: xa, name: Xã}]
        nodes:
          - {id: ninh-binh, level: tinh, name: Tỉnh Ninh Bình, address: 127.0.0.1}
          - {id: yen-my, level: xa, name: Xã Yên Mỹ, address: 127.0.0.2, uplink: {to: ninh-binh, capacity: 10 Mbit/s, latency: 5 ms}}
        """

    /// Two nodes of one authority, and the same two of another.
    private struct Lab {
        let folder = NSTemporaryDirectory() + "nhipcau-peers-\(UUID().uuidString)"
        let network: Network
        init() throws {
            network = try TopologyFiles.parse(PeerNodeTests.topology, file: "mem.yaml", language: .en)
            for name in ["ours", "theirs"] {
                let authority = try Authority.create(network: "peers", folder: folder + "/" + name)
                for node in network.nodes { try authority.issue(node, into: folder + "/" + name + "/" + node.id) }
            }
        }
        func state(_ id: String, _ authority: String = "ours") -> StateFolder { StateFolder(folder + "/\(authority)/\(id)") }
        func remove() { try? FileManager.default.removeItem(atPath: folder) }

        /// As one node asks another; `files`: certificate and key, `expecting`: the node that must answer.
        func client(_ port: Int, files: (String, String), from address: String = "127.0.0.2", expecting: String = "ninh-binh") throws -> NodeClient {
            let identity = NodeClient.Identity(certificate: files.0, privateKey: files.1, address: address) {
                CertificateInfo(der: $0)?.node == expecting
            }
            return NodeClient(
                base: try #require(URL(string: "https://127.0.0.1:\(port)")), authority: state("ninh-binh").authority, identity: identity)
        }
        func files(_ id: String, _ authority: String = "ours") -> (String, String) {
            (state(id, authority).certificate, state(id, authority).key)
        }
    }

    private static let still = "/internal/stills/a%2Fb.jpg"
    private static let statement = [("nhipcau-statement", "believed")]

    @Test("a node is known by its certificate and address, a page by none, and nobody by what it writes", .timeLimit(.minutes(1)))
    func known() async throws {
        let lab = try Lab()
        defer { lab.remove() }
        let state = lab.state("ninh-binh")
        let gateway = FakeGateway()
        try await withNode(gateway, tls: TLSFiles(certificateChain: state.certificate, privateKey: state.key, authority: state.authority)) { wire in
            func ask(_ client: NodeClient, _ headers: [(String, String)] = []) async throws -> PeerNode? {
                let answer = try await client.send("GET", Self.still, headers: Self.statement + headers)
                #expect(answer.status == 200)
                return gateway.state.withLock { $0.peers.removeLast() }
            }
            let node = try lab.client(wire.port, files: lab.files("yen-my"))
            #expect(try await ask(node) == PeerNode(node: "yen-my", address: "127.0.0.2"))
            #expect(try await ask(node, [("nhipcau-peer", "ninh-binh 127.0.0.1")]) == PeerNode(node: "yen-my", address: "127.0.0.2"))
            // A browser shows no certificate, and reads pages as before.
            let plain = NodeClient(base: try #require(URL(string: "https://127.0.0.1:\(wire.port)")), authority: state.authority)
            #expect(try await plain.send("GET", "/room").status == 200)
            #expect(try await ask(plain, [("nhipcau-peer", "yen-my 127.0.0.2")]) == nil)
        }
        // Without TLS nobody is known, however the same path is spelt.
        try await withNode(gateway) { wire in
            for path in [Self.still, "/" + Self.still, "/%69nternal/stills/a%2Fb.jpg", "/internal//stills/a%2Fb.jpg", "/assets/../internal/stills/a%2Fb.jpg"] {
                let answer = try await wire.send("GET", path, headers: ["nhipcau-statement: believed", "nhipcau-peer: yen-my 127.0.0.2"])
                #expect(gateway.state.withLock { $0.peers }.allSatisfy { $0 == nil }, "\(path)")
                if path == Self.still { #expect(answer.status == 200) }
            }
            #expect(!gateway.state.withLock { $0.peers }.isEmpty)
        }
    }

    @Test("certificates of another authority, and a key for links, get no answer; another node at the address is asked nothing", .timeLimit(.minutes(1)))
    func foreign() async throws {
        let lab = try Lab()
        defer { lab.remove() }
        let state = lab.state("ninh-binh")
        let gateway = FakeGateway()
        try await withNode(gateway, tls: TLSFiles(certificateChain: state.certificate, privateKey: state.key, authority: state.authority)) { wire in
            let links = (lab.folder + "/ours/tokens.crt", lab.folder + "/ours/tokens.key")
            for client in [
                try lab.client(wire.port, files: lab.files("yen-my", "theirs")),
                try lab.client(wire.port, files: links),
                try lab.client(wire.port, files: lab.files("yen-my"), expecting: "yen-my"),
            ] {
                await #expect(throws: (any Error).self) { try await client.send("GET", Self.still, headers: Self.statement) }
            }
            #expect(gateway.state.withLock { $0.peers }.isEmpty)
            // Nor does a client take a node of another authority for ours.
            let client = NodeClient(
                base: try #require(URL(string: "https://127.0.0.1:\(wire.port)")), authority: lab.state("ninh-binh", "theirs").authority)
            await #expect(throws: (any Error).self) { try await client.send("GET", "/room") }
        }
    }

    @Test("the asking node is the one that the statement names, at its address in the topology")
    func proven() throws {
        let network = try TopologyFiles.parse(Self.topology, file: "mem.yaml", language: .en)
        let here = Standing.Edition(network, slot: 0)
        let right = PeerNode(node: "yen-my", address: "127.0.0.2")
        #expect(here.isProven("yen-my", by: right, takesOldWays: false))
        #expect(!here.isProven("ninh-binh", by: right, takesOldWays: true))
        #expect(!here.isProven("yen-my", by: PeerNode(node: "yen-my", address: "127.0.0.3"), takesOldWays: true))
        #expect(!here.isProven("gone", by: PeerNode(node: "gone", address: "127.0.0.2"), takesOldWays: true))
        #expect(!here.isProven("yen-my", by: nil, takesOldWays: false) && here.isProven("yen-my", by: nil, takesOldWays: true))
        let text = Self.topology.replacingOccurrences(of: "127.0.0.1}", with: "127.0.0.1, secure: false}")
        let open = try TopologyFiles.parse(text, file: "mem.yaml", language: .en)
        #expect(Standing.Edition(open, slot: 0).isProven("yen-my", by: nil, takesOldWays: false))
    }
}
