import Basics

@testable import SDP

/// SDP offers: what is read stays within its limits, and our answer to it can be read.
enum SDPTarget: FuzzTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let offer = try? SessionDescription(parsing: text) else { return }
        promise(offer.sections.count <= SessionDescription.maximumSections, "\(offer.sections.count) m-lines")
        for section in offer.sections {
            promise(section.formats.count <= SessionDescription.maximumItems, "\(section.formats.count) formats")
            promise(section.extensions.count <= SessionDescription.maximumItems, "\(section.extensions.count) extensions")
            promise(section.ssrcs.count <= SessionDescription.maximumItems, "\(section.ssrcs.count) SSRCs")
        }
        for codec in [Codec.vp8, .h264] { answer(offer, codec) }
    }

    private static func answer(_ offer: SessionDescription, _ codec: Codec) {
        let settings = AnswerSettings(
            address: Address(ipv4: 0x7F00_0001, port: 5_000), videoCodec: codec, audioSSRCs: [1, 2, 3], videoSSRCs: [4, 5], cname: "node",
            audioOnlyWithoutCodec: codec == .vp8)
        let local = ICECredentials(username: "ours", password: "aaaaaaaaaaaaaaaaaaaaaa")
        guard
            let terms = try? AnswerTerms(
                offer: offer, settings: settings, local: local, fingerprint: [UInt8](repeating: 0xAB, count: 32), sessionID: 7)
        else { return }
        promise(!terms.fingerprints.isEmpty && terms.fingerprints.allSatisfy { $0.count == 32 }, "SHA-256 fingerprints only")
        promise(terms.media.slots.count <= 5, "\(terms.media.slots.count) slots")
        do {
            let same = try SessionDescription(parsing: terms.text)
            promise(same.sections.count == offer.sections.count, "an answer has the offer's m-lines")
            for (mine, theirs) in zip(same.sections, offer.sections) {
                promise(mine.media == theirs.media, "\(theirs.media) was answered with \(mine.media)")
            }
        } catch {
            promise(false, "our own answer is refused: \(error)")
        }
    }

    static var seeds: [[UInt8]] {
        let head = "v=0\no=- 6908008053851847188 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"
        let session = """
            a=ice-ufrag:YZmf\na=ice-pwd:Y9gbIxelUdHPWLst52FvBhy6\na=ice-options:trickle\na=fingerprint:sha-256 \
            7E:B3:29:7B:71:3D:A6:6A:84:5C:E8:5C:F7:DD:A8:39:EC:E5:BD:2D:B5:17:45:1A:B1:98:A1:63:EA:AB:75:EB\na=setup:actpass

            """
        func audio(_ mid: Int, _ direction: String) -> String {
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\nc=IN IP4 0.0.0.0\na=mid:\(mid)\na=\(direction)\na=rtcp-mux\na=rtcp-rsize\n"
                + "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\na=extmap:4/recvonly urn:ietf:params:rtp-hdrext:sdes:mid\n"
                + "a=rtpmap:111 opus/48000/2\na=rtcp-fb:111 transport-cc\na=fmtp:111 minptime=10;useinbandfec=1\n"
                + "a=rtpmap:63 red/48000/2\na=ssrc:3649670238 cname:cN4lxFO5\na=msid:stream track\n"
        }
        func video(_ mid: Int, _ direction: String) -> String {
            "m=video 9 UDP/TLS/RTP/SAVPF 96 97 103\nc=IN IP4 0.0.0.0\na=mid:\(mid)\na=\(direction)\na=rtcp-mux\na=rtpmap:96 VP8/90000\n"
                + "a=rtcp-fb:96 goog-remb\na=rtcp-fb:96 ccm fir\na=rtcp-fb:96 nack\na=rtcp-fb:96 nack pli\na=rtpmap:97 rtx/90000\n"
                + "a=fmtp:97 apt=96\na=rtpmap:103 H264/90000\na=rtcp-fb:103 nack pli\n"
                + "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\na=ssrc-group:FID 1 2\na=ssrc:1 cname:x\n"
        }
        func text(_ lines: String) -> [UInt8] { Array(lines.split(separator: "\n").map { $0 + "\r\n" }.joined().utf8) }
        let page = audio(0, "sendrecv") + video(1, "sendrecv") + audio(2, "recvonly") + audio(3, "recvonly") + video(4, "recvonly")
        return [
            text(head + "a=group:BUNDLE 0 1 2 3 4\n" + session + page),
            text(head + "a=group:BUNDLE 0\n" + session + audio(0, "sendrecv")),
            text(head + "a=group:BUNDLE 0 1\n" + session + audio(0, "sendrecv") + video(1, "sendonly")),
            text(head + session + audio(0, "inactive")),
            text(head + "a=ice-lite\n" + session + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:0\n"),
            text(head + "a=group:BUNDLE 0\n" + session + audio(0, "sendrecv") + "a=candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host\n"),
            text("v=0\n"),
        ]
    }
}
