import Basics
import Bridge
import Conference

// What chairs and halls do with votes; the ledger hears what homes said yes to.
extension World {
    func openVote(_ chair: SiteID, _ meeting: MeetingID, _ question: String) {
        guard perform(.openVote(question), chair, meeting), let home = scenario.network.slot(site: chair),
            let vote = nodes[home].bridge?.view(of: meeting)?.votes.last(where: { $0.question == question && $0.by == chair })
        else { return }
        findings.count("vote opened")
        votes.open(VoteLedger.Vote(id: vote.id, meeting: meeting, question: question, home: home, openedAt: now))
    }

    func closeVote(_ chair: SiteID, _ meeting: MeetingID, _ question: String) {
        guard let vote = votes.vote(question, meeting), perform(.closeVote(vote.id), chair, meeting) else { return }
        votes.close(vote.id, now)
    }

    func cast(_ ballot: Ballot, _ site: SiteID, _ meeting: MeetingID, _ question: String) {
        guard let vote = votes.vote(question, meeting), let home = scenario.network.slot(site: site) else { return }
        guard perform(.cast(ballot, on: vote.id), site, meeting) else { return findings.count("ballot refused") }
        findings.count("ballot accepted")
        votes.take(ballot, VoteLedger.Cast(vote: vote.id, site: site), home: home, now)
    }
}
