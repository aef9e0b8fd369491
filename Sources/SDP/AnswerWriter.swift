import Basics

/// The header extensions we answer, by their URIs.
enum ExtensionURI {
    /// RFC 6464.
    static let audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
}

/// What an offer and the node's settings agree on, and the answer's text.
public struct AnswerTerms: Sendable {
    public var media: NegotiatedMedia
    /// The offer's writer's.
    public var remote: ICECredentials
    /// SHA-256 of certificates that the offer's writer may show; at least one.
    public var fingerprints: [[UInt8]]
    /// The answer.
    public var text: String

    /// `local` are our ICE credentials, `fingerprint` our certificate's SHA-256, `sessionID` the o-line's number.
    public init(
        offer: SessionDescription, settings: AnswerSettings, local: ICECredentials, fingerprint: [UInt8], sessionID: UInt64
    ) throws(NegotiationError) {
        var slots: [MediaSlot?] = []
        var chosen: [PayloadFormat?] = []
        var counts = (audio: 0, video: 0)
        var anchor: MediaSection?
        if offer.bundle.isEmpty, offer.sections.count > 1 { throw .notBundled }
        for (i, section) in offer.sections.enumerated() {
            if offer.sections[..<i].contains(where: { $0.mid == section.mid }) { throw .notBundled }
            let bundled = offer.bundle.isEmpty || offer.bundle.contains(section.mid)
            // In a bundle port 0 only says bundle-only (RFC 9143 section 6); outside it the m-line is off.
            guard let kind = section.kind, bundled, section.port != 0 || !offer.bundle.isEmpty else {
                slots.append(nil)
                chosen.append(nil)
                continue
            }
            let index = kind == .audio ? counts.audio : counts.video
            if kind == .audio { counts.audio += 1 } else { counts.video += 1 }
            let ssrcs = kind == .audio ? settings.audioSSRCs : settings.videoSSRCs
            let codec: Codec = kind == .audio ? .opus : settings.videoCodec
            guard index < ssrcs.count else {
                slots.append(nil)
                chosen.append(nil)
                continue
            }
            guard section.transport.isSecureRTP, section.rtcpMux else { throw .unsupportedTransport }
            guard let format = section.format(for: codec) else {
                guard kind == .video, settings.audioOnlyWithoutCodec else { throw .noCommonCodec(codec) }
                slots.append(nil)
                chosen.append(nil)
                continue
            }
            anchor = anchor ?? section
            slots.append(
                MediaSlot(
                    section, kind: kind, index: index, codec: codec, format: format,
                    sends: section.direction.receives, receives: section.direction.sends && index == 0,
                    localSSRC: ssrcs[index]))
            chosen.append(format)
        }
        guard let anchor else { throw .noMedia }
        guard let remote = offer.credentials(anchor) else { throw .noCredentials }
        let fingerprints = offer.fingerprints(anchor)
        guard !fingerprints.isEmpty else { throw .noFingerprint }
        guard let setup = offer.setup(anchor), setup == .actpass || setup == .active else { throw .wrongSetup }

        media = NegotiatedMedia(slots: slots.compactMap { $0 }, cname: settings.cname)
        self.remote = remote
        self.fingerprints = fingerprints

        var sdp = SDPText(origin: sessionID, address: settings.address)
        if !offer.bundle.isEmpty {
            sdp.line("a=group:BUNDLE " + media.slots.map(\.mid).joined(separator: " "))
        }
        sdp.line("a=ice-lite")
        sdp.line("a=msid-semantic: WMS *")
        for (i, section) in offer.sections.enumerated() {
            guard let slot = slots[i], let format = chosen[i] else {
                sdp.reject(section)
                continue
            }
            sdp.line("m=\(section.media) \(settings.address.port) \(section.transport) \(slot.payloadType)")
            sdp.line(sdp.connection)
            sdp.mid(slot.mid)
            sdp.line("a=" + MediaDirection(sends: slot.sends, receives: slot.receives).rawValue)
            sdp.transport(local, fingerprint: fingerprint, setup: .passive)
            sdp.line("a=rtcp-mux")
            if section.reducedSize { sdp.line("a=rtcp-rsize") }
            sdp.format(slot, parameters: slot.codec.answerParameters(to: format, audioRate: settings.audioRate))
            for wanted in section.extensions where wanted.isAnswered(for: slot.kind) {
                let suffix = wanted.direction == .sendrecv ? "" : "/" + wanted.direction.mirrored.rawValue
                sdp.line("a=extmap:\(wanted.id)\(suffix) \(wanted.uri)")
            }
            if slot.sends { sdp.source(slot, cname: settings.cname, stream: slot.streamName) }
            // Under every m-line: aiortc reads only those of the last one that shares a transport.
            sdp.line("a=candidate:1 1 udp 2130706431 \(settings.address.host) \(settings.address.port) typ host")
            sdp.line("a=end-of-candidates")
        }
        text = sdp.text
    }
}

extension MediaSection {
    /// The offered format to use for a codec; nil if there is none.
    func format(for codec: Codec) -> PayloadFormat? {
        switch codec {
        case .opus: return formats.first { $0.name == "opus" && $0.clockRate == 48_000 && $0.channels == 2 }
        case .vp8: return formats.first { $0.name == "vp8" && $0.clockRate == 90_000 }
        case .h264:
            let usable = formats.filter {
                $0.name == "h264" && $0.clockRate == 90_000 && $0.parameter("packetization-mode") == "1"
            }
            // Constrained baseline first; a plain baseline decoder plays it as well (RFC 6184 section 8.1).
            return usable.first { $0.h264Profile == .constrainedBaseline } ?? usable.first { $0.h264Profile == .baseline }
        }
    }
}

extension PayloadFormat {
    enum H264Profile { case constrainedBaseline, baseline, other }

    /// By profile_idc and the constraint flags (RFC 6184 table 5); without the parameter it is baseline, level 1.
    var h264Profile: H264Profile {
        guard let text = parameter("profile-level-id") else { return .baseline }
        guard text.utf8.count == 6, let value = UInt32(text, radix: 16) else { return .other }
        let constraints = value >> 8 & 0xFF
        switch value >> 16 {
        case 0x42: return constraints & 0x40 != 0 ? .constrainedBaseline : .baseline
        case 0x4D: return constraints & 0x80 != 0 ? .constrainedBaseline : .other
        case 0x58: return constraints & 0xC0 == 0xC0 ? .constrainedBaseline : .other
        default: return .other
        }
    }
}

extension Codec {
    /// The fmtp parameters of an answer; nil for none.
    func answerParameters(to offered: PayloadFormat, audioRate: Bitrate?) -> String? {
        switch self {
        case .opus:
            // What the remote may send at most (RFC 7587 section 6.1).
            let rate = audioRate.map { ";maxaveragebitrate=\(min(max($0.bitsPerSecond, 6_000), 510_000))" } ?? ""
            return "minptime=10;useinbandfec=1;usedtx=1" + rate
        case .vp8: return nil
        case .h264:
            // The answer's profile must be the offer's (RFC 6184 section 8.2.2).
            let hex = offered.parameter("profile-level-id") ?? "42e01f"
            return "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + hex
        }
    }
    var rtpmap: String {
        switch self {
        case .opus: "opus/48000/2"
        case .vp8: "VP8/90000"
        case .h264: "H264/90000"
        }
    }
}

extension HeaderExtension {
    /// One-byte headers only (RFC 8285 section 4.2), of what we read. Streams of a bundle are told apart by their SSRC and payload type.
    func isAnswered(for kind: MediaKind) -> Bool {
        guard (1...14).contains(id), direction != .inactive else { return false }
        return uri == ExtensionURI.audioLevel && kind == .audio
    }
}

extension MediaSlot {
    init(
        _ section: MediaSection, kind: MediaKind, index: Int, codec: Codec, format: PayloadFormat, sends: Bool,
        receives: Bool, localSSRC: UInt32
    ) {
        func id(_ uri: String) -> UInt8? {
            section.extensions.first { $0.uri == uri && $0.isAnswered(for: kind) && $0.direction.sends }.map { UInt8($0.id) }
        }
        let feedback: FeedbackKinds = kind == .video ? format.feedback.union(section.feedback) : []
        self.init(
            kind: kind, index: index, mid: section.mid, codec: codec, payloadType: format.payloadType, sends: sends,
            receives: receives, localSSRC: localSSRC, remoteSSRCs: section.ssrcs, audioLevelID: id(ExtensionURI.audioLevel),
            nack: feedback.contains(.nack), pictureLoss: feedback.contains(.pictureLoss),
            fullIntraRequest: feedback.contains(.fullIntraRequest), remb: feedback.contains(.remb))
    }

    /// The MediaStream that a page puts this slot into: sound and picture of the speaker are played together.
    var streamName: String {
        if index == 0 { return "speaker" }
        return kind == .audio ? "voices-\(index)" : "chair"
    }
}

extension String {
    /// The RTP profiles over DTLS (RFC 5764 section 8; the TCP one is written by some clients for UDP).
    var isSecureRTP: Bool { self == "UDP/TLS/RTP/SAVPF" || self == "UDP/TLS/RTP/SAVP" || self == "RTP/SAVPF" }
}
