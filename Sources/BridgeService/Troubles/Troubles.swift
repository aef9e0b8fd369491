import Basics
import Console
import Logging
import Synchronization

/// What is not as it should be now. Each trouble is logged once when it begins and once when it is over.
final class Troubles: Sendable {
    /// Open at once; a further one is counted in ``left`` and not kept. A node has some hundred neighbours at most.
    static let limit = 1_024
    /// Strangers kept at once: their addresses are theirs to choose.
    static let strangerLimit = 32
    /// A stranger that did not come back for so long is forgotten.
    static let strangerMemory = Interval.seconds(600)
    /// A device that sends from another port is told of every five seconds (`Equipment.otherPause`).
    static let senderMemory = Interval.seconds(20)

    private struct Open {
        var trouble: Trouble
        var since: WallTime
        var seen: Instant
    }
    private struct State {
        var open: [Trouble.Key: Open] = [:]
        var strangers = 0
        var left: UInt64 = 0
    }
    private let state = Mutex(State())
    private let logger: Logger
    /// The operator's.
    let language: Language

    init(language: Language, logger: Logger) {
        self.language = language
        self.logger = logger
    }

    /// A trouble begins, or goes on.
    func raise(_ trouble: Trouble, now: Instant, wall: WallTime) {
        let isNews = state.withLock { state in
            let key = trouble.key
            if let known = state.open[key] {
                state.open[key]?.seen = now
                guard trouble.weight >= known.trouble.weight else { return false }
                state.open[key]?.trouble = trouble
                return !trouble.isLike(known.trouble)
            }
            var isStranger = false
            if case .stranger = key { isStranger = true }
            guard state.open.count < Troubles.limit, !isStranger || state.strangers < Troubles.strangerLimit else {
                state.left += 1
                return false
            }
            if isStranger { state.strangers += 1 }
            state.open[key] = Open(trouble: trouble, since: wall, seen: now)
            return true
        }
        guard isNews else { return }
        let sentence = trouble.sentence(language)
        logger.log(
            level: trouble.isGrave ? .error : .warning, "\(trouble.event)",
            metadata: trouble.metadata.merging(["says": "\(sentence.message) \(sentence.nextStep)", "problem": "\(trouble.code)"]) { $1 })
    }

    /// A trouble is over. False: there was none.
    @discardableResult
    func clear(_ key: Trouble.Key) -> Bool { state.withLock { $0.open.removeValue(forKey: key) != nil } }

    /// Strangers that stay away, and devices that send from elsewhere no more, are forgotten.
    func forget(now: Instant) {
        state.withLock { state in
            for (key, open) in state.open {
                switch key {
                case .stranger where now - open.seen > Troubles.strangerMemory:
                    state.open[key] = nil
                    state.strangers -= 1
                case .sender where now - open.seen > Troubles.senderMemory: state.open[key] = nil
                default: break
                }
            }
        }
    }

    /// The trouble of that key, if it is open.
    func trouble(_ key: Trouble.Key) -> Trouble? { state.withLock { $0.open[key]?.trouble } }

    /// The keys of open troubles of meeting files.
    var meetingFiles: [String] {
        state.withLock { $0.open.keys.compactMap { if case .meetingFile(let name) = $0 { name } else { nil } } }
    }

    /// What is open now, the gravest and oldest first.
    var now: [(trouble: Trouble, since: WallTime)] {
        state.withLock { Array($0.open.values) }
            .sorted { a, b in
                if a.trouble.isGrave != b.trouble.isGrave { return a.trouble.isGrave }
                if a.since != b.since { return a.since < b.since }
                return a.trouble.code < b.trouble.code
            }
            .map { ($0.trouble, $0.since) }
    }
}
