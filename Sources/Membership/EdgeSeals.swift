import Basics

/// What one neighbour's records may cost in checks of signatures, and sections that wait for theirs.
struct EdgeSeals {
    /// Why a section waits.
    enum Reason: Hashable {
        /// The writer has not proven the life in which it wrote this.
        case life
        /// The neighbour's share of checks is used up for now.
        case share
    }
    struct Waiting {
        let section: Section
        let since: Instant
        let reason: Reason
        /// When it is looked at again, whatever happens.
        let due: Instant
        var bytes: Int { section.records.reduce(64) { $0 + $1.key.utf8.count + ($1.value?.count ?? 0) + 32 } }
    }

    private(set) var waiting: [Waiting] = []
    private(set) var waitingBytes = 0
    /// Checks of signatures on records.
    private var checks: TokenBucket
    /// Checks of claims about a node's former lives.
    private var claims = TokenBucket(rate: 2, depth: 4)

    /// Checks a second of what comes from a neighbour: some 2 % of a core from below, 10 % from above, whence a whole country comes.
    static func rate(isAbove: Bool) -> Int64 { isAbove ? 1_000 : 200 }
    /// A wrong signature costs its neighbour as much as so many checks.
    private static let penalty = 8
    /// Sections that wait at a time, and their bytes.
    private static let limit = 64
    private static let bytesLimit = 256 << 10
    /// So long a section waits for its writer's life.
    private static let patience = Interval.seconds(5)
    /// After so long a tenth of a second's checks are there again.
    private static let pause = Interval.milliseconds(100)

    init(isAbove: Bool) {
        let rate = EdgeSeals.rate(isAbove: isAbove)
        checks = TokenBucket(rate: rate, depth: rate)
    }

    /// Takes so many checks out of the neighbour's share; false if it has not as many.
    mutating func spend(_ count: Int, now: Instant) -> Bool { checks.take(count, now: now) }
    /// Takes one claim's check out of it.
    mutating func spendClaim(now: Instant) -> Bool { claims.take(1, now: now) }
    /// A signature was wrong.
    mutating func penalise(now: Instant) {
        var cost = EdgeSeals.penalty
        while cost > 0, !checks.take(cost, now: now) { cost -= 1 }
    }

    /// Something of the namespace's same life waits.
    func isWaiting(_ id: NamespaceID, _ life: Incarnation) -> Bool {
        waiting.contains { $0.section.namespace == id && $0.section.incarnation == life }
    }
    /// `since`: when it came. False: there is no room, or it waited long enough for its writer's life.
    mutating func wait(_ section: Section, for reason: Reason, since: Instant, now: Instant) -> Bool {
        let due = reason == .life ? since + EdgeSeals.patience : now + EdgeSeals.pause
        let next = Waiting(section: section, since: since, reason: reason, due: due)
        guard due > now, waiting.count < EdgeSeals.limit, waitingBytes + next.bytes <= EdgeSeals.bytesLimit else { return false }
        waiting.append(next)
        waitingBytes += next.bytes
        return true
    }
    /// Takes all that waits, in the order in which it came.
    mutating func takeWaiting() -> [Waiting] {
        defer { (waiting, waitingBytes) = ([], 0) }
        return waiting
    }
    /// When what waits is to be looked at again.
    var deadline: Instant? { waiting.lazy.map(\.due).min() }

    /// The session ended.
    mutating func clear() { (waiting, waitingBytes) = ([], 0) }
}
