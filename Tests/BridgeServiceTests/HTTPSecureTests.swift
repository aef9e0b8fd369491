import Basics
import Foundation
import NodeClient
import Testing
import Topology
import TopologyFiles

@testable import BridgeService

@Suite("HTTPS") struct HTTPSecureTests {
    @Test("only TLS 1.2 and later with authenticated encryption is spoken, and browsers are told to stay with it", .timeLimit(.minutes(1)))
    func versions() async throws {
        let folder = NSTemporaryDirectory() + "nhipcau-tls-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let network = try TopologyFiles.parse(Self.topology, file: "mem.yaml", language: .en)
        let authority = try Authority.create(network: network.networkID, folder: folder + "/authority")
        try authority.issue(network.nodes[0], into: folder + "/state")
        let state = StateFolder(folder + "/state")
        let tls = TLSFiles(certificateChain: state.certificate, privateKey: state.key)
        try await withNode(FakeGateway(), tls: tls) { wire in
            // A weak client, so that the node is what refuses.
            let weak = ["-cipher", "ALL:@SECLEVEL=0"]
            #expect(try await Self.handshake(wire.port, ["-tls1_1"] + weak) == nil)
            #expect(try await Self.handshake(wire.port, ["-tls1"] + weak) == nil)
            #expect(try await Self.handshake(wire.port, ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"]) == nil)
            #expect(try await Self.handshake(wire.port, ["-tls1_2"] + weak)?.contains("TLSv1.2") == true)
            #expect(try await Self.handshake(wire.port, ["-tls1_3"])?.contains("TLSv1.3") == true)
            let client = NodeClient(base: try #require(URL(string: "https://127.0.0.1:\(wire.port)")), authority: state.authority)
            let answer = try await client.send("GET", "/room")
            #expect(answer.status == 200 && answer.header("strict-transport-security") == "max-age=31536000")
        }
        try await withNode(FakeGateway()) { wire in
            let plain = try await wire.send("GET", "/room").head
            #expect(!plain.lowercased().contains("strict-transport"))
        }
    }

    @Test("a connection that does not shake hands in time is closed and counted", .timeLimit(.minutes(1)))
    func lateHandshake() async throws {
        let folder = NSTemporaryDirectory() + "nhipcau-tls-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let network = try TopologyFiles.parse(Self.topology, file: "mem.yaml", language: .en)
        try Authority.create(network: network.networkID, folder: folder + "/authority").issue(network.nodes[0], into: folder + "/state")
        let state = StateFolder(folder + "/state")
        var limits = HTTPLimits()
        limits.handshake = .milliseconds(300)
        try await withNode(FakeGateway(), limits: limits, tls: TLSFiles(certificateChain: state.certificate, privateKey: state.key)) { wire in
            let handle = try wire.connected()
            defer { close(handle) }
            #expect(Wire.isClosed(handle, within: 60_000))
            let client = NodeClient(base: try #require(URL(string: "https://127.0.0.1:\(wire.port)")), authority: state.authority)
            #expect(try await client.send("GET", "/metrics").text.contains("nhipcau_http_refused_total{reason=\"late-handshake\"} 1"))
        }
    }

    private static let topology = """
        network: tls
        version: 1
        levels: [{id: tinh, name: Tỉnh}]
        nodes:
          - {id: ninh-binh, level: tinh, name: Tỉnh Ninh Bình, address: 127.0.0.1}
        """

    /// What `openssl s_client` says of the session; nil if there was none.
    private static func handshake(_ port: Int, _ arguments: [String]) async throws -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["s_client", "-connect", "127.0.0.1:\(port)"] + arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { done in
            // A thread of its own: reading waits for the process.
            Thread.detachNewThread {
                do {
                    try process.run()
                    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    process.waitUntilExit()
                    done.resume(returning: text.contains("Cipher is (NONE)") || !text.contains("Cipher is") ? nil : text)
                } catch { done.resume(throwing: error) }
            }
        }
    }
}
