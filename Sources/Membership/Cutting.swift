import Basics

// Datagrams are cut from the store when they leave, so that superseded values never travel.
extension Membership {
    /// Hands bytes to the secure session.
    func transmit(_ edge: Edge, _ bytes: [UInt8], now: Instant, into effects: inout [Effect]) {
        edge.counters.datagramsSent += 1
        edge.counters.bytesSent += bytes.count
        edge.pace.spend(bytes.count, now: now)
        edge.lastSent = now
        effects.append(.send(edge: edge.neighbour, bytes))
    }

    /// Sends what is due: first what may not wait, then as much as pace and window allow.
    func flushIfDue(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        guard edge.gossips, let due = edge.flushAt, due <= now else { return }
        edge.flushAt = nil
        sendUrgent(edge, now: now, into: &effects)
        var pause: Instant?
        // On a full line each datagram would wait behind the last one anyway. There the floor's records go together, which is half the bytes.
        let urgentPause = now < edge.urgentFrom && edge.pace.waitUntil(now: now) != nil ? edge.urgentFrom : nil
        while edge.pending > 0, edge.inFlight.count < Limits.framesInFlight {
            let isUrgent = hasUrgent(edge)
            pause = isUrgent ? urgentPause : edge.pace.waitUntil(now: now)
            guard pause == nil, sendDelta(edge, isUrgent: isUrgent, now: now, into: &effects) else { break }
            edge.urgentFrom = now + Limits.fullLineWindow
        }
        edge.flushAt.keepEarlier(pause)
        if edge.ackAt != nil, edge.ackAt! <= now {
            var frame = Frame(session: edge.ownSession)
            takeAck(edge, into: &frame)
            transmit(edge, coder.encode(frame), now: now, into: &effects)
        } else {
            edge.flushAt.keepEarlier(edge.ackAt)
        }
    }

    /// The floor lane does not wait, but for its large values.
    private func hasUrgent(_ edge: Edge) -> Bool {
        edge.queues[0].waiting.contains { slot in
            !isDone(edge, slot) && !edge.isTransferring(slot) && isSmallNext(edge, slot)
        }
    }
    /// Some of the floor lane's large values waits for its turn.
    private func hasLargeUrgent(_ edge: Edge) -> Bool {
        edge.queues[0].waiting.contains { slot in
            guard !isDone(edge, slot) else { return false }
            return edge.transfers.first { $0.slot == slot }.map { !$0.unsent.isEmpty } ?? !isSmallNext(edge, slot)
        }
    }
    private func isSmallNext(_ edge: Edge, _ slot: Int) -> Bool {
        let (from, entry) = (start(edge, slot).from, store[slot])
        let first = entry.records.filter { $0.version > from }.min { $0.version < $1.version }
        return first.map { isSmall($0, in: entry.id) } ?? true
    }

    private func numbered(_ edge: Edge, now: Instant) -> (Frame, InFlight) {
        var frame = Frame(session: edge.ownSession)
        frame.sequence = edge.nextSequence
        settleDoubts(edge) { $0 + Limits.doubt < edge.nextSequence }
        frame.base = min(edge.inFlight.first?.sequence ?? edge.nextSequence, edge.inDoubt.first ?? edge.nextSequence)
        return (frame, InFlight(sequence: edge.nextSequence, sentAt: now))
    }
    private func commit(_ edge: Edge, _ frame: inout Frame, _ flight: InFlight, bytes: [UInt8], now: Instant, into effects: inout [Effect]) {
        edge.nextSequence += 1
        var flight = flight
        flight.bytes = bytes.count
        flight.lineTime = edge.pace.lineTime(edge.inFlight.reduce(bytes.count) { $0 + $1.bytes })
        edge.inFlight.append(flight)
        edge.pace.noteNumbered()
        transmit(edge, bytes, now: now, into: &effects)
    }

    /// Room in the acknowledgement window, kept for what may not wait even when deltas fill the rest.
    private func hasWindow(_ edge: Edge) -> Bool {
        edge.nextSequence - (edge.inFlight.first?.sequence ?? edge.nextSequence) < UInt64(Limits.framesInFlight)
    }

    private func sendUrgent(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        while !edge.hops.waiting.isEmpty, hasWindow(edge) {
            var (frame, flight) = numbered(edge, now: now)
            frame.hops = edge.hops.takeDatagram()
            flight.hops = frame.hops
            if edge.ackAt != nil { takeAck(edge, into: &frame) }
            let bytes = coder.encode(frame)
            commit(edge, &frame, flight, bytes: bytes, now: now, into: &effects)
            // The floor goes twice where more than 2 % is lost: three single renewals in a row all fail far too often.
            if edge.lossThere > 0.02 { transmit(edge, bytes, now: now, into: &effects) }
        }
        if edge.scopes.areToSend { sendScopes(edge, now: now, into: &effects) }
        sendRequests(edge, now: now, into: &effects)
        for answer in edge.answers {
            let bytes = coder.encode(answer)
            edge.counters.digestsSent += 1
            edge.counters.digestBytesSent += bytes.count
            transmit(edge, bytes, now: now, into: &effects)
        }
        edge.answers.removeAll(keepingCapacity: true)
    }

    private func sendScopes(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        let perPart = 20
        let parts = max(1, (edge.scopes.own.count + perPart - 1) / perPart)
        guard edge.inFlight.count + parts <= Limits.framesInFlight, hasWindow(edge) else { return }
        edge.scopes.sent()
        for part in 0..<parts {
            var (frame, flight) = numbered(edge, now: now)
            frame.scopes = GossipFrame.Scopes(
                serial: edge.scopes.ownSerial,
                meetings: Array(edge.scopes.own[part * perPart..<min(edge.scopes.own.count, (part + 1) * perPart)]),
                part: UInt32(part), parts: UInt32(parts))
            flight.scopesSerial = edge.scopes.ownSerial
            commit(edge, &frame, flight, bytes: coder.encode(frame), now: now, into: &effects)
        }
    }

    private func sendRequests(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        while !edge.requests.isEmpty {
            guard hasWindow(edge) else { return }
            var (frame, flight) = numbered(edge, now: now)
            frame.requests = Array(edge.requests.prefix(10))
            flight.requests = frame.requests
            edge.requests.removeFirst(frame.requests.count)
            if edge.ackAt != nil { takeAck(edge, into: &frame) }
            commit(edge, &frame, flight, bytes: coder.encode(frame), now: now, into: &effects)
        }
    }

    /// One datagram of namespaces, or one piece of a large value. False if nothing could be sent.
    ///
    /// Rosters ride along with the floor lane, beyond the line's pace too: on a line whose floor never rests they would wait for ever. What
    /// the pace leaves goes to the floor lane's large values first: without a meeting's definition its rows say nothing.
    private func sendDelta(_ edge: Edge, isUrgent: Bool, now: Instant, into effects: inout [Effect]) -> Bool {
        guard hasWindow(edge) else { return false }
        if !isUrgent, hasLargeUrgent(edge), sendPiece(edge, now: now, into: &effects) { return true }
        var target = edge.rawTarget
        while true {
            var (frame, flight) = numbered(edge, now: now)
            let size = fill(edge, &frame, &flight, target: target)
            guard !frame.sections.isEmpty else { return sendPiece(edge, now: now, into: &effects) }
            let hadAck = edge.ackAt
            if hadAck != nil { frame.ack = edge.received.ack }
            let bytes = coder.encode(frame)
            if bytes.count > Limits.datagram {
                // The sizes are upper bounds, so half of what surely fits is never reached; were it, the datagram is counted, not sent.
                guard target > Edge.surelyFits / 2 else {
                    unsendable += 1
                    return false
                }
                let least = target > Edge.surelyFits ? Edge.surelyFits : Edge.surelyFits / 2
                target = max(least, min(target, size) * (Limits.datagram - 60) / bytes.count * 9 / 10)
                edge.rawTarget = max(Edge.surelyFits, target)
                continue
            }
            if size * 10 > target * 8 {
                edge.rawTarget = max(Edge.surelyFits, min(3_600, size * (Limits.datagram - 60) / bytes.count * 19 / 20))
            }
            if hadAck != nil { takeAck(edge, into: &frame) }
            settle(edge, frame, flight)
            edge.counters.deltasSent += 1
            commit(edge, &frame, flight, bytes: bytes, now: now, into: &effects)
            return true
        }
    }

    /// Fills sections in the order of urgency without changing what the edge is known to hold.
    private func fill(_ edge: Edge, _ frame: inout Frame, _ flight: inout InFlight, target: Int) -> Int {
        var size = 0
        for urgency in edge.queues.indices {
            while let first = edge.queues[urgency].first, isDone(edge, first) {
                edge.queues[urgency].removeFirst()
                if first < edge.peer.count { edge.peer[first].queued = false }
            }
            for slot in edge.queues[urgency].waiting {
                if size >= target { return size }
                guard !isDone(edge, slot), !edge.isTransferring(slot) else { continue }
                let (section, bytes, end) = cut(edge, slot, room: target - size)
                if let section {
                    size += bytes
                    frame.sections.append(section)
                    flight.parts.append(InFlight.Part(slot: slot, incarnation: section.incarnation, to: section.to))
                }
                if end == .noRoom, size > 0 { return size }
            }
        }
        return size
    }

    private func isDone(_ edge: Edge, _ slot: Int) -> Bool {
        guard slot < edge.peer.count, store.entries[slot] != nil, tells(slot, on: edge) else { return true }
        return store[slot].version <= edge.peer[slot].sent
    }

    /// Upper bound of a section's bytes without its records.
    private func overhead(_ id: NamespaceID) -> Int { 64 + id.scope.rawValue.utf8.count }
    private func size(_ record: Record) -> Int { record.key.utf8.count + (record.value?.count ?? 0) + 20 }

    /// Whether the record fits a datagram of its own without compression. Larger records travel in fragments.
    private func isSmall(_ record: Record, in id: NamespaceID) -> Bool { overhead(id) + size(record) <= Edge.surelyFits }

    private enum CutEnd {
        case whole
        /// A large value comes next, which travels by itself: what waits behind this namespace need not wait for it.
        case large
        case noRoom
    }

    /// Cuts the records of a namespace that the neighbour has not been sent, oldest versions first, as many as fit.
    /// The section is nil if not even the first record fits.
    private func cut(_ edge: Edge, _ slot: Int, room: Int) -> (section: Section?, size: Int, end: CutEnd) {
        let entry = store[slot]
        var (from, reset) = start(edge, slot)
        if reset == 0, goesAgain(edge, slot) { from = edge.peer[slot].acked }
        let missing = entry.records.filter { $0.version > from }.sorted { $0.version < $1.version }
        var section = Section(
            namespace: entry.id, incarnation: entry.incarnation, from: from, to: from, reset: reset, records: [])
        var total = overhead(entry.id)
        var end = CutEnd.whole
        for record in missing {
            guard isSmall(record, in: entry.id) else {
                end = .large
                break
            }
            guard total + size(record) <= room else {
                end = .noRoom
                break
            }
            total += size(record)
            section.records.append(record)
            section.to = record.version
        }
        if end == .whole { section.to = entry.version }
        if end != .whole, section.records.isEmpty { return (nil, 0, end) }
        return (section, total, end)
    }

    /// Where the next section begins: after what was sent; from nothing, as a Reset, if tombstones after that are gone.
    private func start(_ edge: Edge, _ slot: Int) -> (from: UInt64, reset: UInt64) {
        let state = edge.peer[slot]
        let collected = store[slot].collected
        return !state.begun && state.sent < collected ? (0, collected) : (state.sent, 0)
    }

    /// Whether the records under way go along with the next ones. Records behind a lost datagram are not taken either, so on a line that
    /// loses packets the few records under way are sent once more.
    private func goesAgain(_ edge: Edge, _ slot: Int) -> Bool {
        let (state, entry) = (edge.peer[slot], store[slot])
        guard edge.lossThere > 0.02, state.acked < state.sent, state.acked >= entry.collected else { return false }
        let underWay = entry.records.filter { $0.version > state.acked && $0.version <= state.sent }
        return underWay.reduce(0) { $0 + size($1) } <= Limits.goesAgain
    }

    private func settle(_ edge: Edge, _ frame: Frame, _ flight: InFlight) {
        for (part, section) in zip(flight.parts, frame.sections) {
            edge.peer[part.slot].sent = section.to
            if section.from == 0 { edge.peer[part.slot].begun = true }
        }
    }

    // MARK: Large values

    private func sendPiece(_ edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        edge.transfers.removeAll(where: isStale)
        if edge.transfers.allSatisfy(\.unsent.isEmpty) { beginTransfer(edge) }
        guard let at = edge.transfers.firstIndex(where: { !$0.unsent.isEmpty }) else { return false }
        let index = edge.transfers[at].unsent.removeFirst()
        let transfer = edge.transfers[at]
        guard let value = transfer.record.value else { return false }
        var (frame, flight) = numbered(edge, now: now)
        let offset = index * Limits.fragment
        frame.fragment = Fragment(
            namespace: store[transfer.slot].id, incarnation: transfer.incarnation, from: transfer.from, to: transfer.to,
            reset: transfer.reset, key: transfer.record.key, version: transfer.record.version, total: UInt32(value.count),
            offset: UInt32(offset), bytes: Array(value[offset..<min(value.count, offset + Limits.fragment)]))
        flight.piece = (transfer.number, index)
        let bytes = coder.encode(frame)
        commit(edge, &frame, flight, bytes: bytes, now: now, into: &effects)
        return true
    }

    /// The value was written anew meanwhile.
    private func isStale(_ transfer: Transfer) -> Bool {
        guard let entry = store.entries[transfer.slot], entry.incarnation == transfer.incarnation else { return true }
        let (at, found) = entry.find(transfer.record.key)
        return !found || entry.records[at].version != transfer.record.version
    }

    private func beginTransfer(_ edge: Edge) {
        guard edge.transfers.count < Limits.transfers else { return }
        let underWay = edge.transfers.reduce(0) { $0 + $1.bytes }
        for urgency in edge.queues.indices {
            for slot in edge.queues[urgency].waiting where !isDone(edge, slot) && !edge.isTransferring(slot) {
                let (from, reset) = start(edge, slot)
                let entry = store[slot]
                let missing = entry.records.filter { $0.version > from }.sorted { $0.version < $1.version }
                guard let record = missing.first, !isSmall(record, in: entry.id), let value = record.value else { continue }
                guard underWay + value.count <= Limits.value else { return }
                let pieces = (value.count + Limits.fragment - 1) / Limits.fragment
                edge.transfers.append(
                    Transfer(
                        number: nextTransfer, slot: slot, incarnation: entry.incarnation, from: from,
                        to: missing.count == 1 ? entry.version : record.version, reset: reset, record: record,
                        unsent: Array(0..<pieces), unacked: pieces))
                nextTransfer += 1
                return
            }
        }
    }
}
