import Basics
import Documents
import Foundation
import Simulator
import Testing
import Topology

@Suite("What is said of runs")
struct ReportTests {
    private func verdict(_ rules: [String] = [], measured: Double? = 100, seed: UInt64 = 1) -> Verdict {
        Verdict(
            scenario: "name \"quoted\"", seed: seed, digest: 0xAB, violations: rules.map { Violation(rule: $0, at: .milliseconds(12_340), message: "H & K") },
            expectations: [
                Outcome(expectation: Expectation(measure: .gapAfterCut, wanted: 500), measured: measured),
                Outcome(expectation: Expectation(measure: .grants, wanted: 3), measured: 3),
            ],
            rareEvents: ["merge while revoking": Int(seed), "adopted twice": 0], simulatedTime: .seconds(70))
    }

    private func sweep(_ verdicts: [Verdict], _ language: Language = .en) -> (Sweep, [String]) {
        var sweep = Sweep(language: language)
        let lines = verdicts.map { sweep.add(Sweep.Run(verdict: $0, wallSeconds: 0.314)) }
        return (sweep, lines)
    }

    @Test("the worst of all runs decides the exit code")
    func exitCodes() {
        #expect(sweep([verdict(), verdict()]).0.exitCode == 0)
        #expect(sweep([verdict(measured: 501), verdict()]).0.exitCode == 1)
        // Nothing to measure is a miss.
        #expect(sweep([verdict(measured: nil)]).0.exitCode == 1)
        #expect(sweep([verdict(["L2"]), verdict(measured: 501)]).0.exitCode == 4)
        #expect(sweep([verdict(["L2", "S1"])]).0.exitCode == 3)
        #expect(sweep([verdict(["L2"]), verdict(["M1"]), verdict()]).0.exitCode == 3)
    }

    @Test("a line for each run, what is wrong below it, and rare events at the end")
    func lines() {
        let (good, _) = sweep([verdict(seed: 2), verdict(["S1"], measured: 501, seed: 3)])
        let (_, lines) = sweep([verdict(["S1"], measured: 501, seed: 3)])
        #expect(
            lines[0] == """
                name "quoted"  seed 3  FAILED  70 s in 0.31 s  00000000000000ab
                  S1 at 12.34 s: H & K
                  gap_after_cut: 501 ms measured, at most 500 ms wanted
                """)
        #expect(
            good.summary == """
                1 of 2 runs passed; 140 s simulated in 0.63 s of computing
                rare events: merge while revoking 5
                never hit: \(RareEvents.names.filter { $0 != "merge while revoking" }.joined(separator: ", "))
                """)
        let (_, vietnamese) = sweep([verdict(["S1"], measured: 501.5, seed: 3)], .vi)
        #expect(vietnamese[0].contains("S1 lúc 12,34 s") && vietnamese[0].contains("đo được 501,5 ms, cần tối đa 500 ms"))
    }

    @Test("the list of rare events is the code's")
    func rareEvents() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Simulator")
        var named: Set<String> = []
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for call in text.components(separatedBy: "findings.count(").dropFirst() + text.components(separatedBy: " count(").dropFirst() {
                // Both names of a choice count: `count(isHome ? "came home" : "re-homed")`.
                let argument = call.prefix { $0 != "\n" }
                for name in argument.components(separatedBy: "\"").enumerated() where name.offset % 2 == 1 { named.insert(name.element) }
            }
        }
        #expect(named.subtracting(RareEvents.names) == [])
        #expect(Set(RareEvents.names).subtracting(named) == [])
        #expect(RareEvents.names == RareEvents.names.sorted())
    }

    @Test("JSON has one object for each run, and a parser reads it")
    func json() throws {
        let (sweep, _) = sweep([verdict(["S1"], measured: nil, seed: 4), verdict()])
        let array = try #require(try JSONSerialization.jsonObject(with: Data(sweep.json.utf8)) as? [[String: Any]])
        #expect(array.count == 2)
        let first = array[0]
        #expect(first["scenario"] as? String == "name \"quoted\"" && first["seed"] as? Int == 4 && first["digest"] as? String == "00000000000000ab")
        #expect(first["passed"] as? Bool == false && array[1]["passed"] as? Bool == true)
        #expect(first["simulatedSeconds"] as? Double == 70 && first["wallSeconds"] as? Double == 0.314)
        let violations = try #require(first["violations"] as? [[String: Any]])
        #expect(violations.count == 1 && violations[0]["rule"] as? String == "S1" && violations[0]["at"] as? Double == 12.34)
        let expectations = try #require(first["expectations"] as? [[String: Any]])
        #expect(expectations[0]["name"] as? String == "gap_after_cut" && expectations[0]["measured"] is NSNull)
        #expect(expectations[1]["wanted"] as? Double == 3 && expectations[1]["measured"] as? Double == 3 && expectations[1]["passed"] as? Bool == true)
        #expect((first["rareEvents"] as? [String: Int])?["adopted twice"] == 0)
    }

    @Test("a page stands alone: well-formed, escaped, and nothing loaded from elsewhere", arguments: [Language.en, .vi])
    func page(language: Language) throws {
        let scenario = Swarm.draw(seed: 9, nodes: 14)
        var result = verdict(["S1"])
        var trace = Trace()
        let lower = scenario.network.nodes[1].index
        let trunk = Trunk(lower: lower, upper: scenario.network.nodes[0].index)
        trace.loads = (0..<60).map { Trace.Load(trunk: trunk, isUp: $0 % 2 == 0, second: $0, kbps: Double($0 * 10)) }
        let file = scenario.meetings[0].file
        trace.held = [Trace.Held(meeting: file.id, site: file.sites[0], crown: lower, from: .seconds(3), until: .seconds(9))]
        trace.convergence = [Trace.Convergence(meeting: file.id, at: .seconds(2), rosters: 3, nodes: 5)]
        trace.story = [Trace.Line(at: .seconds(4), node: lower, text: "<crown>")]
        result.trace = trace
        let page = Report.html(scenario, result, language: language)
        #expect(!page.contains("http") && !page.contains("<script") && !page.contains("url(") && !page.contains("src="))
        #expect(page.contains("H &amp; K") && page.contains("&lt;crown&gt;"))
        #expect(page.contains(language == .en ? "Faults over time" : "Sự cố theo thời gian"))
        for tag in ["svg", "table", "tr", "td", "section", "details", "p", "text", "title"] {
            let opened = page.components(separatedBy: "<\(tag)>").count + page.components(separatedBy: "<\(tag) ").count - 2
            #expect(opened == page.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
        }
        #expect(page.components(separatedBy: "<svg ").count - 1 >= 5)
    }
}
