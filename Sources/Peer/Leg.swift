import Basics
import SDP

// How each of the four legs begins and ends.

extension Peer {
    /// An access leg that is not established this long after it was made has failed.
    public static let connectLimit = Interval.seconds(30)

    /// A browser's leg from its offer; ``localDescription`` is the answer and ``media`` what it agrees to.
    public convenience init(
        accessServer offer: SessionDescription, settings: AnswerSettings, security: any SecurityProvider, now: Instant
    ) throws(NegotiationError) {
        var random = Peer.generator(security)
        let local = ICECredentials.random(security)
        let terms = try AnswerTerms(
            offer: offer, settings: settings, local: local, fingerprint: security.fingerprint, sessionID: random.next())
        let agent = ICEServerAgent(credentials: local, remoteUsername: terms.remote.username, now: now)
        let handshaking = LegState.Handshaking(session: security.makeSession(.accessServer), connectBy: now + Peer.connectLimit)
        self.init(
            role: .accessServer, way: .accessServer(AccessServer(agent, fingerprints: terms.fingerprints)), state: .handshaking(handshaking),
            localDescription: terms.text, media: terms.media, limits: .access, security: security, random: random, now: now)
    }

    /// A bot's leg; ``localDescription`` is the offer to post. It sends nothing before ``accept(answer:now:)``.
    public convenience init(accessClient settings: OfferSettings, security: any SecurityProvider, now: Instant) {
        var random = Peer.generator(security)
        let local = ICECredentials.random(security)
        let terms = OfferTerms(settings, local: local, fingerprint: security.fingerprint, sessionID: random.next())
        let agent = ICEClientAgent(local: local, tieBreaker: random.next())
        self.init(
            role: .accessClient, way: .accessClient(AccessClient(agent, terms: terms)), state: .waiting(LegState.Waiting(connectBy: nil)),
            localDescription: terms.text, limits: .access, security: security, random: random, now: now)
    }

    /// The answer to a bot's offer; checks begin with the next ``wake(now:outbox:)``.
    public func accept(answer: SessionDescription, now: Instant) throws(NegotiationError) {
        precondition(role == .accessClient && media == nil, "an answer on \(role), accepted before: \(media != nil)")
        clock = now
        noteDeadline()
        guard let client = way.client else { return }
        let accepted = try client.accept(answer, now: now)
        agree(on: accepted.media)
        state.wait(until: now + Peer.connectLimit)
        move(to: accepted.remote)
    }

    /// A trunk's child side: dials that address with the next ``wake(now:outbox:)`` and demands the certificate of `node`.
    ///
    /// It never gives up: after a failure, and after ``redial(now:)``, it dials again with a growing back-off.
    public convenience init(trunkTo address: Address, node: String, security: any SecurityProvider, now: Instant) {
        self.init(
            role: .trunkDialer, way: .trunkDialer(TrunkDialer(node: node, now: now)), state: .waiting(LegState.Waiting(connectBy: nil)),
            remote: address, limits: .trunk, security: security, random: Peer.generator(security), now: now)
    }

    /// A trunk's parent side with the session a ``SecureListener`` made of `hello`; call ``wake(now:outbox:)`` at once,
    /// since the session has an answer to send.
    public convenience init(
        trunkFrom address: Address, session: any SecureSession, hello: UnsafeRawBufferPointer,
        security: any SecurityProvider, now: Instant
    ) {
        let handshaking = LegState.Handshaking(session: session, connectBy: now + Peer.connectLimit)
        self.init(
            role: .trunkAcceptor, way: .trunkAcceptor(TrunkAcceptor(hello: hello)), state: .handshaking(handshaking), remote: address,
            isToFlush: true, limits: .trunk, security: security, random: Peer.generator(security), now: now)
    }

    /// Whether this ClientHello belongs to a handshake of this leg (a resend): then it is for
    /// ``receive(_:from:now:outbox:)``. Any other one is for the listener first, and the session it makes for
    /// ``adopt(_:hello:now:)``.
    public func isAnswering(_ hello: UnsafeRawBufferPointer) -> Bool {
        guard let acceptor = way.acceptor, let random = Demultiplexer.clientRandom(hello) else { return false }
        return acceptor.isAnswering(random)
    }

    /// A new session of the same remote, from a restarted or redialling child; it replaces the present one once its
    /// handshake is done and its certificate names the same node (``PeerEvent/established(_:)`` again). Wake at once.
    public func adopt(_ session: any SecureSession, hello: UnsafeRawBufferPointer, now: Instant) {
        guard let acceptor = way.acceptor else { preconditionFailure("a second session on \(role)") }
        clock = now
        noteDeadline()
        acceptor.adopt(session, hello: hello, until: now + Peer.connectLimit)
        isToFlush = true
    }

    /// Trunk dialer: leaves the present session (the owner heard nothing for too long, or renews it) and dials with the
    /// next ``wake(now:outbox:)``.
    public func redial(now: Instant) {
        guard let dialer = way.dialer else { preconditionFailure("redial on \(role)") }
        clock = now
        noteDeadline()
        state.leave()
        dialer.dialNow(now)
    }

    /// Says goodbye (close_notify) if there is a session, and ends the leg; no event follows.
    public func close(outbox: Outbox) {
        state.session?.close()
        flush(outbox)
        state.close()
        way.acceptor?.dropSuccessor()
        way.dialer?.stop()
        way.client?.stop()
        noteDeadline()
    }

    /// Where the leg stands.
    public var snapshot: PeerSnapshot {
        let stands: PeerSnapshot.State =
            switch state {
            case .waiting: .waiting
            case .handshaking: remote == nil ? .waiting : .handshaking
            case .established: .established
            case .failed, .closed: .failed
            }
        return PeerSnapshot(
            role: role, state: stands, remote: remote, identity: identity, failure: state.failure,
            sourcesIn: state.established?.sourcesIn ?? 0, sourcesOut: state.established?.sourcesOut ?? 0, deadline: deadline,
            counters: counters)
    }

    /// A leg's own draws: transactions, back-off.
    private static func generator(_ security: any SecurityProvider) -> SeededGenerator {
        var seed: UInt64 = 0
        for byte in security.randomBytes(8) { seed = seed << 8 | UInt64(byte) }
        return SeededGenerator(seed: seed)
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
