import Basics

/// One m-line that both sides agreed on.
///
/// Slots are counted per kind: audio 0 and video 0 are the speaker, audio 1–2 further voices, video 1 the chair.
public struct MediaSlot: Hashable, Sendable {
    public var kind: MediaKind
    /// 0…2 for audio, 0…1 for video.
    public var index: Int
    /// The m-line's name in the SDP (`a=mid`, RFC 5888).
    public var mid: String
    public var codec: Codec
    /// The same in both directions.
    public var payloadType: UInt8
    /// We may send on it.
    public var sends: Bool
    /// The remote may send on it.
    public var receives: Bool
    /// Our SSRC when we send.
    public var localSSRC: UInt32
    /// The SSRCs that the remote announced; may be empty (Firefox with some settings, simulcast).
    public var remoteSSRCs: [UInt32]
    /// The extension's id of the audio levels that the remote sends (RFC 6464); nil: it sends none.
    public var audioLevelID: UInt8?
    /// Feedback both sides agreed on.
    public var nack: Bool
    /// PLI (RFC 4585 section 6.3.1).
    public var pictureLoss: Bool
    /// FIR (RFC 5104 section 4.3.1).
    public var fullIntraRequest: Bool
    /// `goog-remb` (draft-alvestrand-rmcat-remb-03).
    public var remb: Bool
}

/// What offer and answer agreed on.
public struct NegotiatedMedia: Hashable, Sendable {
    /// In the order of the m-lines; rejected ones are not among them.
    public var slots: [MediaSlot]
    /// Our own; the remote's is not read.
    public var cname: String

    /// The slot of that kind and place; nil if it was not agreed.
    public func slot(_ kind: MediaKind, _ index: Int) -> MediaSlot? {
        slots.first { $0.kind == kind && $0.index == index }
    }
    /// The slot on which the remote sends that payload type.
    public func receiving(payloadType: UInt8) -> MediaSlot? {
        slots.first { $0.receives && $0.payloadType == payloadType }
    }
}

/// What the node puts into an answer.
public struct AnswerSettings: Sendable {
    /// The node's media address: the one host candidate.
    public var address: Address
    /// The meeting's codec: ``Codec/vp8`` or ``Codec/h264``.
    public var videoCodec: Codec
    /// Our SSRC for each slot: three of audio, two of video, all different.
    public var audioSSRCs: [UInt32]
    public var videoSSRCs: [UInt32]
    /// RTCP's canonical name, one for all slots so that sound and picture are played together (RFC 7022).
    public var cname: String
    /// A client without the meeting's codec is answered without video instead of refused.
    public var audioOnlyWithoutCodec: Bool
    /// What the remote's voice may take at most, Opus alone; nil: whatever it likes.
    public var audioRate: Bitrate?
    public init(
        address: Address, videoCodec: Codec, audioSSRCs: [UInt32], videoSSRCs: [UInt32], cname: String,
        audioOnlyWithoutCodec: Bool = false, audioRate: Bitrate? = nil
    ) {
        self.address = address
        self.videoCodec = videoCodec
        self.audioSSRCs = audioSSRCs
        self.videoSSRCs = videoSSRCs
        self.cname = cname
        self.audioOnlyWithoutCodec = audioOnlyWithoutCodec
        self.audioRate = audioRate
    }
}

/// What a bot puts into an offer.
public struct OfferSettings: Sendable {
    /// The first that the answer takes is used.
    public var videoCodecs: [Codec]
    /// Of slot 0, the only one of its kind that a bot sends on.
    public var audioSSRC: UInt32
    /// Of slot 0, as for audio.
    public var videoSSRC: UInt32
    /// RTCP's canonical name, one for both.
    public var cname: String
    public init(videoCodecs: [Codec] = [.vp8, .h264], audioSSRC: UInt32, videoSSRC: UInt32, cname: String) {
        self.videoCodecs = videoCodecs
        self.audioSSRC = audioSSRC
        self.videoSSRC = videoSSRC
        self.cname = cname
    }
}
