import Basics
import Conference
import Peer

// How many legs one node, one site and one link may have, and which meeting a page belongs to.
extension Bridge {
    /// Legs of one site at once: its room, a chair, a second page, and those who watch at their desks.
    public static let legsPerSite = 128
    /// Of these, viewers: the last places are a room's and a chair's.
    public static let viewersPerSite = 120
    /// Of the node's legs, those that viewers leave to rooms and chairs.
    public static let legsKeptForRooms = 64
    /// Legs that one link has open at once: a page, its reload, and one more.
    public static let legsPerToken = 4
    /// A leg from which no check came for so long was opened by nobody.
    static let firstCheck = Interval.seconds(5)

    /// Refuses a leg beyond the limits. A link's newest leg displaces its oldest: that page was left or reloaded.
    func makeRoom(for pass: Pass, now: Instant) throws(Refusal) {
        endUnchecked(now: now)
        let isSame = { (leg: AccessLeg) in !pass.token.isEmpty && leg.pass.token == pass.token && leg.pass.site == pass.site }
        if count(where: isSame) >= Bridge.legsPerToken, let oldest = place(ofOldest: isSame) {
            end(leg: oldest, reason: "displaced by a newer page of its link", now: now)
        }
        let ofSite = count { $0.pass.site == pass.site }
        let watchers = count { $0.pass.site == pass.site && $0.pass.role == .viewer }
        guard ofSite < Bridge.legsPerSite, pass.role != .viewer || watchers < Bridge.viewersPerSite else { throw .tooManyPages }
        let limit = Bridge.accessLegLimit - (pass.role == .viewer ? Bridge.legsKeptForRooms : 0)
        guard media.legs.count(where: { $0 != nil }) < limit else { throw .tooManyLegs }
    }

    /// Ends legs from which nothing ever came.
    func endUnchecked(now: Instant) {
        for i in media.legs.indices {
            guard let leg = media.legs[i], !leg.isUp, leg.peer.remote == nil, now - leg.since > Bridge.firstCheck else { continue }
            end(leg: i, reason: "no check came", now: now)
        }
    }

    private func count(where isMeant: (AccessLeg) -> Bool) -> Int { media.legs.count { $0.map(isMeant) ?? false } }

    private func place(ofOldest isMeant: (AccessLeg) -> Bool) -> Int? {
        media.legs.indices.filter { media.legs[$0].map(isMeant) ?? false }.min { (media.legs[$0]?.id ?? 0) < (media.legs[$1]?.id ?? 0) }
    }

    /// Ends the leg, if that pass's own link made it; one that is gone is no error. False: it is another's.
    @discardableResult
    public func leave(_ id: UInt32, pass: Pass, now: Instant) -> Bool {
        guard let leg = media.legs.first(where: { $0?.id == id }) ?? nil else { return true }
        guard leg.pass.site == pass.site, leg.pass.token == pass.token else { return false }
        leave(id, now: now)
        return true
    }

    /// The running meeting that a page of this pass belongs to: the one its link names; else the one in which its site is; else, of
    /// those that name its site, the one that was started first. A page that is in a meeting is not drawn into another.
    func runningMeeting(of pass: Pass) -> MeetingID? {
        func runs(_ id: MeetingID) -> Bool {
            control.conference.view(of: id).map { !$0.ended && $0.definition.sites.contains(pass.site) } == true
        }
        if let bound = pass.meeting { return control.conference.view(of: bound).map { !$0.ended } == true ? bound : nil }
        let running = control.conference.meetingIDs.filter(runs)
        if let joined = running.first(where: { control.conference.isJoined(pass.site, meeting: $0) }) { return joined }
        return running.min { a, b in
            let (one, other) = (control.conference.term(of: a) ?? .zero, control.conference.term(of: b) ?? .zero)
            return (one, a) < (other, b)
        }
    }
}
