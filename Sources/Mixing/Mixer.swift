import Basics

/// A Media-Mixing Mixer (RFC 7667 section 3.6.2) for one meeting: every listener hears the chosen voices but its own.
///
/// Packets go in by ``insert(_:_:payload:now:)`` as they come; every 20 ms ``wake(now:)`` decodes the chosen voices once
/// each, sums them once, takes from the sum what a group of listeners must not hear, and encodes one packet per group.
/// Listeners whose forbidden voices are not among the chosen share one mix, so a tick costs at most K decodes and
/// K + 1 encodes while each listener has one voice of its own. Silence sends nothing. Nothing is allocated per tick
/// after warm-up.
public final class Mixer {
    /// What the mixes are made of.
    public struct Settings: Sendable {
        /// How the voices are chosen; `selection.voices` is K, at most ``Mixer/mostVoices``.
        public var selection = LoudestSelector.Settings()
        /// Of each encoded mix.
        public var bitrate = Bitrate.kbps(32)
        /// Loss in percent that the encoded mixes prepare for.
        public var expectedLoss = 5
        /// Every setting at the default above.
        public init() {}
    }

    /// One encoded mix of the last tick.
    public struct Mix {
        /// Those who get it: a range of ``Mixer/listeners``.
        public var listeners: Range<Int>
        /// The Opus packet; valid until the next tick.
        public var packet: UnsafeRawBufferPointer
        /// First packet after silence (RFC 7587 section 4.2).
        public var marker: Bool
        /// RTP timestamp at 48 kHz, the same clock for all mixes of this mixer.
        public var timestamp: UInt32
        /// −dBov, RFC 6464.
        public var level: UInt8
    }

    /// What happened so far; `decodes` and `encodes` of the last tick stand apart.
    public struct Counters: Hashable, Sendable {
        /// Ticks made.
        public var ticks = 0
        /// Ticks that came more than 100 ms late and were left out.
        public var skippedTicks = 0
        /// Calls of decoders, concealment included.
        public var decodes = 0
        /// Mixes encoded.
        public var encodes = 0
        /// At most K while packets hold 20 ms each.
        public var decodesOfLastTick = 0
        /// At most K + 1 while each listener has one voice of its own.
        public var encodesOfLastTick = 0
        /// Mixes not sent because nobody spoke.
        public var silentMixes = 0
        /// Packets of sources that are unknown or whose microphone is closed.
        public var refused = 0
        /// Mixes that could not be made: no codec, or more groups than ``Mixer/mostMixes``.
        public var failures = 0
    }

    /// Voices a mixer can choose at most.
    public static let mostVoices = 8
    /// Different mixes of one tick; more than K + 1 arise only where listeners have several voices of their own.
    public static let mostMixes = 32

    private struct Source {
        var voice: Voice
        /// Place among the chosen, 0 … K − 1.
        var place: Int?
    }

    private struct Listener {
        var isUsed = false
        var own: [Int] = []
        /// Loss in percent that it last reported.
        var loss = 0
    }

    private let codecs: any AudioCodecProvider
    private let settings: Settings
    private var selector: LoudestSelector
    private var sources: [Source?] = []
    private var ears: [Listener] = []
    private var placed: [Int?]
    private var sounding: [Bool]
    private let encoders: MixEncoders
    private let total: UnsafeMutableBufferPointer<Int32>
    private let part: UnsafeMutableBufferPointer<Int32>
    private var masks: [UInt32] = []
    private var nextTick: Instant?
    private var origin: Instant?

    /// Listeners of the last tick, grouped: ``Mix/listeners`` are ranges of it.
    public private(set) var listeners: [Int] = []
    /// The encoded mixes of the last tick.
    public private(set) var mixes: [Mix] = []
    /// What happened so far.
    public private(set) var counters = Counters()

    /// No sources and no listeners yet.
    public init(codecs: any AudioCodecProvider, settings: Settings = Settings()) {
        let voices = settings.selection.voices
        precondition(voices >= 1 && voices <= Mixer.mostVoices, "\(voices) voices")
        self.codecs = codecs
        self.settings = settings
        selector = LoudestSelector(settings: settings.selection)
        placed = Array(repeating: nil, count: voices)
        sounding = Array(repeating: false, count: voices)
        encoders = MixEncoders(codecs: codecs, bitrate: settings.bitrate, expectedLoss: settings.expectedLoss)
        total = .allocate(capacity: Mixing.frameSamples)
        part = .allocate(capacity: Mixing.frameSamples)
        total.initialize(repeating: 0)
        part.initialize(repeating: 0)
    }
    deinit {
        total.deallocate()
        part.deallocate()
    }

    // MARK: Who speaks

    /// A new source, its microphone closed; nil if there is no decoder. Its slot is used again after removal.
    public func addSource() -> Int? {
        guard let decoder = codecs.makeDecoder() else {
            counters.failures += 1
            return nil
        }
        let source = Source(voice: Voice(decoder: decoder))
        if let free = sources.firstIndex(where: { $0 == nil }) {
            sources[free] = source
            return free
        }
        sources.append(source)
        return sources.count - 1
    }

    /// Ends a source; listeners that had it as their own no longer do.
    public func removeSource(_ slot: Int) {
        guard sources.indices.contains(slot), sources[slot] != nil else { return }
        selector.close(slot)
        place()
        sources[slot] = nil
        for i in ears.indices { ears[i].own.removeAll { $0 == slot } }
    }

    /// Opens the microphone of a source or changes its rank; nil closes it.
    public func setMicrophone(_ slot: Int, rank: VoiceRank?, now: Instant) {
        guard sources.indices.contains(slot), sources[slot] != nil else { return }
        if let rank {
            selector.open(slot, rank: rank, now: now)
        } else {
            selector.close(slot)
            place()
        }
    }

    /// Takes a packet of a source; nil if the source is unknown or its microphone closed.
    @discardableResult
    public func insert(_ slot: Int, _ frame: AudioFrame, payload: UnsafeRawBufferPointer, now: Instant) -> JitterBuffer.Arrival? {
        guard sources.indices.contains(slot), let source = sources[slot], selector.isOpen(slot) else {
            counters.refused += 1
            return nil
        }
        let arrival = source.voice.buffer.insert(frame, payload: payload, now: now)
        if arrival == .kept { selector.hear(slot, level: frame.levelOrGuess(payloadBytes: payload.count), now: now) }
        startTicking(now)
        return arrival
    }

    /// The source slots heard at the moment, ascending.
    public var chosen: [Int] { selector.chosen }
    /// What happened in the buffer of a source.
    public func buffer(of slot: Int) -> JitterBuffer.Counters? {
        sources.indices.contains(slot) ? sources[slot]?.voice.buffer.counters : nil
    }

    // MARK: Who listens

    /// A new listener that never hears the sources of its `own`. Its number is used again after removal.
    public func addListener(own: [Int] = []) -> Int {
        let listener = Listener(isUsed: true, own: own.sorted())
        if let free = ears.firstIndex(where: { !$0.isUsed }) {
            ears[free] = listener
            return free
        }
        ears.append(listener)
        return ears.count - 1
    }

    /// Changes what a listener must not hear.
    public func setOwn(_ listener: Int, _ own: [Int]) {
        guard ears.indices.contains(listener), ears[listener].isUsed else { return }
        ears[listener].own = own.sorted()
    }

    /// A listener reported that much loss, in percent: the mixes prepare for the worst of them, and for no less than the settings say.
    public func expectLoss(percent: Int, of listener: Int) {
        guard ears.indices.contains(listener), ears[listener].isUsed, ears[listener].loss != percent else { return }
        ears[listener].loss = max(0, min(100, percent))
        encoders.expectLoss(percent: ears.reduce(settings.expectedLoss) { max($0, $1.isUsed ? $1.loss : 0) })
    }

    /// Ends a listener.
    public func removeListener(_ listener: Int) {
        guard ears.indices.contains(listener) else { return }
        ears[listener] = Listener()
    }

    // MARK: The beat

    /// When the next tick is due; nil while there is nobody to hear or nothing to be heard.
    public var deadline: Instant? { nextTick }

    private func startTicking(_ now: Instant) {
        guard nextTick == nil, ears.contains(where: \.isUsed) else { return }
        let beat = Int64(Mixing.tick) * 1_000_000
        let start = origin ?? now
        origin = start
        // Ticks stay on one raster, so that timestamps stay whole frames apart.
        let frames = ((now - start).nanoseconds + beat - 1) / beat
        nextTick = start + .nanoseconds(frames * beat)
    }

    /// Makes at most one tick, if it is due; ``mixes`` and ``listeners`` are then of that tick, else empty.
    /// Call again while ``deadline`` has passed.
    public func wake(now: Instant) {
        mixes.removeAll(keepingCapacity: true)
        listeners.removeAll(keepingCapacity: true)
        guard var due = nextTick, due <= now else { return }
        let beat = Interval.milliseconds(Int64(Mixing.tick))
        if now - due > .milliseconds(100) {
            let late = (now - due).nanoseconds / beat.nanoseconds
            counters.skippedTicks += Int(late)
            due = due + beat * late
        }
        nextTick = due + beat
        counters.ticks += 1
        _ = selector.update(now: due)
        place()
        decode(due)
        encode(due)
        if !ears.contains(where: \.isUsed) || isIdle(due) { nextTick = nil }
    }

    /// After a second without sound the beat rests until the next packet.
    private var lastSound = Instant.zero
    private func isIdle(_ now: Instant) -> Bool {
        if sounding.contains(true) { lastSound = now }
        return now - lastSound > .seconds(Int64(1)) && !sources.contains { $0?.voice.buffer.holdsPackets ?? false }
    }

    /// Gives each chosen source a place that it keeps while it is chosen.
    private func place() {
        for p in placed.indices {
            guard let slot = placed[p], !selector.isChosen(slot) else { continue }
            placed[p] = nil
            sources[slot]?.place = nil
            sources[slot]?.voice.pause()
            encoders.forget(place: p)
        }
        for slot in selector.chosen where sources[slot]?.place == nil {
            guard let free = placed.firstIndex(where: { $0 == nil }) else { continue }
            placed[free] = slot
            sources[slot]?.place = free
            encoders.forget(place: free)
        }
    }

    private func decode(_ now: Instant) {
        var decodes = 0
        for i in 0..<Mixing.frameSamples { total[i] = 0 }
        for p in placed.indices {
            sounding[p] = false
            guard let slot = placed[p], let voice = sources[slot]?.voice else { continue }
            let before = voice.decodes
            if case .frame = voice.tick(now: now) {
                sounding[p] = true
                let frame = voice.frame
                for i in 0..<Mixing.frameSamples { total[i] &+= Int32(frame[i]) }
            }
            decodes += voice.decodes - before
        }
        counters.decodes += decodes
        counters.decodesOfLastTick = decodes
    }

    private func mask(of listener: Int) -> UInt32 {
        var mask: UInt32 = 0
        for slot in ears[listener].own {
            if sources.indices.contains(slot), let p = sources[slot]?.place { mask |= 1 << UInt32(p) }
        }
        return mask
    }

    private func encode(_ now: Instant) {
        counters.encodesOfLastTick = 0
        masks.removeAll(keepingCapacity: true)
        for ear in ears.indices where ears[ear].isUsed {
            let mask = mask(of: ear)
            if !masks.contains(mask) { masks.append(mask) }
        }
        let since = (now - (origin ?? now)).nanoseconds / 1_000_000
        let timestamp = UInt32(truncatingIfNeeded: since * 48)
        for mask in masks { encode(mask, timestamp: timestamp) }
    }

    private func encode(_ mask: UInt32, timestamp: UInt32) {
        guard sounding.indices.contains(where: { sounding[$0] && mask & (1 << UInt32($0)) == 0 }) else {
            counters.silentMixes += 1
            encoders.rest(mask)
            return
        }
        for i in 0..<Mixing.frameSamples { part[i] = total[i] }
        for p in placed.indices where sounding[p] && mask & (1 << UInt32(p)) != 0 {
            guard let slot = placed[p], let frame = sources[slot]?.voice.frame else { continue }
            for i in 0..<Mixing.frameSamples { part[i] &-= Int32(frame[i]) }
        }
        guard let encoded = encoders.encode(mask, UnsafeBufferPointer(part)) else {
            counters.failures += 1
            return
        }
        if !encoded.packet.isEmpty {
            counters.encodes += 1
            counters.encodesOfLastTick += 1
        }
        if encoded.packet.count <= 2 {
            counters.silentMixes += 1
            return
        }
        let start = listeners.count
        for ear in ears.indices where ears[ear].isUsed && self.mask(of: ear) == mask { listeners.append(ear) }
        mixes.append(
            Mix(
                listeners: start..<listeners.count, packet: encoded.packet, marker: encoded.isFirst, timestamp: timestamp,
                level: encoded.level))
    }
}
