import Foundation
import Testing

@testable import Demo

extension Proofs {
    @Test("a decoder hears chair and floor holder in one stream and not itself; a loudspeaker hears all three", .timeLimit(.minutes(2)))
    func mix() async throws {
        // Two may hold the floor at once, so the decoder's own voice is open while another hall speaks.
        try await ProofsNetwork.run(meeting: Proofs.threeLevels + "\nfloor: 2\nloudspeakers: true\n") { network in
            try await network.startNodes(network.plan.network.nodes.map(\.id))
            try await network.startMeeting()
            try await network.startBot("ninh-binh", speaksAsChair: true)
            try await network.startBot("kim-son")
            // Before anybody holds the floor: later the picture is that of whoever had it first, and the decoder has none.
            try await network.untilKnown("ninh-binh", by: "kim-son", 20)
            // Plain RTP is told by its address, so ffmpeg speaks and listens through the endpoints' own ports.
            let decoder = try PatchCord(network, node: "yen-mo", speaks: 27_502, listens: 27_504)
            let loudspeaker = try PatchCord(network, node: "yen-my", speaks: 27_512, listens: 27_514)
            defer {
                decoder.stop()
                loudspeaker.stop()
            }
            try await network.children.start(
                "tone", "/usr/bin/ffmpeg",
                Proofs.quiet + [
                    "-re", "-f", "lavfi", "-i", "sine=frequency=\(Proofs.tone):sample_rate=48000", "-c:a", "libopus", "-b:a", "48k",
                    "-payload_type", "111", "-f", "rtp", "rtp://127.0.0.1:27502",
                ], log: network.folder.log("tone"), line: { _ in })
            try await network.until("the decoder's site is present", 10) {
                try await network.status("ninh-binh").meetings.first?.present.contains("yen-mo") == true
            }
            let asked = try await network.send(
                "POST", "/api/floor/request", to: "yen-mo", site: "yen-mo", role: "room", body: Array("{}".utf8))
            #expect(asked.status == 204, "\(asked.text)")
            network.tell("kim-son", "request")
            try await network.untilHolder("kim-son")
            async let own = Proofs.record(network, "decoder", port: 27_504)
            async let other = Proofs.record(network, "loudspeaker", port: 27_514)
            let (decoderHeard, loudspeakerHeard) = try await (own, other)

            let highest = network.plan.marks.entries.map(\.index).max() ?? 0
            func sites(_ sound: [Int16]) -> Set<String> {
                var ear = SoundMarkDetector(sites: highest + 1)
                ear.hear(sound)
                return Set(ear.heard.compactMap { network.plan.marks.site($0) })
            }
            #expect(sites(decoderHeard) == ["ninh-binh", "kim-son"])
            #expect(sites(loudspeakerHeard) == ["ninh-binh", "kim-son"])
            // The tone is far above speech at its frequency where it is heard, and 20 dB below that where it is its own.
            let there = Proofs.level(of: Double(Proofs.tone), in: loudspeakerHeard)
            let here = Proofs.level(of: Double(Proofs.tone), in: decoderHeard)
            #expect(there > 300 && here < there / 10, "amplitude of the decoder's tone: \(there) at the loudspeaker, \(here) at the decoder")
            #expect(await network.stage.errors.isEmpty)
        }
    }

    /// Between the marks of no sites: they begin at 1,008 Hz.
    private static let tone = 440
    private static let quiet = ["-hide_banner", "-nostdin", "-loglevel", "error"]

    /// Four seconds of what arrives at a port, as ffmpeg decodes it; mono at 48 kHz.
    private static func record(_ network: ProofsNetwork, _ name: String, port: Int) async throws -> [Int16] {
        let stem = network.folder.path + "/" + name
        try "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio \(port) RTP/AVP 111\na=rtpmap:111 opus/48000/2\n"
            .write(toFile: stem + ".sdp", atomically: true, encoding: .utf8)
        try await network.children.start(
            name, "/usr/bin/ffmpeg",
            quiet + [
                "-protocol_whitelist", "file,udp,rtp", "-i", stem + ".sdp", "-t", "4", "-ac", "1", "-ar", "48000", "-f", "s16le", stem + ".raw",
            ], log: network.folder.log(name), line: { _ in })
        try await network.until("\(name) is recorded", 20) { await network.ends.names.contains("\(name): exit code 0") }
        let bytes = try #require(FileManager.default.contents(atPath: stem + ".raw"))
        let samples = bytes.withUnsafeBytes { raw in (0..<raw.count / 2).map { raw.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self) } }
        #expect(samples.count > 3 * 48_000)
        return samples
    }

    /// The usual amplitude of one frequency in 16-bit units: the median of 100 ms pieces (Goertzel), so that neither a word with
    /// that pitch nor a packet that came too late decides.
    private static func level(of frequency: Double, in samples: [Int16]) -> Double {
        let piece = 4_800
        let factor = 2 * cos(2 * Double.pi * frequency / 48_000)
        let levels = stride(from: 0, through: samples.count - piece, by: piece).map { start in
            var (a, b) = (0.0, 0.0)
            for sample in samples[start..<start + piece] { (a, b) = (Double(sample) + factor * a - b, a) }
            return 2 * max(0, a * a + b * b - factor * a * b).squareRoot() / Double(piece)
        }.sorted()
        return levels.isEmpty ? 0 : levels[levels.count / 2]
    }
}
