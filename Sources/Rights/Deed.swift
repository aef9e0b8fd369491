/// What somebody can do, by page, shell or record. The raw value is its name in topology files.
public enum Deed: String, Hashable, Sendable, CaseIterable {
    // A page's own hall.
    /// Joins with a page and hears and sees the meeting.
    case join
    /// Sends voice and picture: a page's microphone and camera, or equipment.
    case putOnAir = "put-on-air"
    /// Asks for the floor and gives it back.
    case requestFloor = "request-floor"
    case muteSelf = "mute-self"
    case headCount = "head-count"
    case castBallot = "cast-ballot"
    /// Takes the node out of a meeting and back.
    case breakAway = "break-away"
    /// Answers an invitation.
    case answer

    // A meeting that runs.
    case giveFloor = "give-floor"
    /// Takes the floor back, or denies a request.
    case revokeFloor = "revoke-floor"
    /// Interrupts the speaker.
    case emergency
    case muteAll = "mute-all"
    /// Lets loudspeaker clusters play the meeting, or silences them.
    case playLoudspeakers = "play-loudspeakers"
    case openVote = "open-vote"
    case closeVote = "close-vote"
    /// Goes on after the meeting ended above.
    case goOn = "go-on"
    case end
    /// Writes the definition of a running meeting anew.
    case redefine
    case addSite = "add-site"
    case removeSite = "remove-site"

    // Meetings to come: the reach says which sites.
    /// Brings sites into a meeting without asking them.
    case convene
    /// Asks sites to come.
    case invite

    // Readings.
    case readEvents = "read-events"
    case readMeetings = "read-meetings"
    case readNetwork = "read-network"
    case readStills = "read-stills"
    case readStatus = "read-status"
    case readMetrics = "read-metrics"
    case readEdition = "read-edition"

    // The network.
    case applyEdition = "apply-edition"
    /// Withdraws links; those of sites at or below its own, whatever the reach.
    case revokeLink = "revoke-link"
}

extension Deed {
    /// What a deed is done to; it says what ``Reach`` means.
    public enum Object: Hashable, Sendable {
        /// A site: its own, one of its node, one at or below its node.
        case site
        /// A meeting: one that it leads, one that its node started or keeps the floor of, one at or below its node.
        case meeting
        /// A node: its own, one at or below it.
        case node
    }

    /// What the deed is done to.
    public var object: Object {
        switch self {
        case .join, .putOnAir, .requestFloor, .muteSelf, .headCount, .castBallot, .breakAway, .answer, .convene, .invite: .site
        case .giveFloor, .revokeFloor, .emergency, .muteAll, .playLoudspeakers, .openVote, .closeVote, .goOn, .end, .redefine, .addSite, .removeSite: .meeting
        case .readEvents, .readMeetings, .readStills: .meeting
        case .readNetwork, .readStatus, .readMetrics, .readEdition, .applyEdition, .revokeLink: .node
        }
    }

    /// The farthest reach that a policy can give, whatever a file says: a site's voice, ballot and answer are its own home's to send, in
    /// its own namespace, and no right makes another node believe them.
    public var farthest: Reach {
        switch self {
        case .join, .putOnAir, .requestFloor, .muteSelf, .headCount, .castBallot, .breakAway: .own
        case .answer: .node
        // A vote counts everywhere and after every merge because a declared chair's home is its one writer.
        case .openVote, .closeVote, .emergency: .own
        default: .network
        }
    }
}

/// How far a right extends. Each includes those before it.
public enum Reach: String, Hashable, Sendable, CaseIterable, Comparable {
    case none
    /// The own site; of meetings those that it leads as a chair (of readings: those it takes part in); of nodes its own.
    case own
    /// All sites of the own node; of meetings also those that the node started or keeps the floor of.
    case node
    /// All at or below the own node; of meetings also those whose sites all lie there.
    case subtree
    /// Everything.
    case network

    private var rank: Int { Reach.allCases.firstIndex(of: self) ?? 0 }
    public static func < (a: Reach, b: Reach) -> Bool { a.rank < b.rank }
}
