import Foundation
import Testing

@testable import Demo

@Suite("The demo's plan and its processes")
struct DemoTests {
    static let topology = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("topology").path

    static func plan(_ name: String, meeting: String? = nil) throws -> Plan {
        try Plan(DemoOptions(topology: topology + "/" + name, meeting: meeting.map { topology + "/meetings/" + $0 }))
    }

    @Test(
        "the meeting beside the topology that belongs to it is taken, a hop in VP8 before others",
        arguments: [("three-levels.yaml", "hop-ba-cap", 7), ("yen-mo.yaml", "yen-mo-hop", 18), ("can-tho-2025.yaml", "can-tho-tap-huan", 104)])
    func meeting(file: String, id: String, sites: Int) throws {
        let plan = try Self.plan(file)
        #expect(plan.meeting.id.rawValue == id)
        #expect(plan.meeting.sites.count == sites && plan.marks.entries.count == sites)
        #expect(Set(plan.marks.entries.map(\.index)).count == sites)
        #expect(plan.network.nodes.allSatisfy { $0.address.host.hasPrefix("127.77.") && !$0.secure })
    }

    @Test("clips of a site are the same for every meeting of its network")
    func marks() throws {
        let all = try Self.plan("yen-mo.yaml", meeting: "yen-mo-toan-mang.yaml")
        let some = try Self.plan("yen-mo.yaml")
        for entry in some.marks.entries { #expect(all.marks.entry(entry.site) == entry) }
        #expect(SiteMarks(text: all.marks.text).entries == all.marks.entries)
        #expect(some.network.nodes[some.top].id == "H377" && some.involved.count == 18)
        #expect(all.top == 0 && all.involved.count == 19)
    }

    @Test("a meeting of another network and a broken topology say where and what")
    func unusable() {
        #expect(throws: Plan.Unusable.self) { try Self.plan("three-levels.yaml", meeting: "yen-mo-hop.yaml") }
        #expect(throws: Plan.Unusable.self) { try Self.plan("none.yaml") }
        do { _ = try Self.plan("three-levels.yaml", meeting: "yen-mo-hop.yaml") } catch {
            #expect("\(error)".contains("yen-mo-hop.yaml:5:10: error[unknown-chair]"))
        }
    }

    @Test("everything a node needs is in the demo's folder, and is gone afterwards")
    func folder() throws {
        let plan = try Self.plan("three-levels.yaml")
        let folder = try DemoFolder(plan, keep: nil)
        for node in plan.network.nodes {
            for file in ["ca.crt", "node.crt", "node.key"] {
                #expect(FileManager.default.fileExists(atPath: folder.state(node.id) + "/" + file))
            }
        }
        let again = try Plan(DemoOptions(topology: folder.topology, meeting: folder.meetings + "/meeting.yaml"))
        #expect(again.network == plan.network && again.meeting.sites == plan.meeting.sites)
        #expect(try folder.link(plan, site: plan.chair, role: "chair").url.hasPrefix("http://127.77.0.1:8443/chair?token="))
        folder.remove()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("the first two who ask sit in different branches, and nobody is left out")
    func order() async throws {
        let plan = try Self.plan("three-levels.yaml")
        let conductor = Conductor(
            stage: Stage([]), meeting: plan.meeting, chair: plan.chair.rawValue, client: .init(base: URL(string: "http://127.0.0.1:1")!), chairToken: "",
            tell: { _, _ in })
        #expect(conductor.order == ["yen-mo", "kim-son", "yen-my", "phat-diem", "yen-thang", "kim-dinh"])
    }

    @Test("a speaker is missed by whoever did not both hear and see it")
    func stage() async {
        let stage = Stage(["a", "b", "c"])
        await stage.take(BotEvent(.granted), from: "a")
        await stage.take(BotEvent(.heard, site: "a"), from: "b")
        await stage.take(BotEvent(.saw, site: "a"), from: "b")
        await stage.take(BotEvent(.saw, site: "a"), from: "c")
        #expect(await stage.holder == "a")
        #expect(await stage.missing("a") == ["c"])
        await stage.take(BotEvent(.left, message: "cut"), from: "c")
        #expect(await stage.errors == ["c: its leg was lost: cut"])
        #expect(BotEvent(line: "{\"event\":\"queue\",\"place\":2}") == BotEvent(.queue, place: 2))
        #expect(BotEvent(line: "no event") == nil)
    }

    @Test("processes hear and are heard; one that ends by itself is told; all end together")
    func children() async throws {
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let (ends, end) = AsyncStream.makeStream(of: String.self)
        let children = Children { name, how in end.yield("\(name): \(how)") }
        let log = NSTemporaryDirectory() + "nhipcau-children-\(getpid()).log"
        defer { unlink(log) }
        try await children.start("echo", "/bin/cat", [], log: log) { line.yield($0) }
        try await children.start("short", "/bin/sh", ["-c", "exit 3"], log: log) { _ in }
        children.tell("echo", "xin phát biểu")
        var heard = lines.makeAsyncIterator()
        var ended = ends.makeAsyncIterator()
        #expect(await heard.next() == "xin phát biểu")
        #expect(await ended.next() == "short: exit code 3")
        await children.stop()
        // Its input is closed and it is told to stop: whichever it notices first.
        let last = await ended.next()
        #expect(last == "echo: signal 15" || last == "echo: exit code 0")
    }
}
