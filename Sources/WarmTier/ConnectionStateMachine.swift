/// The life of the connection to Redis as a pure value: events go in, one action to carry out comes back.
///
/// ```
/// idle ──start──▶ connecting ──connected──▶ greeting ──greeted──▶ ready
///                   ▲    │                    │                     │
///                   │    └───────lost─────────┴────────lost─────────┤
///                   └────waitElapsed──── waiting ◀──────────────────┘        close: any ──▶ closed
/// ```
///
/// Every attempt to connect has a number. Events carry the number of the attempt that they are of, and one
/// of an earlier attempt changes nothing: timers and channels need not be disarmed to be harmless.
/// Invariant: there is at most one channel, and it is that of `attempt`.
package struct ConnectionStateMachine: Sendable {
    package enum State: Sendable, Hashable {
        case idle, connecting, greeting, ready, waiting, closed
    }

    package enum Action: Sendable, Hashable {
        case none
        case connect(attempt: UInt64)
        /// Send sign-in, database, name and scripts.
        case greet
        case announceReady
        /// Drop the channel if there is one, fail what waits on it, and come back with `waitElapsed`.
        case retry(attempt: UInt64, afterMilliseconds: Int64)
        /// Close the channel that the event came with: nobody wants it any more.
        case closeStray
        case shutDown
    }

    package private(set) var state: State = .idle
    package private(set) var attempt: UInt64 = 0
    private var backoff = ReconnectBackoff()

    package init() {}

    package mutating func start() -> Action {
        guard state == .idle else { return .none }
        return connect()
    }

    package mutating func connected(attempt: UInt64) -> Action {
        guard attempt == self.attempt, state == .connecting else { return .closeStray }
        state = .greeting
        return .greet
    }

    package mutating func greeted(attempt: UInt64) -> Action {
        guard attempt == self.attempt, state == .greeting else { return .none }
        state = .ready
        backoff.reset()
        return .announceReady
    }

    /// The attempt failed or its connection ended, whatever the reason.
    package mutating func lost(attempt: UInt64, random: Double) -> Action {
        guard attempt == self.attempt else { return .none }
        switch state {
        case .idle, .waiting, .closed: return .none
        case .connecting, .greeting, .ready:
            state = .waiting
            return .retry(attempt: attempt, afterMilliseconds: backoff.delayMilliseconds(random: random))
        }
    }

    package mutating func waitElapsed(attempt: UInt64) -> Action {
        guard attempt == self.attempt, state == .waiting else { return .none }
        return connect()
    }

    package mutating func close() -> Action {
        guard state != .closed else { return .none }
        state = .closed
        return .shutDown
    }

    private mutating func connect() -> Action {
        state = .connecting
        attempt += 1
        return .connect(attempt: attempt)
    }
}
