import Basics
import Membership
import Testing

@testable import Conference

@Suite("Sites come into a running meeting and leave it")
struct SeatTests {
    /// p and everybody below d1 meet (without p where d1 starts it); c21 and c22 below d2 are at home.
    private func part(startedAt: String = "p", chairs: [String] = ["p"], seed: UInt64 = 1) -> Mesh {
        let mesh = Mesh(sevenNodes, seed: seed, policy: .standard)
        mesh.connectAll()
        mesh.run(100)
        let sites = (startedAt == "p" ? ["p"] : []) + ["d1", "c11", "c12"]
        mesh.perform(.start(definition(chairs: chairs, sites: sites)), startedAt)
        mesh.run(500)
        for site in sites { mesh.join(site) }
        mesh.run(1_500)
        return mesh
    }

    private func sites(_ mesh: Mesh, _ node: String) -> [String] { mesh.view(node)?.definition.sites.map(\.rawValue) ?? [] }

    private func tell(_ mesh: Mesh, _ node: String, from writer: String, _ record: ConferenceRecord, key: String) {
        let value = mesh.coder.encode(record)
        mesh.act(mesh.at(node)) {
            $0.recordChanged(
                writer: NodeIndex(of: writer), lane: .floor, scope: MeetingID("m"), key: key, value: value, now: $1, wall: $2, into: &$3)
        }
    }

    @Test("a chair calls a site below its node: it joins, asks and speaks, and nothing of the meeting is lost")
    func added() {
        let mesh = part()
        #expect(mesh.perform(.requestFloor(.normal), "c11") == nil)
        mesh.run(500)
        #expect(mesh.perform(.openVote("Thông qua?"), "p") == nil)
        #expect(mesh.perform(.requestFloor(.normal), "c12") == nil)
        #expect(mesh.perform(.addSite(SiteID("c21")), "p") == nil)
        mesh.run(500)
        for node in ["p", "d1", "c11", "d2", "c21"] { #expect(sites(mesh, node) == ["p", "d1", "c11", "c12", "c21"], "\(node)") }
        #expect(mesh.join("c21") == nil)
        mesh.run(1_000)
        for node in ["p", "c11", "c21"] {
            let view = mesh.view(node)
            #expect(view?.sites.allSatisfy { $0.presence == .present } == true, "\(node)")
            #expect(view?.holders.map(\.site) == [SiteID("c11")])
            #expect(view?.queue.map(\.site) == [SiteID("c12")])
            #expect(view?.votes.count == 1)
        }
        #expect(mesh.perform(.requestFloor(.normal), "c21") == nil)
        mesh.run(500)
        for site in ["c11", "c12"] {
            mesh.perform(.withdraw, site)
            mesh.run(500)
        }
        #expect(mesh.hosts[mesh.at("c21")].open.contains(SiteID("c21")))
        #expect(mesh.perform(.addSite(SiteID("c21")), "p") == .alreadyInMeeting)
        #expect(mesh.perform(.addSite(SiteID("nowhere")), "p") == .unknownSite)
    }

    @Test("a site that is taken out leaves at once, gives the floor up, and may be called again")
    func removed() {
        let mesh = part()
        #expect(mesh.perform(.requestFloor(.normal), "c11") == nil)
        mesh.run(500)
        #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
        #expect(mesh.perform(.removeSite(SiteID("c11")), "p") == nil)
        mesh.run(500)
        #expect(mesh.hosts[mesh.at("c11")].open.isEmpty)
        for node in ["p", "d1", "c11", "c12"] {
            #expect(sites(mesh, node) == ["p", "d1", "c12"], "\(node)")
            #expect(mesh.view(node)?.holders.isEmpty == true)
            #expect(mesh.view(node)?.seats.map(\.state) == [.out])
        }
        #expect(mesh.join("c11") == .notInMeeting)
        #expect(mesh.perform(.requestFloor(.normal), "c11") == .notInMeeting)
        #expect(mesh.attendance.contains { $0.site == SiteID("c11") && $0.left != nil })
        #expect(mesh.perform(.addSite(SiteID("c11")), "p") == nil)
        mesh.run(500)
        #expect(mesh.join("c11") == nil)
        mesh.run(500)
        // Its place is that of the definition, as before.
        #expect(sites(mesh, "d2") == [] && sites(mesh, "p") == ["p", "d1", "c11", "c12"])
        #expect(mesh.view("p")?.sites[2].presence == .present)
    }

    @Test("a speaker whose home is cut off is taken out all the same: the floor is free for others")
    func removedBehindACut() {
        let mesh = part()
        #expect(mesh.perform(.requestFloor(.normal), "c11") == nil)
        mesh.run(500)
        mesh.cut(NodeIndex(of: "c11"))
        #expect(mesh.perform(.removeSite(SiteID("c11")), "p") == nil)
        #expect(mesh.perform(.requestFloor(.normal), "c12") == nil)
        mesh.run(3_000)
        #expect(mesh.view("p")?.holders.map(\.site) == [SiteID("c12")])
        mesh.connect(NodeIndex(of: "c11"))
        mesh.run(2_000)
        #expect(sites(mesh, "c11") == ["p", "d1", "c12"])
        #expect(mesh.hosts[mesh.at("c11")].open.isEmpty)
    }

    @Test("a site beyond the chair's node is asked, and is in only once it accepts; what it declined it may accept later")
    func asked() {
        let mesh = part(startedAt: "d1", chairs: ["d1"])
        #expect(mesh.perform(.addSite(SiteID("c21")), "d1") == nil)
        mesh.run(500)
        for node in ["d1", "p", "c21"] {
            #expect(!sites(mesh, node).contains("c21"), "\(node)")
            #expect(mesh.view(node)?.seats.map(\.state) == [.asked], "\(node)")
        }
        #expect(mesh.hosts[mesh.at("c21")].conference.invitations(of: SiteID("c21")).map(\.by) == [SiteID("d1")])
        #expect(mesh.hosts[mesh.at("c21")].conference.invitations(of: SiteID("c22")).isEmpty)
        #expect(mesh.join("c21") == .notInMeeting)
        #expect(mesh.perform(.answer(SiteID("c21"), accepts: false), "c21") == nil)
        mesh.run(500)
        #expect(mesh.view("d1")?.seats.map(\.state) == [.declined])
        #expect(mesh.hosts[mesh.at("c21")].conference.invitations(of: SiteID("c21")).isEmpty)
        #expect(mesh.perform(.answer(SiteID("c21"), accepts: true), "c21") == nil)
        mesh.run(500)
        #expect(sites(mesh, "d1").last == "c21" && mesh.view("d1")?.seats.isEmpty == true)
        #expect(mesh.join("c21") == nil)
        mesh.run(1_000)
        #expect(mesh.view("c12")?.sites.last?.presence == .present)
        // Nobody else answers for it, and who is not asked has nothing to answer.
        let refusal = mesh.perform(.answer(SiteID("c22"), accepts: true), "c22")
        #expect(refusal == .unknownMeeting || refusal == .notInvited)
        #expect(mesh.perform(.answer(SiteID("c11"), accepts: false), "c11") == .notInvited)
    }

    @Test("an invitation that is taken back, or said anew, needs another answer")
    func askedAnew() {
        let mesh = part(startedAt: "d1", chairs: ["d1"])
        #expect(mesh.perform(.addSite(SiteID("c21")), "d1") == nil)
        mesh.run(500)
        #expect(mesh.perform(.answer(SiteID("c21"), accepts: true), "c21") == nil)
        mesh.run(500)
        #expect(mesh.perform(.removeSite(SiteID("c21")), "d1") == nil)
        mesh.run(500)
        #expect(!sites(mesh, "c21").contains("c21"))
        #expect(mesh.perform(.answer(SiteID("c21"), accepts: true), "c21") == .notInvited)
        #expect(mesh.perform(.addSite(SiteID("c21")), "d1") == nil)
        mesh.run(500)
        #expect(mesh.view("d1")?.seats.map(\.state) == [.asked])
    }

    @Test("chairs of two parts that are cut off from each other both call sites, and after the heal all of them are in")
    func merged() {
        let mesh = Mesh(sevenNodes, seed: 3, policy: .standard)
        mesh.connectAll()
        mesh.run(100)
        mesh.perform(.start(definition(chairs: ["p", "d2"], sites: ["p", "d1", "d2"])), "p")
        mesh.run(500)
        for site in ["p", "d1", "d2"] { mesh.join(site) }
        mesh.run(1_000)
        mesh.cut(NodeIndex(of: "d2"))
        mesh.run(1_000)
        #expect(mesh.perform(.addSite(SiteID("c11")), "p") == nil)
        #expect(mesh.perform(.addSite(SiteID("c21")), "d2") == nil)
        #expect(mesh.perform(.removeSite(SiteID("d1")), "p") == nil)
        mesh.run(1_000)
        #expect(mesh.join("c21") == nil && mesh.join("c11") == nil)
        mesh.connect(NodeIndex(of: "d2"))
        mesh.run(3_000)
        for node in ["p", "d1", "d2", "c11", "c21"] {
            #expect(Set(sites(mesh, node)) == ["p", "d2", "c11", "c21"], "\(node)")
            #expect(mesh.view(node)?.sites.allSatisfy { $0.presence == .present } == true, "\(node)")
        }
    }

    @Test("a chair's node that loses its disk takes no site out of the meeting with it")
    func lostDisk() {
        let mesh = part(chairs: ["d1"])
        #expect(mesh.perform(.addSite(SiteID("d1")), "d1") == .alreadyInMeeting)
        #expect(mesh.perform(.removeSite(SiteID("c12")), "d1") == nil)
        #expect(mesh.perform(.addSite(SiteID("c12")), "d1") == nil)
        #expect(mesh.perform(.removeSite(SiteID("c11")), "d1") == nil)
        mesh.run(500)
        mesh.kill("d1")
        mesh.run(500)
        mesh.revive("d1", forgetting: true)
        mesh.connect(NodeIndex(of: "d1"))
        for child in ["c11", "c12"] { mesh.connect(NodeIndex(of: child)) }
        mesh.run(3_000)
        for node in ["p", "d1", "c11", "c12"] { #expect(sites(mesh, node) == ["p", "d1", "c12"], "\(node)") }
    }

    @Test("nobody but the meeting's chairs and its starter's node calls or dismisses a site, whatever a record says")
    func foreign() throws {
        let mesh = part(chairs: ["p", "c11"])
        let known = mesh.hosts[mesh.at("p")].conference.term(of: MeetingID("m"))
        let term = try #require(known)
        let before = sites(mesh, "p")
        let at = Stamp(milliseconds: mesh.wall.milliseconds, counter: 0)
        for by in ["c22", "p", "c11", "c12"] {
            for (site, word) in [("c22", SeatRecord.Word.wanted), ("c12", .out), ("p", .out)] {
                let record = SeatRecord(term: term, site: SiteID(site), word: word, stamp: at, by: SiteID(by))
                for node in ["p", "d1", "c12"] { tell(mesh, node, from: "c22", .seat(record), key: "seat/\(site)") }
            }
        }
        // Another's answer is nobody's to give.
        tell(mesh, "p", from: "c22", .answer(AnswerRecord(term: term, site: SiteID("c21"), seat: .zero, accepts: true)), key: "answer/c21")
        mesh.run(500)
        for node in ["p", "d1", "c12"] { #expect(sites(mesh, node) == before, "\(node)") }
        #expect(mesh.drops.filter { $0 == .foreign }.count == 4 * 3 * 3 + 1)
        for (action, site) in [(ConferenceAction.addSite(SiteID("c21")), "c12"), (.removeSite(SiteID("c12")), "d1")] {
            #expect(mesh.perform(action, site) == .notAllowed)
        }
        #expect(mesh.perform(.removeSite(SiteID("c11")), "p") == .chairStays)
    }

    @Test("another chair's link used at the crown's node calls nobody")
    func foreignLink() {
        let mesh = part(chairs: ["p", "c11"])
        var refusal: Refusal?
        mesh.act(mesh.at("p")) { conference, now, wall, effects in
            do throws(Refusal) {
                try conference.perform(.addSite(SiteID("c22")), site: SiteID("c11"), meeting: MeetingID("m"), now: now, wall: wall, into: &effects)
            } catch { refusal = error }
        }
        #expect(refusal == .notAllowed)
    }

    @Test("words that come before the definition count when it is there, and those of strangers do not")
    func early() throws {
        let mesh = Mesh(sevenNodes, seed: 1, policy: .standard)
        let term = Stamp(milliseconds: mesh.wall.milliseconds, counter: 0)
        func word(_ site: String, _ by: String) -> ConferenceRecord {
            .seat(SeatRecord(term: term, site: SiteID(site), word: .wanted, stamp: term, by: SiteID(by)))
        }
        tell(mesh, "d2", from: "p", word("c21", "p"), key: "seat/c21")
        tell(mesh, "d2", from: "c22", word("c22", "p"), key: "seat/c22")
        for n in 0..<100 { tell(mesh, "d2", from: "c22", word("x\(n)", "c22"), key: "seat/x\(n)") }
        let record = MeetingRecord(definition: definition(chairs: ["p"], sites: ["p", "d2"]), term: term, startedBy: NodeIndex(of: "p"))
        tell(mesh, "d2", from: "p", .meeting(record), key: "meeting")
        #expect(sites(mesh, "d2") == ["p", "d2", "c21"])
        #expect(mesh.drops.filter { $0 == .tooManyRecords }.count == 101 - Tables.earlySeatLimit)
    }
}
