import Basics

// How each of the four legs begins and ends.

extension Peer {
    /// An access leg that is not established this long after it was made has failed.
    public static let connectLimit = Interval.seconds(30)

    /// A browser's leg from its offer; ``localDescription`` is the answer and ``media`` what it agrees to.
    public convenience init(
        accessServer offer: SessionDescription, settings: AnswerSettings, security: any SecurityProvider, now: Instant
    ) throws(NegotiationError) {
        self.init(role: .accessServer, security: security, limits: .access, now: now)
        let local = ICECredentials.random(security)
        let terms = try AnswerTerms(
            offer: offer, settings: settings, local: local, fingerprint: security.fingerprint, sessionID: random.next())
        server = ICEServerAgent(credentials: local, remoteUsername: terms.remote.username, now: now)
        fingerprints = terms.fingerprints
        media = terms.media
        localDescription = terms.text
        session = security.makeSession(.accessServer)
        connectDeadline = now + Peer.connectLimit
    }

    /// A bot's leg; ``localDescription`` is the offer to post. It sends nothing before ``accept(answer:now:)``.
    public convenience init(accessClient settings: OfferSettings, security: any SecurityProvider, now: Instant) {
        self.init(role: .accessClient, security: security, limits: .access, now: now)
        let local = ICECredentials.random(security)
        let terms = OfferTerms(settings, local: local, fingerprint: security.fingerprint, sessionID: random.next())
        offerTerms = terms
        client = ICEClientAgent(local: local, tieBreaker: random.next())
        localDescription = terms.text
    }

    /// The answer to a bot's offer; checks begin with the next ``wake(now:outbox:)``.
    public func accept(answer: SessionDescription, now: Instant) throws(NegotiationError) {
        precondition(role == .accessClient && media == nil, "an answer on \(role), accepted before: \(media != nil)")
        clock = now
        guard let terms = offerTerms else { return }
        let accepted = try terms.accept(answer)
        media = accepted.media
        fingerprints = accepted.fingerprints
        connectDeadline = now + Peer.connectLimit
        client?.start(remote: accepted.remote, credentials: accepted.credentials, now: now)
        move(to: accepted.remote)
    }

    /// A trunk's child side: dials that address with the next ``wake(now:outbox:)`` and demands the certificate of `node`.
    ///
    /// It never gives up: after a failure, and after ``redial(now:)``, it dials again with a growing back-off.
    public convenience init(trunkTo address: Address, node: String, security: any SecurityProvider, now: Instant) {
        self.init(role: .trunkDialer, security: security, limits: .trunk, now: now)
        remote = address
        expectedNode = node
        dialing.now(now)
    }

    /// A trunk's parent side with the session a ``SecureListener`` made of `hello`; call ``wake(now:outbox:)`` at once,
    /// since the session has an answer to send.
    public convenience init(
        trunkFrom address: Address, session: any SecureSession, hello: UnsafeRawBufferPointer,
        security: any SecurityProvider, now: Instant
    ) {
        self.init(role: .trunkAcceptor, security: security, limits: .trunk, now: now)
        remote = address
        self.session = session
        helloRandom = Demultiplexer.clientRandom(hello)
        connectDeadline = now + Peer.connectLimit
        flushWanted = true
    }

    /// Whether this ClientHello belongs to a handshake of this leg (a resend): then it is for
    /// ``receive(_:from:now:outbox:)``. Any other one is for the listener first, and the session it makes for
    /// ``adopt(_:hello:now:)``.
    public func isAnswering(_ hello: UnsafeRawBufferPointer) -> Bool {
        guard let random = Demultiplexer.clientRandom(hello) else { return false }
        return random == helloRandom || random == successorRandom
    }

    /// A new session of the same remote, from a restarted or redialling child; it replaces the present one once its
    /// handshake is done and its certificate names the same node (``PeerEvent/established(_:)`` again). Wake at once.
    public func adopt(_ session: any SecureSession, hello: UnsafeRawBufferPointer, now: Instant) {
        precondition(role == .trunkAcceptor, "a second session on \(role)")
        clock = now
        successor = session
        successorRandom = Demultiplexer.clientRandom(hello)
        successorDeadline = now + Peer.connectLimit
        flushWanted = true
    }

    /// Trunk dialer: leaves the present session (the owner heard nothing for too long, or renews it) and dials with the
    /// next ``wake(now:outbox:)``.
    public func redial(now: Instant) {
        precondition(role == .trunkDialer, "redial on \(role)")
        clock = now
        dropSession()
        dialing.now(now)
    }

    /// Says goodbye (close_notify) if there is a session, and ends the leg; no event follows.
    public func close(outbox: Outbox) {
        session?.close()
        flush(outbox)
        dropSession()
        successor = nil
        dialing.stop()
        client?.stop()
        connectDeadline = nil
        isClosed = true
    }

    /// Where the leg stands.
    public var snapshot: PeerSnapshot {
        let state: PeerSnapshot.State =
            failure != nil || isClosed
            ? .failed : sender != nil ? .established : session != nil && remote != nil ? .handshaking : .waiting
        return PeerSnapshot(
            role: role, state: state, remote: remote, identity: identity, failure: failure,
            sourcesIn: receiver?.sourceCount ?? 0, sourcesOut: sender?.sourceCount ?? 0, deadline: deadline,
            counters: counters)
    }

    /// Our user name fragment in a stranger's STUN request: the leg to hand it to is the one with this
    /// ``localUsername``. Nil if it is no sound STUN request with a user name.
    public static func stunUsername(of datagram: UnsafeRawBufferPointer) -> String? {
        guard Demultiplexer.kind(of: datagram) == .stun, let message = try? STUNMessage(parsing: datagram),
            message.kind == .request, let names = message.fragments, names.receiver.count <= 256
        else { return nil }
        return String(validating: names.receiver, as: UTF8.self)
    }
}

extension ICECredentials {
    /// 48 and 144 bits (RFC 8445 section 5.3 asks for 24 and 128), in ice-chars.
    static func random(_ security: any SecurityProvider) -> ICECredentials {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        func text(_ count: Int) -> String {
            String(decoding: security.randomBytes(count).map { alphabet[Int($0 & 63)] }, as: UTF8.self)
        }
        return ICECredentials(username: text(8), password: text(24))
    }
}
