import Basics

// Which of its declared uplinks a node takes: one at a time, so that the edges taken are a forest whatever each node chooses
// (declared and backup uplinks together have no cycle).
//
//              the taken one falls, a backup is up
//   declared ─────────────────────────────────────▶ backup
//       ▲                                             │
//       └─────────────────────────────────────────────┘
//          an earlier one is up for 60 s without a fall, and nobody behind us speaks (or 60 s more);
//          from an uplink of the edition before to the declared one alone, after half a second
extension Membership {
    /// The neighbour this node takes as its uplink, up or not; nil at the root.
    public var takenUplink: NodeIndex? { uplinks.first { $0.life.isTaken }?.neighbour }

    /// Moves to another uplink if the present one is lost, or a better one is steady again.
    func chooseUplink(now: Instant, into effects: inout [Effect]) {
        guard uplinks.count > 1, let at = uplinks.firstIndex(where: { $0.life.isTaken }) else { return }
        if uplinks[at].isUp {
            choice.noteUplink()
            if let better = better(than: at).firstIndex(where: { $0.isUp && now >= homecoming($0, from: uplinks[at]) }) {
                take(uplinks[better], insteadOf: uplinks[at], now: now, into: &effects)
            }
            return
        }
        // At the start the declared parent comes first, even if a backup answers sooner.
        guard choice.hadUplink || now >= choice.startedAt + Limits.firstChoice else { return }
        guard let next = freshest(now: now) else { return }
        choice.noteUplink()
        take(next, insteadOf: uplinks[at], now: now, into: &effects)
    }

    /// When ``chooseUplink(now:into:)`` has something to do by the clock alone.
    var uplinkDeadline: Instant? {
        guard uplinks.count > 1, let at = uplinks.firstIndex(where: { $0.life.isTaken }) else { return nil }
        var result: Instant?
        if uplinks[at].isUp {
            for better in better(than: at) where better.isUp { result.keepEarlier(homecoming(better, from: uplinks[at])) }
        } else if !choice.hadUplink, uplinks.contains(where: \.isUp) {
            result = choice.startedAt + Limits.firstChoice
        }
        return result
    }

    /// Those that come before it. From an uplink of the edition before only the declared one leads away: a backup is for the day it falls.
    private func better(than at: Int) -> ArraySlice<Edge> { uplinks[..<at].prefix(uplinks[at].life.isFormer ? 1 : at) }

    private func homecoming(_ edge: Edge, from taken: Edge) -> Instant {
        edge.life.upSince + (taken.life.isFormer ? Limits.handover : Limits.homecoming) + (choice.isSpeaking ? Limits.homecomingPatience : .zero)
    }

    /// The first uplink that is up and was heard lately; one that has been silent for two of its hellos may be dead as well.
    private func freshest(now: Instant) -> Edge? {
        let up = uplinks.filter { $0.isUp && !$0.life.isTaken }
        return up.first { now - $0.liveness.lastHeard <= $0.liveness.spacing * 2 } ?? up.first
    }

    /// Leaves one uplink, then takes the other: never both at once.
    private func take(_ next: Edge, insteadOf old: Edge, now: Instant, into effects: inout [Effect]) {
        if configuration.rules.contains(.oneUplink) {
            if old.isUp { fall(old, .released, now: now, into: &effects) }
            old.life.leave()
            old.life.setFormer(false)
            reviewSpacing(old, now: now)
        }
        next.life.take()
        beginGossip(next, now: now, into: &effects)
        // Before anything else goes there: the neighbour reads no namespaces on an edge it believes to be kept warm.
        next.hello.wantNow(now)
        helloIfDue(next, now: now, into: &effects)
    }
}
