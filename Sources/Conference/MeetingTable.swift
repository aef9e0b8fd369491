import Basics
import Membership

// Which meetings are known here, and for which of them there is room.
extension Conference {
    func meetingIndex(_ id: MeetingID) -> Int? {
        let at = meetings.lowerBound { $0.id < id }
        return at < meetings.count && meetings[at].id == id ? at : nil
    }

    /// The meeting's place, made if there is room; nil: too many. `writer` is the node whose word names the meeting.
    ///
    /// The last places are kept for this node and those above it. Where there is no room, a meeting that ended gives way first, then
    /// one of which nothing but its name is known.
    mutating func meetingIndex(
        making id: MeetingID, for writer: NodeIndex, _ effects: inout [ConferenceEffect]
    ) -> Int? {
        if let known = meetingIndex(id) { return known }
        let isOwn = writer == node || standsAbove(writer)
        let limit = isOwn ? Conference.meetingLimit : Conference.meetingLimit - Conference.meetingReserve
        if meetings.count >= limit {
            guard let place = leastNeeded() else { return nil }
            let gone = meetings[place].id
            meetings.remove(at: place)
            updateScopes(&effects)
            effects.append(.forget(gone))
        }
        let at = meetings.lowerBound { $0.id < id }
        meetings.insert(MeetingState(id: id), at: at)
        return at
    }

    /// Of the ended meetings the one that would leave first; else one that has neither definition nor site nor attachment here.
    private func leastNeeded() -> Int? {
        let ended = meetings.indices.filter { meetings[$0].leaveAt != nil && hasEnded($0) }
        let first = ended.min { (meetings[$0].leaveAt ?? .zero) < (meetings[$1].leaveAt ?? .zero) }
        return first
            ?? meetings.firstIndex {
                $0.record == nil && $0.homes.isEmpty && $0.children.isEmpty && !$0.uplink.isAttached && !$0.isAsked
            }
    }

    /// How many meetings of a kind run here.
    func running(where isMeant: (MeetingState) -> Bool) -> Int {
        meetings.indices.count { meetings[$0].record != nil && isMeant(meetings[$0]) && !hasEnded($0) }
    }

    /// The site stands in that meeting now, by a leg here.
    public func isJoined(_ site: SiteID, meeting id: MeetingID) -> Bool {
        meetingIndex(id).map { meetings[$0].homeIndex(site) != nil } ?? false
    }

    /// When that meeting was started; nil: its definition is not known here.
    public func term(of id: MeetingID) -> Stamp? { meetingIndex(id).flatMap { meetings[$0].record?.term } }
}
