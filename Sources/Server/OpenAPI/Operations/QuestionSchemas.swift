import Knowledge
import Pipeline

/// What an answer looks like: see `QuestionReply`.
enum QuestionSchemas {
    static let result = JSONSchema.object(
        "An item that fits the question.",
        [
            .init("id", .text("Of the item.").example("235")),
            .init("version", .whole("Of the item.", in: 1...Int.max)),
            .init("issue", .text()),
            .init("resolution", .text()),
            .init("category", .text("`\(ItemContent.defaultCategory)` where none was given.")),
            .init("tags", .list(of: .text())),
            .init(
                "similarity_score",
                .number("Cosine of question and item, at most 4 decimals; 0 where there is no vector.", in: -1...1)),
            .init(
                "confidence",
                .word("Of `similarity_score`: high above 0.8, medium above 0.6.", ["high", "medium", "low"])),
            .optional("score", .number("The score that ranks it, where that is not the cosine.")),
            .init("score_basis", .word("What it was found by.", ["cosine", "lexical"])),
        ])

    static let answer = JSONSchema.object(
        "The answer to a question.",
        [
            .init("query", .text("The text asked, verbatim.")),
            .init("results", .list("Best first.", of: .named(.result), atMost: Question.maximumTopK)),
            .init("response", JSONSchema.text("The first result's resolution.").orNull),
            .init("similarity_score", JSONSchema.number("The first result's.", in: -1...1).orNull),
            .optional("message", .text("Only without results.")),
            .init("search_time_ms", .number("Of this request.", in: 0 ... .infinity)),
            .init("routing_info", .named(.routing)),
            .init("metadata", metadata),
            .optional("explain", .list("Each step in order; only if asked for.", of: step)),
        ])

    private static let tiers = [Tier.hot, .warm, .cold].map(\.rawValue)

    static let percentages = JSONSchema.object(
        "Share of all questions, in percent.", tiers.map { .init($0, .number(in: 0...100)) })

    static let routing = JSONSchema.object(
        "How the answer was come by.",
        [
            .init("tier_used", .word("The tier that answered.", tiers + ["no_results"])),
            .init("match", .word("How the answer came to fit.", Match.allCases.map(\.rawValue))),
            .optional(
                "matched_query", .text("The kept question whose answer was reused; only with `match: semantic`.")),
            .init("reason", .text("Why the answer is placed where it is.")),
            .init("placed_in", .word("Where the answer is kept now.", tiers)),
            .optional("placement_refused", .text("Why it is not where the rule wanted it.")),
            .init("access_count", .whole("Times this question was asked, this time included.", in: 0...Int.max)),
            .init("coalesced", .flag("Whether another's computation was shared.")),
            .init("degraded", .list("Parts that had to be done without.", of: .text())),
            .optional("degraded_reasons", .table("Why, by part.", of: .text())),
            .optional("stale", .flag("The answer had expired and stands in while the knowledge cannot be read.")),
            .optional("stale_seconds", .whole("How long ago it expired.", in: 0...Int.max)),
            .init("total_items_searched", .whole(in: 0...Int.max)),
            .init("vector_store", .text()),
            .init("embeddings", .text("Name of the encoder.")),
            .init("performance_tier_hit_rates", percentages),
        ])

    private static let metadata = JSONSchema.object(
        "",
        [
            .init("timestamp", .text(format: "date-time")),
            .init("total_queries_processed", .whole(in: 0...Int.max)),
            .init(
                "system_performance",
                .word("By `search_time_ms`: optimal below 10, good below 50.", ["optimal", "good", "acceptable"])),
            .init("architecture", .text()),
            .init(
                "knowledge_version", .whole("The change of the knowledge that the answer is right at.", in: 0...Int.max)
            ),
        ])

    static let step = JSONSchema.object(
        "",
        [
            .init("step", .text()),
            .init("outcome", .text()),
            .init("microseconds", .whole(in: 0...Int.max)),
            .optional("detail", .text()),
            .optional(
                "candidates",
                .list(
                    of: .object(
                        [
                            .optional("query", .text("A kept question.")),
                            .optional("id", .text("An item.")),
                            .init("similarity", .number(in: -1...1)),
                            .optional("rule", .text("What decided on it.")),
                        ]))),
        ])
}
