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
        guard let seat = streams.take(pass.site) else { throw HTTPProblem.tooManyStreams }
        let book = NameBook(await door.gateway.network())
        let gateway = door.gateway
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { seat.giveBack() }
                try await stream(gateway.views(for: pass), pass: pass, book: book, now: { gateway.now() }, to: &writer)
                try await writer.finish(nil)
            })
    }
}

/// Writes events until the updates end, the page goes, or its token is over.
private func stream(
    _ updates: AsyncStream<MeetingUpdate>, pass: Pass, book: NameBook, now: @escaping @Sendable () -> WallTime, to writer: inout any ResponseBodyWriter
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

/// Counts open event streams against ``HTTPService/streamLimit``.
final class StreamCounter: Sendable {
    private let open = Mutex<(all: Int, bySite: [SiteID: Int])>((0, [:]))

    /// One place; given back once.
    final class Seat: Sendable {
        private let counter: StreamCounter
        private let site: SiteID
        private let taken = Mutex(true)
        fileprivate init(_ counter: StreamCounter, _ site: SiteID) {
            self.counter = counter
            self.site = site
        }
        func giveBack() {
            let mine = taken.withLock { taken in
                defer { taken = false }
                return taken
            }
            if mine { counter.giveBack(site) }
        }
        deinit { giveBack() }
    }

    /// Nil if all places are taken.
    func take(_ site: SiteID) -> Seat? {
        let granted = open.withLock { open in
            let mine = open.bySite[site] ?? 0
            guard open.all < HTTPService.streamLimit, mine < HTTPService.streamLimitPerSite else { return false }
            open.all += 1
            open.bySite[site] = mine + 1
            return true
        }
        return granted ? Seat(self, site) : nil
    }

    private func giveBack(_ site: SiteID) {
        open.withLock { open in
            open.all -= 1
            let mine = (open.bySite[site] ?? 1) - 1
            open.bySite[site] = mine == 0 ? nil : mine
        }
    }

    var count: Int { open.withLock { $0.all } }
}
