import Hummingbird
import Synchronization

/// How many requests are being answered, and whether new ones are let in.
///
/// Counting starts when a request is let in and ends when the last byte of its reply was written, so that a
/// shutdown that waits for zero cuts no reply short.
package final class RequestsInFlight: Sendable {
    private struct State {
        var count = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    package init() {}

    package var count: Int { state.withLock { $0.count } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// False when the door is closed.
    package func enter() -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.count += 1
            return true
        }
    }

    package func leave() {
        state.withLock { $0.count -= 1 }
    }

    /// From now on `enter` refuses.
    package func close() {
        state.withLock { $0.isClosed = true }
    }

    /// A reply in one piece is as good as written. One that is streamed has left when its stream has ended.
    func leavingAfterBody(of response: Response) -> Response {
        guard response.body.contentLength == nil else {
            leave()
            return response
        }
        var response = response
        let body = response.body
        let departure = Departure(from: self)
        response.body = ResponseBody { writer in
            defer { departure.leave() }
            try await body.write(writer)
        }
        return response
    }

    /// Waits until nothing is in flight, at most for `limit`.
    package func drained(within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while count > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: Self.pollInterval)
        }
    }

    /// Short against the patience of who presses Ctrl-C, long against the cost of a look.
    private static let pollInterval = Duration.milliseconds(10)

    /// Leaves once: when its stream ends, or when a stream that was never started is dropped.
    private final class Departure: Sendable {
        private let requests: RequestsInFlight
        private let hasLeft = Atomic(false)

        init(from requests: RequestsInFlight) {
            self.requests = requests
        }

        deinit {
            leave()
        }

        func leave() {
            if !hasLeft.exchange(true, ordering: .relaxed) { requests.leave() }
        }
    }
}
