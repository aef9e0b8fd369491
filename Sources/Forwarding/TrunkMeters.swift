import Basics

/// Counts the distinct streams in any 200 ms: what "one copy per trunk" is measured by.
public struct DistinctStreams: Sendable {
    /// Length of the window.
    public static let window = Interval.milliseconds(200)
    /// Streams told apart at most; more are counted as this many.
    public static let limit = 128

    private var seen: [(ssrc: UInt32, at: Instant)] = []
    /// The most distinct streams of any window since the last reset. Exact: a maximum is reached when a packet passes.
    public private(set) var maximum = 0

    /// Nothing seen.
    public init() { seen.reserveCapacity(Self.limit) }

    /// Notes a packet of a stream; resends are noted with their stream.
    public mutating func note(_ ssrc: UInt32, now: Instant) {
        var kept = 0
        var known = false
        for i in seen.indices {
            var entry = seen[i]
            if entry.ssrc == ssrc {
                entry.at = now
                known = true
            } else if now - entry.at >= Self.window {
                continue
            }
            seen[kept] = entry
            kept += 1
        }
        seen.removeLast(seen.count - kept)
        if !known, seen.count < Self.limit { seen.append((ssrc, now)) }
        maximum = max(maximum, seen.count)
    }

    /// Distinct streams in the window that ends now.
    public func current(now: Instant) -> Int { seen.count { now - $0.at < Self.window } }

    /// Begins a new measurement.
    public mutating func reset() {
        seen.removeAll(keepingCapacity: true)
        maximum = 0
    }
}

/// Bits a second over the last ten whole steps of 100 ms: a step that is not over would make every rate some 5 % too small.
public struct RateMeter: Sendable {
    private static let step: Int64 = 100_000_000
    /// Ten whole ones, and the one that is filled.
    private static let places: Int64 = 11
    private var buckets: [11 of Int64] = .init(repeating: 0)
    private var newest: Int64 = .min

    /// Nothing counted.
    public init() {}

    /// Counts bytes.
    public mutating func add(_ bytes: Int, now: Instant) {
        let bucket = now.nanoseconds / Self.step
        if newest == .min || bucket - newest >= Self.places {
            for i in buckets.indices { buckets[i] = 0 }
            newest = bucket
        }
        while newest < bucket {
            newest += 1
            buckets[Self.index(newest)] = 0
        }
        buckets[Self.index(bucket)] += Int64(bytes)
    }

    /// The rate of the second that ended with the last whole step.
    public func rate(now: Instant) -> Bitrate {
        let bucket = now.nanoseconds / Self.step
        guard newest != .min, bucket - 10 <= newest, newest <= bucket else { return Bitrate(bitsPerSecond: 0) }
        var bytes: Int64 = 0
        for b in bucket - 10...min(newest, bucket - 1) { bytes += buckets[Self.index(b)] }
        return Bitrate(bitsPerSecond: bytes * 8)
    }
    private static func index(_ bucket: Int64) -> Int { Int((bucket % places + places) % places) }
}

/// What one direction of a trunk carried.
public struct TrunkMeters: Sendable {
    /// Packets, first copies and resends.
    public internal(set) var packets = 0
    /// Bytes of plain RTP packets.
    public internal(set) var bytes = 0
    /// Distinct audio streams.
    public internal(set) var audio = DistinctStreams()
    /// Distinct video streams.
    public internal(set) var video = DistinctStreams()
    private var rateMeter = RateMeter()

    /// Nothing carried.
    public init() {}

    mutating func note(_ kind: MediaKind, _ ssrc: UInt32, _ count: Int, now: Instant) {
        packets += 1
        bytes += count
        rateMeter.add(count, now: now)
        if kind == .audio { audio.note(ssrc, now: now) } else { video.note(ssrc, now: now) }
    }

    /// The rate of the last second.
    public func rate(now: Instant) -> Bitrate { rateMeter.rate(now: now) }

    /// Begins a new measurement of distinct streams; the totals go on.
    public mutating func resetMaxima() {
        audio.reset()
        video.reset()
    }
}
