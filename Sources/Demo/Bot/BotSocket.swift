import Basics
import Glibc

/// A connected UDP socket: a bot talks to its node only.
final class BotSocket {
    private static let size = 2_048
    let descriptor: Int32
    private let remote: Address
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: BotSocket.size, alignment: 64)

    /// Nil if the kernel refuses; `errno` says why. All properties are set by then, so `deinit` cleans up.
    init?(to remote: Address) {
        self.remote = remote
        let isIPv4 = remote.ipv4 != nil
        descriptor = socket(
            isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var room: Int32 = 1 << 20
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, 4)
        let status: Int32
        if let host = remote.ipv4 {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = remote.port.bigEndian
            name.sin_addr.s_addr = host.bigEndian
            status = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        } else {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = remote.port.bigEndian
            withUnsafeMutableBytes(of: &name.sin6_addr) {
                $0.storeBytes(of: remote.high.bigEndian, as: UInt64.self)
                $0.storeBytes(of: remote.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            status = withUnsafePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
            }
        }
        guard status == 0 else { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        buffer.deallocate()
    }

    /// Hands each waiting datagram to `body`, at most 128 of them.
    func receive(_ body: (UnsafeMutableRawBufferPointer, Address) -> Void) {
        for _ in 0..<128 {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            // A refused port (the node restarts) shows as an error and is no datagram.
            guard count > 0 else { return }
            body(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), remote)
        }
    }

    /// Sends all of the outbox; what the kernel does not take is lost, as on any network.
    func send(_ outbox: Outbox) {
        for datagram in outbox.datagrams {
            _ = Glibc.send(descriptor, datagram.bytes, datagram.count, 0)
        }
        outbox.removeAll()
    }
}
