import Basics
import Mixing
import Native

/// Three voices for 100 listeners, three of whom are the talkers: a tick of 20 ms.
enum MixingBenchmark {
    static func run(rounds: Int, into report: inout Report) throws {
        let codecs = OpusCodecs()
        let packets = (0..<3).map { voice in speech(codecs, voice) }
        var ticks: [Double] = []
        var encodes = 0
        var made = 0
        let mixer = Mixer(codecs: codecs)
        var now = Instant.zero
        let sources = (0..<3).compactMap { _ in mixer.addSource() }
        for source in sources { mixer.setMicrophone(source, rank: .floorHolder, now: now) }
        for listener in 0..<100 { _ = mixer.addListener(own: listener < 3 ? [sources[listener]] : []) }
        var frame = 0
        for round in 0..<rounds + 1 {
            let before = mixer.counters
            let cost = CPU.microseconds {
                for _ in 0..<50 {
                    for (i, source) in sources.enumerated() {
                        packets[i][frame % packets[i].count].withUnsafeBytes {
                            _ = mixer.insert(
                                source, AudioFrame(sequence: UInt16(truncatingIfNeeded: frame), timestamp: UInt32(truncatingIfNeeded: frame) &* 960, level: 20),
                                payload: $0, now: now)
                        }
                    }
                    frame += 1
                    now += .milliseconds(20)
                    while let due = mixer.deadline, due <= now { mixer.wake(now: now) }
                }
            }
            // The first second fills jitter buffers.
            if round == 0 { continue }
            ticks.append(cost / 50)
            encodes += mixer.counters.encodes - before.encodes
            made += mixer.counters.ticks - before.ticks
        }
        report.heading("Mixing 3 voices for 100 plain RTP listeners (decode, sum, 1 shared and 3 own mixes encoded)")
        report.add("mixing.tick", "one tick of 20 ms", "µs", ticks)
        report.add("mixing.core", "cores", "", ticks.map { $0 / 20_000 })
        report.add("mixing.encodes", "mixes encoded a tick", "", [Double(encodes) / Double(max(1, made))])
    }

    /// A second of buzz with the overtones of a voice, as Opus packets.
    static func speech(_ codecs: OpusCodecs, _ voice: Int) -> [[UInt8]] {
        guard let encoder = codecs.makeEncoder(.kbps(32)) else { return [] }
        var random = SeededGenerator(seed: UInt64(voice) + 1)
        let period = 300 + 70 * voice
        return (0..<50).map { frame in
            let samples = (0..<Mixing.frameSamples).map { i -> Int16 in
                let at = (frame * Mixing.frameSamples + i) % period
                return Int16(8_000 - 16_000 * at / period) + Int16.random(in: -600...600, using: &random)
            }
            var packet = [UInt8](repeating: 0, count: 400)
            let count = samples.withUnsafeBufferPointer { samples in
                packet.withUnsafeMutableBytes { encoder.encode(samples, into: $0) ?? 0 }
            }
            return Array(packet[..<count])
        }
    }
}
