import Basics
import Peer

/// A stranger whose ClientHello carried our cookie, until it has shown its certificate.
struct PendingTrunk {
    let peer: Peer
    let from: Address
}

/// The handshakes of strangers under way, ``Bridge/pendingTrunkLimit`` at most.
struct PendingTrunks {
    private var list: [PendingTrunk?] = []
    private var deadlines = PeerDeadlines()

    subscript(_ place: Int) -> PendingTrunk? { list[place] }

    var hasRoom: Bool { list.count < Bridge.pendingTrunkLimit || list.contains { $0 == nil } }

    /// One more, which must have room; its place.
    mutating func add(_ pending: PendingTrunk) -> Int {
        let place = list.firstIndex { $0 == nil } ?? list.count
        if place == list.count { list.append(pending) } else { list[place] = pending }
        deadlines.put(pending.peer, at: place)
        return place
    }

    mutating func remove(at place: Int) {
        list[place] = nil
        deadlines.put(nil, at: place)
    }

    /// When the first of them wants to be woken.
    mutating func nextDeadline() -> Instant? { deadlines.earliest { [list] in list[$0]?.peer.deadline } }

    /// The first from a place on that is due.
    mutating func nextDue(from place: Int, by now: Instant) -> Int? {
        deadlines.nextDue(from: place, by: now) { [list] in list[$0]?.peer.deadline }
    }
}
