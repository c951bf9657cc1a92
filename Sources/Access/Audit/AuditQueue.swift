import Synchronization

/// Entries that wait to be written: those that come while one transaction syncs go into the next together.
///
/// Any thread adds; the database's queue takes.
final class AuditQueue: Sendable {
    /// More than a server has requests at work.
    static let maximumEntries = 8_192
    /// Of texts: questions may be long.
    static let maximumBytes = 16 << 20

    struct Request: Sendable {
        let entries: [AuditEntry]
        let finish: @Sendable (Result<Void, AccessError>) -> Void
    }

    enum Admission {
        /// The caller must have the database's queue drain this one.
        case first
        case queued
        case refused
    }

    private struct State {
        var requests: [Request] = []
        var entries = 0
        var bytes = 0
        var isScheduled = false
    }
    private let state = Mutex(State())

    func add(_ request: Request) -> Admission {
        let bytes = request.entries.reduce(0) { $0 + $1.byteCount }
        return state.withLock { state in
            guard state.entries + request.entries.count <= Self.maximumEntries,
                state.bytes + bytes <= Self.maximumBytes
            else { return .refused }
            state.requests.append(request)
            state.entries += request.entries.count
            state.bytes += bytes
            if state.isScheduled { return .queued }
            state.isScheduled = true
            return .first
        }
    }

    /// All that waits. Call until there is none: then the next `add` is the first again.
    func take() -> [Request] {
        state.withLock { state in
            let taken = state.requests
            state.requests = []
            state.entries = 0
            state.bytes = 0
            if taken.isEmpty { state.isScheduled = false }
            return taken
        }
    }
}
