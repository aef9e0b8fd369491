import Basics
import Bridge
import Conference
import Testing

@Suite("Who sends for a site, and what its pages are shown") struct SiteTruthTests {
    @Test("of two pages of a site the newer sends, and the older one again when that goes")
    func twoPages() throws {
        let lab = try Lab()
        try lab.begin()
        func sender() -> PublicationSnapshot.Sender { lab["yen-my"].publicationSnapshot(of: SiteID("yen-my"), in: Lab.meeting).sender }
        #expect(sender() == .nobody)
        let first = try lab.join("yen-my")
        lab.run(.seconds(Int64(1))) { first.sendAudio() }
        #expect(sender() == .leg(first.leg))
        let second = try lab.join("yen-my")
        // A page that only asked to join sends nothing yet.
        #expect(sender() == .leg(first.leg))
        lab.run(.seconds(Int64(1))) {
            first.sendAudio()
            second.sendAudio()
        }
        #expect(sender() == .leg(second.leg))
        lab["yen-my"].leave(second.leg, now: lab.now)
        #expect(sender() == .leg(first.leg))
        lab["yen-my"].leave(first.leg, now: lab.now)
        #expect(sender() == .nobody)
    }

    @Test("the last sound is that of the page that sends, and stands still when it is silent")
    func sound() throws {
        let lab = try Lab()
        try lab.begin()
        let page = try lab.join("yen-my")
        func last() -> Instant? { lab["yen-my"].publicationSnapshot(of: SiteID("yen-my"), in: Lab.meeting).lastSound }
        lab.run(.seconds(Int64(1)))
        #expect(last() == nil)
        lab.run(.milliseconds(400)) { page.sendAudio() }
        let heard = try #require(last())
        #expect(lab.now - heard < .milliseconds(20))
        lab.run(.seconds(Int64(1)))
        #expect(last() == heard)
    }

    @Test("a leg's picture is its speaker's once the key frame was sent, and not before")
    func pictures() throws {
        let lab = try Lab()
        try lab.begin()
        let chair = try lab.join("ninh-binh", .chair)
        let watcher = try lab.join("yen-my")
        let speaker = try lab.join("phat-diem")
        func shown() -> LegPictures? { lab["yen-my"].pictures()[SiteID("yen-my")]?.first { $0.leg == watcher.leg } }
        lab.run(.seconds(Int64(1)))
        #expect(shown().map { $0.main == nil && $0.second == nil } == true)
        lab.run(.milliseconds(200)) { chair.sendFrame(key: true) }
        #expect(shown()?.main == SiteID("ninh-binh"))
        try lab.giveFloor("phat-diem")
        #expect(lab.speaker("yen-my") == SiteID("phat-diem"))
        #expect(shown()?.main == SiteID("ninh-binh"), "the caption would be ahead of the picture")
        lab.run(.milliseconds(200)) { speaker.sendFrame(key: true) }
        #expect(shown()?.main == SiteID("phat-diem"))
    }

    @Test("a meeting that ended is told with its times until another runs")
    func ended() throws {
        let lab = try Lab()
        try lab.begin()
        let pass = Pass(site: SiteID("yen-my"), role: .room, meeting: nil, expires: WallTime(milliseconds: .max))
        #expect(lab["yen-my"].endedMeeting(of: pass) == nil)
        lab.run(.seconds(Int64(30)))
        try lab.act("ninh-binh", .end)
        lab.run(.seconds(Int64(1)))
        let over = try #require(lab["yen-my"].endedMeeting(of: pass))
        #expect(over.title == "Họp thử")
        let seconds = Double(over.ended.milliseconds - over.started.milliseconds) / 1_000
        #expect((29.0...34.0).contains(seconds), "\(seconds)")
        try lab.begin()
        #expect(lab["yen-my"].endedMeeting(of: pass) == nil)
    }
}
