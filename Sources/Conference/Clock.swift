import Basics

// Clocks that are not set (mesh rule 2). A node alone with an unset clock marks its requests; once it learns the time, it puts
// their stamps right by as much as its clock jumped, so that each has its age among the others.
extension Conference {
    /// The shell read the clock: `isSet` says whether it is known to be about right, `jump` how far it moved since the last reading.
    /// `uplink` is the uplink's time, if it is heard.
    public mutating func clockRead(
        isSet: Bool, jump: Interval, uplink: WallTime? = nil, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        around.uplinkWall = uplink
        let isNews = isSet != around.clockIsSet
        around.clockIsSet = isSet
        guard isSet, isNews || jump != .zero else { return }
        around.begin(now, wall, &effects)
        defer { around.end(&effects) }
        for meeting in meetings { meeting.moveStamps(by: jump) }
        settleAll()
    }
}

extension Meeting {
    /// The clock was wrong by so much when our own requests were stamped.
    func moveStamps(by jump: Interval) {
        for var request in tables.requests where request.id.node == node && request.isLive {
            guard request.clockUnset || request.stamp.milliseconds > wall.milliseconds else { continue }
            request.stamp.milliseconds &+= jump.milliseconds
            request.clockUnset = false
            publish(request)
        }
    }
}
