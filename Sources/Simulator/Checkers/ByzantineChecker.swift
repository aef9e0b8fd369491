import Basics
import Bridge
import Conference

/// B1 to B3: what a lying leaf must not achieve, whatever it says. The other rules hold beside it for all that are honest; of what the liar
/// itself does nothing is asked.
final class ByzantineChecker {
    private let sight: Sight
    private let findings: Findings
    /// By meeting: a chair ended it.
    private var isEnded: Set<Int> = []
    /// By place: lives that lost their memory or could not write it.
    private var hasForgotten: Set<Int> = []
    /// By place: new lives of a node that lost nothing.
    private var bareWords: [Int: Int] = [:]

    init(_ sight: Sight, _ findings: Findings) {
        self.sight = sight
        self.findings = findings
    }

    private var isNeeded: Bool { sight.hasLiars }

    /// A chair's deed ends the meeting.
    func chairEnds(_ m: Int) { isEnded.insert(m) }

    /// The node lost its disk, or its disk took nothing.
    func forgets(_ place: Int) { hasForgotten.insert(place) }

    /// B1 and B2: an honest node's meeting is the one that its people started, and ends by their word.
    func floorChanged(_ change: FloorChange, _ bridge: Bridge?) {
        guard isNeeded, !change.node.hasLied, let floor = change.new, let bridge else { return }
        let meeting = sight.meetings[change.meeting]
        if let view = bridge.view(of: meeting.id), view.definition != meeting.definition {
            findings.violation("B1", sight.now, "\(change.node.name) takes another definition of \(meeting.id) than its people gave")
        }
        if floor.ended || floor.endedAbove, !isEnded.contains(change.meeting) {
            findings.violation("B2", sight.now, "at \(change.node.name) \(meeting.id) has ended, and no chair ended it")
        }
    }

    /// B3: a node begins anew only if its own disk forgot what it was. In the first life of all it cannot know, and takes a bare word
    /// three times.
    func raisedIncarnation(_ node: SimulatedNode) {
        guard isNeeded, !node.hasLied, !hasForgotten.contains(node.place) else { return }
        bareWords[node.place, default: 0] += 1
        guard node.life > 1 || bareWords[node.place, default: 0] > ByzantineChecker.mostBareWords else { return }
        findings.violation("B3", sight.now, "\(node.name) begins a new life, although it lost nothing")
    }
    private static let mostBareWords = 3

    /// B4: what a liar writes leaves room for the others' meetings.
    func end() {
        guard isNeeded else { return }
        let liars = sight.nodes.count { $0.hasLied }
        for node in sight.nodes where !node.hasLied {
            guard let bridge = node.bridge else { continue }
            let count = bridge.runningMeetings.count { meeting in !sight.meetings.contains { $0.id == meeting.definition.id } }
            let limit = liars * Conference.meetingsPerWriter
            guard count > limit else { continue }
            findings.violation("B4", sight.now, "\(node.name) runs \(count) meetings of liars, and \(limit) are allowed")
        }
    }
}
