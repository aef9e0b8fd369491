import NIOCore

/// How many HTTP connections a node carries, and how long each may take for what.
public struct HTTPLimits: Hashable, Sendable {
    /// Connections at once: 512 event streams, as many pages that load, and room for what is refused slowly.
    public static let connections = 2_000
    /// Connections of one address at once: a browser opens six, and a district's office has a few halls behind one address.
    public static let connectionsPerAddress = 32
    /// Of all places one in so many is kept for addresses that have none or one open, so that a few addresses cannot take all.
    static let newcomersShare = 8

    /// Connections at once, of all addresses.
    public var all: Int
    /// Connections at once of one address (of one /64 of IPv6).
    public var perAddress = HTTPLimits.connectionsPerAddress
    /// The process's limit of descriptors, where ``Descriptors/reserve`` is watched; nil: it is not.
    var descriptors: Int?
    /// For the TLS handshake.
    public var handshake = TimeAmount.seconds(10)
    /// For a connection's first request line and headers, counted from its beginning or the handshake's end.
    public var head = TimeAmount.seconds(10)
    /// For a request's body, counted from its head: the largest sealed topology at 300 kbit/s.
    public var body = TimeAmount.seconds(30)
    /// Without anything read or written. Event streams write every ten seconds (``HTTPService/keepAlive``) and stay.
    public var idle = TimeAmount.seconds(60)
    /// For the other side to close after the last answer, or after an answer that came before the whole request.
    public var linger = TimeAmount.seconds(5)

    /// `all`: at most ``connections``.
    public init(all: Int = HTTPLimits.connections) { self.all = min(all, HTTPLimits.connections) }

    /// For this process, whose limit of descriptors is raised as far as it may.
    static func ofThisProcess() -> HTTPLimits {
        // The node's own are a tenth of the reserve.
        let descriptors = Descriptors.limit(needed: connections + 2 * Descriptors.reserve)
        var limits = HTTPLimits(all: Descriptors.connections(within: descriptors))
        limits.descriptors = descriptors
        return limits
    }

    /// Places that an address with two or more connections may not take.
    var newcomers: Int { all / HTTPLimits.newcomersShare }
}
