/// A share of something over time: so many tokens a second, so many saved up at most (RFC 2697's committed rate and burst).
///
/// A value without a clock: each call says the time. It begins full.
public struct TokenBucket: Hashable, Sendable {
    /// Tokens a second.
    public var rate: Int64
    /// Tokens saved up at most.
    public var depth: Int64
    // In billionths of a token, so that a packet's share of a second is not rounded away.
    private var saved: Int64
    private var readAt: Instant?

    /// Both are brought into 1…2³²: no sum of them overflows.
    public init(rate: Int64, depth: Int64) {
        self.rate = max(1, min(rate, 1 << 32))
        self.depth = max(1, min(depth, 1 << 32))
        saved = self.depth * 1_000_000_000
    }

    /// Takes that many tokens; false, and nothing taken, if there are not enough.
    public mutating func take(_ tokens: Int, now: Instant) -> Bool {
        fill(now)
        let wanted = Int64(clamping: tokens)
        guard wanted >= 0, wanted <= depth, wanted * 1_000_000_000 <= saved else { return false }
        saved -= wanted * 1_000_000_000
        return true
    }

    /// Another rate and depth from now on; what was saved up stays, as far as it fits.
    public mutating func adopt(rate: Int64, depth: Int64, now: Instant) {
        fill(now)
        self.rate = max(1, min(rate, 1 << 32))
        self.depth = max(1, min(depth, 1 << 32))
        saved = min(saved, self.depth * 1_000_000_000)
    }

    private mutating func fill(_ now: Instant) {
        defer { readAt = max(readAt ?? now, now) }
        guard let readAt, now > readAt else { return }
        // Two seconds and more fill any bucket whose depth is at most twice its rate; longer pauses are cut so that nothing overflows.
        let passed = min((now - readAt).nanoseconds, 1_000_000_000 * max(1, min(1 + depth / rate, 1 << 20)))
        let gained = passed.multipliedReportingOverflow(by: rate)
        saved = gained.overflow ? depth * 1_000_000_000 : min(depth * 1_000_000_000, saved + min(gained.partialValue, depth * 1_000_000_000))
    }
}
