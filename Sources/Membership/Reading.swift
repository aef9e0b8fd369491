import Basics

// Readings for the owner of the machine.
extension Membership {
    /// A record's value; nil if there is none.
    public func value(node: NodeIndex, lane: Lane, scope: MeetingID = Membership.everywhere, key: String) -> [UInt8]? {
        guard let slot = store.slot(NamespaceID(node: node, lane: lane, scope: scope)) else { return nil }
        let (at, found) = store[slot].find(key)
        return found ? store[slot].records[at].value : nil
    }

    /// All values of one namespace, in order of the keys.
    public func records(node: NodeIndex, lane: Lane, scope: MeetingID = Membership.everywhere) -> [(key: String, value: [UInt8])] {
        guard let slot = store.slot(NamespaceID(node: node, lane: lane, scope: scope)) else { return [] }
        return store[slot].records.compactMap { record in record.value.map { (record.key, $0) } }
    }

    /// Calls with every live record of all declared nodes in a lane and scope, in order of (node, key).
    public func forEachRecord(
        lane: Lane, scope: MeetingID = Membership.everywhere, _ body: (NodeIndex, String, [UInt8]) -> Void
    ) {
        let (at, found) = store.group(lane, scope)
        guard found else { return }
        for member in store.groups[at].members where store[member.slot].owner >= 0 {
            for record in store[member.slot].records {
                if let value = record.value { body(member.node, record.key, value) }
            }
        }
    }

    /// The nodes that have a namespace in a lane and scope, in order; those not declared too.
    public func nodes(lane: Lane, scope: MeetingID = Membership.everywhere) -> [NodeIndex] {
        let (at, found) = store.group(lane, scope)
        return found ? store.groups[at].members.map(\.node) : []
    }

    /// The namespaces of a lane and scope, in order of their nodes.
    public func namespaces(lane: Lane, scope: MeetingID = Membership.everywhere) -> [NamespaceID] {
        nodes(lane: lane, scope: scope).map { NamespaceID(node: $0, lane: lane, scope: scope) }
    }

    /// All meetings with at least one namespace, in order.
    public var scopes: [MeetingID] {
        var result: [MeetingID] = []
        for group in store.groups where group.lane != .link { result.append(group.scope) }
        result.sort()
        var unique: [MeetingID] = []
        for scope in result where unique.last != scope { unique.append(scope) }
        return unique
    }

    /// Sum of all namespaces of a scope (for ``everywhere``: the link lane): equal at two nodes iff, but for a hash's chance, both
    /// hold the same versions.
    public func sum(scope: MeetingID) -> UInt64 {
        if scope.rawValue.isEmpty { return store.sum(.link, scope) }
        return store.sum(.floor, scope) &+ store.sum(.roster, scope) &+ store.sum(.bulk, scope)
    }

    /// A stable digest over lane, scope, node, key and value of all live records of one lane and scope: equal at two nodes iff
    /// their records are, whatever their versions. Only records of the writers asked for count.
    public func digest(lane: Lane, scope: MeetingID = Membership.everywhere, by writers: (NodeIndex) -> Bool = { _ in true }) -> UInt64 {
        var hash = SipHash(key0: Limits.sipKey0, key1: Limits.sipKey1)
        hash.append(lane.rawValue)
        hash.append(scope.rawValue)
        forEachRecord(lane: lane, scope: scope) { node, key, value in
            guard writers(node) else { return }
            hash.append(node.rawValue)
            hash.append(UInt32(key.utf8.count))
            hash.append(key)
            hash.append(UInt32(value.count))
            for byte in value { hash.append(byte) }
        }
        return hash.finish()
    }

    /// The time as the parent that we hang on tells it; nil while it is not heard, or does not know.
    public func uplinkWall(now: Instant) -> WallTime? {
        guard let edge = uplinks.first(where: { $0.gossips }), let clock = edge.report.clockThere else { return nil }
        return WallTime(milliseconds: clock &+ now.nanoseconds / 1_000_000)
    }

    /// The smoothed round trip to a neighbour; nil until measured.
    public func roundTrip(_ neighbour: NodeIndex) -> Interval? { edge(neighbour)?.liveness.roundTrip }
    /// Loss from a neighbour to this node, 0…1: the upper 95 % bound over ten seconds.
    public func loss(_ neighbour: NodeIndex) -> Double {
        edge(neighbour).map { $0.liveness.lossBound(now: $0.liveness.lastHeard) } ?? 0
    }

    /// The machine at a glance.
    public var snapshot: Snapshot {
        Snapshot(
            node: node, incarnation: incarnation, namespaces: store.count, records: store.records,
            sum: store.groups.reduce(0) { $0 &+ $1.sum }, edges: edges.map(snapshot), refusedWrites: refusedWrites,
            unsendable: unsendable, signingWriters: writers.known.count, unsignedWriters: writers.unsigned.count)
    }

    private func snapshot(_ edge: Edge) -> EdgeSnapshot {
        let heard = edge.liveness.lastHeard
        return EdgeSnapshot(
            neighbour: edge.neighbour, role: edge.role, state: edge.life.state, session: edge.life.session, lastDown: edge.life.lastDown,
            roundTrip: edge.liveness.roundTrip, loss: edge.liveness.lossBound(now: heard), lossThere: edge.report.loss,
            detection: edge.liveness.detection(lateness: lateness.value, now: heard), scopes: edge.scopes.shared, pending: edge.push.pending,
            inFlight: edge.sequence.inFlight.count, clockAhead: edge.report.clockAhead, topologyVersion: edge.report.topologyVersion,
            topologyHash: edge.report.topologyHash, counters: edge.tally.counters)
    }
}
