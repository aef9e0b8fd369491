import Basics
import Bridge
import Conference
import Mixing
import Native
import RTP
import Testing

@Suite("Plain RTP equipment of a node")
struct EndpointTests {
    static let decoder = Address("10.37.1.20", port: 6_000)!
    static let loudspeakers = Address("10.37.1.31", port: 6_000)!

    /// A tone through a real encoder, 20 ms a call.
    final class Voice {
        private let frequency: Double
        private let encoder: any AudioEncoder
        private var position = 0
        init(_ frequency: Double) throws {
            self.frequency = frequency
            encoder = try #require(OpusCodecs().makeEncoder(.kbps(32)))
        }
        func next() -> [UInt8] {
            let samples = (0..<Mixing.frameSamples).map { i in
                Int16(8_000 * Goertzel.sine(2 * .pi * frequency * Double(position + i) / 48_000))
            }
            position += samples.count
            var packet = [UInt8](repeating: 0, count: 400)
            let count = samples.withUnsafeBufferPointer { samples in
                packet.withUnsafeMutableBytes { encoder.encode(samples, into: $0) ?? 0 }
            }
            return Array(packet[..<count])
        }
    }

    /// What an endpoint heard, decoded.
    static func sound(_ packets: [[UInt8]]) throws -> [Int16] {
        let decoder = try #require(OpusCodecs().makeDecoder())
        var sound: [Int16] = []
        var frame = [Int16](repeating: 0, count: 5_760)
        for packet in packets {
            packet.withUnsafeBytes { bytes in
                guard let header = RTPHeader(bytes) else { return }
                let count = frame.withUnsafeMutableBufferPointer { decoder.decode(header.payloadBytes, forwardErrorCorrection: false, into: $0) }
                sound += frame[..<(count ?? 0)]
            }
        }
        return sound
    }

    @Test("a hall's decoder hears the mix of chair and speaker, not its own voice; loudspeakers hear all; nothing is echoed")
    func mix() throws {
        let lab = try Lab()
        try lab.begin(loudspeakers: true)
        let chair = try lab.join("ninh-binh", .chair)
        let speaker = try lab.join("phat-diem")
        lab.run(.seconds(Int64(1)))
        let own = try Voice(440)
        let chairVoice = try Voice(1_000)
        let speakerVoice = try Voice(1_700)
        var sequence: UInt16 = 7
        var timestamp: UInt32 = 0
        let endpoint = try #require(lab.network.node(id: "yen-mo")?.endpoints.first)
        func endpointSpeaks() {
            var packet = [UInt8](repeating: 0, count: 600)
            let payload = own.next()
            let header = packet.withUnsafeMutableBytes {
                RTPHeader.write(into: $0, payloadType: endpoint.payloadType, marker: false, sequence: sequence, timestamp: timestamp, ssrc: 4_711)
            }
            packet.replaceSubrange(header..<header + payload.count, with: payload)
            sequence &+= 1
            timestamp &+= 960
            packet.removeLast(packet.count - header - payload.count)
            packet.withUnsafeMutableBytes { lab["yen-mo"].receive($0, from: Self.decoder, now: lab.now) }
        }
        var step = 0
        func everybody() {
            if step % 4 == 0 {
                endpointSpeaks()
                chair.sendAudio(chairVoice.next())
                speaker.sendAudio(speakerVoice.next())
            }
            step += 1
        }
        // The decoder's hall takes part by its sound, and asks for the floor at its node.
        lab.run(.seconds(Int64(1)), each: everybody)
        try lab.giveFloor("yen-mo", each: everybody)
        #expect(lab.speaker("yen-mo") == SiteID("yen-mo"))
        lab.heard = []
        lab.run(.seconds(Int64(2)), each: everybody)

        let hall = try Self.sound(lab.heard.filter { $0.at == Self.decoder }.map(\.packet))
        #expect(hall.count >= 48_000 * 19 / 10)
        let loud = try Self.sound(lab.heard.filter { $0.at == Self.loudspeakers }.map(\.packet))
        func level(_ frequency: Double, _ sound: [Int16]) -> Double { Goertzel.amplitude(of: frequency, in: Array(sound.suffix(48_000))) }
        #expect(level(1_000, hall) > 2_000, "the chair: \(level(1_000, hall))")
        #expect(level(440, hall) < 100, "its own voice: \(level(440, hall))")
        #expect(level(1_000, loud) > 2_000 && level(440, loud) > 2_000, "\(level(1_000, loud)), \(level(440, loud))")
        // Phát Diệm has no floor: its tone is nowhere.
        #expect(level(1_700, hall) < 100 && level(1_700, loud) < 100)
        #expect(lab.snapshot("yen-mo").meetings.first?.view.definition.id == Lab.meeting)
    }
}

@Suite("Loudspeakers and broadcasters")
struct LoudspeakerTests {
    private static let commune = "yen-my"

    /// How many packets came to the loudspeakers since the last call.
    private func heard(_ lab: Lab) -> Int {
        defer { lab.heard = [] }
        return lab.heard.count { $0.at == EndpointTests.loudspeakers }
    }

    @Test("loudspeakers are silent until the chair says so, take no sound over the trunk before, and stop at once when told")
    func chairSays() throws {
        let lab = try Lab()
        try lab.begin()
        let chair = try lab.join("ninh-binh", .chair)
        lab.run(.seconds(Int64(1)))
        let voice = try EndpointTests.Voice(1_000)
        var step = 0
        func speaks() {
            if step % 4 == 0 { chair.sendAudio(voice.next()) }
            step += 1
        }
        _ = heard(lab)
        lab.forgetCrossings()
        lab.run(.seconds(Int64(1)), each: speaks)
        #expect(heard(lab) == 0)
        // Nobody there listens: nothing of the chair's voice crosses.
        #expect(lab.crossings[Lab.Edge("yen-mo", Self.commune)] == nil, "\(lab.crossings)")

        try lab.act("ninh-binh", .setLoudspeakers(true))
        lab.run(.seconds(Int64(1)), each: speaks)
        #expect(lab[Self.commune].view(of: Lab.meeting)?.loudspeakers == true)
        let sound = try EndpointTests.sound(lab.heard.filter { $0.at == EndpointTests.loudspeakers }.map(\.packet))
        #expect(sound.count >= 48_000 * 8 / 10)
        #expect(Goertzel.amplitude(of: 1_000, in: Array(sound.suffix(24_000))) > 2_000)
        _ = heard(lab)

        try lab.act("ninh-binh", .setLoudspeakers(false))
        // A command's way over two trunks, and 10 ms for what changes in a row.
        lab.run(.milliseconds(100), each: speaks)
        _ = heard(lab)
        lab.forgetCrossings()
        lab.run(.seconds(Int64(1)), each: speaks)
        #expect(heard(lab) == 0)
        #expect(lab.crossings[Lab.Edge("yen-mo", Self.commune)] == nil, "\(lab.crossings)")
    }

    @Test("a meeting whose file says so plays from its start on, and a room may not say so")
    func fileSays() throws {
        let lab = try Lab()
        try lab.begin(loudspeakers: true)
        let chair = try lab.join("ninh-binh", .chair)
        lab.run(.seconds(Int64(1)))
        let voice = try EndpointTests.Voice(1_000)
        var step = 0
        _ = heard(lab)
        lab.run(.seconds(Int64(1))) {
            if step % 4 == 0 { chair.sendAudio(voice.next()) }
            step += 1
        }
        #expect(heard(lab) >= 40)
        #expect(throws: Refusal.notAllowed) { try lab.act(Self.commune, .setLoudspeakers(false)) }
    }

    @Test("a part that was cut off keeps what the chair said, and its own chair may say otherwise")
    func apart() throws {
        let lab = try Lab()
        try lab.begin()
        try lab.act("ninh-binh", .setLoudspeakers(true))
        lab.run(.seconds(Int64(1)))
        lab.cut = { a, b in
            let (top, below) = (lab.network.slot(id: "ninh-binh")!, lab.network.slot(id: "yen-mo")!)
            return (a, b) == (top, below) || (a, b) == (below, top)
        }
        lab.run(.seconds(Int64(8)))
        let view = try #require(lab[Self.commune].view(of: Lab.meeting))
        #expect(view.cutOff != nil && view.loudspeakers)
        try lab.act("ninh-binh", .setLoudspeakers(false))
        lab.run(.seconds(Int64(1)))
        #expect(lab[Self.commune].view(of: Lab.meeting)?.loudspeakers == true)
        lab.cut = nil
        lab.run(.seconds(Int64(8)))
        #expect(lab[Self.commune].view(of: Lab.meeting)?.loudspeakers == false)
    }

    @Test("a broadcaster without a room is a site that the chair puts on air and takes off again")
    func broadcaster() throws {
        let feed = Address("10.37.1.77", port: 6_000)!
        let lab = try Lab { text in
            text.replacing(
                "    endpoints:\n",
                with: "    endpoints:\n      - {id: dai, name: Đài, kind: broadcaster, address: 10.37.1.77, port: 6000, room: none}\n", maxReplacements: 1)
        }
        let site = SiteID("yen-mo/dai")
        #expect(lab.network.broadcasters == [site] && !lab.network.sites.contains(site))
        try lab.begin(loudspeakers: true, with: [site])
        _ = try lab.join("ninh-binh", .chair)
        lab.run(.seconds(Int64(1)))
        let voice = try EndpointTests.Voice(700)
        var step = 0
        var sequence: UInt16 = 9
        func plays() {
            defer { step += 1 }
            guard step % 4 == 0 else { return }
            var packet = [UInt8](repeating: 0, count: 600)
            let payload = voice.next()
            let header = packet.withUnsafeMutableBytes {
                RTPHeader.write(into: $0, payloadType: 111, marker: false, sequence: sequence, timestamp: UInt32(sequence) &* 960, ssrc: 815)
            }
            packet.replaceSubrange(header..<header + payload.count, with: payload)
            sequence &+= 1
            packet.removeLast(packet.count - header - payload.count)
            packet.withUnsafeMutableBytes { lab["yen-mo"].receive($0, from: feed, now: lab.now) }
        }
        func level() throws -> Double {
            let sound = try EndpointTests.sound(lab.heard.filter { $0.at == EndpointTests.loudspeakers }.map(\.packet))
            lab.heard = []
            return Goertzel.amplitude(of: 700, in: Array(sound.suffix(24_000)))
        }
        lab.run(.seconds(Int64(1)), each: plays)
        // It plays and is present, but nobody put it on air.
        #expect(lab["ninh-binh"].view(of: Lab.meeting)?.sites.first { $0.id == site }?.presence == .present)
        #expect(try level() < 100)
        try lab.act("ninh-binh", .give(site))
        lab.run(.seconds(Int64(2)), each: plays)
        #expect(lab.speaker("ninh-binh") == site)
        #expect(try level() > 2_000)
        try lab.act("ninh-binh", .revoke(site))
        lab.run(.milliseconds(500), each: plays)
        lab.heard = []
        lab.run(.seconds(Int64(1)), each: plays)
        #expect(try level() < 100)
    }
}

/// One frequency's amplitude in samples at 48 kHz, and a sine without Foundation.
enum Goertzel {
    static func sine(_ x: Double) -> Double {
        var r = x.truncatingRemainder(dividingBy: 2 * .pi)
        if r > .pi { r -= 2 * .pi }
        if r > .pi / 2 { r = .pi - r } else if r < -.pi / 2 { r = -.pi - r }
        let s = r * r
        return r * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110)))))
    }
    static func amplitude(of frequency: Double, in samples: [Int16]) -> Double {
        let omega = 2 * Double.pi * frequency / 48_000
        let coefficient = 2 * sine(omega + .pi / 2)
        var (a, b) = (0.0, 0.0)
        for sample in samples { (a, b) = (Double(sample) + coefficient * a - b, a) }
        return 2 * max(0, a * a + b * b - coefficient * a * b).squareRoot() / Double(max(1, samples.count))
    }
}
