import Basics

/// Why a microphone may be heard before others; smaller comes first.
public enum VoiceRank: UInt8, Hashable, Comparable, Sendable {
    /// Has the floor.
    case floorHolder = 0
    /// Takes the chair.
    case chair = 1
    /// Anybody else with an open gate.
    case other = 2
    /// Heard earlier.
    public static func < (a: VoiceRank, b: VoiceRank) -> Bool { a.rawValue < b.rawValue }
}

/// Picks the K microphones that are heard out of those that are open: by rank, then by loudness, with hysteresis.
///
/// Loudness is the RFC 6464 level smoothed over frames. Within a rank a newcomer must be louder than the weakest chosen
/// voice by ``Settings/margin`` for ``Settings/patience``, or only for ``Settings/haste`` if that voice is quiet; a
/// better rank goes first at once. Whole-number arithmetic only, so equal inputs give equal choices everywhere.
public struct LoudestSelector: Sendable {
    /// What makes a choice quick or calm.
    public struct Settings: Hashable, Sendable {
        /// How many are heard at most: K.
        public var voices = 3
        /// dB by which a newcomer must be louder.
        public var margin = 6
        /// For how long it must be so.
        public var patience = Interval.milliseconds(300)
        /// The same against a voice that is quiet.
        public var haste = Interval.milliseconds(40)
        /// −dBov from which a smoothed level counts as quiet.
        public var quiet = 55
        /// Share of the difference, in 1/256, that a louder frame adds.
        public var attack = 128
        /// Share of the difference, in 1/256, that a softer frame takes away: a speaker is quiet after half a second.
        public var release = 4
        /// Every setting at the default above.
        public init() {}
    }

    private struct Microphone {
        var rank = VoiceRank.other
        var isOpen = false
        var isChosen = false
        /// 127 − level, in 1/256 dB.
        var loudness: Int32 = 0
        var heardAt = Instant.zero
        var louderSince: Instant?
    }

    /// The settings given at the start.
    public let settings: Settings
    private var microphones: [Microphone] = []
    private var open: [Int] = []
    /// The slots that are heard, in ascending order; at most ``Settings/voices``.
    public private(set) var chosen: [Int] = []
    /// How often the choice has changed.
    public private(set) var changes = 0
    /// False: without another frame, ``update(now:)`` would go on finding what it found, and need not be called.
    public private(set) var isMoving = false

    /// Nobody is chosen yet.
    public init(settings: Settings = Settings()) {
        precondition(settings.voices > 0, "no voices")
        self.settings = settings
    }

    /// Opens the microphone of a slot (a small dense number), or changes its rank.
    public mutating func open(_ slot: Int, rank: VoiceRank, now: Instant) {
        precondition(slot >= 0, "slot \(slot)")
        isMoving = true
        while microphones.count <= slot { microphones.append(Microphone()) }
        microphones[slot].rank = rank
        guard !microphones[slot].isOpen else { return }
        microphones[slot].isOpen = true
        microphones[slot].loudness = 0
        microphones[slot].heardAt = now
        microphones[slot].louderSince = nil
        open.insert(slot, at: open.firstIndex { $0 > slot } ?? open.count)
    }

    /// Closes the microphone of a slot: it is not heard from this moment on.
    public mutating func close(_ slot: Int) {
        guard isOpen(slot) else { return }
        isMoving = true
        microphones[slot].isOpen = false
        open.removeAll { $0 == slot }
        if microphones[slot].isChosen { drop(slot) }
    }

    /// Whether the microphone of a slot is open.
    public func isOpen(_ slot: Int) -> Bool { microphones.indices.contains(slot) && microphones[slot].isOpen }
    /// Whether a slot is heard.
    public func isChosen(_ slot: Int) -> Bool { microphones.indices.contains(slot) && microphones[slot].isChosen }
    /// The smoothed level in −dBov; 127 for a slot that is not open.
    public func level(_ slot: Int) -> UInt8 {
        isOpen(slot) ? UInt8(127 - min(127, max(0, microphones[slot].loudness >> 8))) : 127
    }

    /// One frame's level, in −dBov.
    public mutating func hear(_ slot: Int, level: UInt8, now: Instant) {
        guard isOpen(slot) else { return }
        isMoving = true
        microphones[slot].heardAt = now
        smooth(slot, towards: Int32(127 - min(level, 127)) << 8)
    }

    private mutating func smooth(_ slot: Int, towards target: Int32) {
        let difference = target - microphones[slot].loudness
        let share = Int32(difference > 0 ? settings.attack : settings.release)
        microphones[slot].loudness += difference * share / 256
    }

    /// Chooses anew; to be called once every 20 ms. Returns whether the choice changed.
    public mutating func update(now: Instant) -> Bool {
        // A silent microphone sends nothing (discontinuous transmission): it fades by itself.
        for slot in open where now - microphones[slot].heardAt > .milliseconds(60) { smooth(slot, towards: 0) }
        let before = changes
        fill()
        challenge(now: now)
        isMoving = changes != before || open.contains { mayMove($0, now) }
        return changes != before
    }

    /// Heard just now, fading still, or louder than a chosen one for a while.
    private func mayMove(_ slot: Int, _ now: Instant) -> Bool {
        let microphone = microphones[slot]
        let fades = microphone.loudness * Int32(settings.release) / 256 != 0
        return fades || microphone.louderSince != nil || now - microphone.heardAt <= .milliseconds(60)
    }

    private mutating func fill() {
        while chosen.count < settings.voices, let best = bestWaiting({ _ in true }) { choose(best) }
    }

    private mutating func challenge(now: Instant) {
        for _ in 0..<settings.voices {
            guard let weakest else { return }
            let threshold = microphones[weakest].loudness + (Int32(settings.margin) << 8)
            let rank = microphones[weakest].rank
            let isQuiet = microphones[weakest].loudness <= (Int32(127 - settings.quiet) << 8)
            let wait = isQuiet ? settings.haste : settings.patience
            for slot in open where !microphones[slot].isChosen {
                if microphones[slot].rank == rank, microphones[slot].loudness >= threshold {
                    if microphones[slot].louderSince == nil { microphones[slot].louderSince = now }
                } else {
                    microphones[slot].louderSince = nil
                }
            }
            let winner = bestWaiting { microphone in
                if microphone.rank != rank { return microphone.rank < rank }
                guard let since = microphone.louderSince else { return false }
                return now - since >= wait
            }
            guard let winner else { return }
            drop(weakest)
            choose(winner)
        }
    }

    private func bestWaiting(_ admits: (Microphone) -> Bool) -> Int? {
        var best: Int?
        for slot in open where !microphones[slot].isChosen && admits(microphones[slot]) {
            if let other = best, !precedes(slot, other) { continue }
            best = slot
        }
        return best
    }

    private var weakest: Int? {
        var result: Int?
        for slot in chosen {
            if let other = result, precedes(slot, other) { continue }
            result = slot
        }
        return result
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        let (left, right) = (microphones[a], microphones[b])
        if left.rank != right.rank { return left.rank < right.rank }
        if left.loudness != right.loudness { return left.loudness > right.loudness }
        return a < b
    }

    private mutating func choose(_ slot: Int) {
        microphones[slot].isChosen = true
        microphones[slot].louderSince = nil
        chosen.insert(slot, at: chosen.firstIndex { $0 > slot } ?? chosen.count)
        changes += 1
    }

    private mutating func drop(_ slot: Int) {
        microphones[slot].isChosen = false
        chosen.removeAll { $0 == slot }
        changes += 1
    }
}
