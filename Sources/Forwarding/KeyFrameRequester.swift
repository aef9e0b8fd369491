import Basics

/// Turns many wishes for a key frame of one source into few requests.
///
/// ```
/// idle ── request ─▶ wanted ── due, at most every 500 ms ─▶ asked ── key frame ─▶ idle
///                                                            └── none for 500 ms: asked again, 20 times
/// ```
/// A wish that comes after the key frame it would have got is kept until the pause is over.
public struct KeyFrameRequester: Sendable {
    /// Between two requests to one source at least: a key frame costs several frames' bits.
    public static let pause = Interval.milliseconds(500)
    /// Requests without a key frame, after which the source is taken to be silent until the next wish.
    public static let tries = 20

    private var wanted = false
    private var lastSent: Instant?
    private var unanswered = 0
    /// Requests sent.
    public private(set) var sent = 0
    /// Wishes taken.
    public private(set) var wishes = 0

    /// Nothing wanted.
    public init() {}

    /// Somebody needs a key frame.
    public mutating func request() {
        wishes += 1
        if unanswered >= Self.tries { unanswered = 0 }
        wanted = true
    }

    /// A key frame of the source began: all who wait have it.
    public mutating func keyFrame() {
        wanted = false
        unanswered = 0
    }

    /// Whether to send a request now; counts it as sent.
    public mutating func take(now: Instant) -> Bool {
        guard let due = deadline, due <= now else { return false }
        lastSent = now
        unanswered += 1
        sent += 1
        return true
    }

    /// When ``take(now:)`` will say yes; the origin if at once.
    public var deadline: Instant? {
        guard wanted, unanswered < Self.tries else { return nil }
        return lastSent.map { $0 + Self.pause } ?? Instant(nanoseconds: .min)
    }
}
