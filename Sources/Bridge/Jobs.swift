import Basics

/// The jobs under way: a table of bounded size for each kind, the first deadline, and what became of all.
///
/// ```
/// begin ─▶ under way ── answer ──▶ its purpose is handed out, once
///               └── deadline ──▶ given up; a later answer is counted as late
/// ```
struct Jobs {
    /// What an answer is for.
    enum Purpose: Equatable {
        /// The site's picture as it was then, of the meeting into which it was sent.
        case still(SiteID, MeetingID, taken: Instant)
    }

    private struct Entry {
        let id: Job.ID
        let kind: Job.Kind
        let deadline: Instant
        let purpose: Purpose
    }

    /// Names of jobs given up that are remembered, so that a late answer is told from a second one.
    static let rememberedLimit = 64

    /// Under way, the first deadline first.
    private var entries: [Entry] = []
    private var givenUp: [Job.ID] = []
    private var last: UInt64 = 0
    private var counts = [UInt64](repeating: 0, count: Job.Kind.allCases.count * JobOutcome.allCases.count)

    /// When ``giveUp(now:)`` wants to be called.
    var deadline: Instant? { entries.first?.deadline }

    /// Jobs of the kind that wait for their answer.
    func underWay(_ kind: Job.Kind) -> Int { entries.count { $0.kind == kind } }

    func isUnderWay(_ isMeant: (Purpose) -> Bool) -> Bool { entries.contains { isMeant($0.purpose) } }

    /// What became of the jobs of a kind. Answers of unknown jobs stand under the kind that they answer.
    func count(_ kind: Job.Kind, _ outcome: JobOutcome) -> UInt64 { counts[Self.place(kind, outcome)] }

    private static func place(_ kind: Job.Kind, _ outcome: JobOutcome) -> Int { kind.rawValue * JobOutcome.allCases.count + outcome.rawValue }

    mutating func note(_ kind: Job.Kind, _ outcome: JobOutcome) { counts[Self.place(kind, outcome)] &+= 1 }

    /// A new job; nil if as many of its kind are under way as may be.
    mutating func begin(_ work: Job.Work, for purpose: Purpose, now: Instant) -> Job? {
        let kind = work.kind
        guard underWay(kind) < kind.limit else {
            note(kind, .tooMany)
            return nil
        }
        last += 1
        let job = Job(id: Job.ID(rawValue: last), work: work, deadline: now + kind.patience)
        let place = entries.firstIndex { $0.deadline > job.deadline } ?? entries.count
        entries.insert(Entry(id: job.id, kind: kind, deadline: job.deadline, purpose: purpose), at: place)
        return job
    }

    /// An answer came: what it is for. Nil, and counted, if the job is over or never was, or if the worker refused it. The caller counts
    /// what became of an answer that it gets the purpose of.
    mutating func finish(_ id: Job.ID, _ answer: Job.Answer, now: Instant) -> Purpose? {
        giveUp(now: now)
        guard let place = entries.firstIndex(where: { $0.id == id }) else {
            // One kind exists. With a second one, an answer says its own.
            noteStray(id, .still)
            return nil
        }
        let entry = entries.remove(at: place)
        guard case .refused(let reason) = answer else { return entry.purpose }
        switch reason {
        case .undecodable: note(entry.kind, .undecodable)
        case .unavailable: note(entry.kind, .unavailable)
        }
        return nil
    }

    private mutating func noteStray(_ id: Job.ID, _ kind: Job.Kind) {
        if let late = givenUp.firstIndex(of: id) {
            givenUp.remove(at: late)
            note(kind, .late)
        } else {
            note(kind, id.rawValue > 0 && id.rawValue <= last ? .duplicate : .unknown)
        }
    }

    /// Gives up the jobs whose deadline has passed.
    mutating func giveUp(now: Instant) {
        while let first = entries.first, first.deadline <= now {
            entries.removeFirst()
            note(first.kind, .unanswered)
            if givenUp.count == Self.rememberedLimit { givenUp.removeFirst() }
            givenUp.append(first.id)
        }
    }
}
