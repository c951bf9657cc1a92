import Knowledge
import Pipeline
import Synchronization
import TestSupport
import Testing

@Suite("Computations in flight")
struct FlightsTests {
    private func key(_ text: String) -> QuestionKey {
        QuestionKey(Question(text: text), tenant: .default, encoder: "", rankingEpoch: 0)
    }

    /// A computation that waits until it is let go, and counts how often it was begun.
    private final class Gate: Sendable {
        let begun = Counter()
        private let open = Mutex(false)

        func release() { open.withLock { $0 = true } }

        func compute(_ outcome: Result<Computed, LookupError>) async -> Result<Computed, LookupError> {
            begun.add()
            while !open.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
            return outcome
        }
    }

    private func computed(_ change: Int64 = 1) -> Computed {
        Computed(
            answer: .sample(changeNumber: ChangeNumber(change)), servedBy: .cold, degraded: [],
            placement: .placed(.cold), steps: [])
    }

    @Test("64 who ask the same at once cause one computation, also when the first goes away")
    func coalesced() async throws {
        let flights = Flights()
        let gate = Gate()
        let ask: @Sendable () async throws -> Bool = { [computed = computed()] in
            try await flights.join(self.key("a"), arrival: ChangeNumber(1)) { await gate.compute(.success(computed)) }
                .joined
        }
        let first = Task { try await ask() }
        while gate.begun.value == 0 { await Task.yield() }
        let others = (1..<64).map { _ in Task { try await ask() } }
        first.cancel()
        gate.release()
        for other in others { #expect(try await other.value) }
        #expect(gate.begun.value == 1)
        #expect(flights.count == 0)
    }

    @Test("A question that arrives after a write does not join a computation begun before it")
    func laterArrival() async throws {
        let flights = Flights()
        let gate = Gate()
        let early = Task {
            try await flights.join(key("a"), arrival: ChangeNumber(1)) { await gate.compute(.success(computed(1))) }
        }
        while gate.begun.value == 0 { await Task.yield() }
        let late = Task {
            try await flights.join(key("a"), arrival: ChangeNumber(2)) { await gate.compute(.success(computed(2))) }
        }
        while gate.begun.value < 2 { await Task.yield() }
        // One that saw less may share the newer one.
        let between = Task {
            try await flights.join(key("a"), arrival: ChangeNumber(1)) { await gate.compute(.success(computed(3))) }
        }
        try await Task.sleep(for: .milliseconds(5))
        gate.release()
        #expect(try await early.value.computed.answer.changeNumber == ChangeNumber(1))
        #expect(try await late.value.computed.answer.changeNumber == ChangeNumber(2))
        let shared = try await between.value
        #expect(shared.joined)
        #expect(shared.computed.answer.changeNumber == ChangeNumber(2))
        #expect(flights.count == 0)
    }

    @Test("An error reaches all who wait, and the next question computes again")
    func errors() async throws {
        let flights = Flights()
        for _ in 0..<2 {
            await #expect(throws: LookupError.storageUnavailable("x")) {
                try await flights.join(key("a"), arrival: ChangeNumber(1)) { .failure(.storageUnavailable("x")) }
            }
        }
        #expect(flights.count == 0)
    }

    @Test("Beyond its limit it refuses new questions and goes on serving those under way")
    func bounded() async throws {
        let flights = Flights()
        let gate = Gate()
        let outcome = Result<Computed, LookupError>.success(computed())
        let waiting = (0..<Flights.maximumCount).map { number in
            Task { try await flights.join(key("q\(number)"), arrival: ChangeNumber(1)) { await gate.compute(outcome) } }
        }
        while flights.count < Flights.maximumCount { await Task.yield() }
        await #expect(throws: LookupError.self) {
            try await flights.join(key("one more"), arrival: ChangeNumber(1)) { outcome }
        }
        let joining = Task { try await flights.join(key("q0"), arrival: ChangeNumber(1)) { outcome } }
        gate.release()
        for task in waiting { _ = try await task.value }
        _ = try await joining.value
        #expect(flights.count == 0)
    }
}
