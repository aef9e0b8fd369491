import Foundation
import Glibc
import Testing

@testable import Demo

extension Proofs {
    @Test(
        "a node in a meeting with 1,024 descriptors outlives 1,100 slow connections, and answers others meanwhile", .timeLimit(.minutes(3)))
    func slowConnections() async throws {
        // As long as it took to end a node: NHIPCAU_SLOW_SECONDS=80.
        let seconds = ProcessInfo.processInfo.environment["NHIPCAU_SLOW_SECONDS"].flatMap { Double($0) } ?? 14
        try await ProofsNetwork.run(meeting: Proofs.threeLevels) { network in
            try await network.startNodes(["ninh-binh"])
            try await network.startNode("yen-mo", descriptors: 1_024)
            try await network.until("yen-mo is ready", 20) { await network.isReady("yen-mo") }
            try await network.startMeeting()
            try await network.until("yen-mo knows the meeting", 10) { try await !network.status("yen-mo").meetings.isEmpty }

            let node = try #require(network.plan.network.node(id: "yen-mo"))
            let flood = try SlowConnections(host: node.address.host, port: node.httpPort, count: 1_100, addresses: 44)
            defer { flood.close() }
            let start = Date()
            var slowest = 0.0
            while -start.timeIntervalSinceNow < seconds {
                flood.drip()
                let asked = Date()
                #expect(try SlowConnections.health(node.address.host, node.httpPort, from: "127.0.9.9") == 200)
                slowest = max(slowest, -asked.timeIntervalSinceNow)
                try await Task.sleep(for: .milliseconds(500))
            }
            #expect(slowest < 2, "the slowest answer took \(slowest) s")
            #expect(await network.ends.names.isEmpty)
            // Those that were too many, and those that said nothing whole in ten seconds.
            #expect(try await network.metric("nhipcau_http_refused_total", "too-many-connections", of: "yen-mo") > 0)
            if seconds > 12 { #expect(try await network.metric("nhipcau_http_refused_total", "late-head", of: "yen-mo") > 600) }
            #expect(try await network.metric("nhipcau_http_connection_limit", of: "yen-mo") == 768)
            #expect(try await network.status("yen-mo").meetings.count == 1)
        }
    }
}

/// TCP connections from many loopback addresses, each of which sends a request byte by byte.
private final class SlowConnections {
    private var handles: [Int32] = []

    init(host: String, port: UInt16, count: Int, addresses: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur < rlim_t(count + 512) {
            limit.rlim_cur = min(limit.rlim_max, rlim_t(count + 512))
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        for number in 0..<count {
            let handle = try Self.connect(host, port, from: "127.0.8.\(1 + number % addresses)")
            Self.say("GET /health HTTP/1.1\r\nHost: a\r\nX-a: ", handle)
            handles.append(handle)
        }
    }

    /// A byte more on each of them; those that were closed take none.
    func drip() { for handle in handles { Self.say("a", handle) } }
    func close() { for handle in handles { Glibc.close(handle) } }

    /// The status of `GET /health`, asked from that address; the answer must begin within three seconds.
    static func health(_ host: String, _ port: UInt16, from address: String) throws -> Int {
        let handle = try connect(host, port, from: address)
        defer { Glibc.close(handle) }
        var patience = timeval(tv_sec: 3, tv_usec: 0)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        say("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", handle)
        var buffer = [UInt8](repeating: 0, count: 1_024)
        let count = recv(handle, &buffer, buffer.count, 0)
        let words = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }

    private static func say(_ text: String, _ handle: Int32) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
    }

    private static func connect(_ host: String, _ port: UInt16, from address: String) throws -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        func at(_ text: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            inet_pton(AF_INET, text, &name.sin_addr)
            return withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        }
        guard handle >= 0, at(address, 0, { bind(handle, $0, $1) }) == 0, at(host, port, { Glibc.connect(handle, $0, $1) }) == 0 else {
            let reason = String(cString: strerror(errno))
            if handle >= 0 { Glibc.close(handle) }
            throw ProofsNetwork.TooLate(description: "no connection from \(address) to \(host):\(port): \(reason)")
        }
        return handle
    }
}
