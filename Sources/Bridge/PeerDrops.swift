import Peer

/// Why a datagram ended inside a leg or trunk; `Forwarding` has reasons of the same name for packets after that.
public typealias PeerDropReason = DropReason

/// What the legs and trunks of a node dropped, by reason, those that are closed among them.
struct PeerDrops {
    private var closed = [UInt64](repeating: 0, count: PeerDropReason.allCases.count)

    /// A leg or a trunk's session ends: what it dropped stays counted.
    mutating func close(_ peer: Peer?) {
        guard let peer else { return }
        for reason in PeerDropReason.allCases { closed[reason.rawValue] &+= peer.counters.dropped(reason) }
    }

    /// All of one reason, with those of the open ones.
    func count(_ reason: PeerDropReason, open: [Peer?]) -> UInt64 {
        open.reduce(closed[reason.rawValue]) { $0 &+ ($1?.counters.dropped(reason) ?? 0) }
    }

    static let reasons = PeerDropReason.allCases
}
