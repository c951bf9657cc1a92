import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Watches the requests of one HTTP/1.1 connection, or the one request of an HTTP/2 stream: answers those that cannot be
/// read in the contract's shape, in their turn, and ends those whose client is too slow.
///
/// On the connection's event loop alone.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: FrontLimits
    private let figures: FrontFigures
    private let replyFields: HTTPFields
    /// `nil` on a stream, until it is found.
    private var connection: ConnectionGuard?
    private let isStream: Bool
    private var context: ChannelHandlerContext?

    private var unanswered = 0
    private var isReceiving = false
    private var isReplying = false
    /// Nothing more is taken in.
    private var isRefused = false
    /// What is to be said once the requests before are answered.
    private var refusal: ContractError?

    private var isReadPending = false
    private var receivedSinceLook = 0
    private var droppedBytes = 0
    private var patience: Patience

    /// Of a stream: bytes of its reply, whether all of it is written, and how long it has been stuck since.
    private var replyBytes = 0
    private var hasReplied = false
    private var stuckSeconds = 0.0

    /// - Parameters:
    ///   - replyFields: what every reply has, for those written here.
    ///   - connection: `nil` for a stream of HTTP/2.
    init(_ limits: FrontLimits, _ figures: FrontFigures, replyFields: HTTPFields, connection: ConnectionGuard?) {
        self.limits = limits
        self.figures = figures
        self.replyFields = replyFields
        self.connection = connection
        isStream = connection == nil
        patience = Patience(limits.bodyPatience, slowestBytesPerSecond: limits.slowestBytesPerSecond)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if isStream {
            connection = try? context.channel.parent?.pipeline.syncOperations.handler(type: ConnectionGuard.self)
        }
        connection?.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection?.remove(self)
        self.context = nil
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            guard request.path?.utf8.count ?? 0 <= limits.maximumURIBytes else { return refuse(.uriTooLong(limits)) }
            unanswered += 1
            isReceiving = true
            patience.restore()
            receivedSinceLook = 0
            droppedBytes = 0
            connection?.headArrived()
            if !isStream, unanswered == 1, request.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body(let bytes):
            receivedSinceLook += bytes.readableBytes
            if unanswered == 0 {
                droppedBytes += bytes.readableBytes
                if droppedBytes > limits.maximumDroppedBytes { return endConnection(context) }
            }
        case .end:
            isReceiving = false
            if unanswered == 0 { connection?.becomeIdle() }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadPending = false
        context.fireChannelReadComplete()
    }

    /// Asked for when the reader of the body has room: what is waited for without it is not the client's fault.
    func read(context: ChannelHandlerContext) {
        isReadPending = true
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError: refuse(ContractError(error, limits))
        case let error as ContractError: refuse(error)
        case is ByteToMessageDecoderError where isRefused: break
        default: context.fireErrorCaught(error)
        }
    }

    /// Takes in nothing more, and says why as soon as it is this request's turn.
    func refuse(_ error: ContractError) {
        guard !isRefused, let context else { return }
        isRefused = true
        figures.countRefused(status: error.status)
        if isReceiving, unanswered > 0 {
            // Whoever reads the body learns of it, and replies.
            isReceiving = false
            context.fireErrorCaught(error)
        } else if isReceiving {
            endConnection(context)
        } else if unanswered > 0 {
            refusal = error
        } else {
            reply(error, context)
        }
    }

    private func reply(_ error: ContractError, _ context: ChannelHandlerContext) {
        figures.countReply(status: error.status)
        let requestID = RequestID.next()
        var head = HTTPResponse(status: HTTPResponse.Status(code: error.status), headerFields: replyFields)
        let body = ByteBuffer(bytes: error.body(requestID: requestID))
        head.headerFields[.contentType] = MediaTypes.json
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.xRequestID] = requestID
        let written = context.eventLoop.makePromise(of: Void.self)
        if isStream {
            hasReplied = true
            written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        } else {
            // The codec ends the connection after it.
            head.headerFields[.connection] = "close"
            connection?.lingerAtClose()
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    private func endConnection(_ context: ChannelHandlerContext) {
        isRefused = true
        if !isStream { connection?.lingerAtClose() }
        context.close(promise: nil)
    }

    // MARK: Replies

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isStream:
            isReplying = true
            head.headerFields[.connection] = nil
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head(let head):
            isReplying = head.status.kind != .informational || isReplying
        case .body(let bytes): replyBytes += bytes.readableBytes
        case .end: return end(context, data, promise)
        }
        context.write(data, promise: promise)
    }

    private func end(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        isReplying = false
        hasReplied = true
        unanswered -= 1
        guard unanswered == 0, isRefused else {
            context.write(data, promise: promise)
            if unanswered == 0, !isReceiving { connection?.becomeIdle() }
            return
        }
        guard let refusal else {
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { [self] _ in endConnection(context) }
            context.write(data, promise: written)
            return
        }
        self.refusal = nil
        context.write(data, promise: promise)
        reply(refusal, context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stuckSeconds = 0
        context.fireChannelWritabilityChanged()
    }

    // MARK: The look once a tick

    /// - Parameter elapsed: seconds since the last look.
    func look(after elapsed: Double) {
        guard let context else { return }
        if isReceiving {
            patience.earn(bytes: receivedSinceLook)
            receivedSinceLook = 0
            if isReadPending { patience.wait(elapsed) }
            if patience.isUsedUp {
                figures.count(.body)
                refuse(.tooSlow("The body of the request arrived too slowly"))
            }
        }
        guard isStream, hasReplied || (isReplying && !context.channel.isWritable) else { return }
        // A stream's bytes wait for its window, where the connection does not see them.
        stuckSeconds += elapsed
        let allowed = limits.writePatience.milliseconds / 1_000 + Double(replyBytes) / limits.slowestBytesPerSecond
        if stuckSeconds > allowed {
            figures.count(.reply)
            context.close(promise: nil)
        }
    }
}
