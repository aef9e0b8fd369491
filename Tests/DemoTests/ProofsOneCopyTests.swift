import Foundation
import Testing

@testable import Demo

extension Proofs {
    /// A commune chairs a quán triệt of the district and its 17 communes, so it speaks all the time; the province is above.
    static let communeSpeaks = """
        meeting: proof-one-copy
        topology: yen-mo
        title: Một điểm cầu nói, mười bảy điểm cầu nghe
        kind: quan-triet
        chairs: [X14701]
        sites: [{subtree: H377}]
        """

    @Test("of one speaker every trunk towards listeners carries one voice and one picture, others nothing", .timeLimit(.minutes(2)))
    func oneCopy() async throws {
        let report = try await Proofs.demo(DemoTests.topology + "/yen-mo.yaml", meeting: Proofs.communeSpeaks, seconds: 6)
        #expect(report.errors.isEmpty)
        #expect(report.nodes == 19 && report.trunks.count == 18 && report.sites.count == 18)
        #expect(try #require(report.bringUpSeconds) <= 20)
        #expect(report.speakers == ["X14701"])
        let speaker = try #require(report.trunks.first { $0.child == "X14701" })
        #expect(speaker.up.audioStreams == 1 && speaker.up.videoStreams == 1 && speaker.up.kbps > 100)
        #expect(speaker.down.audioStreams == 0 && speaker.down.videoStreams == 0 && speaker.down.kbps == 0)
        for trunk in report.trunks where trunk.child != "X14701" {
            // The province takes no part: nothing goes up to it, nothing comes down.
            let streams = trunk.child == "H377" ? 0 : 1
            #expect(trunk.down.audioStreams == streams && trunk.down.videoStreams == streams, "\(trunk)")
            #expect(trunk.up.audioStreams == 0 && trunk.up.videoStreams == 0 && trunk.up.kbps == 0, "\(trunk)")
            // Averages of single reports in different seconds: a second copy would be twice as much.
            if streams == 1 { #expect(trunk.down.kbps < 1.6 * speaker.up.kbps && trunk.down.kbps > 0.4 * speaker.up.kbps, "\(trunk)") }
        }
    }

    /// Runs `nhipcau demo --json` as a process and reads what it found out.
    static func demo(_ topology: String, meeting: String, seconds: Int, _ more: [String] = []) async throws -> DemoReport {
        try await withFile("meeting.yaml", meeting) { file in
            let (lines, line) = AsyncStream.makeStream(of: String.self)
            let children = Children { _, _ in line.finish() }
            let log = URL(fileURLWithPath: file).deletingLastPathComponent().path + "/demo.log"
            try await children.start(
                "demo", try program(),
                ["demo", topology, "--meeting", file, "--for", "\(seconds)s", "--json", "--loopback", "\(loopback)"] + more, log: log,
                line: { line.yield($0) })
            var last: String?
            for await text in lines { last = text }
            await children.stop()
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            let text = try #require(last, "the demo gave no report: \(said.suffix(600))")
            return try JSONDecoder().decode(DemoReport.self, from: Data(text.utf8))
        }
    }
}
