import Basics

/// When one edge sends next, and how much goes into a datagram.
struct EdgeFlush {
    private(set) var deadline: Instant?
    /// On a full line the floor lane's next deltas wait until then.
    private(set) var urgentFrom = Instant.zero
    /// Estimated bytes of a frame that will fill a datagram once compressed.
    private(set) var target = EdgeFlush.surelyFits

    /// Estimated bytes of a frame that fit without compression.
    static let surelyFits = 1_050
    /// Most that a frame is filled to, however well the last ones compressed.
    private static let largest = 3_600

    /// Something is to be sent by then.
    mutating func by(_ instant: Instant?) { deadline.keepEarlier(instant) }
    /// What is due is being sent.
    mutating func begin() { deadline = nil }
    /// Deltas went out.
    mutating func sentDelta(now: Instant) { urgentFrom = now + Limits.fullLineWindow }
    /// The next frame is filled to that size.
    mutating func aim(_ size: Int) { target = max(EdgeFlush.surelyFits, min(EdgeFlush.largest, size)) }

    /// The session ended. What is known of the line stays.
    mutating func clear() { deadline = nil }
}
