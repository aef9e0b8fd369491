import Basics

/// One of the sources a hall may have for its microphone or its camera.
enum SourceName: Hashable {
    /// A page, by its leg's place.
    case leg(Int)
    /// A device, by its place.
    case equipment(Int)
}

/// Which of a hall's sources is its microphone (or its camera) now: one at a time.
///
/// The declared order: the page that came up last, then pages before it, then equipment in the order of the topology file. A source
/// counts as sending for ``silence`` after its last packet. The first in order among those that send is chosen:
/// ```
/// nothing chosen ── a source is there ──▶ it
/// chosen, sending ── one before it has sent for `steady` ──▶ that one
/// chosen, silent for `silence` ── another sends ──▶ that one
/// chosen left ──▶ the first that sends, else the first that is there
/// ```
/// So two sources are never heard at once, and one that begins with a single packet interrupts nobody.
struct SourceChoice {
    /// What a packet of a source led to.
    enum Verdict: Equatable {
        /// It is the chosen one's.
        case taken
        /// Its source is chosen from this packet on.
        case takesOver
        /// Another is chosen.
        case notChosen
    }

    /// One source, and what came of it.
    struct Candidate: Equatable {
        let name: SourceName
        /// Smaller goes first.
        let rank: Int64
        let since: Instant
        var lastPacket: Instant?
        /// Since when it has sent without a break of ``SourceChoice/silence``.
        var sendingSince: Instant?
        /// Packets of it that were its hall's sound or picture.
        var taken: UInt64 = 0
        /// Packets of it that were not.
        var leftOut: UInt64 = 0
    }

    /// How long a source that sends nothing still counts as sending.
    let silence: Interval
    /// How long a source must have sent before it takes over from one that sends.
    let steady: Interval
    /// In their order.
    private(set) var candidates: [Candidate] = []
    private(set) var chosen: SourceName?

    /// A microphone: a frame comes every 20 ms, every 60 at most.
    static let microphone = SourceChoice(silence: .milliseconds(300), steady: .milliseconds(100))
    /// A camera: slides come at a frame a second.
    static let camera = SourceChoice(silence: .milliseconds(1_500), steady: .milliseconds(300))

    private init(silence: Interval, steady: Interval) {
        self.silence = silence
        self.steady = steady
    }

    var isEmpty: Bool { candidates.isEmpty }

    /// A source is there. True if it is chosen by that: nothing was.
    mutating func add(_ name: SourceName, rank: Int64, now: Instant) -> Bool {
        remove(name, now: now)
        let place = candidates.firstIndex { $0.rank > rank } ?? candidates.count
        candidates.insert(Candidate(name: name, rank: rank, since: now), at: place)
        guard chosen == nil else { return false }
        chosen = name
        return true
    }

    /// A source left. True if another is chosen by that, or none any more.
    @discardableResult
    mutating func remove(_ name: SourceName, now: Instant) -> Bool {
        candidates.removeAll { $0.name == name }
        guard chosen == name else { return false }
        chosen = (candidates.first { isSending($0, now) } ?? candidates.first)?.name
        return true
    }

    /// A packet of a source; one that was not added is left out.
    mutating func hear(_ name: SourceName, now: Instant) -> Verdict {
        guard let place = candidates.firstIndex(where: { $0.name == name }) else { return .notChosen }
        if !isSending(candidates[place], now) { candidates[place].sendingSince = now }
        candidates[place].lastPacket = now
        if name == chosen {
            candidates[place].taken &+= 1
            return .taken
        }
        guard takesOver(place, now) else {
            candidates[place].leftOut &+= 1
            return .notChosen
        }
        chosen = name
        candidates[place].taken &+= 1
        return .takesOver
    }

    private func takesOver(_ place: Int, _ now: Instant) -> Bool {
        guard let other = candidates.firstIndex(where: { $0.name == chosen }) else { return true }
        let heard = candidates[other].lastPacket ?? candidates[other].since
        if now - heard > silence { return true }
        guard place < other, let since = candidates[place].sendingSince else { return false }
        return now - since >= steady
    }

    private func isSending(_ candidate: Candidate, _ now: Instant) -> Bool {
        candidate.lastPacket.map { now - $0 <= silence } ?? false
    }
}
