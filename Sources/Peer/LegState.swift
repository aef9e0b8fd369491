import Basics

/// Where a leg stands, with what is valid there and nothing else.
///
///     waiting ─▶ handshaking ─▶ established ─▶ failed
///        ▲            └───────────────────────▶   │
///        └── trunk dialer, when it dials again ───┘
///     any ─▶ closed
enum LegState {
    case waiting(Waiting)
    case handshaking(Handshaking)
    case established(EstablishedSession)
    /// For good; a trunk dialer dials again.
    case failed(PeerFailure)
    /// The owner closed the leg, after that failure if there was one.
    case closed(after: PeerFailure?)

    /// There is no session yet: ICE looks for an address, or a dialer waits for its time.
    struct Waiting {
        /// Nil: for ever (a trunk dialer, or a client without an answer).
        let connectBy: Instant?
    }

    struct Handshaking {
        let session: any SecureSession
        /// Nil: the dialer's own limit holds, or a successor took the place of an established session.
        let connectBy: Instant?
    }

    /// The session, with keys or not.
    var session: (any SecureSession)? {
        switch self {
        case .handshaking(let handshaking): handshaking.session
        case .established(let established): established.session
        case .waiting, .failed, .closed: nil
        }
    }
    var established: EstablishedSession? {
        if case .established(let established) = self { established } else { nil }
    }
    /// When a leg that is not established fails.
    var connectBy: Instant? {
        switch self {
        case .waiting(let waiting): waiting.connectBy
        case .handshaking(let handshaking): handshaking.connectBy
        case .established, .failed, .closed: nil
        }
    }
    var failure: PeerFailure? {
        switch self {
        case .failed(let failure): failure
        case .closed(let failure): failure
        case .waiting, .handshaking, .established: nil
        }
    }

    // MARK: Transitions

    /// An answer came: the leg connects by then or fails.
    mutating func wait(until limit: Instant) {
        if case .waiting = self { self = .waiting(Waiting(connectBy: limit)) }
    }
    /// A session begins, in the time that is left.
    mutating func handshake(_ session: any SecureSession) {
        self = .handshaking(Handshaking(session: session, connectBy: connectBy))
    }
    /// The session is left, to be dialled again; a failure stays until then.
    mutating func leave() {
        switch self {
        case .waiting, .handshaking, .established: self = .waiting(Waiting(connectBy: connectBy))
        case .failed, .closed: break
        }
    }
    mutating func establish(_ session: EstablishedSession) { self = .established(session) }
    mutating func fail(_ reason: PeerFailure) { self = .failed(reason) }
    mutating func close() { self = .closed(after: failure) }
}

/// A session past its handshake, with its keys for media.
final class EstablishedSession {
    let session: any SecureSession
    /// The remote's proven identity.
    let identity: RemoteIdentity
    private var sender: SRTPSender
    private var receiver: SRTPReceiver
    private var isRenewalTold = false

    init(_ session: any SecureSession, _ identity: RemoteIdentity, _ keys: SRTPKeys, security: any SecurityProvider, limits: SourceLimits) {
        self.session = session
        self.identity = identity
        sender = SRTPSender(
            security.makeCipher(profile: keys.profile, key: keys.sendKey, salt: keys.sendSalt), limits: limits)
        receiver = SRTPReceiver(
            security.makeCipher(profile: keys.profile, key: keys.receiveKey, salt: keys.receiveSalt),
            profile: keys.profile, limits: limits)
    }

    /// RTP sources in each direction.
    var sourcesIn: Int { receiver.sourceCount }
    var sourcesOut: Int { sender.sourceCount }

    func protectRTP(_ slot: UnsafeMutableRawBufferPointer, length: Int, headerLength: Int, now: Instant) -> Int? {
        sender.protectRTP(slot, length: length, headerLength: headerLength, now: now)
    }
    func protectRTCP(_ slot: UnsafeMutableRawBufferPointer, length: Int) -> Int? { sender.protectRTCP(slot, length: length) }
    func unprotectRTP(_ packet: UnsafeMutableRawBufferPointer, now: Instant) -> SRTPReceiver.Verdict { receiver.unprotectRTP(packet, now: now) }
    func unprotectRTCP(_ packet: UnsafeMutableRawBufferPointer) -> SRTPReceiver.Verdict { receiver.unprotectRTCP(packet) }

    /// True once, when most of the sources are used that one session may carry.
    func takesRenewal() -> Bool {
        guard !isRenewalTold, receiver.isNearlyFull || sender.isNearlyFull else { return false }
        isRenewalTold = true
        return true
    }
}
