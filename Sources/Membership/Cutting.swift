import Basics

// Datagrams are cut from the store when they leave, so that superseded values never travel.
extension Membership {
    /// Hands bytes to the secure session.
    func transmit(_ edge: Edge, _ bytes: [UInt8], now: Instant, into effects: inout [Effect]) {
        edge.tally.count(\.datagramsSent)
        edge.tally.count(\.bytesSent, bytes.count)
        edge.pace.spend(bytes.count, now: now)
        edge.hello.sent(now: now)
        effects.append(.send(edge: edge.neighbour, bytes))
    }

    /// Sends what is due: first what may not wait, then as much as pace and window allow.
    func flushIfDue(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        guard edge.gossips, let due = edge.flush.deadline, due <= now else { return }
        edge.flush.begin()
        sendUrgent(edge, now: now, into: &effects)
        var pause: Instant?
        // On a full line each datagram would wait behind the last one anyway. There the floor's records go together, which is half the bytes.
        let urgentPause = now < edge.flush.urgentFrom && edge.pace.waitUntil(now: now) != nil ? edge.flush.urgentFrom : nil
        while edge.push.pending > 0, edge.sequence.inFlight.count < Limits.framesInFlight {
            let isUrgent = hasUrgent(edge)
            pause = isUrgent ? urgentPause : edge.pace.waitUntil(now: now)
            guard pause == nil, sendDelta(edge, isUrgent: isUrgent, now: now, into: &effects) else { break }
            edge.flush.sentDelta(now: now)
        }
        edge.flush.by(pause)
        if let ackAt = edge.sequence.ackAt, ackAt <= now {
            var frame = Frame(session: edge.life.ownSession)
            takeAck(edge, into: &frame)
            transmit(edge, coder.encode(frame), now: now, into: &effects)
        } else {
            edge.flush.by(edge.sequence.ackAt)
        }
    }

    /// The floor lane does not wait, but for its large values.
    private func hasUrgent(_ edge: Edge) -> Bool {
        edge.push.queues[0].waiting.contains { slot in
            !isDone(edge, slot) && !edge.push.isTransferring(slot) && isSmallNext(edge, slot)
        }
    }
    /// Some of the floor lane's large values waits for its turn.
    private func hasLargeUrgent(_ edge: Edge) -> Bool {
        edge.push.queues[0].waiting.contains { slot in
            guard !isDone(edge, slot) else { return false }
            return edge.push.transfers.first { $0.slot == slot }.map { !$0.unsent.isEmpty } ?? !isSmallNext(edge, slot)
        }
    }
    private func isSmallNext(_ edge: Edge, _ slot: Int) -> Bool {
        let (from, entry) = (start(edge, slot).from, store[slot])
        let first = entry.records.filter { $0.version > from }.min { $0.version < $1.version }
        return first.map { isSmall($0, in: entry.id) } ?? true
    }

    private func numbered(_ edge: Edge) -> Frame {
        var frame = Frame(session: edge.life.ownSession)
        frame.sequence = edge.sequence.next
        edge.pace.noteLoss(edge.sequence.settleOldDoubts())
        frame.base = edge.sequence.base
        return frame
    }
    private func commit(_ edge: Edge, _ flight: InFlight, bytes: [UInt8], now: Instant, into effects: inout [Effect]) {
        var flight = flight
        flight.weigh(bytes.count, lineTime: edge.pace.lineTime(edge.sequence.bytesInFlight + bytes.count))
        edge.sequence.commit(flight)
        edge.pace.noteNumbered()
        transmit(edge, bytes, now: now, into: &effects)
    }

    private func sendUrgent(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        while !edge.hops.waiting.isEmpty, edge.sequence.hasWindow {
            var frame = numbered(edge)
            frame.hops = edge.hops.takeDatagram()
            let flight = InFlight(frame.sequence, sentAt: now, hops: frame.hops)
            if edge.sequence.ackAt != nil { takeAck(edge, into: &frame) }
            let bytes = coder.encode(frame)
            commit(edge, flight, bytes: bytes, now: now, into: &effects)
            // The floor goes twice where more than 2 % is lost: three single renewals in a row all fail far too often.
            if edge.report.loss > 0.02 { transmit(edge, bytes, now: now, into: &effects) }
        }
        if edge.scopes.areToSend { sendScopes(edge, now: now, into: &effects) }
        sendRequests(edge, now: now, into: &effects)
        for answer in edge.requests.answers {
            let bytes = coder.encode(answer)
            edge.tally.count(\.digestsSent)
            edge.tally.count(\.digestBytesSent, bytes.count)
            transmit(edge, bytes, now: now, into: &effects)
        }
        edge.requests.answered()
    }

    private func sendScopes(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        let perPart = 20
        let parts = max(1, (edge.scopes.own.count + perPart - 1) / perPart)
        guard edge.sequence.inFlight.count + parts <= Limits.framesInFlight, edge.sequence.hasWindow else { return }
        edge.scopes.sent()
        for part in 0..<parts {
            var frame = numbered(edge)
            frame.scopes = GossipFrame.Scopes(
                serial: edge.scopes.ownSerial,
                meetings: Array(edge.scopes.own[part * perPart..<min(edge.scopes.own.count, (part + 1) * perPart)]),
                part: UInt32(part), parts: UInt32(parts))
            let flight = InFlight(frame.sequence, sentAt: now, scopesSerial: edge.scopes.ownSerial)
            commit(edge, flight, bytes: coder.encode(frame), now: now, into: &effects)
        }
    }

    private func sendRequests(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        while !edge.requests.open.isEmpty {
            guard edge.sequence.hasWindow else { return }
            var frame = numbered(edge)
            frame.requests = edge.requests.takeDatagram()
            let flight = InFlight(frame.sequence, sentAt: now, requests: frame.requests)
            if edge.sequence.ackAt != nil { takeAck(edge, into: &frame) }
            commit(edge, flight, bytes: coder.encode(frame), now: now, into: &effects)
        }
    }

    /// One datagram of namespaces, or one piece of a large value. False if nothing could be sent.
    ///
    /// Rosters ride along with the floor lane, beyond the line's pace too: on a line whose floor never rests they would wait for ever. What
    /// the pace leaves goes to the floor lane's large values first: without a meeting's definition its rows say nothing.
    private func sendDelta(_ edge: Edge, isUrgent: Bool, now: Instant, into effects: inout [Effect]) -> Bool {
        guard edge.sequence.hasWindow else { return false }
        if !isUrgent, hasLargeUrgent(edge), sendPiece(edge, now: now, into: &effects) { return true }
        var target = edge.flush.target
        while true {
            var frame = numbered(edge)
            var flight = InFlight(frame.sequence, sentAt: now)
            let size = fill(edge, &frame, &flight, target: target)
            guard !frame.sections.isEmpty else { return sendPiece(edge, now: now, into: &effects) }
            let hasAck = edge.sequence.ackAt != nil
            if hasAck { frame.ack = edge.sequence.ack }
            let bytes = coder.encode(frame)
            if bytes.count > Limits.datagram {
                // The sizes are upper bounds, so half of what surely fits is never reached; were it, the datagram is counted, not sent.
                guard target > EdgeFlush.surelyFits / 2 else {
                    unsendable += 1
                    return false
                }
                let least = target > EdgeFlush.surelyFits ? EdgeFlush.surelyFits : EdgeFlush.surelyFits / 2
                target = max(least, min(target, size) * (Limits.datagram - 60) / bytes.count * 9 / 10)
                edge.flush.aim(target)
                continue
            }
            if size * 10 > target * 8 {
                edge.flush.aim(size * (Limits.datagram - 60) / bytes.count * 19 / 20)
            }
            if hasAck { takeAck(edge, into: &frame) }
            for (part, section) in zip(flight.parts, frame.sections) { edge.push.sent(section, of: part.slot) }
            edge.tally.count(\.deltasSent)
            commit(edge, flight, bytes: bytes, now: now, into: &effects)
            return true
        }
    }

    /// Fills sections in the order of urgency without changing what the edge is known to hold.
    private func fill(_ edge: Edge, _ frame: inout Frame, _ flight: inout InFlight, target: Int) -> Int {
        var size = 0
        for urgency in edge.push.queues.indices {
            while let first = edge.push.queues[urgency].first, isDone(edge, first) { edge.push.dropFirst(urgency: urgency) }
            for slot in edge.push.queues[urgency].waiting {
                if size >= target { return size }
                guard !isDone(edge, slot), !edge.push.isTransferring(slot) else { continue }
                let (section, bytes, end) = cut(edge, slot, room: target - size)
                if let section {
                    size += bytes
                    frame.sections.append(section)
                    flight.add(InFlight.Part(slot: slot, incarnation: section.incarnation, to: section.to))
                }
                if end == .noRoom, size > 0 { return size }
            }
        }
        return size
    }

    private func isDone(_ edge: Edge, _ slot: Int) -> Bool {
        guard slot < edge.push.peer.count, store.entries[slot] != nil, tells(slot, on: edge) else { return true }
        return store[slot].version <= edge.push.peer[slot].sent
    }

    /// Upper bound of a section's bytes without its records.
    private func overhead(_ id: NamespaceID) -> Int { 64 + id.scope.rawValue.utf8.count }
    private func size(_ record: Record) -> Int { record.key.utf8.count + (record.value?.count ?? 0) + 20 }

    /// Whether the record fits a datagram of its own without compression. Larger records travel in fragments.
    private func isSmall(_ record: Record, in id: NamespaceID) -> Bool { overhead(id) + size(record) <= EdgeFlush.surelyFits }

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
        if reset == 0, goesAgain(edge, slot) { from = edge.push.peer[slot].acked }
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
        let state = edge.push.peer[slot]
        let collected = store[slot].collected
        return !state.begun && state.sent < collected ? (0, collected) : (state.sent, 0)
    }

    /// Whether the records under way go along with the next ones. Records behind a lost datagram are not taken either, so on a line that
    /// loses packets the few records under way are sent once more.
    private func goesAgain(_ edge: Edge, _ slot: Int) -> Bool {
        let (state, entry) = (edge.push.peer[slot], store[slot])
        guard edge.report.loss > 0.02, state.acked < state.sent, state.acked >= entry.collected else { return false }
        let underWay = entry.records.filter { $0.version > state.acked && $0.version <= state.sent }
        return underWay.reduce(0) { $0 + size($1) } <= Limits.goesAgain
    }

    // MARK: Large values

    private func sendPiece(_ edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        edge.push.dropTransfers(where: isStale)
        if edge.push.transfers.allSatisfy(\.unsent.isEmpty) { beginTransfer(edge) }
        guard let (transfer, index) = edge.push.takePiece(), let value = transfer.record.value else { return false }
        var frame = numbered(edge)
        let offset = index * Limits.fragment
        frame.fragment = Fragment(
            namespace: store[transfer.slot].id, incarnation: transfer.incarnation, from: transfer.from, to: transfer.to,
            reset: transfer.reset, key: transfer.record.key, version: transfer.record.version, total: UInt32(value.count),
            offset: UInt32(offset), bytes: Array(value[offset..<min(value.count, offset + Limits.fragment)]))
        let flight = InFlight(frame.sequence, sentAt: now, piece: (transfer.number, index))
        commit(edge, flight, bytes: coder.encode(frame), now: now, into: &effects)
        return true
    }

    /// The value was written anew meanwhile.
    private func isStale(_ transfer: Transfer) -> Bool {
        guard let entry = store.entries[transfer.slot], entry.incarnation == transfer.incarnation else { return true }
        let (at, found) = entry.find(transfer.record.key)
        return !found || entry.records[at].version != transfer.record.version
    }

    private func beginTransfer(_ edge: Edge) {
        guard edge.push.transfers.count < Limits.transfers else { return }
        let underWay = edge.push.transfers.reduce(0) { $0 + $1.bytes }
        for urgency in edge.push.queues.indices {
            for slot in edge.push.queues[urgency].waiting where !isDone(edge, slot) && !edge.push.isTransferring(slot) {
                let (from, reset) = start(edge, slot)
                let entry = store[slot]
                let missing = entry.records.filter { $0.version > from }.sorted { $0.version < $1.version }
                guard let record = missing.first, !isSmall(record, in: entry.id), let value = record.value else { continue }
                guard underWay + value.count <= Limits.value else { return }
                edge.push.begin(
                    Transfer(
                        number: nextTransfer, slot: slot, incarnation: entry.incarnation, from: from,
                        to: missing.count == 1 ? entry.version : record.version, reset: reset, record: record))
                nextTransfer += 1
                return
            }
        }
    }
}
