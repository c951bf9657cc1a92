import ColdTier
import HotTier
import Hummingbird
import Knowledge
import Pipeline
import Routing

/// `GET /` and `GET /system/info`: what is running.
struct SystemRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.atRoot(.get, "/", for: .reader, front)
        routes.on(.get, "", for: .reader, front)
        routes.on(.get, "/system/info", for: .reader, info)
    }

    private struct TierDescription {
        let tier: Tier
        let servedBy: ServedBy
        let technology: String
        let useCase: String
    }

    private static let tiers = [
        TierDescription(
            tier: .hot, servedBy: .hot, technology: "Process memory, sharded LRU",
            useCase: "Answers that are asked for again and again"),
        TierDescription(
            tier: .warm, servedBy: .warm, technology: "Redis",
            useCase: "Answers asked for lately; they outlive restarts"),
        TierDescription(
            tier: .cold, servedBy: .cold, technology: "SQLite, LZ4-compressed vector index, FTS5",
            useCase: "Every item of knowledge: the only copy that counts"),
    ]

    @Sendable private func front(_ request: Request, _ context: CallContext) async throws -> Response {
        let analysis = PerformanceAnalysis(
            parts: parts, health: await parts.health(for: context.caller), of: context.caller.visibleTenant)
        let served = analysis.served
        return .json(reserving: 2_048) { json in
            json.member("service", Wording.service)
            json.member("version", Wording.version)
            json.member("status", analysis.health.overall == .unhealthy ? "unhealthy" : "running")
            json.object("features") { writeFeatures(analysis.health, to: &$0) }
            json.object("endpoints") { Self.writeEndpoints(to: &$0) }
            json.object("architecture") { json in
                json.array("storage_tiers") { json in
                    for tier in Self.tiers { Self.write(tier, analysis, to: &json) }
                }
            }
            json.object("performance_summary") { json in
                json.member("total_queries_processed", Int(clamping: served.total))
                json.member("hot_cache_hit_rate", Wording.percent(served.percent(\.hot)))
                json.member("warm_cache_hit_rate", Wording.percent(served.percent(\.warm)))
                json.member("cold_storage_hit_rate", Wording.percent(served.percent(\.cold)))
                json.member(
                    "system_performance", Wording.performance(ofMilliseconds: analysis.averageMilliseconds ?? 0))
            }
        }
    }

    private func writeFeatures(_ health: [PartHealth], to json: inout JSONWriter) {
        func isWorking(_ part: PartHealth.Part) -> Bool {
            health.contains { $0.part == part && $0.status == .healthy }
        }
        json.member("semantic_search", isWorking(.encoder))
        json.member("semantic_hits", parts.stack.semantic != nil)
        json.member("lexical_search", isWorking(.coldStorage))
        json.member("warm_cache", isWorking(.warmCache))
        json.member("bulk_import", true)
        json.member("training", false)
        json.member("api_keys", parts.settings.requiresKeys)
    }

    private static func writeEndpoints(to json: inout JSONWriter) {
        json.member("troubleshoot", Routes.prefix + "/troubleshoot")
        json.member("train", Routes.prefix + "/train")
        json.member("health", Routes.prefix + "/health")
        json.member("performance", Routes.prefix + "/performance")
        json.member("knowledge", Routes.prefix + "/knowledge")
        json.member("docs", Routes.prefix + "/docs")
        json.member("openapi", Routes.prefix + "/openapi.json")
    }

    private static func write(
        _ description: TierDescription, _ analysis: PerformanceAnalysis, to json: inout JSONWriter
    ) {
        let median = analysis.latencies[description.servedBy]?.quantileMilliseconds(0.5)
        json.object { json in
            json.member("name", description.tier.rawValue)
            json.member("latency", median.map { Wording.fixed($0, decimals: 3) + "ms" } ?? "not measured yet")
            json.member("technology", description.technology)
            json.member("use_case", description.useCase)
        }
    }

    @Sendable private func info(_ request: Request, _ context: CallContext) async throws -> Response {
        let stack = parts.stack
        let analysis = PerformanceAnalysis(
            parts: parts, health: await parts.health(for: context.caller), of: context.caller.visibleTenant)
        let visible = context.caller.visibleTenant
        return .json(reserving: 2_048) { json in
            json.object("system_info") { json in
                json.member("service_name", Wording.service)
                json.member("version", Wording.version)
                json.member("architecture", Wording.architecture)
                json.member("vector_store", Wording.vectorStore)
                json.member("embeddings", stack.encoder.identity?.name ?? Wording.noEncoder)
                json.member("store_id", stack.cold.storeID)
                json.member("knowledge_version", Int(stack.cold.changeNumber.rawValue))
                json.member("started_at", parts.startedAt.rfc3339)
            }
            analysis.health.write(to: &json, "component_health")
            json.object("performance_metrics") { Self.writeMetrics(analysis, to: &$0) }
            json.object("storage_info") { json in
                json.member("hot_cache_size", visible.map { stack.hot.holding(of: $0).count } ?? stack.hot.count)
                json.member(
                    "cold_storage_size", visible.map { stack.cold.itemCount($0) } ?? stack.cold.statistics().items)
                json.member("total_capacity", stack.hot.capacity + parts.settings.warmCacheSize)
                json.member("vector_dimensions", stack.encoder.identity?.dimension ?? 0)
            }
            json.object("routing_intelligence") { writeRouting(to: &$0, for: context.caller) }
        }
    }

    private static func writeMetrics(_ analysis: PerformanceAnalysis, to json: inout JSONWriter) {
        let served = analysis.served
        json.member("total_queries", Int(clamping: served.total))
        json.object("tier_hit_rates") { json in
            json.member("hot_memory", Wording.percent(served.percent(\.hot)))
            json.member("warm_cache", Wording.percent(served.percent(\.warm)))
            json.member("cold_storage", Wording.percent(served.percent(\.cold)))
        }
        json.object("average_response_times") { json in
            for tier in tiers {
                let average = analysis.latencies[tier.servedBy]?.averageMilliseconds ?? 0
                json.member(named: tier.tier.rawValue, Wording.fixed(average, decimals: 2) + "ms")
            }
        }
    }

    private func writeRouting(to json: inout JSONWriter, for caller: Caller) {
        let rules = parts.stack.rules
        json.array("criteria") { json in
            for rule in RoutingDecision.Rule.allCases { json.element(rule.rawValue) }
        }
        json.member("hot_access_threshold", rules.hotAccessThreshold)
        json.member("warm_access_threshold", rules.warmAccessThreshold)
        json.member("recent_access_window_s", Int(rules.recentAccessWindowMilliseconds / 1000))
        json.member("quality_threshold", rules.qualityThreshold, decimals: 4)
        if caller.visibleTenant == nil { json.member("questions_remembered", parts.stack.ledger.count) }
    }
}
