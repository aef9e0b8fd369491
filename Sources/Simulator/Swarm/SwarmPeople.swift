import Basics
import Conference
import Topology

/// Draws meetings on overlapping parts of the tree, and what people and chairs do in them.
struct SwarmPeople {
    private let network: Network
    private let safety: Interval
    private let end: Interval
    private var dice: Dice
    private(set) var meetings: [PlannedMeeting] = []
    private(set) var events: [TimedEvent] = []

    init(network: Network, safety: Interval, liveness: Interval, dice: Dice) {
        self.network = network
        self.safety = safety
        end = safety + liveness
        self.dice = dice
    }

    mutating func draw() {
        for number in 1...dice.pick([2, 2, 2, 3]) {
            let planned = drawMeeting(number)
            meetings.append(planned)
            drawAttendance(planned)
            drawSpeaking(planned)
            drawChairs(planned)
        }
    }

    private mutating func say(_ at: Interval, _ event: Event) {
        if at <= end { events.append(TimedEvent(at: at, event: event)) }
    }

    // MARK: Meetings

    private mutating func drawMeeting(_ number: Int) -> PlannedMeeting {
        // The first may span the tree; the others take a part of it that overlaps by being below.
        let tops = network.nodes.indices.filter { sites(below: $0).count >= 2 }
        let top = number == 1 && dice.chance(0.6) ? 0 : tops.isEmpty ? 0 : dice.pick(tops)
        var chosen = sites(below: top)
        let share = dice.pick([0.5, 0.8, 1])
        if chosen.count > 3 { chosen = chosen.filter { _ in dice.chance(share) } }
        if chosen.count < 2 { chosen = Array(sites(below: 0).prefix(3)) }
        let kind = dice.pick([MeetingFile.Kind.discussion, .discussion, .discussion, .briefing, .training, .resolutionStudy])
        let canShare = kind == .discussion || kind == .training
        let floor = canShare ? dice.pick([1, 1, 2, 3]) : 1
        // The uppermost hall mostly has the chair, and a deputy stands elsewhere.
        let first = dice.chance(0.7) ? chosen[0] : dice.pick(chosen)
        let others = chosen.filter { $0 != first }
        let chairs = [first] + (dice.chance(0.4) && !others.isEmpty ? [dice.pick(others)] : [])
        return PlannedMeeting(
            file: MeetingFile(
                id: MeetingID("m\(number)"), title: "Meeting \(number)", kind: kind, chairs: chairs, sites: chosen,
                codec: dice.chance(0.8) ? .vp8 : .h264, openMicrophones: max(floor, dice.int(1...4)), floorSize: floor),
            startsAt: dice.time(.milliseconds(200), .seconds(Int64(2))))
    }

    private func sites(below slot: Int) -> [SiteID] { network.tree.subtree(slot).flatMap { network.nodes[$0].rooms.map(\.id) } }

    // MARK: Attendance

    private mutating func drawAttendance(_ planned: PlannedMeeting) {
        let meeting = planned.file
        let spread = dice.time(.milliseconds(200), .seconds(Int64(5)))
        for site in meeting.sites {
            if !meeting.chairs.contains(site), dice.chance(0.05) { continue }
            let at = planned.startsAt + dice.time(.milliseconds(50), spread)
            say(at, .join(site, meeting.id))
            guard dice.chance(0.12) else { continue }
            let leaves = dice.time(at + .seconds(Int64(2)), safety)
            say(leaves, .leave(site, meeting.id))
            if dice.chance(0.7) { say(leaves + dice.logTime(.milliseconds(300), .seconds(Int64(10))), .join(site, meeting.id)) }
        }
    }

    // MARK: Speaking

    private mutating func drawSpeaking(_ planned: PlannedMeeting) {
        let meeting = planned.file
        let begins = planned.startsAt + .seconds(Int64(2))
        if let chair = meeting.chairs.first {
            say(begins, .talk(chair, meeting.id, true))
            say(begins + dice.time(.seconds(Int64(2)), .seconds(Int64(12))), .talk(chair, meeting.id, false))
        }
        let gap = dice.pick([Int64(2), 4, 8])
        var at = begins
        while true {
            at = at + dice.time(.milliseconds(200), .seconds(gap * 2))
            guard at < end - .seconds(Int64(2)) else { break }
            let site = dice.pick(meeting.sites)
            let length = dice.logTime(.milliseconds(500), .seconds(Int64(15)))
            say(at, .request(site, meeting.id, dice.pick([.normal, .normal, .normal, .low, .high])))
            say(at + dice.time(.zero, .seconds(Int64(1))), .talk(site, meeting.id, true))
            say(at + length, .talk(site, meeting.id, false))
            // Whoever has spoken gives the floor back, or is asked to, or forgets it.
            if dice.chance(0.8) { say(at + length + dice.time(.zero, .milliseconds(500)), .withdraw(site, meeting.id)) }
            if dice.chance(0.1) {
                say(at + length / 2, .mute(site, meeting.id, true))
                say(at + length / 2 + dice.time(.milliseconds(100), .seconds(Int64(3))), .mute(site, meeting.id, false))
            }
        }
    }

    // MARK: Chairs

    private mutating func drawChairs(_ planned: PlannedMeeting) {
        let meeting = planned.file
        let gap = dice.pick([Int64(3), 6, 12])
        var at = planned.startsAt + .seconds(Int64(3))
        while true {
            at = at + dice.time(.milliseconds(300), .seconds(gap * 2))
            guard at < end - .seconds(Int64(2)) else { break }
            let chair = dice.chance(0.8) ? meeting.chairs[0] : dice.pick(meeting.chairs)
            let site = dice.pick(meeting.sites)
            switch dice.int(0...9) {
            case 0...5:
                say(at, .give(chair: chair, meeting.id, to: site))
                say(at + .milliseconds(300), .talk(site, meeting.id, true))
                let length = dice.logTime(.seconds(Int64(1)), .seconds(Int64(10)))
                say(at + length, .talk(site, meeting.id, false))
                if dice.chance(0.5) {
                    say(at + length, .revoke(chair: chair, meeting.id, from: site))
                } else {
                    say(at + length, .withdraw(site, meeting.id))
                }
            case 6...8: say(at, .revoke(chair: chair, meeting.id, from: site))
            default: say(at, .muteAll(chair: chair, meeting.id))
            }
        }
        drawParting(planned)
    }

    /// A part that goes on by itself and comes back, and now and then an early end.
    private mutating func drawParting(_ planned: PlannedMeeting) {
        let meeting = planned.file
        let slots = Set(meeting.sites.compactMap { network.slot(site: $0) })
        let inner = network.nodes.indices.filter { slot in slot > 0 && slots.contains { network.tree.subtree(slot).contains($0) } }
        if dice.chance(0.25), !inner.isEmpty {
            let node = network.nodes[dice.pick(inner)].index
            let at = dice.time(planned.startsAt + .seconds(Int64(4)), safety - .seconds(Int64(8)))
            say(at, .breakAway(node, meeting.id))
            if dice.chance(0.8) { say(at + dice.logTime(.seconds(Int64(1)), .seconds(Int64(15))), .rejoin(node, meeting.id)) }
        }
        if dice.chance(0.1) {
            say(dice.time(safety / 2, safety), .end(chair: meeting.chairs[0], meeting.id))
        }
    }
}
