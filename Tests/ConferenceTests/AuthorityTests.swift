import Basics
import Membership
import Testing

@testable import Conference

@Suite("Who may start, change and end a meeting")
struct AuthorityTests {
    /// Hands a node the record of another one, as gossip would.
    private func tell(_ mesh: Mesh, _ node: String, from writer: String, _ record: ConferenceRecord, key: String, meeting: String = "m") {
        let value = mesh.coder.encode(record)
        mesh.act(mesh.at(node)) {
            $0.recordChanged(
                writer: NodeIndex(of: writer), lane: .floor, scope: MeetingID(meeting), key: key, value: value, now: $1, wall: $2, into: &$3)
        }
    }

    private func stamp(_ mesh: Mesh, ahead: Int64 = 1_000) -> Stamp { Stamp(milliseconds: mesh.wall.milliseconds + ahead, counter: 0) }

    static let verbs: [CommandRecord.Verb] = [.give, .revoke, .muteAll, .end, .goOn]

    @Test(
        "a site of another node commands nothing at a node that it does not belong to, whatever its link says",
        arguments: [
            ConferenceAction.end, .goOn, .muteAll, .give(SiteID("c21")), .revoke(SiteID("c21")), .breakAway, .rejoin, .openVote("Nhất trí?"),
        ])
    func foreignChair(_ action: ConferenceAction) {
        // c22 is no chair of the meeting; its link is used at the crown's node, at the starter's and at a chair's.
        let mesh = meeting(definition(chairs: ["p", "c11"]))
        for node in ["p", "c11", "d1"] {
            var refusal: Refusal?
            mesh.act(mesh.at(node)) { conference, now, wall, effects in
                do throws(Refusal) {
                    try conference.perform(action, site: SiteID("c22"), meeting: MeetingID("m"), now: now, wall: wall, into: &effects)
                } catch { refusal = error }
            }
            #expect(refusal != nil, "\(action) at \(node)")
        }
        mesh.run(500)
        #expect(mesh.view("p")?.ended == false)
        #expect(mesh.audit.allSatisfy { $0.row.event != .mutedAll && $0.row.event != .ended })
    }

    @Test("a command in the name of a site that is not its writer's is not carried out", arguments: verbs)
    func forgedCommand(_ verb: CommandRecord.Verb) throws {
        let mesh = meeting(definition(chairs: ["p", "c11"]))
        let known = mesh.hosts[mesh.at("p")].conference.term(of: MeetingID("m"))
        let term = try #require(known)
        for by in ["p", "c11", "c22"] {
            let at = stamp(mesh, ahead: 0)
            let record = CommandRecord(term: term, stamp: at, by: SiteID(by), verb: verb, target: SiteID("c21"), epoch: 1)
            tell(mesh, "p", from: "c22", .command(record), key: RecordKey.command(at).text)
        }
        mesh.run(500)
        #expect(mesh.view("p")?.ended == false)
        #expect(mesh.audit.allSatisfy { $0.row.event != .mutedAll && $0.row.event != .ended && $0.row.event != .invited })
    }

    @Test("a declared chair ends the meeting, a site of the starter's node and one of the crown's node too")
    func rightfulEnd() {
        for (by, chairs, startedAt) in [("c11", ["p", "c11"], "p"), ("c22", ["c11"], "c22"), ("p", ["c11"], "c11")] {
            let mesh = meeting(definition(chairs: chairs), startedAt: startedAt)
            #expect(mesh.perform(.end, by) == nil, "\(by)")
            mesh.run(1_000)
            #expect(mesh.view("p")?.ended == true, "\(by)")
        }
    }

    @Test("a commune's newer definition of a running meeting is not taken, by whomever it says it was started")
    func takenOver() throws {
        let mesh = meeting()
        let before = mesh.view("p")?.definition
        for starter in ["c22", "p", "d2"] {
            let forged = MeetingRecord(
                definition: definition(chairs: ["c22"]), term: stamp(mesh), startedBy: NodeIndex(of: starter))
            for node in ["p", "d2", "c11"] { tell(mesh, node, from: "c22", .meeting(forged), key: RecordKey.meeting.text) }
        }
        mesh.run(500)
        for node in ["p", "d2", "c11"] { #expect(mesh.view(node)?.definition == before, "\(node)") }
        #expect(mesh.drops.filter { $0 == .foreign }.count >= 6)
        // Its starter, a home of its chair and a node above may.
        let rightful = MeetingRecord(definition: definition(chairs: ["p", "c11"]), term: stamp(mesh), startedBy: NodeIndex(of: "p"))
        tell(mesh, "c11", from: "p", .meeting(rightful), key: RecordKey.meeting.text)
        #expect(mesh.view("c11")?.definition.chairs.count == 2)
    }

    @Test("an ended meeting is started anew by anybody")
    func startedAnew() {
        let mesh = meeting()
        #expect(mesh.perform(.end, "p") == nil)
        mesh.run(1_000)
        #expect(mesh.perform(.start(definition(chairs: ["c11"])), "c11") == nil)
        mesh.run(1_000)
        for node in ["p", "c11", "c22"] {
            #expect(mesh.view(node)?.ended == false)
            #expect(mesh.view(node)?.definition.chairs == [SiteID("c11")])
        }
    }

    @Test("a term more than a minute ahead replaces no definition, and one of the far future names no meeting")
    func fromTheFuture() throws {
        let mesh = meeting()
        func term(_ id: String) -> Stamp? { mesh.hosts[mesh.at("c11")].conference.term(of: MeetingID(id)) }
        let first = term("m")
        func show(_ id: String, _ milliseconds: Int64) {
            let record = MeetingRecord(
                definition: definition(chairs: ["p"], id: id), term: Stamp(milliseconds: milliseconds, counter: 0), startedBy: NodeIndex(of: "p"))
            tell(mesh, "c11", from: "p", .meeting(record), key: RecordKey.meeting.text, meeting: id)
        }
        show("m", mesh.wall.milliseconds + 61_000)
        #expect(term("m") == first)
        show("m", mesh.wall.milliseconds + 59_000)
        #expect(term("m") != first)
        show("tomorrow", mesh.wall.milliseconds + 25 * 3_600_000)
        show("never", .max - 1)
        #expect(term("tomorrow") == nil && term("never") == nil)
        show("soon", mesh.wall.milliseconds + 3_600_000)
        #expect(term("soon") != nil)
        #expect(mesh.drops.filter { $0 == .fromTheFuture }.count == 3)
    }

    @Test("a chair convenes the sites at or below its own node, and no others")
    func reach() {
        let mesh = Mesh(sevenNodes, seed: 1)
        mesh.connectAll()
        mesh.run(100)
        #expect(mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11", "c12"], id: "own")), "d1", convenesAll: false) == nil)
        #expect(
            mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11", "c21"], id: "others")), "d1", convenesAll: false) == .beyondReach)
        #expect(mesh.perform(.start(definition(chairs: ["c11"], sites: ["c11", "p"], id: "above")), "c11", convenesAll: false) == .beyondReach)
        #expect(mesh.perform(.start(definition(chairs: ["c11"], id: "all")), "c11", convenesAll: true) == nil, "an operator may")
    }

    @Test("one chair runs four meetings, one node sixteen, and what ended makes room")
    func fewMeetings() {
        let mesh = Mesh(sevenNodes, seed: 1)
        mesh.connectAll()
        mesh.run(100)
        func start(_ id: String, _ chair: String) -> Refusal? {
            mesh.perform(.start(definition(chairs: [chair], sites: ["d1", "c11", "c12"], id: id)), "d1", id, convenesAll: chair != "d1")
        }
        for n in 0..<4 { #expect(start("a\(n)", "d1") == nil) }
        #expect(start("a4", "d1") == .tooManyMeetings)
        #expect(mesh.perform(.end, "d1", "a0") == nil)
        #expect(start("a4", "d1") == nil)
    }

    @Test("a node that starts meetings without end fills no other node's table, and the nodes above it still start theirs")
    func tableIsShared() {
        let mesh = meeting()
        for n in 0..<400 {
            let id = "x\(n)"
            let record = MeetingRecord(definition: definition(chairs: ["c22"], id: id), term: stamp(mesh, ahead: 0), startedBy: NodeIndex(of: "c22"))
            for node in ["d2", "c21", "p"] { tell(mesh, node, from: "c22", .meeting(record), key: RecordKey.meeting.text, meeting: id) }
        }
        mesh.run(1_000)
        for node in ["p", "d2", "c21"] {
            let running = mesh.hosts[mesh.at(node)].conference.meetingIDs.filter { $0 != MeetingID("m") }.count
            #expect(running <= Conference.meetingLimit)
            #expect(mesh.view(node)?.ended == false, "the province's meeting goes on at \(node)")
        }
        #expect(mesh.drops.filter { $0 == .tooManyMeetings }.count >= 3 * (400 - Conference.meetingsPerStarter))
        #expect(mesh.perform(.start(definition(id: "moi")), "p") == nil)
        mesh.run(1_000)
        for node in ["d1", "d2", "c11", "c21"] { #expect(mesh.view(node, "moi") != nil, "\(node)") }
    }
}
