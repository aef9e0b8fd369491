import Basics
import Membership

// Which meetings are known here, and for which of them there is room.
extension Conference {
    /// The meeting of that name, made if there is room; nil: too many. `writer` is the node whose word names the meeting.
    ///
    /// The last places are kept for this node and those above it. Where there is no room, a meeting that ended gives way first, then
    /// one of which nothing but its name is known.
    mutating func findOrMake(_ id: MeetingID, for writer: NodeIndex) -> Meeting? {
        if let known = find(id) { return known }
        let isOwn = writer == node || around.standsAbove(writer)
        let limit = isOwn ? Conference.meetingLimit : Conference.meetingLimit - Conference.meetingReserve
        if meetings.count >= limit {
            guard let gone = leastNeeded() else { return nil }
            remove(gone)
        }
        let meeting = Meeting(id: id, around: around)
        add(meeting)
        return meeting
    }

    /// Of the ended meetings the one that would leave first; else one that has neither definition nor site nor attachment here.
    private func leastNeeded() -> Meeting? {
        let ended = meetings.filter { $0.leaveAt != nil && $0.hasEnded }
        return ended.min { ($0.leaveAt ?? .zero) < ($1.leaveAt ?? .zero) }
            ?? meetings.first {
                $0.record == nil && $0.homes.isEmpty && $0.attachment.children.isEmpty
                    && !$0.attachment.uplink.isAttached && !$0.attachment.isAsked
            }
    }

    /// How many meetings of a kind run here.
    func running(where isMeant: (Meeting) -> Bool) -> Int {
        meetings.count { $0.record != nil && isMeant($0) && !$0.hasEnded }
    }

    /// The site stands in that meeting now, by a leg here.
    public func isJoined(_ site: SiteID, meeting id: MeetingID) -> Bool { find(id)?.homeIndex(site) != nil }

    /// When that meeting was started; nil: its definition is not known here.
    public func term(of id: MeetingID) -> Stamp? { find(id)?.record?.term }
}
