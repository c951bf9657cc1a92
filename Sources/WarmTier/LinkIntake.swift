import Synchronization

/// The bounded way from any thread to the session's event loop.
///
/// Requests that arrive while the loop is busy are taken together and written with one flush. What was let
/// in counts until Redis has replied or its connection has ended, so memory is bounded also while a stopped
/// Redis keeps its connection open.
package final class LinkIntake: Sendable {
    /// At 5 ms each this is 200,000 requests a second, what one connection carries.
    package static let maximumRequests = 1_024
    /// Eight of the largest envelopes.
    package static let maximumBytes = 32 * 1024 * 1024

    package enum Verdict: Sendable {
        case queued
        /// Queued, and the caller has to schedule the loop's collecting.
        case queuedFirst
        case refused(WarmUnavailable)
    }

    private struct State {
        var queue: [RedisSubmission] = []
        var requests = 0
        var bytes = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    package init() {}

    package func offer(_ submission: RedisSubmission) -> Verdict {
        state.withLock { state in
            guard !state.isClosed else { return .refused(.closed) }
            let bytes = submission.request.bytes.count
            guard state.requests < Self.maximumRequests, state.bytes + bytes <= Self.maximumBytes else {
                return .refused(.overloaded)
            }
            state.requests += 1
            state.bytes += bytes
            state.queue.append(submission)
            return state.queue.count == 1 ? .queuedFirst : .queued
        }
    }

    package func collect() -> [RedisSubmission] {
        state.withLock { state in
            var collected: [RedisSubmission] = []
            swap(&collected, &state.queue)
            return collected
        }
    }

    package func giveBack(requests: Int, bytes: Int) {
        guard requests > 0 else { return }
        state.withLock { state in
            state.requests -= requests
            state.bytes -= bytes
        }
    }

    /// Refuses everything from now on.
    package func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Requests let in and not given back; for tests and metrics.
    package var outstanding: Int { state.withLock(\.requests) }
}
