import Synchronization

/// One request's wait for another of its caller's, which is asking for tokens; it ends once, whoever ends it first.
final class Turn: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<Void, Never>)
        case over
    }

    private let state = Mutex(State.new)

    /// Returns when it has ended.
    ///
    /// - Parameter begin: has whoever is asking end it, or ends it itself.
    func wait(_ begin: () -> Void) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if case .over = state { return true }
                state = .waiting(continuation)
                return false
            }
            isOver ? continuation.resume() : begin()
        }
    }

    func end() {
        let continuation: CheckedContinuation<Void, Never>? = state.withLock { state in
            defer { state = .over }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        continuation?.resume()
    }
}
