import Access
import Knowledge
import TestSupport
import Testing

@Suite("Attempts that failed")
struct FailedAttemptsTests {
    private let clock = ManualClock(at: Timestamp(milliseconds: 1_000_000))

    @Test("An address waits after its failures until its window is over; others do not")
    func window() {
        let attempts = FailedAttempts(maximumFailures: 3)
        for _ in 0..<2 { attempts.record("192.0.2.1", at: clock.now) }
        #expect(attempts.wait(of: "192.0.2.1", at: clock.now) == nil)
        clock.advance(milliseconds: 10_000)
        attempts.record("192.0.2.1", at: clock.now)
        #expect(attempts.wait(of: "192.0.2.1", at: clock.now) == 50_000)
        #expect(attempts.wait(of: "192.0.2.2", at: clock.now) == nil)
        clock.advance(milliseconds: 50_000)
        #expect(attempts.wait(of: "192.0.2.1", at: clock.now) == nil)
        attempts.record("192.0.2.1", at: clock.now)
        #expect(attempts.wait(of: "192.0.2.1", at: clock.now) == nil)
    }

    @Test("A clock that was set back makes nobody wait for it")
    func clockSetBack() {
        let attempts = FailedAttempts(maximumFailures: 1)
        attempts.record("192.0.2.1", at: clock.now)
        clock.advance(milliseconds: -500_000)
        #expect(attempts.wait(of: "192.0.2.1", at: clock.now) == nil)
    }

    @Test("A million addresses take no more room than a few thousand, and the summary names some")
    func bounded() throws {
        let attempts = FailedAttempts(maximumFailures: 1)
        for number in 0..<100_000 {
            attempts.record("a\(number)", at: clock.now)
            // All within one window.
            if number % 4 == 0 { clock.advance(milliseconds: 1) }
        }
        // The newest still count.
        #expect(attempts.wait(of: "a99999", at: clock.now) != nil)
        #expect(attempts.wait(of: "a0", at: clock.now) == nil)
        let summary = try #require(attempts.takeSummary())
        #expect(summary.failures == 100_000 && summary.limited == 1 && summary.addresses.count == 16)
        #expect(attempts.takeSummary() == nil)
    }
}
