import Knowledge
import Pipeline

/// What the server tells of itself: see `SystemRoutes`, `PerformanceRoutes`, `HealthRoutes`.
enum SystemSchemas {
    private static let count = JSONSchema.whole(in: 0...Int.max)
    private static let fraction = JSONSchema.number(in: 0...1)
    private static let milliseconds = JSONSchema.number(in: 0 ... .infinity)
    private static let percentText = JSONSchema.text(pattern: #"^[0-9]+\.[0-9]%$"#)
    private static let tiers = [Tier.hot, .warm, .cold].map(\.rawValue)

    static let service = JSONSchema.object([
        .init("service", .text()), .init("version", .text()), .init("status", .word("", ["running", "unhealthy"])),
        .init("features", .table("What works now, by name.", of: .flag())),
        .init("endpoints", .table("Paths, by name.", of: .text(pattern: "^/"))),
        .init(
            "architecture",
            .object([
                .init(
                    "storage_tiers",
                    .list(
                        of: .object([
                            .init("name", .word("", tiers)), .init("latency", .text("Median, measured.")),
                            .init("technology", .text()), .init("use_case", .text()),
                        ])))
            ])),
        .init(
            "performance_summary",
            .object([
                .init("total_queries_processed", count), .init("hot_cache_hit_rate", percentText),
                .init("warm_cache_hit_rate", percentText), .init("cold_storage_hit_rate", percentText),
                .init("system_performance", .word("", ["optimal", "good", "acceptable"])),
            ])),
    ])

    static let recoding = JSONSchema.object(
        "Texts that are being stored anew.",
        [
            .init("work", .word("", ["sealing", "rekeying", "compressing"])), .init("phase", .text()),
            .init("done", count), .init("total", count), .optional("problem", .text()),
        ])

    static let partHealth = JSONSchema.object(
        "How a part is.",
        [
            .init("status", .word("", ["healthy", "degraded", "unhealthy", "disabled"])),
            .init("response_time_ms", milliseconds),
            .optional("item_count", count),
            .optional("reason", .text("Why it is not at its best.")),
            .optional("recoding", recoding),
            .optional(
                "reembedding",
                .object([
                    .init("encoder", .text()), .init("done", count), .init("total", count),
                    .optional("problem", .text()),
                ])),
        ])

    static let components = JSONSchema.object(
        "The parts.",
        PartHealth.Part.allCases.map { part in
            part == .rateLimits
                ? .optional(part.rawValue, .named(.partHealth)) : .init(part.rawValue, .named(.partHealth))
        })

    static let health = JSONSchema.object(
        "How the parts are.",
        [
            .init("overall_status", .word("", ["healthy", "degraded", "unhealthy"])),
            .init("components", .named(.components)),
            .init(
                "api",
                .object([
                    .init("status", .text()), .init("active_training_jobs", count),
                    .optional(
                        "tls",
                        .object([
                            .init("certificate_expires_at", .text(format: "date-time")), .optional("problem", .text()),
                        ])),
                ])),
            .optional("notes", .list("What an operator should know besides.", of: .text())),
            .init("timestamp", .text(format: "date-time")),
        ])

    static let info = JSONSchema.object([
        .init(
            "system_info",
            .object(
                ["service_name", "version", "architecture", "vector_store", "embeddings", "store_id"].map {
                    .init($0, .text())
                } + [.init("knowledge_version", count), .init("started_at", .text(format: "date-time"))])),
        .init("component_health", .named(.components)),
        .init(
            "performance_metrics",
            .object([
                .init("total_queries", count),
                .init("tier_hit_rates", .object(tiers.map { .init($0, percentText) })),
                .init(
                    "average_response_times",
                    .object(tiers.map { .init($0, .text(pattern: #"^[0-9]+\.[0-9]{2}ms$"#)) })),
            ])),
        .init(
            "storage_info",
            .object(
                ["hot_cache_size", "cold_storage_size", "total_capacity", "vector_dimensions"].map { .init($0, count) })
        ),
        .init(
            "routing_intelligence",
            .object([
                .init("criteria", .list("The rules in the order in which they are tried.", of: .text())),
                .init("hot_access_threshold", count), .init("warm_access_threshold", count),
                .init("recent_access_window_s", count), .init("quality_threshold", fraction),
                .optional("questions_remembered", count),
            ])),
    ])

    static let performance = JSONSchema.object([
        .init("performance_metrics", .object(metricsProperties)),
        .init("semantic", semantic),
        .init(
            "analysis",
            .object([
                .init("performance_grade", .text("A below 1 ms on average, B below 10, C below 50, D above.")),
                .init("recommendations", .list(of: .text())),
                .init(
                    "tier_efficiency",
                    .object(
                        tiers.map {
                            .init($0, .object([.init("questions", count), .init("time_saved", fraction)]))
                        })),
            ])),
    ])

    private static let metricsProperties: [JSONSchema.Property] =
        ["total_queries", "hot_hits", "warm_hits", "cold_hits", "misses"].map { .init($0, count) }
        + ["hot_hit_rate", "warm_hit_rate", "cold_hit_rate", "miss_rate"].map { .init($0, fraction) }
        + [.init("avg_ms", milliseconds)]
        + ServedBy.allCases.flatMap { servedBy in
            ["avg", "p50", "p95", "p99"].map { .init("\(servedBy.rawValue)_\($0)_ms", milliseconds) }
        }

    private static let semantic = JSONSchema.object(
        "What reusing other questions' answers comes to; all but the first two only where it is on, and of all tenants only for operators.",
        [
            .init("mode", .word("", SemanticMode.allCases.map(\.rawValue))),
            .optional("questions_by_match", .object(Match.allCases.map { .init($0.rawValue, count) })),
            .optional("candidates_by_rule", .table(of: count)),
            .optional("p50_ms", milliseconds), .optional("p99_ms", milliseconds), .optional("threshold", fraction),
            .optional("verified", count), .optional("false_hits", count),
            .optional("false_hit_rate", fraction.orNull), .optional("false_hit_rate_lower", fraction),
            .optional("false_hit_rate_upper", fraction),
        ])
}
