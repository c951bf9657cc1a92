import Knowledge

/// The content of an item as people send it.
enum ItemRequest {
    enum Fields {
        static let issue = TextField(
            name: "issue", meaning: "The problem. The tenant's item of the same issue is replaced; case counts.",
            isRequired: true, maximumCharacters: ItemContent.maximumIssueCharacters,
            example: "npm install hangs behind a corporate proxy")
        /// Of clients that know no issue.
        static let description = TextField(
            name: "description", meaning: "Stands in for a missing issue.", isRequired: true,
            maximumCharacters: ItemContent.maximumIssueCharacters)
        static let resolution = TextField(
            name: "resolution", meaning: "What resolves it.", isRequired: true,
            maximumBytes: ItemContent.maximumResolutionBytes,
            example: "npm config set proxy http://proxy.example.com:8080")
        static let category = TextField(
            name: "category", meaning: "One word or two; blank is `\(ItemContent.defaultCategory)`.", mayBeBlank: true,
            maximumCharacters: ItemContent.maximumCategoryCharacters, example: "npm")
        static let tags = TextsField(
            name: "tags", meaning: "Repetitions are left out.", maximum: ItemContent.maximumTags,
            maximumCharacters: ItemContent.maximumTagCharacters, example: ["npm", "proxy"])
    }

    /// - Parameter existing: what stands for fields that are left out; without it issue and resolution must be there.
    static func content(
        _ body: [String: JSONValue], over existing: ItemContent? = nil
    ) throws(ContractError) -> ItemContent {
        var fields = FieldReader(body)
        let issue: String?
        let resolution: String?
        if let existing {
            issue = fields.read(changed(Fields.issue)) ?? existing.issue
            resolution = fields.read(changed(Fields.resolution)) ?? existing.resolution
        } else {
            let isDescribed = fields.value(Fields.issue.name) == nil && fields.value(Fields.description.name) != nil
            issue = fields.read(isDescribed ? Fields.description : Fields.issue)
            resolution = fields.read(Fields.resolution)
        }
        let category = fields.read(Fields.category) ?? existing?.category
        let tags = fields.read(Fields.tags) ?? existing?.tags ?? []
        try fields.check()
        do {
            return try ItemContent(issue: issue ?? "", resolution: resolution ?? "", category: category, tags: tags)
        } catch {
            throw .invalid(FieldViolation(error))
        }
    }

    /// The field where it may be left out.
    static func changed(_ field: TextField) -> TextField {
        var field = field
        field.isRequired = false
        return field
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
