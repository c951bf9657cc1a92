package import NIOCore

/// Commands that go to Redis together; whoever sent them waits for the reply to the first.
package struct RedisRequest: Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var replyCount = 0
    /// True when the first command writes: its success shows that Redis takes writes.
    package let writes: Bool

    /// `nil` when there was no memory to format the commands.
    package init?(_ commands: RedisCommand..., writes: Bool = false) {
        self.writes = writes
        for command in commands {
            guard command.encode(into: &bytes) else { return nil }
            replyCount += 1
        }
    }
}

/// A request under way to the event loop, with the one who waits.
package struct RedisSubmission: Sendable {
    package typealias Outcome = Result<RedisReply, WarmUnavailable>

    package let request: RedisRequest
    package let deadline: NIODeadline
    package let continuation: CheckedContinuation<Outcome, Never>

    package init(
        request: RedisRequest, deadline: NIODeadline, continuation: CheckedContinuation<Outcome, Never>
    ) {
        self.request = request
        self.deadline = deadline
        self.continuation = continuation
    }
}
