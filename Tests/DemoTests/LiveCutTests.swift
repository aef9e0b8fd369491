import Basics
import Simulator
import Testing
import Topology

@testable import Demo

extension LiveRows {
    @Test(
        "a cut trunk: both sides meet by themselves within 250 ms (p50) and 500 ms (p99) at 5 % loss on 1 Mbit/s",
        .timeLimit(.minutes(15)))
    func cut() async throws {
        let rounds = LiveRows.isThorough ? 24 : 4
        let network = try LiveRows.network("three-levels") { _, link in
            link.backups = []
            (link.line.up, link.line.down) = (.mbps(1), .mbps(1))
            link.line.lossPerMillion = 50_000
        }
        let quiet = Quietness()
        var (lower, upper, both): ([Interval], [Interval], [Interval]) = ([], [], [])
        var (trunkBack, merged, after, queues): ([Interval], [Interval], [Interval], [Interval]) = ([], [], [], [])
        try await LiveRows.run(LiveRows.scenario("live-cut", network, meeting: "three-levels")) { live, meeting in
            quiet.begin()
            try await LiveRows.speak("phat-diem", live, meeting)
            let trunks = ["yen-mo", "yen-my", "kim-son", "kim-dinh", "yen-thang", "phat-diem"].compactMap { live.plan.uplink(of: $0) }
            var lastCuts: [Trunk: Instant] = [:]
            for round in 0..<rounds {
                let trunk = trunks[round % trunks.count]
                try await LiveRows.calm(after: lastCuts[trunk])
                let cutAt = live.relay.cut(trunk)
                lastCuts[trunk] = cutAt
                try await live.until("both sides of \(live.plan.name(trunk)) meet by themselves", 10) {
                    LiveMeasures(live.plan, live.watch).bothMeet(trunk, meeting.id, after: cutAt, before: BotLoop.now()) != nil
                }
                try await Task.sleep(for: .milliseconds(1_000))
                let mendedAt = live.relay.mend(trunk)
                try await live.until("\(live.plan.name(trunk)) is healed", 45) {
                    LiveMeasures(live.plan, live.watch).agreement(meeting.id, after: mendedAt, before: BotLoop.now(), andQueue: true) != nil
                }
                let measures = LiveMeasures(live.plan, live.watch)
                if let time = measures.lowerMeets(trunk, meeting.id, after: cutAt, before: mendedAt) { lower.append(time) }
                if let time = measures.upperMeets(trunk, meeting.id, after: cutAt, before: mendedAt) { upper.append(time) }
                if let time = measures.bothMeet(trunk, meeting.id, after: cutAt, before: mendedAt) { both.append(time) }
                let end = BotLoop.now()
                let back = try #require(await live.trunkUp(trunk, after: mendedAt))
                let one = try #require(measures.agreement(meeting.id, after: mendedAt, before: end, andQueue: false))
                let equal = try #require(measures.agreement(meeting.id, after: mendedAt, before: end, andQueue: true))
                trunkBack.append(back - mendedAt)
                merged.append(one - mendedAt)
                after.append(max(.zero, one - back))
                queues.append(max(.zero, equal - back))
                LiveRows.say(
                    "cut \(round + 1) of \(live.plan.name(trunk)): both meet after \(Quantile.text(both.last)); mended, trunk up after "
                        + "\(Quantile.text(trunkBack.last)), one crown and one holder \(Quantile.text(after.last)) later")
                try await Task.sleep(for: .milliseconds(1_500))
            }
        }
        let machine = quiet.end()
        let row = Row(name: "cut: from the cut to both sides meeting by themselves", times: both)
        Row(name: "cut: the part below says that it is cut off and has its own crown", times: lower).say()
        Row(name: "cut: the part above shows the sites below as cut off", times: upper).say()
        row.say()
        Row(name: "heal: from the mended line to the trunk up at both ends", times: trunkBack).say()
        let heal = Row(name: "heal: from the trunk up to one crown and one holder on all pages", times: after)
        heal.say()
        Row(name: "heal: from the mended line to one crown and one holder on all pages", times: merged).say()
        Row(name: "heal: from the trunk up to equal queues on all pages", times: queues).say()
        #expect(both.count == rounds)
        try Bound(250, most: Bound.cut).expect("cut, p50", row.p50, on: machine)
        try Bound(500, most: Bound.cut).expect("cut, p99", row.p99, on: machine)
        try Bound(300, most: Bound.heal).expect("heal, p50", heal.p50, on: machine)
    }

    @Test(
        "a heal keeps every request of both sides, with one crown and one holder, 300 ms after the trunk is back",
        .timeLimit(.minutes(8)))
    func union() async throws {
        let network = try LiveRows.network("three-levels") { _, link in link.backups = [] }
        let quiet = Quietness()
        var after: [Interval] = []
        try await LiveRows.run(LiveRows.scenario("live-union", network, meeting: "three-levels")) { live, meeting in
            quiet.begin()
            func request(_ site: String) async { await live.send("POST", "/api/floor/request", SiteID(site), meeting, Array("{}".utf8)) }
            func shown(_ id: String) -> (holders: Set<String>, queue: Set<String>) {
                guard let slot = live.plan.network.slot(id: id), let page = live.watch.latest(meeting.id)[slot]?.meeting else { return ([], []) }
                return (Set(page.holders.map(\.site)), Set(page.queue.map(\.site)))
            }
            let trunk = try #require(live.plan.uplink(of: "yen-mo"))
            try await LiveRows.speak("kim-dinh", live, meeting)
            await request("yen-my")
            await request("phat-diem")
            try await live.until("two wait", 10) { shown("yen-thang").queue == ["yen-my", "phat-diem"] }
            var lastCut: Instant?
            for round in 0..<(LiveRows.isThorough ? 4 : 1) {
                try await LiveRows.calm(after: lastCut)
                lastCut = live.relay.cut(trunk)
                try await live.until("the part below grants to its own", 15) {
                    !shown("yen-mo").holders.isEmpty && shown("yen-mo").holders.isSubset(of: ["yen-my", "yen-thang"])
                }
                await request("yen-thang")
                await request("kim-son")
                try await live.until("a fourth and a fifth wait", 10) {
                    let (below, above) = (shown("yen-mo"), shown("ninh-binh"))
                    return below.holders.union(below.queue).isSuperset(of: ["yen-my", "yen-thang"])
                        && above.holders.union(above.queue).isSuperset(of: ["kim-dinh", "phat-diem", "kim-son"])
                }
                let mendedAt = live.relay.mend(trunk)
                try await live.until("the parts are one", 45) {
                    LiveMeasures(live.plan, live.watch).agreement(meeting.id, after: mendedAt, before: BotLoop.now(), andQueue: true) != nil
                }
                let all: Set<String> = ["kim-dinh", "yen-my", "phat-diem", "yen-thang", "kim-son"]
                for node in live.plan.network.nodes {
                    let (holders, queue) = shown(node.id)
                    #expect(holders.count == 1 && holders.union(queue) == all, "\(node.id) shows \(holders) and \(queue)")
                }
                let back = try #require(await live.trunkUp(trunk, after: mendedAt))
                let equal = try #require(LiveMeasures(live.plan, live.watch).agreement(meeting.id, after: mendedAt, before: BotLoop.now(), andQueue: true))
                after.append(max(.zero, equal - back))
                LiveRows.say("heal \(round + 1): \(shown("ninh-binh")), equal on all pages \(Quantile.text(after.last)) after the trunk is up")
                try await Task.sleep(for: .seconds(2))
            }
        }
        let machine = quiet.end()
        let row = Row(name: "heal: from the trunk up to one crown, one holder and the union of both queues on all pages", times: after)
        row.say()
        try Bound(300, most: Bound.heal).expect("heal and union, p50", row.p50, on: machine)
    }
}
