import HTTPTypes
import Knowledge
import Pipeline

extension Operation {
    /// What the dashboard draws.
    static func history(_ bounds: InterfaceBounds) -> [Operation] {
        [
            Operation(
                method: .get, path: "/performance/history", id: "getHistory", tag: .system,
                summary: "The last minutes",
                meaning:
                    "Questions of the last five minutes, what each of the last minutes came to, in columns, and what the tiers hold.",
                parameters: [
                    .query(HistoryRoutes.minutes(bounds.historyMinutes), "Minutes wanted.")
                ],
                replies: [Reply(200, "The columns.", [.json(HistorySchemas.history)])]),
            Operation(
                method: .get, path: "/performance/slow", id: "listSlowQuestions", tag: .system,
                summary: "The slowest questions",
                meaning: "The tenant's slowest questions of the last hour, with their steps.",
                parameters: [
                    .query(SlowQuestionsRoutes.limit, "Questions wanted.")
                ],
                replies: [
                    Reply(
                        200, "The questions, the slowest first.",
                        [
                            .json(
                                .object([
                                    .init(
                                        "items",
                                        .list(
                                            of: .object([
                                                .init("query", .text()), .init("asked_at", .text(format: "date-time")),
                                                .init("search_time_ms", .number(in: 0 ... .infinity)),
                                                .init("served_by", .word("", ServedBy.allCases.map(\.rawValue))),
                                                .init("request_id", .text()),
                                                .init("explain", .list(of: QuestionSchemas.step)),
                                            ])))
                                ]))
                        ])
                ]),
            Operation(
                method: .get, path: "/tiers/hot/top", id: "listTopQuestions", tag: .tiers,
                summary: "The questions asked most",
                meaning: "The tenant's questions that hot holds, by how often they were asked.",
                parameters: [
                    .query(TopQuestionsRoutes.limit, "Questions wanted.")
                ],
                replies: [
                    Reply(200, "The questions.", [.json(.object([.init("items", .list(of: TierSchemas.asked))]))])
                ]),
        ]
    }
}
