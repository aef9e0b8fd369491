import Simulator
import Testing

@Suite("What a scenario may say")
struct ScenarioTests {
    @Test("every measure's name says by itself whether its bound is a least value")
    func measures() {
        for measure in Expectation.Measure.allCases { #expect(measure.isAtLeast == measure.rawValue.hasSuffix("_at_least")) }
    }
}
