import Basics
import Foundation
import Native
import Simulator
import Testing
import Topology
import TopologyFiles
import Wire

/// A plan's formulas beside what the node's own code sends over simulated lines.
@Suite("The plan is true") struct PlanTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("topology").path

    /// One voice of 24 kbit/s for half a minute (the simulator's halls send sound only, and no reports).
    private static let cases: [(topology: String, meeting: String, speaker: String)] = [
        ("yen-mo", "yen-mo-quan-triet", "H377"), ("yen-mo", "yen-mo-giao-ban", "X14701"), ("three-levels", "three-levels", "yen-my"),
    ]

    @Test("kbit/s of every trunk and direction agree with the simulator within 5 %", arguments: cases)
    func agree(topology: String, meeting: String, speaker: String) throws {
        let path = "\(Self.folder)/\(topology).yaml"
        let meetingPath = "\(Self.folder)/meetings/\(meeting).yaml"
        let network = try TopologyFiles.load(path)
        let file = try TopologyFiles.loadMeeting(meetingPath, network: network)
        let chairSpeaks = file.chairs.first == SiteID(speaker)
        let floor =
            chairSpeaks ? "" : "  - {request: \(speaker), meeting: \(file.id), at: 4 s}\n  - {give: \(speaker), meeting: \(file.id), at: 4.5 s}\n"
        let scenario = try ScenarioFiles.parse(
            """
            scenario: One hall speaks
            topology: \(path)
            meetings: [\(meetingPath)]
            safety: 30 s
            liveness: 1 s
            people:
              - {join: all, meeting: \(file.id), at: 1.2 s, over: 1 s}
            \(floor)  - {talk: \(speaker), meeting: \(file.id), at: 5 s, for: 25 s}
            """, file: "/plan.yaml"
        ).scenario
        let verdict = Simulator.run(
            scenario, RunOptions(seed: 1, keepTrace: true, makeCompressor: { ZstdCompressor(dictionary: GossipDictionary.bytes) }))
        #expect(verdict.violations.isEmpty)
        let loads = try #require(verdict.trace).loads.filter { (12..<28).contains($0.second) }

        var demand = MeetingDemand(file)
        demand.audioRate = .kbps(24)
        demand.videoRate = nil
        demand.chairIsMuted = true
        demand.speakers = [SiteID(speaker)]
        let plan = NetworkPlan(network, meetings: [demand])
        for slot in network.nodes.indices.dropFirst() {
            let trunk = try #require(plan.trunks[slot])
            for isUp in [true, false] {
                // Not its backup's line.
                let line = Trunk(lower: network.nodes[slot].index, upper: network.nodes[trunk.parent].index)
                let seen = loads.filter { $0.trunk == line && $0.isUp == isUp }.map(\.kbps)
                let measured = seen.reduce(0, +) / Double(max(1, seen.count))
                let load = isUp ? trunk.up : trunk.down
                // Without the halls' reports: tails alone, where media flows.
                let tails = load.streams > 0 ? PacketCosts().tails.wireBits : 0
                let planned = (load.bits - load.parts.reports + tails) / 1_000
                #expect(abs(measured / planned - 1) < 0.05, "\(network.nodes[slot].id) \(isUp ? "up" : "down"): \(measured), planned \(planned)")
            }
        }
    }
}
