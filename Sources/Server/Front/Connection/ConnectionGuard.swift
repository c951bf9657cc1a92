import NIOCore

/// Watches the bytes of one connection, before encryption is taken off them: ends it when its client is too slow, and lets
/// it end in a way that loses no reply.
///
/// One timer a connection looks at everything, also at its requests (`RequestGuard`), so that a request costs a few counters
/// and no clock. On the connection's event loop alone.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// What the connection does when no request is under way.
    enum Waiting {
        /// For the first request, or for the rest of one that has begun.
        case forHead
        /// For the next request to begin.
        case idle
        /// For nothing: a request is being read or answered, or HTTP/2 watches over its own idleness.
        case no
    }

    private let limits: FrontLimits
    private let figures: FrontFigures
    /// One on HTTP/1.1, one a stream on HTTP/2.
    private var requests: [ObjectIdentifier: RequestGuard] = [:]
    private var isHTTP2 = false

    private var waiting = Waiting.forHead
    private var waitedSeconds = 0.0
    private var hasInput = false

    private var writtenBytes = 0
    private var sentBytes = 0
    private var writePatience: Patience

    private var lingersAtClose = false
    private var lingeredSeconds: Double?

    private var context: ChannelHandlerContext?
    private var lastTick = NIODeadline.now()
    private var nextTick: Scheduled<Void>?

    init(_ limits: FrontLimits, _ figures: FrontFigures) {
        self.limits = limits
        self.figures = figures
        writePatience = Patience(limits.writePatience, slowestBytesPerSecond: limits.slowestBytesPerSecond)
    }

    // MARK: What the request guards tell

    func add(_ request: RequestGuard) { requests[ObjectIdentifier(request)] = request }

    func remove(_ request: RequestGuard) { requests[ObjectIdentifier(request)] = nil }

    /// HTTP/2 was negotiated: the connection goes on while it has streams, and answers pings between them.
    func becomeHTTP2() {
        isHTTP2 = true
        becomeIdle()
    }

    func headArrived() { waiting = .no }

    func becomeIdle() {
        waiting = .idle
        waitedSeconds = 0
        hasInput = false
    }

    /// What the client still sends when the connection is closed is not wanted; its reply must reach it all the same.
    func lingerAtClose() { lingersAtClose = true }

    // MARK: The connection's life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        scheduleTick(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        nextTick?.cancel()
        nextTick = nil
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        nextTick?.cancel()
        nextTick = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard lingeredSeconds == nil else { return }
        hasInput = true
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard lingeredSeconds == nil else {
            // Whoever read this connection may have stopped asking.
            context.read()
            return
        }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if lingeredSeconds != nil, event as? ChannelEvent == .inputClosed {
            context.close(promise: nil)
            return
        }
        // Before a protocol is agreed on there is nobody else to hear that the server is closing.
        if event is ChannelShouldQuiesceEvent, requests.isEmpty, !isHTTP2 {
            context.close(promise: nil)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        writtenBytes += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, lingersAtClose, context.channel.isActive else {
            context.close(mode: mode, promise: promise)
            return
        }
        context.channel.closeFuture.cascade(to: promise)
        guard lingeredSeconds == nil else { return }
        lingeredSeconds = 0
        context.close(mode: .output, promise: nil)
        context.read()
    }

    // MARK: The look once a tick

    private func scheduleTick(_ context: ChannelHandlerContext) {
        let delay = TimeAmount.nanoseconds(Int64(limits.tick / .nanoseconds(1)))
        nextTick = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self else { return }
            tick()
        }
    }

    private func tick() {
        guard let context, nextTick != nil else { return }
        let now = NIODeadline.now()
        let elapsed = Double((now - lastTick).nanoseconds) / 1e9
        lastTick = now
        if let lingered = lingeredSeconds {
            lingeredSeconds = lingered + elapsed
            if lingered + elapsed > limits.lingering.seconds { return cut(context) }
        } else {
            guard takesItsReply(elapsed, context) else { return cut(context, .reply) }
            guard isInTime(elapsed, context) else { return }
            for request in requests.values { request.look(after: elapsed) }
        }
        scheduleTick(context)
    }

    /// Whether the client has taken enough since the last look of what is ready for it.
    private func takesItsReply(_ elapsed: Double, _ context: ChannelHandlerContext) -> Bool {
        let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let sent = writtenBytes - buffered
        writePatience.earn(bytes: sent - sentBytes)
        sentBytes = sent
        if buffered == 0 { writePatience.restore() } else { writePatience.wait(elapsed) }
        return !writePatience.isUsedUp
    }

    /// Ends a connection that is waited for too long. False when it did.
    private func isInTime(_ elapsed: Double, _ context: ChannelHandlerContext) -> Bool {
        if isHTTP2 {
            // Its idleness is ended by `HTTP2Channel`, gently; a client that does not take part in that is cut.
            if hasInput || !requests.isEmpty { waitedSeconds = 0 } else { waitedSeconds += elapsed }
            hasInput = false
            if waitedSeconds > limits.idleTimeout.seconds + limits.headTimeout.seconds { cut(context, .idle) }
            return waitedSeconds <= limits.idleTimeout.seconds + limits.headTimeout.seconds
        }
        if case .idle = waiting, hasInput {
            waiting = .forHead
            waitedSeconds = 0
        }
        switch waiting {
        case .no: return true
        case .idle:
            waitedSeconds += elapsed
            guard waitedSeconds > limits.idleTimeout.seconds else { return true }
            cut(context, .idle)
        case .forHead:
            waitedSeconds += elapsed
            guard waitedSeconds > limits.headTimeout.seconds else { return true }
            figures.count(.head)
            // Who has sent part of a request is told; who has sent nothing, or is no further than the handshake, is not.
            guard hasInput, let request = requests.values.first else {
                cut(context)
                return false
            }
            waiting = .no
            request.refuse(.tooSlow("The head of the request did not arrive in time"))
            return true
        }
        return false
    }

    /// Ends the connection without a word: whoever is behind it is not listening.
    private func cut(_ context: ChannelHandlerContext, _ phase: FrontFigures.SlowPhase? = nil) {
        if let phase { figures.count(phase) }
        nextTick = nil
        context.close(promise: nil)
    }
}

extension Duration {
    fileprivate var seconds: Double { milliseconds / 1_000 }
}
