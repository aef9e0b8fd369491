import Basics

/// What one direction of a trunk carries in a second, and what of it would have to go.
public struct DirectionLoad: Hashable, Sendable {
    /// Open microphones that cross, of all meetings together.
    public var voices = 0
    /// Pictures in motion that cross.
    public var pictures = 0
    /// Media streams, one copy of each.
    public var streams: Int { voices + pictures }
    /// Bits a second of each part.
    public var parts = LoadParts()
    /// Datagrams a second.
    public var packets = 0.0
    /// Bits a second of plain RTP packets: what `/api/status` and the demo show as `kbps`.
    public var rtpBits = 0.0
    /// Of the line.
    public var capacity = Bitrate.kbps(0)
    /// What the ladder would leave out, first things first; empty where all fits.
    public var dropped: [DroppedPart] = []
    /// It does not fit even with all of that left out.
    public var isHopeless = false

    /// Bits a second of all parts together.
    public var bits: Double { parts.total }
    /// The same in kbit/s.
    public var kbps: Double { bits / 1_000 }
    /// What is left in kbit/s; negative where it does not fit.
    public var headroomKbps: Double { capacity.kbps - kbps }
    /// Of the capacity, 1 for all of it.
    public var share: Double { capacity.bitsPerSecond > 0 ? bits / Double(capacity.bitsPerSecond) : 0 }
    /// More than the line takes.
    public var isOver: Bool { bits > Double(capacity.bitsPerSecond) }
    /// From here on a line is called tight: bursts of key frames and changing speakers need the rest.
    public static let tightShare = 0.8
    /// It fits, but with less room than a change of speakers wants.
    public var isTight: Bool { !isOver && share > Self.tightShare }
}

/// What a load consists of, in bits a second.
public struct LoadParts: Hashable, Sendable {
    /// Open microphones.
    public var voices = 0.0
    /// Pictures in motion.
    public var pictures = 0.0
    /// RTCP: tails, sender reports, requests for lost packets.
    public var reports = 0.0
    /// Packets sent again.
    public var repair = 0.0
    /// Hellos, claims and leases.
    public var gossip = 0.0
    /// Stills by HTTP.
    public var stills = 0.0
    /// All together.
    public var total: Double { voices + pictures + reports + repair + gossip + stills }
}

/// A thing that the ladder leaves out, in the order in which things go.
public struct DroppedPart: Hashable, Sendable {
    /// The rungs, the first to go first.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Stills of the halls.
        case stills
        /// The picture that the speaker sees.
        case returnPicture = "return-picture"
        /// The speaker's picture.
        case speakerPicture = "speaker-picture"
        /// Open microphones beyond the first.
        case voices = "further-voices"
    }
    /// The rung.
    public var kind: Kind
    /// Whose.
    public var meeting: MeetingID
}

/// Both directions of the trunk above a node.
public struct TrunkLoad: Hashable, Sendable {
    /// The lower end's slot.
    public var child: Int
    /// The upper end's slot.
    public var parent: Int
    /// From child to parent.
    public var up = DirectionLoad()
    /// From parent to child.
    public var down = DirectionLoad()
    /// Nobody has measured the line's capacity.
    public var isAssumed = false
    /// A meeting runs on it.
    public var runsMeeting = false
    /// One direction does not fit.
    public var isOver: Bool { up.isOver || down.isOver }
    /// The larger of both shares of capacity.
    public var share: Double { max(up.share, down.share) }
}
