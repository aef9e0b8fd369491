import NIOCore
import NIOHTTP1
import NIOTLS

/// Closes a connection that takes too long.
///
///     handshake ─▶ head ─▶ body ─▶ answering ─▶ idle ─┐
///                            ▲                        │ next head
///                            └────────────────────────┘
///     any ─▶ lingering (the last answer is out; the other side has yet to close)
///
/// Stands behind the HTTP decoder, so that it sees parts of requests, however few bytes at a time they come in.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase { case handshake, head, body, quiet, lingering }

    private let limits: HTTPLimits
    private let refusals: HTTPRefusals
    private var phase: Phase
    /// Requests whose answer has not been written to its end.
    private var unanswered = 0
    private var due = NIODeadline.distantFuture
    private var alarm: Scheduled<Void>?

    init(limits: HTTPLimits, refusals: HTTPRefusals, isSecure: Bool) {
        self.limits = limits
        self.refusals = refusals
        phase = isSecure ? .handshake : .head
    }

    func handlerAdded(context: ChannelHandlerContext) { enter(phase, context) }
    func handlerRemoved(context: ChannelHandlerContext) { alarm?.cancel() }
    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        alarm = nil
        due = .distantFuture
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, phase == .handshake { enter(.head, context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            if phase != .lingering { enter(.body, context) }
        case .body: break
        case .end: if phase == .body { enter(.quiet, context) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .end = part { unanswered = max(0, unanswered - 1) }
        switch (phase, part) {
        // Answered before the request was read to its end: nobody reads the rest.
        case (.body, .end): enter(.lingering, context)
        case (.quiet, _): enter(.quiet, context)
        default: break
        }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output { enter(.lingering, context) }
        context.close(mode: mode, promise: promise)
    }

    private func enter(_ next: Phase, _ context: ChannelHandlerContext) {
        phase = next
        let time =
            switch next {
            case .handshake: limits.handshake
            case .head: limits.head
            case .body: limits.body
            case .quiet: limits.idle
            case .lingering: limits.linger
            }
        let before = due
        due = .now() + time
        // An alarm that rings early looks again; only an earlier deadline needs a new one.
        if alarm == nil || due < before { arm(context) }
    }

    private func arm(_ context: ChannelHandlerContext) {
        alarm?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(deadline: due) {
            let (handler, context) = bound.value
            handler.ring(context)
        }
    }

    private func ring(_ context: ChannelHandlerContext) {
        alarm = nil
        guard context.channel.isActive else { return }
        guard due <= .now() else { return arm(context) }
        switch phase {
        case .handshake: refusals.count(.lateHandshake)
        case .head: refusals.count(.lateHead)
        case .body: refusals.count(.lateBody)
        case .quiet: if unanswered > 0 { refusals.count(.stalled) }
        case .lingering: break
        }
        context.close(promise: nil)
    }
}
