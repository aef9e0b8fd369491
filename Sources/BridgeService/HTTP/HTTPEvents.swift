import Basics
import Conference
import Console
import Hummingbird
import Synchronization

/// `GET /api/events`: event `state` once, then `change` for each difference (see ``PageState`` and ``PageChange``), and `tick` where
/// the node says that nothing changed (see ``Truth``).
func addEvents(to router: Router<BasicRequestContext>, door: Door, streams: StreamCounter) {
    router.get("/api/events") { request, _ -> Response in
        let pass = try door.admit(request, to: .readEvents)
        guard let seat = streams.take(pass) else { throw HTTPProblem.tooManyStreams }
        let book = NameBook(await door.gateway.network())
        let gateway = door.gateway
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { seat.giveBack() }
                try await stream(gateway.views(for: pass), pass: pass, book: book, displaced: seat.displaced, now: { gateway.now() }, to: &writer)
                try await writer.finish(nil)
            })
    }
}

/// Writes events until the updates end, the page goes, a newer stream takes its place, or its token is over.
private func stream(
    _ updates: AsyncStream<MeetingUpdate>, pass: Pass, book: NameBook, displaced: AsyncStream<Void>, now: @escaping @Sendable () -> WallTime,
    to writer: inout any ResponseBodyWriter
) async throws {
    let latest = Latest()
    let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            for await update in updates {
                latest.put(update)
                signal.yield()
            }
            signal.finish()
        }
        group.addTask {
            while now() < pass.expires {
                // The wall clock may be put right meanwhile, so it is looked at again and again.
                let left = Duration.milliseconds(pass.expires.milliseconds &- now().milliseconds)
                try await Task.sleep(for: max(.milliseconds(1), min(HTTPService.keepAlive, left)))
                signal.yield()
            }
            signal.finish()
        }
        group.addTask {
            for await _ in displaced {}
            if !Task.isCancelled { signal.finish() }
        }
        defer { group.cancelAll() }
        var page = PageStream(pass: pass, book: book)
        for await _ in signals {
            let update = latest.take()
            try await writer.write(ByteBuffer(bytes: update.map { page.event($0) } ?? Array(": nothing new\n\n".utf8)))
        }
    }
}

/// The newest update not yet written: a page that reads slowly skips the ones between.
private final class Latest: Sendable {
    private let value = Mutex<MeetingUpdate?>(nil)
    func put(_ update: MeetingUpdate) { value.withLock { $0 = update } }
    func take() -> MeetingUpdate? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}

/// What one page has been told, and what it must be told next.
struct PageStream {
    let pass: Pass
    let book: NameBook
    private var told: PageState?
    private var last: MeetingUpdate?

    init(pass: Pass, book: NameBook) {
        self.pass = pass
        self.book = book
    }

    /// The bytes of the next event; `tick` with the node's clock if nothing changed.
    mutating func event(_ update: MeetingUpdate) -> [UInt8] {
        let tick = Array("event: tick\ndata: \(update.clock.milliseconds)\n\n".utf8)
        if let last, last.saysTheSame(as: update) { return tick }
        last = update
        let next = PageState(update, pass: pass, names: book, revision: (told?.revision ?? 0) + 1)
        guard let before = told else {
            told = next
            return frame("state", next.revision, Console.json(next))
        }
        switch PageEvent.between(before, next) {
        case nil: return tick
        case .state(let state):
            told = next
            return frame("state", state.revision, Console.json(state))
        case .change(let change):
            told = next
            return frame("change", change.revision, Console.json(change))
        }
    }

    private func frame(_ name: String, _ revision: UInt64, _ json: [UInt8]) -> [UInt8] {
        Array("event: \(name)\nid: \(revision)\ndata: ".utf8) + json + Array("\n\n".utf8)
    }
}

/// Counts open event streams against ``HTTPService/streamLimit`` and ``HTTPService/streamLimitPerSite``.
///
/// A line that died without goodbye keeps its place until TCP gives it up, after some 15 minutes. So where a site has all its places, the
/// newest stream displaces the oldest of the same link.
final class StreamCounter: Sendable {
    /// Streams of one token; those of tokens without an id, of one role.
    private struct Link: Hashable {
        var role: Role
        var token: String
    }
    private struct Open {
        var all = 0
        /// By site, the oldest first.
        var bySite: [SiteID: [(number: UInt64, link: Link, displace: AsyncStream<Void>.Continuation)]] = [:]
        var last: UInt64 = 0
        var displaced: UInt64 = 0
    }
    private let open = Mutex(Open())

    /// One place; given back once.
    final class Seat: Sendable {
        private let counter: StreamCounter
        private let site: SiteID
        private let number: UInt64
        /// Ends when a newer stream of the same link took the place.
        let displaced: AsyncStream<Void>
        fileprivate init(_ counter: StreamCounter, _ site: SiteID, _ number: UInt64, _ displaced: AsyncStream<Void>) {
            self.counter = counter
            self.site = site
            self.number = number
            self.displaced = displaced
        }
        func giveBack() { counter.giveBack(site, number) }
        deinit { giveBack() }
    }

    /// Nil if all places are taken, and none of them by the same link.
    func take(_ pass: Pass) -> Seat? {
        let link = Link(role: pass.role, token: pass.token)
        let (stream, end) = AsyncStream.makeStream(of: Void.self)
        let number: UInt64? = open.withLock { open in
            let mine = open.bySite[pass.site] ?? []
            if open.all >= HTTPService.streamLimit || mine.count >= HTTPService.streamLimitPerSite {
                guard let oldest = mine.firstIndex(where: { $0.link == link }) else { return nil }
                mine[oldest].displace.finish()
                open.bySite[pass.site]?.remove(at: oldest)
                open.all -= 1
                open.displaced += 1
            }
            open.all += 1
            open.last += 1
            open.bySite[pass.site, default: []].append((open.last, link, end))
            return open.last
        }
        return number.map { Seat(self, pass.site, $0, stream) }
    }

    private func giveBack(_ site: SiteID, _ number: UInt64) {
        open.withLock { open in
            guard let at = open.bySite[site]?.firstIndex(where: { $0.number == number }) else { return }
            open.bySite[site]?[at].displace.finish()
            open.bySite[site]?.remove(at: at)
            open.all -= 1
            if open.bySite[site]?.isEmpty == true { open.bySite[site] = nil }
        }
    }

    var count: Int { open.withLock { $0.all } }
}
