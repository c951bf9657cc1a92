import Knowledge
import Pipeline
import Routing

/// What `HistoryRoutes` tells: columns, the oldest entry first.
enum HistorySchemas {
    private static let count = JSONSchema.whole(in: 0...Int.max)
    private static let counts = JSONSchema.list(of: count)
    private static let seconds = JSONSchema.list(of: .number(in: 0 ... .infinity))
    /// `null` where nothing was answered.
    private static let times = JSONSchema.list(of: JSONSchema.number(in: 0 ... .infinity).orNull)
    private static let outcomes = ServedBy.allCases.map(\.rawValue)
    private static let rules = RoutingDecision.Rule.allCases.map(\.rawValue)

    static let history = JSONSchema.object([
        .init("timestamp", .text(format: "date-time")), .init("started_at", .text(format: "date-time")),
        .init("retention_hours", count),
        .init("roles", .list("What the caller may.", of: .word("", Role.allCases.map(\.rawValue)))),
        .init("questions", .object(outcomes.map { .init($0, count) } + [.init("total", count)])),
        .init("recent", .object([.init("step_seconds", count)] + outcomes.map { .init($0, counts) })),
        .init("minutes", minutes),
        .init("tiers", .object(["hot", "warm", "cold"].map { .init($0, tier) })),
        .init("questions_by_rule", .object(rules.map { .init($0, count) })),
        .init("coalesced", count),
    ])

    private static let minutes = JSONSchema.object(
        [.init("ended_at", .list("Seconds since 1970.", of: count)), .init("seconds", seconds)]
            + outcomes.map { .init($0, column) } + [
                .init("coalesced", counts),
                .init(
                    "items",
                    .object([.init("hot", counts), .init("warm", .list(of: count.orNull)), .init("cold", counts)])),
                .init("hot_bytes", counts),
                .init("questions_by_rule", .object(rules.map { .init($0, counts) })),
            ])

    private static let column = JSONSchema.object([
        .init("questions", counts), .init("p50_ms", times), .init("p95_ms", times), .init("p99_ms", times),
    ])

    private static let tier = JSONSchema.object(
        [.init("name", .text())]
            + ["size", "capacity", "bytes", "maximum_bytes"].map { .init($0, count.orNull) }
            + [.init("questions", count)]
            + ["p50_ms", "p95_ms", "p99_ms"].map { .init($0, .number(in: 0 ... .infinity)) })
}
