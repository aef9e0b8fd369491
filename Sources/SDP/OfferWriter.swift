import Basics

/// A bot's offer in the shape of a page's, and what its answer must fit.
public struct OfferTerms: Sendable {
    /// Payload types of our offers; nobody else may rely on them.
    private static func payloadType(_ codec: Codec) -> UInt8 {
        switch codec {
        case .opus: 111
        case .vp8: 96
        case .h264: 97
        }
    }
    private static let shape: [(kind: MediaKind, index: Int, direction: MediaDirection)] = [
        (.audio, 0, .sendrecv), (.video, 0, .sendrecv), (.audio, 1, .recvonly), (.audio, 2, .recvonly),
        (.video, 1, .recvonly),
    ]

    private let settings: OfferSettings
    /// The offer.
    public let text: String

    /// `local` are our ICE credentials, `fingerprint` our certificate's SHA-256, `sessionID` the o-line's number.
    public init(_ settings: OfferSettings, local: ICECredentials, fingerprint: [UInt8], sessionID: UInt64) {
        self.settings = settings
        var sdp = SDPText(origin: sessionID, address: nil)
        sdp.line("a=group:BUNDLE " + OfferTerms.shape.indices.map(String.init).joined(separator: " "))
        sdp.line("a=msid-semantic: WMS *")
        for (i, section) in OfferTerms.shape.enumerated() {
            let audio = section.kind == .audio
            let codecs: [Codec] = audio ? [.opus] : settings.videoCodecs.filter { $0.kind == .video }
            let types = codecs.map { String(OfferTerms.payloadType($0)) }.joined(separator: " ")
            sdp.line("m=\(audio ? "audio" : "video") 9 UDP/TLS/RTP/SAVPF \(types)")
            sdp.line(sdp.connection)
            sdp.mid(String(i))
            sdp.line("a=" + section.direction.rawValue)
            sdp.transport(local, fingerprint: fingerprint, setup: .actpass)
            sdp.line("a=rtcp-mux")
            sdp.line("a=rtcp-rsize")
            var slot = MediaSlot(
                kind: section.kind, index: section.index, mid: String(i), codec: .opus, payloadType: 0,
                sends: section.direction.sends, receives: true,
                localSSRC: audio ? settings.audioSSRC : settings.videoSSRC, remoteSSRCs: [], audioLevelID: nil,
                nack: !audio, pictureLoss: !audio, fullIntraRequest: !audio, remb: !audio)
            for codec in codecs {
                slot.codec = codec
                slot.payloadType = OfferTerms.payloadType(codec)
                let parameters: String? =
                    switch codec {
                    case .opus: "minptime=10;useinbandfec=1;usedtx=1"
                    case .vp8: nil
                    case .h264: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
                    }
                sdp.format(slot, parameters: parameters)
            }
            if audio { sdp.line("a=extmap:1 " + ExtensionURI.audioLevel) }
            if slot.sends { sdp.source(slot, cname: settings.cname, stream: "camera") }
        }
        text = sdp.text
    }

    /// What an answer to this offer agreed on, and how to reach its writer.
    public func accept(
        _ answer: SessionDescription
    ) throws(NegotiationError) -> (media: NegotiatedMedia, credentials: ICECredentials, fingerprints: [[UInt8]], remote: Address) {
        guard answer.sections.count == OfferTerms.shape.count else { throw .answerMismatch }
        var slots: [MediaSlot] = []
        var anchor: MediaSection?
        for (section, offered) in zip(answer.sections, OfferTerms.shape) {
            guard section.kind == offered.kind else { throw .answerMismatch }
            if section.port == 0 { continue }
            guard section.transport.isSecureRTP, section.rtcpMux else { throw .unsupportedTransport }
            let codecs: [Codec] = offered.kind == .audio ? [.opus] : settings.videoCodecs
            var found: (codec: Codec, format: PayloadFormat)?
            for codec in codecs {
                guard found == nil, let format = section.format(for: codec),
                    format.payloadType == OfferTerms.payloadType(codec)
                else { continue }
                found = (codec, format)
            }
            guard let found else { throw .answerMismatch }
            anchor = anchor ?? section
            slots.append(
                MediaSlot(
                    section, kind: offered.kind, index: offered.index, codec: found.codec, format: found.format,
                    sends: section.direction.receives && offered.direction.sends, receives: section.direction.sends,
                    localSSRC: offered.index > 0 ? 0 : offered.kind == .audio ? settings.audioSSRC : settings.videoSSRC))
        }
        guard let anchor else { throw .noMedia }
        guard let credentials = answer.credentials(anchor) else { throw .noCredentials }
        let fingerprints = answer.fingerprints(anchor)
        guard !fingerprints.isEmpty else { throw .noFingerprint }
        guard answer.setup(anchor) == .passive else { throw .wrongSetup }
        guard let remote = answer.sections.lazy.compactMap(\.candidate).first else { throw .answerMismatch }
        return (NegotiatedMedia(slots: slots, cname: settings.cname), credentials, fingerprints, remote)
    }
}
