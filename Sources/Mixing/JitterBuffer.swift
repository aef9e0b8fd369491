import Basics

/// Brings one voice's packets into order and into a steady beat, with a delay that follows the network.
///
/// ```
/// waiting ── a packet is old enough ──▶ playing ── nothing came for 60 ms, or a jump ──▶ waiting
/// ```
/// The timestamp says when to play, the sequence number whether something is missing: a gap of the timestamp alone is
/// a pause of the speaker (discontinuous transmission) and gives silence; a gap of both is a loss and gives recovery
/// from the next packet (in-band forward error correction) or concealment. Memory is fixed: nothing is allocated after
/// `init`, however strange the packets.
public final class JitterBuffer {
    /// Packets kept at most: 640 ms of the shortest frames (2.5 ms), more than the longest delay and burst we wait for. Of the largest
    /// packets fewer fit: 32, which is 640 ms of 20.
    public static let capacity = 256

    /// What became of an arriving packet.
    public enum Arrival: Hashable, Sendable {
        /// It waits for its turn.
        case kept
        /// It is here already.
        case duplicate
        /// Its turn has passed.
        case late
        /// Far from what was expected: dropped unless the next one follows it (RFC 3550 appendix A.1).
        case stray
        /// Empty, or larger than ``Mixing/longestPacketBytes``.
        case unfit
    }

    /// What to play next.
    public enum Turn {
        /// Decode this packet; valid until the next call.
        case packet(UnsafeRawBufferPointer)
        /// A frame is lost: decode its spare copy out of this packet, which stays for its own turn.
        case recover(UnsafeRawBufferPointer)
        /// A frame is lost: conceal it.
        case conceal
        /// The speaker pauses.
        case silence
    }

    /// What happened so far.
    public struct Counters: Hashable, Sendable {
        /// Packets stored.
        public var kept = 0
        /// Packets that were there already.
        public var duplicates = 0
        /// Packets after their turn.
        public var late = 0
        /// Packets from far away.
        public var strays = 0
        /// Packets empty or too large.
        public var unfit = 0
        /// Packets given out for decoding.
        public var played = 0
        /// Lost frames with a spare copy in the next packet.
        public var recovered = 0
        /// Lost frames without one, and frames of waiting.
        public var concealed = 0
        /// Frames left out to bring a long delay back.
        public var shortened = 0
        /// How often the stream began anew elsewhere.
        public var jumps = 0
        /// Packets not missing, but not selected when their turn came.
        public var passedOver = 0
    }

    private struct Place {
        var used = false
        var sequence: Int64 = 0
        var timestamp: Int64 = 0
        var offset = 0
        var count = 0
        var level: UInt8 = 127
    }

    private var ring = PayloadRing()
    private var places = [Place](repeating: Place(), count: JitterBuffer.capacity)
    private var estimator = DelayEstimator()
    /// Unwrapped numbers of the newest packet.
    private var newest: (sequence: Int64, timestamp: Int64, arrival: Int64)?
    private var expectedStray: UInt16?
    private var isPlaying = false
    private var nextSequence: Int64 = 0
    /// Where the play-out stands, in samples of the sender's clock.
    private var playhead: Int64 = 0
    /// Frames concealed without moving on, because nothing at all was there.
    private var held: Int64 = 0
    private var sinceShortening = 0
    /// What happened so far.
    public private(set) var counters = Counters()

    /// Packets kept now.
    private var waiting = 0

    /// A buffer without packets. Its memory is taken here, once.
    public init() {}

    /// How long packets are made to wait at the moment.
    public var target: Interval { .microseconds(estimator.target * 1_000 / 48) }

    /// Whether packets wait for their turn.
    public var holdsPackets: Bool { waiting > 0 }

    private static func samples(_ now: Instant) -> Int64 { now.nanoseconds / 1_000 * 48 / 1_000 }
    private static func index(_ sequence: Int64) -> Int { Int(sequence & Int64(capacity - 1)) }
    private func payload(_ place: Int) -> UnsafeRawBufferPointer { ring.bytes(places[place].offset, count: places[place].count) }

    /// A packet is played, or its turn has passed.
    private func release(_ place: Int) {
        places[place].used = false
        waiting -= 1
    }

    /// Takes one packet, in any order; the payload is copied.
    public func insert(_ frame: AudioFrame, payload: UnsafeRawBufferPointer, now: Instant) -> Arrival {
        guard !payload.isEmpty, payload.count <= Mixing.longestPacketBytes else {
            counters.unfit += 1
            return .unfit
        }
        let arrival = JitterBuffer.samples(now)
        guard let (sequence, timestamp) = unwrap(frame, arrival: arrival) else {
            counters.strays += 1
            return .stray
        }
        if isPlaying, sequence < nextSequence {
            counters.late += 1
            estimator.observe(timestamp: timestamp, arrival: arrival)
            return .late
        }
        let place = JitterBuffer.index(sequence)
        if places[place].used, places[place].sequence >= sequence {
            if places[place].sequence == sequence {
                counters.duplicates += 1
                return .duplicate
            }
            counters.late += 1
            return .late
        }
        if places[place].used { passOver(place) }
        let offset = ring.write(payload, owner: place) { owner, offset in
            if places[owner].used, places[owner].offset == offset { passOver(owner) }
        }
        places[place] = Place(
            used: true, sequence: sequence, timestamp: timestamp, offset: offset, count: payload.count,
            level: frame.levelOrGuess(payloadBytes: payload.count))
        waiting += 1
        if let last = newest, last.sequence >= sequence {
        } else {
            newest = (sequence, timestamp, arrival)
        }
        estimator.observe(timestamp: timestamp, arrival: arrival)
        counters.kept += 1
        return .kept
    }

    /// Extends both numbers beyond their wrap; nil for a stray.
    private func unwrap(_ frame: AudioFrame, arrival: Int64) -> (Int64, Int64)? {
        guard let last = newest else {
            expectedStray = nil
            return (Int64(frame.sequence) + 65_536, Int64(frame.timestamp) + (1 << 32))
        }
        let step = Int64(Int16(truncatingIfNeeded: Int64(frame.sequence) &- last.sequence))
        let sequence = last.sequence + step
        let timestamp = last.timestamp + Int64(Int32(truncatingIfNeeded: Int64(frame.timestamp) &- last.timestamp))
        let near = Int64(JitterBuffer.capacity)
        // Within the window, both numbers must move the same way; the clock may run ahead of arrival by a second.
        let elapsed = max(0, arrival - last.arrival)
        let isPlausible =
            step == 0
            ? timestamp == last.timestamp
            : (step > 0) == (timestamp > last.timestamp) && timestamp - last.timestamp <= elapsed + 48_000
        if step > -near, step < near, isPlausible {
            expectedStray = nil
            return (sequence, timestamp)
        }
        let isQuiet = !isPlaying && elapsed > 24_000
        if expectedStray == frame.sequence || (isQuiet && isPlausible && step > 0) {
            restart()
            counters.jumps += 1
            return (Int64(frame.sequence) + 65_536, Int64(frame.timestamp) + (1 << 32))
        }
        expectedStray = frame.sequence &+ 1
        return nil
    }

    private func restart() {
        for i in places.indices { places[i].used = false }
        waiting = 0
        estimator.reset()
        newest = nil
        expectedStray = nil
        isPlaying = false
        held = 0
    }

    /// Stops playing, as when the voice is not heard for a while; arriving packets are kept in a ring.
    public func pause() {
        isPlaying = false
        held = 0
    }

    /// The next 20 ms (or whatever the packet holds). After a packet, call ``advance(samples:)`` with what it gave.
    public func next(now: Instant) -> Turn {
        let clock = JitterBuffer.samples(now)
        if !isPlaying, !start(clock) { return .silence }
        guard var place = earliest() else { return runDry() }
        shorten(clock, &place)
        let ahead = places[place].timestamp - playhead
        let missing = places[place].sequence - nextSequence
        if ahead >= 480, missing > 0 {
            // Frames concealed while nothing was there stood for these.
            if held > 0 {
                held -= 1
                playhead += Int64(Mixing.frameSamples)
                nextSequence += 1
                return next(now: now)
            }
            playhead += Int64(Mixing.frameSamples)
            nextSequence += 1
            if missing == 1, ahead < 2 * Int64(Mixing.frameSamples) {
                counters.recovered += 1
                return .recover(payload(place))
            }
            counters.concealed += 1
            return .conceal
        }
        held = 0
        if ahead >= 480 {
            playhead += Int64(Mixing.frameSamples)
            return .silence
        }
        playhead = places[place].timestamp + Int64(Mixing.frameSamples)
        nextSequence = places[place].sequence + 1
        release(place)
        counters.played += 1
        return .packet(payload(place))
    }

    /// Corrects the play-out for a packet that held more or less than 20 ms.
    public func advance(samples: Int) { playhead += Int64(samples - Mixing.frameSamples) }

    /// While it plays, nothing older than the next turn is kept.
    private func earliest() -> Int? {
        guard waiting > 0, let newest else { return nil }
        let oldest = newest.sequence - Int64(JitterBuffer.capacity) + 1
        var sequence = isPlaying ? max(nextSequence, oldest) : oldest
        while sequence <= newest.sequence {
            let place = JitterBuffer.index(sequence)
            if places[place].used, places[place].sequence == sequence { return place }
            sequence += 1
        }
        return nil
    }

    private func passOver(_ place: Int) {
        release(place)
        counters.passedOver += 1
    }

    private func start(_ clock: Int64) -> Bool {
        guard let transit = estimator.transit else { return false }
        let wanted = clock - transit - estimator.target
        while let place = earliest() {
            if places[place].timestamp > wanted { return false }
            // The newest is played however late its timestamp, as the way may have grown longer, unless it lies here for long.
            let isFresh = isLast(place) && clock - (newest?.arrival ?? clock) < 4_800
            if places[place].timestamp + Int64(Mixing.frameSamples) <= wanted, !isFresh {
                passOver(place)
                continue
            }
            isPlaying = true
            held = 0
            nextSequence = places[place].sequence
            playhead = places[place].timestamp
            return true
        }
        return false
    }

    private func isLast(_ place: Int) -> Bool { places[place].sequence == newest?.sequence }

    private func runDry() -> Turn {
        if held >= 3 {
            pause()
            return .silence
        }
        held += 1
        counters.concealed += 1
        return .conceal
    }

    /// Leaves out a frame when the delay has grown beyond need: a quiet one by choice, any one if it is far too long.
    private func shorten(_ clock: Int64, _ place: inout Int) {
        sinceShortening += 1
        guard let transit = estimator.transit else { return }
        let excess = clock - transit - playhead - estimator.target
        guard excess > 1_920 else { return }
        let ahead = places[place].timestamp - playhead
        let missing = places[place].sequence - nextSequence
        if missing == 0, ahead >= Int64(Mixing.frameSamples) {
            playhead += min(ahead, excess) / Int64(Mixing.frameSamples) * Int64(Mixing.frameSamples)
        } else if missing == 0, !isLast(place), sinceShortening >= 5,
            places[place].level >= 60 || (excess > 4_800 && sinceShortening >= 10)
        {
            sinceShortening = 0
            playhead = places[place].timestamp + Int64(Mixing.frameSamples)
            nextSequence = places[place].sequence + 1
            release(place)
            counters.shortened += 1
            if let following = earliest() { place = following }
        }
    }
}
