import Basics
import Conference
import Rights
import Testing

let sevenNodes: [(id: String, parent: String?)] = [
    ("p", nil), ("d1", "p"), ("d2", "p"), ("c11", "d1"), ("c12", "d1"), ("c21", "d2"), ("c22", "d2"),
]
let nineteenNodes: [(id: String, parent: String?)] = [("nb", nil), ("ym", "nb")] + (1...17).map { ("x\($0)", "ym") }

func definition(
    _ kind: MeetingKind = .discussion, chairs: [String] = ["p"], sites: [String] = ["p", "c11", "c12", "c21", "c22"],
    floorSize: Int = 1, id: String = "m"
) -> MeetingDefinition {
    MeetingDefinition(
        id: MeetingID(id), title: "Họp giao ban", kind: kind, chairs: chairs.map { SiteID($0) },
        sites: sites.map { SiteID($0) }, floorSize: floorSize)
}

/// Seven nodes, the meeting started by its chair and every site in it.
func meeting(
    _ definition: MeetingDefinition = definition(), seed: UInt64 = 1, startedAt: String? = nil,
    backups: [(node: String, uplink: String)] = [], rules: Rules = .all, policy: Policy = .acceptingAll
) -> Mesh {
    let mesh = Mesh(sevenNodes, seed: seed, backups: backups, rules: rules, policy: policy)
    mesh.connectAll()
    mesh.run(100)
    #expect(mesh.perform(.start(definition), startedAt ?? definition.chairs[0].rawValue) == nil)
    mesh.run(200)
    for site in definition.sites { #expect(mesh.join(site.rawValue) == nil) }
    mesh.run(300)
    return mesh
}

@Suite struct ConferenceTests {
    @Test("a started meeting is known to every node, and its crown stands at the top")
    func start() throws {
        for startedAt in ["p", "c22"] {
            let mesh = meeting(definition(chairs: [startedAt]), startedAt: startedAt)
            for node in sevenNodes {
                let view = try #require(mesh.view(node.id))
                #expect(view.definition.title == "Họp giao ban")
                #expect(view.sites.allSatisfy { $0.presence == .present })
                #expect(view.crown == (node.id == "p"))
                #expect(view.actingChair == SiteID(startedAt))
                #expect(view.speaker == SiteID(startedAt))
                #expect(view.cutOff == nil)
            }
            #expect(mesh.hosts[mesh.at("d1")].conference.attachedNeighbours(MeetingID("m")).count == 3)
            #expect(mesh.hosts[mesh.at(startedAt)].open == [SiteID(startedAt)])
            #expect(mesh.attendance.count == 5)
        }
    }

    @Test("a meeting of one district stays in it")
    func scopes() {
        let mesh = meeting(definition(chairs: ["c11"], sites: ["c11", "c12"]), startedAt: "c11")
        #expect(mesh.view("d1")?.crown == true)
        #expect(mesh.view("c12") != nil)
        for node in ["p", "d2", "c21"] { #expect(mesh.view(node) == nil) }
    }

    @Test("two communes ask at once: one is granted, the other is second and follows within 250 ms of the release")
    func twoAsk() throws {
        for seed in UInt64(1)...6 {
            let mesh = meeting(seed: seed)
            #expect(mesh.perform(.requestFloor(.normal), "c11") == nil)
            #expect(mesh.perform(.requestFloor(.normal), "c22") == nil)
            mesh.run(250)
            let first = try #require(mesh.view("p")?.holders.first?.site)
            let second = first == SiteID("c11") ? SiteID("c22") : SiteID("c11")
            for node in sevenNodes {
                let view = try #require(mesh.view(node.id))
                #expect(view.holders.map(\.site) == [first])
                #expect(view.queue.map(\.site) == [second])
                #expect(view.queue.map(\.status) == [.accepted])
                #expect(view.speaker == first)
                #expect(view.previousSpeaker == SiteID("p"))
            }
            // The lease lasts as long as the holder renews it.
            mesh.run(5_000)
            #expect(mesh.view("c21")?.holders.map(\.site) == [first])
            #expect(mesh.hosts[mesh.at(first.rawValue)].open == [first])
            #expect(mesh.perform(.withdraw, first.rawValue) == nil)
            #expect(mesh.hosts[mesh.at(first.rawValue)].open.isEmpty)
            mesh.run(250)
            #expect(mesh.hosts[mesh.at(second.rawValue)].open == [second])
            for node in sevenNodes { #expect(mesh.view(node.id)?.holders.map(\.site) == [second]) }
        }
    }

    @Test("a speaker that goes on is nobody's news: its renewals change no view")
    func renewals() {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(1_000)
        let (told, asked) = (mesh.changes, mesh.view("p")?.holders.map(\.site))
        #expect(asked == [SiteID("c11")])
        mesh.run(5_000)
        #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
        #expect(mesh.changes == told, "\(mesh.changes - told) times in five seconds")
    }

    @Test("priorities go before stamps")
    func priority() {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(200)
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.run(50)
        mesh.perform(.requestFloor(.high), "c21")
        mesh.run(200)
        #expect(mesh.view("c22")?.queue.map(\.site.rawValue) == ["c21", "c12"])
        #expect(mesh.perform(.requestFloor(.highest), "c22") == .notAllowed)
        #expect(mesh.perform(.requestFloor(.normal), "c12") == .alreadyRequested)
    }

    @Test("the chair takes the floor back, denies a waiting request and gives out of turn")
    func chair() {
        let mesh = meeting()
        for site in ["c11", "c12", "c21", "c22"] {
            mesh.perform(.requestFloor(.normal), site)
            mesh.run(100)
        }
        #expect(mesh.perform(.give(SiteID("c22")), "p") == nil)
        #expect(mesh.perform(.revoke(SiteID("c12")), "p") == nil)
        mesh.run(100)
        #expect(mesh.view("c11")?.holders.map(\.site.rawValue) == ["c11"])
        #expect(mesh.view("c11")?.queue.map(\.site.rawValue) == ["c22", "c21"])
        #expect(mesh.perform(.revoke(SiteID("c11")), "p") == nil)
        mesh.run(250)
        #expect(mesh.hosts[mesh.at("c11")].open.isEmpty)
        #expect(mesh.view("c12")?.holders.map(\.site.rawValue) == ["c22"])
        #expect(mesh.perform(.revoke(SiteID("c11")), "p") == .noRequest)
        #expect(mesh.perform(.revoke(SiteID("c22")), "c11") == .notAllowed)
        #expect(mesh.audit.contains { $0.row.event == .denied && $0.row.by == SiteID("p") && $0.row.site == SiteID("c12") })
        let revoked = mesh.audit.filter { $0.row.event == .revoked }
        #expect(revoked.map(\.node).sorted() == [NodeIndex(of: "p"), NodeIndex(of: "c11")].sorted())
    }

    @Test("a chair deep in the tree commands as well as one at the top")
    func remoteChair() {
        let mesh = meeting(definition(chairs: ["c22", "p"]), startedAt: "c22")
        // The second chair joined first and acted; the first takes over after five steady seconds.
        #expect(mesh.view("c12")?.actingChair == SiteID("p"))
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(5_000)
        #expect(mesh.perform(.revoke(SiteID("c11")), "c22") == nil)
        mesh.run(200)
        #expect(mesh.view("c12")?.holders.isEmpty == true)
        #expect(mesh.view("c12")?.actingChair == SiteID("c22"))
    }

    @Test("an invited hall gets the floor with nobody pressing anything there")
    func invite() {
        let mesh = meeting(definition(.resolutionStudy))
        #expect(mesh.perform(.requestFloor(.normal), "c11") == .requestsClosed)
        #expect(mesh.perform(.give(SiteID("c21")), "p") == nil)
        mesh.run(250)
        #expect(mesh.hosts[mesh.at("c21")].open == [SiteID("c21")])
        for node in sevenNodes { #expect(mesh.view(node.id)?.speaker == SiteID("c21")) }
        // The invitation is used up: released, it does not come back.
        mesh.perform(.withdraw, "c21")
        mesh.run(500)
        #expect(mesh.view("p")?.holders.isEmpty == true)
        #expect(mesh.perform(.give(SiteID("c21")), "p") == nil)
        mesh.run(250)
        #expect(mesh.view("c11")?.holders.map(\.site.rawValue) == ["c21"])
        #expect(mesh.perform(.give(SiteID("nowhere")), "p") == .unknownSite)
        mesh.leave("c11")
        mesh.run(9_000)
        #expect(mesh.perform(.give(SiteID("c11")), "p") == .notInMeeting)
    }

    @Test("in a briefing the chair gives to the first, and each next follows in the declared order")
    func briefing() {
        let mesh = meeting(definition(.briefing))
        #expect(mesh.perform(.requestFloor(.normal), "c22") == nil)
        mesh.run(500)
        #expect(mesh.view("p")?.holders.isEmpty == true)
        #expect(mesh.view("p")?.queue.map(\.status) == [.pending])
        mesh.perform(.give(SiteID("c11")), "p")
        var order: [String] = []
        for _ in 0..<4 {
            mesh.run(300)
            guard let site = mesh.view("d2")?.holders.first?.site.rawValue else { break }
            order.append(site)
            mesh.perform(.withdraw, site)
        }
        #expect(order == ["c11", "c12", "c21", "c22"])
    }

    @Test("mute all closes every room but the acting chair's; a holder opens its own again")
    func muteAll() {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(200)
        #expect(mesh.perform(.muteAll, "c11") == .notAllowed)
        #expect(mesh.perform(.muteAll, "p") == nil)
        mesh.run(200)
        #expect(mesh.hosts[mesh.at("c11")].open.isEmpty)
        #expect(mesh.hosts[mesh.at("p")].open == [SiteID("p")])
        #expect(mesh.view("c22")?.sites.filter { !$0.muted }.map(\.id.rawValue) == ["p"])
        mesh.perform(.setMuted(false), "c11")
        mesh.perform(.setMuted(false), "c12")
        mesh.run(100)
        #expect(mesh.hosts[mesh.at("c11")].open == [SiteID("c11")])
        #expect(mesh.hosts[mesh.at("c12")].open.isEmpty)
        #expect(mesh.view("p")?.sites.filter(\.microphoneOpen).map(\.id.rawValue) == ["p", "c11"])
    }

    @Test("an ended meeting is ended everywhere, its gates shut, its attendance closed; the same id may start again")
    func end() {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(200)
        #expect(mesh.perform(.start(definition()), "p") == .meetingExists)
        #expect(mesh.perform(.end, "c11") == .notAllowed)
        #expect(mesh.perform(.end, "p") == nil)
        mesh.run(300)
        for node in sevenNodes {
            #expect(mesh.view(node.id)?.ended == true)
            #expect(mesh.hosts[mesh.at(node.id)].open.isEmpty)
            #expect(mesh.hosts[mesh.at(node.id)].conference.attachedNeighbours(MeetingID("m")).isEmpty)
        }
        #expect(mesh.attendance.filter { $0.left != nil }.count == 5)
        #expect(mesh.perform(.requestFloor(.normal), "c12") == .unknownMeeting)
        #expect(mesh.perform(.start(definition()), "p") == nil)
        mesh.run(200)
        #expect(mesh.join("c12") == nil)
        mesh.run(100)
        #expect(mesh.view("c22")?.ended == false)
        #expect(mesh.view("c22")?.sites.filter { $0.presence == .present }.map(\.id.rawValue) == ["c12"])
        mesh.perform(.end, "p")
        mesh.run(601_000)
        for node in sevenNodes { #expect(mesh.view(node.id) == nil) }
    }

    @Test("a reload within eight seconds keeps request and microphone; longer absence leaves the queue")
    func reload() {
        let mesh = meeting()
        mesh.perform(.requestFloor(.normal), "c11")
        mesh.run(200)
        mesh.perform(.requestFloor(.normal), "c12")
        mesh.perform(.setMuted(true), "c12")
        mesh.leave("c12")
        mesh.run(7_000)
        mesh.join("c12")
        mesh.run(100)
        #expect(mesh.view("p")?.queue.map(\.site.rawValue) == ["c12"])
        #expect(mesh.view("p")?.sites[2].muted == true)
        mesh.leave("c12")
        mesh.run(8_200)
        #expect(mesh.view("p")?.queue.isEmpty == true)
        #expect(mesh.view("p")?.sites[2].presence == .absent)
        #expect(mesh.attendance.filter { $0.site == SiteID("c12") }.count == 2)
    }

    @Test("streams are seen everywhere, in order, and leave when withdrawn or cut off")
    func streams() {
        let mesh = meeting()
        let home = NodeIndex(of: "c21")
        for n in UInt32(1)...2 {
            let stream = StreamRecord(
                id: StreamID(node: home, incarnation: 1, counter: n), ssrc: 77 + n, kind: n == 1 ? .audio : .video,
                codec: n == 1 ? .opus : .vp8, site: SiteID("c21"))
            mesh.act(mesh.at("c21")) {
                $0.publishStream(stream, meeting: MeetingID("m"), now: $1, wall: $2, into: &$3)
            }
        }
        mesh.run(100)
        #expect(mesh.hosts[mesh.at("c11")].conference.streams(of: MeetingID("m")).map(\.ssrc) == [78, 79])
        mesh.act(mesh.at("c21")) {
            $0.withdrawStream(
                StreamID(node: home, incarnation: 1, counter: 1), meeting: MeetingID("m"), now: $1, wall: $2, into: &$3)
        }
        mesh.run(100)
        #expect(mesh.hosts[mesh.at("c11")].conference.streams(of: MeetingID("m")).map(\.ssrc) == [79])
        mesh.cut(NodeIndex(of: "d2"))
        mesh.run(100)
        #expect(mesh.hosts[mesh.at("c11")].conference.streams(of: MeetingID("m")).isEmpty)
        #expect(mesh.hosts[mesh.at("c22")].conference.streams(of: MeetingID("m")).map(\.ssrc) == [79])
    }
}
