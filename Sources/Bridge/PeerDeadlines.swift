import Basics
import Peer

/// When the first of some peers wants to be woken, each in its place.
///
/// The owner asks after every event, and hardly any event moves a peer's deadline: media and gossip do not. A peer notes by itself that its
/// deadline may have moved (``Peer/noteDeadline(in:as:)``), so an event costs no look at the other peers.
struct PeerDeadlines {
    private let notes = DeadlineNotes()
    private var index = DeadlineIndex()

    /// A peer takes a place, or (nil) leaves it.
    mutating func put(_ peer: Peer?, at place: Int) {
        if place >= index.slots { index.resize(to: place + 1) }
        peer?.noteDeadline(in: notes, as: place)
        notes.note(place)
    }

    /// The first deadline. `read` says the one of a place.
    mutating func earliest(_ read: (Int) -> Instant?) -> Instant? {
        store(read)
        let earliest = index.earliest
        assert(earliest == (0..<index.slots).compactMap(read).min(), "a peer's deadline moved unnoticed")
        return earliest
    }

    /// The first place from one on whose peer is due; a peer that was made due meanwhile counts.
    mutating func nextDue(from place: Int, by now: Instant, _ read: (Int) -> Instant?) -> Int? {
        store(read)
        return index.nextDue(from: place, by: now)
    }

    private mutating func store(_ read: (Int) -> Instant?) { while let place = notes.take() { index.set(place, read(place)) } }
}
