import Basics

// When a meeting ended, for pages that tell their hall.
extension Conference {
    /// By the wall clock of the crown that ended it; nil while it runs here, and of a meeting that is not known.
    public func ended(_ id: MeetingID) -> WallTime? {
        guard let m = meetingIndex(id), hasEnded(m) else { return nil }
        return meetings[m].crown?.ended ?? overlay(m)?.ended ?? meetings[m].keptEnd?.at
    }
}
