import Basics
import Conference

/// What others hear of the page's own site now, as far as its node knows.
///
/// The node computes it from the meeting and from the packets that arrive. The page adds three things: the age of the node's last word
/// (after one second without any nobody is known to hear the site), whether its own leg is ``leg``, and its own devices.
public struct Truth: Codable, Hashable, Sendable {
    /// Whether it is the site's turn.
    public enum Turn: String, Codable, Hashable, Sendable, CaseIterable {
        case none
        /// In the queue, at ``Truth/place``.
        case waiting
        /// It holds the floor.
        case floor
        /// It leads the meeting as acting chair.
        case chair
    }
    /// What becomes of the site's sound.
    public enum Voice: String, Codable, Hashable, Sendable, CaseIterable {
        /// No page and no equipment of the site is connected.
        case absent
        /// It is not the site's turn.
        case closed
        /// It is its turn, and its microphone is off; see ``Truth/mutedBy``.
        case muted
        /// It is its turn, and the node does not pass the sound on yet.
        case opening
        /// The sound may pass, and no other site is there to hear it.
        case alone
        /// The sound may pass, and none arrives from the microphone.
        case silent
        /// The sound passes to ``Truth/hearing`` other sites.
        case open
    }
    /// Who closed the microphone.
    public enum Muter: String, Codable, Hashable, Sendable {
        case site
        case chair
    }

    public var turn: Turn
    /// From 1; nil unless it waits.
    public var place: Int?
    /// When it got the floor, milliseconds since 1970; nil unless it holds it and the node saw it begin.
    public var since: Int64?
    public var voice: Voice
    /// Nil: it is not muted, or the node did not see by whom.
    public var mutedBy: Muter?
    /// The one leg whose sound and picture count; nil: equipment sends, or nobody.
    public var leg: UInt32?
    /// Other sites that are present and in one part with this one.
    public var hearing: Int
    /// Other sites that joined and are cut off, apart, or reachable again and not attached yet.
    public var lost: Int
    /// What was decided about the site last; told for as long as nothing newer is.
    public var news: News?

    /// The node tells pages every ``Truth/beat`` that it still is so.
    public var isLive: Bool { turn == .floor || turn == .chair }
    /// While ``isLive``: a page that hears nothing for a second must no longer believe that others hear its site.
    public static let beat = Interval.milliseconds(250)
    /// Sound of a page comes every 20 ms, of a silent bot every 400 ms.
    public static let silence = Interval.milliseconds(700)

    /// The site's own line in the view; nil: the meeting does not have it.
    public init?(_ view: MeetingView, site: SiteID, own: OwnSite) {
        guard let line = view.sites.first(where: { $0.id == site }) else { return nil }
        let others = view.sites.filter { $0.id != site }
        hearing = others.count { $0.presence == .present }
        lost = others.count { $0.presence != .present && $0.presence != .absent }
        // Reachable again, and not yet in one part with this site.
        let unattached = min(own.unattached, hearing)
        (hearing, lost) = (hearing - unattached, lost + unattached)
        if view.holders.contains(where: { $0.site == site }) {
            turn = .floor
            since = own.turnSince?.milliseconds
        } else if view.actingChair == site {
            turn = .chair
        } else if let at = view.queue.firstIndex(where: { $0.site == site }) {
            turn = .waiting
            place = at + 1
        } else {
            // Where everybody may speak, whoever does has the floor.
            turn = line.microphoneOpen ? .floor : .none
        }
        if case .leg(let id) = own.sender { leg = id }
        mutedBy = line.muted ? own.mutedBy : nil
        news = own.news
        if own.sender == .nobody || view.ended {
            voice = .absent
        } else if turn == .none || turn == .waiting {
            voice = .closed
        } else if line.muted {
            voice = .muted
        } else if !line.microphoneOpen {
            voice = .opening
        } else if hearing == 0 {
            voice = .alone
        } else {
            voice = own.isSounding ? .open : .silent
        }
    }
}

/// Something that was decided about a site: an event that its page tells for some seconds.
public struct News: Codable, Hashable, Sendable {
    /// What happened.
    public enum Word: String, Codable, Hashable, Sendable, CaseIterable {
        /// The site asked, and got the floor.
        case granted
        /// The chair gave it the floor, or a place in the queue, without having been asked.
        case invited
        /// Its request left the queue, not by its own wish.
        case denied
        /// The floor was taken from it.
        case withdrawn
        /// The floor went to an emergency; the request is back in the queue.
        case interrupted
        /// The chair muted it.
        case muted
    }
    public var word: Word
    /// Milliseconds since 1970, by the node.
    public var at: Int64
    public init(_ word: Word, at: WallTime) {
        self.word = word
        self.at = at.milliseconds
    }
}

/// What the node knows of a page's own site beside the meeting's view.
public struct OwnSite: Hashable, Sendable {
    /// Whose packets count for the site.
    public enum Sender: Hashable, Sendable {
        case nobody
        case leg(UInt32)
        case equipment
    }
    public var sender = Sender.nobody
    /// Sound came from the sender within ``Truth/silence``.
    public var isSounding = false
    /// Other sites that are present and do not hear it yet.
    public var unattached = 0
    public var mutedBy: Truth.Muter?
    /// When the present turn began; nil: not seen.
    public var turnSince: WallTime?
    public var news: News?
    /// What the site's legs are shown.
    public var pictures: [PageState.Pictures] = []
    /// The meeting that ended last, while none runs.
    public var over: PageState.Over?
    /// Meetings that ask the site to come and have no answer yet.
    public var invitations: [Invitation] = []
    /// Nothing is known yet.
    public init() {}
}

extension PageState {
    /// Whose pictures one leg is being sent: captions follow it, since a picture changes later than the floor.
    public struct Pictures: Codable, Hashable, Sendable {
        /// The number in `/api/legs/…`.
        public var leg: UInt32
        /// Site ids; nil: none.
        public var main: String?
        public var second: String?
        public init(leg: UInt32, main: String?, second: String?) {
            self.leg = leg
            self.main = main
            self.second = second
        }
    }

    /// A meeting that ended and has no successor yet.
    public struct Over: Codable, Hashable, Sendable {
        public var title: String
        /// Milliseconds since 1970.
        public var started: Int64
        public var ended: Int64
        public init(title: String, started: WallTime, ended: WallTime) {
            self.title = title
            self.started = started.milliseconds
            self.ended = ended.milliseconds
        }
    }
}
