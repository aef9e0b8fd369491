import Basics

// Time, the DTLS session and what follows from its state.

extension Peer {
    /// When ``wake(now:outbox:)`` wants to be called; nil when the leg waits for the network only.
    public var deadline: Instant? {
        if isOver { return nil }
        if isToFlush { return clock }
        var result = state.connectBy
        if case .handshaking(let handshaking) = state, handshaking.session.state == .handshaking {
            result.keepEarlier(handshaking.session.deadline)
        }
        switch way {
        case .accessServer(let server): result.keepEarlier(server.agent.consentUntil)
        case .accessClient(let client):
            result.keepEarlier(client.agent.nextCheck)
            result.keepEarlier(client.agent.consentUntil)
        case .trunkDialer(let dialer):
            result.keepEarlier(dialer.redial.due)
            result.keepEarlier(dialer.redial.giveUp)
        case .trunkAcceptor(let acceptor):
            result.keepEarlier(acceptor.successor?.session.deadline)
            result.keepEarlier(acceptor.successor?.deadline)
        }
        return result
    }

    /// Nothing is received, woken or sent any more.
    var isOver: Bool {
        switch state {
        case .waiting, .handshaking, .established: false
        case .failed: role != .trunkDialer
        case .closed: true
        }
    }

    /// Does what is due; harmless when nothing is.
    public func wake(now: Instant, outbox: Outbox) {
        clock = now
        noteDeadline()
        if isOver { return }
        if let until = way.server?.agent.consentUntil ?? way.client?.agent.consentUntil, until <= now {
            loseConsent()
            return
        }
        if let limit = state.connectBy, limit <= now {
            fail(.connectTimeout)
            return
        }
        if let client = way.client {
            let before = outbox.datagrams.count
            client.wake(now: now, random: &random, security: security, outbox: outbox)
            counters.countControl(outbox, since: before)
        }
        if let dialer = way.dialer { wake(dialer, now: now) }
        if let session = state.session, let due = session.deadline, due <= now { session.wake(now: now) }
        if let acceptor = way.acceptor, let successor = acceptor.successor {
            if let due = successor.session.deadline, due <= now { successor.session.wake(now: now) }
            if successor.deadline <= now { acceptor.dropSuccessor() }
        }
        advance(outbox)
    }

    /// Gives an attempt up, and dials.
    private func wake(_ dialer: TrunkDialer, now: Instant) {
        if let limit = dialer.redial.giveUp, limit <= now {
            if dialer.redial.isAnswered { fail(.connectTimeout) } else { dialer.dialNow(now) }
        }
        guard let due = dialer.redial.due, due <= now else { return }
        counters.dials &+= 1
        dialer.dialled(now, random: &random)
        startSession(.trunkClient(expecting: dialer.node))
    }

    /// One DTLS application message to the remote (at most 1,200 bytes with the record's overhead); false if the leg is
    /// not established or the message too long.
    public func send(message: UnsafeRawBufferPointer, outbox: Outbox) -> Bool {
        guard let established = state.established, established.session.send(message) else { return false }
        counters.messagesOut &+= 1
        flush(outbox)
        return true
    }

    func startSession(_ role: SecureRole) {
        let made = security.makeSession(role)
        state.handshake(made)
        made.start(now: clock)
    }

    /// Follows the sessions' states after they were given bytes or time, and sends what they have to send.
    func advance(_ outbox: Outbox) {
        flush(outbox)
        followSuccessor()
        guard let session = state.session else { return }
        switch session.state {
        case .handshaking: break
        case .established(let identity):
            if case .handshaking = state { establish(session, identity, outbox) }
            if isEstablished { takeMessages(session) }
        case .failed(let reason):
            // Its alert left with the first flush.
            if isEstablished { takeMessages(session) }
            fail(.session(reason))
        }
        flush(outbox)
    }

    private func followSuccessor() {
        guard let acceptor = way.acceptor, let successor = acceptor.successor?.session else { return }
        switch successor.state {
        case .handshaking: break
        case .failed: acceptor.dropSuccessor()
        case .established(let newcomer):
            // Only the same node may take a leg over; another one is the owner's affair under its own address.
            if let identity, identity != newcomer { return acceptor.dropSuccessor() }
            acceptor.succeed()
            state.handshake(successor)
        }
    }

    private func establish(_ session: any SecureSession, _ found: RemoteIdentity, _ outbox: Outbox) {
        guard way.expects(found), let keys = session.exportKeys() else {
            session.close()
            flush(outbox)
            return fail(way.expects(found) ? .noMediaProtection : .wrongIdentity)
        }
        state.establish(EstablishedSession(session, found, keys, security: security, limits: limits))
        way.dialer?.established()
        tell(.established(found))
    }

    private func takeMessages(_ session: any SecureSession) {
        while let message = session.nextMessage() {
            counters.messagesIn &+= 1
            tell(.message(message))
        }
    }

    /// Sends what the sessions have ready.
    func flush(_ outbox: Outbox) {
        if isToFlush { noteDeadline() }
        isToFlush = false
        guard let remote else { return }
        let before = outbox.datagrams.count
        let (session, successor) = (state.session, way.acceptor?.successor?.session)
        while let count = session?.nextDatagram(into: outbox.reserve()) { outbox.commit(count, to: remote) }
        while let count = successor?.nextDatagram(into: outbox.reserve()) { outbox.commit(count, to: remote) }
        counters.countControl(outbox, since: before)
    }

    /// Ends the leg, or for a dialer the attempt.
    func fail(_ reason: PeerFailure) {
        state.fail(reason)
        way.dialer?.failed(clock, random: &random)
        way.client?.stop()
        tell(.failed(reason))
    }

    private func loseConsent() {
        // A browser that never came is no loss of consent.
        guard isEstablished else { return fail(.connectTimeout) }
        state.fail(.consentLost)
        way.client?.stop()
        tell(.consentLost)
    }
}
