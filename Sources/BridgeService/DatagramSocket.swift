import Basics
import CLinux
import Glibc

/// What the kernel refused; ``StartFailure`` says what to do.
struct SocketFailure: Error, CustomStringConvertible {
    let what: String
    let address: Address
    /// `errno`.
    let code: Int32
    init(_ what: String, _ address: Address) {
        code = errno
        self.what = what
        self.address = address
    }
    var reason: String { String(cString: strerror(code)) }
    var description: String { "\(what) \(address): \(reason)" }
}

/// One UDP socket read and written in batches: `recvmmsg` into fixed buffers, `sendmmsg` from the outbox's slots.
///
/// Chosen over a channel of SwiftNIO: on the build machine `sendmmsg` costs 1.5 µs a datagram to distinct destinations, NIO's
/// vectored writes 2.9 µs (0.35 M a second), and the event loop that owns the bridge wants no second thread.
final class DatagramSocket {
    static let batch = 64
    private static let bufferSize = 2_048

    let descriptor: Int32
    private let isIPv4: Bool
    private let buffers: UnsafeMutableRawPointer
    private let receiveHeaders: UnsafeMutablePointer<nc_mmsghdr>
    private let receiveVectors: UnsafeMutablePointer<iovec>
    private let receiveNames: UnsafeMutablePointer<sockaddr_in6>
    private let sendHeaders: UnsafeMutablePointer<nc_mmsghdr>
    private let sendVectors: UnsafeMutablePointer<iovec>
    private let sendNames: UnsafeMutablePointer<sockaddr_in6>
    /// Datagrams the kernel did not take: its buffer was full, or the route is gone.
    private(set) var unsent: UInt64 = 0

    init(_ address: Address) throws(SocketFailure) {
        isIPv4 = address.ipv4 != nil
        let fd = socket(isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw SocketFailure("cannot open a UDP socket for", address) }
        var size: Int32 = 4 << 20
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, 4)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, 4)
        var name = sockaddr_in6()
        let length = DatagramSocket.fill(&name, address, isIPv4)
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fd, $0, length) }
        }
        guard bound == 0 else {
            let failure = SocketFailure("cannot listen for media on UDP", address)
            close(fd)
            throw failure
        }
        descriptor = fd
        let n = DatagramSocket.batch
        buffers = .allocate(byteCount: n * DatagramSocket.bufferSize, alignment: 64)
        receiveHeaders = .allocate(capacity: n)
        receiveVectors = .allocate(capacity: n)
        receiveNames = .allocate(capacity: n)
        sendHeaders = .allocate(capacity: n)
        sendVectors = .allocate(capacity: n)
        sendNames = .allocate(capacity: n)
        for i in 0..<n {
            receiveVectors[i] = iovec(iov_base: buffers + i * DatagramSocket.bufferSize, iov_len: DatagramSocket.bufferSize)
            receiveHeaders[i] = header(receiveNames + i, receiveVectors + i)
            sendHeaders[i] = header(sendNames + i, sendVectors + i)
        }
    }

    deinit {
        close(descriptor)
        buffers.deallocate()
        receiveHeaders.deallocate()
        receiveVectors.deallocate()
        receiveNames.deallocate()
        sendHeaders.deallocate()
        sendVectors.deallocate()
        sendNames.deallocate()
    }

    /// Hands up to one batch of waiting datagrams to `body`, each in a buffer it may change; returns how many there were.
    func receive(_ body: (UnsafeMutableRawBufferPointer, Address) -> Void) -> Int {
        for i in 0..<DatagramSocket.batch {
            receiveHeaders[i].msg_hdr.msg_namelen = socklen_t(MemoryLayout<sockaddr_in6>.size)
            receiveHeaders[i].msg_hdr.msg_flags = 0
        }
        let count = nc_recvmmsg(descriptor, receiveHeaders, UInt32(DatagramSocket.batch), nc_msg_dontwait, nil)
        guard count > 0 else { return 0 }
        for i in 0..<Int(count) where receiveHeaders[i].msg_hdr.msg_flags & nc_msg_trunc == 0 {
            let bytes = UnsafeMutableRawBufferPointer(
                start: buffers + i * DatagramSocket.bufferSize, count: Int(receiveHeaders[i].msg_len))
            body(bytes, address(of: receiveNames + i))
        }
        return Int(count)
    }

    /// Sends everything in the outbox, in order. What the kernel refuses is counted and lost, as on any network.
    func send(_ datagrams: [Outbox.Datagram]) {
        var next = 0
        while next < datagrams.count {
            let n = min(DatagramSocket.batch, datagrams.count - next)
            for i in 0..<n {
                let datagram = datagrams[next + i]
                sendVectors[i] = iovec(iov_base: datagram.bytes, iov_len: datagram.count)
                sendHeaders[i].msg_hdr.msg_namelen = DatagramSocket.fill(&sendNames[i], datagram.to, isIPv4)
            }
            let sent = Int(nc_sendmmsg(descriptor, sendHeaders, UInt32(n), nc_msg_dontwait))
            if sent <= 0 {
                if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    if poll(&wait, 1, 5) > 0 { continue }
                }
                // One unreachable destination must not hold up the others.
                unsent += 1
                next += 1
            } else {
                next += sent
            }
        }
    }

    private func header(_ name: UnsafeMutablePointer<sockaddr_in6>, _ vector: UnsafeMutablePointer<iovec>) -> nc_mmsghdr {
        var result = nc_mmsghdr()
        result.msg_hdr.msg_name = UnsafeMutableRawPointer(name)
        result.msg_hdr.msg_iov = vector
        result.msg_hdr.msg_iovlen = 1
        return result
    }

    private func address(of name: UnsafeMutablePointer<sockaddr_in6>) -> Address {
        if isIPv4 {
            return UnsafeMutableRawPointer(name).withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Address(ipv4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr), port: UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
        let words = UnsafeRawPointer(name).advanced(by: 8)
        return Address(
            high: UInt64(bigEndian: words.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            port: UInt16(bigEndian: name.pointee.sin6_port))
    }

    private static func fill(_ name: inout sockaddr_in6, _ address: Address, _ isIPv4: Bool) -> socklen_t {
        withUnsafeMutableBytes(of: &name) { raw in
            raw.initializeMemory(as: UInt8.self, repeating: 0)
            raw.storeBytes(of: UInt16(isIPv4 ? AF_INET : AF_INET6), as: UInt16.self)
            raw.storeBytes(of: address.port.bigEndian, toByteOffset: 2, as: UInt16.self)
            if isIPv4 {
                raw.storeBytes(of: (address.ipv4 ?? 0).bigEndian, toByteOffset: 4, as: UInt32.self)
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            }
            raw.storeBytes(of: address.high.bigEndian, toByteOffset: 8, as: UInt64.self)
            raw.storeBytes(of: address.low.bigEndian, toByteOffset: 16, as: UInt64.self)
            return socklen_t(MemoryLayout<sockaddr_in6>.size)
        }
    }
}
