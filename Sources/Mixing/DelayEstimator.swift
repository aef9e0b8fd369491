import Basics

/// How long packets must wait so that nearly all are there in time: the spread of their transit times.
///
/// Transit is arrival minus timestamp; only differences count, so the sender's clock may have any origin. The smallest
/// of the last 5 to 10 s is the way without queues (and follows clocks that drift); what packets need above it is held
/// at its peak and forgotten slowly.
struct DelayEstimator: Sendable {
    /// The range of the target, in samples: 20 … 120 ms.
    static let range: ClosedRange<Int64> = 960...5_760
    private static let window: Int64 = 5 * 48_000
    /// Samples forgotten per packet: 0.25 ms, so that 100 ms of spread are gone after some 8 s of speech.
    private static let forgetting: Int64 = 12

    private var smallest: Int64?
    private var smallestBefore: Int64?
    private var windowEnd: Int64 = 0
    private var spread: Int64 = 0

    /// The smallest transit, in samples; nil before the first packet.
    var transit: Int64? {
        guard let smallest else { return smallestBefore }
        return min(smallest, smallestBefore ?? smallest)
    }
    /// What packets must wait, in samples.
    var target: Int64 {
        min(DelayEstimator.range.upperBound, max(DelayEstimator.range.lowerBound, (spread + 959) / 960 * 960 + 480))
    }

    /// A packet of that (extended) timestamp came at that time, both in samples.
    mutating func observe(timestamp: Int64, arrival: Int64) {
        let sample = arrival &- timestamp
        if arrival >= windowEnd {
            smallestBefore = smallest ?? smallestBefore
            smallest = sample
            windowEnd = arrival &+ DelayEstimator.window
        } else {
            smallest = min(smallest ?? sample, sample)
        }
        let above = sample &- (transit ?? sample)
        spread = max(min(above, DelayEstimator.range.upperBound), spread - DelayEstimator.forgetting, 0)
    }

    mutating func reset() { self = DelayEstimator() }
}
