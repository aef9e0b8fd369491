import Foundation
import Testing

@testable import BridgeService

@Suite(
    "HTTP connections, how many and how long",
    .enabled(if: ProcessInfo.processInfo.environment["NHIPCAU_TIMED"] != nil, "seconds are measured: make test runs it by itself"))
struct HTTPConnectionTests {
    /// A request that never ends.
    private static let slowHead = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: "

    /// Opens connections that begin a request, from one address.
    private func open(_ count: Int, _ wire: Wire, _ text: String = slowHead) throws -> [Int32] {
        try (0..<count).map { _ in
            let handle = try wire.connected()
            let bytes = Array(text.utf8)
            _ = bytes.withUnsafeBytes { Foundation.send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            return handle
        }
    }

    private func until(_ what: String, _ holds: () async throws -> Bool) async throws {
        let start = Date()
        while -start.timeIntervalSinceNow < 60 {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("not within a minute: \(what)")
    }

    private func refused(_ wire: Wire, _ refusal: HTTPRefusal) async throws -> Int {
        let line = "nhipcau_http_refused_total{reason=\"\(refusal.rawValue)\"} "
        let text = try await wire.send("GET", "/metrics").text
        return try #require(text.split(separator: "\n").first { $0.hasPrefix(line) }.flatMap { Double($0.dropFirst(line.count)) }.map { Int($0) })
    }

    @Test("connections beyond the limits are closed and counted, and other addresses are still served", .timeLimit(.minutes(4)))
    func limits() async throws {
        var limits = HTTPLimits(all: 36)
        limits.perAddress = 6
        try await withNode(FakeGateway(), limits: limits) { wire in
            var handles: [Int32] = []
            defer { for handle in handles { close(handle) } }
            handles += try open(10, wire)
            try await until("four are closed") { handles.count { Wire.isClosed($0) } == 4 }
            let elsewhere = Wire(port: wire.port, from: 2)
            #expect(try await elsewhere.send("GET", "/health").status == 200)
            #expect(try await refused(elsewhere, .tooManyOfAddress) == 4)
            // Five addresses more want 30 places, of which 26 are for all; an address with two gets none of the last four.
            for last in UInt8(10)..<15 { handles += try open(6, Wire(port: wire.port, from: last)) }
            let late = try open(6, Wire(port: wire.port, from: 20))
            handles += late
            try await until("four are closed") { late.count { Wire.isClosed($0) } == 4 }
            let health = try await elsewhere.send("GET", "/health")
            #expect(health.status == 200 && health.text.contains("HTTP connections are open"))
            try await until("eight are counted") { try await refused(elsewhere, .tooManyConnections) == 8 }
            // Places are given back.
            for handle in handles { close(handle) }
            handles = []
            try await until("the node has seen it") {
                try await elsewhere.send("GET", "/metrics").text.contains("nhipcau_http_connections 1.0\n")
            }
            handles = try open(6, wire)
            #expect(handles.allSatisfy { !Wire.isClosed($0, within: 50) })
        }
    }

    @Test("a connection that is late with its head or body, or idle, is closed; the late ones are counted", .timeLimit(.minutes(4)))
    func deadlines() async throws {
        var limits = HTTPLimits()
        limits.head = .milliseconds(400)
        limits.body = .milliseconds(700)
        limits.idle = .seconds(1)
        limits.linger = .milliseconds(300)
        try await withNode(FakeGateway(), limits: limits) { wire in
            let start = Date()
            let silent = try open(1, wire, "")[0]
            let slow = try open(1, wire)[0]
            let post =
                "POST /api/mute HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer room:yen-my\r\nContent-Type: application/json\r\n"
                + "Content-Length: 20\r\n\r\n{"
            let half = try open(1, wire, post)[0]
            let kept = try open(1, wire, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n")[0]
            defer { for handle in [silent, slow, half, kept] { close(handle) } }
            #expect(Wire.isClosed(silent, within: 60_000) && Wire.isClosed(slow, within: 60_000))
            #expect(-start.timeIntervalSinceNow >= 0.35)
            #expect(Wire.isClosed(half, within: 60_000))
            // Its answer has come; then nothing more is asked.
            var buffer = [UInt8](repeating: 0, count: 4_096)
            #expect(recv(kept, &buffer, buffer.count, 0) > 0)
            #expect(Wire.isClosed(kept, within: 60_000))
            #expect(-start.timeIntervalSinceNow >= 0.9)
            #expect(try await refused(wire, .lateHead) == 2)
            #expect(try await refused(wire, .lateBody) == 1)
            #expect(try await refused(wire, .stalled) == 0)
        }
    }

    @Test("a body that is too long by its own word is refused at once, a broken chunk with 400", .timeLimit(.minutes(4)))
    func bodies() async throws {
        try await withNode(FakeGateway()) { wire in
            let head = "POST /api/mute HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer room:yen-my\r\nContent-Type: application/json\r\n"
            for length in ["300000", "9223372036854775807", "9223372036854775808", "18446744073709551615"] {
                let start = Date()
                let answer = try Wire.answer(try await wire.raw(head + "Content-Length: \(length)\r\n\r\n{", patience: 1))
                #expect(answer.status == 413, "\(length): \(answer.head)")
                #expect(-start.timeIntervalSinceNow < 2.5)
            }
            let chunk = try Wire.answer(try await wire.raw(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"))
            #expect(chunk.status == 400)
            let untyped = try await wire.send("POST", "/api/mute", token: "room:yen-my", body: Array(#"{"muted":true}"#.utf8))
            #expect(untyped.status == 415 && untyped.code == "wrong-type")
        }
    }

    @Test("a process with few descriptors carries fewer connections, and says when the reserve is touched")
    func descriptors() throws {
        #expect(Descriptors.connections(within: 1_024) == 768)
        #expect(Descriptors.connections(within: 2_560) == 2_304)
        #expect(HTTPLimits(all: Descriptors.connections(within: 2_560)).all == HTTPLimits.connections)
        #expect(Descriptors.connections(within: 300) == 150)
        let limit = Descriptors.limit(needed: 64)
        #expect(limit >= 64)
        // So many that half of the limit is more than the reserve. Other tests open and close some meanwhile.
        #expect(Descriptors.limit(needed: 1_024) >= 1_024)
        let held = (0..<2 * Descriptors.reserve).map { _ in dup(0) }
        defer { for handle in held { close(handle) } }
        let next = Int(try #require(held.max()))
        #expect(!Descriptors.isReserveTouched(limit: next + Descriptors.reserve + 100))
        #expect(Descriptors.isReserveTouched(limit: next + Descriptors.reserve - 100))
    }
}
