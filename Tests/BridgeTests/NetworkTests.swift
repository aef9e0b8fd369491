import Basics
import Conference
import RTP
import Testing

@testable import Bridge

@Suite("A network of nodes in memory")
struct NetworkTests {
    /// The way from the commune Yên Mỹ to the township Phát Diệm.
    static let way = ["yen-my", "yen-mo", "ninh-binh", "kim-son", "phat-diem"]

    /// Both talk for a second: 50 packets of sound and 30 of picture.
    static func talk(_ lab: Lab, _ speaker: Page, each: (() -> Void)? = nil) {
        var step = 0
        lab.run(.seconds(Int64(1))) {
            if step % 4 == 0 { speaker.sendAudio() }
            if step % 13 == 0 { speaker.sendFrame(key: step == 0) }
            step += 1
            each?()
        }
        lab.run(.milliseconds(20))
    }
    static let sound = 50
    static let picture = 32

    /// A meeting in which Yên Mỹ has the floor and Phát Diệm and the chair are there.
    static func call(seed: UInt64 = 1) throws -> (lab: Lab, speaker: Page, listener: Page, chair: Page) {
        let lab = try Lab(seed: seed)
        try lab.begin()
        let chair = try lab.join("ninh-binh", .chair)
        let speaker = try lab.join("yen-my")
        let listener = try lab.join("phat-diem")
        lab.run(.seconds(Int64(1)))
        try #require(chair.isUp && speaker.isUp && listener.isUp)
        try lab.giveFloor("yen-my")
        try #require(lab.speaker("phat-diem") == SiteID("yen-my"))
        return (lab, speaker, listener, chair)
    }

    @Test("trunks come up between all neighbours, and a meeting started at the root reaches every node")
    func start() throws {
        let lab = try Lab()
        lab.run(.seconds(Int64(2)))
        for node in lab.network.nodes {
            for trunk in lab.snapshot(node.id).trunks { #expect(trunk.isUp || trunk.isWarm, "\(node.id) to \(trunk.neighbour)") }
        }
        try lab.begin()
        var digests: Set<UInt64> = []
        for bridge in lab.bridges {
            let view = try #require(bridge.view(of: Lab.meeting))
            #expect(view.definition.sites == lab.network.sites && !view.ended)
            digests.insert(bridge.rosterDigest(Lab.meeting))
        }
        #expect(digests.count == 1)
        #expect(lab.bridges.filter { $0.view(of: Lab.meeting)?.crown == true }.count == 1)
    }

    @Test("the holder of the floor is heard and seen four trunks away, once per trunk and direction, and nowhere else")
    func fourTrunks() throws {
        let (lab, speaker, listener, chair) = try Self.call()
        lab.forgetCrossings()
        Self.talk(lab, speaker)
        #expect(listener.count(.audio, 0, of: speaker) == Self.sound)
        #expect(listener.count(.video, 0, of: speaker) == Self.picture)
        #expect(chair.count(.audio, 0, of: speaker) == Self.sound)
        #expect(chair.count(.video, 0, of: speaker) == Self.picture)
        #expect(lab.repetitions == 0)
        for (from, to) in zip(Self.way, Self.way.dropFirst()) {
            #expect(lab.crossings[Lab.Edge(from, to)] == Self.sound + Self.picture, "\(from) to \(to)")
            #expect(lab.crossings[Lab.Edge(to, from)] == nil, "\(to) back to \(from)")
        }
        #expect(lab.crossings.count == 4, "\(lab.crossings)")
        #expect(speaker.arrivals.isEmpty, "nobody hears itself")
    }

    @Test("ten more listeners in one commune change no trunk")
    func tenMore() throws {
        let (lab, speaker, listener, _) = try Self.call()
        lab.forgetCrossings()
        Self.talk(lab, speaker)
        let before = lab.crossings
        var more: [Page] = []
        for _ in 0..<10 { more.append(try lab.join("phat-diem", .viewer)) }
        lab.run(.seconds(Int64(1)))
        lab.forgetCrossings()
        listener.forget()
        Self.talk(lab, speaker)
        #expect(lab.crossings == before)
        #expect(lab.repetitions == 0)
        for page in more + [listener] {
            #expect(page.count(.audio, 0, of: speaker) == Self.sound)
            #expect(page.count(.video, 0, of: speaker) == Self.picture)
        }
    }

    @Test("a closed microphone is heard nowhere, not even on its own trunk; a picture nobody watches crosses nothing")
    func closedGate() throws {
        let (lab, speaker, listener, chair) = try Self.call()
        lab.forgetCrossings()
        Self.talk(lab, listener)
        #expect(lab.crossings.isEmpty, "\(lab.crossings)")
        #expect(speaker.count(of: listener) == 0 && chair.count(of: listener) == 0)
        // Muted by the chair, the speaker is not heard any more.
        try lab.act("ninh-binh", .muteAll)
        lab.run(.milliseconds(500))
        lab.forgetCrossings()
        chair.forget()
        listener.forget()
        Self.talk(lab, speaker)
        #expect(listener.count(.audio, 0, of: speaker) == 0 && chair.count(.audio, 0, of: speaker) == 0)
        #expect(listener.arrivals.filter { $0.kind == .audio }.isEmpty)
    }

    @Test("a node that stood still while its lease ran out and the wall clock jumped lets no packet through")
    func standstill() throws {
        let (lab, speaker, _, _) = try Self.call()
        Self.talk(lab, speaker)
        lab.forgetCrossings()
        lab.now += .seconds(Int64(3))
        let wall = Lab.wall + (lab.now - .zero) + .seconds(Int64(-180))
        lab["yen-my"].readClocks(now: lab.now, wall: wall)
        speaker.sendAudio()
        lab.carry()
        #expect(lab.crossings.isEmpty, "\(lab.crossings)")
    }

    @Test("of two streams that go by one name in two meetings, neither takes the other's way")
    func oneName() throws {
        let lab = try Lab()
        try lab.begin()
        let other = MeetingID("hop-khac")
        let definition = MeetingDefinition(
            id: other, title: "Họp khác", kind: .discussion, chairs: [SiteID("ninh-binh")], sites: lab.network.sites)
        try lab["ninh-binh"].perform(.start(definition), pass: lab.pass("ninh-binh", .chair), meeting: nil, now: lab.now)
        lab.run(.seconds(Int64(2)))
        let source = lab["yen-my"]
        let id = StreamID(node: lab.network.nodes[lab.network.slot(id: "yen-my")!].index, incarnation: 1, counter: 1)
        func publish(_ ssrc: UInt32, _ meeting: MeetingID) -> StreamRecord {
            let record = StreamRecord(id: id, ssrc: ssrc, kind: .audio, codec: .opus, site: SiteID("yen-my"))
            source.control.conference.publishStream(
                record, meeting: meeting, now: lab.now, wall: source.wall(lab.now), into: &source.control.conferenceEffects)
            lab.run(.seconds(Int64(1)))
            return record
        }
        let first = publish(101, Lab.meeting)
        let second = publish(102, other)
        let hub = lab["yen-mo"]
        let place = try #require(hub.meet(ssrc: 101, now: lab.now))
        #expect(hub.media.streams[place]?.record == first)
        #expect(hub.meet(ssrc: 102, now: lab.now) == nil, "its name is taken for now")
        source.control.conference.withdrawStream(
            id, meeting: Lab.meeting, now: lab.now, wall: source.wall(lab.now), into: &source.control.conferenceEffects)
        lab.run(.seconds(Int64(1)))
        let free = try #require(hub.meet(ssrc: 102, now: lab.now))
        #expect(hub.media.streams[free]?.record == second)
    }

    @Test("the speaker sees and hears the chair; the chair's other listeners hear both")
    func chair() throws {
        let (lab, speaker, listener, chair) = try Self.call()
        var step = 0
        lab.run(.seconds(Int64(1))) {
            if step % 4 == 0 {
                chair.sendAudio()
                speaker.sendAudio()
            }
            if step % 13 == 0 { chair.sendFrame(key: step == 0) }
            step += 1
        }
        #expect(speaker.count(.video, 1, of: chair) == Self.picture)
        #expect(speaker.arrivals.filter { $0.kind == .audio && $0.mark == chair.mark }.count == Self.sound)
        #expect(listener.count(.audio, 0, of: speaker) == Self.sound)
        #expect(listener.arrivals.filter { $0.kind == .audio && $0.slot > 0 && $0.mark == chair.mark }.count == Self.sound)
        #expect(listener.arrivals.filter { $0.kind == .video && $0.mark == chair.mark }.isEmpty)
        for page in [speaker, chair, listener] { #expect(page.count(of: page) == 0) }
    }

    @Test("requests for a key frame from ten slots reach the source as one")
    func keyFrames() throws {
        let (lab, speaker, listener, _) = try Self.call()
        var more = [listener]
        for _ in 0..<9 { more.append(try lab.join("phat-diem", .viewer)) }
        lab.run(.seconds(Int64(1)))
        Self.talk(lab, speaker)
        lab.run(.seconds(Int64(1)))
        // Everybody has a picture: nothing is asked for by itself.
        speaker.forgetKeyFrameRequests()
        lab.run(.milliseconds(600))
        #expect(speaker.keyFrameRequests == 0)
        for page in more { page.askKeyFrame() }
        lab.run(.milliseconds(200))
        #expect(speaker.keyFrameRequests == 1)
        speaker.sendFrame(key: true)
        lab.run(.seconds(Int64(1)))
        #expect(speaker.keyFrameRequests == 1, "answered")
    }

    @Test("the floor moves: the new speaker is heard in the slot in which the old one was")
    func floorMoves() throws {
        let (lab, first, listener, chair) = try Self.call()
        Self.talk(lab, first)
        try lab.act("yen-my", .withdraw)
        lab.run(.milliseconds(500))
        try lab.giveFloor("phat-diem")
        #expect(lab.speaker("yen-my") == SiteID("phat-diem"))
        first.forget()
        chair.forget()
        Self.talk(lab, listener)
        #expect(first.count(.audio, 0, of: listener) == Self.sound)
        #expect(first.count(.video, 0, of: listener) == Self.picture)
        #expect(chair.count(.audio, 0, of: listener) == Self.sound)
    }
}
