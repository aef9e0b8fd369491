import Basics
import Conference
import Testing
import Topology

@testable import Simulator

/// A commune whose node has real keys and a program that lies: what it must not achieve, lie by lie.
@Suite("A lying leaf")
struct LiarTests {
    /// Yên Mỹ holds the floor, Phát Diệm asks later, all vote, a district is cut off and comes back; Yên Thắng lies all the while.
    private static func drill(_ lies: Set<Lie>) -> Drill {
        var drill = Drill("lying leaf", safety: 22, liveness: 8)
        let (liar, meeting) = (Drill.node("yen-thang"), Drill.meeting)
        drill.at(5_500, .talk(SiteID("yen-thang"), meeting, true))
        drill.at(6_000, .byzantine(liar, lies))
        drill.at(8_000, .openVote(chair: Drill.chair, meeting, "Thông qua"))
        for site in ["yen-my", "phat-diem", "kim-son"] {
            drill.at(9_000, .cast(SiteID(site), meeting, Ballot(agree: 5, disagree: 1, abstain: 0), on: "Thông qua"))
        }
        drill.at(12_000, .request(SiteID("phat-diem"), meeting, .normal))
        drill.at(14_000, .cut(Drill.trunk("kim-son", "ninh-binh")))
        drill.at(17_000, .mend(Drill.trunk("kim-son", "ninh-binh")))
        drill.at(18_000, .withdraw(SiteID("yen-my"), meeting))
        drill.expect(.requestsLost, 0)
        drill.expect(.ballotsLost, 0)
        drill.expect(.grants, 2)
        return drill
    }

    @Test("breaks no rule for those that are honest, and no request or ballot of theirs is lost", arguments: Lie.allCases)
    func one(_ lie: Lie) {
        let verdict = LiarTests.drill([lie]).run(seed: 3)
        #expect(verdict.passed, "\(verdict.violations.prefix(3).map(\.message)) \(verdict.expectations.filter { !$0.passed }.map(\.expectation.measure))")
    }

    @Test("breaks none with all its lies together", arguments: [1, 2] as [UInt64])
    func all(_ seed: UInt64) {
        let verdict = LiarTests.drill(Set(Lie.allCases)).run(seed: seed)
        #expect(verdict.passed, "\(verdict.violations.prefix(3).map(\.message)) \(verdict.expectations.filter { !$0.passed }.map(\.expectation.measure))")
        #expect(verdict.rareEvents["lie written", default: 0] > 20)
    }
}
