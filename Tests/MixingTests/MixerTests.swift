import Basics
import Mixing
import Native
import Testing

@Suite("Mixer")
struct MixerTests {
    let mixer: Mixer
    var now = Instant.zero + .seconds(Int64(100))

    init() { mixer = Mixer(codecs: OpusCodecs()) }

    /// One 20 ms step: packets in, ticks out to all ears.
    mutating func step(_ microphones: [Microphone], _ ears: [Int: Ears] = [:]) {
        for microphone in microphones {
            let (frame, payload) = microphone.next()
            payload.withUnsafeBytes { _ = mixer.insert(microphone.slot, frame, payload: $0, now: now) }
        }
        while let due = mixer.deadline, due <= now {
            mixer.wake(now: now)
            for mix in mixer.mixes {
                for listener in mixer.listeners[mix.listeners] { ears[listener]?.hear(mix.packet) }
            }
        }
        now += .milliseconds(20)
    }

    func microphones(_ frequencies: [Double], amplitude: Double = 8_000) -> [Microphone] {
        frequencies.map { frequency in
            let slot = mixer.addSource()!
            mixer.setMicrophone(slot, rank: .floorHolder, now: now)
            return Microphone(slot: slot, frequency: frequency, amplitude: amplitude)
        }
    }

    @Test("every listener hears all voices but its own")
    mutating func mixMinus() {
        let tones = [440.0, 1_000, 2_300]
        let voices = microphones(tones)
        var ears: [Int: Ears] = [:]
        let own = voices.map { mixer.addListener(own: [$0.slot]) }
        let others = [mixer.addListener(), mixer.addListener(own: [])]
        for listener in own + others { ears[listener] = Ears() }
        for _ in 0..<100 { step(voices, ears) }
        for (i, listener) in own.enumerated() {
            for (j, tone) in tones.enumerated() {
                let heard = ears[listener]!.amplitude(tone)
                if i == j {
                    #expect(heard < 150, "listener \(i) hears itself: \(heard)")
                } else {
                    #expect(heard > 5_000, "listener \(i) does not hear \(tone) Hz: \(heard)")
                }
            }
        }
        for listener in others {
            for tone in tones { #expect(ears[listener]!.amplitude(tone) > 5_000) }
        }
        #expect(mixer.counters.encodesOfLastTick == 4)
    }

    @Test("a tick costs at most K decodes and K + 1 encodes for a hundred listeners, whoever speaks")
    mutating func cost() {
        var sources: [Microphone] = []
        for i in 0..<100 {
            let slot = mixer.addSource()!
            _ = mixer.addListener(own: [slot])
            if i < 6 {
                mixer.setMicrophone(slot, rank: .other, now: now)
                sources.append(Microphone(slot: slot, frequency: 300 + 200 * Double(i)))
            }
        }
        var mostDecodes = 0
        var mostEncodes = 0
        for round in 0..<150 {
            // The loudest change all the time.
            for (i, source) in sources.enumerated() { source.level = (round / 30 + i) % 6 < 3 ? 15 : 70 }
            step(sources)
            mostDecodes = max(mostDecodes, mixer.counters.decodesOfLastTick)
            mostEncodes = max(mostEncodes, mixer.counters.encodesOfLastTick)
            #expect(mixer.chosen.count <= 3)
            if round > 10 { #expect(mixer.listeners.count == 100) }
            #expect(Set(mixer.listeners).count == mixer.listeners.count)
        }
        #expect(mostDecodes == 3)
        #expect(mostEncodes == 4)
    }

    @Test("full-scale voices in step are turned down, not clipped")
    mutating func saturation() {
        let voices = microphones([500, 500, 500], amplitude: 30_000)
        let listener = mixer.addListener()
        let ears = Ears()
        for _ in 0..<100 { step(voices, [listener: ears]) }
        let fundamental = ears.amplitude(500)
        // A clipped sine has a strong third harmonic (a fifth of the fundamental here); a limited one has next to none.
        #expect(fundamental > 20_000)
        #expect(ears.amplitude(1_500) < fundamental / 30)
    }

    @Test("silence sends nothing, and the beat rests until somebody speaks again")
    mutating func silence() {
        let voices = microphones([700])
        _ = mixer.addListener()
        #expect(mixer.deadline == nil)
        for _ in 0..<50 { step(voices) }
        #expect(mixer.mixes.count == 1)
        for _ in 0..<10 { step([]) }
        let encodes = mixer.counters.encodes
        for _ in 0..<100 { step([]) }
        #expect(mixer.counters.encodes == encodes)
        #expect(mixer.deadline == nil)
        // Two packets: the first after a long silence may open the voice anew.
        var markers = 0
        voices[0].timestamp &+= 110 * 960
        for _ in 0..<20 {
            step(voices)
            markers += mixer.mixes.count { $0.marker }
        }
        #expect(markers == 1)
    }

    @Test("with one packet in ten lost a voice goes on, by recovery and concealment")
    mutating func loss() {
        let voices = microphones([700])
        voices[0].encoder.expectLoss(percent: 20)
        let listener = mixer.addListener()
        let ears = Ears()
        for n in 0..<200 {
            if n % 10 == 7 {
                _ = voices[0].next()
                step([], [listener: ears])
            } else {
                step(voices, [listener: ears])
            }
        }
        #expect(ears.amplitude(700) > 4_000)
        let counters = mixer.buffer(of: 0)!
        #expect(counters.recovered + counters.concealed >= 18, "\(counters)")
        #expect(counters.played >= 175, "\(counters)")
    }

    @Test("a closed microphone is heard no longer, from the next tick on")
    mutating func closing() {
        let voices = microphones([700, 900])
        let listener = mixer.addListener()
        let ears = Ears()
        for _ in 0..<30 { step(voices, [listener: ears]) }
        mixer.setMicrophone(voices[0].slot, rank: nil, now: now)
        let after = Ears()
        for _ in 0..<60 { step(voices, [listener: after]) }
        #expect(after.amplitude(700) < 150)
        #expect(after.amplitude(900) > 5_000)
        #expect(mixer.counters.refused == 60)
    }

    @Test("timestamps of the mixes are 20 ms apart, however irregular the calls")
    mutating func timestamps() {
        let voices = microphones([700])
        _ = mixer.addListener()
        var last: UInt32?
        for _ in 0..<60 {
            let (frame, payload) = voices[0].next()
            payload.withUnsafeBytes { _ = mixer.insert(voices[0].slot, frame, payload: $0, now: now) }
            mixer.wake(now: now)
            if let mix = mixer.mixes.first {
                if let last { #expect(mix.timestamp &- last == 960) }
                last = mix.timestamp
            }
            now += .microseconds(20_000)
        }
        #expect(last != nil)
    }

    @Test("a listener with several voices of its own hears none of them")
    mutating func severalOwn() {
        let voices = microphones([440, 1_000, 2_300])
        let branch = mixer.addListener(own: [voices[0].slot, voices[1].slot])
        let ears = Ears()
        for _ in 0..<80 { step(voices, [branch: ears]) }
        #expect(ears.amplitude(440) < 150)
        #expect(ears.amplitude(1_000) < 150)
        #expect(ears.amplitude(2_300) > 5_000)
    }

    @Test("random packets neither trap nor stop the voices that are well", arguments: [1, 2, 3] as [UInt64])
    mutating func garbage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let voices = microphones([700])
        let bad = mixer.addSource()!
        mixer.setMicrophone(bad, rank: .floorHolder, now: now)
        let listener = mixer.addListener(own: [bad])
        let ears = Ears()
        for _ in 0..<400 {
            for _ in 0..<3 {
                let count = Int(random.next() % 200)
                let payload = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                let frame = AudioFrame(
                    sequence: UInt16(truncatingIfNeeded: random.next() % 4 == 0 ? random.next() : UInt64(now.nanoseconds / 20_000_000)),
                    timestamp: UInt32(truncatingIfNeeded: random.next() % 4 == 0 ? random.next() : UInt64(now.nanoseconds / 20_833)),
                    level: UInt8(truncatingIfNeeded: random.next()))
                payload.withUnsafeBytes { _ = mixer.insert(bad, frame, payload: $0, now: now) }
            }
            step(voices, [listener: ears])
        }
        #expect(ears.amplitude(700) > 5_000)
    }
}
