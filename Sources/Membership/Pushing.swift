import Basics

// Eager push: which edge still has to be told which namespace; acknowledgements, resends, hop messages.
extension Membership {
    /// Marks a namespace on every other edge where its scope runs.
    func spread(_ slot: Int, except source: Edge?, now: Instant) {
        for edge in edges where edge.gossips && edge !== source { enqueue(edge, slot, now: now) }
    }

    /// Whether the namespace is ours to tell on that edge.
    func tells(_ slot: Int, on edge: Edge) -> Bool {
        let entry = store[slot]
        guard edge.shares(entry.id.lane, entry.id.scope) else { return false }
        return !edge.role.isAbove || entry.owner < 0 || edge.behind[entry.owner]
    }

    func enqueue(_ edge: Edge, _ slot: Int, now: Instant) {
        edge.grow(to: store.entries.count)
        guard tells(slot, on: edge), store[slot].version > edge.peer[slot].sent else { return }
        let lane = store[slot].id.lane
        if !edge.peer[slot].queued {
            edge.peer[slot].queued = true
            edge.queues[lane.urgency].append(slot)
        }
        edge.flushAt.keepEarlier(lane == .floor ? now : now + Limits.batchWindow)
    }

    /// The neighbour holds this version of the present incarnation and no more.
    func rewind(_ edge: Edge, _ slot: Int, to version: UInt64) {
        edge.peer[slot].sent = version
        edge.peer[slot].acked = version
        edge.peer[slot].begun = false
        edge.transfers.removeAll { $0.slot == slot }
        // Their acknowledgement no longer says that the neighbour took these parts.
        for at in edge.inFlight.indices where edge.inFlight[at].parts.contains(where: { $0.slot == slot }) {
            edge.inFlight[at].parts.removeAll { $0.slot == slot }
        }
    }

    /// A slot holds another namespace or incarnation now: nobody has anything of it.
    func resetPeers(_ slot: Int) {
        for edge in edges where slot < edge.peer.count {
            let queued = edge.peer[slot].queued
            edge.peer[slot] = PeerState()
            edge.peer[slot].queued = queued
            edge.transfers.removeAll { $0.slot == slot }
        }
    }

    /// Namespaces that begin to be shared: a few are told at once; of many it is assumed that the neighbour has them, and the
    /// sums of the next hello show the truth, however much else there is to tell.
    func beginSharing(_ edge: Edge, _ lane: Lane, _ scope: MeetingID, now: Instant) {
        let (at, found) = store.group(lane, scope)
        guard found else { return }
        edge.grow(to: store.entries.count)
        let members = store.groups[at].members
        let few = members.count <= 64
        for member in members {
            let slot = member.slot
            let version = few ? 0 : store[slot].version
            edge.peer[slot].sent = version
            edge.peer[slot].acked = version
            edge.peer[slot].begun = false
        }
        guard few else {
            edge.repair.noteUntold()
            return
        }
        for member in members where member.node == edge.neighbour { enqueue(edge, member.slot, now: now) }
        for member in members where member.node != edge.neighbour { enqueue(edge, member.slot, now: now) }
        edge.flushAt.keepEarlier(now)
    }

    // MARK: Hop messages

    /// Sends opaque bytes (≤ ``GossipLimits/hop``) to the neighbour, acknowledged and repeated, in no batch; dropped when the edge
    /// goes down. False if the edge is not up, does not carry gossip, too many are under way, or the message is too long
    /// (``unsendable``).
    @discardableResult
    public func sendHop(_ neighbour: NodeIndex, _ payload: [UInt8], now: Instant, into effects: inout [Effect]) -> Bool {
        guard payload.count <= Limits.hop else {
            unsendable += 1
            return false
        }
        guard let edge = edge(neighbour), edge.gossips else { return false }
        let next = edge.hops.next
        let oldest = min(edge.hops.waiting.first?.number ?? next, edge.inFlight.lazy.compactMap { $0.hops.first?.number }.min() ?? next)
        guard next - oldest < UInt64(Limits.hopsInFlight) else { return false }
        edge.hops.append(payload)
        edge.counters.hopsSent += 1
        edge.flushAt.keepEarlier(now)
        flushAll(now: now, into: &effects)
        return true
    }

    // MARK: Acknowledgements

    func takeAck(_ edge: Edge, into frame: inout Frame) {
        frame.ack = edge.received.ack
        edge.ackAt = nil
        edge.unacked = 0
        edge.counters.acksSent += 1
    }

    func receive(_ ack: Ack, on edge: Edge, now: Instant) {
        edge.counters.acksReceived += 1
        var kept: [InFlight] = []
        var latest: UInt64?
        for flight in edge.inFlight {
            guard ack.contains(flight.sequence) else {
                kept.append(flight)
                continue
            }
            latest = flight.sequence
            arrived(flight, on: edge)
        }
        edge.inFlight = kept
        edge.inDoubt.removeAll { ack.contains($0) }
        settleDoubts(edge) { $0 + Limits.overtaken <= ack.latest }
        guard let latest else { return }
        edge.timeouts = 0
        if let first = kept.first, first.sequence + Limits.overtaken <= latest {
            sendAgain(on: edge, now: now) { $0.sequence + Limits.overtaken <= latest }
        }
        if edge.pending > 0 || !edge.hops.waiting.isEmpty || !edge.requests.isEmpty { edge.flushAt.keepEarlier(now) }
    }

    private func arrived(_ flight: InFlight, on edge: Edge) {
        for part in flight.parts where isCurrent(part, on: edge) {
            edge.peer[part.slot].acked = max(edge.peer[part.slot].acked, part.to)
            edge.peer[part.slot].sent = max(edge.peer[part.slot].sent, part.to)
        }
        guard let piece = flight.piece, let at = edge.transfers.firstIndex(where: { $0.number == piece.transfer }) else { return }
        edge.transfers[at].unacked -= 1
        guard edge.transfers[at].unacked == 0 else { return }
        let done = edge.transfers.remove(at: at)
        if isCurrent(InFlight.Part(slot: done.slot, incarnation: done.incarnation, to: done.to), on: edge) {
            edge.peer[done.slot].acked = max(edge.peer[done.slot].acked, done.to)
            edge.peer[done.slot].sent = max(edge.peer[done.slot].sent, done.to)
        }
    }

    private func isCurrent(_ part: InFlight.Part, on edge: Edge) -> Bool {
        part.slot < edge.peer.count && store.entries[part.slot]?.incarnation == part.incarnation
    }

    // MARK: Resends

    /// No back-off for the first 8 tries in a row, then doubling up to 16 times.
    func resendTime(_ edge: Edge) -> Interval {
        edge.liveness.resendTime * (1 << Int64(max(0, min(4, edge.timeouts - 8))))
    }

    /// When a datagram counts as lost. A burst waits for its own line: on 1 Mbit/s each full datagram takes ten milliseconds.
    func overdue(_ flight: InFlight, on edge: Edge) -> Instant { flight.sentAt + flight.lineTime + resendTime(edge) }

    /// Gives up datagrams that were not acknowledged in time; their content is cut again from what is in the store now.
    func resend(_ edge: Edge, now: Instant) {
        edge.pace.endWindow(now: now)
        guard let oldest = edge.inFlight.first, now >= overdue(oldest, on: edge) else { return }
        sendAgain(on: edge, now: now) { overdue($0, on: edge) <= now }
        edge.timeouts += 1
    }

    private func sendAgain(on edge: Edge, now: Instant, where isLost: (InFlight) -> Bool) {
        var kept: [InFlight] = []
        var again: [Hop] = []
        for flight in edge.inFlight {
            guard isLost(flight) else {
                kept.append(flight)
                continue
            }
            edge.counters.resent += 1
            edge.inDoubt.append(flight.sequence)
            again += flight.hops
            edge.scopes.lost(serial: flight.scopesSerial)
            for request in flight.requests where isOpen(request) { request.queue(on: edge, now: now) }
            for part in flight.parts where isCurrent(part, on: edge) && edge.peer[part.slot].acked < part.to {
                edge.peer[part.slot].sent = edge.peer[part.slot].acked
                if edge.peer[part.slot].acked == 0 { edge.peer[part.slot].begun = false }
                enqueue(edge, part.slot, now: now)
            }
            if let piece = flight.piece, let at = edge.transfers.firstIndex(where: { $0.number == piece.transfer }) {
                edge.transfers[at].unsent.append(piece.index)
            }
        }
        edge.inFlight = kept
        edge.inDoubt.sort()
        edge.hops.sendAgain(again)
        edge.flushAt.keepEarlier(now)
    }

    /// These datagrams were lost: an acknowledgement says so, or none will speak of them any more.
    func settleDoubts(_ edge: Edge, where isLost: (UInt64) -> Bool) {
        let before = edge.inDoubt.count
        edge.inDoubt.removeAll(where: isLost)
        edge.pace.noteLoss(before - edge.inDoubt.count)
    }

    /// Whether the records that this request asks for have not come yet.
    private func isOpen(_ request: Request) -> Bool {
        guard let slot = store.slot(request.namespace) else { return true }
        return (store[slot].incarnation, store[slot].version) <= (request.incarnation, request.version)
    }

    // MARK: Tombstones

    /// Of a namespace with many tombstones the oldest go before their age, as far as every neighbour that is up has them. One that
    /// comes later and holds less is told the whole namespace anew (`Reset`).
    func relieve(_ slot: Int) {
        guard store[slot].tombstones > Limits.tombstones else { return }
        var known = UInt64.max
        for edge in edges where edge.gossips && tells(slot, on: edge) {
            known = min(known, slot < edge.peer.count ? edge.peer[slot].acked : 0)
        }
        guard let last = store.removeTombstones(slot, upTo: known, keeping: Limits.tombstones / 2) else { return }
        store.setCollected(slot, last)
        tombstones.removeAll(of: slot, upTo: last)
    }

    /// Drops tombstones that every neighbour that is up has acknowledged and that are old enough.
    func collect(now: Instant) {
        while let due = tombstones.popDue(now: now) {
            guard let entry = store.entries[due.slot] else { continue }
            let (at, found) = entry.find(due.key)
            guard found, entry.records[at].value == nil, entry.records[at].version == due.version else { continue }
            let known = edges.allSatisfy { edge in
                !edge.gossips || !tells(due.slot, on: edge) || (due.slot < edge.peer.count && edge.peer[due.slot].acked >= due.version)
            }
            if known {
                store.removeRecord(due.slot, key: due.key)
                store.setCollected(due.slot, due.version)
            } else {
                tombstones.append(due.slot, key: due.key, version: due.version, at: now + .seconds(60))
            }
        }
    }
}

/// Tombstones by the time at which they may go.
struct TombstoneQueue {
    struct Item {
        var at: Instant
        var slot: Int
        var key: String
        var version: UInt64
    }
    /// In order of time.
    private var items: [Item] = []
    private var head = 0

    var next: Instant? { head < items.count ? items[head].at : nil }

    mutating func append(_ slot: Int, key: String, version: UInt64, at: Instant) {
        var place = items.count
        while place > head, items[place - 1].at > at { place -= 1 }
        items.insert(Item(at: at, slot: slot, key: key, version: version), at: place)
    }
    /// What was collected before its time.
    mutating func removeAll(of slot: Int, upTo version: UInt64) {
        items.removeFirst(head)
        head = 0
        items.removeAll { $0.slot == slot && $0.version <= version }
    }
    mutating func popDue(now: Instant) -> Item? {
        guard head < items.count, items[head].at <= now else { return nil }
        defer {
            head += 1
            if head == items.count || head > 1_024 {
                items.removeFirst(head)
                head = 0
            }
        }
        return items[head]
    }
}
