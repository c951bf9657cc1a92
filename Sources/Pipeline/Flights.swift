package import Knowledge
import Synchronization

/// Computations under way, so that identical questions asked at once are computed once.
///
/// A computation runs in a task of its own: it goes on, and serves those who joined, when its first asker goes
/// away. A question joins only a computation that began at or after the change number at which the question
/// arrived; otherwise a write acknowledged before the question could be missing from its answer.
package final class Flights: Sendable {
    /// Different questions computed at once. Each holds a few KB; more would only wait for the encoder.
    package static let maximumCount = 1_024

    private struct Flight: Sendable {
        let number: UInt64
        let begunAt: ChangeNumber
        let outcome: Task<Result<Computed, LookupError>, Never>
    }

    private struct State: Sendable {
        var flights: [QuestionKey: Flight] = [:]
        var lastNumber: UInt64 = 0
        /// Includes flights that a later one of the same key has displaced from the table.
        var underWay = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var count: Int { state.withLock { $0.underWay } }

    /// Waits for the computation of `key`, begun here unless a fitting one is under way.
    ///
    /// - Parameter arrival: the change number when the question arrived.
    package func join(
        _ key: QuestionKey, arrival: ChangeNumber,
        compute: @escaping @Sendable () async -> Result<Computed, LookupError>
    ) async throws(LookupError) -> (computed: Computed, joined: Bool) {
        let boarded = state.withLock { state -> (flight: Flight, joined: Bool)? in
            if let flight = state.flights[key], flight.begunAt >= arrival { return (flight, true) }
            guard state.underWay < Self.maximumCount else { return nil }
            state.lastNumber += 1
            state.underWay += 1
            let number = state.lastNumber
            // Started under the lock but not run there: its end, which takes the lock, comes after its entry.
            let outcome = Task {
                let outcome = await compute()
                self.land(key, number)
                return outcome
            }
            let flight = Flight(number: number, begunAt: arrival, outcome: outcome)
            state.flights[key] = flight
            return (flight, false)
        }
        guard let (flight, joined) = boarded else {
            throw .overloaded("\(Self.maximumCount) different questions are being computed")
        }
        return (try await flight.outcome.value.get(), joined)
    }

    private func land(_ key: QuestionKey, _ number: UInt64) {
        state.withLock { state in
            state.underWay -= 1
            if state.flights[key]?.number == number { state.flights[key] = nil }
        }
    }
}

/// What a computation came to, shared by all who waited for it.
package struct Computed: Sendable {
    package let answer: Answer
    package let servedBy: ServedBy
    package let degraded: [Degradation]
    /// Where the computation has placed the answer.
    package let placement: Placement
    package let steps: [Step]
    /// How long ago the answer expired, when it is served all the same (see `StaleAnswer`).
    package let expiredFor: Duration?
    /// Whose answer it is, if another question's.
    package let reuse: ReuseOrigin?

    package init(
        answer: Answer, servedBy: ServedBy, degraded: [Degradation], placement: Placement, steps: [Step],
        expiredFor: Duration? = nil, reuse: ReuseOrigin? = nil
    ) {
        self.answer = answer
        self.servedBy = servedBy
        self.degraded = degraded
        self.placement = placement
        self.steps = steps
        self.expiredFor = expiredFor
        self.reuse = reuse
    }
}
