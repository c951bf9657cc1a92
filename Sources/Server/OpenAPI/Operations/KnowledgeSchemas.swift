import Knowledge

/// What items look like, stored and sent: see `ItemReply` and `ItemRequest`.
enum KnowledgeSchemas {
    private static let stored: [JSONSchema.Property] = [
        .init("id", .text("Assigned once, never used again.").example("235")),
        .init("version", .whole("1 at first, one more with each change.", in: 1...Int.max)),
        .init("issue", .text("The problem. Unique within the tenant; case counts.")),
        .init("resolution", .text("What resolves it.")),
        .init("category", .text()),
        .init("tags", .list("As stored; a comma in a tag is a comma.", of: .text())),
        .init("created_at", .text(format: "date-time")),
        .init("updated_at", .text(format: "date-time")),
    ]

    static let item = JSONSchema.object(
        "An item of knowledge.",
        stored + [.optional("quality", .number("What votes came to; only where one item is asked for.", in: -1...1))])

    static let page = JSONSchema.object(
        "A page of items.",
        [
            .init("items", .list(of: .named(.item), atMost: KnowledgeListRoutes.maximumLimit)),
            .init("next_cursor", JSONSchema.text("Send it as `cursor` for the next page; `null` on the last.").orNull),
            .init("limit", .whole("The most items of this page.", in: 1...KnowledgeListRoutes.maximumLimit)),
        ])

    /// `description` counts only where there is no issue, so that is what the two ways to name the problem differ in.
    static let itemRequest: JSONSchema = {
        typealias Fields = ItemRequest.Fields
        let sent = JSONSchema.object([.init("issue", Fields.issue.schema)])
        let described = JSONSchema.object([
            .optional("issue", .nothing), .init("description", Fields.description.schema),
        ])
        return JSONSchema.object(
            "An item as it is sent. `issue` must be there, or else `description`, which stands in for it.",
            [Fields.resolution.property, Fields.category.property, Fields.tags.property]
        ).with("anyOf", .array([sent.tree, described.tree]))
    }()

    static let itemChange = JSONSchema.object(
        "Fields of an item to change.",
        [
            ItemRequest.changed(ItemRequest.Fields.issue).property,
            ItemRequest.changed(ItemRequest.Fields.resolution).property,
            ItemRequest.Fields.category.property, ItemRequest.Fields.tags.property,
        ])

    static let itemStored = JSONSchema.object(
        "What was stored.",
        [
            .init("id", .text()),
            .init("version", .whole(in: 1...Int.max)),
            .init("message", .text()),
            .init(
                "item",
                .object(
                    [.init("issue", .text()), .init("category", .text()), .init("tags", .list(of: .text()))])),
            .init(
                "storage_info",
                .object(
                    [
                        .init("stored_in", .text()), .init("vector_store", .text()),
                        .init("knowledge_version", .whole("Number of this change.", in: 1...Int.max)),
                    ])),
        ])
}
