import Basics

// The life of edges: three-way hellos, detection, one's own pace of hellos.
extension Membership {
    /// A secure session with a declared neighbour is established (or established anew): begin the three-way hello.
    ///
    /// `capacity` is the trunk's, for pacing. Unknown neighbours are ignored and false is returned.
    @discardableResult
    public func edgeConnected(_ neighbour: NodeIndex, capacity: Bitrate, now: Instant, into effects: inout [Effect]) -> Bool {
        guard let edge = edge(neighbour) else { return false }
        if edge.life.isConnected { fall(edge, .sessionChanged, now: now, into: &effects) }
        edge.life.connect(isAbove: edge.role.isAbove, now: now)
        edge.clearSession()
        edge.life.begin(freshSession())
        edge.liveness.restart(now: now)
        edge.pace.setCapacity(capacity, now: now)
        edge.hello.begin(wantedSpacing(edge))
        flushAll(now: now, into: &effects)
        return true
    }

    /// The secure session is gone.
    public func edgeLost(_ neighbour: NodeIndex, now: Instant, into effects: inout [Effect]) {
        guard let edge = edge(neighbour), edge.life.isConnected else { return }
        fall(edge, .lost, now: now, into: &effects)
        edge.life.disconnect()
        chooseUplink(now: now, into: &effects)
        flushAll(now: now, into: &effects)
    }

    /// An authenticated media packet came from the neighbour.
    public func mediaReceived(_ neighbour: NodeIndex, now: Instant) {
        guard let edge = edge(neighbour), edge.life.isConnected else { return }
        edge.liveness.heard(now: now)
    }

    /// A media packet of so many bytes went to the neighbour: hellos fill only the gaps, and gossip takes what it leaves of the line.
    public func mediaSent(_ neighbour: NodeIndex, bytes: Int, now: Instant) {
        guard let edge = edge(neighbour), edge.life.isConnected else { return }
        edge.pace.noteMedia(bytes, now: now)
        if now > edge.hello.lastSent { edge.hello.sent(now: now) }
    }

    /// The session of the edge while it is up.
    public func session(_ neighbour: NodeIndex) -> EdgeSession? { edge(neighbour)?.life.session }

    func freshSession() -> UInt64 {
        while true {
            let session = random.next()
            if session != 0 { return session }
        }
    }

    /// Ends the session; the edge stays connected and says hello again.
    func fall(_ edge: Edge, _ reason: EdgeDownReason, now: Instant, into effects: inout [Effect]) {
        let wasUp = edge.isUp
        let gossiped = edge.gossips
        edge.clearSession()
        // Only a session that was up is spent: else two ends could answer each other's new ids for ever.
        if wasUp { edge.life.begin(freshSession()) }
        edge.life.noteDown(reason)
        if reason == .lost { edge.hello.rest() } else { edge.hello.want() }
        if gossiped {
            effects.append(.edgeDown(edge.neighbour, reason: reason))
        } else if wasUp {
            effects.append(.standby(edge.neighbour, fell: reason))
        } else if reason == .silent {
            giveUp(edge, into: &effects)
        }
    }

    /// The session was established, and no hello of it came up to anything.
    private func giveUp(_ edge: Edge, into effects: inout [Effect]) {
        edge.life.stopWaiting()
        if edge.role.isAbove { effects.append(.unanswered(edge.neighbour)) }
    }

    private func wantedSpacing(_ edge: Edge) -> Interval {
        guard !edge.scopes.own.isEmpty, edge.life.isTaken else { return Limits.idleSpacing }
        return edge.pace.isSlow ? Limits.slowSpacing : Limits.busySpacing
    }

    /// Announces another spacing; a longer one is kept to only once the neighbour has surely heard of it.
    func reviewSpacing(_ edge: Edge, now: Instant) {
        let wanted = wantedSpacing(edge)
        if wanted != edge.hello.spacing { edge.hello.announce(wanted, now: now) }
    }

    // MARK: Time

    /// Hellos that are nearly due go along with those that are: a node with many edges wakes hardly oftener than one with few.
    func helloTogether(now: Instant, into effects: inout [Effect]) {
        forEachDue(by: now + Limits.batchWindow) { edge in
            guard edge.isUp else { return }
            helloIfDue(edge, early: min(edge.hello.spacing / 8, Limits.batchWindow), now: now, into: &effects)
        }
    }

    func helloIfDue(_ edge: Edge, early: Interval = .zero, now: Instant, into effects: inout [Effect]) {
        let soon = edge.hello.isWanted && now >= edge.hello.lastFull + Limits.batchWindow
        let due = edge.hello.next(edge.life)
        guard edge.life.isConnected, soon || now + early >= due else { return }
        let gap = edge.hello.gap(edge.life, now: now)
        // Hellos keep their beat however late each is woken, or early: what added up would make them fewer than was promised, or more.
        let beat = !edge.hello.isWanted && now < due + gap ? due : now
        let isFull = edge.hello.isWanted || !edge.isUp || gap >= Limits.fullHello || beat + gap / 2 >= edge.hello.lastFull + Limits.fullHello
        var frame = Frame(session: edge.life.ownSession)
        frame.hello = hello(edge, isFull: isFull, now: now)
        if edge.sequence.ackAt != nil { takeAck(edge, into: &frame) }
        edge.tally.count(\.hellosSent)
        transmit(edge, coder.encode(frame), now: now, into: &effects)
        edge.hello.sentHello(isFull: isFull, beat: beat)
    }

    private func hello(_ edge: Edge, isFull: Bool, now: Instant) -> Hello {
        var full: Hello.Full?
        if isFull {
            full = Hello.Full(
                path: edge.role.isAbove ? [] : Array(pathToTop().prefix(Limits.path)),
                topologyVersion: configuration.topologyVersion, topologyHash: configuration.topologyHash,
                wall: wallOffset.map { $0 &+ now.nanoseconds / 1_000_000 } ?? 0, sum: sum(edge), sharedScopes: edge.scopes.sharedHash,
                settled: edge.isSettled, lateness: UInt32(clamping: lateness.value.milliseconds),
                loss: UInt32(edge.liveness.lossShare(now: now) * 1_000))
        }
        return Hello(
            remoteSession: edge.life.remoteSession, state: edge.life.state, diagnostic: edge.life.lastDown, sequence: edge.hello.number(now: now),
            echo: edge.hello.echo, echoDelay: UInt32(clamping: edge.hello.echoDelay(now: now)),
            spacing: UInt32(clamping: edge.hello.spacing.milliseconds),
            use: edge.role.isAbove ? (edge.life.isTaken ? .taken : .standby) : nil, full: full)
    }

    /// From this node to the top, as the uplink told it.
    private func pathToTop() -> [NodeIndex] {
        for edge in uplinks where edge.gossips { return [node] + edge.report.path }
        return [node]
    }

    /// Detects silence and one-way cuts.
    func checkLife(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        if let limit = edge.life.answerBy, limit <= now { giveUp(edge, into: &effects) }
        if let limit = edge.silent(lateness: lateness.value), now >= limit {
            fall(edge, .silent, now: now, into: &effects)
        } else if let limit = edge.withoutEcho(lateness: lateness.value), now >= limit {
            fall(edge, .noEcho, now: now, into: &effects)
        }
    }

    // MARK: Hearing

    /// Takes a hello; false if the rest of its frame must not be read.
    func receive(_ hello: Hello, session: UInt64, on edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        edge.tally.count(\.hellosReceived)
        edge.life.stopWaiting()
        // A session the neighbour has left, overtaken on the way, must not throw down the one it has now.
        guard session != 0, !(edge.isUp && session == edge.life.formerSession) else { return false }
        if session != edge.life.remoteSession {
            if edge.isUp { fall(edge, .sessionChanged, now: now, into: &effects) }
            edge.life.meet(session)
            edge.hello.newSession()
            edge.liveness.newSession()
        }
        let hearsUs = hello.remoteSession == edge.life.ownSession
        if edge.isUp {
            if hello.state == .down || (hello.remoteSession != 0 && !hearsUs) {
                fall(edge, hearsUs || hello.state == .down ? .neighbourDown : .sessionChanged, now: now, into: &effects)
                edge.life.meet(session)
            }
        }
        edge.liveness.setSpacing(.milliseconds(Int64(max(10, min(hello.spacing, 1_000)))))
        edge.liveness.helloHeard(hello.sequence, now: now)
        edge.hello.heard(hello.sequence, now: now)
        if hearsUs, let roundTrip = edge.hello.takeEcho(hello.echo, delay: hello.echoDelay, now: now) { edge.liveness.measured(roundTrip) }
        edge.liveness.review(now: now)
        if let full = hello.full {
            if edge.role.isAbove, full.path.contains(node) {
                fall(edge, .loop, now: now, into: &effects)
                return false
            }
            edge.report.take(full, isAbove: edge.role.isAbove, wallOffset: wallOffset, now: now)
        }
        hear(hello.use, on: edge, now: now, into: &effects)
        advance(edge, hello, hearsUs: hearsUs, now: now, into: &effects)
        if edge.gossips, let full = hello.full { compareSums(edge, full, now: now) }
        return true
    }

    /// Follows what the lower end makes of the edge; it never gives one back within a session.
    private func hear(_ use: UplinkUse?, on edge: Edge, now: Instant, into effects: inout [Effect]) {
        guard !edge.role.isAbove, let use else { return }
        if use == .taken, !edge.life.isTaken {
            edge.life.take()
            if edge.isUp { beginGossip(edge, now: now, into: &effects) }
        } else if use == .standby, edge.life.isTaken {
            if edge.isUp { fall(edge, .sessionChanged, now: now, into: &effects) }
            edge.life.leave()
        }
    }

    private func advance(_ edge: Edge, _ hello: Hello, hearsUs: Bool, now: Instant, into effects: inout [Effect]) {
        switch (edge.life.state, hello.state) {
        case (.down, .down):
            edge.life.hear()
            edge.hello.want()
        case (.down, .up) where !hearsUs:
            edge.life.hear()
            edge.hello.want()
        case (.down, .`init`), (.`init`, .`init`), (.`init`, .up):
            if hearsUs {
                rise(edge, now: now, into: &effects)
            } else if edge.life.state == .down {
                edge.life.hear()
                edge.hello.want()
            }
        default: break
        }
    }

    private func rise(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        edge.life.rise(isAbove: edge.role.isAbove, now: now)
        edge.hello.rise(now: now)
        if edge.life.isTaken {
            beginGossip(edge, now: now, into: &effects)
        } else {
            effects.append(.standby(edge.neighbour, fell: nil))
        }
    }

    /// The edge is up and taken: namespaces begin to travel.
    func beginGossip(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        guard let session = edge.life.session else { return }
        reviewSpacing(edge, now: now)
        edge.repair.shareOther(now: now)
        edge.push.grow(to: store.entries.count)
        effects.append(.edgeUp(edge.neighbour, session: session))
        if !edge.scopes.own.isEmpty { announceScopes(edge, now: now) }
        beginSharing(edge, .link, Membership.everywhere, now: now)
        reviewShared(edge, now: now)
    }
}
