import Console
import Foundation

@testable import BridgeService

/// HTTP over a plain loopback socket: what a test writes is what the node reads.
struct Wire: Sendable {
    let port: Int
    /// The last number of the loopback address from which it connects.
    var from: UInt8 = 1

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
    /// What comes back for these bytes, until the node closes or is silent for that long.
    func raw(_ text: String, patience: Int = 20) async throws -> [UInt8] {
        try await exchange(Array(text.utf8), patience: patience) { _ in false }
    }
    static func answer(_ bytes: [UInt8]) throws -> Answer { try parse(bytes) }
    func json(_ method: String, _ path: String, token: String, _ body: String) async throws -> Answer {
        try await send(method, path, token: token, type: "application/json", body: Array(body.utf8))
    }

    /// The frames (`event`, `data`) of an event stream until `enough` of them came.
    func events(token: String, enough: Int, meanwhile: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> [(String, [UInt8])] {
        let bytes = try await exchange(request("GET", "/api/events", token, nil, [], [])) { bytes in
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

    private func exchange(_ request: [UInt8], patience: Int = 20, enough: @escaping @Sendable ([UInt8]) -> Bool) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { done in
            // A thread of its own: a blocked one of a shared pool would hold up the other tests.
            Thread.detachNewThread { done.resume(with: Result { try blocking(request, patience, enough) }) }
        }
    }

    /// A connected socket; the caller closes it.
    func connected() throws -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        func at(_ last: UInt8, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Bool {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = (UInt32(0x7F00_0000) | UInt32(last)).bigEndian
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
            }
        }
        guard at(from, 0, { bind(handle, $0, $1) }), at(1, port, { connect(handle, $0, $1) }) else {
            close(handle)
            throw CocoaError(.fileReadUnknown)
        }
        return handle
    }

    /// The node has closed that connection, now or within so many milliseconds.
    static func isClosed(_ handle: Int32, within milliseconds: Int32 = 0) -> Bool {
        var waiting = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        return recv(handle, &byte, 1, Int32(MSG_PEEK)) <= 0
    }

    private func blocking(_ request: [UInt8], _ seconds: Int, _ enough: ([UInt8]) -> Bool) throws -> [UInt8] {
        let handle = try connected()
        defer { close(handle) }
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
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
func withNode<T: Sendable>(
    _ gateway: FakeGateway, limits: HTTPLimits = HTTPLimits(), tls: TLSFiles? = nil, _ body: @Sendable @escaping (Wire) async throws -> T
) async throws -> T {
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let side = try makeHTTPSide(
        gateway: gateway, address: "127.0.0.1", port: 0, tls: tls, limits: limits, onListening: { listening.yield($0) })
    // As in a node that ends, the task is left alone: cancelled with a connection that was accepted and not looked at yet, SwiftNIO traps.
    Task { try await side.run() }
    var iterator = ports.makeAsyncIterator()
    let wire = Wire(port: await iterator.next()!)
    let result = await Result { try await body(wire) }
    await side.close(after: .zero)
    return try result.get()
}

extension Result where Failure == any Error {
    /// What an asynchronous body gives or throws.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
