import Hummingbird

/// The threads on which a route's handler runs between its waits.
package enum HandlerPlace: Sendable {
    /// Where its connection is served, the event loop: for what takes microseconds there.
    case eventLoop
    /// Those that all tasks share: for everything else.
    case sharedThreads

    /// Runs `body` at this place, and goes on where it was called.
    package func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        switch self {
        case .eventLoop: try await body()
        case .sharedThreads: try await withTaskExecutorPreference(globalConcurrentExecutor) { try await body() }
        }
    }

    /// Runs a handler, and writes what it streams, at this place.
    func respond(_ handler: () async throws -> Response) async throws -> Response {
        var response = try await run(handler)
        // A body of one piece only waits to be sent.
        guard self != .eventLoop, response.body.contentLength == nil else { return response }
        let body = response.body
        response.body = ResponseBody { writer in try await run { try await body.write(writer) } }
        return response
    }
}
