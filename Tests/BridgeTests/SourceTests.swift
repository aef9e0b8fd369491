import Basics
import Conference
import Forwarding
import Mixing
import Native
import Peer
import RTP
import Testing

@testable import Bridge

@Suite("A hall's microphone and camera")
struct SourceTests {
    // MARK: The choice alone

    private func at(_ ms: Int64) -> Instant { .zero + .milliseconds(ms) }

    @Test("a later page takes over once it has sent for a tenth of a second, and gives back when it leaves")
    func laterPage() {
        var choice = SourceChoice.microphone
        let isFirst = choice.add(.leg(1), rank: -1, now: at(0))
        #expect(isFirst)
        var ms: Int64 = 0
        func both(_ until: Int64, _ names: [SourceName]) -> [SourceChoice.Verdict] {
            var last: [SourceChoice.Verdict] = []
            while ms < until {
                last = names.map { choice.hear($0, now: at(ms)) }
                ms += 20
            }
            return last
        }
        #expect(both(500, [.leg(1)]) == [.taken])
        let isChosenAtOnce = choice.add(.leg(2), rank: -2, now: at(ms))
        #expect(!isChosenAtOnce)
        #expect(both(580, [.leg(1), .leg(2)]) == [.taken, .notChosen])
        #expect(both(720, [.leg(1), .leg(2)]) == [.notChosen, .taken])
        let isGivenBack = choice.remove(.leg(2), now: at(ms))
        #expect(isGivenBack)
        #expect(choice.chosen == .leg(1))
    }

    @Test("a device goes on when the page falls silent, the page when it sends again, and one packet of a device interrupts nobody")
    func silentPage() {
        var choice = SourceChoice.microphone
        _ = choice.add(.leg(1), rank: -1, now: at(0))
        _ = choice.add(.equipment(0), rank: 0, now: at(0))
        for ms in stride(from: Int64(0), to: 1_000, by: 20) {
            #expect(choice.hear(.leg(1), now: at(ms)) == .taken)
            if ms == 500 { #expect(choice.hear(.equipment(0), now: at(ms)) == .notChosen) }
        }
        var first: Int64?
        for ms in stride(from: Int64(1_000), to: 2_000, by: 20) where choice.hear(.equipment(0), now: at(ms)) != .notChosen { first = first ?? ms }
        #expect(first.map { $0 <= 1_320 } == true, "\(first ?? -1)")
        var back: Int64?
        for ms in stride(from: Int64(2_000), to: 3_000, by: 20) {
            _ = choice.hear(.equipment(0), now: at(ms))
            if choice.hear(.leg(1), now: at(ms)) != .notChosen { back = back ?? ms }
        }
        #expect(back.map { $0 <= 2_120 } == true, "\(back ?? -1)")
    }

    // MARK: A hall with everything, decoded at the far end

    /// The topology with a room system (sound), an encoder's sound and an encoder's picture in the hall of Yên Mỹ.
    static func equipped(_ text: String) -> String {
        text.replacing(
            "      - {id: cum-loa,",
            with: """
                      - {id: he-phong, name: Hệ thống phòng, kind: decoder, address: 10.37.1.40, port: 6000}
                      - {id: ma-tieng, name: Bộ mã tiếng, kind: decoder, direction: send, address: 10.37.1.41, port: 6000}
                      - {id: ma-hinh, name: Bộ mã hình, kind: decoder, direction: send, codec: vp8, address: 10.37.1.42, port: 6000}
                      - {id: cum-loa,
                """)
    }

    /// One source of sound of the hall: a page or a device, with a tone of its own.
    final class Talker {
        let frequency: Double
        var page: Page?
        let device: Address?
        var isOn = false
        private let voice: EndpointTests.Voice
        private var sequence: UInt16 = 1
        private var timestamp: UInt32 = 0

        init(_ frequency: Double, device: Address? = nil) throws {
            self.frequency = frequency
            self.device = device
            voice = try EndpointTests.Voice(frequency)
        }

        func speak(_ lab: Lab, payloadType: UInt8 = 111) {
            guard isOn else { return }
            let payload = voice.next()
            if let page { return page.sendAudio(payload) }
            guard let device else { return }
            var packet = [UInt8](repeating: 0, count: 600)
            let header = packet.withUnsafeMutableBytes {
                RTPHeader.write(into: $0, payloadType: payloadType, marker: false, sequence: sequence, timestamp: timestamp, ssrc: 4_711)
            }
            sequence &+= 1
            timestamp &+= 960
            packet = Array(packet[..<header]) + payload
            packet.withUnsafeMutableBytes { lab["yen-my"].receive($0, from: device, now: lab.now) }
        }
    }

    @Test(
        "in whatever order page, second page, encoder and room system begin and stop, one of them is heard, and never two",
        arguments: 1...20 as ClosedRange<UInt64>)
    func orders(seed: UInt64) throws {
        let lab = try Lab(seed: seed, change: Self.equipped)
        try lab.begin()
        let listener = try lab.join("phat-diem")
        let types = Dictionary(uniqueKeysWithValues: lab.network.node(id: "yen-my")!.endpoints.map { ($0.address, $0.payloadType) })
        let talkers = try [
            Talker(500), Talker(900), Talker(1_400, device: Address("10.37.1.40", port: 6_000)!),
            Talker(2_000, device: Address("10.37.1.41", port: 6_000)!),
        ]
        for talker in talkers.prefix(2) { talker.page = try lab.join("yen-my") }
        lab.run(.seconds(Int64(1)))
        try lab.giveFloor("yen-my")
        let decoder = try #require(OpusCodecs().makeDecoder())
        var frame = [Int16](repeating: 0, count: 5_760)
        var random = SeededGenerator(seed: seed).fork("orders")
        var step = 0
        // By tenths of a second: which tones the far end hears, and whether any source sent all the while.
        var quiet = 0
        var longestQuiet = 0
        var twice = 0
        var changedAt = 0
        for tenth in 0..<120 {
            if tenth % 10 == 0 {
                talkers.randomElement(using: &random)?.isOn.toggle()
                changedAt = tenth
            }
            listener.keepPayloads()
            let sending = talkers.contains(where: \.isOn)
            lab.run(.milliseconds(100)) {
                if step % 4 == 0 { for talker in talkers { talker.speak(lab, payloadType: talker.device.flatMap { types[$0] } ?? 111) } }
                step += 1
            }
            var sound: [Int16] = []
            for payload in listener.takePayloads() {
                payload.withUnsafeBytes { bytes in
                    let count = frame.withUnsafeMutableBufferPointer { decoder.decode(bytes, forwardErrorCorrection: false, into: $0) }
                    sound += frame[..<(count ?? 0)]
                }
            }
            let heard = talkers.filter { sound.count >= 2_400 && Goertzel.amplitude(of: $0.frequency, in: Array(sound.suffix(2_400))) > 1_500 }
            // Within the tenth in which one takes over both may be in the window.
            if heard.count > 1, tenth - changedAt > 5 { twice += 1 }
            quiet = heard.isEmpty && sending ? quiet + 1 : 0
            longestQuiet = max(longestQuiet, quiet)
        }
        #expect(longestQuiet < 5, "\(longestQuiet) tenths of a second without a voice")
        #expect(twice == 0)
        let sources = lab.snapshot("yen-my").sources.filter { $0.kind == .audio }
        #expect(sources.count { $0.isChosen } <= 1)
        #expect(sources.contains { $0.leftOut > 0 } || talkers.count(where: \.isOn) < 2)
    }

    @Test("a device's sound and another device's picture of one hall are both taken")
    func soundAndPicture() throws {
        let lab = try Lab(seed: 5, change: Self.equipped)
        try lab.begin()
        let listener = try lab.join("phat-diem")
        lab.run(.seconds(Int64(1)))
        let types = Dictionary(uniqueKeysWithValues: lab.network.node(id: "yen-my")!.endpoints.map { ($0.id, $0.payloadType) })
        let sound = try Talker(1_400, device: Address("10.37.1.41", port: 6_000)!)
        sound.isOn = true
        var asked = 0
        var sequence: UInt16 = 0
        var frames: UInt32 = 0
        func picture(key: Bool) {
            frames &+= 1
            var packet = [UInt8](repeating: 0, count: 64)
            let header = packet.withUnsafeMutableBytes {
                RTPHeader.write(into: $0, payloadType: types["ma-hinh"]!, marker: true, sequence: sequence, timestamp: frames &* 6_000, ssrc: 9)
            }
            sequence &+= 1
            packet = Array(packet[..<header]) + [0x10, key ? 0 : 1, 0, 0, 0x9D, 0x01, 0x2A] + [UInt8](repeating: 7, count: 500)
            packet.withUnsafeMutableBytes { lab["yen-my"].receive($0, from: Address("10.37.1.42", port: 6_000)!, now: lab.now) }
        }
        var step = 0
        func send() {
            if step % 4 == 0 { sound.speak(lab, payloadType: types["ma-tieng"]!) }
            // The encoder makes a key frame when it is asked for one, and at its beginning.
            if step % 13 == 0 {
                let wanted = lab.heard.contains { datagram in
                    datagram.at == Address("10.37.1.42", port: 6_000)!
                        && datagram.packet.withUnsafeBytes { bytes in
                            RTPHeader.isRTCP(bytes) && RTCPCompound(bytes).contains { if case .pictureLoss = $0 { true } else { false } }
                        }
                }
                if wanted { asked += 1 }
                lab.heard = []
                picture(key: step == 0 || wanted)
            }
            step += 1
        }
        lab.run(.seconds(Int64(2)), each: send)
        try lab.giveFloor("yen-my", each: send)
        listener.forget()
        lab.run(.seconds(Int64(2)), each: send)
        #expect(listener.arrivals.count { $0.kind == .audio } >= 95)
        #expect(listener.arrivals.count { $0.kind == .video } >= 25)
        #expect(asked > 0, "the encoder was asked for a key frame")
        // A page that joins late sees a picture within half a second.
        let late = try lab.join("kim-dinh")
        lab.run(.milliseconds(300), each: send)
        #expect(late.isUp)
        late.forget()
        lab.run(.milliseconds(500), each: send)
        #expect(late.arrivals.contains { $0.kind == .video })
    }

    @Test("every packet that comes is in some counter: taken, foreign, late, of the wrong edge, of a closed microphone")
    func everyPacketCounts() throws {
        let (lab, speaker, _, _) = try NetworkTests.call(seed: 11)
        let before = lab.snapshot("yen-my").media
        var sent = 0
        lab.run(.seconds(Int64(50))) {
            for _ in 0..<1 {
                speaker.sendAudio()
                sent += 1
            }
        }
        lab.run(.milliseconds(100))
        let after = lab.snapshot("yen-my").media
        #expect(sent == 10_000)
        #expect(after.came(to: .source) - before.came(to: .source) == UInt64(sent))
        var ended: UInt64 = 0
        for stage in [MediaStage.source, .ingress, .gate, .share, .choice, .forward] { ended += after.dropped(at: stage) - before.dropped(at: stage) }
        let left = after.sent(to: .trunk) - before.sent(to: .trunk)
        #expect(ended + left == UInt64(sent), "\(ended) ended, \(left) left over the trunk")
        for (stage, next) in [(MediaStage.source, MediaStage.ingress), (.ingress, .gate), (.gate, .share), (.share, .choice), (.choice, .forward)] {
            #expect(after.passed(stage) - before.passed(stage) == after.came(to: next) - before.came(to: next), "\(stage) to \(next)")
        }
    }
}
