package import Logging
package import NIOCore

/// The way to Redis for every thread: bounded, with a deadline, and free of waiting while Redis is away.
package final class RedisLink: Sendable {
    package let board: LinkBoard
    private let intake: LinkIntake
    private let eventLoop: any EventLoop
    private let session: NIOLoopBoundBox<RedisSession>

    /// - Parameter purpose: what the log calls it.
    package init(
        configuration: WarmTierConfiguration, eventLoop: any EventLoop, counters: WarmCounters, logger: Logger,
        purpose: String = "warm tier", whenReady: @escaping @Sendable () -> Void
    ) {
        let board = LinkBoard()
        let intake = LinkIntake()
        self.board = board
        self.intake = intake
        self.eventLoop = eventLoop
        session = NIOLoopBoundBox.makeBoxSendingValue(
            RedisSession(
                eventLoop: eventLoop, configuration: configuration, board: board, intake: intake, counters: counters,
                logger: logger, purpose: purpose, whenReady: whenReady),
            eventLoop: eventLoop)
    }

    package func start() {
        eventLoop.execute { [session] in session.value.start() }
    }

    /// Returns once the connection is dropped and all who waited have been told.
    package func close() async {
        await withCheckedContinuation { continuation in
            eventLoop.execute { [session] in
                session.value.close()
                continuation.resume()
            }
        }
    }

    /// Sends a request and waits for its first reply, at most `timeout`.
    package func send(_ request: RedisRequest?, within timeout: Duration) async -> RedisSubmission.Outcome {
        guard let request else { return .failure(.overloaded) }
        guard board.isServing else { return .failure(board.unavailability) }
        guard timeout > .zero else { return .failure(.timedOut) }
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        return await withCheckedContinuation { continuation in
            let submission = RedisSubmission(request: request, deadline: deadline, continuation: continuation)
            switch intake.offer(submission) {
            case .queued: break
            case .queuedFirst: eventLoop.execute { [session] in session.value.collect() }
            case .refused(let reason): continuation.resume(returning: .failure(reason))
            }
        }
    }

    /// Requests that Redis still owes a reply.
    package var outstanding: Int { intake.outstanding }
}
