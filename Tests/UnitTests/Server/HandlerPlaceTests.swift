import NIOCore
import NIOPosix
import Server
import Testing

@Suite("Where handlers run") struct HandlerPlaceTests {
    @Test("A connection's task runs on its event loop, also after a wait, and what takes long runs elsewhere")
    func places() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        try await withTaskExecutorPreference(LoopExecutor(loop)) {
            #expect(loop.inEventLoop)
            try await Task.sleep(for: .milliseconds(1))
            #expect(loop.inEventLoop)
            #expect(try await HandlerPlace.eventLoop.run { loop.inEventLoop })
            let elsewhere = try await HandlerPlace.sharedThreads.run {
                let before = loop.inEventLoop
                try await Task.sleep(for: .milliseconds(1))
                return (before, loop.inEventLoop)
            }
            #expect(elsewhere == (false, false))
            #expect(loop.inEventLoop)
        }
        try await group.shutdownGracefully()
    }
}
