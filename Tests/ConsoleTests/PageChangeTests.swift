import Basics
import Conference
import Console
import Testing

@Suite("Changes between two states of a page") struct PageChangeTests {
    let names = NameBook(NetworkTree(node: "n", levels: [], nodes: []))
    let pass = Pass(site: SiteID("s0"), role: .room, meeting: nil, expires: WallTime(milliseconds: 0))

    @Test("a change applied to the first of two random views gives the second", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let count = Int.random(in: 2...20, using: &random)
        var state = page(randomView(count, &random), revision: 1, own: randomOwn(&random))
        for revision in 2...6 {
            let next = page(randomView(count, &random), revision: UInt64(revision), own: randomOwn(&random))
            switch PageEvent.between(state, next) {
            case nil: state.revision = next.revision
            case .state(let whole): state = whole
            case .change(let change):
                // As it travels: through JSON.
                let read = try Console.decode(PageChange.self, from: Console.json(change))
                #expect(read == change)
                try state.apply(read)
            }
            #expect(state == next, "seed \(seed)")
        }
    }

    @Test("equal states need no event")
    func equal() {
        var random = SeededGenerator(seed: 1)
        let view = randomView(5, &random)
        #expect(PageEvent.between(page(view, revision: 1), page(view, revision: 2)) == nil)
    }

    @Test("another meeting, other sites or another incarnation are told whole")
    func whole() {
        var random = SeededGenerator(seed: 2)
        let first = page(randomView(5, &random), revision: 1)
        var restarted = first
        restarted.incarnation += 1
        for next in [page(nil, revision: 2), page(randomView(6, &random), revision: 2), restarted] {
            #expect(PageEvent.between(first, next) == .state(next))
        }
    }

    @Test("a gap in the revisions and an unknown site are refused and change nothing")
    func gap() throws {
        var random = SeededGenerator(seed: 3)
        let view = randomView(5, &random)
        var other = view
        other.sites[2].muted.toggle()
        let first = page(view, revision: 1)
        guard case .change(var change)? = PageEvent.between(first, page(other, revision: 2)) else { throw PageGap.noMeeting }
        var state = first
        change.revision = 3
        #expect(throws: PageGap.revision(have: 1, got: 3)) { try state.apply(change) }
        change.revision = 2
        change.sites[0].id = "nobody"
        #expect(throws: PageGap.unknownSite("nobody")) { try state.apply(change) }
        #expect(state == first)
    }

    private func page(_ view: MeetingView?, revision: UInt64, own: OwnSite = OwnSite()) -> PageState {
        PageState(
            MeetingUpdate(clock: WallTime(milliseconds: Int64(revision)), incarnation: 1, view: view, own: own), pass: pass, names: names,
            revision: revision)
    }

    private func randomOwn(_ random: inout SeededGenerator) -> OwnSite {
        var own = OwnSite()
        own.sender = [.nobody, .leg(3), .leg(4), .equipment].randomElement(using: &random)!
        own.isSounding = .random(using: &random)
        own.mutedBy = [nil, .site, .chair].randomElement(using: &random)!
        if Bool.random(using: &random) { own.news = News(.denied, at: WallTime(milliseconds: Int64.random(in: 0...2, using: &random))) }
        if Bool.random(using: &random) { own.turnSince = WallTime(milliseconds: 4) }
        own.pictures = (0..<UInt32.random(in: 0...2, using: &random)).map {
            PageState.Pictures(leg: $0, main: Bool.random(using: &random) ? "s1" : nil, second: nil)
        }
        if Bool.random(using: &random) {
            own.over = PageState.Over(title: "t", started: WallTime(milliseconds: 1), ended: WallTime(milliseconds: 2))
        }
        return own
    }

    private func randomView(_ count: Int, _ random: inout SeededGenerator) -> MeetingView {
        let ids = (0..<count).map { SiteID("s\($0)") }
        var view = MeetingView(
            definition: MeetingDefinition(id: MeetingID("m"), title: "t", kind: .discussion, chairs: [ids[0]], sites: ids))
        func someSite() -> SiteID? { Bool.random(using: &random) ? ids.randomElement(using: &random) : nil }
        func requests() -> [RequestView] {
            (0..<Int.random(in: 0...3, using: &random)).map { i in
                RequestView(
                    id: "n-\(i)", site: ids.randomElement(using: &random)!, status: .pending, priority: .normal,
                    stamp: WallTime(milliseconds: Int64.random(in: 0...9, using: &random)))
            }
        }
        view.actingChair = someSite()
        view.speaker = someSite()
        view.previousSpeaker = someSite()
        view.crown = .random(using: &random)
        view.ended = .random(using: &random)
        view.holders = requests()
        view.queue = requests()
        if Bool.random(using: &random) { view.cutOff = (NodeIndex(rawValue: 7), WallTime(milliseconds: 5)) }
        view.reachesAbove = .random(using: &random)
        if Bool.random(using: &random) {
            view.apart = ApartView(node: NodeIndex(rawValue: 7), since: WallTime(milliseconds: 6), by: SiteID("a"))
        }
        if Bool.random(using: &random) {
            view.endedAbove = EndedAboveView(since: WallTime(milliseconds: 8), goesOn: .random(using: &random))
        }
        view.votes = (0..<Int.random(in: 0...2, using: &random)).map { i in
            var vote = VoteView(
                id: VoteID(node: NodeIndex(rawValue: 7), opened: Stamp(milliseconds: Int64(i), counter: 0)), question: "q", by: ids[0],
                closed: Bool.random(using: &random) ? WallTime(milliseconds: 9) : nil)
            vote.agree = Int.random(in: 0...2, using: &random)
            if Bool.random(using: &random) { vote.own = [VoteView.SiteBallot(site: ids[0], ballot: Ballot(agree: 1, disagree: 0, abstain: 0))] }
            return vote
        }
        view.sites = ids.map { id in
            let presences: [SitePresence] = [.absent, .present, .cutOff(since: WallTime(milliseconds: 3)), .apart(since: WallTime(milliseconds: 4))]
            return SiteView(
                id: id, presence: presences.randomElement(using: &random)!, muted: .random(using: &random),
                microphoneOpen: .random(using: &random), hasVideo: .random(using: &random),
                headCount: Bool.random(using: &random) ? 60 : nil)
        }
        return view
    }
}
