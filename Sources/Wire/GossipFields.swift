import Basics
import Foundation
import Membership

// Frame ↔ protobuf, field by field. What cannot be is refused here; what is not true is the machine's to find.

extension PBFrame {
    init(_ f: GossipFrame) {
        session = f.session
        sequence = f.sequence
        base = f.base
        if let h = f.hello { hello = PBHello(h) }
        if let a = f.ack {
            ack.cumulative = a.cumulative
            ack.bitmap = a.bitmap
        }
        if let s = f.scopes {
            scopes.serial = s.serial
            scopes.meetings = s.meetings.map(\.rawValue)
            scopes.part = s.part
            scopes.parts = s.parts
        }
        hops = f.hops.map { hop in
            .with {
                $0.number = hop.number
                $0.payload = Data(hop.payload)
            }
        }
        sections = f.sections.map(PBSection.init)
        if let g = f.fragment { fragment = PBFragment(g) }
        requests = f.requests.map(PBHeld.init)
        digests = f.digests.map { digest in
            .with {
                $0.depth = UInt32(digest.place.depth)
                $0.prefix = digest.place.prefix
                $0.sums = digest.sums
            }
        }
        leaves = f.leaves.map { list in
            .with {
                $0.depth = UInt32(list.place.depth)
                $0.prefix = list.place.prefix
                $0.held = list.held.map(PBHeld.init)
            }
        }
    }
}

extension GossipFrame {
    init?(_ m: PBFrame) {
        self.init(session: m.session)
        sequence = m.sequence
        base = m.base
        if m.hasHello {
            guard let h = Hello(m.hello) else { return nil }
            hello = h
        }
        if m.hasAck { ack = Ack(cumulative: m.ack.cumulative, bitmap: m.ack.bitmap) }
        if m.hasScopes {
            guard m.scopes.meetings.allSatisfy({ !$0.isEmpty && $0.utf8.count <= GossipLimits.scope }) else { return nil }
            scopes = Scopes(
                serial: m.scopes.serial, meetings: m.scopes.meetings.map { MeetingID($0) }, part: m.scopes.part, parts: m.scopes.parts)
        }
        hops = m.hops.map { Hop(number: $0.number, payload: Array($0.payload)) }
        for s in m.sections {
            guard let section = Section(s) else { return nil }
            sections.append(section)
        }
        if m.hasFragment {
            guard let g = Fragment(m.fragment) else { return nil }
            fragment = g
        }
        for r in m.requests {
            guard let request = Request(r) else { return nil }
            requests.append(request)
        }
        for d in m.digests {
            guard d.sums.count == 32, let place = TriePlace(depth: d.depth, prefix: d.prefix) else { return nil }
            digests.append(Digest(place: place, sums: d.sums))
        }
        for l in m.leaves {
            guard let place = TriePlace(depth: l.depth, prefix: l.prefix) else { return nil }
            var list = Leaves(place: place, held: [])
            for h in l.held {
                guard let held = Request(h) else { return nil }
                list.held.append(held)
            }
            leaves.append(list)
        }
    }
}

extension PBHello {
    init(_ h: GossipFrame.Hello) {
        remoteSession = h.remoteSession
        state = UInt32(h.state.rawValue)
        diagnostic = UInt32(h.diagnostic?.rawValue ?? 0)
        sequence = h.sequence
        echo = h.echo
        echoDelay = h.echoDelay
        spacing = h.spacing
        use = UInt32(h.use?.rawValue ?? 0)
        guard let f = h.full else { return }
        full.path = f.path.map(\.rawValue)
        full.topologyVersion = f.topologyVersion
        full.topologyHash = f.topologyHash
        full.wall = f.wall
        full.sum = f.sum
        full.sharedScopes = f.sharedScopes
        full.settled = f.settled
        full.lateness = f.lateness
        full.loss = f.loss
    }
}

extension GossipFrame.Hello {
    init?(_ m: PBHello) {
        guard let state = UInt8(exactly: m.state).flatMap(EdgeState.init(rawValue:)), m.full.path.count <= GossipLimits.path,
            m.sequence > 0
        else { return nil }
        var part: Full?
        if m.hasFull {
            part = Full(
                path: m.full.path.map { NodeIndex(rawValue: $0) }, topologyVersion: m.full.topologyVersion,
                topologyHash: m.full.topologyHash, wall: m.full.wall, sum: m.full.sum, sharedScopes: m.full.sharedScopes,
                settled: m.full.settled, lateness: m.full.lateness, loss: m.full.loss)
        }
        self.init(
            remoteSession: m.remoteSession, state: state,
            diagnostic: UInt8(exactly: m.diagnostic).flatMap(EdgeDownReason.init(rawValue:)), sequence: m.sequence, echo: m.echo,
            echoDelay: m.echoDelay, spacing: m.spacing, use: UInt8(exactly: m.use).flatMap(UplinkUse.init(rawValue:)), full: part)
    }
}

extension PBHead {
    init(_ id: NamespaceID, _ incarnation: Incarnation) {
        node = id.node.rawValue
        lane = UInt32(id.lane.rawValue)
        scope = id.scope.rawValue
        counter = incarnation.counter
        nonce = incarnation.nonce
    }
    /// Nil if the lane is unknown, or the scope is not what the lane demands.
    var namespace: NamespaceID? {
        guard let lane = UInt8(exactly: lane).flatMap(Lane.init(rawValue:)), scope.utf8.count <= GossipLimits.scope,
            (lane == .link) == scope.isEmpty
        else { return nil }
        return NamespaceID(node: NodeIndex(rawValue: node), lane: lane, scope: MeetingID(scope))
    }
    var incarnation: Incarnation { Incarnation(counter: counter, nonce: nonce) }
}

extension PBSection {
    init(_ s: GossipFrame.Section) {
        head = PBHead(s.namespace, s.incarnation)
        from = s.from
        toAbove = s.to &- s.from
        reset = s.reset
        records = s.records.map { record in
            .with {
                $0.key = record.key
                $0.above = record.version &- s.from
                if let value = record.value { $0.value = Data(value) } else { $0.tombstone = true }
            }
        }
    }
}

extension GossipFrame.Section {
    init?(_ m: PBSection) {
        guard let namespace = m.head.namespace else { return nil }
        let (to, overflow) = m.from.addingReportingOverflow(m.toAbove)
        guard !overflow else { return nil }
        var records: [GossipFrame.Record] = []
        for r in m.records {
            let (version, overflow) = m.from.addingReportingOverflow(r.above)
            guard !overflow, r.key.utf8.count <= GossipLimits.key else { return nil }
            records.append(GossipFrame.Record(key: r.key, version: version, value: r.tombstone ? nil : Array(r.value)))
        }
        self.init(
            namespace: namespace, incarnation: m.head.incarnation, from: m.from, to: to, reset: m.reset, records: records)
    }
}

extension PBFragment {
    init(_ f: GossipFrame.Fragment) {
        head = PBHead(f.namespace, f.incarnation)
        from = f.from
        toAbove = f.to &- f.from
        reset = f.reset
        key = f.key
        above = f.version &- f.from
        total = f.total
        offset = f.offset
        bytes = Data(f.bytes)
    }
}

extension GossipFrame.Fragment {
    init?(_ m: PBFragment) {
        guard let namespace = m.head.namespace, m.key.utf8.count <= GossipLimits.key else { return nil }
        let (to, overflow) = m.from.addingReportingOverflow(m.toAbove)
        let (version, overflow2) = m.from.addingReportingOverflow(m.above)
        guard !overflow, !overflow2 else { return nil }
        self.init(
            namespace: namespace, incarnation: m.head.incarnation, from: m.from, to: to, reset: m.reset, key: m.key,
            version: version, total: m.total, offset: m.offset, bytes: Array(m.bytes))
    }
}

extension PBHeld {
    init(_ r: GossipFrame.Request) {
        head = PBHead(r.namespace, r.incarnation)
        version = r.version
        passedOn = r.isPassedOn
        if let proof = r.proof { head.signature = Data(proof) }
    }
}

extension GossipFrame.Request {
    init?(_ m: PBHeld) {
        guard let namespace = m.head.namespace else { return nil }
        // A proof that is too long proves nothing, and the rest of the frame may be sound.
        let proof = (1...GossipLimits.proof).contains(m.head.signature.count) ? Array(m.head.signature) : nil
        self.init(namespace: namespace, incarnation: m.head.incarnation, version: m.version, isPassedOn: m.passedOn, proof: proof)
    }
}

extension GossipFrame.TriePlace {
    init?(depth: UInt32, prefix: UInt64) {
        guard depth <= 12, depth == 12 || prefix < 1 << (5 * UInt64(depth)) else { return nil }
        self.init(depth: UInt8(depth), prefix: prefix)
    }
}
