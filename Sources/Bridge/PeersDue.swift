import Basics
import Peer

// When the first of all peers wants to be woken. The owner asks after every event, and hardly any event changes it: media and
// gossip move no peer's deadline, so the peers are asked again only when one of them says another time than it did.
extension Bridge {
    func learnPeersDue() {
        isPeersDueKnown = true
        peersDue = nil
        for trunk in trunks {
            trunk.due = trunk.peer?.deadline
            peersDue.keepEarlier(trunk.due)
        }
        for pending in pendingTrunks { peersDue.keepEarlier(pending?.peer.deadline) }
        for leg in legs {
            guard let leg else { continue }
            leg.due = leg.peer.deadline
            peersDue.keepEarlier(leg.due)
        }
    }

    /// What ``learnPeersDue()`` would find, for debug builds.
    func readPeersDue() -> Instant? {
        var result: Instant?
        for trunk in trunks { result.keepEarlier(trunk.peer?.deadline) }
        for pending in pendingTrunks { result.keepEarlier(pending?.peer.deadline) }
        for leg in legs { result.keepEarlier(leg?.peer.deadline) }
        return result
    }

    /// After an input that is more than media.
    func noteDue(of trunk: Trunk) { if trunk.peer?.deadline != trunk.due { isPeersDueKnown = false } }
    func noteDue(of leg: AccessLeg) { if leg.peer.deadline != leg.due { isPeersDueKnown = false } }
}
