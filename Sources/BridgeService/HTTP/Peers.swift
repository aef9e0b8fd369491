import Basics
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOSSL
import Native
import Topology

/// The node at the other end of a connection, as its certificate and address say (mutual TLS).
public struct PeerNode: Hashable, Sendable {
    /// The node's id in the certificate, which this network's authority issued.
    public var node: String
    /// The IP address from which it speaks.
    public var address: String

    /// All fields.
    public init(node: String, address: String) {
        self.node = node
        self.address = address
    }

    /// The field in which a request carries it within this process. What a client wrote there never gets in.
    private static let field = "Nhipcau-Peer"

    /// Asks each request's connection who it is before the request goes on. Only nodes are asked: pages show no certificate.
    static func naming(_ next: @escaping HTTPChannelHandler.Responder) -> HTTPChannelHandler.Responder {
        { (request: Request, writer: consuming ResponseWriter, channel: any Channel) in
            // Not by the path's beginning: `//internal/…` finds the same route.
            let isForNodes = request.uri.path.contains("internal")
            guard isForNodes || request.headers[.init(field)!] != nil else { return try await next(request, writer, channel) }
            let peer = isForNodes ? await PeerNode(of: channel) : nil
            var head = request.head
            head.headerFields[.init(field)!] = peer.map { $0.node + " " + $0.address }
            try await next(Request(head: head, body: request.body), writer, channel)
        }
    }

    /// Nil without TLS, or without a certificate of a node.
    private init?(of channel: any Channel) async {
        // TLS has verified it against the authority.
        guard let certificate = try? await channel.nioSSL_peerCertificate().get(), let der = try? certificate.toDERBytes(),
            let node = CertificateInfo(der: der)?.node, let address = channel.remoteAddress?.ipAddress
        else { return nil }
        self.init(node: node, address: address)
    }

    /// Of a request that came through ``naming(_:)``.
    init?(_ request: Request) {
        guard let parts = request.headers[.init(PeerNode.field)!]?.split(separator: " "), parts.count == 2 else { return nil }
        self.init(node: String(parts[0]), address: String(parts[1]))
    }
}

extension Standing.Edition {
    /// The connection is that node's: by its certificate, and from its address in the topology. Without TLS the statement alone says so, and
    /// from a program of before as long as those are borne with.
    func isProven(_ asking: String, by peer: PeerNode?, takesOldWays: Bool) -> Bool {
        guard node.secure else { return true }
        guard let peer else { return takesOldWays }
        guard peer.node == asking, let declared = network.node(id: asking) else { return false }
        return Address(peer.address, port: declared.address.port) == declared.address
    }
}
