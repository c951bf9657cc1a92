import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server of one test that does with each request what it was told, in order, and remembers what came.
public final class FaultServer: Sendable {
    /// What it does with a request. After the last one it does that again.
    public enum Act: Sendable {
        case reply(status: Int, body: String = "{}", headers: [String: String] = [:])
        /// Ends the connection without a word.
        case hangUp
        /// Sends the beginning of a reply in chunks, then ends the connection.
        case breakOff(after: String)
        /// Keeps the connection and never answers.
        case silence
    }

    public struct Received: Sendable {
        public let method: String
        public let uri: String
        public let headers: [String: String]
        public let body: String
        public let at: ContinuousClock.Instant
    }

    fileprivate final class Board: Sendable {
        let acts: Mutex<[Act]>
        let received = Mutex<[Received]>([])

        init(_ acts: [Act]) {
            self.acts = Mutex(acts)
        }

        func act(on request: Received) -> Act {
            received.withLock { $0.append(request) }
            return acts.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? .silence }
        }
    }

    public let url: String
    private let board: Board
    private let channel: any Channel

    public init(_ acts: [Act]) async throws {
        let board = Board(acts)
        self.board = board
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FaultHandler(board))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    /// So far, in order.
    public var received: [Received] { board.received.withLock { $0 } }

    public func stop() async { try? await channel.close() }
}

/// One connection. Its event loop's alone.
private final class FaultHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let board: FaultServer.Board
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(_ board: FaultServer.Board) {
        self.board = board
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let new):
            head = new
            body.clear()
        case .body(var piece): body.writeBuffer(&piece)
        case .end:
            guard let head else { return }
            let request = FaultServer.Received(
                method: head.method.rawValue, uri: head.uri,
                headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
                body: String(buffer: body), at: .now)
            act(board.act(on: request), context)
        }
    }

    private func act(_ act: FaultServer.Act, _ context: ChannelHandlerContext) {
        switch act {
        case .silence: break
        case .hangUp: context.close(promise: nil)
        case .reply(let status, let text, let headers):
            var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
            fields.add(name: "content-length", value: String(text.utf8.count))
            write(.init(statusCode: status), fields, text, context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .breakOff(let text):
            write(.ok, ["transfer-encoding": "chunked"], text, context)
            context.flush()
            context.close(promise: nil)
        }
    }

    private func write(
        _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ text: String, _ context: ChannelHandlerContext
    ) {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }
}
