import Basics
import Testing

@testable import SDP

@Suite("Offer and answer")
struct NegotiationTests {
    static let local = ICECredentials(username: "node4567", password: "0123456789012345678901234")
    static let fingerprint = [UInt8](0..<32)

    static func settings(_ codec: Codec = .vp8) -> AnswerSettings {
        AnswerSettings(
            address: Address(ipv4: 0x7F00_1203, port: 40_000), videoCodec: codec, audioSSRCs: [101, 102, 103],
            videoSSRCs: [201, 202], cname: "my-tu")
    }
    static func answer(_ offer: String, _ settings: AnswerSettings = settings()) throws(NegotiationError) -> AnswerTerms {
        try AnswerTerms(
            offer: SessionDescription(parsing: offer), settings: settings, local: local, fingerprint: fingerprint, sessionID: 84)
    }
    /// `kind index mid codec/type sends receives ssrc remote… level feedback` of each slot.
    static func lines(_ media: NegotiatedMedia) -> [String] {
        media.slots.map { s in
            let ids = s.audioLevelID.map(String.init) ?? "-"
            let feedback = [(s.nack, "n"), (s.pictureLoss, "p"), (s.fullIntraRequest, "f"), (s.remb, "r")]
                .filter(\.0).map(\.1).joined()
            return "\(s.kind)\(s.index) mid=\(s.mid) \(s.codec)/\(s.payloadType) \(s.sends ? "S" : "-")\(s.receives ? "R" : "-") "
                + "\(s.localSSRC)<\(s.remoteSSRCs.map(String.init).joined(separator: ",")) ext=\(ids) fb=\(feedback)"
        }
    }

    @Test("Chromium's offer with VP8")
    func chromium() throws {
        let terms = try Self.answer(OfferFixtures.chromium)
        #expect(
            Self.lines(terms.media) == [
                "audio0 mid=0 opus/111 SR 101<3649670238 ext=1 fb=",
                "video0 mid=1 vp8/96 SR 201<901925478,819880801 ext=- fb=npfr",
                "audio1 mid=2 opus/111 S- 102< ext=1 fb=",
                "audio2 mid=3 opus/111 S- 103< ext=1 fb=",
                "video1 mid=4 vp8/96 S- 202< ext=- fb=npfr",
            ])
        #expect(terms.remote == ICECredentials(username: "YZmf", password: "Y9gbIxelUdHPWLst52FvBhy6"))
        #expect(terms.fingerprints.count == 1 && terms.fingerprints[0].starts(with: [0x7E, 0xB3, 0x29]))
        #expect(terms.media.receiving(payloadType: 96)?.mid == "1")
        #expect(!terms.text.contains("transport-cc"))
    }

    @Test("the answer's first and second sections, to the letter")
    func text() throws {
        let text = try Self.answer(OfferFixtures.chromium, Self.settings(.h264)).text
        let expected = """
            v=0
            o=nhipcau 42 1 IN IP4 127.0.18.3
            s=-
            t=0 0
            a=group:BUNDLE 0 1 2 3 4
            a=ice-lite
            a=msid-semantic: WMS *
            m=audio 40000 UDP/TLS/RTP/SAVPF 111
            c=IN IP4 127.0.18.3
            a=mid:0
            a=sendrecv
            a=ice-ufrag:node4567
            a=ice-pwd:0123456789012345678901234
            a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F
            a=setup:passive
            a=rtcp-mux
            a=rtcp-rsize
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=msid:speaker audio-0
            a=ssrc:101 cname:my-tu
            a=ssrc:101 msid:speaker audio-0
            a=candidate:1 1 udp 2130706431 127.0.18.3 40000 typ host
            a=end-of-candidates
            m=video 40000 UDP/TLS/RTP/SAVPF 108
            c=IN IP4 127.0.18.3
            a=mid:1
            a=sendrecv
            a=ice-ufrag:node4567
            a=ice-pwd:0123456789012345678901234
            a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F
            a=setup:passive
            a=rtcp-mux
            a=rtcp-rsize
            a=rtpmap:108 H264/90000
            a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
            a=rtcp-fb:108 nack
            a=rtcp-fb:108 nack pli
            a=rtcp-fb:108 ccm fir
            a=rtcp-fb:108 goog-remb
            a=msid:speaker video-0
            a=ssrc:201 cname:my-tu
            a=ssrc:201 msid:speaker video-0
            a=candidate:1 1 udp 2130706431 127.0.18.3 40000 typ host
            a=end-of-candidates

            """
        let sections = text.components(upTo: 2)
        #expect(sections == expected.split(separator: "\n").map(String.init))
        #expect(text.contains("a=msid:voices-1 audio-1\r\n") && text.contains("a=msid:chair video-1\r\n"))
    }

    @Test("the answer bounds a voice by the meeting's rate")
    func audioRate() throws {
        var settings = Self.settings()
        settings.audioRate = .kbps(24)
        let text = try Self.answer(OfferFixtures.chromium, settings).text
        #expect(text.contains("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=24000\r\n"))
        #expect(!(try Self.answer(OfferFixtures.chromium).text.contains("maxaveragebitrate")))
    }

    @Test("a direction at the session's head holds for m-lines that name none")
    func sessionDirection() throws {
        let offer = OfferFixtures.chromium.split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("a=sendrecv") && !$0.hasPrefix("a=recvonly") && !$0.hasPrefix("a=sendonly") }
            .flatMap { $0.hasPrefix("t=0 0") ? [String($0), "a=recvonly"] : [String($0)] }.map { $0 + "\r\n" }.joined()
        let media = try Self.answer(offer).media
        #expect(!media.slots.isEmpty && media.slots.allSatisfy { $0.sends && !$0.receives })
    }

    @Test("Firefox's offer: bundle-only m-lines, session fingerprint, recvonly extensions")
    func firefox() throws {
        let terms = try Self.answer(OfferFixtures.firefox)
        #expect(
            Self.lines(terms.media) == [
                "audio0 mid=0 opus/109 SR 101<2154787219 ext=1 fb=",
                "video0 mid=1 vp8/120 SR 201<1201873401,3390113021 ext=- fb=npfr",
                "audio1 mid=2 opus/109 S- 102<90002 ext=1 fb=",
                "audio2 mid=3 opus/109 S- 103<90003 ext=1 fb=",
                "video1 mid=4 vp8/120 S- 202<90004 ext=- fb=npfr",
            ])
        #expect(throws: NegotiationError.noCommonCodec(.h264)) { try Self.answer(OfferFixtures.firefox, Self.settings(.h264)) }
    }

    @Test("without the meeting's codec a client may be answered with sound alone")
    func audioOnly() throws {
        var settings = Self.settings(.h264)
        settings.audioOnlyWithoutCodec = true
        let terms = try Self.answer(OfferFixtures.firefox, settings)
        #expect(terms.media.slots.map(\.mid) == ["0", "2", "3"])
        #expect(terms.text.contains("a=group:BUNDLE 0 2 3\r\n"))
        #expect(terms.text.contains("m=video 0 UDP/TLS/RTP/SAVPF 120\r\nc=IN IP4 127.0.18.3\r\na=mid:1\r\na=inactive\r\n"))
    }

    @Test("aiortc's offer: three fingerprints, candidates, other payload types")
    func aiortc() throws {
        let terms = try Self.answer(OfferFixtures.aiortc, Self.settings(.h264))
        #expect(
            Self.lines(terms.media) == [
                "audio0 mid=0 opus/96 SR 101<453342347 ext=2 fb=",
                "video0 mid=1 h264/101 SR 201<338222701,2985588688 ext=- fb=npr",
                "audio1 mid=2 opus/96 S- 102<1865520358 ext=2 fb=",
                "audio2 mid=3 opus/96 S- 103<2738171761 ext=2 fb=",
                "video1 mid=4 h264/101 S- 202<2318374985,1173593361 ext=- fb=npr",
            ])
        #expect(terms.fingerprints.count == 1 && terms.fingerprints[0].count == 32)
        #expect(!terms.text.contains("rtcp-rsize"))
    }

    @Test("fewer m-lines are accepted, foreign ones rejected with port 0")
    func otherShapes() throws {
        let one = OfferFixtures.chromium.components(upTo: 1).joined(separator: "\r\n") + "\r\n"
        #expect(try Self.answer(one).media.slots.map(\.mid) == ["0"])
        let data = one + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"
        let terms = try Self.answer(data)
        #expect(terms.text.contains("a=group:BUNDLE 0\r\n"))
        #expect(terms.text.contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"))
        var settings = Self.settings()
        settings.audioSSRCs = [101]
        #expect(try Self.answer(OfferFixtures.chromium, settings).media.slots.map(\.mid) == ["0", "1", "4"])
    }

    @Test(
        "what an offer may lack, and what is said then",
        arguments: [
            ("a=rtcp-mux\r\n", NegotiationError.unsupportedTransport), ("a=ice-pwd:Y9gbIxelUdHPWLst52FvBhy6\r\n", .noCredentials),
            ("a=setup:actpass\r\n", .wrongSetup), ("a=group:BUNDLE 0 1 2 3 4\r\n", .notBundled),
            ("a=rtpmap:111 opus/48000/2\r\n", .noCommonCodec(.opus)), ("a=rtpmap:96 VP8/90000\r\n", .noCommonCodec(.vp8)),
        ])
    func lacking(_ line: String, _ error: NegotiationError) {
        #expect(throws: error) { try Self.answer(OfferFixtures.chromium.removing(line)) }
    }

    @Test(
        "broken texts are refused with their line",
        arguments: [
            ("", NegotiationError.malformed(line: 1, "empty")), ("hello", .malformed(line: 1, "expected TYPE=VALUE")),
            ("o=x\r\n", .malformed(line: 1, "expected v=0")), ("v=0\r\nm=audio x y\r\n", .malformed(line: 2, "m-line")),
            ("v=0\nm=audio 9 UDP/TLS/RTP/SAVPF 111\na=fingerprint:sha-256 AB:CD\n", .malformed(line: 3, "a=fingerprint")),
            ("v=0\na=mid:1\rm=x\n", .malformed(line: 2, "expected TYPE=VALUE")),
            ("v=0\r\n", .noMedia), (String(repeating: "v=0\r\n", count: 14_000), .tooLarge),
        ])
    func broken(_ text: String, _ error: NegotiationError) {
        #expect(throws: error) { try Self.answer(text) }
    }

    @Test("a bot's offer and the node's answer agree", arguments: [Codec.vp8, .h264])
    func bot(_ codec: Codec) throws {
        let offer = OfferTerms(
            OfferSettings(audioSSRC: 11, videoSSRC: 12, cname: "bot"),
            local: ICECredentials(username: "bott", password: "9876543210987654321098"), fingerprint: Self.fingerprint, sessionID: 2)
        let terms = try Self.answer(offer.text, Self.settings(codec))
        let type = codec == .vp8 ? 96 : 97
        #expect(
            Self.lines(terms.media) == [
                "audio0 mid=0 opus/111 SR 101<11 ext=1 fb=", "video0 mid=1 \(codec)/\(type) SR 201<12 ext=- fb=npfr",
                "audio1 mid=2 opus/111 S- 102< ext=1 fb=", "audio2 mid=3 opus/111 S- 103< ext=1 fb=",
                "video1 mid=4 \(codec)/\(type) S- 202< ext=- fb=npfr",
            ])
        let accepted = try offer.accept(SessionDescription(parsing: terms.text))
        #expect(
            Self.lines(accepted.media) == [
                "audio0 mid=0 opus/111 SR 11<101 ext=1 fb=", "video0 mid=1 \(codec)/\(type) SR 12<201 ext=- fb=npfr",
                "audio1 mid=2 opus/111 -R 0<102 ext=1 fb=", "audio2 mid=3 opus/111 -R 0<103 ext=1 fb=",
                "video1 mid=4 \(codec)/\(type) -R 0<202 ext=- fb=npfr",
            ])
        #expect(accepted.remote == Self.settings().address && accepted.credentials == Self.local)
        #expect(accepted.fingerprints == [Self.fingerprint])
    }

    @Test("mutated offers never trap, and each answer given reads well", arguments: ["chromium", "firefox", "aiortc"])
    func mutated(_ client: String) {
        let offer =
            client == "chromium"
            ? OfferFixtures.chromium : client == "firefox" ? OfferFixtures.firefox : OfferFixtures.aiortc
        var random = SeededGenerator(seed: 5)
        let original = Array(offer.utf8)
        for _ in 0..<300 {
            var copy = original
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let at = Int.random(in: 0..<copy.count, using: &random)
                switch random.next() % 4 {
                case 0: copy[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: copy.remove(at: at)
                case 2: copy.insert(UInt8.random(in: 0x20...0x7E, using: &random), at: at)
                default: copy.removeSubrange(at..<min(copy.count, at + 40))
                }
            }
            guard let terms = try? Self.answer(String(decoding: copy, as: UTF8.self)) else { continue }
            #expect((try? SessionDescription(parsing: terms.text)) != nil)
        }
    }
}

extension String {
    /// Lines of the session and of its first `count` sections.
    fileprivate func components(upTo count: Int) -> [String] {
        var sections = 0
        var result: [String] = []
        for line in split(separator: "\r\n") {
            if line.hasPrefix("m=") { sections += 1 }
            if sections > count { break }
            result.append(String(line))
        }
        return result
    }
    fileprivate func removing(_ line: String) -> String {
        split(separator: "\r\n").filter { $0 + "\r\n" != line }.joined(separator: "\r\n") + "\r\n"
    }
}
