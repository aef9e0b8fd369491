import NIOCore
import NIOSSL
import NIOTLS

extension NodeClient {
    /// Who asks and who is meant, between two nodes of one network: both show a certificate (mutual TLS).
    public struct Identity: Sendable {
        /// The own certificate, a PEM file's path.
        public var certificate: String
        /// Its private key, a PEM file's path.
        public var privateKey: String
        /// The own address, from which the other expects this node.
        public var address: String
        /// Asked with the other's certificate in DER, which the authority issued for the address that was dialled: is it that node?
        public var isMeant: @Sendable ([UInt8]) -> Bool

        /// All fields.
        public init(certificate: String, privateKey: String, address: String, isMeant: @escaping @Sendable ([UInt8]) -> Bool) {
            self.certificate = certificate
            self.privateKey = privateKey
            self.address = address
            self.isMeant = isMeant
        }
    }
}

/// Says when the other side has proven which node it is; nothing is sent before.
final class PeerGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let isMeant: @Sendable ([UInt8]) -> Bool
    private let proven: EventLoopPromise<Void>

    init(_ isMeant: @escaping @Sendable ([UInt8]) -> Bool, proven: EventLoopPromise<Void>) {
        self.isMeant = isMeant
        self.proven = proven
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
            if let certificate, isMeant(certificate) {
                proven.succeed()
            } else {
                proven.fail(NodeClient.Failure(description: "another node answers at that address"))
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        proven.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        proven.fail(NodeClient.Failure(description: "the other node closed the connection before it said who it is"))
        context.fireChannelInactive()
    }

    // The channel never became active, or the pipeline is taken down.
    func handlerRemoved(context: ChannelHandlerContext) { proven.fail(ChannelError.ioOnClosedChannel) }
}
