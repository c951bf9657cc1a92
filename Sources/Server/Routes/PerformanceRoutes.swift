import Hummingbird
import Knowledge
import Pipeline

/// `GET /performance`: how fast the tiers answered and how often.
struct PerformanceRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.get, "/performance", for: .reader, performance)
    }

    @Sendable private func performance(_ request: Request, _ context: CallContext) async throws -> Response {
        let analysis = PerformanceAnalysis(
            parts: parts, health: await parts.health(for: context.caller), of: context.caller.visibleTenant)
        return .json(reserving: 2_048) { json in
            json.object("performance_metrics") { Self.writeMetrics(analysis, to: &$0) }
            json.object("semantic") { json in
                SemanticReport(semantic: parts.stack.semantic, metrics: parts.stack.metrics)
                    .write(to: &json, for: context.caller)
            }
            json.object("analysis") { json in
                json.member("performance_grade", analysis.grade)
                json.array("recommendations") { json in
                    for advice in analysis.recommendations { json.element(advice) }
                }
                json.object("tier_efficiency") { Self.writeEfficiency(analysis, to: &$0) }
            }
        }
    }

    private static func writeMetrics(_ analysis: PerformanceAnalysis, to json: inout JSONWriter) {
        let served = analysis.served
        json.member("total_queries", Int(clamping: served.total))
        json.member("hot_hits", Int(clamping: served.hot))
        json.member("warm_hits", Int(clamping: served.warm))
        json.member("cold_hits", Int(clamping: served.cold))
        json.member("misses", Int(clamping: served.miss))
        let shares = PerformanceAnalysis.shares([served.hot, served.warm, served.cold, served.miss])
        json.member("hot_hit_rate", shares[0], decimals: 6)
        json.member("warm_hit_rate", shares[1], decimals: 6)
        json.member("cold_hit_rate", shares[2], decimals: 6)
        json.member("miss_rate", shares[3], decimals: 6)
        json.member("avg_ms", analysis.averageMilliseconds ?? 0, decimals: 3)
        for servedBy in ServedBy.allCases {
            guard let latency = analysis.latencies[servedBy] else { continue }
            let name = servedBy.rawValue
            json.member(named: name + "_avg_ms", latency.averageMilliseconds ?? 0, decimals: 3)
            json.member(named: name + "_p50_ms", latency.quantileMilliseconds(0.5) ?? 0, decimals: 3)
            json.member(named: name + "_p95_ms", latency.quantileMilliseconds(0.95) ?? 0, decimals: 3)
            json.member(named: name + "_p99_ms", latency.quantileMilliseconds(0.99) ?? 0, decimals: 3)
        }
    }

    /// How much of a cold search's time each tier saves, 0…1; 0 where nothing was measured.
    private static func writeEfficiency(_ analysis: PerformanceAnalysis, to json: inout JSONWriter) {
        let cold = analysis.latencies[.cold]?.averageMilliseconds
        for servedBy in ServedBy.allCases {
            guard let tier = servedBy.tier else { continue }
            var saved = 0.0
            if let cold, cold > 0, let average = analysis.latencies[servedBy]?.averageMilliseconds {
                saved = max(0, 1 - average / cold)
            }
            json.object(named: tier.rawValue) { json in
                json.member("questions", Int(clamping: analysis.latencies[servedBy]?.count ?? 0))
                json.member("time_saved", saved, decimals: 4)
            }
        }
    }
}
