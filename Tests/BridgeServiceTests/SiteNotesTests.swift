import Basics
import Conference
import Console
import Testing

@testable import BridgeService

@Suite("What is told to a site of what was decided about it") struct SiteNotesTests {
    /// A site's node, looked at every second.
    struct Desk {
        var notes = SiteNotes()
        var view = TruthTests.view()
        var second: Int64 = 0
        /// Each request has a number of its own.
        var number = 0
        var request: RequestView {
            var request = TruthTests.request("s1")
            request.id = "r-\(number)"
            return request
        }

        init() {
            view.holders = []
            view.sites[1].microphoneOpen = false
            look()
        }
        @discardableResult mutating func look(after seconds: Int64 = 1) -> SiteNotes.Note? {
            second += seconds
            return notes.look(TruthTests.site, view, now: .zero + .seconds(second), wall: WallTime(milliseconds: second * 1_000))
        }
        /// The word of news that is no older than this look.
        mutating func news() -> News.Word? {
            let note = look()
            return note?.news.flatMap { $0.at == second * 1_000 ? $0.word : nil }
        }
        mutating func wait() { (view.queue, view.holders) = ([request], []) }
        mutating func hold() { (view.queue, view.holders) = ([], [request]) }
        mutating func leave() {
            (view.queue, view.holders) = ([], [])
            number += 1
        }
        mutating func did(_ action: ConferenceAction) { notes.did(action, TruthTests.site) }
    }

    @Test("whoever asked is granted or denied, and its own withdrawal is no news")
    func asked() {
        var desk = Desk()
        for end in 0..<3 {
            desk.did(.requestFloor(.normal))
            desk.wait()
            #expect(desk.news() == nil)
            switch end {
            case 0:
                desk.leave()
                #expect(desk.news() == .denied)
            case 1:
                desk.did(.withdraw)
                desk.leave()
                #expect(desk.news() == nil)
            default:
                desk.hold()
                #expect(desk.news() == .granted)
                #expect(desk.look()?.turnSince == WallTime(milliseconds: (desk.second - 1) * 1_000))
                desk.leave()
                #expect(desk.news() == .withdrawn)
                #expect(desk.look()?.turnSince == nil)
            }
        }
        desk.did(.requestFloor(.normal))
        desk.hold()
        #expect(desk.news() == .granted)
        desk.did(.withdraw)
        desk.leave()
        #expect(desk.news() == nil)
    }

    @Test("a site that did not ask is invited, at once or into the queue")
    func invited() {
        var desk = Desk()
        desk.hold()
        #expect(desk.news() == .invited)
        desk.leave()
        #expect(desk.news() == .withdrawn)
        desk.wait()
        #expect(desk.news() == .invited)
        desk.hold()
        #expect(desk.news() == .invited)
    }

    @Test("an emergency interrupts: the request is back in the queue")
    func interrupted() {
        var desk = Desk()
        desk.hold()
        desk.look()
        desk.wait()
        #expect(desk.news() == .interrupted)
    }

    @Test("who closed the microphone is known if it was seen")
    func muted() {
        var desk = Desk()
        desk.view.sites[1].muted = true
        #expect(desk.news() == .muted)
        #expect(desk.look()?.mutedBy == .chair)
        desk.did(.setMuted(false))
        desk.view.sites[1].muted = false
        #expect(desk.look()?.mutedBy == nil)
        desk.did(.setMuted(true))
        desk.view.sites[1].muted = true
        #expect(desk.news() == nil)
        #expect(desk.look()?.mutedBy == .site)

        var late = SiteNotes()
        #expect(late.look(TruthTests.site, desk.view, now: .zero, wall: WallTime(milliseconds: 0))?.mutedBy == nil)
    }

    @Test("what changed while nobody looked, or because the part was cut off, is nobody's decision")
    func unseen() {
        var desk = Desk()
        desk.hold()
        desk.look()
        desk.leave()
        desk.look(after: 10)
        #expect(desk.look()?.news?.word != .withdrawn)
        desk.hold()
        #expect(desk.news() == .invited)
        let turn = (desk.view.holders, desk.view.queue)
        // The part is cut off; the floor is gone for a moment, and the same request has it again, then as after the heal.
        for cut in [(NodeIndex(rawValue: 7), WallTime(milliseconds: 1)), nil] {
            desk.view.cutOff = cut
            desk.look()
            (desk.view.holders, desk.view.queue) = ([], turn.0)
            #expect(desk.news() == nil)
            (desk.view.holders, desk.view.queue) = ([], [])
            #expect(desk.news() == nil)
            (desk.view.holders, desk.view.queue) = turn
            #expect(desk.news() == nil)
        }
        for _ in 0..<5 { desk.look() }
        desk.leave()
        #expect(desk.news() == .withdrawn)
    }

    @Test("a turn goes on with its clock over a reload of the page, and is another in another meeting")
    func reload() {
        var desk = Desk()
        desk.hold()
        let begun = desk.look()?.turnSince
        #expect(begun != nil)
        #expect(desk.look(after: 20)?.turnSince == begun)
        desk.view.definition.id = MeetingID("other")
        #expect(desk.look()?.turnSince == nil)
        desk.view.ended = true
        #expect(desk.look() == nil)
    }
}
