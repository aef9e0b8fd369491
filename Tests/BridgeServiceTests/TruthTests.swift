import Basics
import Conference
import Console
import Testing

@testable import BridgeService

@Suite("What others hear of a site, as its node says it") struct TruthTests {
    /// A change of the plain case (the site `s1` holds the floor, its leg 7 sends, three others are present) and what follows.
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var turn: Truth.Turn = .floor
        var voice: Truth.Voice
        var mutedBy: Truth.Muter?
        var hearing = 3
        var lost = 0
        var change: @Sendable (inout MeetingView, inout OwnSite) -> Void
        var testDescription: String { name }
    }

    static let site = SiteID("s1")
    static let cases: [Case] = [
        Case(name: "the floor, and all hear it", voice: .open) { _, _ in },
        Case(name: "the floor, muted by itself", voice: .muted, mutedBy: .site) { view, own in
            close(&view, muted: true)
            own.mutedBy = .site
        },
        Case(name: "the floor, muted by the chair", voice: .muted, mutedBy: .chair) { view, own in
            close(&view, muted: true)
            own.mutedBy = .chair
        },
        Case(name: "the floor, muted before anybody looked", voice: .muted) { view, _ in close(&view, muted: true) },
        Case(name: "the floor, and the gate is not open yet", voice: .opening) { view, _ in close(&view) },
        Case(name: "the floor, cut off alone", voice: .alone, hearing: 0, lost: 3) { view, _ in
            for i in [0, 2, 3] { view.sites[i].presence = .cutOff(since: WallTime(milliseconds: 1)) }
        },
        Case(name: "the floor, and nobody else came", voice: .alone, hearing: 0) { view, _ in
            for i in [0, 2, 3] { view.sites[i].presence = .absent }
        },
        Case(name: "the floor, one cut off and one apart", voice: .open, hearing: 1, lost: 2) { view, _ in
            view.sites[0].presence = .cutOff(since: WallTime(milliseconds: 1))
            view.sites[2].presence = .apart(since: WallTime(milliseconds: 1))
        },
        Case(name: "the floor, and the others are not attached yet", voice: .alone, hearing: 0, lost: 3) { _, own in own.unattached = 3 },
        Case(name: "the floor, and one is not attached yet", voice: .open, hearing: 2, lost: 1) { _, own in own.unattached = 1 },
        Case(name: "the floor, and no sound arrives", voice: .silent) { _, own in own.isSounding = false },
        Case(name: "the floor, and nobody sends", voice: .absent) { _, own in own.sender = .nobody },
        Case(name: "the floor, and equipment sends", voice: .open) { _, own in own.sender = .equipment },
        Case(name: "the meeting has ended", turn: .none, voice: .absent) { view, _ in
            view.holders = []
            view.ended = true
            close(&view)
        },
        Case(name: "another holds the floor", turn: .none, voice: .closed) { view, _ in
            view.holders[0].site = SiteID("s2")
            close(&view)
        },
        Case(name: "third in the queue", turn: .waiting, voice: .closed) { view, _ in
            view.queue = ["s2", "s3", "s1"].map { request($0) }
            view.holders = []
            close(&view)
        },
        Case(name: "the acting chair", turn: .chair, voice: .open) { view, _ in
            view.holders = []
            view.actingChair = site
        },
        Case(name: "the acting chair, muted", turn: .chair, voice: .muted, mutedBy: .site) { view, own in
            view.holders = []
            view.actingChair = site
            close(&view, muted: true)
            own.mutedBy = .site
        },
        Case(name: "an open microphone where everybody may speak", voice: .open) { view, _ in view.holders = [] },
    ]

    @Test("each case of the table has its truth", arguments: cases)
    func table(_ one: Case) throws {
        var view = Self.view()
        var own = Self.own()
        one.change(&view, &own)
        let truth = try #require(Truth(view, site: Self.site, own: own))
        #expect((truth.turn, truth.voice) == (one.turn, one.voice))
        #expect(truth.mutedBy == one.mutedBy)
        #expect((truth.hearing, truth.lost) == (one.hearing, one.lost))
        #expect(truth.place == (one.turn == .waiting ? 3 : nil))
        #expect(truth.isLive == (one.turn == .floor || one.turn == .chair))
        if case .leg(let leg) = own.sender { #expect(truth.leg == leg) } else { #expect(truth.leg == nil) }
    }

    @Test("a site that the meeting does not have has no truth, nor has a viewer or an operator")
    func others() {
        #expect(Truth(Self.view(), site: SiteID("elsewhere"), own: Self.own()) == nil)
        let names = NameBook(NetworkTree(node: "n", levels: [], nodes: []))
        for role in Role.allCases {
            let pass = Pass(site: Self.site, role: role, meeting: nil, expires: WallTime(milliseconds: 0))
            let update = MeetingUpdate(clock: WallTime(milliseconds: 1), incarnation: 1, view: Self.view(), own: Self.own())
            let state = PageState(update, pass: pass, names: names, revision: 1)
            #expect((state.truth != nil) == (role == .room || role == .chair), "\(role)")
            #expect(update.isLive(pass) == (state.truth != nil), "\(role)")
        }
    }

    @Test("a stream says when nothing changed, and what changed when something did")
    func tick() {
        let names = NameBook(NetworkTree(node: "n", levels: [], nodes: []))
        let pass = Pass(site: Self.site, role: .room, meeting: nil, expires: WallTime(milliseconds: 0))
        var stream = PageStream(pass: pass, book: names)
        var update = MeetingUpdate(clock: WallTime(milliseconds: 1), incarnation: 1, view: Self.view(), own: Self.own())
        func text() -> String { String(decoding: stream.event(update), as: UTF8.self) }
        #expect(text().hasPrefix("event: state\n"))
        update.clock = WallTime(milliseconds: 251)
        #expect(text() == "event: tick\ndata: 251\n\n")
        update.own.sender = .leg(8)
        let change = text()
        #expect(change.hasPrefix("event: change\nid: 2\n") && change.contains("\"leg\":8"))
        #expect(text() == "event: tick\ndata: 251\n\n")
    }

    static func request(_ site: String) -> RequestView {
        RequestView(id: "r-\(site)", site: SiteID(site), status: .pending, priority: .normal, stamp: WallTime(milliseconds: 1))
    }
    static func view() -> MeetingView {
        let ids = (0...3).map { SiteID("s\($0)") }
        var view = MeetingView(definition: MeetingDefinition(id: MeetingID("m"), title: "t", kind: .discussion, chairs: [ids[0]], sites: ids))
        view.sites = ids.map { SiteView(id: $0, presence: .present, muted: false, microphoneOpen: $0 == site, hasVideo: true, headCount: nil) }
        view.holders = [request("s1")]
        view.actingChair = ids[0]
        view.speaker = site
        return view
    }
    static func own() -> OwnSite {
        var own = OwnSite()
        own.sender = .leg(7)
        own.isSounding = true
        return own
    }
    private static func close(_ view: inout MeetingView, muted: Bool = false) {
        view.sites[1].muted = muted
        view.sites[1].microphoneOpen = false
    }
}
