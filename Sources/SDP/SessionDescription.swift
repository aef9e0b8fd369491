import Basics

/// Which way media flows, as the writer of the SDP sees it (RFC 8866 section 6.7).
public enum MediaDirection: String, Hashable, Sendable, CaseIterable {
    case sendrecv, sendonly, recvonly, inactive
    public init(sends: Bool, receives: Bool) {
        self = sends ? (receives ? .sendrecv : .sendonly) : (receives ? .recvonly : .inactive)
    }
    public var sends: Bool { self == .sendrecv || self == .sendonly }
    public var receives: Bool { self == .sendrecv || self == .recvonly }
    /// The same flow seen from the other side.
    public var mirrored: MediaDirection { MediaDirection(sends: receives, receives: sends) }
}

/// Who starts DTLS (RFC 8842).
public enum DTLSSetup: String, Hashable, Sendable { case active, passive, actpass, holdconn }

/// A user name fragment and password (RFC 8445 section 5.3).
public struct ICECredentials: Hashable, Sendable {
    /// `a=ice-ufrag`: 4 to 256 characters of the remote.
    public var username: String
    /// `a=ice-pwd`: 22 to 256 characters of the remote.
    public var password: String
    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}

/// The feedback of rtcp-fb lines that a leg knows (RFC 4585, RFC 5104); all others are passed over.
public struct FeedbackKinds: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// `nack`
    public static let nack = FeedbackKinds(rawValue: 1)
    /// `nack pli`
    public static let pictureLoss = FeedbackKinds(rawValue: 2)
    /// `ccm fir`
    public static let fullIntraRequest = FeedbackKinds(rawValue: 4)
    /// `goog-remb`
    public static let remb = FeedbackKinds(rawValue: 8)
}

/// One payload type of an m-line with its rtpmap, fmtp and rtcp-fb lines.
public struct PayloadFormat: Hashable, Sendable {
    /// 0…127.
    public var payloadType: UInt8
    /// Encoding name in lower case: `opus`, `vp8`, `h264`, `rtx`.
    public var name: String
    /// In Hz; 0 without an rtpmap line.
    public var clockRate: Int
    /// 1 where the rtpmap names none.
    public var channels: Int
    /// The fmtp line's text after the payload type.
    public var parameters: String
    /// The rtcp-fb lines of this type that we know; those for `*` stand in ``MediaSection/feedback``.
    public var feedback: FeedbackKinds

    /// The value of one `name=value` of the fmtp line, in lower case.
    public func parameter(_ name: String) -> String? {
        for part in parameters.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0].trimmed().lowercased() == name { return pair[1].trimmed().lowercased() }
        }
        return nil
    }
}

/// One header extension an m-line offers (RFC 8285).
public struct HeaderExtension: Hashable, Sendable {
    public var id: Int
    /// `a=extmap:2/recvonly`; sendrecv without a suffix.
    public var direction: MediaDirection
    public var uri: String
}

/// One m-line and what stands under it.
public struct MediaSection: Hashable, Sendable {
    /// `audio`, `video`, `application` …
    public var media: String
    /// 0…65,535. 0: rejected, or in a bundle bundle-only (RFC 9143 section 6).
    public var port: Int
    /// As the m-line names it: `UDP/TLS/RTP/SAVPF`.
    public var transport: String
    /// Formats as written, for a rejection.
    public var formatList: [String]
    /// `a=mid`, at most 32 bytes; empty without one.
    public var mid: String
    /// As its writer sees it; sendrecv without an attribute.
    public var direction: MediaDirection
    public var formats: [PayloadFormat]
    /// Of the rtcp-fb lines for `*`: they hold for all formats.
    public var feedback: FeedbackKinds
    public var extensions: [HeaderExtension]
    /// `a=rtcp-mux` (RFC 5761).
    public var rtcpMux: Bool
    /// `a=rtcp-rsize` (RFC 5506).
    public var reducedSize: Bool
    /// SSRCs in the order of their first `a=ssrc` line.
    public var ssrcs: [UInt32]
    /// The media stream's id of `a=msid`; nil without one.
    public var streamID: String?
    /// First UDP host candidate of component 1.
    public var candidate: Address?
    var username: String?
    var password: String?
    var fingerprints: [[UInt8]]
    var setup: DTLSSetup?

    /// Nil for anything but audio and video.
    public var kind: MediaKind? { media == "audio" ? .audio : media == "video" ? .video : nil }
}

/// A session description (RFC 8866) as far as a leg needs it: a small model of whatever a stranger wrote.
public struct SessionDescription: Hashable, Sendable {
    /// The longest text we read: Chromium's five m-lines take 20 kB.
    public static let maximumLength = 65_536
    /// The most lines we read: Chromium's five m-lines take 380, and some fifty more for each codec that it learns.
    public static let maximumLines = 1_024
    /// The most m-lines we read; a page of ours has five.
    public static let maximumSections = 32
    /// The most formats, extensions, fingerprints or sources under one m-line: more formats are an error, more of the rest is passed over.
    public static let maximumItems = 64

    public var sections: [MediaSection]
    /// mids of the first `a=group:BUNDLE`.
    public var bundle: [String]
    /// `a=ice-lite`: its writer answers checks and makes none (RFC 8445 section 2.5).
    public var iceLite: Bool
    /// Of m-lines that name none.
    var direction = MediaDirection.sendrecv
    var username: String?
    var password: String?
    var fingerprints: [[UInt8]]
    var setup: DTLSSetup?
}

/// Why a description was refused.
public enum NegotiationError: Error, Hashable, Sendable {
    /// The text is no SDP, at that line (from 1).
    case malformed(line: Int, String)
    /// A limit of ``SessionDescription`` was passed.
    case tooLarge
    /// No m-line that we could use.
    case noMedia
    /// Several m-lines without BUNDLE (RFC 9143).
    case notBundled
    /// RTP without rtcp-mux (RFC 5761) or not over UDP/TLS/RTP/SAVPF.
    case unsupportedTransport
    case noCredentials
    /// No SHA-256 certificate fingerprint (RFC 8122).
    case noFingerprint
    /// The other side wants to be passive as well, or an answer is not passive.
    case wrongSetup
    /// The meeting's codec is not offered.
    case noCommonCodec(Codec)
    /// An answer does not fit the offer: number or kinds of m-lines, codecs, candidate.
    case answerMismatch
}
