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
