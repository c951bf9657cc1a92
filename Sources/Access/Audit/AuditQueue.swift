import Synchronization

/// Entries that wait to be written: those that come while one transaction syncs go into the next together.
///
/// Any thread adds; the database's queue takes.
final class AuditQueue: Sendable {
    /// More than a server has requests at work; a few MB.
    static let maximumEntries = 8_192

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
        var isScheduled = false
    }
    private let state = Mutex(State())

    func add(_ request: Request) -> Admission {
        state.withLock { state in
            guard state.entries + request.entries.count <= Self.maximumEntries else { return .refused }
            state.requests.append(request)
            state.entries += request.entries.count
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
            if taken.isEmpty { state.isScheduled = false }
            return taken
        }
    }
}
