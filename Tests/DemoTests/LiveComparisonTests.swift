import Basics
import Console
import Foundation
import Simulator
import Testing
import Topology

// Testing has one too.
import struct Simulator.Expectation

@testable import Demo

@Suite("A simulated and a live run, compared")
struct LiveComparisonTests {
    private func scenario(_ expectations: [Expectation]) throws -> Scenario {
        let entry = Network.Entry(
            node: Network.Node(id: "t", level: "tinh", name: "T", address: Address(ipv4: 0x0A00_0001, port: 1), rooms: []), link: nil)
        let network = try Network(
            networkID: "n", name: "N", version: 1, edition: "", levels: [Network.Level(id: "tinh", name: "Tỉnh", rank: 0)], upstream: nil,
            entries: [entry])
        return Scenario(name: "one", network: network, safetyPhase: .seconds(5), expectations: expectations)
    }

    private func compare(
        _ expectations: [Expectation], simulated: [Expectation.Measure: Double], live: [Expectation.Measure: Double], violations: [Violation] = []
    ) throws -> LiveComparison {
        let scenario = try scenario(expectations)
        let outcomes = LiveComparison.asked(scenario).expectations.map { Outcome(expectation: $0, measured: simulated[$0.measure]) }
        let verdict = Verdict(scenario: "one", seed: 7, digest: 1, violations: violations, expectations: outcomes, simulatedTime: .seconds(10))
        return LiveComparison(scenario, verdict: verdict, live: LiveFindings(measured: live))
    }

    private func row(_ comparison: LiveComparison, _ measure: Expectation.Measure) throws -> LiveComparison.Row {
        try #require(comparison.rows.first { $0.name == measure.rawValue })
    }

    private let gap = Expectation(measure: .gapAfterCut, wanted: 500)

    @Test("a bound counts for both runs")
    func bounds() throws {
        for (simulated, live, passed) in [(400.0, 450.0, true), (400, 501, false), (501, 450, false)] {
            let both = try compare([gap], simulated: [.gapAfterCut: simulated], live: [.gapAfterCut: live])
            #expect(try row(both, .gapAfterCut).passed == passed)
            #expect(try row(both, .gapAfterCut).difference == live - simulated)
            #expect(both.passed == passed)
            #expect(LiveComparison.exitCode([both], allPlayed: true) == (passed ? 0 : 1))
            #expect(both.text.contains("wanted at most 500") == !passed)
        }
    }

    @Test("what was wanted and never measured is a miss, in either run; what nobody wanted is not")
    func nothingMeasured() throws {
        #expect(try compare([gap], simulated: [.gapAfterCut: 400], live: [:]).passed == false)
        #expect(try compare([gap], simulated: [:], live: [.gapAfterCut: 400]).passed == false)
        #expect(try compare([], simulated: [:], live: [:]).passed)
    }

    @Test("what only the simulator measures keeps its bound, and is no miss of the live run")
    func onlySimulated() throws {
        let grants = Expectation(measure: .grants, wanted: 3)
        let enough = try compare([grants], simulated: [.grants: 4], live: [:])
        #expect(try enough.passed && row(enough, .grants).live == nil && row(enough, .grants).simulated == 4)
        let few = try compare([grants], simulated: [.grants: 2], live: [:])
        #expect(!few.passed && few.text.contains("wanted at least 3"))
    }

    @Test("a rule that the simulated run broke is told, and counts more than a bound")
    func violations() throws {
        let safety = Violation(rule: "S1", at: .milliseconds(1_500), message: "two gates")
        let liveness = Violation(rule: "L2", at: .seconds(6), message: "nobody granted")
        let figures: [Expectation.Measure: Double] = [.gapAfterCut: 900]
        let both = try compare([gap], simulated: figures, live: figures, violations: [liveness, safety])
        let late = try compare([gap], simulated: figures, live: figures, violations: [liveness])
        let missed = try compare([gap], simulated: figures, live: figures)
        let fine = try compare([], simulated: figures, live: figures)
        #expect(!both.passed && both.text.contains("simulated: S1 at 1500 ms: two gates"))
        #expect(LiveComparison.exitCode([fine, late, both, missed], allPlayed: true) == 3)
        #expect(LiveComparison.exitCode([fine, late, missed], allPlayed: false) == 4)
        #expect(LiveComparison.exitCode([fine, missed], allPlayed: true) == 1)
        #expect(LiveComparison.exitCode([fine], allPlayed: false) == 1)
        #expect(LiveComparison.exitCode([fine], allPlayed: true) == 0)
    }

    @Test("its JSON has the keys that the page on simulation names")
    func json() throws {
        let violation = Violation(rule: "S1", at: .milliseconds(1_500), message: "two gates")
        let comparison = try compare([gap], simulated: [.gapAfterCut: 400], live: [.gapAfterCut: 450], violations: [violation])
        let bytes = Console.json([comparison])
        #expect(try Console.decode([LiveComparison].self, from: bytes) == [comparison])
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"[{"notes":[],"passed":false,"rows":[{"name":"part_meets_within","passed":true,"unit":"ms"},"#))
        #expect(
            text.contains(#"{"difference":50,"live":450,"name":"gap_after_cut","passed":true,"simulated":400,"unit":"ms","wanted":500}"#))
        #expect(text.hasSuffix(#""scenario":"one","seed":7,"violations":[{"at":1.5,"message":"two gates","rule":"S1"}]}]"#))
    }
}
