import Foundation
import Testing
import Topology

@testable import BridgeService

@Suite("Meeting files of a running node")
struct MeetingFilesTests {
    private static func text(_ title: String, sites: String = "all", topology: String = "../mang.yaml") -> String {
        "meeting: hop\ntopology: \(topology)\ntitle: \(title)\nkind: hop\nchairs: [tinh]\nsites: \(sites)\n"
    }

    /// Two nodes with a hall each; a third in a later version.
    private static func network(_ version: Int) throws -> Network {
        func commune(_ id: String, _ last: Int) -> String {
            "  - {id: \(id), level: xa, name: Xã \(id), address: 127.0.0.\(last), uplink: {to: tinh, up: 4 Mbit/s, down: 4 Mbit/s, latency: 5 ms}}\n"
        }
        return try EditionRefusal.read(
            """
            network: mang
            version: \(version)
            levels:
              - {id: tinh, name: Tỉnh}
              - {id: xa, name: Xã}
            nodes:
              - {id: tinh, level: tinh, name: Tỉnh, address: 127.0.0.1}

            """ + commune("xa", 2) + (version > 1 ? commune("xa2", 3) : ""))
    }

    @Test("a new file, a changed one and a mended one are seen without a restart; a broken one is told")
    func readsAgain() throws {
        let folder = NSTemporaryDirectory() + "nhipcau-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/meetings", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("x: y\n".utf8).write(to: URL(fileURLWithPath: folder + "/mang.yaml"))
        try Data("x: y\n".utf8).write(to: URL(fileURLWithPath: folder + "/khac.yaml"))
        func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/meetings/" + name)) }
        let keeper = LineKeeper()
        let standing = Standing(try Self.network(1), slot: 0)
        let troubles = Troubles(language: .english, logger: keeper.logger)
        let files = MeetingFiles(folder: folder + "/meetings", topology: folder + "/mang.yaml", standing: standing, troubles: troubles, logger: keeper.logger)
        #expect(files.now().isEmpty)
        try write("hop.yaml", Self.text("Một"))
        #expect(files.now().map(\.title) == ["Một"])
        #expect(files.now().first?.sites.count == 2)
        try write("hop.yaml", Self.text("Hai ba"))
        #expect(files.now().map(\.title) == ["Hai ba"])
        // Another network's lies beside it, and is no trouble.
        try write("khac.yaml", Self.text("Khác", sites: "[noi-khac]", topology: "../khac.yaml").replacingOccurrences(of: "[tinh]", with: "[noi-khac]"))
        #expect(files.now().count == 1 && troubles.now.isEmpty, "\(keeper.lines)")
        try write("hop.yaml", Self.text("Ba") + "video: nhanh\n")
        #expect(files.now().isEmpty)
        _ = files.now()
        let told = keeper.lines.filter { $0.contains("meeting file left out") }
        #expect(told.count == 1 && told[0].contains("file=hop.yaml") && told[0].contains("line 7"), "\(told)")
        #expect(troubles.now.count == 1 && troubles.now.allSatisfy { !$0.trouble.isPublic })
        try write("hop.yaml", Self.text("Bốn"))
        #expect(files.now().map(\.title) == ["Bốn"] && troubles.now.isEmpty)
        // A commune of a new edition is among `all`.
        standing.change(to: Standing.Edition(try Self.network(2), slot: 0))
        #expect(files.now().first?.sites.count == 3)
    }
}
