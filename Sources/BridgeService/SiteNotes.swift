import Basics
import Conference
import Console

/// What a node remembers of its own sites for their pages: who muted one, when its turn began, and what was decided about it.
///
/// A meeting's view says how things stand. A note compares two of them and knows what the site itself asked for in between, so that
/// a page can tell its hall "the chair took the floor" and not only that it is gone. Notes lie in memory: after a restart of the node
/// nothing is told of what happened before.
struct SiteNotes {
    /// Nobody looked at a site for longer: what changed meanwhile is no news.
    static let attention = Interval.seconds(3)
    /// After a part was cut off or came back the parts' queues become one again: what changes so soon after nobody decided.
    static let settling = Interval.seconds(3)

    /// One site.
    struct Note {
        /// Of which these things are told.
        var meeting: MeetingID
        var mutedBy: Truth.Muter?
        var turnSince: WallTime?
        var news: News?
        fileprivate var muted: Bool
        fileprivate var request: String?
        fileprivate var holds: Bool
        /// What the site's part is cut off from, or which node broke away.
        fileprivate var part: [NodeIndex]
        fileprivate var partChanged: Instant?
        fileprivate var seen: Instant
        /// The site's last request, which it may have again after a heal, and whether it asked for that itself.
        fileprivate var known: String?
        fileprivate var asked = false
        /// The site's own last words: until something answers them.
        fileprivate var wished = false
        fileprivate var withdrew = false
    }
    /// At most one for each site of the network that has a pass.
    private var notes: [SiteID: Note] = [:]
    private var selfMuted: Set<SiteID> = []

    /// A page of the site did this, and it was accepted.
    mutating func did(_ action: ConferenceAction, _ site: SiteID) {
        switch action {
        case .setMuted(true): selfMuted.insert(site)
        case .setMuted(false): selfMuted.remove(site)
        case .requestFloor: notes[site]?.wished = true
        case .withdraw: notes[site]?.withdrew = true
        default: break
        }
    }

    /// Looks at the site in a newer view; nil: the meeting does not have it.
    mutating func look(_ site: SiteID, _ view: MeetingView, now: Instant, wall: WallTime) -> Note? {
        guard let line = view.sites.first(where: { $0.id == site }), !view.ended else {
            notes[site] = nil
            return nil
        }
        let held = view.holders.first { $0.site == site }?.id
        let request = held ?? view.queue.first { $0.site == site }?.id
        let part = [view.cutOff?.node, view.apart?.node].compactMap { $0 }
        let first = notes[site].map { $0.meeting != view.definition.id || now - $0.seen > Self.attention } ?? true
        if first {
            let before = notes[site]
            var note = Note(
                meeting: view.definition.id, muted: line.muted, request: request, holds: held != nil, part: part, seen: now)
            note.mutedBy = line.muted && selfMuted.contains(site) ? .site : nil
            // A page that was reloaded late goes on with the same turn.
            if let before, before.meeting == note.meeting, before.request == request, before.holds { note.turnSince = before.turnSince }
            (note.known, note.asked) = (request, request != nil)
            notes[site] = note
            return note
        }
        guard var note = notes[site] else { return nil }
        note.seen = now
        if line.muted != note.muted {
            note.muted = line.muted
            note.mutedBy = !line.muted ? nil : selfMuted.contains(site) ? .site : .chair
            if note.mutedBy == .chair { note.news = News(.muted, at: wall) }
            if !line.muted { selfMuted.remove(site) }
        }
        if part != note.part { (note.part, note.partChanged) = (part, now) }
        follow(&note, request, holds: held != nil, now: now, wall)
        notes[site] = note
        return note
    }

    /// From one state of the site's request to the next.
    private func follow(_ note: inout Note, _ request: String?, holds: Bool, now: Instant, _ wall: WallTime) {
        defer { (note.request, note.holds) = (request, holds) }
        guard request != note.request || holds != note.holds else { return }
        let isBack = request != nil && note.request == nil && request == note.known
        if let request, request != note.known {
            (note.known, note.asked) = (request, note.wished)
            note.wished = false
        }
        if holds, !note.holds { note.turnSince = wall }
        if !holds { note.turnSince = nil }
        if request == nil { note.wished = false }
        let withdrew = note.withdrew && request == nil
        if request == nil { note.withdrew = false }
        guard note.partChanged.map({ now - $0 > Self.settling }) ?? true else { return }
        if holds, !note.holds {
            if !isBack { note.news = News(note.asked ? .granted : .invited, at: wall) }
        } else if !holds, note.holds, request != nil {
            note.news = News(.interrupted, at: wall)
        } else if request != nil, note.request == nil {
            if !isBack, !note.asked { note.news = News(.invited, at: wall) }
        } else if request == nil, !withdrew {
            note.news = News(note.holds ? .withdrawn : .denied, at: wall)
        }
    }
}
