import Knowledge
import Synchronization

/// Writes that wait for the writer: those that come while one transaction syncs go into the next together.
///
/// Bounded by writes and bytes; an array on an empty queue is always taken, whatever its size.
/// Any thread adds; the writer's queue takes.
final class WriteQueue: Sendable {
    /// Far more writers than a server has connections busy.
    static let maximumWrites = 4_096
    static let maximumBytes = 64 << 20
    /// Writes after which a transaction takes no further request, so that no one waits for long.
    static let transactionWrites = 1_024

    struct Request: Sendable {
        let prepared: PreparedWrites
        /// Fingerprint of the encoder that the vectors are of.
        let encoder: String?
        let finish: @Sendable (Result<[ItemOutcome], ColdError>) -> Void
    }

    private struct State {
        var requests: [Request] = []
        var writes = 0
        var bytes = 0
        var isScheduled = false
    }
    private let state = Mutex(State())

    enum Admission {
        /// The caller must have the writer drain the queue.
        case first
        case queued
        case refused
    }

    func add(_ request: Request) -> Admission {
        let bytes = request.prepared.byteCount
        return state.withLock { state in
            let fits =
                state.writes + request.prepared.writes.count <= Self.maximumWrites
                && state.bytes + bytes <= Self.maximumBytes
            guard fits || state.requests.isEmpty else { return .refused }
            state.requests.append(request)
            state.writes += request.prepared.writes.count
            state.bytes += bytes
            if state.isScheduled { return .queued }
            state.isScheduled = true
            return .first
        }
    }

    /// What the next transaction does. Call until it is empty: then the next `add` schedules anew.
    func take() -> [Request] {
        state.withLock { state in
            var count = 0
            let taken = state.requests.prefix { request in
                defer { count += request.prepared.writes.count }
                return count < Self.transactionWrites
            }
            state.requests.removeFirst(taken.count)
            for request in taken {
                state.writes -= request.prepared.writes.count
                state.bytes -= request.prepared.byteCount
            }
            if taken.isEmpty { state.isScheduled = false }
            return Array(taken)
        }
    }
}
