import Basics
import Foundation
import Native
import Simulator
import Testing
import Wire

/// Deliberately broken variants of the node: each leaves one rule out, and a checker must notice.
@Suite("Mutants")
struct MutantTests {
    static let folder = simulationsFolder + "/mutants"
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()

    private func violations(_ scenario: Scenario, seed: UInt64) -> [Violation] {
        Simulator.run(scenario, RunOptions(seed: seed, makeCompressor: { ZstdCompressor(dictionary: GossipDictionary.bytes) })).violations
    }

    @Test("without the rule some seed fails, and with it the same seed passes", arguments: names)
    func noticed(name: String) throws {
        let broken = try ScenarioFiles.load(Self.folder + "/" + name).scenario
        #expect(!broken.without.isEmpty)
        var whole = broken
        whole.without = []
        for seed in UInt64(1)...3 where !violations(broken, seed: seed).isEmpty {
            #expect(violations(whole, seed: seed) == [])
            return
        }
        Issue.record("\(name): nothing noticed")
    }

    /// Rules whose lack shows only in the weather of drawn networks, with seeds that have shown it.
    static let weather: [(rule: String, seeds: [UInt64])] = [("epoch", [3, 2, 5, 8]), ("one-uplink", [6, 12, 32, 41, 45])]

    @Test("some network drawn from a seed fails without the rule, and passes with it", arguments: weather)
    func drawn(rule: String, seeds: [UInt64]) throws {
        let left = try #require(Rules.named.first { $0.name == rule }).rule
        for seed in seeds {
            let whole = Swarm.draw(seed: seed, nodes: 14)
            var broken = whole
            broken.without = left
            guard !violations(broken, seed: seed).isEmpty else { continue }
            #expect(violations(whole, seed: seed) == [])
            return
        }
        Issue.record("\(rule): nothing noticed")
    }

    @Test("the table of mutants is not empty")
    func there() { #expect(Self.names.count >= 8) }
}
