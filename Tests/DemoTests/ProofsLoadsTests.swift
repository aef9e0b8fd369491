import Testing

@testable import Demo

extension Proofs {
    /// The province chairs, all seven halls take part.
    static let provinceMeets = """
        meeting: proof-loads
        topology: three-levels
        title: Một điểm cầu phát biểu
        kind: giao-ban
        chairs: [ninh-binh]
        sites: all
        video: 300 kbit/s
        """

    /// Six seconds are few and the machine builds beside: the demo's own bound is 5 % over 30 s.
    @Test("what trunks carry while one hall speaks is what was planned, at both ends", .timeLimit(.minutes(1)))
    func loads() async throws {
        let report = try await Proofs.demo(
            DemoTests.topology + "/three-levels.yaml", meeting: Proofs.provinceMeets, seconds: 6, ["--loads", "--speaker", "yen-my"])
        let loads = try #require(report.loads)
        #expect(loads.speaker == "yen-my" && report.speakers == ["yen-my"] && loads.directions == 12)
        #expect(loads.video?.bitsPerSecond == 300_000 && loads.audio.bitsPerSecond == 32_000)
        #expect(abs(loads.kbps / loads.plannedKbps - 1) < 0.05, "\(loads)")
        for trunk in report.trunks {
            for load in [trunk.up.load, trunk.down.load] {
                let load = try #require(load)
                #expect(abs(load.differencePercent) < 12, "\(trunk)")
                #expect(abs(load.sentKbps / load.receivedKbps - 1) < 0.05, "\(trunk)")
            }
        }
        // Its voice and picture go up once, and to every other branch.
        let speaker = try #require(report.trunks.first { $0.child == "yen-my" })
        #expect(speaker.up.load?.rtpKbps ?? 0 > 300 && speaker.down.load?.rtpKbps ?? 0 > 300)
        #expect(report.trunks.allSatisfy { $0.down.load?.rtpKbps ?? 0 > 300 })
    }
}
