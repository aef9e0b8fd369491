import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// HTTP connections that are counted, limited and timed; with TLS or without.
struct GatedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let plain: HTTP1Channel
    private let secure: TLSChannel<HTTP1Channel>?
    private let ledger: ConnectionLedger

    init(_ plain: HTTP1Channel, tls: TLSConfiguration?, ledger: ConnectionLedger) throws {
        self.plain = plain
        secure = try tls.map { try TLSChannel(plain, tlsConfiguration: $0) }
        self.ledger = ledger
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        guard ledger.admit(channel) else {
            // The server wants a pipeline in any case; without TLS it costs next to nothing.
            return channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ClosesAtOnce()) }
                .flatMap { plain.setup(channel: channel, logger: logger) }.map(made)
        }
        let isSecure = secure != nil
        let ready = secure?.setup(channel: channel, logger: logger) ?? plain.setup(channel: channel, logger: logger)
        // The value must reach the server in any case: SwiftNIO traps when one is dropped.
        return ready.map { [ledger] value in
            do {
                let pipeline = channel.pipeline.syncOperations
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
                let deadlines = ConnectionDeadlines(limits: ledger.limits, refusals: ledger.refusals, isSecure: isSecure)
                try pipeline.addHandler(deadlines, position: .after(decoder))
            } catch {
                // The connection was closed meanwhile.
                channel.close(promise: nil)
            }
            return made(value)
        }
    }

    func handle(value: Value, logger: Logger) async {
        ledger.isServed()
        await plain.handle(value: value, logger: logger)
    }

    private func made(_ value: Value) -> Value {
        ledger.isMade()
        return value
    }
}

/// Closes a connection that was refused as soon as it may be closed.
private final class ClosesAtOnce: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { close(context.channel) } }
    func channelActive(context: ChannelHandlerContext) { close(context.channel) }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    /// Not within the pipeline's making, which would fail.
    private func close(_ channel: any Channel) { channel.eventLoop.execute { channel.close(promise: nil) } }
}
