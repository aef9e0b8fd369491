import Basics

// This node's own records, and its incarnation.
extension Membership {
    /// Writes (nil: removes) a record of this node. Writing what is there already does nothing.
    ///
    /// Keys are 1…64 bytes of printable ASCII without space, values at most 64 KB (``GossipLimits/signedValue`` if they are signed);
    /// the scope is ``everywhere`` for the link lane
    /// and a meeting for every other. A record beyond these limits, or one more than ``GossipLimits/records``, is not written: then
    /// the result is false, and ``refusedWrites`` counts it.
    @discardableResult
    public func set(
        _ lane: Lane, scope: MeetingID = Membership.everywhere, key: String, value: [UInt8]?, now: Instant,
        into effects: inout [Effect]
    ) -> Bool {
        let isScope = (lane == .link) == scope.rawValue.isEmpty && scope.rawValue.utf8.count <= Limits.scope
        guard Record.isKey(key), isScope, (value?.count ?? 0) <= Limits.value else { return refuse() }
        let isSigned = value.map { signs(lane, key, $0) } ?? false
        guard !isSigned || (value?.count ?? 0) <= Limits.signedValue else { return refuse() }
        let id = NamespaceID(node: node, lane: lane, scope: scope)
        if let slot = store.slot(id) {
            let (at, found) = store[slot].find(key)
            let present = found ? store[slot].records[at].value : nil
            if (isSigned ? present.flatMap { Seal.split($0)?.body } : present) == value { return true }
            guard found || store[slot].records.count < Limits.records else { return refuse() }
        } else if value == nil {
            return true
        }
        let slot = store.slot(id) ?? createOwn(id, version: 0)
        let version = store[slot].version + 1
        let written = value.map { isSigned ? sealed(id, key: key, version: version, $0) : $0 }
        _ = store.merge(slot, Record(key: key, version: version, value: written))
        store.setVersion(slot, version)
        if value == nil { tombstones.append(slot, key: key, version: version, at: now + Limits.tombstoneAge) }
        relieve(slot)
        effects.append(.changed(id, key: key))
        spread(slot, except: nil, now: now)
        flushAll(now: now, into: &effects)
        return true
    }

    private func refuse() -> Bool {
        refusedWrites += 1
        return false
    }

    /// A page's deed may still add records of this node: what is left beyond is the node's own.
    public func hasRoom(_ lane: Lane, scope: MeetingID = Membership.everywhere) -> Bool {
        guard let slot = store.slot(NamespaceID(node: node, lane: lane, scope: scope)) else { return true }
        return store[slot].records.count < Limits.records - Limits.ownReserve
    }

    func createOwn(_ id: NamespaceID, version: UInt64) -> Int {
        let slot = store.insert(id, owner: configuration.slot, incarnation: incarnation, version: version)
        ownSlots.append(slot)
        resetPeers(slot)
        return slot
    }

    /// A neighbour showed a namespace of this node (SWIM's refutation). Where records are signed, a node believes that it had a later life
    /// only by its own word: `proof`.
    func meetOwn(
        _ id: NamespaceID, _ shown: Incarnation, version: UInt64, proof: [UInt8]?, from edge: Edge, now: Instant, into effects: inout [Effect]
    ) {
        guard edge.shares(id.lane, id.scope) else { return }
        let slot = store.slot(id)
        guard configuration.rules.contains(.incarnation) else { return }
        let ahead = shown > incarnation || (shown == incarnation && version > (slot.map { store[$0].version } ?? 0))
        if ahead {
            guard shown.counter < .max - 1, shown.counter - min(incarnation.counter, shown.counter) <= Limits.incarnationJump else {
                edge.tally.count(\.limited)
                return
            }
            guard believes(shown, proof: proof, from: edge, now: now) else { return }
            live(after: shown.counter, now: now, into: &effects)
            if store.slot(id) == nil { spread(createOwn(id, version: 1), except: nil, now: now) }
        } else if shown < incarnation {
            // The neighbour holds a former life of ours. Our present records, even if there are none, take its place.
            let slot = slot ?? createOwn(id, version: 1)
            edge.push.grow(to: store.entries.count)
            rewind(edge, slot, to: 0)
            enqueue(edge, slot, now: now)
        }
    }

    private func live(after counter: UInt64, now: Instant, into effects: inout [Effect]) {
        incarnation = Incarnation(counter: counter + 1, nonce: UInt32(truncatingIfNeeded: random.next()))
        effects.append(.persistIncarnation(incarnation.counter))
        for slot in ownSlots {
            let old = store.clear(slot).filter { $0.value != nil }.sorted { $0.version < $1.version }
            for (i, record) in old.enumerated() {
                let value = record.value.map { resealed(store[slot].id, key: record.key, version: UInt64(i + 1), $0) }
                _ = store.merge(slot, Record(key: record.key, version: UInt64(i + 1), value: value))
            }
            store.setIncarnation(slot, incarnation, version: UInt64(max(1, old.count)))
            resetPeers(slot)
            spread(slot, except: nil, now: now)
        }
    }

    /// Drops all namespaces of an ended meeting and refuses their return; a stub of the id stays.
    public func forget(_ meeting: MeetingID, into effects: inout [Effect]) {
        guard !meeting.rawValue.isEmpty else { return }
        wanted.removeAll { $0 == meeting }
        for lane in [Lane.floor, .roster, .bulk] {
            let (at, found) = store.group(lane, meeting)
            guard found else { continue }
            for member in store.groups[at].members {
                let slot = member.slot
                store.remove(slot)
                resetPeers(slot)
                ownSlots.removeAll { $0 == slot }
                effects.append(.forgotten(NamespaceID(node: member.node, lane: lane, scope: meeting)))
            }
        }
        if !forgotten.containsSorted(meeting) {
            if forgotten.count >= Limits.forgotten { forgotten.removeFirst() }
            forgotten.insert(meeting, at: forgotten.firstIndex { $0 > meeting } ?? forgotten.count)
        }
        for edge in edges { reviewShared(edge, now: edge.hello.lastSent) }
    }
}

extension GossipFrame.Record {
    /// Printable ASCII without space, of the right length.
    static func isKey(_ key: String) -> Bool {
        let bytes = key.utf8
        return !bytes.isEmpty && bytes.count <= Limits.key && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
