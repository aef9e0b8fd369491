import Basics
import SDP

/// The controlling side of a bot's leg toward one remote candidate (RFC 8445), with consent checks (RFC 7675).
///
///     idle ── start ──▶ checking ── success ──▶ nominating ── success ──▶ connected ── 30 s without answer ──▶ lost
struct ICEClientAgent {
    /// Ta: the pace of checks until one is answered (RFC 8445 section 14.2).
    static let pace = Interval.milliseconds(50)
    /// The pace when nothing has been answered for two seconds, so that a dead node is not bombarded.
    static let slowPace = Interval.milliseconds(500)
    /// Mean distance of consent checks; each is drawn from 0.8 to 1.2 of it (RFC 7675 section 5.1).
    static let consentInterval = Interval.seconds(5)
    /// Requests whose answers we still recognise: 3.2 s at the pace of checks.
    static let remembered = 64
    /// Our only candidate is a host candidate: 126 << 24 | 65,535 << 8 | 255 (RFC 8445 section 5.1.2.1), and as a
    /// peer-reflexive one it would have type preference 110.
    static let priority: UInt32 = 110 << 24 | 65_535 << 8 | 255

    enum Phase: Hashable { case idle, checking, nominating, connected }
    enum Outcome: Equatable {
        case none
        case connected
        case refused(code: Int)
        case dropped(DropReason)
    }

    let local: ICECredentials
    let tieBreaker: UInt64
    private(set) var phase = Phase.idle
    private(set) var remote: Address?
    private(set) var nextCheck: Instant?
    private(set) var consentUntil: Instant?
    /// Smoothed over the answered checks (RFC 6298's weights).
    private(set) var roundTrip: Interval?
    /// Our address as the remote sees it.
    private(set) var mapped: Address?
    private var username: [UInt8] = []
    private var key: [UInt8] = []
    private var started = Instant.zero
    private var sent: [(transaction: STUNTransaction, at: Instant, nominates: Bool)] = []

    init(local: ICECredentials, tieBreaker: UInt64) {
        self.local = local
        self.tieBreaker = tieBreaker
    }

    mutating func start(remote: Address, credentials: ICECredentials, now: Instant) {
        self.remote = remote
        username = Array((credentials.username + ":" + local.username).utf8)
        key = Array(credentials.password.utf8)
        phase = .checking
        started = now
        nextCheck = now
        consentUntil = now + ICEServerAgent.consentLifetime
    }

    mutating func wake(now: Instant, random: inout SeededGenerator, security: any SecurityProvider, outbox: Outbox) {
        guard let due = nextCheck, due <= now, let remote else { return }
        let transaction = STUNTransaction(using: &random)
        let nominates = phase != .checking
        var request = STUNBuilder(.request, transaction)
        request.add(STUNAttribute.username, username)
        request.add(STUNAttribute.priority, ICEClientAgent.priority)
        request.add(STUNAttribute.controlling, tieBreaker)
        if nominates { request.add(STUNAttribute.useCandidate) }
        request.addIntegrity(key: key, security: security)
        request.addFingerprint()
        outbox.append(request.writer.bytes, to: remote)
        if sent.count == ICEClientAgent.remembered { sent.removeFirst() }
        sent.append((transaction, now, nominates))
        if phase == .connected {
            let percent = Int64(random.next() % 41) + 80
            nextCheck = now + ICEClientAgent.consentInterval * percent / 100
        } else {
            nextCheck = now + (now - started < .seconds(2) ? ICEClientAgent.pace : ICEClientAgent.slowPace)
        }
    }

    mutating func receive(_ message: STUNMessage, from: Address, now: Instant, security: any SecurityProvider) -> Outcome {
        switch message.kind {
        case .indication: return .none
        // A lite remote never checks us.
        case .request: return .dropped(.misplacedSTUN)
        case .success, .failure: break
        }
        guard from == remote else { return .dropped(.wrongAddress) }
        guard let index = sent.firstIndex(where: { $0.transaction == message.transaction }) else {
            return .dropped(.unexpectedSTUN)
        }
        if message.kind == .failure {
            // 400 and 401 come without integrity (RFC 8489 section 9.1.4), so before a connection they only count
            // because the transaction id was ours; afterwards they change nothing.
            guard phase != .connected, let code = message.errorCode, message.unknown.isEmpty else {
                return .dropped(.unauthenticatedSTUN)
            }
            sent.remove(at: index)
            return .refused(code: code)
        }
        guard message.isAuthentic(key: key, security: security) else { return .dropped(.unauthenticatedSTUN) }
        let request = sent.remove(at: index)
        consentUntil = now + ICEServerAgent.consentLifetime
        mapped = message.mapped ?? mapped
        let sample = now - request.at
        roundTrip = roundTrip.map { ($0 * 7 + sample) / 8 } ?? sample
        switch phase {
        case .checking:
            phase = .nominating
            nextCheck = now
            return .none
        case .nominating where request.nominates:
            phase = .connected
            nextCheck = now + ICEClientAgent.consentInterval
            return .connected
        default:
            return .none
        }
    }

    /// Nothing more is sent.
    mutating func stop() {
        phase = .idle
        nextCheck = nil
        consentUntil = nil
    }
}
