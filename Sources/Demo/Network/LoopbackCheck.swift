import Basics
import Glibc
import Topology

/// Whether the addresses of a demo are free: another demo on the same ones would be talked to instead.
enum LoopbackCheck {
    /// The first node whose media or pages port somebody has.
    static func taken(in network: Network) -> (node: Network.Node, port: String)? {
        for node in network.nodes {
            if isTaken(node.address, SOCK_DGRAM) { return (node, "UDP \(node.address)") }
            var pages = node.address
            pages.port = node.httpPort
            if isTaken(pages, SOCK_STREAM) { return (node, "TCP \(pages)") }
        }
        return nil
    }

    private static func isTaken(_ address: Address, _ kind: __socket_type) -> Bool {
        guard let ipv4 = address.ipv4 else { return false }
        let handle = socket(AF_INET, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        // As the node's server does: an address that a closed connection still holds is free.
        var yes: Int32 = 1
        if kind == SOCK_STREAM { setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, 4) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = address.port.bigEndian
        name.sin_addr.s_addr = ipv4.bigEndian
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        return bound != 0 && errno == EADDRINUSE
    }
}
