import Basics

/// What one neighbour holds of each namespace, which of them wait to be told, and large values on their way out.
struct EdgePush {
    /// By slot of the store.
    private(set) var peer: [PeerState] = []
    /// By urgency.
    private(set) var queues = [SlotQueue](repeating: SlotQueue(), count: 4)
    /// Large values on their way out, in the order in which they began.
    private(set) var transfers: [Transfer] = []

    /// Namespaces that wait, and large values.
    var pending: Int { queues.reduce(0) { $0 + $1.count } + transfers.count }
    func isTransferring(_ slot: Int) -> Bool { transfers.contains { $0.slot == slot } }

    /// The store has so many slots.
    mutating func grow(to count: Int) {
        guard peer.count < count else { return }
        if peer.capacity < count { peer.reserveCapacity(count + count / 8) }
        peer.append(contentsOf: repeatElement(PeerState(), count: count - peer.count))
    }

    // MARK: Queues

    mutating func enqueue(_ slot: Int, urgency: Int) {
        guard !peer[slot].queued else { return }
        peer[slot].queued = true
        queues[urgency].append(slot)
    }
    /// The first of a queue needs to be told no more.
    mutating func dropFirst(urgency: Int) {
        guard let slot = queues[urgency].first else { return }
        queues[urgency].removeFirst()
        if slot < peer.count { peer[slot].queued = false }
    }

    // MARK: What the neighbour holds

    /// A section went out.
    mutating func sent(_ section: Section, of slot: Int) {
        peer[slot].sent = section.to
        if section.from == 0 { peer[slot].begun = true }
    }
    /// The neighbour holds that version, or a newer one.
    mutating func holds(_ slot: Int, _ version: UInt64) {
        peer[slot].acked = max(peer[slot].acked, version)
        peer[slot].sent = max(peer[slot].sent, version)
    }
    /// The neighbour sent records of the namespace, so it holds them from the beginning.
    mutating func gave(_ slot: Int, _ version: UInt64) {
        holds(slot, version)
        peer[slot].begun = true
    }
    /// A section up to that version was lost; true if it has to be told again.
    mutating func lost(_ slot: Int, _ version: UInt64) -> Bool {
        guard peer[slot].acked < version else { return false }
        peer[slot].sent = peer[slot].acked
        if peer[slot].acked == 0 { peer[slot].begun = false }
        return true
    }
    /// The namespace begins to be shared: the neighbour is taken to hold this version of it.
    mutating func assume(_ slot: Int, _ version: UInt64) {
        peer[slot].sent = version
        peer[slot].acked = version
        peer[slot].begun = false
    }
    /// The neighbour holds this version of the present incarnation and no more.
    mutating func rewind(_ slot: Int, to version: UInt64) {
        assume(slot, version)
        transfers.removeAll { $0.slot == slot }
    }
    /// The slot holds another namespace or incarnation now: the neighbour has nothing of it.
    mutating func reset(_ slot: Int) {
        guard slot < peer.count else { return }
        let queued = peer[slot].queued
        peer[slot] = PeerState()
        peer[slot].queued = queued
        transfers.removeAll { $0.slot == slot }
    }

    // MARK: Large values

    mutating func begin(_ transfer: Transfer) { transfers.append(transfer) }
    mutating func dropTransfers(where isStale: (Transfer) -> Bool) { transfers.removeAll(where: isStale) }
    /// The next piece to send, of the first value that has one.
    mutating func takePiece() -> (transfer: Transfer, index: Int)? {
        guard let at = transfers.firstIndex(where: { !$0.unsent.isEmpty }) else { return nil }
        let index = transfers[at].takePiece()
        return (transfers[at], index)
    }
    /// A piece arrived; the transfer, if it was the last one.
    mutating func arrived(pieceOf number: UInt64) -> Transfer? {
        guard let at = transfers.firstIndex(where: { $0.number == number }) else { return nil }
        return transfers[at].arrived() ? transfers.remove(at: at) : nil
    }
    mutating func lost(_ piece: (transfer: UInt64, index: Int)) {
        guard let at = transfers.firstIndex(where: { $0.number == piece.transfer }) else { return }
        transfers[at].lost(piece.index)
    }

    /// The session ended.
    mutating func clear() { self = EdgePush() }
}

/// How much of one namespace's present incarnation the neighbour holds.
///
/// Both ends of each edge hold one for every namespace: versions, which stay below 2⁶², leave room for the flags.
struct PeerState {
    private static let flag: UInt64 = 1 << 63
    private var sentAndQueued: UInt64 = 0
    private var ackedAndBegun: UInt64 = 0

    fileprivate(set) var sent: UInt64 {
        get { sentAndQueued & ~PeerState.flag }
        set { sentAndQueued = newValue | sentAndQueued & PeerState.flag }
    }
    fileprivate(set) var acked: UInt64 {
        get { ackedAndBegun & ~PeerState.flag }
        set { ackedAndBegun = newValue | ackedAndBegun & PeerState.flag }
    }
    fileprivate(set) var queued: Bool {
        get { sentAndQueued & PeerState.flag != 0 }
        set { sentAndQueued = newValue ? sentAndQueued | PeerState.flag : sent }
    }
    /// The neighbour got (or was reset to) our records from the beginning, so pieces may follow although tombstones are gone.
    fileprivate(set) var begun: Bool {
        get { ackedAndBegun & PeerState.flag != 0 }
        set { ackedAndBegun = newValue ? ackedAndBegun | PeerState.flag : acked }
    }
}

/// First in, first out, without moving what is left.
struct SlotQueue {
    private var items: [Int] = []
    private var head = 0
    var count: Int { items.count - head }
    var first: Int? { head < items.count ? items[head] : nil }
    mutating func append(_ slot: Int) { items.append(slot) }
    mutating func removeFirst() {
        head += 1
        if head == items.count || head > 1_024 {
            items.removeFirst(head)
            head = 0
        }
    }
    /// The waiting ones, in order.
    var waiting: ArraySlice<Int> { items[head...] }
}

/// A large value on its way out in pieces; several small ones at a time, since each takes a round trip.
struct Transfer {
    let number: UInt64
    let slot: Int
    let incarnation: Incarnation
    /// The section it stands for.
    let from: UInt64
    let to: UInt64
    let reset: UInt64
    let record: Record
    /// Pieces still to be sent (again), and those not yet acknowledged.
    private(set) var unsent: [Int]
    private var unacked: Int

    init(number: UInt64, slot: Int, incarnation: Incarnation, from: UInt64, to: UInt64, reset: UInt64, record: Record) {
        self.number = number
        self.slot = slot
        self.incarnation = incarnation
        self.from = from
        self.to = to
        self.reset = reset
        self.record = record
        unacked = ((record.value?.count ?? 0) + Limits.fragment - 1) / Limits.fragment
        unsent = Array(0..<unacked)
    }

    var bytes: Int { record.value?.count ?? 0 }

    fileprivate mutating func takePiece() -> Int { unsent.removeFirst() }
    fileprivate mutating func lost(_ piece: Int) { unsent.append(piece) }
    /// True if no other piece is missing.
    fileprivate mutating func arrived() -> Bool {
        unacked -= 1
        return unacked == 0
    }
}
