import Basics
import Conference
import Documents
import Foundation
import Simulator
import Testing
import Topology
import TopologyFiles

/// The folder of the broken files, ending with a slash.
private let brokenFolder = Bundle.module.resourceURL!.appendingPathComponent("Broken").path + "/"
/// The repository's scenarios.
let simulationsFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("simulations").path

private func problems(_ name: String, _ language: Language = .en) -> [Problem] {
    do {
        _ = try ScenarioFiles.load(brokenFolder + name, language: language)
        return []
    } catch {
        return error.problems
    }
}

/// The scenario of a text on a small network: T above H and K, X below H, Y below K; K backs up on H.
private func scenario(_ text: String) throws -> Scenario {
    try ScenarioFiles.parse("scenario: Test\ntopology: network.yaml\nsafety: 30 s\n" + text, file: brokenFolder + "test.yaml").scenario
}

private func trunk(_ lower: String, _ upper: String) -> Trunk { Trunk(lower: NodeIndex(of: lower), upper: NodeIndex(of: upper)) }

private let meeting = "meetings:\n  - {meeting: hop, title: Họp, kind: hop, chairs: [T], sites: all}\n"

@Suite("Scenario files")
struct ScenarioFilesTests {
    // MARK: Broken files

    @Test("a broken file gets exactly these messages", arguments: brokenScenarios)
    func messages(broken: BrokenScenario) {
        let says = problems(broken.file).map(\.description).joined(separator: "\n").replacingOccurrences(of: brokenFolder, with: "")
        #expect(says == broken.says)
    }

    @Test("Vietnamese messages name the same problems in other words", arguments: brokenScenarios)
    func vietnamese(broken: BrokenScenario) {
        let (english, vietnamese) = (problems(broken.file), problems(broken.file, .vi))
        #expect(english.map(\.code) == vietnamese.map(\.code))
        for (a, b) in zip(english, vietnamese) { #expect(a.message != b.message) }
    }

    @Test("every broken file of the folder is in the table, and every code of scenarios in some file")
    func complete() throws {
        let there = Set(try FileManager.default.contentsOfDirectory(atPath: brokenFolder))
        #expect(there.subtracting(brokenScenarios.map(\.file)) == ["good.yaml", "network.yaml", "network-broken.yaml"])
        let shown = brokenScenarios.map(\.says).joined()
        for code in ProblemCode.ofScenarios { #expect(shown.contains("[\(code.rawValue)]"), "\(code.rawValue)") }
        #expect(problems("good.yaml").isEmpty)
    }

    // MARK: What files say

    @Test("a fault with a length is two events, and people's deeds stand for many sites")
    func shortForms() throws {
        let scenario = try scenario(
            meeting + """
                people:
                  - {join: {level: xa}, at: 2 s, over: 1 s}
                  - {give: X, at: 5 s}
                timeline:
                  - {cut: H, at: 4 s, for: 500 ms, times: 2, every: 2 s}
                  - {crash: {below: T, level: huyen}, at: 10 s, for: 90 s, memory: lost}
                """)
        let hop = MeetingID("hop")
        #expect(
            scenario.timeline == [
                TimedEvent(at: .seconds(2), event: .join(SiteID("X"), hop)),
                TimedEvent(at: .seconds(3), event: .join(SiteID("Y"), hop)),
                TimedEvent(at: .seconds(4), event: .cut(trunk("H", "T"))),
                TimedEvent(at: .milliseconds(4_500), event: .mend(trunk("H", "T"))),
                TimedEvent(at: .seconds(5), event: .give(chair: SiteID("T"), hop, to: SiteID("X"))),
                TimedEvent(at: .seconds(6), event: .cut(trunk("H", "T"))),
                TimedEvent(at: .milliseconds(6_500), event: .mend(trunk("H", "T"))),
                // Their restart would come after the safety phase, when the core is healed anyway.
                TimedEvent(at: .seconds(10), event: .crash(NodeIndex(of: "H"), losesMemory: true)),
                TimedEvent(at: .seconds(10), event: .crash(NodeIndex(of: "K"), losesMemory: true)),
            ])
        #expect(scenario.name == "test" && scenario.livenessPhase == .seconds(10))
    }

    @Test("a vote is opened and closed by a chair under its question, and halls cast their heads; written out, it reads the same")
    func votes() throws {
        let read = try scenario(
            meeting + """
                people:
                  - {open-vote: "Thông qua: có hay không?", at: 2 s, for: 9 s}
                  - {cast: [X, Y], vote: "Thông qua: có hay không?", agree: 60, abstain: 2, at: 3 s, over: 1 s}
                  - {close-vote: Khác, by: T, at: 12 s}
                """)
        let (hop, question) = (MeetingID("hop"), "Thông qua: có hay không?")
        let ballot = Ballot(agree: 60, disagree: 0, abstain: 2)
        let timeline = [
            TimedEvent(at: .seconds(2), event: .openVote(chair: SiteID("T"), hop, question)),
            TimedEvent(at: .seconds(3), event: .cast(SiteID("X"), hop, ballot, on: question)),
            TimedEvent(at: .seconds(4), event: .cast(SiteID("Y"), hop, ballot, on: question)),
            TimedEvent(at: .seconds(11), event: .closeVote(chair: SiteID("T"), hop, question)),
            TimedEvent(at: .seconds(12), event: .closeVote(chair: SiteID("T"), hop, "Khác")),
        ]
        #expect(read.timeline == timeline)
        #expect(try ScenarioFiles.parse(ScenarioFiles.render(read), file: "written.yaml").scenario.timeline == timeline)
        for (item, code) in [
            ("{open-vote: \"\", at: 2 s}", "bad-number"), ("{cast: X, agree: 1, at: 2 s}", "missing-key"), ("{cast: X, vote: a, at: 2 s}", "missing-key"),
            ("{cast: X, vote: a, agree: 100001, at: 2 s}", "bad-number"),
        ] {
            let error = #expect(throws: InvalidFile.self) { try scenario(meeting + "people:\n  - \(item)\n") }
            #expect(error?.problems.map(\.code.rawValue) == [code], "\(item)")
        }
    }

    @Test("an impairment changes what it names and leaves the rest as the line was, then takes itself back")
    func impairments() throws {
        let scenario = try scenario(
            """
            links:
              - {trunk: all, delay: 7 ms}
              - {trunk: {id: K, to: H}, loss: 2.5 %, burst: 80 ms}
            timeline:
              - {impair: {id: K, to: H}, rate: 128 kbit/s, at: 3 s, for: 1 s}
            """)
        let usual = Impairment(rate: .mbps(10), delay: .zero, loss: BurstLoss(share: 0.025, burst: .milliseconds(80)))
        var thin = usual
        thin.rate = .kbps(128)
        #expect(scenario.links[trunk("K", "H")] == usual)
        #expect(scenario.links[trunk("K", "T")] == Impairment(rate: .mbps(10), delay: .milliseconds(7)))
        #expect(scenario.links.count == 5)
        #expect(
            scenario.timeline == [
                TimedEvent(at: .seconds(3), event: .impair(trunk("K", "H"), thin)), TimedEvent(at: .seconds(4), event: .impair(trunk("K", "H"), usual)),
            ])
    }

    @Test("topology check takes scenarios beside topologies and finds their problems")
    func checkedTogether() {
        let report = TopologyFiles.check(files: [brokenFolder + "good.yaml", brokenFolder + "no-uplink.yaml", brokenFolder + "network.yaml"]) {
            ScenarioFiles.check($0)
        }
        #expect(report.problems.map(\.code) == [.unknownTrunk])
        #expect(report.summary == "1 error: 5 nodes, 4 trunks, 3 levels, 2 scenarios")
    }

    @Test("a generated tree has its shape, lines and backups, and passes the checks of any topology")
    func generated() throws {
        let text = """
            scenario: Big
            safety: 5 s
            topology:
              generate: quoc-gia
              levels:
                - {id: tw, name: Trung ương}
                - {id: tinh, name: Tỉnh, count: 34, capacity: 1 Gbit/s, latency: 12 ms, rooms: 0}
                - {id: xa, name: Xã, count: 3321, up: 5 Mbit/s, down: 20 Mbit/s, backup: true}
            """
        let network = try ScenarioFiles.parse(text, file: "big.yaml").scenario.network
        #expect(network.count == 3_356 && network.sites.count == 3_322)
        let counts = network.tree.children(0).map { network.tree.children($0).count }
        #expect(counts.allSatisfy { $0 == 97 || $0 == 98 } && counts.reduce(0, +) == 3_321)
        let link = try #require(network.slot(id: "xa-3321").flatMap { network.links[$0] })
        #expect(link.parent == NodeIndex(of: "tinh-34") && link.backups == [NodeIndex(of: "tinh-33")])
        #expect(link.line.up == .mbps(5) && link.line.down == .mbps(20))
        #expect(try TopologyFiles.parse(network.canonical, file: "again.yaml") == network)
    }

    // MARK: Files that are written

    @Test("a drawn scenario, written and read, is the same", arguments: UInt64(1)...40)
    func roundTrip(seed: UInt64) throws {
        let drawn = Swarm.draw(seed: seed, nodes: Int(seed % 14) + 2)
        let text = ScenarioFiles.render(drawn, seed: seed)
        let read = try ScenarioFiles.parse(text, file: "folder/swarm.yaml")
        #expect(read.scenario == drawn)
        #expect(read.seed == seed)
    }

    @Test("every kind of event, every measure and every rule, written and read, is the same")
    func everything() throws {
        var scenario = try scenario(meeting)
        let (node, hop) = (NodeIndex(of: "H"), MeetingID("hop"))
        let (x, t) = (SiteID("X"), SiteID("T"))
        let impairment = Impairment(
            rate: Bitrate(bitsPerSecond: 128_001), delay: .nanoseconds(1_500_001), jitter: .microseconds(3), loss: BurstLoss(share: 0.123456),
            duplicate: 0.5, reorder: 1, corrupt: 0.000001, queue: 9_000)
        let events: [Event] = [
            .cut(trunk("K", "H")), .cutOneWay(from: NodeIndex(of: "T"), to: node), .mend(trunk("H", "T")), .impair(trunk("X", "H"), impairment),
            .crash(node, losesMemory: true), .crash(node, losesMemory: false), .restart(node), .pause(node, .milliseconds(70)),
            .slow(node, .milliseconds(5)), .slow(node, .zero), .drift(node, -200), .drift(node, 0), .stepClock(node, .seconds(-3_600)),
            .stepClock(node, .milliseconds(1)), .diskFull(node, true), .diskFull(node, false), .certificateExpired(node, true),
            .certificateExpired(node, false), .loadTopology(node, scenario.network), .newerProgram(node), .join(x, hop), .leave(x, hop), .talk(x, hop, true),
            .talk(x, hop, false), .request(x, hop, .highest), .withdraw(x, hop), .mute(x, hop, true), .mute(x, hop, false),
            .give(chair: t, hop, to: x), .revoke(chair: t, hop, from: x), .muteAll(chair: t, hop), .end(chair: t, hop), .breakAway(node, hop),
            .rejoin(node, hop),
        ]
        scenario.timeline = events.enumerated().map { TimedEvent(at: .milliseconds(Int64($0.offset) * 333), event: $0.element) }
        scenario.links = [trunk("K", "H"): impairment, trunk("H", "T"): Impairment(rate: .mbps(1), delay: .zero)]
        scenario.core = [NodeIndex(of: "T"), node]
        scenario.expectations = Expectation.Measure.allCases.reversed().map { Expectation(measure: $0, wanted: 12) }
        scenario.without = .all
        scenario.title = "Tiêu đề \"có dấu\": # 100 %"
        let text = ScenarioFiles.render(scenario)
        #expect(try ScenarioFiles.parse(text, file: "test.yaml") == ScenarioFiles.Loaded(scenario: scenario))
    }

    @Test("every scenario of the repository can be read, and stands alone")
    func repository() throws {
        for (folder, breaksRules) in [("", false), ("/failing", false), ("/mutants", true), ("/mutants/unnoticed", true)] {
            let folder = simulationsFolder + folder
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
            for name in names {
                do {
                    let scenario = try ScenarioFiles.load(folder + "/" + name).scenario
                    #expect(!scenario.title.isEmpty && !scenario.meetings.isEmpty, "\(name)")
                    #expect(scenario.without.isEmpty != breaksRules, "\(name)")
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
    }
}
