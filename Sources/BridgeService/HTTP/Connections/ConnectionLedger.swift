import Console
import NIOCore
import Synchronization

/// Knows the open HTTP connections, by address, and says which new ones may stay.
final class ConnectionLedger: Sendable {
    /// Where a connection comes from: an IPv4 address, or the 64 bits of an IPv6 address that name its line.
    struct Origin: Hashable, Sendable {
        private var bits: UInt64
        private var isIPv6: Bool

        init(_ address: SocketAddress?) {
            bits = 0
            isIPv6 = false
            switch address {
            case .v4(let address): bits = UInt64(UInt32(bigEndian: address.address.sin_addr.s_addr))
            case .v6(let address):
                let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
                func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
                // ::ffff:a.b.c.d is an IPv4 address.
                isIPv6 = number(0..<8) != 0 || number(8..<12) != 0xFFFF
                bits = isIPv6 ? number(0..<8) : number(12..<16)
            default: break
            }
        }
    }

    let limits: HTTPLimits
    let refusals: HTTPRefusals

    private struct Open {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var byOrigin: [Origin: Int] = [:]
        /// Made for the server, which has not begun to serve them.
        var underway = 0
        var isClosing = false
    }
    private let open = Mutex(Open())

    init(_ limits: HTTPLimits, refusals: HTTPRefusals) {
        self.limits = limits
        self.refusals = refusals
    }

    /// Connections open now.
    var count: Int { open.withLock { $0.channels.count } }
    /// Nobody but addresses with none or one connection finds a place now.
    var isFull: Bool { count >= limits.all - limits.newcomers }

    /// Takes the connection in until it closes; false: it has to be closed, which is counted.
    func admit(_ channel: any Channel) -> Bool {
        let origin = Origin(channel.remoteAddress)
        let key = ObjectIdentifier(channel)
        let refusal: HTTPRefusal? = open.withLock { open in
            let mine = open.byOrigin[origin] ?? 0
            if open.isClosing || open.channels.count >= limits.all { return .tooManyConnections }
            if mine >= limits.perAddress { return .tooManyOfAddress }
            if mine > 1, open.channels.count >= limits.all - limits.newcomers { return .tooManyConnections }
            open.byOrigin[origin] = mine + 1
            open.channels[key] = channel
            return nil
        }
        if let refusal {
            refusals.count(refusal)
            return false
        }
        channel.closeFuture.whenComplete { [self] _ in
            open.withLock { open in
                guard open.channels.removeValue(forKey: key) != nil else { return }
                let left = (open.byOrigin[origin] ?? 1) - 1
                open.byOrigin[origin] = left == 0 ? nil : left
            }
        }
        return true
    }

    /// A connection, admitted or not, is on its way to the server, or has arrived there.
    func isMade() { open.withLock { $0.underway += 1 } }
    func isServed() { open.withLock { $0.underway -= 1 } }

    /// The node stops: no new connection stays, and those that are left after the grace are closed.
    func close(after grace: Duration) async {
        open.withLock { $0.isClosing = true }
        let start = ContinuousClock.now
        while count > 0, ContinuousClock.now - start < grace { try? await Task.sleep(for: .milliseconds(20)) }
        let left = open.withLock { Array($0.channels.values) }
        for channel in left { channel.close(promise: nil) }
        while open.withLock({ $0.underway > 0 }), ContinuousClock.now - start < grace + .seconds(2) {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension ConnectionLedger {
    /// Its part of `/metrics`.
    var metrics: String {
        var out = Metrics.Writer()
        out.family("nhipcau_http_connections", "gauge", "HTTP connections open")
        out.sample("nhipcau_http_connections", [], Double(count))
        out.family("nhipcau_http_connection_limit", "gauge", "HTTP connections at most")
        out.sample("nhipcau_http_connection_limit", [], Double(limits.all))
        out.family("nhipcau_http_refused_total", "counter", "HTTP connections closed and requests refused for the node's own sake, by reason")
        for (refusal, count) in refusals.all { out.sample("nhipcau_http_refused_total", [("reason", refusal.rawValue)], Double(count)) }
        return out.text
    }

    /// What an operator should know now, in sentences.
    func problems(_ language: Language) -> [String] {
        let isEnglish = language == .english
        var problems: [String] = []
        if isFull {
            problems.append(
                isEnglish
                    ? "\(count) of \(limits.all) HTTP connections are open: most addresses get no further one."
                    : "Đang mở \(count)/\(limits.all) kết nối HTTP: phần lớn địa chỉ không được mở thêm.")
        }
        if let descriptors = limits.descriptors, Descriptors.isReserveTouched(limit: descriptors) {
            problems.append(
                isEnglish
                    ? "Fewer than \(Descriptors.reserve) of \(descriptors) file descriptors are free: raise LimitNOFILE, or see who opened them."
                    : "Còn dưới \(Descriptors.reserve) trong \(descriptors) mô tả tệp: tăng LimitNOFILE, hoặc xem ai đang mở.")
        }
        return problems
    }
}
