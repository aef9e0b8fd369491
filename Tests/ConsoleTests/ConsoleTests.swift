import Basics
import Conference
import Console
import Foundation
import Testing

@Suite("What pages and programs ask for") struct ConsoleTests {
    static let network = NetworkTree(
        node: "tinh", levels: [.init(id: "tinh", name: "Tỉnh"), .init(id: "xa", name: "Xã")],
        nodes: [
            .init(
                id: "tinh", name: "Tỉnh Ninh Bình", fullName: "Tỉnh Ninh Bình", level: "tinh", parent: nil,
                sites: [.init(id: "tinh", name: "Tỉnh Ninh Bình")]),
            .init(
                id: "yen-mo", name: "Xã Yên Mô", fullName: "Xã Yên Mô, tỉnh Ninh Bình", level: "xa", parent: "tinh",
                sites: [.init(id: "yen-mo/1", name: "Hội trường 1"), .init(id: "yen-mo/2", name: "Hội trường 2")]),
            .init(id: "tram", name: "Trạm", fullName: "Trạm", level: "xa", parent: "yen-mo", sites: [.init(id: "tram", name: "Trạm")]),
        ])

    private func resolve(_ form: MeetingForm, files: [MeetingDefinition] = []) throws(FormProblem) -> MeetingDefinition {
        try form.resolve(files: files, network: Self.network, site: SiteID("tinh"), now: WallTime(milliseconds: 1_800_000_000_999))
    }

    @Test("the language is that of the address, then of the cookie, then the one the browser prefers, else Vietnamese")
    func language() {
        func chosen(_ query: String?, _ cookie: String?, _ accept: String?) -> Language {
            Language.negotiate(query: query, cookie: cookie, acceptLanguage: accept)
        }
        #expect(chosen("en", "vi", "vi") == .english)
        #expect(chosen("fr", "en", "vi") == .english)
        #expect(chosen(nil, "fr", "en-GB,vi;q=0.5") == .english)
        #expect(chosen(nil, nil, "en;q=0.4, vi-VN; q=0.8") == .vietnamese)
        #expect(chosen(nil, nil, "fr, en;q=0, de") == .vietnamese, "a weight of 0 refuses")
        #expect(chosen(nil, nil, "EN-us") == .english)
        #expect(chosen(nil, nil, nil) == .vietnamese && chosen("", "", "") == .vietnamese)
        #expect(chosen(nil, nil, String(repeating: "x,", count: 200_000) + "en") == .vietnamese, "no more than the first 256 letters are read")
    }

    @Test("a form becomes a meeting: sites in the order of the tree, and an id of its kind and time where it has none")
    func form() throws {
        var form = MeetingForm(title: " Giao ban \n tuần ", kind: "giao-ban", sites: ["tram", "yen-mo/2"])
        form.videoKbps = 700
        let meeting = try resolve(form)
        #expect(meeting.id == MeetingID("giao-ban-1800000000") && meeting.title == "Giao ban tuần" && meeting.kind == .briefing)
        #expect(meeting.chairs == [SiteID("tinh")] && meeting.sites == ["tinh", "yen-mo/2", "tram"].map { SiteID($0) })
        #expect(meeting.videoRate == .kbps(700) && meeting.audioRate == .kbps(32))
        form = MeetingForm(title: "t", chairs: ["yen-mo/1"])
        form.subtrees = ["yen-mo"]
        #expect(try resolve(form).sites == ["yen-mo/1", "yen-mo/2", "tram"].map { SiteID($0) })
        form.subtrees = nil
        form.levels = ["xa"]
        #expect(try resolve(form).sites.count == 3)
        let file = MeetingDefinition(id: MeetingID("mau"), title: "Mẫu", kind: .training, chairs: [SiteID("tinh")], sites: [SiteID("tinh")])
        #expect(try resolve(MeetingForm(file: "mau"), files: [file]) == file)
    }

    @Test("a form with one mistake is refused for that mistake")
    func mistakes() {
        func refused(_ problem: FormProblem, _ change: (inout MeetingForm) -> Void) {
            var form = MeetingForm(title: "t", sites: ["tram"])
            change(&form)
            #expect(throws: problem) { try resolve(form) }
        }
        refused(.unknownFile("x")) { $0.file = "x" }
        refused(.badTitle) { $0.title = " \n" }
        refused(.badTitle) { $0.title = String(repeating: "ế", count: MeetingForm.titleLimit + 1) }
        refused(.unknownKind("dai-hoi")) { $0.kind = "dai-hoi" }
        refused(.unknownCodec("av1")) { $0.videoCodec = "av1" }
        refused(.unknownSite("nobody")) { $0.sites = ["tram", "nobody"] }
        refused(.unknownSite("nobody")) { $0.chairs = ["nobody"] }
        refused(.unknownNode("yen-mo/1")) { $0.subtrees = ["yen-mo/1"] }
        refused(.unknownLevel("thon")) { $0.levels = ["thon"] }
        refused(.tooFewSites) { $0.sites = ["tinh"] }
        for id in ["", "họp", "a b", String(repeating: "a", count: 49)] { refused(.badID(id)) { $0.id = id } }
        refused(.badNumbers) { $0.openMicrophones = 9 }
        refused(.badNumbers) { ($0.openMicrophones, $0.floorSize) = (2, 3) }
        refused(.badNumbers) { $0.audioKbps = 5 }
        refused(.badNumbers) { $0.videoKbps = .max }
    }

    @Test("a page is the same in both languages but for its attribute, and nothing is found outside the folder")
    func pages() throws {
        let pages = try #require(Pages.installed())
        let vi = String(decoding: try #require(pages.html("room", language: .vietnamese)), as: UTF8.self)
        let en = String(decoding: try #require(pages.html("room", language: .english)), as: UTF8.self)
        #expect(vi.contains("<html lang=\"vi\"") && en == vi.replacing("<html lang=\"vi\"", with: "<html lang=\"en\""))
        for name in ["../Pages.swift", "/etc/passwd", "room", ""] { #expect(pages.file(name) == nil) }
        for name in pages.names { #expect(pages.file(name)?.mediaType.isEmpty == false) }
        #expect(Pages(folder: NSTemporaryDirectory() + "nowhere") == nil)
    }

    @Test("names are whole where the network has them, else what was asked for")
    func names() {
        let book = NameBook(Self.network)
        #expect(book.site("yen-mo/2") == "Hội trường 2" && book.site("nobody") == "nobody")
        #expect(book.node("yen-mo") == "Xã Yên Mô, tỉnh Ninh Bình")
        #expect(book.node(NodeIndex(of: "yen-mo").description) == "Xã Yên Mô, tỉnh Ninh Bình" && book.node("x") == "x")
        #expect(Self.network.sites(under: "yen-mo") == ["yen-mo/1", "yen-mo/2", "tram"] && Self.network.sites(under: "x") == [])
    }

    @Test("a page's state is the same behind JSON, with a meeting and without, and equal values are equal bytes")
    func json() throws {
        let ids = ["tinh", "yen-mo/1"].map { SiteID($0) }
        var view = MeetingView(definition: MeetingDefinition(id: MeetingID("m"), title: "Họp", kind: .discussion, chairs: [ids[0]], sites: ids))
        view.sites = ids.map { SiteView(id: $0, presence: .present, muted: false, microphoneOpen: true, hasVideo: true, headCount: 45) }
        view.speaker = ids[1]
        let pass = Pass(site: ids[1], role: .room, meeting: nil, expires: WallTime(milliseconds: 0))
        for one in [view, nil] {
            let update = MeetingUpdate(clock: WallTime(milliseconds: 1), incarnation: 1, view: one, own: OwnSite())
            let state = PageState(update, pass: pass, names: NameBook(Self.network), revision: 1)
            #expect((state.meeting != nil) == (one != nil) && state.you.name == "Hội trường 1")
            let bytes = Console.json(state)
            #expect(try Console.decode(PageState.self, from: bytes) == state && Console.json(state) == bytes)
        }
        #expect(throws: DecodingError.self) { try Console.decode(PageState.self, from: Array("{}".utf8)) }
    }
}
