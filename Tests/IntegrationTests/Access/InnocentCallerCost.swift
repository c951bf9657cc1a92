import Foundation
import TestSupport
import Testing

/// A measurement, not a test: `scripts/bench limits` runs it.
@Suite(
    "What a caller within its rate feels of others",
    .enabled(if: ProcessInfo.processInfo.environment["THERMOCLINE_MEASURE"] != nil))
struct InnocentCallerCost {
    private static let burst = 20

    @Test("Median milliseconds, without and with a flood")
    func innocent() async throws {
        let redis = try await RedisProcess()
        let (flooding, asking) = (200, 10)
        try await LimitedServers.serving(
            1, keys: flooding + 2 * asking, redis: redis,
            environment: [
                "RATE_LIMIT_PER_MINUTE": "1", "RATE_LIMIT_BURST": "\(Self.burst)",
            ]
        ) { limited in
            // Over their rate before anything is measured.
            _ = try await limited.flood(by: 0..<flooding, requestsOfEach: Self.burst + 1)
            let without = try await limited.durations(of: flooding..<flooding + asking, requestsOfEach: Self.burst)
            // Up to 1,600 requests a second, and no more than the server answers.
            let flood = Task { await limited.keepFlooding(by: 0..<flooding, atOnce: 16, pause: .milliseconds(10)) }
            let limitedBefore = try await limited.servers[0].metric(
                #"thermocline_rate_limit_requests_total{outcome="limited"}"#)
            let with = try await limited.durations(
                of: flooding + asking..<flooding + 2 * asking, requestsOfEach: Self.burst)
            let limitedAfter = try await limited.servers[0].metric(
                #"thermocline_rate_limit_requests_total{outcome="limited"}"#)
            flood.cancel()
            await flood.value
            let (p50Without, p50With) = (without[without.count / 2], with[with.count / 2])
            print(
                "p50 of an innocent caller: \(p50Without) ms without, \(p50With) ms with \(limitedAfter - limitedBefore) refusals"
            )
            #expect(limitedAfter > limitedBefore)
        }
    }
}
