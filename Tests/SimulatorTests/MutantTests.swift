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

    @Test("the table of mutants is not empty")
    func there() { #expect(Self.names.count >= 8) }
}
