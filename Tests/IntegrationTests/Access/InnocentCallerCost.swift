import Foundation
import TestSupport
import Testing

/// A measurement, not a test: `scripts/bench limits` runs it.
@Suite(
    "What a caller within its rate feels of others",
    .enabled(if: ProcessInfo.processInfo.environment["THERMOCLINE_MEASURE"] != nil))
struct InnocentCallerCost {
    private static let burst = 20
    private static let flooding = 200
    /// Callers of one measurement, one after the other: each asks as often as it may. A tenant has 1,000 keys at most.
    private static let asking = 80
    /// Between a refusal and the same caller's next request: 200 callers make 2,000 requests a second at most. What asks and
    /// what answers share this machine, so more of them would tell how many cores it has.
    private static let pause = Duration.milliseconds(100)

    /// Who makes load beside the callers that are measured.
    private enum Flood: String, CaseIterable {
        case none
        /// 200 callers over their rate.
        case refused = "200 callers, refused"
        /// As many requests that have no limit: what any load of this size costs on this machine.
        case probes = "200 callers, probes"
    }

    @Test("Milliseconds of a read, without and with a flood, by turns")
    func innocent() async throws {
        let redis = try await RedisProcess()
        let rounds = 3
        try await LimitedServers.serving(
            1, keys: Self.flooding + Flood.allCases.count * rounds * Self.asking, redis: redis,
            environment: [
                "RATE_LIMIT_PER_MINUTE": "1", "RATE_LIMIT_BURST": "\(Self.burst)",
            ]
        ) { limited in
            let flooding = 0..<Self.flooding
            // Over their rate before anything is measured.
            _ = try await limited.flood(by: flooding, requestsOfEach: Self.burst + 1)
            var next = flooding.upperBound
            print("| round | flood | p50 | p95 | p99 | replies a second |\n|---:|---|---:|---:|---:|---:|")
            for round in 1...rounds {
                for kind in Flood.allCases {
                    let flood = Task {
                        switch kind {
                        case .none: break
                        case .refused: await limited.keepFlooding(by: flooding, pause: Self.pause)
                        case .probes:
                            await limited.keepFlooding(by: flooding, pause: Self.pause) { server, key in
                                try await server.send("GET", "/api/v1/health/live", as: .key(key))
                            }
                        }
                    }
                    // All are connected and asking.
                    try await Task.sleep(for: .seconds(1))
                    let (start, before) = (ContinuousClock.now, try await Self.replies(limited))
                    let durations = try await limited.durations(
                        of: next..<next + Self.asking, requestsOfEach: Self.burst)
                    next += Self.asking
                    let count = try await Self.replies(limited) - before
                    flood.cancel()
                    await flood.value
                    Self.tell(round, kind.rawValue, durations, count / ((ContinuousClock.now - start) / .seconds(1)))
                }
            }
        }
    }

    private static func replies(_ limited: LimitedServers) async throws -> Double {
        var sum = 0.0
        for name in ["2xx", "4xx"] {
            sum += try await limited.servers[0].metric("thermocline_http_responses_total{status=\"\(name)\"}")
        }
        return sum
    }

    /// - Parameter durations: milliseconds, ascending.
    private static func tell(_ round: Int, _ flood: String, _ durations: [Double], _ repliesPerSecond: Double) {
        let quantiles = [0.5, 0.95, 0.99].map { durations[Int($0 * Double(durations.count))] }
            .map { String(format: "%.2f ms", $0) }.joined(separator: " | ")
        print("| \(round) | \(flood) | \(quantiles) | \(Int(repliesPerSecond)) |")
    }
}
