import Basics
import CLinux
import Glibc

/// The one UDP socket of a relayed line, in IPv4: both ends take its address for their neighbour's.
final class RelaySocket {
    /// What the node's own socket takes at most.
    private static let size = 2_048
    let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private var isOpen = true

    /// Why there is no socket.
    struct Failure: Error, CustomStringConvertible { var description: String }

    init(at address: Address) throws(Failure) {
        // Kept out of `self` until all is well: what is thrown after its last property is set would run `deinit` as well.
        let opened = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var room: Int32 = 1 << 20
        setsockopt(opened, SOL_SOCKET, SO_RCVBUF, &room, 4)
        setsockopt(opened, SOL_SOCKET, SO_SNDBUF, &room, 4)
        let bound = RelaySocket.with(address) { bind(opened, $0, $1) }
        guard opened >= 0, bound == 0 else {
            let reason = String(cString: strerror(errno))
            if opened >= 0 { Glibc.close(opened) }
            throw Failure(description: "no UDP socket at \(address): \(reason)")
        }
        buffer = .allocate(byteCount: RelaySocket.size, alignment: 16)
        descriptor = opened
    }
    deinit {
        close()
        buffer.deallocate()
    }

    /// Frees the address; nothing is sent or received any more.
    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Hands each waiting datagram to `body`, at most 64 of them.
    func receive(_ body: (UnsafeMutableRawBufferPointer, Address) -> Void) {
        for _ in 0..<64 {
            var name = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let count = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(descriptor, buffer.baseAddress, buffer.count, 0, $0, &length) }
            }
            // An end that is dead refuses what is sent to it; that is no datagram, but others may wait behind it.
            if count < 0, errno == ECONNREFUSED { continue }
            guard count > 0 else { return }
            body(
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]),
                Address(ipv4: UInt32(bigEndian: name.sin_addr.s_addr), port: UInt16(bigEndian: name.sin_port)))
        }
    }

    /// One datagram; what the kernel refuses is lost, as on any network.
    func send(_ bytes: [UInt8], to address: Address) {
        _ = RelaySocket.with(address) { name, length in sendto(descriptor, bytes, bytes.count, 0, name, length) }
    }

    private static func with<R>(_ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = address.port.bigEndian
        name.sin_addr.s_addr = (address.ipv4 ?? 0).bigEndian
        return withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
