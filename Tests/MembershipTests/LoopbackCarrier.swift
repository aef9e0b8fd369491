import Basics
import Glibc

/// One UDP socket on 127.0.0.1 per node, with ports the kernel chooses, and the real clock.
final class LoopbackCarrier: Carrier {
    private let started: Int64
    private let nodes: [NodeIndex]
    private var sockets: [Int32] = []
    private var addresses: [sockaddr_in] = []
    private var ready: [Int] = []

    init?(_ nodes: [NodeIndex]) {
        self.nodes = nodes
        started = LoopbackCarrier.clock()
        for _ in nodes {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            guard descriptor >= 0 else { return nil }
            sockets.append(descriptor)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
                }
            }
            guard bound else { return nil }
            addresses.append(address)
        }
    }
    deinit { for descriptor in sockets { close(descriptor) } }

    private static func clock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    var now: Instant { Instant(nanoseconds: LoopbackCarrier.clock() - started + 1_000_000_000) }

    func send(_ bytes: [UInt8], from: NodeIndex, to: NodeIndex) {
        guard let a = nodes.firstIndex(of: from), let b = nodes.firstIndex(of: to) else { return }
        withUnsafePointer(to: &addresses[b]) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(sockets[a], bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    func next(before limit: Instant) -> (bytes: [UInt8], from: NodeIndex, to: NodeIndex)? {
        if ready.isEmpty {
            var polled = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let wait = max(0, (limit - now).nanoseconds + 999_999) / 1_000_000
            guard poll(&polled, nfds_t(polled.count), Int32(min(wait, 1_000))) > 0 else { return nil }
            ready = polled.indices.filter { polled[$0].revents != 0 }
        }
        guard let to = ready.popLast() else { return nil }
        var buffer = [UInt8](repeating: 0, count: 2_048)
        var source = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &source) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(sockets[to], &buffer, buffer.count, Int32(MSG_DONTWAIT), $0, &length)
            }
        }
        guard count > 0, let from = addresses.firstIndex(where: { $0.sin_port == source.sin_port }) else { return nil }
        return (Array(buffer[..<count]), nodes[from], nodes[to])
    }
}
