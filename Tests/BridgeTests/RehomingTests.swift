import Basics
import Conference
import RTP
import Testing

@testable import Bridge

/// In `three-levels.yaml` the commune Kim Định backs up on the district Yên Mô, should its own district fall silent.
@Suite("A node whose parent is lost")
struct RehomingTests {
    static func cut(_ lab: Lab, _ a: String, _ b: String) {
        let ends: Set<Int> = [lab.network.slot(id: a)!, lab.network.slot(id: b)!]
        lab.cut = { ends == [$0, $1] }
    }

    /// Kim Định speaks, Yên Mỹ and the chair listen.
    static func call() throws -> (lab: Lab, speaker: Page, listener: Page, chair: Page) {
        let lab = try Lab(seed: 3)
        try lab.begin()
        let chair = try lab.join("ninh-binh", .chair)
        let speaker = try lab.join("kim-dinh")
        let listener = try lab.join("yen-my")
        lab.run(.seconds(Int64(1)))
        try lab.giveFloor("kim-dinh")
        try #require(lab.speaker("yen-my") == SiteID("kim-dinh"))
        return (lab, speaker, listener, chair)
    }

    /// Talks and says how long, in 20 ms frames, the listener heard nothing at most.
    static func talk(_ lab: Lab, _ speaker: Page, to listener: Page, _ time: Interval) -> Int {
        var step = 0
        var last = 0
        var longest = 0
        var heard = listener.count(.audio, 0, of: speaker)
        lab.run(time) {
            if step % 4 == 0 {
                speaker.sendAudio()
                let now = listener.count(.audio, 0, of: speaker)
                if now > heard {
                    longest = max(longest, step / 4 - last)
                    last = step / 4
                    heard = now
                }
            }
            step += 1
        }
        return max(longest, step / 4 - last)
    }

    @Test("goes on below its backup: its voice is heard again within a second, and its numbers go on without a jump")
    func voice() throws {
        let (lab, speaker, listener, _) = try Self.call()
        _ = Self.talk(lab, speaker, to: listener, .seconds(Int64(1)))
        listener.forget()
        Self.cut(lab, "kim-dinh", "kim-son")
        let gap = Self.talk(lab, speaker, to: listener, .seconds(Int64(3)))
        #expect(gap * 20 <= 1_000, "\(gap * 20) ms")
        #expect(lab["kim-dinh"].uplink?.neighbour == "yen-mo")
        #expect(lab.speaker("ninh-binh") == SiteID("kim-dinh"))
        #expect(lab.repetitions == 0)
        // What is missing is the gap: the source's own numbering went on.
        let numbers = listener.arrivals.filter { $0.kind == .audio && $0.mark == speaker.mark }.map(\.sequence)
        for (a, b) in zip(numbers, numbers.dropFirst()) { #expect(b &- a >= 1 && Int(b &- a) <= gap + 1) }
        for bridge in lab.bridges { #expect(bridge.view(of: Lab.meeting)?.sites.filter { $0.presence == .present }.count == 3) }
    }

    @Test("hears the floor again within a second when it only listens")
    func ear() throws {
        let (lab, speaker, listener, chair) = try Self.call()
        try lab.act("kim-dinh", .withdraw)
        lab.run(.milliseconds(500))
        try lab.giveFloor("yen-my")
        #expect(lab.speaker("kim-dinh") == SiteID("yen-my"))
        Self.cut(lab, "kim-dinh", "kim-son")
        let gap = Self.talk(lab, listener, to: speaker, .seconds(Int64(3)))
        #expect(gap * 20 <= 1_000, "\(gap * 20) ms")
        #expect(chair.count(.audio, 0, of: listener) == 150)
        #expect(lab.view(of: "kim-dinh")?.cutOff == nil)
    }

    @Test("a source's clock is told once a second, also by a node with backups that are only kept warm")
    func reports() throws {
        let (lab, speaker, listener, _) = try Self.call()
        _ = Self.talk(lab, speaker, to: listener, .milliseconds(500))
        speaker.sendReport(lab.now)
        _ = Self.talk(lab, speaker, to: listener, .milliseconds(500))
        lab.recordingLimit = 100_000
        _ = Self.talk(lab, speaker, to: listener, .seconds(Int64(3)))
        let (upper, lower) = (lab.network.node(id: "yen-mo")!.address, lab.network.node(id: "yen-my")!.address)
        // Reports are encrypted and travel with feedback, some ten a second; one every 10 ms would be three hundred.
        let reports = lab.recording.filter { $0.from == upper && $0.to == lower && $0.bytes.count > 1 && 192...223 ~= $0.bytes[1] }
        #expect((1..<150).contains(reports.count), "\(reports.count) RTCP packets in three seconds")
    }

    @Test("a silent hall's clock is told every ten seconds: a meeting has many of them")
    func silentReports() throws {
        let (lab, _, listener, chair) = try Self.call()
        _ = Self.talk(lab, chair, to: listener, .milliseconds(500))
        chair.sendReport(lab.now)
        lab.run(.seconds(Int64(3)))
        lab.recordingLimit = 100_000
        lab.run(.seconds(Int64(22)))
        // Nobody asks for a picture of Yên Mỹ, so nothing but the silent chair's reports goes down there.
        let (upper, lower) = (lab.network.node(id: "yen-mo")!.address, lab.network.node(id: "yen-my")!.address)
        let reports = lab.recording.filter { $0.from == upper && $0.to == lower && $0.bytes.count > 1 && 192...223 ~= $0.bytes[1] }
        #expect((2...3).contains(reports.count), "\(reports.count) RTCP packets in 22 seconds of silence")
    }

    /// Frames that are still on the old, longer way come after those of the new one, and the other way round.
    @Test("what passed over the old way does not pass once more over another within half a second; what is new does")
    func overtaken() {
        let id = StreamID(node: NodeIndex(of: "kim-dinh"), incarnation: 1, counter: 1)
        let stream = Stream(
            record: StreamRecord(id: id, ssrc: 7, kind: .audio, codec: .opus, site: SiteID("kim-dinh")), meeting: 0, isLocal: false,
            share: StreamShare(.audio, .kbps(32)))
        let at = { Instant.zero + Interval.milliseconds($0) }
        #expect(!stream.hasPassed(65_534, from: 1, now: at(0)))
        #expect(!stream.hasPassed(1, from: 1, now: at(60)))
        #expect(!stream.hasPassed(0, from: 1, now: at(61)), "lost and sent again on one way it is nothing new, but nobody had it")
        #expect(stream.hasPassed(65_535, from: 2, now: at(80)))
        #expect(stream.hasPassed(1, from: 2, now: at(100)))
        #expect(!stream.hasPassed(2, from: 2, now: at(120)))
        #expect(stream.hasPassed(0, from: 2, now: at(125)), "lost on the new way and sent again there, it had passed on the old one")
        #expect(stream.hasPassed(2, from: 1, now: at(130)), "nor back on the way before")
        #expect(!stream.hasPassed(4, from: 2, now: at(140)))
        #expect(!stream.hasPassed(3, from: 2, now: at(150)), "lost and sent again on the new way alone")
        #expect(!stream.hasPassed(2, from: 1, now: at(750)), "a source that began anew may stand there")
    }

    @Test("with its backup lost too, meets by itself and says from whom it is cut off")
    func alone() throws {
        let (lab, speaker, listener, _) = try Self.call()
        let me = lab.network.slot(id: "kim-dinh")!
        lab.cut = { $0 == me || $1 == me }
        _ = Self.talk(lab, speaker, to: listener, .seconds(Int64(2)))
        let view = try #require(lab.view(of: "kim-dinh"))
        #expect(view.crown && view.cutOff?.node == lab.network.nodes[lab.network.slot(id: "kim-son")!].index)
        #expect(view.speaker == SiteID("kim-dinh"), "the speaker is not interrupted in its own hall")
        #expect(lab.speaker("ninh-binh") == SiteID("ninh-binh"))
        lab.cut = nil
        lab.run(.seconds(Int64(8)))
        #expect(lab.bridges.filter { $0.view(of: Lab.meeting)?.crown == true }.count == 1)
        #expect(lab.view(of: "kim-dinh")?.cutOff == nil)
    }
}

extension Lab {
    func view(of id: String) -> MeetingView? { self[id].view(of: Lab.meeting) }
}
