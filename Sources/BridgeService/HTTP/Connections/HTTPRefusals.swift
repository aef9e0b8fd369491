import Synchronization

/// Why a connection was closed or a request refused for the node's own sake; each is counted and told in `/metrics`.
enum HTTPRefusal: String, CaseIterable, Sendable {
    /// As many connections as the node may carry.
    case tooManyConnections = "too-many-connections"
    /// As many as one address may have.
    case tooManyOfAddress = "too-many-of-address"
    /// No TLS handshake in time.
    case lateHandshake = "late-handshake"
    /// No request in time after the connection began.
    case lateHead = "late-head"
    /// No whole body in time.
    case lateBody = "late-body"
    /// Nothing read or written in the middle of a request.
    case stalled
    /// One site asked for the same too often.
    case tooManyDeeds = "too-many-deeds"
    /// More offers at once than the node reads.
    case tooManyOffers = "too-many-offers"
    /// A deed that the policy does not let the token's role do, or not so far.
    case notAllowed = "not-allowed"
}

/// Counts them.
final class HTTPRefusals: Sendable {
    private let counts = Mutex([UInt64](repeating: 0, count: HTTPRefusal.allCases.count))
    private static let places = Dictionary(uniqueKeysWithValues: HTTPRefusal.allCases.enumerated().map { ($1, $0) })

    func count(_ refusal: HTTPRefusal) {
        guard let place = HTTPRefusals.places[refusal] else { return }
        counts.withLock { $0[place] &+= 1 }
    }

    /// Since the start, in the order of the cases.
    var all: [(refusal: HTTPRefusal, count: UInt64)] { Array(zip(HTTPRefusal.allCases, counts.withLock { $0 })) }
    subscript(refusal: HTTPRefusal) -> UInt64 { all.first { $0.refusal == refusal }?.count ?? 0 }
}
