import HTTPTypes
import Knowledge

extension Operation {
    static func questions(_ bounds: InterfaceBounds) -> [Operation] {
        [
            Operation(
                method: .post, path: "/troubleshoot", id: "troubleshoot", tag: .questions,
                summary: "Ask a question",
                meaning: """
                    Finds the resolutions known for a problem. The same question gets the same items, order and scores from every \
                    tier; `routing_info` says which tier answered and where the answer is kept now. Without a result the status \
                    is 200, `results` is empty and `message` says so.
                    """,
                body: Body(
                    "The problem, and how to search.",
                    [.json(.named(.question), [("sample", ExampleBodies.question)])]),
                replies: [
                    Reply(
                        200, "The answer.", [.json(.named(.answer), [("sample", ExampleBodies.answer)])])
                ]),
            Operation(
                method: .post, path: "/feedback", id: "giveFeedback", tag: .questions,
                summary: "Say whether an item helped",
                meaning: """
                    Counts one vote of the caller for an item, in place of an earlier one of theirs. Within the hour votes move the \
                    item up or down among near ties. The texts are checked and not kept.
                    """,
                body: Body(
                    "The vote.",
                    [
                        .json(
                            FeedbackRoutes.Fields.schema(bounds.maximumQueryCharacters),
                            [("sample", ExampleBodies.feedback)])
                    ]),
                replies: [
                    Reply(
                        202, "Counted.",
                        [
                            .json(
                                .object(
                                    [
                                        .init("item_id", .text()), .init("helpful", .flag()),
                                        .init("message", .text()),
                                    ]))
                        ])
                ],
                refusals: [404]),
        ]
    }
}
