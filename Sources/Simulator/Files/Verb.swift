/// What an item of `people:` or `timeline:` says happens; `rawValue` is the key that it begins with.
enum Verb: String, CaseIterable {
    // The lines.
    case cut
    case cutOneWay = "cut-one-way"
    case mend
    case impair
    // The nodes.
    case crash
    case restart
    case pause
    case slow
    case drift
    case stepClock = "step-clock"
    case diskFull = "disk-full"
    case diskFree = "disk-free"
    case certificateExpired = "certificate-expired"
    case certificateRenewed = "certificate-renewed"
    case loadTopology = "load-topology"
    case newerProgram = "newer-program"
    case byzantine
    case honest
    // The people.
    case join
    case leave
    case talk
    case quiet
    case request
    case withdraw
    case mute
    case unmute
    case give
    case revoke
    case muteAll = "mute-all"
    case end
    case openVote = "open-vote"
    case closeVote = "close-vote"
    case cast
    case breakAway = "break-away"
    case rejoin

    /// Keys of every item.
    static let common = ["at", "times", "every"]

    /// Keys that go with it.
    var modifiers: [String] {
        switch self {
        case .mend, .restart, .diskFree, .certificateRenewed, .newerProgram, .honest: []
        case .cut, .cutOneWay, .diskFull, .certificateExpired: ["for"]
        case .impair: ImpairmentReader.keys + ["for"]
        case .crash: ["for", "memory"]
        case .byzantine: ["for", "lies"]
        case .pause: ["for"]
        case .slow: ["by", "for"]
        case .drift: ["ppm", "for"]
        case .stepClock: ["by"]
        case .loadTopology: ["topology"]
        case .join, .leave: ["meeting", "over"]
        case .talk, .mute: ["meeting", "for", "over"]
        case .quiet, .unmute, .withdraw: ["meeting", "over"]
        case .request: ["meeting", "priority", "over"]
        case .give, .revoke: ["meeting", "by"]
        case .muteAll, .end: ["by"]
        case .openVote: ["meeting", "by", "for"]
        case .closeVote: ["meeting", "by"]
        case .cast: ["meeting", "vote", "agree", "disagree", "abstain", "over"]
        case .breakAway: ["meeting", "for"]
        case .rejoin: ["meeting", "over"]
        }
    }

    /// Breaks something; allowed only while the safety phase lasts.
    var isFault: Bool {
        switch self {
        case .cut, .cutOneWay, .impair, .crash, .pause, .slow, .drift, .stepClock, .diskFull, .certificateExpired, .loadTopology,
            .newerProgram, .byzantine:
            true
        default: false
        }
    }
}
