import Basics

// Time, the DTLS session and what follows from its state.

extension Peer {
    /// When ``wake(now:outbox:)`` wants to be called; nil when the leg waits for the network only.
    public var deadline: Instant? {
        if isClosed || failure != nil && role != .trunkDialer { return nil }
        if flushWanted { return clock }
        var result: Instant?
        // With keys for media the handshake is over.
        if sender == nil, session?.state == .handshaking { result.keepEarlier(session?.deadline) }
        result.keepEarlier(successor?.deadline)
        if successor != nil { result.keepEarlier(successorDeadline) }
        result.keepEarlier(dialing.due)
        result.keepEarlier(dialing.giveUp)
        result.keepEarlier(client?.nextCheck)
        result.keepEarlier(client?.consentUntil)
        result.keepEarlier(server?.consentUntil)
        if sender == nil { result.keepEarlier(connectDeadline) }
        return result
    }

    /// Does what is due; harmless when nothing is.
    public func wake(now: Instant, outbox: Outbox) {
        clock = now
        if isClosed { return }
        if failure != nil, role != .trunkDialer { return }
        if let until = server?.consentUntil ?? client?.consentUntil, until <= now {
            loseConsent()
            return
        }
        if sender == nil, let limit = connectDeadline, limit <= now {
            fail(.connectTimeout)
            return
        }
        if client != nil {
            let before = outbox.datagrams.count
            client!.wake(now: now, random: &random, security: security, outbox: outbox)
            counters.countControl(outbox, since: before)
        }
        if role == .trunkDialer, let node = expectedNode {
            if let limit = dialing.giveUp, limit <= now {
                if dialing.isAnswered { fail(.connectTimeout) } else { dialing.now(now) }
            }
            if let due = dialing.due, due <= now {
                dropSession()
                failure = nil
                counters.dials &+= 1
                dialing.started(now, random: &random)
                startSession(.trunkClient(expecting: node))
            }
        }
        if let due = session?.deadline, due <= now { session?.wake(now: now) }
        if let successor {
            if let due = successor.deadline, due <= now { successor.wake(now: now) }
            if successorDeadline <= now { self.successor = nil }
        }
        advance(outbox)
    }

    /// One DTLS application message to the remote (at most 1,200 bytes with the record's overhead); false if the leg is
    /// not established or the message too long.
    public func send(message: UnsafeRawBufferPointer, outbox: Outbox) -> Bool {
        guard isEstablished, let session, session.send(message) else { return false }
        counters.messagesOut &+= 1
        flush(outbox)
        return true
    }

    func startSession(_ role: SecureRole) {
        let made = security.makeSession(role)
        session = made
        made.start(now: clock)
    }

    /// Follows the sessions' states after they were given bytes or time, and sends what they have to send.
    func advance(_ outbox: Outbox) {
        flush(outbox)
        followSuccessor()
        guard let session else { return }
        switch session.state {
        case .handshaking: break
        case .established(let identity):
            if sender == nil { establish(session, identity, outbox) }
            if sender != nil { takeMessages(session) }
        case .failed(let reason):
            // Its alert left with the first flush.
            if sender != nil { takeMessages(session) }
            fail(.session(reason))
        }
        flush(outbox)
    }

    private func followSuccessor() {
        guard let successor else { return }
        switch successor.state {
        case .handshaking: break
        case .failed: self.successor = nil
        case .established(let newcomer):
            self.successor = nil
            // Only the same node may take a leg over; another one is the owner's affair under its own address.
            if let identity, identity != newcomer { return }
            dropSession()
            session = successor
            helloRandom = successorRandom
        }
    }

    private func establish(_ session: any SecureSession, _ found: RemoteIdentity, _ outbox: Outbox) {
        guard isExpected(found), let keys = session.exportKeys() else {
            session.close()
            flush(outbox)
            return fail(isExpected(found) ? .noMediaProtection : .wrongIdentity)
        }
        sender = SRTPSender(
            security.makeCipher(profile: keys.profile, key: keys.sendKey, salt: keys.sendSalt), limits: limits)
        receiver = SRTPReceiver(
            security.makeCipher(profile: keys.profile, key: keys.receiveKey, salt: keys.receiveSalt),
            profile: keys.profile, limits: limits)
        identity = found
        connectDeadline = nil
        renewalTold = false
        dialing.established()
        tell(.established(found))
    }

    private func isExpected(_ found: RemoteIdentity) -> Bool {
        switch (role, found) {
        case (.accessServer, .fingerprint(let hash)), (.accessClient, .fingerprint(let hash)): fingerprints.contains(hash)
        case (.trunkDialer, .node(let id)): id == expectedNode
        case (.trunkAcceptor, .node): true
        default: false
        }
    }

    private func takeMessages(_ session: any SecureSession) {
        while let message = session.nextMessage() {
            counters.messagesIn &+= 1
            tell(.message(message))
        }
    }

    /// Sends what the sessions have ready.
    func flush(_ outbox: Outbox) {
        flushWanted = false
        guard let remote else { return }
        let before = outbox.datagrams.count
        while let count = session?.nextDatagram(into: outbox.reserve()) { outbox.commit(count, to: remote) }
        while let count = successor?.nextDatagram(into: outbox.reserve()) { outbox.commit(count, to: remote) }
        counters.countControl(outbox, since: before)
    }

    /// Ends the leg, or for a dialer the attempt.
    func fail(_ reason: PeerFailure) {
        failure = reason
        dropSession()
        if role == .trunkDialer {
            dialing.failed(clock, random: &random)
        } else {
            client?.stop()
        }
        tell(.failed(reason))
    }

    private func loseConsent() {
        // A browser that never came is no loss of consent.
        if sender == nil { return fail(.connectTimeout) }
        failure = .consentLost
        dropSession()
        client?.stop()
        tell(.consentLost)
    }

    /// Forgets the session and its keys.
    func dropSession() {
        session = nil
        sender = nil
        receiver = nil
        identity = nil
    }
}
