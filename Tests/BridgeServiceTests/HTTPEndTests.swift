import Basics
import Conference
import Console
import Foundation
import Testing

@testable import BridgeService

@Suite(
    "What ends by itself",
    .enabled(if: ProcessInfo.processInfo.environment["NHIPCAU_TIMED"] != nil, "seconds are measured: make test runs it by itself"))
struct HTTPEndTests {
    @Test("an event stream ends with its token", .timeLimit(.minutes(4)))
    func expired() async throws {
        let gateway = FakeGateway()
        gateway.change { state in
            state.view = FakeGateway.view()
            state.expires = state.clock + .milliseconds(600)
        }
        try await withNode(gateway) { wire in
            let start = Date()
            // The connection's end, not a number of events, ends the wait.
            let frames = try await wire.events(token: "room:yen-my", enough: .max) { count in
                if count == 1 { gateway.change { $0.clock = $0.expires } }
            }
            #expect(frames.map(\.0).first == "state")
            #expect(-start.timeIntervalSinceNow < 8)
        }
    }

    @Test("a node that stops ends its event streams and closes what is left", .timeLimit(.minutes(4)))
    func stops() async throws {
        let gateway = FakeGateway()
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let side = try makeHTTPSide(gateway: gateway, address: "127.0.0.1", port: 0, onListening: { listening.yield($0) })
        let running = Task { try await side.run() }
        var iterator = ports.makeAsyncIterator()
        let wire = Wire(port: try #require(await iterator.next()))
        let idle = try wire.connected()
        defer { close(idle) }
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        async let stream = wire.events(token: "room:yen-my", enough: .max) { if $0 == 1 { begin.yield() } }
        for await _ in began { break }
        gateway.state.withLock { for reader in $0.readers.values { reader.finish() } }
        await side.close(after: .milliseconds(300))
        #expect(Wire.isClosed(idle, within: 60_000))
        #expect(try await stream.count == 1)
        // Whoever comes now is closed at once.
        let late = try wire.connected()
        defer { close(late) }
        #expect(Wire.isClosed(late, within: 60_000))
        running.cancel()
        _ = await running.result
    }
}
