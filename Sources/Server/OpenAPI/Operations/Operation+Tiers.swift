import HTTPTypes
import Knowledge
import Pipeline

extension Operation {
    static func tiers(_ bounds: InterfaceBounds) -> [Operation] {
        [figures, advice] + lists + oneKept + pins + searches(bounds) + [flush, warmUp(bounds)]
    }

    private static let fingerprint = JSONSchema.text(pattern: "^[0-9a-fA-F]{32}$").example(
        "81d8bf1185f4632cd0fab616cc7cbf10")
    private static let answerTier = Parameter.path("tier", "A tier that holds answers.", .word("", ["hot", "warm"]))
    private static let anyTier = Parameter.path("tier", "A tier.", .word("", ["hot", "warm", "cold"]))
    private static let hotTier = Parameter.path("tier", "Pins belong to hot.", .word("", ["hot"]))
    private static let ofAnswer = Parameter.path("fingerprint", "Of the question, from a list.", fingerprint)
    private static let ofAnything = Parameter.path(
        "fingerprint", "Of the question; in cold the id of an item.",
        JSONSchema.text(pattern: "^([0-9a-fA-F]{32}|[1-9][0-9]{0,18})$").example("81d8bf1185f4632cd0fab616cc7cbf10"))

    private static var figures: Operation {
        Operation(
            method: .get, path: "/tiers", id: "getTiers", tag: .tiers, summary: "Figures of the tiers",
            meaning:
                "Size, look-ups, evictions and durations of each tier, over the last minute, 5 minutes and hour and since the start.",
            replies: [
                Reply(
                    200, "The tiers.",
                    [
                        .json(
                            .object([
                                .init("hot", .named(.tier)), .init("warm", .named(.tier)), .init("cold", .named(.tier)),
                            ]), [("sample", ExampleBodies.tiers)])
                    ])
            ])
    }

    private static var advice: Operation {
        Operation(
            method: .get, path: "/tiers/advice", id: "getTierAdvice", tag: .tiers,
            summary: "Advice on sizes",
            meaning:
                "What hit rate other sizes of hot and warm would have, by the questions asked, and the line to set.",
            replies: [Reply(200, "The advice.", [.json(TierSchemas.advice)])])
    }

    private static var lists: [Operation] {
        [
            Operation(
                method: .get, path: "/tiers/hot/items", id: "listHot", tag: .tiers,
                summary: "List hot answers", meaning: "In the order of fingerprints.",
                parameters: TierItemsRoutes.Parameters.described(TierItemsRoutes.Parameters.hotCursor),
                replies: [Reply(200, "A page.", [.json(TierSchemas.hotPage, [("sample", ExampleBodies.hotItems)])])]),
            Operation(
                method: .get, path: "/tiers/warm/items", id: "listWarm", tag: .tiers,
                summary: "List warm answers", meaning: "The most recently used first, by fingerprint alone.",
                parameters: TierItemsRoutes.Parameters.described(TierItemsRoutes.Parameters.warmCursor),
                replies: [Reply(200, "A page.", [.json(TierSchemas.warmPage)])]),
            Operation(
                method: .get, path: "/tiers/cold/items", id: "listCold", tag: .tiers,
                summary: "List cold items", meaning: "What cold holds are the items of `/knowledge`: the same list.",
                parameters: KnowledgeListRoutes.Parameters.described,
                replies: [Reply(200, "A page.", [.json(KnowledgeSchemas.page)])]),
        ]
    }

    private static var oneKept: [Operation] {
        [
            Operation(
                method: .get, path: "/tiers/{tier}/items/{fingerprint}", id: "getKept", tag: .tiers,
                summary: "Look at what is kept", meaning: "The kept answer with its results; in cold the item.",
                parameters: [anyTier, ofAnything],
                replies: [
                    Reply(
                        200, "The answer, or the item.",
                        [.json(.any("", of: [TierSchemas.keptWhole, .named(.item)]))])
                ]),
            Operation(
                method: .delete, path: "/tiers/{tier}/items/{fingerprint}", id: "deleteKept", tag: .tiers,
                summary: "Drop what is kept",
                meaning: """
                    Forgets an answer: the next question computes it. In cold it deletes the item, and heeds `If-Match`.
                    """,
                parameters: [anyTier, ofAnything],
                replies: [
                    Reply(
                        200, "Dropped.",
                        [
                            .json(
                                .object([
                                    .optional("fingerprint", .text()), .optional("id", .text()),
                                    .init("message", .text()),
                                ]))
                        ])
                ],
                refusals: [409]),
        ]
    }

    private static var pins: [Operation] {
        let path = "/tiers/{tier}/items/{fingerprint}/pin"
        return [
            Operation(
                method: .post, path: path, id: "pin", tag: .tiers, summary: "Pin an answer",
                meaning:
                    "It is never evicted, and comes back to hot after a write has ended it. It may come later than its pin.",
                parameters: [hotTier, ofAnswer],
                replies: [
                    Reply(
                        200, "Pinned.",
                        [
                            .json(
                                .object([
                                    .init("fingerprint", .text()), .init("pinned", .flag()),
                                    .init("holds_answer", .flag("Whether hot has its answer now.")),
                                ]))
                        ])
                ],
                refusals: [409]),
            Operation(
                method: .delete, path: path, id: "unpin", tag: .tiers, summary: "Unpin an answer",
                meaning: "It stays until it is evicted like any other.", parameters: [hotTier, ofAnswer],
                replies: [
                    Reply(
                        200, "Unpinned.",
                        [.json(.object([.init("fingerprint", .text()), .init("pinned", .flag())]))])
                ]),
        ]
    }

    private static func searches(_ bounds: InterfaceBounds) -> [Operation] {
        let json = Content.json(
            ColdSearchRoutes.Fields.schema(bounds), [("sample", ExampleBodies.tierSearch)])
        let body = Body(
            """
            A text or a vector, which is brought to length 1. As `\(ColdSearchRoutes.floats)` the vector alone, in \
            little-endian 32-bit floats.
            """,
            [
                json,
                .other(
                    ColdSearchRoutes.floats, .text("As many floats as the encoder has dimensions.", format: "binary")),
            ])
        let topK = Parameter.query(QuestionRequest.Fields.topK, "Results wanted of a vector that is sent alone.")
        func kept(_ tier: String, _ id: String) -> Operation {
            Operation(
                method: .post, path: "/tiers/\(tier)/search", id: id, tag: .tiers,
                summary: "Search \(tier)", meaning: "Which kept answers are to questions near a text or a vector.",
                parameters: [topK], body: body,
                replies: [Reply(200, "The answers, the nearest first.", [.json(TierSchemas.keptMatches)])],
                refusals: [400])
        }
        return [
            kept("hot", "searchHot"), kept("warm", "searchWarm"),
            Operation(
                method: .post, path: "/tiers/cold/search", id: "searchCold", tag: .tiers,
                summary: "Search cold", meaning: "Searches the items themselves, past every cache.", parameters: [topK],
                body: body,
                replies: [Reply(200, "The results, best first.", [.json(TierSchemas.coldMatches)])],
                refusals: [400]),
        ]
    }

    private static var flush: Operation {
        Operation(
            method: .post, path: "/tiers/{tier}/flush", id: "flushTier", tag: .tiers,
            summary: "Empty a tier", meaning: "Forgets all of the tenant's answers in it. Pins stay, and fill again.",
            parameters: [answerTier],
            replies: [
                Reply(
                    200, "Emptied.",
                    [
                        .json(
                            .object([
                                .init("tier", .text()), .init("flushed", .whole("Answers forgotten.", in: 0...Int.max)),
                            ]))
                    ])
            ])
    }

    private static func warmUp(_ bounds: InterfaceBounds) -> Operation {
        let figures = ["requested", "placed", "already_hot", "failed", "unknown", "skipped"]
        return Operation(
            method: .post, path: "/tiers/warmup", id: "warmUp", tag: .tiers, summary: "Fill hot",
            meaning: """
                Answers questions before they are asked and keeps the answers in hot; with `top`, which counts only without a \
                body, those asked most, as far as warm has them. One run at a time.
                """,
            parameters: [.query(WarmUpRoutes.top, "So many of the questions asked most, in place of a body.")],
            body: Body(
                "The questions.", isRequired: false,
                [
                    .json(
                        .object([WarmUpRoutes.queries(bounds.maximumQueryCharacters).property]),
                        [("sample", ExampleBodies.warmUp)])
                ]),
            replies: [
                Reply(
                    200, "What came of it.",
                    [.json(.object(figures.map { .init($0, .whole(in: 0...Int.max)) }))])
            ],
            refusals: [409])
    }
}
