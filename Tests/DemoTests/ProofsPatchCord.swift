import Foundation
import Glibc
import Synchronization
import Testing

@testable import Demo

/// Stands at an endpoint's address and port, and carries datagrams between the node and two ports of another program:
/// what arrives at `speaks` goes to the node, what the node sends goes to `listens`.
final class PatchCord: Sendable {
    private let outer: Int32
    private let inner: Int32
    private let isOver = Mutex(false)

    /// Takes the place of the node's first endpoint.
    init(_ network: ProofsNetwork, node: String, speaks: UInt16, listens: UInt16) throws {
        let node = try #require(network.plan.network.node(id: node))
        let endpoint = try #require(node.endpoints.first).address
        outer = try PatchCord.socket(at: endpoint.host, endpoint.port)
        inner = try PatchCord.socket(at: "127.0.0.1", speaks)
        let thread = Thread { [self, to = PatchCord.name(node.address.host, node.address.port), ear = PatchCord.name("127.0.0.1", listens)] in
            var waiting = [pollfd(fd: outer, events: Int16(POLLIN), revents: 0), pollfd(fd: inner, events: Int16(POLLIN), revents: 0)]
            var buffer = [UInt8](repeating: 0, count: 2_048)
            while !isOver.withLock({ $0 }) {
                guard poll(&waiting, 2, 100) > 0 else { continue }
                if waiting[0].revents != 0 { carry(outer, inner, ear, &buffer) }
                if waiting[1].revents != 0 { carry(inner, outer, to, &buffer) }
            }
            close(outer)
            close(inner)
        }
        thread.start()
    }

    func stop() { isOver.withLock { $0 = true } }

    private func carry(_ from: Int32, _ by: Int32, _ to: sockaddr_in, _ buffer: inout [UInt8]) {
        let count = recv(from, &buffer, buffer.count, 0)
        if count > 0 { PatchCord.send(buffer[0..<count], by, to) }
    }

    /// One datagram; what the kernel refuses is lost.
    static func send(_ bytes: ArraySlice<UInt8>, _ socket: Int32, _ to: sockaddr_in) {
        var name = to
        _ = bytes.withUnsafeBytes { bytes in
            withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(socket, bytes.baseAddress, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    /// A UDP socket bound to an address.
    static func socket(at host: String, _ port: UInt16) throws -> Int32 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var name = name(host, port)
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(bound == 0, "\(host):\(port): \(String(cString: strerror(errno)))")
        return descriptor
    }

    static func name(_ host: String, _ port: UInt16) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &name.sin_addr)
        return name
    }
}
