import Basics
import SDP

/// The ICE-lite side of a browser's leg (RFC 8445 section 2.5): it answers checks, follows the pair that the remote
/// nominates, and counts the checks as the remote's consent (RFC 7675).
///
///     waiting ── first valid check ──▶ checked ── USE-CANDIDATE ──▶ nominated ── 30 s without a check ──▶ lost
struct ICEServerAgent {
    /// Without a valid check for so long, nothing may be sent (RFC 7675 section 5.1).
    static let consentLifetime = Interval.seconds(30)
    /// Addresses of one remote that may have passed a check: a browser with several interfaces and a NAT that changes.
    static let maximumAddresses = 8

    /// What a check led to.
    enum Outcome: Equatable {
        case answered(newAddress: Bool)
        case dropped(DropReason)
    }

    let credentials: ICECredentials
    /// The remote's fragment from its offer.
    let remoteUsername: String
    private let key: [UInt8]
    private(set) var nominated: Address?
    /// Addresses that passed a check, the latest last.
    private(set) var checked: [Address] = []
    private(set) var consentUntil: Instant

    init(credentials: ICECredentials, remoteUsername: String, now: Instant) {
        self.credentials = credentials
        self.remoteUsername = remoteUsername
        key = Array(credentials.password.utf8)
        consentUntil = now + ICEServerAgent.consentLifetime
    }

    /// Where to send: the nominated pair, before that the first that passed a check.
    var remote: Address? { nominated ?? checked.first }

    mutating func receive(
        _ message: STUNMessage, from: Address, now: Instant, security: any SecurityProvider, outbox: Outbox
    ) -> Outcome {
        switch message.kind {
        case .indication: return .answered(newAddress: false)
        case .success, .failure: return .dropped(.unexpectedSTUN)
        case .request: break
        }
        guard message.integrityOffset != nil, let names = message.fragments else {
            refuse(message, 400, to: from, outbox)
            return .dropped(.unauthenticatedSTUN)
        }
        guard names.receiver.elementsEqual(credentials.username.utf8),
            names.sender.elementsEqual(remoteUsername.utf8), message.isAuthentic(key: key, security: security)
        else {
            refuse(message, 401, to: from, outbox)
            return .dropped(.unauthenticatedSTUN)
        }
        var answer: STUNBuilder
        if !message.unknown.isEmpty {
            answer = STUNBuilder(.failure, message.transaction)
            answer.add(errorCode: 420)
            answer.add(unknown: message.unknown)
        } else if message.controlled != nil {
            // A lite agent is always controlled, so the remote must switch (RFC 8445 section 7.3.1.1).
            answer = STUNBuilder(.failure, message.transaction)
            answer.add(errorCode: 487)
        } else {
            answer = STUNBuilder(.success, message.transaction)
            answer.add(mapped: from)
        }
        answer.addIntegrity(key: key, security: security)
        answer.addFingerprint()
        outbox.append(answer.writer.bytes, to: from)
        guard message.unknown.isEmpty, message.controlled == nil else { return .answered(newAddress: false) }
        return .answered(newAddress: take(from, nominates: message.useCandidate, now: now))
    }

    /// True if packets now go elsewhere than before.
    private mutating func take(_ from: Address, nominates: Bool, now: Instant) -> Bool {
        let before = remote
        consentUntil = now + ICEServerAgent.consentLifetime
        if !checked.contains(from) {
            if checked.count == ICEServerAgent.maximumAddresses {
                checked.remove(at: checked[0] == nominated ? 1 : 0)
            }
            checked.append(from)
        }
        // The remote alone decides; browsers move their USE-CANDIDATE to the pair they have switched to.
        if nominates { nominated = from }
        return remote != before
    }

    /// An error without integrity (RFC 8489 section 9.1.3), unless it were larger than the request.
    private func refuse(_ message: STUNMessage, _ code: Int, to: Address, _ outbox: Outbox) {
        var answer = STUNBuilder(.failure, message.transaction)
        answer.add(errorCode: code)
        answer.addFingerprint()
        if answer.writer.bytes.count <= message.bytes.count { outbox.append(answer.writer.bytes, to: to) }
    }
}
