import HTTPTypes
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPTypes
import NIOSSL

/// Sets up each connection: its limits, encryption, the version of HTTP that it speaks, and what a request goes through
/// before a route sees it.
///
/// ```
///  bytes ─ ConnectionGuard ─ TLS ─┬─ HTTP/1.1 decoder, encoder ─ HTTP1Codec ─ RequestGuard ─ route
///                                 └─ HTTP/2 ── a stream each ─────────────── RequestGuard ─ route
/// ```
struct FrontChannel: HTTPChannelHandler {
    typealias HTTP1Connection = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias Negotiated = NIONegotiatedHTTPVersion<HTTP1Connection, HTTP2Channel.Value>

    struct Connection: ServerChildChannelValue {
        enum Kind: Sendable {
            case plain(HTTP1Connection)
            /// The version is known after the handshake.
            case secure(EventLoopFuture<Negotiated>)
            /// Has been told so and is about to end.
            case refused
        }

        let channel: any Channel
        let kind: Kind
    }

    let responder: Responder
    private let front: Front
    private let http2: HTTP2Channel

    init(_ front: Front, responder: @escaping Responder) {
        self.front = front
        self.responder = responder
        let limits = front.limits
        let figures = front.figures
        let replyFields = front.replyFields
        http2 = HTTP2Channel(
            responder: responder,
            configuration: HTTP2Channel.Configuration(
                idleTimeout: limits.idleTimeout, gracefulCloseTimeout: limits.headTimeout,
                streamConfiguration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        RequestGuard(limits, figures, replyFields: replyFields, connection: nil)
                    ])))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection> {
        let connection: ConnectionGuard
        do {
            connection = try open(channel)
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        guard front.figures.enter() else { return refuse(channel, connection) }
        channel.closeFuture.whenComplete { [figures = front.figures] _ in figures.leave() }
        guard let certificate = front.certificate else {
            return channel.eventLoop.makeCompletedFuture {
                Connection(
                    channel: channel, kind: .plain(try setUpHTTP1(channel, isSecure: false, connection)))
            }
        }
        return secure(channel, certificate.context, NIOLoopBound(connection, eventLoop: channel.eventLoop), logger)
    }

    private func open(_ channel: any Channel) throws -> ConnectionGuard {
        let connection = ConnectionGuard(front.limits, front.figures)
        try channel.pipeline.syncOperations.addHandler(connection)
        return connection
    }

    /// Over TLS there is nothing to be said before the handshake, which would cost more than the refusal saves.
    private func refuse(_ channel: any Channel, _ connection: ConnectionGuard) -> EventLoopFuture<Connection> {
        connection.lingerAtClose()
        return channel.eventLoop.makeCompletedFuture {
            if front.certificate == nil {
                try channel.pipeline.syncOperations.addHandler(
                    RefusedConnection(front.figures, replyFields: front.replyFields))
            } else {
                channel.close(promise: nil)
            }
            return Connection(channel: channel, kind: .refused)
        }
    }

    private func setUpHTTP1(
        _ channel: any Channel, isSecure: Bool, _ connection: ConnectionGuard
    ) throws -> HTTP1Connection {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = front.limits.maximumHeaderFieldBytes
        decoder.maxHeaderListSize = front.limits.maximumHeaderBytes
        decoder.maxHeaderFieldCount = front.limits.maximumHeaderCount
        var encoder = HTTPResponseEncoder.Configuration()
        // `HTTP1Codec` knows the request, and so more of the framing.
        encoder.automaticallySetFramingHeaders = false
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: encoder, withDecoderLimitConfiguration: decoder)
        try pipeline.addHandler(HTTP1Codec(front.limits, isSecure: isSecure, connection: connection))
        try pipeline.addHandler(
            RequestGuard(front.limits, front.figures, replyFields: front.replyFields, connection: connection))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    private func secure(
        _ channel: any Channel, _ context: NIOSSLContext, _ connection: NIOLoopBound<ConnectionGuard>, _ logger: Logger
    ) -> EventLoopFuture<Connection> {
        do {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.configureHTTP2AsyncSecureUpgrade { channel in
            channel.eventLoop.makeCompletedFuture { try setUpHTTP1(channel, isSecure: true, connection.value) }
        } http2ConnectionInitializer: { channel in
            connection.value.becomeHTTP2()
            return http2.setup(channel: channel, logger: logger)
        }.map { Connection(channel: channel, kind: .secure($0)) }
    }

    func handle(value: Connection, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await answerRequests(of: value, logger)
        }
    }

    private func answerRequests(of value: Connection, _ logger: Logger) async {
        switch value.kind {
        case .refused: break
        case .plain(let connection): await handleHTTP(asyncChannel: connection, logger: logger)
        case .secure(let negotiation):
            do {
                switch try await negotiation.get() {
                case .http1_1(let connection): await handleHTTP(asyncChannel: connection, logger: logger)
                case .http2(let connection): await http2.handle(value: connection, logger: logger)
                }
            } catch {
                logger.debug("No encrypted connection came about: \(error)")
                value.channel.close(promise: nil)
            }
        }
    }
}
