import Basics
import Conference
import Topology

/// Draws votes, in about a third of the networks: opened by a chair, ballots of several halls during the faults, some changed, most closed.
struct SwarmVotes {
    private let meetings: [PlannedMeeting]
    private let safety: Interval
    private var dice: Dice
    private(set) var events: [TimedEvent] = []

    init(meetings: [PlannedMeeting], safety: Interval, dice: Dice) {
        self.meetings = meetings
        self.safety = safety
        self.dice = dice
    }

    mutating func draw() {
        guard dice.chance(0.35) else { return }
        for number in 1...dice.int(1...2) { draw(number) }
    }

    private mutating func draw(_ number: Int) {
        let planned = dice.pick(meetings)
        let meeting = planned.file
        let chair = dice.chance(0.8) ? meeting.chairs[0] : dice.pick(meeting.chairs)
        let question = "Vote \(number)"
        let opened = dice.time(planned.startsAt + .seconds(Int64(3)), safety / 2)
        say(opened, .openVote(chair: chair, meeting.id, question))
        for site in meeting.sites where dice.chance(0.7) {
            let cast = dice.time(opened + .milliseconds(200), safety)
            say(cast, .cast(site, meeting.id, ballot(), on: question))
            if dice.chance(0.3) { say(dice.time(cast, safety), .cast(site, meeting.id, ballot(), on: question)) }
        }
        if dice.chance(0.7) { say(dice.time(opened + .seconds(Int64(5)), safety), .closeVote(chair: chair, meeting.id, question)) }
    }

    private mutating func say(_ at: Interval, _ event: Event) { events.append(TimedEvent(at: at, event: event)) }

    /// A hall's heads, or one for all.
    private mutating func ballot() -> Ballot {
        if dice.chance(0.3) { return dice.pick([(1, 0, 0), (0, 1, 0), (0, 0, 1)].map { Ballot(agree: $0, disagree: $1, abstain: $2) }) }
        return Ballot(agree: dice.int(1...80), disagree: dice.int(0...20), abstain: dice.int(0...5))
    }
}
