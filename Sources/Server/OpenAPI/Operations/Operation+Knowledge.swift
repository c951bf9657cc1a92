import HTTPTypes
import Knowledge

extension Operation {
    static var knowledge: [Operation] { [listItems, putItem] + oneItem + streams }

    private static let itemID = Parameter.path(
        "id", "Of the item.", JSONSchema.text(pattern: "^[1-9][0-9]{0,18}$").example("235"))
    private static let ifMatch = Parameter.header(
        "If-Match", "Only if the item has this version: its `ETag`. Otherwise 409.", JSONSchema.text().example("\"1\""))
    private static let eTag = ("ETag", JSONSchema.text("The item's version in quotes.", pattern: "^\"[0-9]+\"$"))

    private static func stored(_ status: Int, _ meaning: String) -> Reply {
        Reply(
            status, meaning, [.json(.named(.itemStored), [("sample", ExampleBodies.itemStored)])],
            headers: status == 201 ? [eTag, ("Location", .text("Path of the item."))] : [eTag])
    }

    private static var listItems: Operation {
        Operation(
            method: .get, path: "/knowledge", id: "listKnowledge", tag: .knowledge,
            summary: "List items",
            meaning: """
                Items in the order of their ids, which stays as items come and go: a new one is on the last page. All filters \
                given must match.
                """,
            parameters: KnowledgeListRoutes.Parameters.described,
            replies: [Reply(200, "A page.", [.json(KnowledgeSchemas.page)])])
    }

    private static var putItem: Operation {
        Operation(
            method: .post, path: "/knowledge", id: "addKnowledge", tag: .knowledge,
            summary: "Add an item",
            meaning: """
                Adds an item, or replaces the one that has the same issue, so that sending it twice makes one. It is in the very \
                next answer, from every tier.
                """,
            body: Body("The item.", [.json(.named(.itemRequest), [("sample", ExampleBodies.itemRequest)])]),
            replies: [stored(200, "It replaced the item of the same issue."), stored(201, "It is new.")])
    }

    private static var oneItem: [Operation] {
        [
            Operation(
                method: .get, path: "/knowledge/{id}", id: "getKnowledge", tag: .knowledge,
                summary: "Get an item", meaning: "The item with its version, as `ETag` too, and its quality by votes.",
                parameters: [itemID],
                replies: [
                    Reply(
                        200, "The item.", [.json(.named(.item), [("sample", ExampleBodies.item)])], headers: [eTag])
                ]),
            Operation(
                method: .put, path: "/knowledge/{id}", id: "replaceKnowledge", tag: .knowledge,
                summary: "Replace an item", meaning: "Gives the item other content; what is left out is emptied.",
                parameters: [itemID, ifMatch],
                body: Body("The item.", [.json(.named(.itemRequest), [("sample", ExampleBodies.itemRequest)])]),
                replies: [stored(200, "Replaced.")], refusals: [409]),
            Operation(
                method: .patch, path: "/knowledge/{id}", id: "changeKnowledge", tag: .knowledge,
                summary: "Change fields of an item",
                meaning: "Changes the fields that are sent and leaves the others; `null` counts as not sent.",
                parameters: [itemID, ifMatch],
                body: Body("The fields.", [.json(.named(.itemChange), [("sample", ExampleBodies.itemChange)])]),
                replies: [stored(200, "Changed, or already so.")], refusals: [409]),
            Operation(
                method: .delete, path: "/knowledge/{id}", id: "deleteKnowledge", tag: .knowledge,
                summary: "Delete an item", meaning: "Deletes the item; its id is never used again.",
                parameters: [itemID, ifMatch],
                replies: [
                    Reply(200, "Deleted.", [.json(.object([.init("id", .text()), .init("message", .text())]))])
                ],
                refusals: [409]),
        ]
    }

    private static var streams: [Operation] {
        [
            Operation(
                method: .post, path: "/knowledge/bulk", id: "addKnowledgeInBulk", tag: .knowledge,
                summary: "Add many items",
                meaning: """
                    Takes one item a line, stores them in batches as they come, and tells of each line that failed, then the sum. \
                    The status is 200 once the stream has begun. Items that are already as given are left alone.
                    """,
                parameters: [
                    .query(BulkRoutes.onError, "`stop` stores nothing after the first line that fails.")
                ],
                body: Body(
                    "Items as NDJSON; a line may have at most \(RequestBodyLimits.maximumLineBytes) bytes, the stream has no limit.",
                    [.other(MediaTypes.ndjson, .anything, example: ExampleBodies.itemLines)]),
                replies: [
                    Reply(
                        200, "A line for each line that failed, and `summary` as the last.",
                        [.other(MediaTypes.ndjson, .text(), example: ExampleBodies.bulkReply)])
                ]),
            Operation(
                method: .get, path: "/knowledge/export", id: "exportKnowledge", tag: .knowledge,
                summary: "Export all items",
                meaning:
                    "All items of the tenant as of one moment, one a line, while writes go on. It can be taken in again.",
                replies: [
                    Reply(
                        200, "Items as NDJSON, in the order of their ids.",
                        [.other(MediaTypes.ndjson, .text(), example: ExampleBodies.exportLine)])
                ]),
        ]
    }
}
