import Basics
import Bridge
import Conference
import Console

/// Pages that want to see their meeting change; belongs to the loop's thread.
///
/// Each page gets whole snapshots through a stream that keeps only the newest; the HTTP side sends it the difference. A page whose site
/// has the floor gets one every ``Truth/beat``, changed or not. It comes from the thread that forwards the sound, so a page that stops
/// getting them knows that nobody hears its site.
final class Subscriptions {
    /// Between two looks at what changes without a word of the meeting: the line, arriving sound, and the pictures shown.
    static let pause = Interval.milliseconds(50)

    private struct Page {
        let id: UInt64
        let pass: Pass
        let sink: AsyncStream<MeetingUpdate>.Continuation
        var last: MeetingUpdate?
        var lastTold = Instant.zero
    }
    private var pages: [Page] = []
    private var lastID: UInt64 = 0
    private var nextTick = Instant.zero
    private var isOver = false
    private var notes = SiteNotes()
    private var pictures: [SiteID: [LegPictures]] = [:]

    func add(_ pass: Pass, _ sink: AsyncStream<MeetingUpdate>.Continuation, _ bridge: Bridge, now: Instant) -> UInt64 {
        lastID += 1
        if isOver || bridge.isRevoked(pass) { sink.finish() }
        pages.append(Page(id: lastID, pass: pass, sink: sink))
        tell(pages.count - 1, bridge, now: now)
        return lastID
    }

    /// A link was withdrawn: its pages' streams end, and a page that comes again is told why.
    func end(_ revocation: Revocation) {
        for page in pages where revocation.covers(page.pass) { page.sink.finish() }
    }

    func remove(_ id: UInt64) { pages.removeAll { $0.id == id } }

    /// The node stops.
    func end() {
        isOver = true
        for page in pages { page.sink.finish() }
    }
    /// A page of the site did this, and it was accepted.
    func did(_ action: ConferenceAction, _ site: SiteID) { notes.did(action, site) }

    /// The meeting changed: whoever shows it, or waits for one, is told.
    func changed(_ bridge: Bridge, now: Instant) {
        if !pages.isEmpty { pictures = bridge.pictures() }
        for i in pages.indices { tell(i, bridge, now: now) }
    }

    /// What changes by itself.
    func tick(_ bridge: Bridge, now: Instant) {
        guard now >= nextTick else { return }
        nextTick = now + Self.pause
        changed(bridge, now: now)
    }

    private func tell(_ i: Int, _ bridge: Bridge, now: Instant) {
        let pass = pages[i].pass
        let view = bridge.meeting(of: pass)
        let update = MeetingUpdate(
            clock: bridge.wall(now), incarnation: bridge.incarnation, uplink: bridge.uplinkQuality, view: view, own: own(pass, view, bridge, now: now))
        if let last = pages[i].last, last.saysTheSame(as: update) {
            guard update.isLive(pass), now - pages[i].lastTold >= Truth.beat else { return }
        }
        pages[i].last = update
        pages[i].lastTold = now
        pages[i].sink.yield(update)
    }

    private func own(_ pass: Pass, _ view: MeetingView?, _ bridge: Bridge, now: Instant) -> OwnSite {
        var own = OwnSite()
        guard pass.role != .operator else { return own }
        if pass.speaks { own.invitations = bridge.invitations(of: pass.site).filter { pass.meeting == nil || pass.meeting == $0.meeting } }
        own.pictures = (pictures[pass.site] ?? []).map {
            PageState.Pictures(leg: $0.leg, main: $0.main?.rawValue, second: $0.second?.rawValue)
        }
        guard let view, !view.ended else {
            own.over = bridge.endedMeeting(of: pass).map { PageState.Over(title: $0.title, started: $0.started, ended: $0.ended) }
            return own
        }
        guard pass.speaks else { return own }
        let publication = bridge.publicationSnapshot(of: pass.site, in: view.definition.id)
        switch publication.sender {
        case .nobody: own.sender = .nobody
        case .leg(let id): own.sender = .leg(id)
        case .equipment: own.sender = .equipment
        }
        own.unattached = publication.unattached
        own.isSounding = publication.lastSound.map { now - $0 < Truth.silence } ?? false
        if let note = notes.look(pass.site, view, now: now, wall: bridge.wall(now)) {
            (own.mutedBy, own.turnSince, own.news) = (note.mutedBy, note.turnSince, note.news)
        }
        return own
    }
}

extension Pass {
    /// Its page has a microphone.
    var speaks: Bool { role == .room || role == .chair }
}

extension MeetingUpdate {
    /// Others may hear the pass's site, so that its page must hear of it again and again.
    func isLive(_ pass: Pass) -> Bool {
        guard let view, !view.ended, pass.speaks else { return false }
        return view.actingChair == pass.site || view.holders.contains { $0.site == pass.site }
    }
}

extension Bridge {
    /// The trunk to the parent in one word; nil at the root.
    var uplinkQuality: LineQuality? {
        guard let uplink else { return nil }
        if !uplink.isUp { return .cut }
        return uplink.loss > 0.05 ? .unstable : .clear
    }
}
