import Basics

// The life of edges: three-way hellos, detection, one's own pace of hellos.
extension Membership {
    /// A secure session with a declared neighbour is established (or established anew): begin the three-way hello.
    ///
    /// `capacity` is the trunk's, for pacing. Unknown neighbours are ignored and false is returned.
    @discardableResult
    public func edgeConnected(_ neighbour: NodeIndex, capacity: Bitrate, now: Instant, into effects: inout [Effect]) -> Bool {
        guard let edge = edge(neighbour) else { return false }
        if edge.connected { fall(edge, .sessionChanged, now: now, into: &effects) }
        edge.connected = true
        edge.connectedAt = now
        edge.answerBy = edge.role.isAbove ? now + Limits.answer : nil
        edge.clearSession()
        edge.ownSession = freshSession()
        edge.liveness.restart(now: now)
        edge.pace.setCapacity(capacity, now: now)
        edge.spacing = wantedSpacing(edge)
        edge.helloWanted = true
        flushAll(now: now, into: &effects)
        return true
    }

    /// The secure session is gone.
    public func edgeLost(_ neighbour: NodeIndex, now: Instant, into effects: inout [Effect]) {
        guard let edge = edge(neighbour), edge.connected else { return }
        fall(edge, .lost, now: now, into: &effects)
        edge.connected = false
        edge.answerBy = nil
        chooseUplink(now: now, into: &effects)
        flushAll(now: now, into: &effects)
    }

    /// An authenticated media packet came from the neighbour.
    public func mediaReceived(_ neighbour: NodeIndex, now: Instant) {
        guard let edge = edge(neighbour), edge.connected else { return }
        edge.liveness.heard(now: now)
    }

    /// A media packet of so many bytes went to the neighbour: hellos fill only the gaps, and gossip takes what it leaves of the line.
    public func mediaSent(_ neighbour: NodeIndex, bytes: Int, now: Instant) {
        guard let edge = edge(neighbour), edge.connected else { return }
        edge.pace.noteMedia(bytes, now: now)
        if now > edge.lastSent { edge.lastSent = now }
    }

    /// The session of the edge while it is up.
    public func session(_ neighbour: NodeIndex) -> EdgeSession? { edge(neighbour)?.session }

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
        if wasUp { edge.ownSession = freshSession() }
        edge.lastDown = reason
        edge.helloWanted = reason != .lost
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
        edge.answerBy = nil
        if edge.role.isAbove { effects.append(.unanswered(edge.neighbour)) }
    }

    private func wantedSpacing(_ edge: Edge) -> Interval {
        guard !edge.scopes.own.isEmpty, edge.taken else { return Limits.idleSpacing }
        return edge.pace.isSlow ? Limits.slowSpacing : Limits.busySpacing
    }

    /// Announces another spacing; a longer one is kept to only once the neighbour has surely heard of it.
    func reviewSpacing(_ edge: Edge, now: Instant) {
        let wanted = wantedSpacing(edge)
        guard wanted != edge.spacing else { return }
        if wanted > edge.spacing { edge.shortUntil = now + .seconds(1) }
        edge.spacing = wanted
        edge.helloWanted = true
    }

    // MARK: Time

    private func gap(_ edge: Edge, now: Instant) -> Interval {
        guard edge.isUp else { return edge.lastSent - edge.connectedAt < .seconds(2) ? .milliseconds(50) : Limits.idleSpacing }
        return now < edge.shortUntil ? min(edge.spacing, Limits.busySpacing) : edge.spacing
    }

    private func nextHello(_ edge: Edge) -> Instant {
        let gap = gap(edge, now: edge.lastSent)
        if edge.isUp, gap < Limits.fullHello { return min(edge.lastSent + gap, edge.lastFull + Limits.fullHello) }
        return edge.lastFull + gap
    }

    /// Hellos that are nearly due go along with those that are: a node with many edges wakes hardly oftener than one with few.
    func helloTogether(now: Instant, into effects: inout [Effect]) {
        for place in edges.indices where isDue(place, by: now + Limits.batchWindow) && edges[place].isUp {
            let edge = edges[place]
            helloIfDue(edge, early: min(edge.spacing / 8, Limits.batchWindow), now: now, into: &effects)
        }
    }

    func helloIfDue(_ edge: Edge, early: Interval = .zero, now: Instant, into effects: inout [Effect]) {
        let soon = edge.helloWanted && now >= edge.lastFull + Limits.batchWindow
        let due = nextHello(edge)
        guard edge.connected, soon || now + early >= due else { return }
        let gap = gap(edge, now: now)
        // Hellos keep their beat however late each is woken, or early: what added up would make them fewer than was promised, or more.
        let beat = !edge.helloWanted && now < due + gap ? due : now
        let full = edge.helloWanted || !edge.isUp || gap >= Limits.fullHello || beat + gap / 2 >= edge.lastFull + Limits.fullHello
        edge.helloWanted = false
        var frame = Frame(session: edge.ownSession)
        frame.hello = hello(edge, full: full, now: now)
        if edge.sequence.ackAt != nil { takeAck(edge, into: &frame) }
        edge.counters.hellosSent += 1
        if full { edge.lastFull = beat }
        transmit(edge, coder.encode(frame), now: now, into: &effects)
        edge.lastSent = beat
    }

    private func hello(_ edge: Edge, full: Bool, now: Instant) -> Hello {
        edge.helloSequence += 1
        edge.helloTimes[Int(edge.helloSequence % 64)] = now
        let delay = edge.echoSequence == 0 ? 0 : max(0, (now - edge.echoAt).nanoseconds / 1_000)
        var part: Hello.Full?
        if full {
            part = Hello.Full(
                path: edge.role.isAbove ? [] : Array(pathToTop().prefix(Limits.path)),
                topologyVersion: configuration.topologyVersion, topologyHash: configuration.topologyHash,
                wall: wallOffset.map { $0 &+ now.nanoseconds / 1_000_000 } ?? 0, sum: sum(edge), sharedScopes: edge.scopes.sharedHash,
                settled: edge.settled, lateness: UInt32(clamping: lateness.milliseconds),
                loss: UInt32(edge.liveness.lossShare(now: now) * 1_000))
        }
        return Hello(
            remoteSession: edge.remoteSession, state: edge.state, diagnostic: edge.lastDown, sequence: edge.helloSequence,
            echo: edge.echoSequence, echoDelay: UInt32(clamping: delay), spacing: UInt32(clamping: edge.spacing.milliseconds),
            use: edge.role.isAbove ? (edge.taken ? .taken : .standby) : nil, full: part)
    }

    /// From this node to the top, as the uplink told it.
    private func pathToTop() -> [NodeIndex] {
        for edge in uplinks where edge.gossips { return [node] + edge.path }
        return [node]
    }

    func dueTime(of edge: Edge) -> Instant? {
        var result: Instant? = nextHello(edge)
        if edge.helloWanted { result.keepEarlier(edge.lastFull + Limits.batchWindow) }
        if edge.state != .down {
            result.keepEarlier(edge.liveness.lastHeard + edge.liveness.detection(lateness: lateness, now: edge.liveness.lastHeard))
        }
        if edge.isUp {
            result.keepEarlier(edge.echoNewsAt + edge.liveness.echoDetection(lateness: lateness))
        }
        result.keepEarlier(edge.answerBy)
        result.keepEarlier(edge.flush.deadline)
        result.keepEarlier(edge.sequence.deadline(resendTime: edge.liveness.resendTime))
        return result
    }

    /// Detects silence and one-way cuts.
    func checkLife(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        if let limit = edge.answerBy, limit <= now { giveUp(edge, into: &effects) }
        guard edge.state != .down else { return }
        let heard = edge.liveness.lastHeard
        if now >= heard + edge.liveness.detection(lateness: lateness, now: heard) {
            fall(edge, .silent, now: now, into: &effects)
        } else if edge.isUp, now >= edge.echoNewsAt + edge.liveness.echoDetection(lateness: lateness) {
            fall(edge, .noEcho, now: now, into: &effects)
        }
    }

    // MARK: Hearing

    /// Takes a hello; false if the rest of its frame must not be read.
    func receive(_ hello: Hello, session: UInt64, on edge: Edge, now: Instant, into effects: inout [Effect]) -> Bool {
        edge.counters.hellosReceived += 1
        if edge.answerBy != nil { edge.answerBy = nil }
        // A session the neighbour has left, overtaken on the way, must not throw down the one it has now.
        guard session != 0, !(edge.isUp && session == edge.formerSession) else { return false }
        if session != edge.remoteSession {
            if edge.isUp { fall(edge, .sessionChanged, now: now, into: &effects) }
            if edge.state == .`init` { edge.state = .down }
            edge.remoteSession = session
            edge.echoSequence = 0
            edge.liveness.newSession()
        }
        let hearsUs = hello.remoteSession == edge.ownSession
        if edge.isUp {
            if hello.state == .down || (hello.remoteSession != 0 && !hearsUs) {
                fall(edge, hearsUs || hello.state == .down ? .neighbourDown : .sessionChanged, now: now, into: &effects)
                edge.remoteSession = session
            }
        }
        edge.liveness.spacing = .milliseconds(Int64(max(10, min(hello.spacing, 1_000))))
        edge.liveness.helloHeard(hello.sequence, now: now)
        if hello.sequence > edge.echoSequence {
            edge.echoSequence = hello.sequence
            edge.echoAt = now
        }
        if hearsUs { takeEcho(hello, on: edge, now: now) }
        edge.liveness.review(now: now)
        if let full = hello.full {
            if edge.role.isAbove, full.path.contains(node) {
                fall(edge, .loop, now: now, into: &effects)
                return false
            }
            edge.path = edge.role.isAbove ? Array(full.path.prefix(Limits.path)) : []
            edge.topologyVersion = full.topologyVersion
            edge.topologyHash = full.topologyHash
            edge.lossThere = Double(min(full.loss, 1_000)) / 1_000
            edge.clockThere = full.wall == 0 ? nil : full.wall &- now.nanoseconds / 1_000_000
            if let wallOffset, full.wall != 0 {
                let mine = wallOffset &+ now.nanoseconds / 1_000_000
                edge.clockAhead = .milliseconds(full.wall &- mine)
            }
        }
        hear(hello.use, on: edge, now: now, into: &effects)
        advance(edge, hello, hearsUs: hearsUs, now: now, into: &effects)
        if edge.gossips, let full = hello.full { compareSums(edge, full, now: now) }
        return true
    }

    /// Follows what the lower end makes of the edge; it never gives one back within a session.
    private func hear(_ use: UplinkUse?, on edge: Edge, now: Instant, into effects: inout [Effect]) {
        guard !edge.role.isAbove, let use else { return }
        if use == .taken, !edge.taken {
            edge.taken = true
            if edge.isUp { beginGossip(edge, now: now, into: &effects) }
        } else if use == .standby, edge.taken {
            if edge.isUp { fall(edge, .sessionChanged, now: now, into: &effects) }
            edge.taken = false
        }
    }

    private func takeEcho(_ hello: Hello, on edge: Edge, now: Instant) {
        guard hello.echo > edge.echoed, hello.echo <= edge.helloSequence else { return }
        edge.echoed = hello.echo
        edge.echoNewsAt = now
        guard edge.helloSequence - hello.echo < 64 else { return }
        let passed = now - edge.helloTimes[Int(hello.echo % 64)]
        edge.liveness.measured(max(.zero, passed - .microseconds(Int64(hello.echoDelay))))
    }

    private func advance(_ edge: Edge, _ hello: Hello, hearsUs: Bool, now: Instant, into effects: inout [Effect]) {
        switch (edge.state, hello.state) {
        case (.down, .down):
            edge.state = .`init`
            edge.helloWanted = true
        case (.down, .up) where !hearsUs:
            edge.state = .`init`
            edge.helloWanted = true
        case (.down, .`init`), (.`init`, .`init`), (.`init`, .up):
            if hearsUs {
                rise(edge, now: now, into: &effects)
            } else if edge.state == .down {
                edge.state = .`init`
                edge.helloWanted = true
            }
        default: break
        }
    }

    private func rise(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        edge.state = .up
        let session =
            edge.role.isAbove
            ? EdgeSession(upper: edge.remoteSession, lower: edge.ownSession)
            : EdgeSession(upper: edge.ownSession, lower: edge.remoteSession)
        edge.session = session
        edge.upSince = now
        edge.echoNewsAt = now
        edge.helloWanted = true
        if edge.taken {
            beginGossip(edge, now: now, into: &effects)
        } else {
            effects.append(.standby(edge.neighbour, fell: nil))
        }
    }

    /// The edge is up and taken: namespaces begin to travel.
    func beginGossip(_ edge: Edge, now: Instant, into effects: inout [Effect]) {
        guard let session = edge.session else { return }
        reviewSpacing(edge, now: now)
        edge.repair.shareOther(now: now)
        edge.push.grow(to: store.entries.count)
        effects.append(.edgeUp(edge.neighbour, session: session))
        if !edge.scopes.own.isEmpty { announceScopes(edge, now: now) }
        beginSharing(edge, .link, Membership.everywhere, now: now)
        reviewShared(edge, now: now)
    }
}
