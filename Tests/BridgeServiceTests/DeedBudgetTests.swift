import Basics
import Conference
import Foundation
import Peer
import SDP
import Synchronization
import Testing

@testable import BridgeService

@Suite("How often one site may ask") struct DeedBudgetTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let time = Mutex(Instant(nanoseconds: 1_000_000_000))
        var now: Instant { time.withLock { $0 } }
        func advance(_ interval: Interval) { time.withLock { $0 += interval } }
    }
    private let hall = DeedBudget.Principal.site(SiteID("yen-my"), .room)

    @Test("a bucket gives its burst, then so many a second, and says when to ask again")
    func refill() {
        let clock = Clock()
        let budget = DeedBudget(now: { clock.now })
        func ask() -> Result<Void, DeedBudget.RetryAfter> { budget.take(hall, .join, .join) }
        for _ in 0..<8 { #expect(throws: Never.self) { try ask().get() } }
        #expect(throws: DeedBudget.RetryAfter(seconds: 1)) { try ask().get() }
        clock.advance(.milliseconds(500))
        #expect(throws: Never.self) { try ask().get() }
        #expect(throws: DeedBudget.RetryAfter.self) { try ask().get() }
        // Others have their own: other roles of the site, other sites, other deeds.
        for (principal, right) in [
            (DeedBudget.Principal.site(SiteID("yen-my"), .viewer), Right.join), (.site(SiteID("yen-hoa"), .room), .join), (hall, .requestFloor),
        ] {
            #expect(throws: Never.self) { try budget.take(principal, right, .join).get() }
        }
    }

    @Test("the table of buckets is bounded, and forgets those that are full again")
    func bounded() {
        let clock = Clock()
        let budget = DeedBudget(now: { clock.now })
        func ask(_ number: Int) -> Bool {
            if case .success = budget.take(.site(SiteID("s\(number)"), .room), .requestFloor, .deed) { true } else { false }
        }
        for number in 0..<DeedBudget.limit { #expect(ask(number)) }
        #expect(budget.count == DeedBudget.limit)
        #expect(!ask(-1))
        #expect(ask(0), "whoever is known goes on")
        clock.advance(.seconds(Int64(2)))
        #expect(ask(-1))
        #expect(budget.count == 1)
    }

    @Test("asking too often is answered with 429 and the time to wait, in both languages, and counted", .timeLimit(.minutes(1)))
    func overHTTP() async throws {
        let gateway = FakeGateway()
        try await withNode(gateway) { wire in
            func ask(_ path: String = "/api/floor/request") async throws -> Wire.Answer {
                try await wire.json("POST", path, token: "room:yen-my", path == "/api/mute" ? #"{"muted":true}"# : "{}")
            }
            var last = try await ask()
            for _ in 0..<60 where last.status == 204 { last = try await ask() }
            #expect(last.status == 429 && last.code == "too-many-deeds")
            #expect(last.head.lowercased().contains("retry-after: 1"))
            #expect(last.field("message") == "Điểm cầu thao tác quá nhanh.")
            #expect(try await ask("/api/floor/request?lang=en").field("message") == "This site asks too often.")
            let done = gateway.state.withLock { $0.actions.count }
            #expect((20..<40).contains(done))
            // The mute key is another deed, and a quick hand does not reach its limit.
            for _ in 0..<20 { #expect(try await ask("/api/mute").status == 204) }
            #expect(try await wire.send("GET", "/metrics").text.contains("nhipcau_http_refused_total{reason=\"too-many-deeds\"}"))
        }
    }

    @Test("offers are read four at a time; the next waits its turn, and not for ever", .timeLimit(.minutes(1)))
    func offers() async throws {
        let gate = OfferGate(patience: .milliseconds(200))
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let (go, release) = AsyncStream.makeStream(of: Void.self)
        let done = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<OfferGate.places {
                group.addTask {
                    await gate.pass {
                        begin.yield()
                        // The first waits to be let go, and ends the wait of the others with it.
                        for await _ in go { break }
                        release.yield()
                        return number
                    }
                }
            }
            var beginnings = began.makeAsyncIterator()
            for _ in 0..<OfferGate.places { await beginnings.next() }
            #expect(await gate.pass { 7 } == nil)
            release.yield()
            return await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
        }
        #expect(done == OfferGate.places)
        #expect(await gate.pass { 7 } == 7)
    }

    @Test("offers that are too long or too many-voiced are refused; they cost little before that")
    func hostileOffer() {
        let head = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        let formats = (0..<128).map(String.init).joined(separator: " ")
        #expect(throws: NegotiationError.tooLarge) { try SessionDescription(parsing: head + "m=audio 9 UDP/TLS/RTP/SAVPF \(formats)\r\n") }
        let lines = String(repeating: "a=rtcp-fb:*z\r\n", count: SessionDescription.maximumLines)
        #expect(throws: NegotiationError.tooLarge) { try SessionDescription(parsing: head + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" + lines) }
    }
}
