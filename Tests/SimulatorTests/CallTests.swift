import Basics
import Simulator
import Testing

@Suite("A simulated call")
struct CallTests {
    @Test("everybody hears the speaker, once on each trunk and once in each hall")
    func call() {
        var drill = Drill("call")
        drill.expect(.oneCopyPerTrunk, 1)
        drill.expect(.requestsLost, 0)
        drill.expect(.grants, 1)
        drill.expect(.falseDetaches, 0)
        // Two trunks of 3 and 4 ms each way, an access leg of 1 ms at each end.
        drill.expect(.mouthToEar, 30)
        // Six halls hear Yên Mỹ from 5 s to 17 s, 50 frames a second.
        drill.expect(.heard, 6 * 11 * 50)
        let verdict = drill.run()
        #expect(verdict.passed, "\(verdict.violations) \(verdict.expectations)")
        #expect(verdict.simulatedTime == .seconds(Int64(17)))
    }

    @Test("a cut part goes on by itself and comes back; both are seen in the figures")
    func cut() throws {
        var drill = Drill("cut", safety: 20, liveness: 10)
        drill.at(10_000, .cut(Drill.trunk("yen-mo", "ninh-binh")))
        drill.at(14_000, .mend(Drill.trunk("yen-mo", "ninh-binh")))
        drill.expect(.partMeetsWithin, 500)
        drill.expect(.healedWithin, 2_000)
        drill.expect(.heard, 1)
        let verdict = drill.run(trace: true)
        #expect(verdict.violations.isEmpty, "\(verdict.violations)")
        for outcome in verdict.expectations { #expect(outcome.passed, "\(outcome)") }
        let trace = try #require(verdict.trace)
        #expect(trace.story.contains { $0.text.contains("cut off") })
        #expect(!trace.loads.isEmpty && !trace.held.isEmpty && !trace.convergence.isEmpty)
    }

    @Test("a node that dies takes its request with it only if its disk dies too")
    func disk() {
        for losesMemory in [false, true] {
            var drill = Drill("crash", safety: 20, liveness: 10)
            drill.at(10_000, .crash(Drill.node("yen-my"), losesMemory: losesMemory))
            drill.at(13_000, .restart(Drill.node("yen-my")))
            drill.expect(.requestsLost, 0)
            let verdict = drill.run()
            #expect(verdict.violations.isEmpty, "\(verdict.violations)")
            #expect((verdict.rareEvents["request lost with its disk"] ?? 0) == (losesMemory ? 1 : 0))
        }
    }
}

@Suite("The same seed")
struct DeterminismTests {
    static func drill() -> Drill {
        var drill = Drill("twice", safety: 15, liveness: 5)
        var line = Impairment(rate: .mbps(2), delay: .milliseconds(10), jitter: .milliseconds(3), loss: BurstLoss(share: 0.05))
        line.duplicate = 0.02
        line.reorder = 0.02
        line.corrupt = 0.01
        drill.scenario.links = [Drill.trunk("yen-my", "yen-mo"): line, Drill.trunk("yen-mo", "ninh-binh"): line]
        drill.at(8_000, .crash(Drill.node("kim-son"), losesMemory: false))
        drill.at(9_000, .restart(Drill.node("kim-son")))
        return drill
    }

    @Test("gives the same digest twice, and another seed another one")
    func twice() {
        let drill = Self.drill()
        let first = drill.run(seed: 5)
        let second = drill.run(seed: 5, trace: true)
        #expect(first.digest == second.digest)
        #expect(first.violations == second.violations && first.rareEvents == second.rareEvents)
        #expect(first.digest != drill.run(seed: 6).digest)
    }
}
