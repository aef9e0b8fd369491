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
    /// Of so many samples one is forgotten, so that 100 ms of spread are gone after some 8 s of speech, whatever the frames' size.
    private static let forgetting: Int64 = 80
    /// A pause forgets no more than that.
    private static let longestStep: Int64 = 19_200

    private var smallest: Int64?
    private var smallestBefore: Int64?
    private var windowEnd: Int64 = 0
    private var spread: Int64 = 0
    private var forgottenAt: Int64?

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
        spread = max(min(above, DelayEstimator.range.upperBound), spread - forgotten(arrival), 0)
    }

    /// What the time since the last packet takes off the spread.
    private mutating func forgotten(_ arrival: Int64) -> Int64 {
        let since = min(max(0, arrival &- (forgottenAt ?? arrival)), DelayEstimator.longestStep)
        let steps = since / DelayEstimator.forgetting
        forgottenAt = arrival &- since % DelayEstimator.forgetting
        return steps
    }

    mutating func reset() { self = DelayEstimator() }
}
