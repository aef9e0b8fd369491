import Archive
import Basics
import Conference
import Foundation
import Native
import Simulator
import Testing
import Topology
import Wire

@testable import Demo

/// Scenario files as `nhipcau simulate FILE --live` plays them.
extension LiveRows {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("simulations").path

    @Test("a scenario file with an edition and a full disk, played live: its bounds hold, and the meeting goes on", .timeLimit(.minutes(3)))
    func scenarioFile() async throws {
        let file = try ScenarioFiles.load(LiveRows.folder + "/edition-on-a-full-disk.yaml")
        let seed: UInt64 = 1
        let keep = NSTemporaryDirectory() + "nhipcau-live-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: keep) }
        let network = try LiveNetwork(
            file.scenario, seed: seed, loopback: LiveRows.loopback, program: try Proofs.program(), cache: MediaTests.cache, keep: keep)
        let quiet = Quietness()
        let live: LiveFindings
        do {
            try await network.startNodes()
            quiet.begin()
            live = try await LiveRun(network).play()
            try await editionRuns(network, 2)
        } catch {
            await network.stop()
            throw error
        }
        let machine = quiet.end()
        await network.stop()

        let simulated = Simulator.run(
            LiveComparison.asked(file.scenario),
            RunOptions(seed: seed, keepTrace: true, makeCompressor: { ZstdCompressor(dictionary: GossipDictionary.bytes) }))
        let comparison = LiveComparison(file.scenario, verdict: simulated, live: live)
        LiveRows.say(comparison.text)
        #expect(comparison.violations.isEmpty && live.notes.isEmpty)
        // Both columns, and the bounds of the file.
        for (name, most) in [("part_meets_within", Bound.cut), ("gap_after_cut", 1_500), ("healed_within", Bound.heal)] as [(String, Int64)] {
            let row = try #require(comparison.rows.first { $0.name == name })
            let (wanted, figure) = (try #require(row.wanted), try #require(row.simulated))
            #expect(figure <= wanted, "\(name), simulated")
            try Bound(Int64(wanted), most: most).expect("a scenario file: \(name)", row.live.map { Interval.seconds($0 / 1_000) }, on: machine)
        }
        for row in comparison.rows where row.name == "roster_everywhere_within" || row.unit == "kbit/s" {
            #expect(row.simulated != nil && row.live != nil, "\(row.name) has no figure")
        }
        // The commune's sound goes by its new line: more than its gossip, and as much as simulated, give or take a third.
        let moved = try #require(comparison.rows.first { $0.name == "xa-2 – huyen-2 up" })
        #expect(try #require(moved.live) > 0.67 * (try #require(moved.simulated)))
        try expectArchive(network)
    }

    @Test("a wrong clock, a full disk and a certificate that is over, played live: the certificate is refused until it is renewed", .timeLimit(.minutes(3)))
    func oldMachines() async throws {
        let file = try ScenarioFiles.load(LiveRows.folder + "/old-machines.yaml")
        let keep = NSTemporaryDirectory() + "nhipcau-live-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: keep) }
        let live = try await Demo.play(
            file.scenario,
            LiveOptions(seed: 1, loopback: LiveRows.loopback, program: try Proofs.program(), cache: MediaTests.cache, keep: keep))
        #expect(live.notes.allSatisfy { $0.hasPrefix("yen-thang did not start ") && $0.hasSuffix(" times: its disk was full") }, "\(live.notes)")
        #expect(live.notes.count == 1)
        func log(_ node: String) throws -> String { try String(contentsOfFile: "\(keep)/log/node \(node).log", encoding: .utf8) }
        // What was up stayed up until the cut two seconds later, and then the province refused the district until it had another one.
        let district = try log("yen-mo").split(separator: "\n")
        let refusals = district.indices.filter { district[$0].contains("certificate expired") && district[$0].contains("neighbour=ninh-binh") }
        let (first, last) = (try #require(refusals.first), try #require(refusals.last))
        #expect(district[..<first].contains { $0.contains("trunk down neighbour=ninh-binh") && !$0.contains("certificate") })
        #expect(!district[first..<last].contains { $0.contains("trunk up neighbour=ninh-binh") })
        #expect(district[last...].contains { $0.contains("trunk up neighbour=ninh-binh") })
        // Yên Mỹ's clock jumped five hours ahead, as its log's times show; its trunk went down only when the district was started again.
        let commune = try log("yen-my").split(separator: "\n")
        func hour(_ line: Substring?) -> Int? { line?.split(separator: "T").dropFirst().first.flatMap { Int($0.prefix(2)) } }
        let (before, after) = (try #require(hour(commune.first)), try #require(hour(commune.last)))
        #expect([5, 6].contains((after + 24 - before) % 24), "\(commune)")
        // At the end of the run every node is stopped, and says goodbye.
        let running = commune.prefix { !$0.contains(" stopping ") }
        #expect(running.count { $0.contains("trunk down neighbour=yen-mo") } == 1, "\(commune)")
        #expect(live.measured[.partMeetsWithin] != nil && live.measured[.healedWithin] != nil)
    }

    @Test("nodes run an older program until they are upgraded, one of them in turns only", .timeLimit(.minutes(2)))
    func olderProgram() async throws {
        let keep = NSTemporaryDirectory() + "nhipcau-live-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: keep) }
        // What is another program's file to the run says so, and is ours.
        let older = keep + "-older.sh"
        try "#!/bin/sh\necho older program >&2\nexec \(try Proofs.program()) \"$@\"\n".write(toFile: older, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: older) }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: older)
        var scenario = try LiveRows.scenario("upgrade", LiveRows.network("three-levels") { _, _ in }, meeting: "three-levels")
        func node(_ id: String) throws -> NodeIndex { try #require(scenario.network.node(id: id)).index }
        scenario.timeline = [
            TimedEvent(at: .seconds(Int64(1)), event: .slow(try node("kim-son"), .milliseconds(Int64(40)))),
            TimedEvent(at: .seconds(Int64(2)), event: .newerProgram(try node("yen-my"))),
        ]
        (scenario.safetyPhase, scenario.livenessPhase) = (.seconds(Int64(5)), .seconds(Int64(2)))
        let network = try LiveNetwork(
            scenario, seed: 1, loopback: LiveRows.loopback, program: try Proofs.program(), older: older, cache: MediaTests.cache, keep: keep)
        let live: LiveFindings
        var running: [String: String] = [:]
        do {
            try await network.startNodes()
            live = try await LiveRun(network).play()
            for node in network.plan.network.nodes { running[node.id] = (try await network.status(node.id)).node }
        } catch {
            await network.stop()
            throw error
        }
        await network.stop()
        #expect(live.notes == ["nobody talks in this scenario, so no gap can be heard"])
        for node in network.plan.network.nodes {
            let log = try String(contentsOfFile: network.folder.log("node " + node.id), encoding: .utf8)
            let starts = log.components(separatedBy: "ready incarnation=").count - 1
            #expect(log.components(separatedBy: "older program").count == 2 && starts == (node.id == "yen-my" ? 2 : 1), "\(node.id): \(log)")
            #expect(running[node.id] == node.id)
        }
    }

    /// Every node says that it runs that version.
    private func editionRuns(_ network: LiveNetwork, _ version: UInt32) async throws {
        for node in network.plan.network.nodes { #expect(try await network.status(node.id).topologyVersion == version, "\(node.id)") }
    }

    /// The disk was full when the floor went from one commune to the other: the log says so, and the decisions are written afterwards.
    private func expectArchive(_ network: LiveNetwork) throws {
        let log = try String(contentsOfFile: network.folder.log("node tinh"), encoding: .utf8)
        #expect(log.contains("the archive takes no rows") && log.contains("the archive takes rows again"), "\(log)")
        let archive = try Archive(path: network.folder.state("tinh") + "/archive.sqlite")
        let granted = try archive.audit(of: MeetingID("hop")).filter { $0.event == .granted }.compactMap(\.site?.rawValue)
        #expect(granted.starts(with: ["xa-2", "xa-1"]), "\(granted)")
    }
}
