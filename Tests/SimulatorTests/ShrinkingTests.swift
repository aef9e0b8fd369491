import Basics
import Simulator
import Testing
import Topology

@Suite("Failing scenarios made small")
struct ShrinkingTests {
    @Test("only what the failure needs is left, and the file that is written gives it back", arguments: [UInt64(1), 3, 5])
    func minimal(seed: UInt64) throws {
        let scenario = Swarm.draw(seed: seed, nodes: 14)
        // As if the run failed whenever this line is cut while this site asks to speak.
        let cut = try #require(scenario.timeline.first { if case .cut = $0.event { true } else { false } })
        let request = try #require(scenario.timeline.first { if case .request = $0.event { true } else { false } })
        var runs = 0
        let result = Shrinking.shrink(scenario) { candidate in
            runs += 1
            return candidate.timeline.contains(cut) && candidate.timeline.contains(request)
        }
        #expect(result.isMinimal && result.runs == runs)
        let small = result.scenario
        #expect(small.timeline == [cut, request].sorted { $0.at < $1.at })
        #expect(small.meetings.count == 1 && small.meetings[0].file.sites.count == 1)
        #expect(small.links.isEmpty && small.core == nil && small.expectations.isEmpty)
        #expect(small.safetyPhase < scenario.safetyPhase && small.livenessPhase <= .seconds(1))
        // The tree is the way between the line and the site, and no more.
        #expect(small.network.count <= 6)
        #expect(try ScenarioFiles.parse(ScenarioFiles.render(small, seed: seed), file: "swarm.yaml").scenario == small)
    }

    @Test("candidates are scenarios that a file could say")
    func wellFormed() throws {
        var checked = 0
        for seed in UInt64(5)...7 {
            _ = Shrinking.shrink(Swarm.draw(seed: seed, nodes: 10), mostRuns: 150) { candidate in
                do {
                    let read = try ScenarioFiles.parse(ScenarioFiles.render(candidate), file: "swarm.yaml").scenario
                    #expect(read == candidate)
                } catch {
                    Issue.record("seed \(seed): \(error)")
                }
                checked += 1
                return checked % 3 != 0
            }
        }
        #expect(checked > 50)
    }

    @Test("no more runs than allowed are made")
    func budget() {
        let result = Shrinking.shrink(Swarm.draw(seed: 5, nodes: 14), mostRuns: 7) { _ in false }
        #expect(result.runs == 7 && !result.isMinimal)
        #expect(result.scenario == Swarm.draw(seed: 5, nodes: 14))
    }
}
