import Basics

// Whether a neighbour's section is what its writer wrote. Only what would be merged is looked at, and each record once.
extension Membership {
    enum Judgement {
        case sound
        /// Counted, and dropped.
        case unsound
        case wait(EdgeSeals.Reason)
    }

    /// Judges a sound section of another node's namespace that may come from the edge.
    func judge(_ s: Section, owner: Int, from edge: Edge, now: Instant, into effects: inout [Effect]) -> Judgement {
        // What no edition declares is passed on and not used.
        guard signing != nil, owner >= 0 else { return .sound }
        if let word = s.lifeRecord, writers.writer(s.namespace.node).map({ $0.incarnation < s.incarnation }) ?? true {
            switch learn(word, s, from: edge, now: now, into: &effects) {
            case .sound: break
            case let other: return other
            }
        }
        guard wouldMerge(s) else { return .sound }
        guard let writer = writers.writer(s.namespace.node) else { return judgeUnsigned(s, from: edge) }
        if s.incarnation > writer.incarnation {
            guard configuration.unsigned == .accept else { return .wait(.life) }
            // A node that went back to an older program has no word for its new life.
            writers.forget(s.namespace.node)
            return judgeUnsigned(s, from: edge)
        }
        if s.incarnation < writer.incarnation {
            // The owner learns what is left of its former life, and writes anew what takes its place.
            let left = Request(namespace: s.namespace, incarnation: s.incarnation, version: s.to)
            passOn(left, owner: owner, from: edge, now: now)
            return .unsound
        }
        return judge(s, by: writer.key, from: edge, now: now)
    }

    /// Whether the store takes any of it as it stands.
    private func wouldMerge(_ s: Section) -> Bool {
        guard let slot = store.slot(s.namespace) else { return s.from == 0 }
        let held = (incarnation: store[slot].incarnation, version: store[slot].version)
        if s.incarnation != held.incarnation { return s.incarnation > held.incarnation && s.from == 0 }
        if !configuration.rules.contains(.newerVersion) { return s.from <= held.version }
        return s.to > held.version && s.from <= held.version || s.reset > held.version && s.from == 0
    }

    // MARK: Lives

    /// A writer says under its certificate that it lives.
    private func learn(_ word: [UInt8], _ s: Section, from edge: Edge, now: Instant, into effects: inout [Effect]) -> Judgement {
        let node = s.namespace.node
        guard let signing, let life = LifeRecord(word) else { return refuse(s, from: edge) }
        let known = writers.writer(node)
        let certificate = Writers.mark(life.certificate)
        let isKnownKey = known?.certificate == certificate
        guard edge.seals.spend(isKnownKey ? 1 : 2, now: now) else { return .wait(.share) }
        edge.tally.count(\.checked)
        // A certificate that was issued later replaces the one before for good.
        guard let key = isKnownKey ? known?.key : signing.verifier.key(in: life.certificate, evenExpired: false), key.node == node,
            key.issued >= known?.key.issued ?? .min, key.made(life.signature, over: Seal.statement(life: s.incarnation, of: node))
        else { return refuse(s, from: edge, checkedAt: now) }
        writers.prove(node, Writers.Writer(key: key, certificate: certificate, incarnation: s.incarnation))
        lifeWasProven = true
        if known == nil, configuration.unsigned != .accept { dropUnproven(of: node, life: s.incarnation, now: now, into: &effects) }
        return .sound
    }

    /// What was taken of a writer before its first word, and cannot be its own: it signs, and did not live longer than that.
    private func dropUnproven(of writer: NodeIndex, life: Incarnation, now: Instant, into effects: inout [Effect]) {
        var dropped: [Int] = []
        for group in store.groups {
            let (at, found) = group.find(writer)
            guard found else { continue }
            let slot = group.members[at].slot
            let entry = store[slot]
            let isForged =
                entry.incarnation > life
                || (entry.incarnation == life
                    && entry.records.contains { record in
                        record.value.map { Seal.split($0) == nil && signs(entry.id.lane, record.key, $0) } ?? false
                    })
            if isForged { dropped.append(slot) }
        }
        for slot in dropped {
            let id = store[slot].id
            store.remove(slot)
            resetPeers(slot)
            effects.append(.forgotten(id))
            for edge in edges where edge.gossips && edge.shares(id.lane, id.scope) {
                Request(namespace: id, incarnation: Incarnation(counter: 0, nonce: 0), version: 0).queue(on: edge, now: now)
            }
        }
    }

    // MARK: Records

    /// Of a writer that proved no life here.
    private func judgeUnsigned(_ s: Section, from edge: Edge) -> Judgement {
        var unsigned = 0
        for record in s.records {
            guard let value = record.value else { continue }
            if let (body, _) = Seal.split(value), signs(s.namespace.lane, record.key, body) { return .wait(.life) }
            if signs(s.namespace.lane, record.key, value) { unsigned += 1 }
        }
        return noteUnsigned(unsigned, of: s, from: edge)
    }

    private func noteUnsigned(_ count: Int, of s: Section, from edge: Edge) -> Judgement {
        guard count > 0 else { return .sound }
        guard configuration.unsigned != .refuse else {
            return refuse(s, from: edge)
        }
        edge.tally.count(\.unsigned, count)
        writers.noteUnsigned(s.namespace.node)
        return .sound
    }

    /// Of a writer whose key is known, in the life that it proved.
    private func judge(_ s: Section, by key: any WriterKey, from edge: Edge, now: Instant) -> Judgement {
        let held = store.slot(s.namespace).flatMap { store[$0].incarnation == s.incarnation ? store[$0] : nil }
        var unsigned = 0
        var checks: [(record: Record, body: [UInt8], signature: [UInt8])] = []
        for record in s.records {
            guard let value = record.value else { continue }
            let parts = Seal.split(value)
            guard signs(s.namespace.lane, record.key, parts?.body ?? value) else { continue }
            if let held {
                // What is held was checked when it came.
                let (at, found) = held.find(record.key)
                if found, held.records[at] == record { continue }
            }
            if let parts {
                checks.append((record, parts.body, parts.signature))
            } else {
                guard configuration.unsigned == .accept else { return refuse(s, from: edge) }
                unsigned += 1
            }
        }
        let isKnownForgery = checks.contains { writers.isRefused(Writers.mark(s.namespace, s.incarnation, $0.record)) }
        if isKnownForgery { return refuse(s, from: edge) }
        guard checks.isEmpty || edge.seals.spend(checks.count, now: now) else { return .wait(.share) }
        for (record, body, signature) in checks {
            edge.tally.count(\.checked)
            let statement = Seal.statement(s.namespace, s.incarnation, key: record.key, version: record.version, body: body)
            guard key.made(signature, over: statement) else {
                writers.refuse(Writers.mark(s.namespace, s.incarnation, record))
                return refuse(s, from: edge, checkedAt: now)
            }
        }
        return noteUnsigned(unsigned, of: s, from: edge)
    }

    /// `checkedAt`: a check was made for nothing then.
    private func refuse(_ s: Section, from edge: Edge, checkedAt now: Instant? = nil) -> Judgement {
        edge.tally.count(\.forged)
        writers.noteForged(s.namespace.node, by: edge.neighbour)
        if let now { edge.seals.penalise(now: now) }
        return .unsound
    }

    // MARK: Waiting

    /// Puts a section aside; false if there is no room, so that the neighbour sends it again.
    func wait(_ s: Section, for reason: EdgeSeals.Reason, since: Instant, on edge: Edge, now: Instant) -> Bool {
        if since == now { edge.tally.count(\.waited) }
        if edge.seals.wait(s, for: reason, since: since, now: now) { return true }
        guard reason == .life, since < now else { return false }
        edge.tally.count(\.unproven)
        return true
    }

    /// Looks anew at what waits on an edge.
    func takeWaiting(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        for one in edge.seals.takeWaiting() {
            let id = one.section.namespace
            guard edge.shares(id.lane, id.scope) else {
                edge.scopes.noteUnread(one.section)
                continue
            }
            if edge.seals.isWaiting(id, one.section.incarnation) {
                _ = wait(one.section, for: one.reason, since: one.since, on: edge, now: now)
            } else {
                _ = take(one.section, owner: configuration.tree.slot(id.node) ?? -1, since: one.since, from: edge, now: now, into: &effects)
            }
        }
    }

    /// A life was proven: what waited for it may be taken, and may prove others.
    func takeAllWaiting(now: Instant, into effects: inout [Effect]) {
        while lifeWasProven {
            lifeWasProven = false
            for edge in edges where edge.gossips && !edge.seals.waiting.isEmpty { takeWaiting(edge, now: now, into: &effects) }
        }
    }
}
