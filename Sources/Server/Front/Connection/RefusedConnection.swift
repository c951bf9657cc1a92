import HTTPTypes
import NIOCore

/// Tells a client that there are too many connections, without reading what it asks, and ends its own.
///
/// On the connection's event loop alone, behind a `ConnectionGuard` that lingers.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let figures: FrontFigures
    private let replyFields: HTTPFields

    init(_ figures: FrontFigures, replyFields: HTTPFields) {
        self.figures = figures
        self.replyFields = replyFields
    }

    func channelActive(context: ChannelHandlerContext) {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(reply()), promise: written)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    private func reply() -> ByteBuffer {
        let error = ContractError.tooManyConnections
        figures.countReply(status: error.status)
        let requestID = RequestID.next()
        let body = error.body(requestID: requestID)
        var reply = ByteBuffer(string: "HTTP/1.1 \(error.status) Service Unavailable\r\n")
        var fields = replyFields
        fields[.contentType] = MediaTypes.json
        fields[.contentLength] = String(body.count)
        fields[.connection] = "close"
        fields[.retryAfter] = String(error.retryAfterSeconds ?? 1)
        fields[.xRequestID] = requestID
        for field in fields { reply.writeString("\(field.name.rawName): \(field.value)\r\n") }
        reply.writeString("\r\n")
        reply.writeBytes(body)
        return reply
    }
}
