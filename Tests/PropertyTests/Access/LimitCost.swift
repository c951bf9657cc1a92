import Access
import Foundation
import Knowledge
import Testing

/// A measurement, not a test: `scripts/bench limits` runs it.
@Suite("The cost of a rate limit", .enabled(if: ProcessInfo.processInfo.environment["THERMOCLINE_MEASURE"] != nil))
struct LimitCost {
    private static let repetitions = 1_000_000

    @Test("Nanoseconds of a decision that a lease covers, by callers taking turns")
    func nanoseconds() async {
        let limit = RateLimit(perMinute: RateLimit.perMinuteRange.upperBound, burst: RateLimit.burstRange.upperBound)
        // Grants what is asked for and a lease of a million beside it.
        let shared = SharedBuckets(isReachable: { true }) { _, limit, _ in
            .granted(tokens: limit.burst, fullInMicroseconds: 0, leaseMicroseconds: 3_600_000_000)
        }
        print("| callers | allowed, leased | refused |\n|---:|---:|---:|")
        for count in [1, 200, 10_000] {
            let callers = (0..<count).map { Caller(tenant: .default, roles: [.reader], subject: "key:caller\($0)") }
            let leased = RateLimiter(shared: shared)
            let allowed = await Self.measure(leased, limit, callers)
            let spent = RateLimiter(
                shared: SharedBuckets(isReachable: { true }) { _, _, _ in
                    .refused(retryInMicroseconds: 600_000_000, fullInMicroseconds: 600_000_000)
                })
            let refused = await Self.measure(spent, limit, callers)
            print("| \(count) | \(allowed) ns | \(refused) ns |")
        }
    }

    private static func measure(_ limiter: RateLimiter, _ limit: RateLimit, _ callers: [Caller]) async -> Int {
        for caller in callers { _ = await limiter.take(.read, for: caller, of: limit, .leased) }
        let start = ContinuousClock.now
        for number in 0..<repetitions {
            _ = await limiter.take(.read, for: callers[number % callers.count], of: limit, .leased)
        }
        return Int((ContinuousClock.now - start) / .nanoseconds(repetitions))
    }
}
