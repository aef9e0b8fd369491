import Basics

// Receives what an edge brings: datagrams, fragments, scopes.
extension Membership {
    /// One application datagram from the neighbour's secure session.
    public func receive(_ datagram: UnsafeRawBufferPointer, from neighbour: NodeIndex, now: Instant, into effects: inout [Effect]) {
        guard let edge = edge(neighbour), edge.life.isConnected else { return }
        edge.tally.count(\.datagramsReceived)
        edge.tally.count(\.bytesReceived, datagram.count)
        guard datagram.count <= Limits.datagram, let frame = coder.decode(datagram) else {
            edge.tally.count(\.malformed)
            return
        }
        receive(frame, on: edge, now: now, into: &effects)
        chooseUplink(now: now, into: &effects)
        flushAll(now: now, into: &effects)
    }

    private func receive(_ frame: Frame, on edge: Edge, now: Instant, into effects: inout [Effect]) {
        edge.liveness.heard(now: now)
        if let hello = frame.hello {
            guard receive(hello, session: frame.session, on: edge, now: now, into: &effects) else { return }
        }
        guard edge.gossips, frame.session == edge.life.remoteSession else { return }
        if let ack = frame.ack { receive(ack, on: edge, now: now) }
        if frame.sequence > 0 {
            let isUrgent = !frame.hops.isEmpty || frame.sections.contains { $0.namespace.lane == .floor }
            let arrival = edge.sequence.arrived(frame.sequence, base: frame.base, isUrgent: isUrgent, now: now)
            guard arrival != .beyond else { return }
            edge.flush.by(edge.sequence.ackAt)
            guard arrival == .new else { return }
        }
        if let scopes = frame.scopes { receive(scopes, on: edge, now: now) }
        for hop in frame.hops where hop.payload.count <= Limits.hop && (edge.hops.admit(hop.number) || !configuration.rules.contains(.hopOnce)) {
            edge.tally.count(\.hopsReceived)
            effects.append(.hop(from: edge.neighbour, hop.payload))
        }
        var whole = true
        if !frame.sections.isEmpty { edge.tally.count(\.deltasReceived) }
        for section in frame.sections where !apply(section, from: edge, now: now, into: &effects) { whole = false }
        if let fragment = frame.fragment, !take(fragment, from: edge, now: now, into: &effects) { whole = false }
        // A frame with a gap in a section is acknowledged all the same, since the missing part was asked for.
        if whole, frame.sequence > 0 { edge.sequence.took(frame.sequence) }
        for request in frame.requests { answer(request, on: edge, now: now, into: &effects) }
        if !frame.digests.isEmpty || !frame.leaves.isEmpty {
            descend(frame.digests, frame.leaves, on: edge, now: now, into: &effects)
        }
        if lifeWasProven { takeAllWaiting(now: now, into: &effects) }
    }

    private func take(_ fragment: Fragment, from edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        guard Assembly.isSound(fragment) else {
            edge.tally.count(\.malformed)
            return true
        }
        guard let section = edge.assembly.take(fragment) else { return true }
        return apply(section, from: edge, now: now, into: &effects)
    }

    // MARK: Scopes

    /// Which meetings' lanes travel over the edge, as far as the neighbour agrees. The link lane always does.
    ///
    /// Kept while the edge is down. Any meeting also makes this end send at the busy spacing.
    public func setScopes(_ neighbour: NodeIndex, _ meetings: [MeetingID], now: Instant, into effects: inout [Effect]) {
        guard let edge = edge(neighbour) else { return }
        var list: [MeetingID] = []
        for meeting in meetings.sorted() where list.last != meeting && !meeting.rawValue.isEmpty { list.append(meeting) }
        if list.count > Limits.scopesPerEdge {
            edge.tally.count(\.limited, list.count - Limits.scopesPerEdge)
            list.removeLast(list.count - Limits.scopesPerEdge)
        }
        guard list != edge.scopes.own else { return }
        edge.scopes.offer(list)
        reviewSpacing(edge, now: now)
        // On one kept warm nothing would send them, and what is due would stay due for ever; taken, it tells them by itself.
        if edge.gossips { announceScopes(edge, now: now) }
        reviewShared(edge, now: now)
        flushAll(now: now, into: &effects)
    }

    /// A meeting of which records came, but not what defines it (its writer's edge fell meanwhile): it is taken from every neighbour that
    /// offers it, as one that is not known at all.
    public func setWanted(_ meeting: MeetingID, _ isWanted: Bool, now: Instant, into effects: inout [Effect]) {
        guard wanted.containsSorted(meeting) != isWanted else { return }
        guard isWanted else { return wanted.removeAll { $0 == meeting } }
        wanted.insert(meeting, at: wanted.firstIndex { $0 > meeting } ?? wanted.count)
        for edge in edges { reviewShared(edge, now: now) }
        flushAll(now: now, into: &effects)
    }

    func announceScopes(_ edge: Edge, now: Instant) {
        edge.scopes.announce()
        edge.flush.by(now)
    }

    private func receive(_ scopes: GossipFrame.Scopes, on edge: Edge, now: Instant) {
        if edge.scopes.receive(scopes) { reviewShared(edge, now: now) }
    }

    private func askForUnread(_ edge: Edge, _ scope: MeetingID, now: Instant) {
        for (namespace, incarnation) in edge.scopes.takeUnread(scope) {
            var version: UInt64 = 0
            if let slot = store.slot(namespace), store[slot].incarnation == incarnation { version = store[slot].version }
            Request(namespace: namespace, incarnation: incarnation, version: version).queue(on: edge, now: now)
        }
    }

    /// Settles which meetings this edge carries; those that are new begin to flow.
    func reviewShared(_ edge: Edge, now: Instant) {
        guard edge.gossips else { return }
        let before = edge.scopes.shared
        // A meeting spreads from the end that knows it: its record tells the other end that it runs there too. But a meeting
        // known here and kept off this edge is not given to a neighbour for the asking.
        let offered = edge.scopes.offered.filter { scope in
            // A node that holds only records of its own wrote them before a restart. The nodes that ran the meeting say what became of it.
            before.containsSorted(scope) || wanted.containsSorted(scope)
                || !Lane.allCases.contains { nodes(lane: $0, scope: scope).contains { $0 != node } }
        }
        let shared = edge.scopes.own.union(offered).filter { !forgotten.containsSorted($0) }
        guard shared != before else { return }
        edge.scopes.share(shared)
        for scope in shared where !before.containsSorted(scope) {
            for lane in [Lane.floor, .roster, .bulk] { beginSharing(edge, lane, scope, now: now) }
            askForUnread(edge, scope, now: now)
        }
        edge.hello.want()
        edge.repair.shareOther(now: now)
    }
}
