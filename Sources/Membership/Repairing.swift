import Basics

// Digest repair: unequal sums are descended in a fixed 32-way trie over the hash of (node, lane, scope).
extension Membership {
    /// Sum over all namespaces that both ends share.
    func sum(_ edge: Edge) -> UInt64 {
        var sum = store.sum(.link, Membership.everywhere)
        for scope in edge.scopes.shared { sum &+= self.sum(scope: scope) }
        return sum
    }

    private func forEachShared(_ edge: Edge, _ body: (Int) -> Void) {
        for group in store.groups where edge.shares(group.lane, group.scope) {
            for member in group.members { body(member.slot) }
        }
    }

    /// Looks at a hello's sum, and begins a descent if there is reason to.
    func compareSums(_ edge: Edge, _ full: Hello.Full, now: Instant) {
        let sums = EdgeRepair.Comparison(
            own: sum(edge), theirs: full.sum, isAlike: full.sharedScopes == edge.scopes.sharedHash, isSettled: full.settled && edge.isSettled,
            isAbove: edge.role.isAbove, pause: resendTime(edge) * 2)
        guard edge.repair.begins(sums, now: now, isTelling: { isTelling(edge) }) else { return }
        edge.tally.count(\.descents)
        var answer = Answer(session: edge.life.ownSession)
        describe(TriePlace(depth: 0, prefix: 0), on: edge, into: &answer)
        send(answer, on: edge, now: now)
    }

    /// Whether anything waits or is under way, the floor lane left out, since it always has something to tell.
    private func isTelling(_ edge: Edge) -> Bool {
        func isOther(_ slot: Int) -> Bool { store.entries[slot].map { $0.id.lane != .floor } ?? false }
        return edge.push.queues.dropFirst().contains { $0.count > 0 } || edge.push.transfers.contains { isOther($0.slot) }
            || edge.sequence.inFlight.contains { $0.parts.contains { isOther($0.slot) } }
    }

    /// Answers sums and lists of the neighbour, one level deeper each.
    func descend(_ digests: [Digest], _ leaves: [Leaves], on edge: Edge, now: Instant, into effects: inout [Effect]) {
        var answer = Answer(session: edge.life.ownSession)
        for digest in digests.prefix(4) where digest.sums.count == 32 && digest.place.depth < 12 {
            let own = sums(digest.place, on: edge)
            for child in 0..<32 where own.sums[child] != digest.sums[child] {
                let place = digest.place.child(UInt64(child))
                if digest.sums[child] == 0 {
                    push(place, on: edge, now: now)
                } else if own.counts[child] == 0 {
                    answer.add(Leaves(place: place, held: []))
                } else {
                    describe(place, on: edge, into: &answer)
                }
            }
        }
        for list in leaves.prefix(32) { compare(list, on: edge, now: now, into: &effects) }
        send(answer, on: edge, now: now)
    }

    private func sums(_ place: TriePlace, on edge: Edge) -> (sums: [UInt64], counts: [Int]) {
        var sums = [UInt64](repeating: 0, count: 32)
        var counts = [Int](repeating: 0, count: 32)
        forEachShared(edge) { slot in
            let hash = store[slot].place
            guard place.holds(hash) else { return }
            let child = place.childIndex(hash)
            sums[child] &+= store[slot].mark
            counts[child] += 1
        }
        return (sums, counts)
    }

    /// A place in full if it is small, else its children's sums.
    private func describe(_ place: TriePlace, on edge: Edge, into answer: inout Answer) {
        var held: [Request] = []
        var size = 0
        var small = true
        forEachShared(edge) { slot in
            guard small, place.holds(store[slot].place) else { return }
            let entry = store[slot]
            size += Answer.size(entry.id)
            held.append(Request(namespace: entry.id, incarnation: entry.incarnation, version: entry.version))
            small = held.count <= Limits.leaves && size <= 900
        }
        if small || place.depth >= 12 {
            answer.add(Leaves(place: place, held: Array(held.prefix(small ? held.count : 8))))
        } else {
            answer.add(Digest(place: place, sums: sums(place, on: edge).sums))
        }
    }

    /// The neighbour has nothing there.
    private func push(_ place: TriePlace, on edge: Edge, now: Instant) {
        edge.push.grow(to: store.entries.count)
        forEachShared(edge) { slot in
            guard place.holds(store[slot].place) else { return }
            repair(slot, to: 0, on: edge, now: now)
        }
    }

    /// The neighbour holds less of the namespace: it gets the rest. If this node may not tell it there, it shows name and version instead: the
    /// owner, somewhere beyond the neighbour, has forgotten that it wrote this.
    private func repair(_ slot: Int, to version: UInt64, on edge: Edge, now: Instant) {
        edge.tally.count(\.repaired)
        guard tells(slot, on: edge) else {
            let entry = store[slot]
            shown(Request(namespace: entry.id, incarnation: entry.incarnation, version: entry.version)).queue(on: edge, now: now)
            return
        }
        rewind(edge, slot, to: version)
        enqueue(edge, slot, now: now)
    }

    private func compare(_ list: Leaves, on edge: Edge, now: Instant, into effects: inout [Effect]) {
        var theirs: [NamespaceID: Request] = [:]
        for held in list.held.prefix(64) where list.place.holds(Namespace.place(of: held.namespace)) {
            theirs[held.namespace] = held
        }
        edge.push.grow(to: store.entries.count)
        forEachShared(edge) { slot in
            let entry = store[slot]
            guard list.place.holds(entry.place) else { return }
            guard let held = theirs.removeValue(forKey: entry.id) else { return repair(slot, to: 0, on: edge, now: now) }
            let ours = (entry.incarnation, entry.version)
            let other = (held.incarnation, held.version)
            if ours > other {
                repair(slot, to: held.incarnation == entry.incarnation ? held.version : 0, on: edge, now: now)
            } else if ours < other, entry.id.node != node, mayCome(entry.owner, over: edge) {
                edge.tally.count(\.repaired)
                Request(namespace: entry.id, incarnation: entry.incarnation, version: entry.version).queue(on: edge, now: now)
            }
        }
        for held in list.held.prefix(64) where held.namespace.node == node {
            meetOwn(held.namespace, held.incarnation, version: held.version, proof: held.proof, from: edge, now: now, into: &effects)
        }
        for held in list.held.prefix(64) where theirs[held.namespace] != nil && held.namespace.node != node {
            guard edge.shares(held.namespace.lane, held.namespace.scope) else { continue }
            let owner = configuration.tree.slot(held.namespace.node) ?? -1
            edge.tally.count(\.repaired)
            guard mayCome(owner, over: edge) else {
                passOn(held, owner: owner, from: edge, now: now)
                continue
            }
            Request(namespace: held.namespace, incarnation: Incarnation(counter: 0, nonce: 0), version: 0).queue(on: edge, now: now)
        }
    }

    private func send(_ answer: Answer, on edge: Edge, now: Instant) {
        if edge.requests.answer(answer.frames) { edge.flush.by(now) }
    }
}

/// Digests and lists, packed into frames.
private struct Answer {
    let session: UInt64
    private(set) var frames: [Frame] = []
    private var room = 0

    init(session: UInt64) { self.session = session }

    static func size(_ id: NamespaceID) -> Int { 40 + id.scope.rawValue.utf8.count }

    private mutating func make(room wanted: Int) {
        if wanted > room {
            frames.append(Frame(session: session))
            room = 1_080
        }
        room -= wanted
    }
    mutating func add(_ digest: Digest) {
        make(room: 285)
        frames[frames.count - 1].digests.append(digest)
    }
    mutating func add(_ leaves: Leaves) {
        make(room: leaves.held.reduce(24) { $0 + Answer.size($1.namespace) })
        frames[frames.count - 1].leaves.append(leaves)
    }
}

extension GossipFrame.TriePlace {
    func holds(_ hash: UInt64) -> Bool { depth == 0 || hash >> (64 - 5 * UInt64(min(depth, 12))) == prefix }
    func childIndex(_ hash: UInt64) -> Int { Int(hash >> (59 - 5 * UInt64(min(depth, 11))) & 31) }
    func child(_ index: UInt64) -> GossipFrame.TriePlace { GossipFrame.TriePlace(depth: depth + 1, prefix: prefix << 5 | index) }
}
