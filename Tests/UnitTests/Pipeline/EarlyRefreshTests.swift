import Foundation
import Knowledge
import Pipeline
import Synchronization
import TestSupport
import Testing

@Suite("Early refresh")
struct EarlyRefreshTests {
    private static let lifetime: Int64 = 1_800_000
    /// Δ: one hundredth of the lifetime.
    private static let lead: Int64 = 18_000
    private let answer = Answer.sample(expiresAt: Timestamp(milliseconds: EarlyRefreshTests.lifetime))

    private func isDue(_ remaining: Int64, _ uniform: @escaping @Sendable () -> Double) -> Bool {
        EarlyRefresh(uniform: uniform).isDue(answer, at: Timestamp(milliseconds: Self.lifetime - remaining))
    }

    @Test("It is due when the time left is below Δ times minus the logarithm of the die")
    func threshold() {
        for uniform in [0.1, 0.5, 0.9, 0.999] {
            let reach = Int64(Double(Self.lead) * -log(1 - uniform))
            #expect(isDue(reach - 1) { uniform })
            #expect(!isDue(reach + 1) { uniform })
        }
        #expect(!isDue(1) { 0 })
    }

    @Test("At Δ before the end one hit in e is due, at two Δ one in e²")
    func share() {
        let random = Mutex(SeededGenerator(seed: 7))
        let refresh = EarlyRefresh { random.withLock { Double.random(in: 0..<1, using: &$0) } }
        for leads in [1, 2] as [Int64] {
            let now = Timestamp(milliseconds: Self.lifetime - leads * Self.lead)
            let due = (0..<20_000).count(where: { _ in refresh.isDue(answer, at: now) })
            // Five standard deviations of so many throws are below 0.02.
            #expect(abs(Double(due) / 20_000 - exp(-Double(leads))) < 0.02)
        }
    }

    @Test("No die is thrown before the last fifth of a life, nor for an answer that never ends")
    func noThrow() {
        let thrown = Counter()
        let refresh = EarlyRefresh {
            thrown.add()
            return 0.999_999_999_999
        }
        #expect(!refresh.isDue(answer, at: Timestamp(milliseconds: Self.lifetime / 2)))
        #expect(!refresh.isDue(.sample(), at: Timestamp(milliseconds: 1)))
        #expect(thrown.value == 0)
        #expect(refresh.isDue(answer, at: Timestamp(milliseconds: Self.lifetime * 9 / 10)))
        #expect(thrown.value == 1)
    }
}
