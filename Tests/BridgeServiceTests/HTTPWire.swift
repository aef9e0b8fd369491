import Console
import Foundation

@testable import BridgeService

/// HTTP over a plain loopback socket: what a test writes is what the node reads.
struct Wire: Sendable {
    let port: Int

    struct Answer: Sendable {
        var status: Int
        var head: String
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        /// The field `code` of a problem.
        var code: String? { field("code") }
        func field(_ name: String) -> String? {
            (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])?[name] as? String
        }
    }

    func send(
        _ method: String, _ path: String, token: String? = nil, type: String? = nil, headers: [String] = [], body: [UInt8] = []
    ) async throws -> Answer {
        let bytes = try await exchange(request(method, path, token, type, headers, body)) { _ in false }
        return try Self.parse(bytes)
    }
    func json(_ method: String, _ path: String, token: String, _ body: String) async throws -> Answer {
        try await send(method, path, token: token, type: "application/json", body: Array(body.utf8))
    }

    /// The frames (`event`, `data`) of an event stream until `enough` of them came.
    func events(token: String, enough: Int, meanwhile: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> [(String, [UInt8])] {
        let bytes = try await exchange(request("GET", "/api/events?token=\(token)", nil, nil, [], [])) { bytes in
            let count = Self.frames(bytes).count
            meanwhile(count)
            return count >= enough
        }
        return Self.frames(bytes)
    }

    static func frames(_ bytes: [UInt8]) -> [(String, [UInt8])] {
        var result: [(String, [UInt8])] = []
        var name = ""
        for line in bytes.split(separator: 10) {
            if line.starts(with: Array("event: ".utf8)) { name = String(decoding: line.dropFirst(7), as: UTF8.self) }
            if line.starts(with: Array("data: ".utf8)) { result.append((name, Array(line.dropFirst(6)))) }
        }
        return result
    }

    private func request(
        _ method: String, _ path: String, _ token: String?, _ type: String?, _ headers: [String], _ body: [UInt8]
    ) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1", "Connection: close", "Content-Length: \(body.count)"] + headers
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let type { lines.append("Content-Type: \(type)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    private func exchange(_ request: [UInt8], enough: @escaping @Sendable ([UInt8]) -> Bool) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { done in
            // A thread of its own: a blocked one of a shared pool would hold up the other tests.
            Thread.detachNewThread { done.resume(with: Result { try blocking(request, enough) }) }
        }
    }

    private func blocking(_ request: [UInt8], _ enough: ([UInt8]) -> Bool) throws -> [UInt8] {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { throw CocoaError(.fileReadUnknown) }
        var sent = 0
        while sent < request.count {
            let n = request[sent...].withUnsafeBytes { Foundation.send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if n <= 0 { break }
            sent += n
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !enough(answer) {
            let n = recv(handle, &buffer, buffer.count, 0)
            if n <= 0 { break }
            answer += buffer[..<n]
        }
        return answer
    }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw CocoaError(.fileReadCorruptFile) }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, head: head, body: Array(bytes[end.upperBound...]))
    }
}

/// Runs the HTTP side on a free loopback port for the length of `body`.
func withNode<T: Sendable>(_ gateway: FakeGateway, _ body: @Sendable @escaping (Wire) async throws -> T) async throws -> T {
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let application = try makeApplication(gateway: gateway, address: "127.0.0.1", port: 0, onListening: { listening.yield($0) })
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        let wire = Wire(port: await iterator.next()!)
        defer { group.cancelAll() }
        return try await body(wire)
    }
}
