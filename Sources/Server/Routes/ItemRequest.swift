import Knowledge

/// The content of an item as people send it.
enum ItemRequest {
    /// - Parameter existing: what stands for fields that are left out; without it issue and resolution must be there.
    static func content(
        _ body: [String: JSONValue], over existing: ItemContent? = nil
    ) throws(ContractError) -> ItemContent {
        var fields = FieldReader(body)
        let issueField = fields.value("issue") == nil && fields.value("description") != nil ? "description" : "issue"
        let issue = text(issueField, existing?.issue, in: &fields)
        let resolution = text("resolution", existing?.resolution, in: &fields)
        let category = fields.text("category") ?? existing?.category
        let tags =
            fields.texts(
                "tags", maximum: ItemContent.maximumTags, maximumCharacters: ItemContent.maximumTagCharacters)
            ?? existing?.tags ?? []
        try fields.check()
        do {
            return try ItemContent(issue: issue ?? "", resolution: resolution ?? "", category: category, tags: tags)
        } catch {
            throw .invalid(FieldViolation(error))
        }
    }

    private static func text(_ name: String, _ existing: String?, in fields: inout FieldReader) -> String? {
        if let existing, fields.value(name) == nil { return existing }
        return fields.requiredText(name)
    }
}

/// Writes an item with all its fields.
struct ItemReply {
    private let item: KnowledgeItem

    init(_ item: KnowledgeItem) {
        self.item = item
    }

    /// Items as NDJSON, one a line.
    static func lines(of items: [KnowledgeItem]) -> [UInt8] {
        var json = JSONWriter(reserving: 1_024 * items.count)
        for item in items {
            json.object { ItemReply(item).write(to: &$0) }
            json.newline()
        }
        return json.bytes
    }

    func write(to json: inout JSONWriter) {
        json.member("id", item.id.description)
        json.member("version", item.version)
        json.member("issue", item.content.issue)
        json.member("resolution", item.content.resolution)
        json.member("category", item.content.category)
        json.array("tags") { json in
            for tag in item.content.tags { json.element(tag) }
        }
        json.member("created_at", item.createdAt.rfc3339)
        json.member("updated_at", item.updatedAt.rfc3339)
    }
}
