import Basics
import Conference
import Native
import RTP
import Testing

@testable import Bridge

@Suite("Jobs that leave as effects and return as inputs")
struct JobTests {
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]

    private func at(_ ms: Int64) -> Instant { .zero + .milliseconds(ms) }
    private func purpose(_ site: String) -> Jobs.Purpose { .still(SiteID(site), Lab.meeting, taken: .zero) }
    private let work = Job.Work.still(codec: .vp8, frame: [1])

    /// A table of jobs whose calls may stand inside an expectation.
    private final class Table {
        private(set) var jobs = Jobs()
        func begin(_ work: Job.Work, for purpose: Jobs.Purpose, now: Instant) -> Job? { jobs.begin(work, for: purpose, now: now) }
        func finish(_ id: Job.ID, _ answer: Job.Answer, now: Instant) -> Jobs.Purpose? { jobs.finish(id, answer, now: now) }
        func giveUp(now: Instant) { jobs.giveUp(now: now) }
        func underWay(_ kind: Job.Kind) -> Int { jobs.underWay(kind) }
        func count(_ kind: Job.Kind, _ outcome: JobOutcome) -> UInt64 { jobs.count(kind, outcome) }
        var deadline: Instant? { jobs.deadline }
    }

    // MARK: The table alone

    @Test("an answer in time is handed its purpose once; a second one, a late one and a stranger's are counted")
    func answers() throws {
        let jobs = Table()
        let first = try #require(jobs.begin(work, for: purpose("a"), now: at(0)))
        let second = try #require(jobs.begin(work, for: purpose("b"), now: at(100)))
        #expect(jobs.deadline == first.deadline && jobs.underWay(.still) == 2)
        let found = jobs.finish(first.id, .still(Self.jpeg), now: at(200))
        #expect(found == purpose("a"))
        #expect(jobs.finish(first.id, .still(Self.jpeg), now: at(201)) == nil)
        #expect(jobs.finish(Job.ID(rawValue: 99), .still(Self.jpeg), now: at(202)) == nil)
        #expect(jobs.finish(Job.ID(rawValue: 0), .still(Self.jpeg), now: at(203)) == nil)
        // The answer comes at its deadline, and no wake came before it.
        #expect(jobs.finish(second.id, .still(Self.jpeg), now: second.deadline) == nil)
        #expect(jobs.finish(second.id, .still(Self.jpeg), now: second.deadline) == nil)
        #expect(jobs.deadline == nil && jobs.underWay(.still) == 0)
        let counts = JobOutcome.allCases.map { jobs.count(.still, $0) }
        let wanted: [JobOutcome: UInt64] = [.duplicate: 2, .unknown: 2, .unanswered: 1, .late: 1]
        #expect(counts == JobOutcome.allCases.map { wanted[$0] ?? 0 })
    }

    @Test("no more jobs of a kind are under way than may be, and a refusal makes room")
    func limit() {
        let jobs = Table()
        let begun = (0..<Job.Kind.still.limit).compactMap { jobs.begin(work, for: purpose("\($0)"), now: at(0)) }
        #expect(begun.count == Job.Kind.still.limit)
        #expect(jobs.begin(work, for: purpose("x"), now: at(0)) == nil && jobs.count(.still, .tooMany) == 1)
        #expect(jobs.finish(begun[3].id, .refused(.undecodable), now: at(1)) == nil)
        #expect(jobs.finish(begun[4].id, .refused(.unavailable), now: at(1)) == nil)
        #expect(jobs.count(.still, .undecodable) == 1 && jobs.count(.still, .unavailable) == 1)
        #expect(jobs.begin(work, for: purpose("x"), now: at(1)) != nil)
        // Jobs that nobody ever answers leave nothing behind but a count.
        for round in 1...100 {
            jobs.giveUp(now: at(Int64(round) * 10_000))
            #expect(jobs.underWay(.still) == 0)
            for i in 0..<Job.Kind.still.limit { _ = jobs.begin(work, for: purpose("\(i)"), now: at(Int64(round) * 10_000)) }
        }
    }

    @Test("a still is kept for each hall, the newest one; beyond the limit the oldest gives way; what is no JPEG is not kept")
    func stills() {
        var stills = Stills()
        func still(_ site: Int, _ ms: Int64, _ jpeg: [UInt8] = Self.jpeg) -> Still {
            Still(site: SiteID("s\(site)"), meeting: Lab.meeting, taken: at(ms), jpeg: jpeg)
        }
        for site in (0..<Stills.limit).reversed() {
            let isKept = stills.keep(still(site, Int64(site)))
            #expect(isKept)
        }
        #expect(stills.list.count == Stills.limit && stills.list.map(\.site) == stills.list.map(\.site).sorted())
        let isRenewed = stills.keep(still(0, 9_000))
        #expect(isRenewed && stills.list.count == Stills.limit && stills[SiteID("s0")]?.taken == at(9_000))
        let isAdded = stills.keep(still(9_999, 9_001))
        #expect(isAdded && stills.list.count == Stills.limit && stills[SiteID("s1")] == nil && stills[SiteID("s9999")] != nil)
        for bad: [UInt8] in [[], [0xFF], [1, 2, 3], Self.jpeg + [UInt8](repeating: 0, count: Stills.largest)] {
            let isKept = stills.keep(still(2, 9_002, bad))
            #expect(!isKept && stills[SiteID("s2")]?.taken == at(2))
        }
    }

    // MARK: In a node

    /// The jobs that a hall's key frames led to at its node, and whether the stills changed.
    private func watch(_ lab: Lab, _ duration: Interval, each: (() throws -> Void)? = nil) rethrows -> [Job] {
        lab.jobs = []
        try lab.run(duration, each: each)
        return lab.jobs.filter { $0.slot == lab.network.slot(id: "yen-mo") }.map(\.job)
    }

    private func outcome(_ lab: Lab, _ outcome: JobOutcome) -> UInt64 {
        lab.snapshot("yen-mo").jobs.first { $0.kind == .still }?.outcomes.first { $0.outcome == outcome }?.count ?? 0
    }

    @Test("a hall's key frame leaves as a job, its JPEG is kept with meeting and time, and is forgotten with the meeting")
    func still() throws {
        let lab = try Lab()
        try lab.begin()
        let page = try lab.join("yen-mo")
        lab.run(.seconds(Int64(1)))
        let node = lab["yen-mo"]
        let site = SiteID("yen-mo")
        page.sendFrame(key: true)
        let job = try #require(watch(lab, .milliseconds(20)).first)
        guard case .still(.vp8, let frame) = job.work else { return #expect(Bool(false), "\(job)") }
        #expect(frame.count > 1_800)
        #expect(node.stills[site] == nil && lab.snapshot("yen-mo").jobs.first?.underWay == 1)
        let taken = lab.now
        lab.run(.milliseconds(500))
        node.finished(job: job.id, .still(Self.jpeg), now: lab.now)
        let still = try #require(node.stills[site])
        #expect(still.meeting == Lab.meeting && still.jpeg == Self.jpeg && taken - still.taken <= .milliseconds(20))
        #expect(node.takeEffects().contains { if case .stillsChanged = $0 { true } else { false } })
        // A second answer changes nothing.
        node.finished(job: job.id, .still(Self.jpeg + [9]), now: lab.now)
        #expect(node.stills[site]?.jpeg == Self.jpeg && outcome(lab, .duplicate) == 1 && outcome(lab, .done) == 1)
        let age = try #require(lab.snapshot("yen-mo").stills.first?.age)
        #expect(age >= .milliseconds(480) && age < .seconds(Int64(1)))

        // The next one is under way when the meeting ends: its answer is too late.
        lab.run(Publication.stillPause)
        page.sendFrame(key: true)
        let next = try #require(watch(lab, .milliseconds(20)).first)
        try lab.act("ninh-binh", .end)
        lab.run(.seconds(Int64(1)))
        #expect(node.stills[site] == nil)
        node.finished(job: next.id, .still(Self.jpeg), now: lab.now)
        #expect(node.stills[site] == nil && outcome(lab, .outdated) == 1)
    }

    @Test("a job that nobody answers is given up at its deadline, and the hall's next key frame makes another")
    func silence() throws {
        let lab = try Lab()
        try lab.begin()
        let page = try lab.join("yen-mo")
        lab.run(.seconds(Int64(1)))
        page.sendFrame(key: true)
        let job = try #require(watch(lab, .milliseconds(20)).first)
        // Key frames follow each other: none makes a second job meanwhile.
        let more = watch(lab, Job.Kind.still.patience) { page.sendFrame(key: true) }
        #expect(more.isEmpty && outcome(lab, .unanswered) == 1)
        let next = watch(lab, Publication.stillPause) { page.sendFrame(key: true) }
        #expect(next.count == 1)
        lab["yen-mo"].finished(job: job.id, .still(Self.jpeg), now: lab.now)
        #expect(lab["yen-mo"].stills[SiteID("yen-mo")] == nil && outcome(lab, .late) == 1)
    }
}
