import Basics
import Console
import SDP

extension NegotiationError {
    /// What is wrong with an offer, for whoever writes the client.
    func sentence(_ language: Language) -> String {
        let (vi, en): (String, String) =
            switch self {
            case .malformed(let line, let what): ("SDP dòng \(line): \(what) không đọc được", "line \(line) of the SDP: \(what) cannot be read")
            case .tooLarge: ("SDP quá dài hoặc quá nhiều m-line", "the SDP is too long, or has too many m-lines")
            case .noMedia: ("không có m-line tiếng hay hình nào dùng được", "no m-line of sound or pictures can be used")
            case .notBundled:
                ("các m-line phải chung một BUNDLE, mỗi dòng một mid (RFC 9143)", "m-lines must share one BUNDLE, each with a mid of its own (RFC 9143)")
            case .unsupportedTransport: ("cần UDP/TLS/RTP/SAVPF và a=rtcp-mux", "UDP/TLS/RTP/SAVPF and a=rtcp-mux are needed")
            case .noCredentials: ("thiếu a=ice-ufrag hoặc a=ice-pwd (RFC 8839)", "a=ice-ufrag or a=ice-pwd is missing (RFC 8839)")
            case .noFingerprint: ("thiếu a=fingerprint:sha-256 (RFC 8122)", "a=fingerprint:sha-256 is missing (RFC 8122)")
            case .wrongSetup: ("a=setup phải là actpass hoặc active", "a=setup must be actpass or active")
            case .noCommonCodec(let codec):
                (
                    "không có \(codec.words) mà cuộc họp dùng", "the meeting's \(codec.words) is not offered"
                )
            case .answerMismatch: ("câu trả lời không khớp lời mời", "the answer does not fit the offer")
            }
        return language == .english ? en : vi
    }

    /// The line of the text, from 1, where one can be named.
    var line: Int? { if case .malformed(let line, _) = self { line } else { nil } }
}

extension Codec {
    fileprivate var words: String {
        switch self {
        case .opus: "Opus (opus/48000/2)"
        case .vp8: "VP8"
        case .h264: "H.264 (constrained baseline, packetization-mode=1)"
        }
    }
}
