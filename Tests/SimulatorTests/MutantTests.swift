import Basics
import Foundation
import Native
import Simulator
import Testing
import Topology
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
    static let weather: [(rule: String, seeds: [UInt64])] = [
        ("epoch", [3, 2, 5, 8]), ("one-uplink", [6, 12, 32, 41, 45]), ("expiry", [26]),
        ("newer-version", [2, 5, 16, 41, 43]),
    ]

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

    /// No file can say it (`check` refuses a backup outside the zone), so the network is built here.
    @Test("a protected zone carries a stranger's voice if its backups are taken, and only then")
    func zone() throws {
        let zoned = NodeIndex(of: "kim-son")
        let stranger = NodeIndex(of: "yen-my")
        let plain = Drill.network
        let entries = plain.nodes.indices.map { slot in
            var link = plain.links[slot]
            if plain.nodes[slot].index == zoned { link?.zone = "quan-su" }
            if plain.nodes[slot].index == stranger { link?.backups = [zoned] }
            return Network.Entry(node: plain.nodes[slot], link: link)
        }
        var drill = Drill("a stranger's backup leads into a zone")
        drill.scenario.network = try Network(
            networkID: plain.networkID, name: plain.name, version: plain.version, edition: plain.edition, levels: plain.levels,
            upstream: plain.upstream, entries: entries)
        drill.at(7_000, .cut(Drill.trunk("yen-my", "yen-mo")))
        #expect(violations(drill.scenario, seed: 1) == [])
        drill.scenario.without = .zone
        #expect(violations(drill.scenario, seed: 1).contains { $0.rule == "M4" })
    }

    // MARK: Which rules are noticed

    /// Noticed by ``zone()`` only.
    static let built = ["zone"]
    /// Rules whose lack nothing notices yet, and why; each has its attempt in `unnoticed/`.
    static let unnoticed: [(rule: String, reason: String)] = [
        (
            "fence",
            "gossip delivers no hop message of a session that has ended; in the mesh of ConferenceTests, which does, a late release's name ends nothing"
        ),
        ("hop-once", "a datagram that comes twice is dropped before, and a hop message sent anew names the claim or lease that it had named"),
        ("largest-lease", "a lease counts only as the answer to a claim that is still open, and an overtaken one answers an older claim"),
        ("origin", "no simulated node lies: a copy from the wrong side has its owner's versions, and an older one is not taken"),
    ]

    /// The rules that the files of a folder leave out.
    private func left(_ folder: String) throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
        return try files.flatMap { file in
            let without = try ScenarioFiles.load(folder + "/" + file).scenario.without
            return Rules.named.filter { without.contains($0.rule) }.map(\.name)
        }
    }

    @Test("every rule is noticed by a file, a drawn network or a built one, or is listed with the reason why nothing notices it")
    func everyRule() throws {
        let noticed = try left(Self.folder) + Self.weather.map(\.rule) + Self.built
        #expect(Set(noticed).count == noticed.count, "a rule is counted twice")
        #expect(noticed.count >= 15)
        let waiting = Self.unnoticed.map(\.rule)
        #expect(Set(noticed).isDisjoint(with: waiting))
        for (name, _) in Rules.named { #expect(noticed.contains(name) || waiting.contains(name), "nothing is known of the lack of \(name)") }
        #expect(noticed.count + waiting.count == Rules.named.count)
        // A rule that a drawn network notices may still have its attempt at a file.
        let attempts = Set(try left(Self.folder + "/unnoticed"))
        let files = try left(Self.folder)
        #expect(attempts.isSuperset(of: waiting) && attempts.isDisjoint(with: files))
    }

    @Test("the README beside the files names every rule, and those that are not noticed with them")
    func readme() throws {
        let text = try String(contentsOfFile: Self.folder + "/README.md", encoding: .utf8)
        for (name, _) in Rules.named { #expect(text.contains("`\(name)`"), "\(name)") }
    }
}
