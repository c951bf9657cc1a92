import NIOCore

/// Hands what happens on one attempt's channel to the session.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let session: RedisSession
    private let attempt: UInt64

    init(session: RedisSession, attempt: UInt64) {
        self.session = session
        self.attempt = attempt
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        session.received(unwrapInboundIn(data), attempt: attempt)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        session.receiveCompleted()
    }

    func channelInactive(context: ChannelHandlerContext) {
        session.lost("Redis closed the connection", attempt: attempt)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        session.lost("the connection failed: \(error)", attempt: attempt)
        context.close(promise: nil)
    }
}
