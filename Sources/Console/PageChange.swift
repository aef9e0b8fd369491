/// What differs between two states of one meeting: event `change`. A key that is absent did not change; a key that is null
/// was cleared. Sites are named by id and hold all that can change about them.
public struct PageChange: Hashable, Sendable {
    /// One more than the state's or change's before.
    public var revision: UInt64
    /// Milliseconds since 1970.
    public var clock: Int64
    /// Those that changed, each whole but for its name.
    public var sites: [PageState.Site] = []
    /// The whole list, as are `queue` and `votes`; nil: as before.
    public var holders: [PageState.Request]?
    public var queue: [PageState.Request]?
    public var votes: [PageState.Vote]?
    /// Nil: as before; `.some(nil)`: there is none any more. So are all that are optional twice.
    public var actingChair: String??
    public var speaker: String??
    public var previousSpeaker: String??
    public var cutOff: PageState.CutOff??
    public var apart: PageState.Apart??
    public var endedAbove: PageState.EndedAbove??
    public var mayBreakAway: Bool?
    public var uplink: LineQuality??
    public var truth: Truth??
    /// The whole list; nil: as before.
    public var pictures: [PageState.Pictures]?
    public var over: PageState.Over??
    public var loudspeakers: Bool?
    /// The whole list, as is `seats`; nil: as before.
    public var invitations: [PageState.Invitation]?
    public var seats: [PageState.Seat]?
    public var crown: Bool?
    public var ended: Bool?

    init(revision: UInt64, clock: Int64) {
        self.revision = revision
        self.clock = clock
    }

    /// Nothing but revision and clock.
    public var isEmpty: Bool {
        sites.isEmpty && holders == nil && queue == nil && votes == nil && actingChair == nil && speaker == nil && previousSpeaker == nil
            && cutOff == nil && apart == nil && endedAbove == nil && mayBreakAway == nil && uplink == nil && crown == nil && ended == nil
            && truth == nil && pictures == nil && over == nil && loudspeakers == nil && invitations == nil && seats == nil
    }
}

/// What leads a page from one state to the next.
public enum PageEvent: Hashable, Sendable {
    /// Another meeting, other sites, another incarnation: all again.
    case state(PageState)
    case change(PageChange)

    /// The event that leads from `old` to `new`; nil if the page need not know. `new.revision` must be `old.revision + 1`.
    public static func between(_ old: PageState, _ new: PageState) -> PageEvent? {
        var change = PageChange(revision: new.revision, clock: new.clock)
        guard old.you == new.you, old.incarnation == new.incarnation else { return .state(new) }
        if old.uplink != new.uplink { change.uplink = .some(new.uplink) }
        if old.truth != new.truth { change.truth = .some(new.truth) }
        if old.pictures != new.pictures { change.pictures = new.pictures }
        if old.over != new.over { change.over = .some(new.over) }
        if old.invitations != new.invitations { change.invitations = new.invitations }
        switch (old.meeting, new.meeting) {
        case (nil, nil): break
        case (let a?, let b?) where a.sameOutline(as: b): change.fill(from: a, to: b)
        default: return .state(new)
        }
        return change.isEmpty ? nil : .change(change)
    }
}

extension PageState.Meeting {
    /// All that a change cannot tell is equal.
    func sameOutline(as other: PageState.Meeting) -> Bool {
        id == other.id && title == other.title && kind == other.kind && chairs == other.chairs && floorSize == other.floorSize
            && openMicrophones == other.openMicrophones && videoCodec == other.videoCodec && sites.count == other.sites.count
            && zip(sites, other.sites).allSatisfy { $0.id == $1.id && $0.name == $1.name }
    }
}

extension PageChange {
    fileprivate mutating func fill(from a: PageState.Meeting, to b: PageState.Meeting) {
        for (before, after) in zip(a.sites, b.sites) where before != after {
            var site = after
            site.name = nil
            sites.append(site)
        }
        if a.holders != b.holders { holders = b.holders }
        if a.queue != b.queue { queue = b.queue }
        if a.votes != b.votes { votes = b.votes }
        if a.seats != b.seats { seats = b.seats }
        if a.actingChair != b.actingChair { actingChair = .some(b.actingChair) }
        if a.speaker != b.speaker { speaker = .some(b.speaker) }
        if a.previousSpeaker != b.previousSpeaker { previousSpeaker = .some(b.previousSpeaker) }
        if a.cutOff != b.cutOff { cutOff = .some(b.cutOff) }
        if a.apart != b.apart { apart = .some(b.apart) }
        if a.endedAbove != b.endedAbove { endedAbove = .some(b.endedAbove) }
        if a.mayBreakAway != b.mayBreakAway { mayBreakAway = b.mayBreakAway }
        if a.loudspeakers != b.loudspeakers { loudspeakers = b.loudspeakers }
        if a.crown != b.crown { crown = b.crown }
        if a.ended != b.ended { ended = b.ended }
    }
}

/// Why a change does not fit a state; the reader must connect anew.
public enum PageGap: Error, Hashable, Sendable {
    case revision(have: UInt64, got: UInt64)
    case noMeeting
    case unknownSite(String)
}

extension PageState {
    /// Applies the next change, as a page does.
    public mutating func apply(_ change: PageChange) throws(PageGap) {
        guard change.revision == revision &+ 1 else { throw .revision(have: revision, got: change.revision) }
        var next = self
        next.revision = change.revision
        next.clock = change.clock
        if let uplink = change.uplink { next.uplink = uplink }
        if let truth = change.truth { next.truth = truth }
        if let pictures = change.pictures { next.pictures = pictures }
        if let over = change.over { next.over = over }
        if let invitations = change.invitations { next.invitations = invitations }
        if var m = next.meeting {
            for site in change.sites {
                guard let at = m.sites.firstIndex(where: { $0.id == site.id }) else { throw .unknownSite(site.id) }
                let name = m.sites[at].name
                m.sites[at] = site
                m.sites[at].name = name
            }
            if let holders = change.holders { m.holders = holders }
            if let queue = change.queue { m.queue = queue }
            if let votes = change.votes { m.votes = votes }
            if let seats = change.seats { m.seats = seats }
            if let actingChair = change.actingChair { m.actingChair = actingChair }
            if let speaker = change.speaker { m.speaker = speaker }
            if let previousSpeaker = change.previousSpeaker { m.previousSpeaker = previousSpeaker }
            if let cutOff = change.cutOff { m.cutOff = cutOff }
            if let apart = change.apart { m.apart = apart }
            if let endedAbove = change.endedAbove { m.endedAbove = endedAbove }
            if let mayBreakAway = change.mayBreakAway { m.mayBreakAway = mayBreakAway }
            if let loudspeakers = change.loudspeakers { m.loudspeakers = loudspeakers }
            if let crown = change.crown { m.crown = crown }
            if let ended = change.ended { m.ended = ended }
            next.meeting = m
        } else if !change.sites.isEmpty || change.queue != nil || change.holders != nil || change.votes != nil {
            throw .noMeeting
        }
        self = next
    }
}

extension PageChange: Codable {
    enum CodingKeys: String, CodingKey {
        case revision, clock, sites, holders, queue, votes, actingChair, speaker, previousSpeaker, cutOff, apart, endedAbove, mayBreakAway, uplink, crown, ended
        case truth, pictures, over, loudspeakers, invitations, seats
    }

    /// Absent keys stay unchanged, null clears.
    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        revision = try c.decode(UInt64.self, forKey: .revision)
        clock = try c.decode(Int64.self, forKey: .clock)
        sites = try c.decodeIfPresent([PageState.Site].self, forKey: .sites) ?? []
        holders = try c.decodeIfPresent([PageState.Request].self, forKey: .holders)
        queue = try c.decodeIfPresent([PageState.Request].self, forKey: .queue)
        votes = try c.decodeIfPresent([PageState.Vote].self, forKey: .votes)
        func cleared<T: Decodable>(_ type: T.Type, _ key: CodingKeys) throws -> T?? {
            c.contains(key) ? .some(try c.decodeIfPresent(type, forKey: key)) : .none
        }
        actingChair = try cleared(String.self, .actingChair)
        speaker = try cleared(String.self, .speaker)
        previousSpeaker = try cleared(String.self, .previousSpeaker)
        cutOff = try cleared(PageState.CutOff.self, .cutOff)
        apart = try cleared(PageState.Apart.self, .apart)
        endedAbove = try cleared(PageState.EndedAbove.self, .endedAbove)
        mayBreakAway = try c.decodeIfPresent(Bool.self, forKey: .mayBreakAway)
        uplink = try cleared(LineQuality.self, .uplink)
        truth = try cleared(Truth.self, .truth)
        pictures = try c.decodeIfPresent([PageState.Pictures].self, forKey: .pictures)
        over = try cleared(PageState.Over.self, .over)
        loudspeakers = try c.decodeIfPresent(Bool.self, forKey: .loudspeakers)
        invitations = try c.decodeIfPresent([PageState.Invitation].self, forKey: .invitations)
        seats = try c.decodeIfPresent([PageState.Seat].self, forKey: .seats)
        crown = try c.decodeIfPresent(Bool.self, forKey: .crown)
        ended = try c.decodeIfPresent(Bool.self, forKey: .ended)
    }

    /// Writes only what changed.
    public func encode(to encoder: any Encoder) throws {
        var c = encoder.container(keyedBy: CodingKeys.self)
        try c.encode(revision, forKey: .revision)
        try c.encode(clock, forKey: .clock)
        if !sites.isEmpty { try c.encode(sites, forKey: .sites) }
        if let holders { try c.encode(holders, forKey: .holders) }
        if let queue { try c.encode(queue, forKey: .queue) }
        if let votes { try c.encode(votes, forKey: .votes) }
        if let actingChair { try c.encode(actingChair, forKey: .actingChair) }
        if let speaker { try c.encode(speaker, forKey: .speaker) }
        if let previousSpeaker { try c.encode(previousSpeaker, forKey: .previousSpeaker) }
        if let cutOff { try c.encode(cutOff, forKey: .cutOff) }
        if let apart { try c.encode(apart, forKey: .apart) }
        if let endedAbove { try c.encode(endedAbove, forKey: .endedAbove) }
        if let mayBreakAway { try c.encode(mayBreakAway, forKey: .mayBreakAway) }
        if let uplink { try c.encode(uplink, forKey: .uplink) }
        if let truth { try c.encode(truth, forKey: .truth) }
        if let pictures { try c.encode(pictures, forKey: .pictures) }
        if let over { try c.encode(over, forKey: .over) }
        if let loudspeakers { try c.encode(loudspeakers, forKey: .loudspeakers) }
        if let invitations { try c.encode(invitations, forKey: .invitations) }
        if let seats { try c.encode(seats, forKey: .seats) }
        if let crown { try c.encode(crown, forKey: .crown) }
        if let ended { try c.encode(ended, forKey: .ended) }
    }
}
