import Basics
import RTP

/// One packet of a named stream between ingress and egress: numbers of the stream's home node, payload in place.
public struct MediaPacket {
    /// The stream's dense slot in its bridge; −1 until the bridge has looked the SSRC up.
    public var stream: Int
    /// Sound or picture; as the codec says.
    public var kind: MediaKind
    /// What the payload is.
    public var codec: Codec
    /// The stream's own, given by its home node and kept on every trunk.
    public var ssrc: UInt32
    /// The stream's own; gaps are losses before the home node, or a closed gate.
    public var sequence: UInt16
    /// The stream's own, on the codec's clock.
    public var timestamp: UInt32
    /// Last packet of a frame, or first of a talkspurt.
    public var marker: Bool
    /// RFC 6464: 0 loudest … 127 silence; 127 for video.
    public var level: UInt8
    /// The source's voice activity flag.
    public var voice: Bool
    /// A source may be switched to at this packet; always true for sound.
    public var startsKeyFrame: Bool
    /// Valid while the datagram's buffer is.
    public var payload: UnsafeRawBufferPointer

    /// All fields.
    public init(
        stream: Int, kind: MediaKind, codec: Codec, ssrc: UInt32, sequence: UInt16, timestamp: UInt32, marker: Bool,
        level: UInt8, voice: Bool, startsKeyFrame: Bool, payload: UnsafeRawBufferPointer
    ) {
        self.stream = stream
        self.kind = kind
        self.codec = codec
        self.ssrc = ssrc
        self.sequence = sequence
        self.timestamp = timestamp
        self.marker = marker
        self.level = level
        self.voice = voice
        self.startsKeyFrame = startsKeyFrame
        self.payload = payload
    }
}

/// Why a packet went no further.
public enum DropReason: UInt8, Hashable, Sendable, CaseIterable {
    /// No RTP packet, or one without what its place demands.
    case malformed
    /// A payload type that was not agreed.
    case payloadType
    /// RFC 3550 appendix A.1: a jump that the next packet must confirm.
    case sequenceJump
    /// Received before, given up, or from before the first packet of a client that began anew.
    case duplicate
    /// Too long for a datagram of ours.
    case tooLarge
    /// Without payload: a client's probe for bandwidth.
    case padding
}

/// How trunks write RTP (docs/architecture.md): fixed for the whole network.
public enum TrunkFormat {
    /// RFC 8285 id of the audio level.
    public static let audioLevelID: UInt8 = 1
    /// RFC 8285 id of the transport-wide sequence.
    public static let transportSequenceID: UInt8 = 2
    /// The first transport sequence of a session is 0, so that the loss of the first packet is noticed.
    public static let sequenceBeforeFirst: UInt16 = 0xFFFF
    /// Bytes of a plain packet at most: with a cipher's tag, UDP and IPv6 it stays below an Ethernet frame.
    public static let longestPacket = 1_400
    /// "NCTS" in an APP packet: the sender's last transport sequence.
    public static let tailName: UInt32 = 0x4E43_5453

    /// 111 Opus, 96 VP8, 97 H.264.
    public static func payloadType(_ codec: Codec) -> UInt8 {
        switch codec {
        case .opus: 111
        case .vp8: 96
        case .h264: 97
        }
    }

    /// The codec of a payload type; nil for one that no trunk carries.
    public static func codec(_ payloadType: UInt8) -> Codec? {
        switch payloadType {
        case 111: .opus
        case 96: .vp8
        case 97: .h264
        default: nil
        }
    }
}
