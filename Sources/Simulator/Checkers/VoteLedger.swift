import Basics
import Bridge
import Conference

/// V1: every ballot that a home accepted stands once, with its last value, in every tally, whatever was cut meanwhile. Kept outside the
/// nodes: what homes said yes to, and at the end what each node counts.
final class VoteLedger {
    struct Vote {
        var id: VoteID
        var meeting: MeetingID
        var question: String
        var home: Int
        var openedAt: Instant
        var closedAt: Instant?
    }
    struct Cast: Hashable {
        var vote: VoteID
        var site: SiteID
    }
    struct Accepted {
        var home: Int
        var ballot: Ballot
        var at: Instant
        /// A home that lost its disk is not asked for what it accepted before.
        var isOwed = true
    }
    private let sight: Sight
    private let findings: Findings
    private(set) var votes: [Vote] = []
    /// In the order in which they were cast first.
    private(set) var casts: [Cast] = []
    /// In the order in which the home accepted them.
    private(set) var accepted: [Cast: [Accepted]] = [:]
    /// Of the measures: ballots that some node does not count as it should, and those that all do.
    private(set) var lost = 0
    private(set) var counted = 0

    init(_ sight: Sight, _ findings: Findings) {
        self.sight = sight
        self.findings = findings
    }

    func vote(_ question: String, _ meeting: MeetingID) -> Vote? { votes.last { $0.question == question && $0.meeting == meeting } }

    /// A home opened a vote.
    func open(_ vote: Vote) { votes.append(vote) }
    /// A home closed a vote.
    func close(_ id: VoteID, _ now: Instant) { if let v = votes.firstIndex(where: { $0.id == id }) { votes[v].closedAt = now } }

    /// A home accepted a ballot.
    func take(_ ballot: Ballot, _ cast: Cast, home: Int, _ now: Instant) {
        if accepted[cast] == nil { casts.append(cast) }
        accepted[cast, default: []].append(Accepted(home: home, ballot: ballot, at: now))
    }

    /// What its disk does not have is nobody's fault: there the value before stands.
    func crashed(_ node: SimulatedNode, losesMemory: Bool, _ coder: any RecordCoder) {
        let kept = losesMemory ? [] : node.disk.records.filter { $0.lane == .bulk }.compactMap { coder.decodeRecord($0.value) }
        for v in votes.indices.reversed() where votes[v].home == node.place {
            let id = votes[v].id
            let record = kept.lazy.compactMap { if case .vote(let vote) = $0, vote.id == id { vote } else { nil } }.first
            if let record { if record.closed == nil { votes[v].closedAt = nil } } else { votes.remove(at: v) }
        }
        for cast in casts where accepted[cast]?.last?.home == node.place {
            let ballot = kept.lazy.compactMap { if case .ballot(let b) = $0, b.vote == cast.vote, b.site == cast.site { b.ballot } else { nil } }.first
            guard var entries = accepted[cast], let last = entries.last else { continue }
            if let ballot {
                if ballot != last.ballot { entries.append(Accepted(home: last.home, ballot: ballot, at: last.at)) }
            } else {
                for i in entries.indices { entries[i].isOwed = false }
            }
            accepted[cast] = entries
        }
    }

    /// At the end, in the core: every node that runs a meeting has its votes, each home's last ballot on them once, and in the sums no more.
    func check(before: Instant) {
        let (now, nodes, core) = (sight.now, sight.nodes, sight.core)
        var missing: Set<Cast> = []
        var owed: Set<Cast> = []
        var said = 0
        func violation(_ text: String) {
            said += 1
            if said <= 8 { findings.violation("V1", now, text) }
        }
        for vote in votes where vote.openedAt <= before {
            guard let m = sight.meetings.firstIndex(where: { $0.id == vote.meeting }) else { continue }
            func runs(_ place: Int) -> Bool { core[place] && nodes[place].isAlive && nodes[place].floors[m]?.runs == true }
            guard runs(vote.home) else { continue }
            let casts = self.casts.filter { $0.vote == vote.id }
            for node in nodes where runs(node.place) {
                guard let bridge = node.bridge, let view = bridge.view(of: vote.meeting)?.votes.first(where: { $0.id == vote.id }) else {
                    violation("\(vote.meeting): \(node.name) does not know of the vote '\(vote.question)'")
                    missing.formUnion(casts)
                    continue
                }
                if let closed = vote.closedAt, closed <= before, view.closed == nil {
                    violation("\(vote.meeting): to \(node.name) the vote '\(vote.question)' is still open")
                }
                let ballots = bridge.ballots(vote.meeting, on: vote.id)
                for cast in casts {
                    guard let entries = accepted[cast], let last = entries.last, last.isOwed, last.at <= before, runs(last.home) else { continue }
                    owed.insert(cast)
                    let here = ballots.filter { $0.site == cast.site }.map(\.ballot)
                    guard here != [last.ballot] else { continue }
                    missing.insert(cast)
                    violation("\(vote.meeting): \(node.name) counts \(words(here)) of \(cast.site), whose home has \(words([last.ballot]))")
                }
                for ballot in ballots where sight.network.slot(site: ballot.site).map({ nodes[$0].hasLied }) != true {
                    let known = accepted[Cast(vote: vote.id, site: ballot.site)] ?? []
                    guard !known.contains(where: { $0.ballot == ballot.ballot }) else { continue }
                    violation("\(vote.meeting): \(node.name) counts \(words([ballot.ballot])) of \(ballot.site), which its home never accepted")
                }
                let sums = ballots.reduce(into: Ballot(agree: 0, disagree: 0, abstain: 0)) { sum, one in
                    sum.agree += one.ballot.agree
                    sum.disagree += one.ballot.disagree
                    sum.abstain += one.ballot.abstain
                }
                let tally = Ballot(agree: view.agree, disagree: view.disagree, abstain: view.abstain)
                guard sums == tally, view.voted == ballots.count else {
                    violation("\(vote.meeting): \(node.name) says \(words([tally])) of ballots that make \(words([sums]))")
                    continue
                }
            }
        }
        lost = missing.count
        counted = owed.subtracting(missing).count
    }

    private func words(_ ballots: [Ballot]) -> String {
        ballots.isEmpty ? "nothing" : ballots.map { "\($0.agree)/\($0.disagree)/\($0.abstain)" }.joined(separator: " and ")
    }
}
