import Basics

// A neighbour tells about other nodes' namespaces: the origin rule, the no-gap rule, and limits.
extension Membership {
    /// Whether a namespace of that owner may come from the edge (upwards: only what lies below).
    func mayCome(_ owner: Int, over edge: Edge) -> Bool {
        guard !edge.role.isAbove, owner >= 0, configuration.rules.contains(.origin) else { return true }
        return edge.behind[owner]
    }

    /// Takes a section; false only if its beginning is missing and cannot be asked for now, so that the sender must go back by itself.
    func apply(_ section: Section, from edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        let id = section.namespace
        guard id.node != node else {
            meetOwn(
                id, section.incarnation, version: section.to, proof: section.lifeRecord, from: edge, now: now, into: &effects)
            return true
        }
        let owner = configuration.tree.slot(id.node) ?? -1
        guard mayCome(owner, over: edge) else {
            edge.tally.count(\.foreign)
            edge.repair.noteRefused()
            // The owner stands elsewhere by now and may have forgotten that life. Unless it learns of it, this neighbour would tell of it for ever.
            let shown = Request(namespace: id, incarnation: section.incarnation, version: section.to)
            passOn(shown, owner: owner, from: edge, now: now)
            return true
        }
        guard edge.shares(id.lane, id.scope) else {
            edge.scopes.noteUnread(section)
            return true
        }
        guard isSound(section) else {
            edge.tally.count(\.limited)
            return true
        }
        if edge.seals.isWaiting(id, section.incarnation) { return wait(section, for: .share, since: now, on: edge, now: now) }
        return take(section, owner: owner, since: now, from: edge, now: now, into: &effects)
    }

    /// Takes a sound section as far as its writer's signatures allow (`Judging`); `since`: when it came.
    func take(_ section: Section, owner: Int, since: Instant, from edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        switch judge(section, owner: owner, from: edge, now: now, into: &effects) {
        case .sound: break
        case .unsound: return true
        case .wait(let reason): return wait(section, for: reason, since: since, on: edge, now: now)
        }
        return store.slot(section.namespace).map { renew($0, section, from: edge, now: now, into: &effects) }
            ?? create(section, owner: owner, from: edge, now: now, into: &effects)
    }

    private func isSound(_ section: Section) -> Bool {
        guard section.from <= section.to, section.to >= 1, section.to < 1 << 62 else { return false }
        return section.records.allSatisfy {
            $0.version > section.from && $0.version <= section.to && Record.isKey($0.key) && ($0.value?.count ?? 0) <= Limits.value
        }
    }

    private func create(_ s: Section, owner: Int, from edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        guard s.from == 0 else {
            return ask(edge, Request(namespace: s.namespace, incarnation: s.incarnation, version: 0), now: now)
        }
        guard store.count < Limits.namespaces, owner >= 0 || store.undeclared < Limits.undeclaredNamespaces,
            s.incarnation.counter <= Limits.incarnationJump
        else {
            edge.tally.count(\.limited)
            return true
        }
        let slot = store.insert(s.namespace, owner: owner, incarnation: s.incarnation, version: s.to)
        resetPeers(slot)
        merge(slot, s, from: edge, replaced: [], now: now, into: &effects)
        return true
    }

    private func renew(_ slot: Int, _ s: Section, from edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        let held = (incarnation: store[slot].incarnation, version: store[slot].version)
        edge.push.grow(to: store.entries.count)
        if s.incarnation < held.incarnation {
            if tells(slot, on: edge) {
                rewind(edge, slot, to: 0)
                enqueue(edge, slot, now: now)
            } else {
                shown(Request(namespace: s.namespace, incarnation: held.incarnation, version: held.version)).queue(on: edge, now: now)
            }
            return true
        }
        if s.incarnation > held.incarnation {
            guard s.incarnation.counter - held.incarnation.counter <= Limits.incarnationJump else {
                edge.tally.count(\.limited)
                return true
            }
            guard s.from == 0 else {
                return ask(edge, Request(namespace: s.namespace, incarnation: s.incarnation, version: 0), now: now)
            }
            let old = store.clear(slot)
            store.setIncarnation(slot, s.incarnation, version: s.to)
            resetPeers(slot)
            merge(slot, s, from: edge, replaced: old, now: now, into: &effects)
            return true
        }
        if s.reset > 0, s.from == 0, held.version < s.reset {
            edge.tally.count(\.resets)
            let old = store.clear(slot)
            store.setVersion(slot, s.to)
            merge(slot, s, from: edge, replaced: old, now: now, into: &effects)
            return true
        }
        if s.to <= held.version, configuration.rules.contains(.newerVersion) {
            edge.push.holds(slot, s.to)
            return true
        }
        guard s.from <= held.version else {
            return ask(edge, Request(namespace: s.namespace, incarnation: s.incarnation, version: held.version), now: now)
        }
        let added = s.records.reduce(0) { $0 + ($1.value?.count ?? 0) }
        guard store[slot].records.count + s.records.count <= Limits.records * 2, store[slot].bytes + added <= Limits.namespaceBytes
        else {
            edge.tally.count(\.limited)
            return true
        }
        store.setVersion(slot, max(held.version, s.to))
        merge(slot, s, from: edge, replaced: [], now: now, into: &effects)
        return true
    }

    private func merge(_ slot: Int, _ s: Section, from edge: Edge, replaced: [Record], now: Instant, into effects: inout [Effect]) {
        let evenOlder = !configuration.rules.contains(.newerVersion)
        let isTaken = store.take(slot, first: s.records)
        for record in s.records {
            if isTaken ? record.value != nil : store.merge(slot, record, evenOlder: evenOlder), replaced.isEmpty {
                effects.append(.changed(s.namespace, key: record.key))
            }
            if record.value == nil {
                tombstones.append(slot, key: record.key, version: record.version, at: now + Limits.tombstoneAge)
            }
        }
        if !replaced.isEmpty { tellReplaced(slot, s, replaced, into: &effects) }
        relieve(slot)
        edge.push.grow(to: store.entries.count)
        edge.push.gave(slot, s.to)
        spread(slot, except: edge, now: now)
    }

    /// Names every key whose value is another one than before the whole was replaced.
    private func tellReplaced(_ slot: Int, _ s: Section, _ old: [Record], into effects: inout [Effect]) {
        let new = store[slot].records
        var i = 0
        var j = 0
        while i < old.count || j < new.count {
            if j == new.count || (i < old.count && old[i].key < new[j].key) {
                if old[i].value != nil { effects.append(.changed(s.namespace, key: old[i].key)) }
                i += 1
            } else if i == old.count || new[j].key < old[i].key {
                if new[j].value != nil { effects.append(.changed(s.namespace, key: new[j].key)) }
                j += 1
            } else {
                if old[i].value != new[j].value { effects.append(.changed(s.namespace, key: new[j].key)) }
                i += 1
                j += 1
            }
        }
    }

    /// Tells the sender what we hold, so that it goes back. The request is repeated until it is acknowledged. False: too many are open already.
    private func ask(_ edge: Edge, _ request: Request, now: Instant) -> Bool {
        edge.tally.count(\.gaps)
        return request.queue(on: edge, now: now)
    }

    /// The neighbour says from where it wants a namespace.
    func answer(_ request: Request, on edge: Edge, now: Instant, into effects: inout [Effect]) {
        guard edge.shares(request.namespace.lane, request.namespace.scope) else { return }
        if request.namespace.node == node {
            meetOwn(
                request.namespace, request.incarnation, version: request.version, proof: request.proof, from: edge, now: now, into: &effects)
        }
        guard let slot = store.slot(request.namespace) else {
            let owner = configuration.tree.slot(request.namespace.node) ?? -1
            return passOn(request, owner: owner, from: edge, now: now)
        }
        guard (request.incarnation, request.version) <= (store[slot].incarnation, store[slot].version) else {
            passOn(request, owner: store[slot].owner, from: edge, now: now)
            return
        }
        // A neighbour that holds all of our version asks for nothing more. A request that was passed on comes from a node beyond the neighbour,
        // so it says nothing of what the neighbour itself holds.
        guard !request.isPassedOn, (request.incarnation, request.version) < (store[slot].incarnation, store[slot].version) else { return }
        if signing != nil, !tells(slot, on: edge) {
            // Asked for what only its owner's word could make the neighbour take: that word, if it is here.
            let proven = shown(Request(namespace: request.namespace, incarnation: store[slot].incarnation, version: store[slot].version))
            if proven.proof != nil { proven.queue(on: edge, now: now) }
            return
        }
        edge.push.grow(to: store.entries.count)
        rewind(edge, slot, to: request.incarnation == store[slot].incarnation ? min(request.version, store[slot].version) : 0)
        enqueue(edge, slot, now: now)
    }

    /// A neighbour holds more of a namespace than we: its owner lost its memory, and learns of its former life by this (SWIM's
    /// refutation, hop by hop, where the origin rule keeps the records themselves from going that way).
    func passOn(_ request: Request, owner: Int, from source: Edge, now: Instant) {
        guard owner >= 0, request.version > 0, request.namespace.node != node, request.incarnation.counter <= Limits.incarnationJump else { return }
        var request = shown(request)
        guard isFit(toPassOn: request, from: source, now: now) else { return }
        request.isPassedOn = true
        // The owner may hang below us in several places.
        let below = edges.filter { !$0.role.isAbove && $0.gossips && $0.behind[owner] }
        for edge in below.isEmpty ? edges.filter({ $0.role.isAbove && $0.gossips }) : below
        where edge !== source && edge.shares(request.namespace.lane, request.namespace.scope) {
            request.queue(on: edge, now: now)
        }
    }
}

extension GossipFrame.Request {
    /// Puts it among what the edge asks for, once; what is passed on does not displace what is asked for. False: there is no room.
    @discardableResult
    func queue(on edge: Edge, now: Instant) -> Bool {
        guard edge.requests.ask(self) else { return false }
        edge.flush.by(namespace.lane == .floor ? now : now + Limits.batchWindow)
        return true
    }
}
