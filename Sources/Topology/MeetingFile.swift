import Basics

/// A meeting as its file declares it, with its sites resolved against a network.
public struct MeetingFile: Hashable, Sendable {
    /// The kinds of meetings; they set the floor's policy.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Quán triệt: one speaker, no requests.
        case resolutionStudy = "quan-triet"
        /// Giao ban: reports in a declared order.
        case briefing = "giao-ban"
        /// Họp: request and invite.
        case discussion = "hop"
        /// Tập huấn: questions at the end.
        case training = "tap-huan"
    }

    /// Unique in the network.
    public var id: MeetingID
    /// What the file says its network is: an id or a path; nil if it does not.
    public var topology: String?
    /// What people call the meeting.
    public var title: String
    /// Sets the policy of the floor.
    public var kind: Kind
    /// In the order in which they act as chair; each is also a site.
    public var chairs: [SiteID]
    /// All sites, the chairs' included, in the order of the tree.
    public var sites: [SiteID]
    /// VP8 or H.264.
    public var codec: Codec
    /// Open microphones mixed and passed on at most (K), 1 to 8.
    public var openMicrophones: Int
    /// Slots of the floor, 1 to K.
    public var floorSize: Int
    /// Nominal rate of one voice.
    public var audioRate: Bitrate
    /// Nominal rate of one picture.
    public var videoRate: Bitrate
    /// Loudspeaker clusters at the meeting's nodes play it from its start on.
    public var loudspeakers: Bool

    public init(
        id: MeetingID, topology: String? = nil, title: String, kind: Kind, chairs: [SiteID], sites: [SiteID],
        codec: Codec = .vp8, openMicrophones: Int = 3, floorSize: Int = 1, audioRate: Bitrate = .kbps(32),
        videoRate: Bitrate = .kbps(1_000), loudspeakers: Bool = false
    ) {
        self.id = id
        self.topology = topology
        self.title = title
        self.kind = kind
        self.chairs = chairs
        self.sites = sites
        self.codec = codec
        self.openMicrophones = openMicrophones
        self.floorSize = floorSize
        self.audioRate = audioRate
        self.videoRate = videoRate
        self.loudspeakers = loudspeakers
    }
}
