import Basics
import SDP

// The module's page stands here; the class itself is in Leg.swift and its extensions.
//
// One secure leg to one remote, sans-I/O: bytes and the time go in, datagrams (through an `Outbox`), decrypted packets
// and events come out. A trunk and a browser are the same leg: what differs is who finds the address (ICE or the
// topology), who starts the handshake and what is believed about the other side's certificate.
//
// In reading order:
//   Demultiplexer        which protocol a datagram is, by its first byte (RFC 7983, RFC 5761)
//   STUNMessage, STUNBuilder   binding requests, responses, errors (RFC 8489)
//   ICEServerAgent, ICEClientAgent   ICE-lite and a controlling client with consent (RFC 8445, RFC 7675)
//   SecureSession.swift  what a shell gives: DTLS sessions, ciphers, HMAC (implemented elsewhere)
//   ReplayWindow, SRTPSender, SRTPReceiver   packet indices, replay, limits on sources (RFC 3711, RFC 7714)
//   LegState, LegWay     where a leg stands, and what its role adds
//   Peer                 all of it tied together
//
//     receive ─ first byte ─┬─ STUN ── ICE agent ──────── answers, nominated address, consent
//                           ├─ DTLS ── SecureSession ──── handshake, application messages
//                           └─ RTP/RTCP ─ SRTPReceiver ── decrypted in the receive buffer
//
// A leg's life:
//
//     waiting (ICE, or the dialer's back-off) ─▶ handshaking ─▶ established ─▶ failed
//                    ▲                                               │
//                    └────────── trunk dialer only ──────────────────┘
//
// Offers and answers are `SDP`'s. May import Basics and SDP; no clock, entropy, sockets or logs. Untrusted bytes are dropped and counted, never trapped on.

/// One secure leg to one remote.
///
/// The owner hands it every datagram that belongs to the leg (found by address, or by ``stunUsername(of:)`` for an
/// address not seen before), calls ``wake(now:outbox:)`` at ``deadline``, and takes events with ``nextEvent()`` after
/// each of these calls.
public final class Peer {
    /// Which of the four legs this is.
    public enum Role: Hashable, Sendable {
        /// A browser's leg at the node: ICE-lite, DTLS passive.
        case accessServer
        /// A bot's leg: ICE controlling, DTLS active.
        case accessClient
        /// A trunk's child side: fixed address, DTLS active, redials.
        case trunkDialer
        /// A trunk's parent side: a session that ``SecureListener`` made.
        case trunkAcceptor
    }

    public let role: Role
    /// Where packets for the remote go; nil until ICE knows.
    public private(set) var remote: Address?
    /// Our SDP: the server's answer, the client's offer; nil on trunks.
    public let localDescription: String?
    /// What offer and answer agreed on; nil on trunks, and on a client before its answer.
    public private(set) var media: NegotiatedMedia?
    /// Packets, bytes, drops.
    public internal(set) var counters = PeerCounters()

    let security: any SecurityProvider
    let limits: SourceLimits
    let way: LegWay
    var state: LegState
    var random: SeededGenerator
    /// The time of the last input.
    var clock: Instant
    /// A session has something to send that no call sent yet.
    var isToFlush: Bool
    private var events = EventQueue()
    private var notes: (board: DeadlineNotes, place: Int)?

    init(
        role: Role, way: LegWay, state: LegState, remote: Address? = nil, localDescription: String? = nil, media: NegotiatedMedia? = nil,
        isToFlush: Bool = false, limits: SourceLimits, security: any SecurityProvider, random: SeededGenerator, now: Instant
    ) {
        self.role = role
        self.way = way
        self.state = state
        self.remote = remote
        self.localDescription = localDescription
        self.media = media
        self.isToFlush = isToFlush
        self.limits = limits
        self.security = security
        self.random = random
        clock = now
    }

    /// Media and messages can pass.
    public var isEstablished: Bool { state.established != nil }
    /// The remote's proven identity; nil while not established.
    public var identity: RemoteIdentity? { state.established?.identity }
    /// The name under which a stranger's STUN request finds this leg; nil on trunks.
    public var localUsername: String? { way.server?.agent.credentials.username ?? way.client?.agent.local.username }
    /// Has the leg note, from now on, when its ``deadline`` may have moved. Media and messages never move it.
    public func noteDeadline(in board: DeadlineNotes, as place: Int) { notes = (board, place) }
    /// Every call that may move ``deadline`` ends up here.
    func noteDeadline() { if let notes { notes.board.note(notes.place) } }
    /// The next event, in the order in which they happened.
    public func nextEvent() -> PeerEvent? { events.next() }

    func tell(_ event: PeerEvent) {
        if !events.append(event) { counters.count(.queueFull) }
    }

    /// Packets go to that address from now on.
    func move(to address: Address) {
        guard remote != address else { return }
        remote = address
        tell(.addressChanged(address))
    }

    /// A client's answer agreed on this.
    func agree(on agreed: NegotiatedMedia) { media = agreed }
}
