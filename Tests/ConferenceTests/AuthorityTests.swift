import Basics
import Membership
import Rights
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

    @Test("a meeting brings in the sites at or below the node that starts it; all others are asked, whoever started it", arguments: ["chair", "operator"])
    func reach(_ role: String) {
        let mesh = Mesh(sevenNodes, seed: 1, policy: .standard)
        mesh.connectAll()
        mesh.run(100)
        func start(_ id: String, at site: String, _ sites: [String]) -> Refusal? {
            mesh.perform(.start(definition(chairs: [site], sites: sites, id: id)), site, id, role: role)
        }
        #expect(start("own", at: "d1", ["d1", "c11", "c12"]) == nil)
        #expect(start("others", at: "d1", ["d1", "c11", "c21"]) == nil)
        #expect(start("above", at: "c11", ["c11", "p"]) == nil)
        mesh.run(1_000)
        for (id, node, sites) in [("own", "c12", ["d1", "c11", "c12"]), ("others", "c21", ["d1", "c11"]), ("above", "p", ["c11"])] {
            #expect(mesh.view(node, id)?.definition.sites.map(\.rawValue) == sites, "\(id)")
        }
        #expect(mesh.hosts[mesh.at("c21")].conference.invitations(of: SiteID("c21")).map(\.meeting.rawValue) == ["others"])
        #expect(mesh.hosts[mesh.at("p")].conference.invitations(of: SiteID("p")).map(\.meeting.rawValue) == ["above"])
        // Its halls accept, and it is a meeting like any other.
        #expect(mesh.perform(.answer(SiteID("c21"), accepts: true), "c21", "others") == nil)
        mesh.run(500)
        for site in ["d1", "c11", "c21"] { #expect(mesh.join(site, "others") == nil) }
        mesh.run(1_500)
        for node in ["d1", "p", "c21"] {
            #expect(mesh.view(node, "others")?.sites.allSatisfy { $0.presence == .present } == true, "\(node)")
        }
        #expect(mesh.perform(.requestFloor(.normal), "c21", "others") == nil)
        mesh.run(500)
        #expect(mesh.view("c11", "others")?.holders.map(\.site) == [SiteID("c21")])
    }

    @Test("a role that may neither bring in nor ask starts nothing, and one that may not ask names its own subtree alone")
    func narrowed() throws {
        var policy = Policy.standard
        var chair = try #require(policy.role("chair"))
        chair.set(.invite, .none)
        policy.set(chair)
        let mesh = Mesh(sevenNodes, seed: 1, policy: policy)
        #expect(mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c21"])), "d1", role: "chair") == .beyondReach)
        #expect(mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11"])), "d1", role: "room") == .notAllowed)
        #expect(mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11"])), "d1", role: "secretary") == .notAllowed)
        #expect(mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11"])), "d1", role: "nobody-knows") == .notAllowed)
        #expect(mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11"])), "d1", role: "chair") == nil)
    }

    @Test("a rogue commune's meeting of all halls brings in none of them, whoever it says started it, and nobody is moved")
    func rogueConvenes() {
        let mesh = meeting(policy: .standard)
        for (n, starter) in ["c22", "p", "d2"].enumerated() {
            let id = "r\(n)"
            let record = MeetingRecord(definition: definition(chairs: ["c22"], id: id), term: stamp(mesh, ahead: 0), startedBy: NodeIndex(of: starter))
            for node in ["p", "d1", "d2", "c11", "c21"] { tell(mesh, node, from: "c22", .meeting(record), key: RecordKey.meeting.text, meeting: id) }
            mesh.run(300)
            for node in ["p", "d1", "d2", "c11", "c21"] {
                #expect(mesh.view(node, id)?.definition.sites.contains(SiteID(node)) == false, "\(starter) at \(node)")
                #expect(mesh.join(node, id) == .notInMeeting)
                // It cannot answer in their place either.
                let yes = AnswerRecord(term: record.term, site: SiteID(node), seat: .zero, accepts: true)
                tell(mesh, "p", from: "c22", .answer(yes), key: "answer/\(node)", meeting: id)
            }
            #expect(mesh.view("p", id)?.definition.sites == [SiteID("c22")])
        }
        #expect(mesh.view("p")?.sites.allSatisfy { $0.presence == .present } == true)
    }

    @Test("what the policy says of answers: all are brought in, those below, or all are asked", arguments: Policy.Accept.allCases)
    func acceptance(_ accept: Policy.Accept) {
        var policy = Policy.standard
        policy.accept = accept
        let mesh = Mesh(sevenNodes, seed: 1, policy: policy)
        mesh.connectAll()
        mesh.perform(.start(definition(chairs: ["d1"], sites: ["d1", "c11", "c21"])), "d1", role: "chair")
        mesh.run(500)
        let expected =
            switch accept {
            case .all: ["d1", "c11", "c21"]
            case .fromAbove: ["d1", "c11"]
            case .ask: ["d1"]
            }
        for node in ["d1", "c11", "c21"] { #expect(mesh.view(node)?.definition.sites.map(\.rawValue) == expected, "\(node)") }
    }

    @Test("one chair runs four meetings, one node sixteen, and what ended makes room")
    func fewMeetings() {
        let mesh = Mesh(sevenNodes, seed: 1, policy: .standard)
        mesh.connectAll()
        mesh.run(100)
        func start(_ id: String, _ chair: String) -> Refusal? {
            mesh.perform(.start(definition(chairs: [chair], sites: ["d1", "c11", "c12"], id: id)), "d1", id, role: "chair")
        }
        for n in 0..<4 { #expect(start("a\(n)", "d1") == nil) }
        #expect(start("a4", "d1") == .tooManyMeetings)
        #expect(mesh.perform(.end, "d1", "a0", role: "chair") == nil)
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
