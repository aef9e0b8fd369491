import Basics

/// What became of a datagram that was handed to ``Peer/receive(_:from:now:outbox:)``.
public enum Received: Hashable, Sendable {
    /// STUN or DTLS, used up; events may be waiting.
    case control
    /// A plain RTP packet lies in the first `length` bytes of the receive buffer.
    case rtp(length: Int)
    /// A plain compound RTCP packet lies in the first `length` bytes of the receive buffer.
    case rtcp(length: Int)
    case dropped(DropReason)
}

/// Why a datagram was dropped. Each has a counter.
public enum DropReason: Int, Hashable, Sendable, CaseIterable {
    /// The first byte belongs to no protocol of a leg, or the datagram is empty.
    case unknownProtocol
    /// Not a whole STUN message, a wrong FINGERPRINT, or a method we do not speak.
    case malformedSTUN
    /// USERNAME or MESSAGE-INTEGRITY missing or wrong.
    case unauthenticatedSTUN
    /// A response to no request of ours.
    case unexpectedSTUN
    /// STUN on a trunk, or the wrong kind of it for our role.
    case misplacedSTUN
    /// From an address that has not been checked, or is not the trunk's.
    case wrongAddress
    /// Media or DTLS while nothing can be done with it yet, or any more.
    case notEstablished
    /// Not a whole RTP or RTCP header.
    case malformedMedia
    /// The tag does not fit.
    case notAuthentic
    /// Seen before.
    case replayed
    /// Older than the replay window.
    case tooOld
    /// The leg has as many sources as it may have.
    case tooManySources
    /// The owner did not take its messages.
    case queueFull
}

/// Why a leg ended.
public enum PeerFailure: Error, Hashable, Sendable {
    /// The DTLS session's own failure.
    case session(SecureSessionFailure)
    /// The certificate is not the one that the SDP announced or the topology expects.
    case wrongIdentity
    /// The handshake agreed on no SRTP protection profile.
    case noMediaProtection
    /// Address and handshake took longer than ``Peer/connectLimit``.
    case connectTimeout
    /// No check for 30 s (RFC 7675); told as ``PeerEvent/consentLost``.
    case consentLost
    /// The remote refused our ICE credentials (STUN error 401 or 400).
    case refused(code: Int)
}

/// What a leg tells its owner.
public enum PeerEvent: Hashable, Sendable {
    /// The handshake is done and the identity holds; also after a trunk's session was replaced. From here on
    /// SRTP has fresh keys and all earlier stream state is void.
    case established(RemoteIdentity)
    /// One message of DTLS application data.
    case message([UInt8])
    /// The remote moved (ICE nominated another pair), or its first address became known.
    case addressChanged(Address)
    /// No check for 30 s (RFC 7675): nothing may be sent any more. Final.
    case consentLost
    /// Final, except for a trunk dialer, which dials again by itself.
    case failed(PeerFailure)
    /// Three quarters of the sources that one session may carry are used; the dialer's owner should
    /// ``Peer/redial(now:)`` at a quiet moment. Told once a session.
    case renewalDue
}

/// Packets and bytes of one leg since it was made.
public struct PeerCounters: Hashable, Sendable {
    /// All datagrams received, with their bytes.
    public var datagramsIn: UInt64 = 0
    public var bytesIn: UInt64 = 0
    /// Packets that proved authentic.
    public var rtpIn: UInt64 = 0
    /// Compound packets that proved authentic.
    public var rtcpIn: UInt64 = 0
    /// Protected packets; handshakes, messages and checks are in `control`.
    public var rtpOut: UInt64 = 0
    public var rtcpOut: UInt64 = 0
    /// Datagrams of STUN and DTLS.
    public var controlOut: UInt64 = 0
    /// Bytes of all datagrams sent, as they are on the wire.
    public var bytesOut: UInt64 = 0
    /// Of DTLS application data, as are those out.
    public var messagesIn: UInt64 = 0
    public var messagesOut: UInt64 = 0
    /// Packets that could not be protected: too many sources, or an index used up.
    public var unprotectable: UInt64 = 0
    /// Valid ICE checks received (server) or answered (client).
    public var checks: UInt64 = 0
    /// Times a trunk dialer has started a handshake.
    public var dials: UInt64 = 0
    /// Smoothed round-trip time of the client's checks; nil elsewhere.
    public var roundTrip: Interval?
    private var drops = [UInt64](repeating: 0, count: DropReason.allCases.count)

    public init() {}
    /// All datagrams sent.
    public var datagramsOut: UInt64 { rtpOut &+ rtcpOut &+ controlOut }
    /// How many datagrams were dropped for this reason.
    public func dropped(_ reason: DropReason) -> UInt64 { drops[reason.rawValue] }
    /// How many were dropped at all.
    public var dropped: UInt64 { drops.reduce(0, &+) }
    mutating func count(_ reason: DropReason) { drops[reason.rawValue] &+= 1 }
    /// Counts what was appended to an outbox that held `before` datagrams: handshakes, messages and checks.
    mutating func countControl(_ outbox: Outbox, since before: Int) {
        for datagram in outbox.datagrams[before...] {
            controlOut &+= 1
            bytesOut &+= UInt64(datagram.count)
        }
    }
}

/// A leg at one moment, for traces, the console and failing tests.
public struct PeerSnapshot: Hashable, Sendable {
    /// Where the leg stands in its life.
    public enum State: String, Hashable, Sendable {
        case waiting, handshaking, established, failed
    }
    public var role: Peer.Role
    public var state: State
    /// Nil until ICE knows.
    public var remote: Address?
    /// Nil while not established.
    public var identity: RemoteIdentity?
    /// Why it ended; of a trunk dialer only until it dials again.
    public var failure: PeerFailure?
    /// RTP sources in each direction.
    public var sourcesIn: Int
    public var sourcesOut: Int
    /// Nil: it waits for the network only, or is over.
    public var deadline: Instant?
    public var counters: PeerCounters
}

/// Events on their way to the owner; keeps its storage.
struct EventQueue {
    /// A handshake's worth of gossip; the owner drains the queue after every call.
    static let limit = 1_024
    private var items: [PeerEvent] = []
    private var head = 0

    mutating func append(_ event: PeerEvent) -> Bool {
        guard items.count - head < EventQueue.limit else { return false }
        items.append(event)
        return true
    }
    mutating func next() -> PeerEvent? {
        guard head < items.count else { return nil }
        defer {
            head += 1
            if head == items.count {
                items.removeAll(keepingCapacity: true)
                head = 0
            }
        }
        return items[head]
    }
}
