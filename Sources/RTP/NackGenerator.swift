import Basics

/// Finds gaps in a numbered sequence and says when to ask for what is missing (RFC 4585 section 6.2.1).
///
/// A gap is asked for after a short wait for reordered packets, again each round trip, and given up at an age beyond
/// which nobody could use it. The missing set is bounded; a jump beyond it starts anew.
public struct NackGenerator: Sendable {
    /// What one arrival was.
    public enum Arrival: Hashable, Sendable {
        /// Ahead of all others.
        case new
        /// One that was missing, after this many requests for it (0: it was only reordered).
        case recovered(requests: Int)
        /// Neither ahead nor missing: seen before, or given up.
        case old
    }

    private struct Missing: Sendable {
        var sequence: Int64
        var since: Instant
        var due: Instant
        var requests: Int
    }

    /// Numbers missing at the same time at most: half a second of 1,000 packets a second.
    public static let limit = 512
    /// Time for reordered packets to arrive by themselves.
    public let tolerance: Interval
    /// Missing for longer than this: given up.
    public let maximumAge: Interval

    private var unwrapper = SequenceUnwrapper()
    private var highest: Int64?
    // In rising order; bounded by `limit`, reserved once.
    private var missing: [Missing] = []

    /// Found missing so far.
    public private(set) var lost = 0
    /// Of these, arrived after a request.
    public private(set) var recovered = 0
    /// Of these, arrived by themselves.
    public private(set) var reordered = 0
    /// Of these, given up.
    public private(set) var abandoned = 0
    /// Numbers asked for, repetitions included.
    public private(set) var requested = 0

    /// `startsAfter`: the number before the first, if it is known, so that even the first packet's loss is noticed.
    public init(startsAfter: UInt16? = nil, tolerance: Interval = .milliseconds(5), maximumAge: Interval = .milliseconds(500)) {
        self.tolerance = tolerance
        self.maximumAge = maximumAge
        missing.reserveCapacity(Self.limit)
        if let startsAfter { highest = unwrapper.unwrap(startsAfter) }
    }

    /// How many are missing now.
    public var missingCount: Int { missing.count }

    /// Notes one packet's number.
    public mutating func receive(_ sequence: UInt16, now: Instant) -> Arrival {
        let number = unwrapper.unwrap(sequence)
        guard let highest else {
            highest = number
            return .new
        }
        if number > highest {
            expect(through: number - 1, after: highest, now: now)
            self.highest = number
            return .new
        }
        guard let i = find(number) else { return .old }
        let entry = missing.remove(at: i)
        if entry.requests > 0 { recovered += 1 } else { reordered += 1 }
        return .recovered(requests: entry.requests)
    }

    /// Notes that everything up to `sequence` was sent, though nothing newer arrived: finds losses at the tail.
    public mutating func expect(through sequence: UInt16, now: Instant) {
        guard let last = highest else { return }
        let number = unwrapper.peek(sequence)
        guard number > last, number - last < Int64(Self.limit) else { return }
        _ = unwrapper.unwrap(sequence)
        expect(through: number, after: last, now: now)
        highest = number
    }

    private mutating func expect(through end: Int64, after start: Int64, now: Instant) {
        guard end > start else { return }
        lost += Int(end - start)
        if Int(end - start) > Self.limit {
            // Not loss but another place in the sequence.
            abandoned += missing.count + Int(end - start)
            missing.removeAll(keepingCapacity: true)
            return
        }
        let overflow = missing.count + Int(end - start) - Self.limit
        if overflow > 0 {
            missing.removeFirst(overflow)
            abandoned += overflow
        }
        for number in start + 1...end {
            missing.append(Missing(sequence: number, since: now, due: now + tolerance, requests: 0))
        }
    }

    private func find(_ number: Int64) -> Int? {
        var low = 0
        var high = missing.count
        while low < high {
            let middle = (low + high) / 2
            if missing[middle].sequence < number { low = middle + 1 } else { high = middle }
        }
        return low < missing.count && missing[low].sequence == number ? low : nil
    }

    /// Appends the numbers to ask for now, in rising order, at most `room`; drops those that are too old.
    ///
    /// A number is asked for again after 1.25 round trips, but not within 10 ms.
    public mutating func collect(now: Instant, roundTrip: Interval, room: Int = 256, into list: inout [UInt16]) {
        let before = missing.count
        let age = maximumAge
        missing.removeAll { now - $0.since > age }
        abandoned += before - missing.count
        let pause = max(.milliseconds(10), roundTrip + roundTrip / 4)
        var left = room
        for i in missing.indices where missing[i].due <= now && left > 0 {
            missing[i].due = now + pause
            missing[i].requests += 1
            requested += 1
            left -= 1
            list.append(UInt16(truncatingIfNeeded: missing[i].sequence))
        }
    }

    /// When ``collect(now:roundTrip:room:into:)`` has work.
    public var deadline: Instant? {
        var result: Instant?
        for entry in missing { result.keepEarlier(min(entry.due, entry.since + maximumAge + .nanoseconds(1))) }
        return result
    }

    /// Forgets all that is missing, as when a source falls silent or restarts.
    public mutating func reset() {
        abandoned += missing.count
        missing.removeAll(keepingCapacity: true)
        unwrapper = SequenceUnwrapper()
        highest = nil
    }
}
