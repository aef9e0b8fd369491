import Basics

extension Bridge {
    /// Ends the legs whose pass is over, as a link that was opened too long ago; the shell asks once a second.
    public func endExpired(now: Instant) {
        let time = wall(now)
        var ended = false
        for i in media.legs.indices {
            guard let leg = media.legs[i], leg.pass.expires <= time else { continue }
            end(leg: i, reason: "its link expired", now: now)
            ended = true
        }
        if ended { pump(now) }
    }
}
