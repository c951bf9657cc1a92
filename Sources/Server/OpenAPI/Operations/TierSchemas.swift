import Knowledge
import Pipeline

/// What is told of the tiers: see `TiersRoutes`, `TierItemsRoutes`, `KeptSearchRoutes`, `TiersAdviceRoutes`.
enum TierSchemas {
    private static let count = JSONSchema.whole(in: 0...Int.max)
    private static let milliseconds = JSONSchema.number(in: 0 ... .infinity)
    private static let fraction = JSONSchema.number(in: 0...1)

    private static let lookupProperties: [JSONSchema.Property] = [
        .init("hits", count), .init("misses", count), .init("hit_rate", .number("In percent.", in: 0...100)),
    ]

    static let lookups = JSONSchema.object("Look-ups in a span of time.", lookupProperties)

    private static let eventProperties: [JSONSchema.Property] =
        ["admissions", "evictions", "expirations", "invalidations"].map { .init($0, count.orNull) }

    static let tier = JSONSchema.object(
        "Figures of a tier; what it does not have, or is not one tenant's, is `null`.",
        [
            .init("name", .text()),
            .init("size", count.orNull), .init("capacity", count.orNull),
            .init("bytes", count.orNull), .init("maximum_bytes", count.orNull),
        ] + lookupProperties + eventProperties
            + ["p50_ms", "p95_ms", "p99_ms"].map { .init($0, milliseconds) } + [
                .optional("pins", .object([.init("count", count), .init("maximum", count)])),
                .optional("snapshot", snapshot),
                .init("windows", .object(["1m", "5m", "1h", "since_start"].map { .init($0, .named(.lookups)) })),
            ])

    private static let snapshot = JSONSchema.object(
        "What is saved of hot for the next start.",
        [
            .init("saved_at", JSONSchema.text(format: "date-time").orNull), .init("bytes", count),
            .init("answers", count), .init("restored_answers", count), .optional("problem", .text()),
        ])

    private static let keptProperties: [JSONSchema.Property] = [
        .init("fingerprint", .text()),
        .init("question", .text("In folded form.")),
        .init("results", count),
        .init("quality", fraction),
        .init("computed_at", .text(format: "date-time")),
        .init("expires_at", .text(format: "date-time")),
        .init("knowledge_version", count),
        .init("bytes", count),
    ]

    static let keptAnswer = JSONSchema.object(
        "An answer that is kept.", keptProperties + [.optional("pinned", .flag("Only of hot."))])

    static let asked = JSONSchema.object(
        "A kept answer, and how often it was asked for.",
        [.init("access_count", count), .init("pinned", .flag())] + keptProperties)

    static let keptWhole = JSONSchema.object(
        "A kept answer with its results.",
        keptProperties + [
            .optional("pinned", .flag("Only of hot.")),
            .init(
                "answer",
                .object([
                    .init("results", .list(of: .named(.result))), .init("response", JSONSchema.text().orNull),
                    .init("similarity_score", JSONSchema.number().orNull), .optional("message", .text()),
                ])),
        ])

    private static func page(of element: JSONSchema, _ more: [JSONSchema.Property] = []) -> JSONSchema {
        .object(
            "A page.",
            [.init("items", .list(of: element, atMost: TierItemsRoutes.maximumLimit))] + more + [
                .init("next_cursor", JSONSchema.text("Send it as `cursor`; `null` on the last page.").orNull),
                .init("limit", .whole(in: 1...TierItemsRoutes.maximumLimit)),
            ])
    }

    static let hotPage = page(
        of: .named(.keptAnswer),
        [.init("waiting_pins", .list("Pinned fingerprints without an answer here at the moment.", of: .text()))])

    static let warmPage = page(
        of: .object([.init("fingerprint", .text()), .init("last_used_at", .text(format: "date-time"))]))

    static let keptMatches = JSONSchema.object([
        .init(
            "items",
            .list(
                of: .object(
                    keptProperties + [
                        .init("similarity_score", .number(in: -1...1)),
                        .init("score_basis", .word("", ["cosine", "lexical"])),
                    ]))),
        .init("search_time_ms", milliseconds),
        .init("total_answers_searched", count),
        .init("complete", .flag("Whether all kept answers were searched.")),
    ])

    static let coldMatches = JSONSchema.object([
        .init("results", .list(of: .named(.result))),
        .init("response", JSONSchema.text().orNull),
        .init("similarity_score", JSONSchema.number().orNull),
        .optional("message", .text()),
        .init("search_time_ms", milliseconds),
        .init("strategy", .word("The one used.", SearchStrategy.allCases.map(\.rawValue))),
        .init("total_items_searched", count),
        .init("knowledge_version", count),
    ])

    static let sizeAdvice = JSONSchema.object(
        "What other sizes of one tier would hit, as fractions of the questions.",
        [
            .init("capacity", count), .init("expected_hit_rate", fraction), .init("observed_hit_rate", fraction.orNull),
            .init("curve", .list(of: .object([.init("size", count), .init("expected_hit_rate", fraction)]))),
            .init("suggested_size", count), .init("advice", .text()), .init("set", .text("A line of the environment.")),
        ])

    static let advice = JSONSchema.object([
        .init("hot", .named(.sizeAdvice)), .init("warm", .named(.sizeAdvice)), .init("questions", count),
        .init("sampled_keys", count), .init("sampling_rate", fraction),
    ])
}
