import NIOCore
import NIOPosix
public import Server
import Synchronization

/// A plain TCP connection to a server under test, for what no HTTP client would send.
public final class RawConnection: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
    }

    private final class Received: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let state = Mutex(State())

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            state.withLock { $0.bytes.append(contentsOf: bytes.readableBytesView) }
        }

        func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            // The server has ended its side; ours may still send.
            if event as? ChannelEvent == .inputClosed { state.withLock { $0.isClosed = true } }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            state.withLock { $0.isClosed = true }
            context.close(promise: nil)
        }
    }

    public struct DidNotHappen: Error, CustomStringConvertible {
        public let received: String
        public var description: String { "it did not happen; received so far: \(received.prefix(500))" }
    }

    private let channel: any Channel
    private let received: Received

    /// - Parameter reads: false for a client that never reads, and whose socket holds little.
    public init(to place: ServerFile, reads: Bool = true) async throws {
        let received = Received()
        self.received = received
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .channelInitializer { $0.pipeline.addHandler(received) }
        if !reads {
            bootstrap = bootstrap.channelOption(ChannelOptions.autoRead, value: false)
                .channelOption(ChannelOptions.socketOption(.so_rcvbuf), value: 4_096)
        }
        channel = try await bootstrap.connect(host: "127.0.0.1", port: place.port).get()
    }

    public func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

    /// Ends our side; the server's may go on.
    public func endSending() async throws { try await channel.close(mode: .output) }

    public func close() async { try? await channel.close() }

    public var text: String { String(decoding: received.state.withLock { $0.bytes }, as: UTF8.self) }

    /// Whether the server has ended the connection.
    public var isClosed: Bool { received.state.withLock { $0.isClosed } }

    /// Waits until it holds for what was received.
    @discardableResult
    public func wait(
        upTo limit: Duration = .seconds(10), until condition: (_ text: String, _ isClosed: Bool) -> Bool
    ) async throws -> String {
        let deadline = ContinuousClock.now + limit
        while !condition(text, isClosed) {
            guard ContinuousClock.now < deadline else { throw DidNotHappen(received: text) }
            try await Task.sleep(for: .milliseconds(5))
        }
        return text
    }

    /// Waits until the server has ended the connection.
    @discardableResult
    public func waitForEnd(upTo limit: Duration = .seconds(10)) async throws -> String {
        try await wait(upTo: limit) { $1 }
    }
}
