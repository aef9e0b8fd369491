import Basics

// Clocks that are not set (mesh rule 2). A node alone with an unset clock marks its requests; once it learns the time, it puts
// their stamps right by as much as its clock jumped, so that each has its age among the others.
extension Conference {
    /// The shell read the clock: `isSet` says whether it is known to be about right, `jump` how far it moved since the last reading.
    /// `uplink` is the uplink's time, if it is heard.
    public mutating func clockRead(
        isSet: Bool, jump: Interval, uplink: WallTime? = nil, now: Instant, wall: WallTime, into effects: inout [ConferenceEffect]
    ) {
        uplinkWall = uplink
        let isNews = isSet != clockIsSet
        clockIsSet = isSet
        guard isSet, isNews || jump != .zero else { return }
        let at = begin(now, wall)
        for m in meetings.indices {
            for var request in meetings[m].requests where request.id.node == node && request.isLive {
                guard request.clockUnset || request.stamp.milliseconds > wall.milliseconds else { continue }
                request.stamp.milliseconds &+= jump.milliseconds
                request.clockUnset = false
                publish(m, .floor, .request(request.id.counter), .request(request), at, &effects)
            }
        }
        settleAll(at, &effects)
    }

    /// A request's stamp; a logical clock that a wrong reading drove far ahead does not push it back in the queue.
    mutating func requestStamp(_ at: Moment) -> Stamp {
        let stamp = clock.tick(at.wall)
        guard stamp.milliseconds &- HybridClock.farthestAhead > at.wall.milliseconds else { return stamp }
        return Stamp(milliseconds: at.wall.milliseconds, counter: stamp.counter)
    }
}
