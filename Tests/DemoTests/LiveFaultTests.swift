import Basics
import Foundation
import Simulator
import Synchronization
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

    /// A shell that answers each line, as the process `name` of `children`.
    private func startEcho(_ children: Children, _ folder: String, environment: [String: String] = [:], _ line: @escaping @Sendable (String) -> Void)
        async throws
    {
        let script = "while read word; do echo $word $(date +%s.%N); done"
        try await children.start("echo", "/bin/sh", ["-c", script], log: folder + "/echo.log", environment: environment, line: line)
    }

    private func temporaryFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "nhipcau-fault-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("a process that is slow runs in turns, stands still while it is paused, and both end", .timeLimit(.minutes(1)))
    func slow() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let children = Children { _, _ in sink.finish() }
        let signals = Mutex<[Int32]>([])
        let brakes = Brakes { name, number in
            signals.withLock { $0.append(number) }
            return await children.signal(name, number)
        }
        var said = lines.makeAsyncIterator()
        func answers(_ word: String) async { #expect(await said.next()?.hasPrefix(word + " ") == true, "\(word)") }
        try await startEcho(children, folder) { sink.yield($0) }
        await brakes.slow("echo", by: .milliseconds(Int64(100)))
        for word in ["a", "b", "c"] {
            children.tell("echo", word)
            await answers(word)
        }
        // Stopped and let go in turns, and nothing else.
        let turns = signals.withLock { $0 }
        #expect(turns.count >= 3 && zip(turns, turns.dropFirst()).allSatisfy { $0 != $1 }, "\(turns)")

        await brakes.pause("echo", true)
        #expect(signals.withLock { $0.last } == SIGSTOP)
        let stopped = signals.withLock { $0.count }
        children.tell("echo", "d")
        try await Task.sleep(for: .milliseconds(300))
        #expect(signals.withLock { $0.count } == stopped, "it stands still")
        // On it goes, as slow as it was.
        await brakes.pause("echo", false)
        await answers("d")
        // The time limit ends it if nothing comes.
        while signals.withLock({ $0.count }) <= stopped + 2 { try await Task.sleep(for: .milliseconds(10)) }

        await brakes.slow("echo", by: .zero)
        let released = signals.withLock { $0 }
        #expect(released.last == SIGCONT)
        try await Task.sleep(for: .milliseconds(300))
        #expect(signals.withLock { $0.count } == released.count)
        children.tell("echo", "e")
        await answers("e")
        await children.stop()
    }

    @Test("a wrong clock jumps, and runs at a pace of its own", .timeLimit(.minutes(1)))
    func wrongClock() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = try FaultyClock(folder + "/clock", program: Proofs.program())
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let children = Children { _, _ in sink.finish() }
        var said = lines.makeAsyncIterator()
        try await startEcho(children, folder, environment: clock.environment) { sink.yield($0) }
        /// How far its wall clock is ahead of ours, in seconds; between the two is what the question takes.
        func ahead() async throws -> (least: Double, most: Double) {
            let before = Date().timeIntervalSince1970
            children.tell("echo", "time")
            let answer = try #require(await said.next())
            let theirs = try #require(Double(answer.dropFirst(5)))
            return (theirs - Date().timeIntervalSince1970, theirs - before)
        }
        var (least, most) = try await ahead()
        #expect(least <= 0 && most >= 0)
        #expect(!clock.hasJumped)
        clock.step(by: .seconds(Int64(18_000)))
        #expect(clock.hasJumped)
        (least, most) = try await ahead()
        #expect(least <= 18_000 && most >= 18_000, "\(least) \(most)")
        // Half as fast again: a second later it has gained half a second.
        let before = Date().timeIntervalSince1970
        clock.setDrift(500_000)
        let begun = Date().timeIntervalSince1970
        try await Task.sleep(for: .seconds(1))
        let asked = Date().timeIntervalSince1970 - begun
        (least, most) = try await ahead()
        let answered = Date().timeIntervalSince1970 - before
        #expect(least <= 18_000 + answered / 2 + 0.01 && most >= 18_000 + asked / 2 - 0.01, "\(asked) \(answered) \(least) \(most)")
        #expect(most >= 18_000.49)
        clock.setDrift(0)
        let passed = Date().timeIntervalSince1970 - before
        try await Task.sleep(for: .milliseconds(500))
        (least, most) = try await ahead()
        // What it gained it keeps, and gains no more.
        #expect(least <= 18_000 + passed / 2 + 0.01 && most >= 18_000 + 0.49, "\(passed) \(least) \(most)")
        await children.stop()
    }

    @Test("a clock without its library says what makes it")
    func noLibrary() throws {
        do {
            _ = try FaultyClock("/nowhere/clock", program: "/nowhere/nhipcau")
            Issue.record("there is none")
        } catch {
            #expect("\(error)" == "/nowhere/libnhipcau-clock.so is not there: `swift build -c release --product nhipcau-clock` makes it")
        }
    }
}
