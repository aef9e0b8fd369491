import Basics
import Bridge
import Conference
import Testing

@Suite("Legs of links that expire") struct ExpiredLegTests {
    @Test("a leg ends when its link does, and others go on")
    func ends() throws {
        let lab = try Lab()
        try lab.begin()
        let long = try lab.join("kim-dinh")
        let short = try Page(number: 9, site: "yen-my", node: lab.address("yen-my"), now: lab.now)
        let expires = Lab.wall + (lab.now - .zero) + .seconds(Int64(5))
        let pass = Pass(site: SiteID("yen-my"), role: .room, meeting: Lab.meeting, expires: expires)
        let (leg, answer) = try lab["yen-my"].join(pass, offer: short.offer, now: lab.now)
        try short.accept(answer, leg: leg, lab.now)
        lab.pages.append(short)
        lab.run(.seconds(Int64(1)))
        #expect(short.isUp && long.isUp)
        func endExpired() { for id in ["yen-my", "kim-dinh"] { lab[id].endExpired(now: lab.now) } }
        endExpired()
        #expect(lab.snapshot("yen-my").legs.count == 1 && lab.snapshot("kim-dinh").legs.count == 1)
        lab.run(.seconds(Int64(5)))
        endExpired()
        lab.carry()
        #expect(lab.snapshot("yen-my").legs.isEmpty && lab.snapshot("kim-dinh").legs.count == 1)
        // The meeting learns that the hall is gone.
        lab.run(.seconds(Int64(11)))
        let site = lab["kim-dinh"].view(of: Lab.meeting)?.sites.first { $0.id == SiteID("yen-my") }
        #expect(site?.presence == .absent)
    }
}
