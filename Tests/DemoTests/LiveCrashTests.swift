import Basics
import Foundation
import Simulator
import Testing
import Topology

@testable import Demo

extension LiveRows {
    @Test(
        "kill -9 of the district in mid-sentence, communes with a backup parent: the gap they hear is at most 1 s",
        .timeLimit(.minutes(4)))
    func crashWithBackup() async throws {
        let network = try LiveRows.network("yen-mo") { node, link in if node.level == "xa" { link.backups = [NodeIndex(of: "T37")] } }
        let quiet = Quietness()
        var gaps: [String: Interval] = [:]
        var silent: [String] = []
        try await LiveRows.run(LiveRows.scenario("live-crash-backup", network, meeting: "yen-mo-toan-mang")) { live, meeting in
            quiet.begin()
            try await LiveRows.speak("X14701", live, meeting)
            // Backups are warm before anything breaks.
            try await live.until("every commune keeps its backup warm", 30) {
                for node in live.plan.network.nodes where node.level == "xa" {
                    guard try await live.status(node.id).trunks.contains(where: { $0.backup && $0.state == "warm" }) else { return false }
                }
                return true
            }
            try await Task.sleep(for: .seconds(3))
            let killedAt = await live.kill("H377")
            try await Task.sleep(for: .seconds(8))
            let listeners = meeting.sites.map(\.rawValue).filter { $0.hasPrefix("X") && $0 != "X14701" }
            gaps = LiveMeasures(live.plan, live.watch).gaps(meeting.id, sites: listeners, after: killedAt, window: .seconds(Int64(2)), before: BotLoop.now())
            silent = listeners.filter { gaps[$0].map { $0 > .seconds(Int64(6)) } ?? true }
        }
        let machine = quiet.end()
        let row = Row(name: "crash with backup parents: the gap heard in the communes", times: gaps.values.sorted())
        row.say()
        #expect(gaps.count == 16 && silent.isEmpty, "heard nobody any more: \(silent)")
        // A lease lives for 1.5 s: after a longer gap it was not the same speaker's turn that went on.
        try Bound(1_000, most: 1_500).expect("the longest gap", row.times.last, on: machine)
    }

    @Test(
        "kill -9 of the district, communes without a backup: each meets by itself and its page says so within 500 ms",
        .timeLimit(.minutes(4)))
    func crashAlone() async throws {
        let network = try LiveRows.network("yen-mo") { _, link in link.backups = [] }
        let quiet = Quietness()
        var alone: [Interval] = []
        var gates: [Interval] = []
        try await LiveRows.run(LiveRows.scenario("live-crash-alone", network, meeting: "yen-mo-toan-mang")) { live, meeting in
            quiet.begin()
            try await LiveRows.speak("X14701", live, meeting)
            try await Task.sleep(for: .seconds(2))
            let killedAt = await live.kill("H377")
            try await Task.sleep(for: .seconds(5))
            let measures = LiveMeasures(live.plan, live.watch)
            for node in live.plan.network.nodes where node.level == "xa" {
                let trunk = try #require(live.plan.uplink(of: node.id))
                let time = measures.lowerMeets(trunk, meeting.id, after: killedAt, before: BotLoop.now())
                alone.append(try #require(time, "\(node.id) does not say that it goes on by itself"))
                let slot = try #require(live.plan.network.slot(id: node.id))
                let page = try #require(live.watch.latest(meeting.id)[slot]?.meeting)
                #expect(page.crown && !page.ended && page.cutOff?.node == NodeIndex(of: "H377").description, "\(node.id): \(page)")
                #expect(page.sites.filter { $0.presence == .present }.map(\.id) == [node.id], "\(node.id) shows others as present")
            }
            // Whoever was speaking goes on: its microphone never closes on its own page.
            let speaker = try #require(live.plan.network.slot(id: "X14701"))
            let closed = live.watch.pages.contains { page in
                page.node == speaker && page.at > killedAt && page.state?.meeting?.sites.contains { $0.id == "X14701" && !$0.microphoneOpen } == true
            }
            #expect(!closed, "the speaker was interrupted")
            // Whoever asks in a part of its own is granted there.
            for site in ["X14704", "X14740"] {
                let asked = BotLoop.now()
                await live.send("POST", "/api/floor/request", SiteID(site), meeting, Array("{}".utf8))
                try await live.until("\(site) has the floor of its own meeting", 5) { LiveRows.holder(live, meeting, at: site) == site }
                gates.append(BotLoop.now() - asked)
            }
        }
        let machine = quiet.end()
        let row = Row(name: "crash without backup: from the kill to each commune's page saying that it goes on by itself", times: alone)
        row.say()
        Row(name: "crash without backup: a request in such a part is granted", times: gates).say()
        #expect(alone.count == 17)
        try Bound(500, most: Bound.cut).expect("the last page", row.times.max(), on: machine)
    }
}
