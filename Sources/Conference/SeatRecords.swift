import Basics

// Who is wanted in a meeting beyond its definition, and what halls answer. Values only.

/// A chair's word on one site of a running meeting: it is wanted there, or taken out. Of several the latest counts.
///
/// By the home of ``by``; the crown copies it. Whether the word stands is asked where it is taken (``Policy``).
public struct SeatRecord: Hashable, Sendable {
    /// What the chair wants of the site.
    public enum Word: UInt8, Hashable, Sendable, CaseIterable {
        /// It belongs to the meeting: at once if the chair's node may convene it, else as soon as it accepts.
        case wanted = 1
        /// It belongs to the meeting no longer.
        case out = 2
    }
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    /// The site spoken of.
    public var site: SiteID
    public var word: Word
    /// Orders the words on one site.
    public var stamp: Stamp
    /// The chair; an operator in the name of its node.
    public var by: SiteID
    public init(term: Stamp, site: SiteID, word: Word, stamp: Stamp, by: SiteID) {
        self.term = term
        self.site = site
        self.word = word
        self.stamp = stamp
        self.by = by
    }
    /// The later one; of two with one stamp the one by the larger name.
    func isNewer(than other: SeatRecord) -> Bool { (stamp, by) > (other.stamp, other.by) }
}

/// A site's answer to an invitation, by its home.
public struct AnswerRecord: Hashable, Sendable {
    /// ``MeetingRecord/term`` of the start it belongs to.
    public var term: Stamp
    public var site: SiteID
    /// ``SeatRecord/stamp`` of the word it answers; zero: the definition names the site.
    public var seat: Stamp
    /// False: the hall does not come.
    public var accepts: Bool
    public init(term: Stamp, site: SiteID, seat: Stamp, accepts: Bool) {
        self.term = term
        self.site = site
        self.seat = seat
        self.accepts = accepts
    }
}

/// A site that is wanted in a meeting and is not in it, or was taken out of it.
public struct SeatView: Hashable, Sendable {
    /// Where the invitation stands.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// The hall is asked and has not answered.
        case asked
        case declined
        /// A chair took it out.
        case out
    }
    public var site: SiteID
    public var state: State
    /// The chair whose word it is; nil: the definition names the site.
    public var by: SiteID?
    /// When the word was given, by the wall clock of its writer.
    public var since: WallTime
    public init(site: SiteID, state: State, by: SiteID?, since: WallTime) {
        self.site = site
        self.state = state
        self.by = by
        self.since = since
    }
}

/// A meeting that asks a site to come, as the site's own page shows it.
public struct Invitation: Hashable, Sendable {
    public var meeting: MeetingID
    public var title: String
    /// The chair who asks; nil: the meeting's definition names the site.
    public var by: SiteID?
    /// The node at which the meeting was started.
    public var startedBy: NodeIndex
    public var since: WallTime
    public init(meeting: MeetingID, title: String, by: SiteID?, startedBy: NodeIndex, since: WallTime) {
        self.meeting = meeting
        self.title = title
        self.by = by
        self.startedBy = startedBy
        self.since = since
    }
}
