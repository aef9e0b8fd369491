import Basics
import Foundation
import Simulator
import Testing
import Topology
import TopologyFiles

@testable import Demo

@Suite("Faults of a live run, each by itself")
struct LiveFaultTests {
    @Test("an edition that is handed to one node is taken there, and by no other", arguments: ["yen-my", "kim-son", "ninh-binh"])
    func edition(of id: String) throws {
        let before = try TopologyFiles.load(DemoTests.topology + "/three-levels.yaml")
        let after = try before.changed(by: [.move(node: "yen-my", to: "kim-son")])
        let me = try #require(before.node(id: id)).index
        let scenario = Scenario(
            name: "edition", network: before, timeline: [TimedEvent(at: .seconds(Int64(5)), event: .loadTopology(me, after))],
            safetyPhase: .seconds(Int64(10)))
        let plan = LivePlan(scenario, loopback: 79)
        // What was sealed is read anew.
        let handed = try TopologyFiles.parse(plan.edition(after, for: me).canonical, file: "edition")
        for slot in plan.network.nodes.indices {
            let node = plan.network.nodes[slot]
            let obstacles = NetworkTransition(from: plan.network(asSeenBy: slot), to: handed).obstacles(for: node.id, in: handed)
            #expect(obstacles == (node.id == id ? [] : [.address(node.id)]), "\(node.id)")
        }
    }

    @Test("lines of a later edition stand from the beginning, and both editions of a node have them at the same address")
    func lines() throws {
        let before = try TopologyFiles.load(DemoTests.topology + "/three-levels.yaml")
        let after = try before.changed(by: [.move(node: "yen-my", to: "kim-son")])
        let (lower, upper) = (try #require(before.node(id: "yen-my")).index, try #require(before.node(id: "kim-son")).index)
        let old = try #require(before.node(id: "yen-mo")).index
        let plan = LivePlan(
            Scenario(
                name: "edition", network: before, timeline: [TimedEvent(at: .seconds(Int64(5)), event: .loadTopology(lower, after))],
                safetyPhase: .seconds(Int64(10))), loopback: 79)
        let slot = try #require(before.slot(lower))
        for parent in [old, upper] {
            let line = try #require(plan.lines.first { $0.trunk == Trunk(lower: lower, upper: parent) })
            #expect(plan.network(asSeenBy: slot).node(parent)?.address == line.address)
            #expect(plan.edition(after, for: lower).node(parent)?.address == line.address)
        }
        #expect(Set(plan.lines.map(\.address)).count == plan.lines.count && Set(plan.lines.map(\.trunk)).count == plan.lines.count)
    }

    @Test("a process finds its disk full, goes on and says so, and writes again when there is room", .timeLimit(.minutes(1)))
    func fullDisk() async throws {
        let folder = NSTemporaryDirectory() + "nhipcau-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let children = Children { name, how in sink.yield("\(name): \(how)") }
        var said = lines.makeAsyncIterator()
        let script = "trap '' XFSZ; while read word; do if echo $word >>$0/words; then echo kept; else echo refused; echo $word is lost >&2; fi; done"
        func start(_ name: String, full: Bool) async throws {
            try await children.start(name, "/bin/sh", ["-c", script, folder], log: folder + "/\(name).log", diskIsFull: full) { sink.yield($0) }
        }
        func write(_ word: String, by name: String, is outcome: String) async {
            children.tell(name, word)
            #expect(await said.next() == outcome, "\(word)")
        }
        try await start("one", full: false)
        await write("a", by: "one", is: "kept")
        #expect(await children.setDiskFull("one", true))
        await write("b", by: "one", is: "refused")
        // Another process has room.
        try await start("two", full: false)
        await write("c", by: "two", is: "kept")
        #expect(await children.setDiskFull("one", false))
        await write("d", by: "one", is: "kept")
        try await start("three", full: true)
        await write("e", by: "three", is: "refused")
        #expect(await children.isRunning("three"))
        #expect(await !children.isRunning("four"))
        #expect(await !children.setDiskFull("four", true))
        await children.stop()
        #expect(try String(contentsOfFile: folder + "/words", encoding: .utf8) == "a\nc\nd\n")
        let log = try String(contentsOfFile: folder + "/one.log", encoding: .utf8)
        #expect(log.hasSuffix("b is lost\n"), "\(log)")
    }
}
