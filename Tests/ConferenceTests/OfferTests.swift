import Basics
import Conference
import Testing

@Suite struct OfferTests {
    @Test("a claim that comes after its offer was withdrawn grants nothing, but its home is offered anew at once", arguments: UInt64(1)...6)
    func lateClaim(seed: UInt64) throws {
        let mesh = meeting(seed: seed)
        var isFirst = true
        mesh.hopFault = { from, _, message in
            guard from == "c11", case .claim = message.body, isFirst else { return 0 }
            isFirst = false
            return 270
        }
        mesh.perform(.requestFloor(.normal), "c11")
        let asked = mesh.now
        while mesh.hosts[mesh.at("c11")].open.isEmpty, mesh.now < asked + .seconds(2) { mesh.run(1) }
        // 24 ms for the request, 24 for the offer, the late claim, and the three steps anew at most 12 ms a hop.
        #expect(mesh.now < asked + .milliseconds(24 + 24 + 270 + 24 + 72))
        #expect(mesh.now > asked + .milliseconds(270))
        let answered = mesh.coder.messages.compactMap { message -> UInt64? in
            if case .lease(let lease) = message.body { lease.claim } else { nil }
        }
        #expect(answered.first == 2, "the first claim was answered with nothing")
    }

    @Test("an offer that is lost is made again at once where nobody else could take the slot", arguments: UInt64(1)...4)
    func lostOffer(seed: UInt64) {
        let mesh = meeting(seed: seed)
        var isFirst = true
        mesh.hopFault = { _, to, message in
            guard to == "c11", case .offer = message.body, isFirst else { return 0 }
            isFirst = false
            return nil
        }
        mesh.perform(.requestFloor(.normal), "c11")
        // The request, 250 ms in vain, and the three steps at most 12 ms a hop.
        #expect(mesh.wait(24 + 250 + 72) { mesh.hosts[mesh.at("c11")].open == [SiteID("c11")] } != nil)
    }

    @Test("a home that answers no offer is passed over, and the next one speaks")
    func silentHome() {
        let mesh = meeting()
        mesh.hopFault = { from, _, _ in from == "c11" ? nil : 0 }
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(20)
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(400)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c12"])
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c11"])
        mesh.hopFault = { _, _, _ in 0 }
        mesh.perform(.withdraw, "c12")
        mesh.run(500)
        #expect(mesh.view("p")?.holders.map(\.site.rawValue) == ["c11"])
    }

    @Test("homes that answer no offer, however many, do not keep the next one waiting in turns")
    func silentHomes() {
        let mesh = meeting()
        mesh.hopFault = { from, _, message in if case .claim = message.body, ["c11", "c12", "c21"].contains(from) { nil } else { 0 } }
        for site in ["c11", "c12", "c21"] {
            mesh.perform(.requestFloor(.normal), site)
            mesh.run(20)
        }
        mesh.perform(.requestFloor(.normal), "c22")
        // Three offers in vain, and its own.
        #expect(mesh.wait(3 * 250 + 100) { mesh.hosts[mesh.at("c22")].open == [SiteID("c22")] } != nil)
        // They come back one after the other, and each is heard in its turn.
        mesh.hopFault = { _, _, _ in 0 }
        mesh.perform(.withdraw, "c22")
        #expect(mesh.wait(900) { mesh.hosts[mesh.at("c11")].open == [SiteID("c11")] } != nil)
    }

    @Test("homes that answer no offer do not starve one behind them", arguments: UInt64(1)...3)
    func silentHomesAgain(seed: UInt64) {
        let mesh = meeting(seed: seed)
        mesh.hopFault = { from, _, message in if case .claim = message.body, ["c11", "c12", "c21"].contains(from) { nil } else { 0 } }
        for site in ["c11", "c12", "c21"] {
            mesh.perform(.requestFloor(.normal), site)
            mesh.run(20)
        }
        // They have been offered to many times before anybody else asks.
        mesh.run(3_000)
        mesh.perform(.requestFloor(.normal), "c22")
        #expect(mesh.wait(250 + 100) { mesh.hosts[mesh.at("c22")].open == [SiteID("c22")] } != nil)
    }

    @Test("an offer to a request that is cancelled meanwhile does not keep the slot from the next")
    func offeredAndCancelled() {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c22")
        mesh.run(200)
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(50)
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(50)
        // The offer does not reach it before it thinks better of it.
        mesh.hopFault = { _, to, message in if to == "c11", case .offer = message.body { nil } else { 0 } }
        mesh.perform(.withdraw, "c22")
        mesh.run(40)
        mesh.perform(.withdraw, "c11")
        #expect(mesh.wait(120) { mesh.hosts[mesh.at("c12")].open == [SiteID("c12")] } != nil)
    }

    @Test("a home at the end of a slow line is granted once the crown has learnt how long it takes", arguments: [UInt64(300), 450, 700])
    func slowHome(late: UInt64) {
        let mesh = meeting()
        mesh.hopFault = { from, _, message in
            guard from == "c11", case .claim = message.body else { return 0 }
            return Int64(late)
        }
        mesh.perform(.requestFloor(.normal), "c11")
        let asked = mesh.now
        while mesh.hosts[mesh.at("c11")].open.isEmpty, mesh.now < asked + .seconds(4) { mesh.run(1) }
        // One answer too late, perhaps a second one, and then one that is waited for.
        #expect(mesh.now < asked + .milliseconds(Int64(late) * 3 + 800), "\(mesh.now - asked)")
    }
}
