import Basics

/// One direction of a line, as a pure value: what becomes of each datagram that enters it.
///
/// The world uses it under virtual time, a relay between real sockets under its own clock. In this order: the loss process, the
/// queue (a datagram that does not fit is dropped at the tail), the rate, the delay with its jitter, then reordering,
/// duplication and corruption. Jitter alone never lets a datagram overtake another, as on a line with one queue.
public struct LinkModel: Sendable {
    /// Bytes of UDP and IPv4 headers that a datagram takes on the line beside its own.
    public static let headerBytes = 28

    /// What becomes of one datagram.
    public enum Fate: Hashable, Sendable {
        /// It arrives at these times (one, or two if it was duplicated), damaged if `corrupt`.
        case delivered(Instant, again: Instant?, corrupt: Bool)
        /// The loss process took it.
        case lost
        /// The queue was full.
        case dropped
    }

    /// How the line behaves from now on.
    public private(set) var impairment: Impairment
    private var burst: BurstProcess
    /// When the line is done with all that waits.
    private var freeAt = Instant(nanoseconds: .min / 2)
    /// The latest arrival in order.
    private var lastArrival = Instant(nanoseconds: .min / 2)

    /// When all that entered it has left it.
    public var calmAt: Instant { max(freeAt, lastArrival) }

    /// A line that carries nothing yet and treats datagrams so from now on.
    public init(_ impairment: Impairment) {
        self.impairment = impairment
        burst = BurstProcess(impairment.loss)
    }

    /// Another behaviour from now on; what is under way arrives as it would have.
    public mutating func change(to impairment: Impairment) {
        if impairment.loss != self.impairment.loss { burst = BurstProcess(impairment.loss) }
        self.impairment = impairment
    }

    /// A datagram of `size` bytes, headers included, enters the line.
    public mutating func send(size: Int, now: Instant, using generator: inout SeededGenerator) -> Fate {
        if burst.takes(now: now, using: &generator) { return .lost }
        let rate = max(1, impairment.rate.bitsPerSecond)
        let start = max(now, freeAt)
        let waiting = LinkModel.bytes(in: start - now, at: rate)
        guard waiting + size <= impairment.queue || waiting == 0 else { return .dropped }
        freeAt = start + LinkModel.time(for: size, at: rate)
        var arrival = freeAt + impairment.delay
        if impairment.jitter > .zero {
            let spread = impairment.jitter.nanoseconds
            arrival = max(freeAt, arrival + .nanoseconds(Int64.random(in: -spread...spread, using: &generator)))
        }
        if chance(impairment.reorder, &generator) {
            // Held back so that a few later ones overtake it.
            arrival = max(arrival, lastArrival) + .nanoseconds(Int64.random(in: 1_000_000...20_000_000, using: &generator))
        } else {
            arrival = max(arrival, lastArrival)
            lastArrival = arrival
        }
        let corrupt = chance(impairment.corrupt, &generator)
        var again: Instant?
        if chance(impairment.duplicate, &generator) {
            again = arrival + .nanoseconds(Int64.random(in: 0...5_000_000, using: &generator))
        }
        return .delivered(arrival, again: again, corrupt: corrupt)
    }

    @inline(__always)
    private func chance(_ share: Double, _ generator: inout SeededGenerator) -> Bool {
        share > 0 && Double(generator.next() >> 11) * 0x1p-53 < share
    }

    private static func time(for size: Int, at rate: Int64) -> Interval { .nanoseconds(Int64(size) * 8_000_000_000 / rate) }
    private static func bytes(in time: Interval, at rate: Int64) -> Int {
        time <= .zero ? 0 : Int(time.nanoseconds / 1_000 * (rate / 8) / 1_000_000)
    }
}
