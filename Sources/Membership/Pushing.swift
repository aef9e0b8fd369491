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
        edge.push.grow(to: store.entries.count)
        guard tells(slot, on: edge), store[slot].version > edge.push.peer[slot].sent else { return }
        let lane = store[slot].id.lane
        edge.push.enqueue(slot, urgency: lane.urgency)
        edge.flush.by(lane == .floor ? now : now + Limits.batchWindow)
    }

    /// The neighbour holds this version of the present incarnation and no more.
    func rewind(_ edge: Edge, _ slot: Int, to version: UInt64) {
        edge.push.rewind(slot, to: version)
        edge.sequence.forgetParts(of: slot)
    }

    /// A slot holds another namespace or incarnation now: nobody has anything of it.
    func resetPeers(_ slot: Int) {
        for edge in edges { edge.push.reset(slot) }
    }

    /// Namespaces that begin to be shared: a few are told at once; of many it is assumed that the neighbour has them, and the
    /// sums of the next hello show the truth, however much else there is to tell.
    func beginSharing(_ edge: Edge, _ lane: Lane, _ scope: MeetingID, now: Instant) {
        let (at, found) = store.group(lane, scope)
        guard found else { return }
        edge.push.grow(to: store.entries.count)
        let members = store.groups[at].members
        let few = members.count <= 64
        for member in members {
            let slot = member.slot
            edge.push.assume(slot, few ? 0 : store[slot].version)
        }
        guard few else {
            edge.repair.noteUntold()
            return
        }
        for member in members where member.node == edge.neighbour { enqueue(edge, member.slot, now: now) }
        for member in members where member.node != edge.neighbour { enqueue(edge, member.slot, now: now) }
        edge.flush.by(now)
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
        let oldest = min(edge.hops.waiting.first?.number ?? next, edge.sequence.inFlight.lazy.compactMap { $0.hops.first?.number }.min() ?? next)
        guard next - oldest < UInt64(Limits.hopsInFlight) else { return false }
        edge.hops.append(payload)
        edge.tally.count(\.hopsSent)
        edge.flush.by(now)
        flushAll(now: now, into: &effects)
        return true
    }

    // MARK: Acknowledgements

    func takeAck(_ edge: Edge, into frame: inout Frame) {
        frame.ack = edge.sequence.takeAck()
        edge.tally.count(\.acksSent)
    }

    func receive(_ ack: Ack, on edge: Edge, now: Instant) {
        edge.tally.count(\.acksReceived)
        let (arrived, lost) = edge.sequence.acknowledge(ack)
        for flight in arrived { note(flight, arrivedOn: edge) }
        edge.pace.noteLoss(lost)
        guard let latest = arrived.last?.sequence else { return }
        if let first = edge.sequence.inFlight.first, first.sequence + Limits.overtaken <= latest {
            sendAgain(on: edge, now: now) { $0.sequence + Limits.overtaken <= latest }
        }
        if edge.push.pending > 0 || !edge.hops.waiting.isEmpty || !edge.requests.open.isEmpty { edge.flush.by(now) }
    }

    private func note(_ flight: InFlight, arrivedOn edge: Edge) {
        for part in flight.parts where isCurrent(part, on: edge) { edge.push.holds(part.slot, part.to) }
        guard let piece = flight.piece, let done = edge.push.arrived(pieceOf: piece.transfer) else { return }
        if isCurrent(InFlight.Part(slot: done.slot, incarnation: done.incarnation, to: done.to), on: edge) { edge.push.holds(done.slot, done.to) }
    }

    private func isCurrent(_ part: InFlight.Part, on edge: Edge) -> Bool {
        part.slot < edge.push.peer.count && store.entries[part.slot]?.incarnation == part.incarnation
    }

    // MARK: Resends

    func resendTime(_ edge: Edge) -> Interval { edge.sequence.backedOff(edge.liveness.resendTime) }

    /// Gives up datagrams that were not acknowledged in time; their content is cut again from what is in the store now.
    func resend(_ edge: Edge, now: Instant) {
        edge.pace.endWindow(now: now)
        let wait = resendTime(edge)
        guard let oldest = edge.sequence.inFlight.first, now >= oldest.overdue(wait) else { return }
        sendAgain(on: edge, now: now) { $0.overdue(wait) <= now }
        edge.sequence.noteTimeout()
    }

    private func sendAgain(on edge: Edge, now: Instant, where isLost: (InFlight) -> Bool) {
        var again: [Hop] = []
        for flight in edge.sequence.giveUp(where: isLost) {
            edge.tally.count(\.resent)
            again += flight.hops
            edge.scopes.lost(serial: flight.scopesSerial)
            for request in flight.requests where isOpen(request) { request.queue(on: edge, now: now) }
            for part in flight.parts where isCurrent(part, on: edge) && edge.push.lost(part.slot, part.to) { enqueue(edge, part.slot, now: now) }
            if let piece = flight.piece { edge.push.lost(piece) }
        }
        edge.hops.sendAgain(again)
        edge.flush.by(now)
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
            known = min(known, slot < edge.push.peer.count ? edge.push.peer[slot].acked : 0)
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
                !edge.gossips || !tells(due.slot, on: edge) || (due.slot < edge.push.peer.count && edge.push.peer[due.slot].acked >= due.version)
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
