import Basics

/// What of one meeting crosses one direction of a trunk.
public struct CrossingStreams: Hashable, Sendable {
    /// Open microphones.
    public var voices = 0
    /// The picture that everybody sees.
    public var speakerPicture = false
    /// The picture that the speaker sees: the chair's, or for a chair the previous speaker's.
    public var returnPicture = false
    /// Halls whose microphones are closed: their clocks are told now and then.
    public var silent = 0
    /// Floor holders whose claims and leases pass.
    public var leases = 0
    /// Halls whose stills pass.
    public var stills = 0
    /// Halls that are asked for stills.
    public var stillRequests = 0
    /// Pictures in motion.
    public var pictures: Int { (speakerPicture ? 1 : 0) + (returnPicture ? 1 : 0) }
    /// Media streams: one copy of each.
    public var count: Int { voices + pictures }
    /// Nothing.
    public static let none = CrossingStreams()
}

/// Who speaks, seen from one trunk.
struct Placement: Hashable {
    enum Side: Hashable {
        case below
        case outside
    }
    /// Floor holders beside the chair on each side.
    var holdersBelow = 0
    var holdersOutside = 0
    /// Where the one that is shown sits.
    var speaker: Side
    /// It is the chair.
    var chairSpeaks = false
    /// Where the previous speaker sits, whom a speaking chair sees.
    var previous: Side?
}

extension MeetingDemand {
    /// What crosses a trunk in both directions, by the rules of `Bridge`: interests with split horizon, one picture for everybody
    /// and one for the speaker, at most K voices from each side.
    func crossing(_ side: MeetingSide, _ placement: Placement) -> (up: CrossingStreams, down: CrossingStreams) {
        guard side.isCrossed else { return (.none, .none) }
        var up = CrossingStreams()
        var down = CrossingStreams()
        let chairIsOpen = placement.chairSpeaks || !chairIsMuted
        up.voices = min(openMicrophones, placement.holdersBelow + (chairIsOpen && side.chairIsBelow ? 1 : 0))
        down.voices = min(openMicrophones, placement.holdersOutside + (chairIsOpen && !side.chairIsBelow ? 1 : 0))
        if videoRate != nil {
            up.speakerPicture = placement.speaker == .below
            down.speakerPicture = placement.speaker == .outside
            let returned: Placement.Side? = placement.chairSpeaks ? placement.previous : side.chairIsBelow ? .below : .outside
            if let returned, returned != placement.speaker {
                up.returnPicture = returned == .below
                down.returnPicture = returned == .outside
            }
        }
        // Every hall's voice has its place in the roster, and its clock is told on once it has spoken, open or not.
        up.silent = side.below - up.voices
        down.silent = side.total - side.below - down.voices
        // The crown stands above the trunk.
        up.leases = placement.holdersBelow
        down.leases = placement.holdersBelow
        if showsStills, videoRate != nil {
            let shown = min(PacketCosts.stillsShown, side.chairIsBelow ? side.total - side.below : side.below)
            if side.chairIsBelow { down.stills = shown } else { up.stills = shown }
            if side.chairIsBelow { up.stillRequests = shown } else { down.stillRequests = shown }
        }
        return (up, down)
    }

    /// The ways in which who speaks can lie about a trunk that may be the worst for it.
    func placements(_ side: MeetingSide) -> [Placement] {
        if let holders = side.holdersBelow {
            let outside = namedHolders.count - holders
            return [
                Placement(
                    holdersBelow: holders, holdersOutside: outside, speaker: side.speakerIsBelow ? .below : .outside,
                    chairSpeaks: chairSpeaks)
            ]
        }
        let chair = side.chairIsBelow ? Placement.Side.below : .outside
        guard isOpen else { return [Placement(speaker: chair, chairSpeaks: true)] }
        var result: [Placement] = []
        if side.othersBelow > 0 { result.append(holders(.below, side)) }
        if side.othersOutside > 0 { result.append(holders(.outside, side)) }
        result.append(Placement(speaker: chair, chairSpeaks: true, previous: side.othersBelow > 0 ? .below : nil))
        result.append(Placement(speaker: chair, chairSpeaks: true, previous: side.othersOutside > 0 ? .outside : nil))
        return result
    }

    /// As many of the floor's holders as there are sites sit on that side, the rest on the other.
    func holders(_ where: Placement.Side, _ side: MeetingSide) -> Placement {
        let isBelow = `where` == .below
        let first = min(floorSize, isBelow ? side.othersBelow : side.othersOutside)
        let rest = min(floorSize - first, isBelow ? side.othersOutside : side.othersBelow)
        return Placement(holdersBelow: isBelow ? first : rest, holdersOutside: isBelow ? rest : first, speaker: `where`)
    }
}
