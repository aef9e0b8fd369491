import Foundation
import Testing
import Topology
import TopologyFiles

@testable import BridgeService

@Suite("Which editions a node ran")
struct EditionHistoryTests {
    let state: StateFolder
    let history: EditionHistory

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nhipcau-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        state = StateFolder(folder.path)
        history = EditionHistory(state)
    }

    /// One province, one commune; `version` and the network's id as given.
    static func network(_ version: Int, id: String = "tinh") throws -> Network {
        try TopologyFiles.parse(
            """
            network: \(id)
            version: \(version)
            levels:
              - {id: tinh, name: Tỉnh}
              - {id: xa, name: Xã}
            nodes:
              - {id: tinh, level: tinh, name: Tỉnh, address: 127.0.0.1, port: 5004, http: 8443}
              - {id: xa, level: xa, name: "Xã \(version)", address: 127.0.0.2, port: 5004, http: 8443, uplink: {to: tinh, up: 4 Mbit/s, down: 4 Mbit/s, latency: 5 ms}}
            """, file: "drawn.yaml")
    }

    @Test("the one before is the last other one, through starts with the same")
    func before() throws {
        defer { try? FileManager.default.removeItem(atPath: state.path) }
        let editions = try [1, 2, 5].map { try Self.network($0) }
        try history.note(editions[0])
        #expect(history.before(editions[0]) == nil)
        for _ in 0..<2 {
            try history.note(editions[1])
            #expect(history.before(editions[1]) == editions[0])
        }
        try history.note(editions[2])
        #expect(history.before(editions[2]) == editions[1])
    }

    @Test("a step back, another network and a file nobody can read say nothing")
    func nothing() throws {
        defer { try? FileManager.default.removeItem(atPath: state.path) }
        try history.note(Self.network(3))
        try history.note(Self.network(2))
        #expect(try history.before(Self.network(2)) == nil)
        try history.note(Self.network(4, id: "khac"))
        #expect(try history.before(Self.network(4, id: "khac")) == nil)
        try Data("version: 1".utf8).write(to: URL(fileURLWithPath: state.before))
        #expect(try history.before(Self.network(4, id: "khac")) == nil)
    }

    @Test("a folder that is not there is an error, not silence")
    func missing() throws {
        try FileManager.default.removeItem(atPath: state.path)
        #expect(throws: (any Error).self) { try history.note(Self.network(1)) }
    }
}
