import Access
import ColdTier
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import Pipeline

/// `/knowledge`: items one by one.
struct KnowledgeRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.post, "/knowledge", for: .writer, put)
        routes.on(.get, "/knowledge/{id}", for: .reader, at: .eventLoop, get)
        routes.on(.put, "/knowledge/{id}", for: .writer, replace)
        routes.on(.patch, "/knowledge/{id}", for: .writer, change)
        routes.on(.delete, "/knowledge/{id}", for: .writer, delete)
    }

    @Sendable private func put(_ request: Request, _ context: CallContext) async throws -> Response {
        let content = try ItemRequest.content(try await request.jsonObject())
        let outcome = try await parts.stored(context) { () async throws(ColdError) in
            try await parts.ingest.put(content, for: context.caller)
        }
        return try await stored(outcome, context)
    }

    @Sendable func get(_ request: Request, _ context: CallContext) async throws -> Response {
        let item = try await item(context)
        return .json(headers: Self.version(of: item)) { json in
            ItemReply(item).write(to: &json)
            // Here alone, not in an export: an import cannot bring back the votes that it comes from.
            json.member("quality", item.quality, decimals: 4)
        }
    }

    @Sendable private func replace(_ request: Request, _ context: CallContext) async throws -> Response {
        let content = try ItemRequest.content(try await request.jsonObject())
        let expected = try await expectedVersion(request, context)
        return try await update(content, expected: expected, context)
    }

    /// Reads the item, changes the fields that were sent, and writes it if nobody else did meanwhile.
    @Sendable private func change(_ request: Request, _ context: CallContext) async throws -> Response {
        let body = try await request.jsonObject()
        let item = try await item(context)
        if let versions = IfMatch(request.headers[.ifMatch]), !versions.contains(item.version) {
            throw ContractError.conflict("The item has another version", current: item.version)
        }
        let content = try ItemRequest.content(body, over: item.content)
        guard content != item.content else { return try await stored(.unchanged(item), context) }
        return try await update(content, expected: item.version, context)
    }

    @Sendable func delete(_ request: Request, _ context: CallContext) async throws -> Response {
        let id = try Self.id(context)
        let expected = try await expectedVersion(request, context)
        let outcome = try await parts.stored(context) { () async throws(ColdError) in
            try await parts.ingest.delete(id, expectedVersion: expected, for: context.caller)
        }
        guard case .deleted = outcome else { return try await stored(outcome, context) }
        try await parts.audit(context, .knowledgeDelete, "item \(id)")
        return .json { json in
            json.member("id", id.description)
            json.member("message", "Knowledge item deleted")
        }
    }

    private func update(_ content: ItemContent, expected: Int?, _ context: CallContext) async throws -> Response {
        let id = try Self.id(context)
        let outcome = try await parts.stored(context) { () async throws(ColdError) in
            try await parts.ingest.update(id, content, expectedVersion: expected, for: context.caller)
        }
        return try await stored(outcome, context)
    }

    private func item(_ context: CallContext) async throws -> KnowledgeItem {
        let id = try Self.id(context)
        let item = try await parts.stored(context) { () async throws(ColdError) in
            try await parts.stack.cold.item(id, tenant: context.caller.tenant)
        }
        guard let item else { throw ContractError.notFound("There is no such item") }
        return item
    }

    /// The one version that `If-Match` asks for; of several, the one that the item has.
    private func expectedVersion(_ request: Request, _ context: CallContext) async throws -> Int? {
        guard let versions = IfMatch(request.headers[.ifMatch]) else { return nil }
        if let only = versions.only { return only }
        let item = try await item(context)
        guard versions.contains(item.version) else {
            throw ContractError.conflict("The item has another version", current: item.version)
        }
        return item.version
    }

    private func stored(_ outcome: ItemOutcome, _ context: CallContext) async throws(ContractError) -> Response {
        switch outcome {
        case .created(let item):
            try await parts.audit(context, .knowledgeCreate, "item \(item.id)")
            return reply(.created, item, "Knowledge item added")
        case .replaced(let item):
            try await parts.audit(context, .knowledgeReplace, "item \(item.id)", [.init("version", item.version)])
            return reply(.ok, item, "Knowledge item replaced")
        case .unchanged(let item): return reply(.ok, item, "Knowledge item is already as given")
        case .notFound: throw .notFound("There is no such item")
        case .versionConflict(let current):
            throw .conflict("The item has another version", current: current)
        case .issueTaken(let id):
            throw .conflict("Item \(id) has this issue already")
        case .vectorSet, .deleted, .voted, .settled: throw .internal
        }
    }

    private func reply(_ status: HTTPResponse.Status, _ item: KnowledgeItem, _ message: String) -> Response {
        var headers = Self.version(of: item)
        if status == .created { headers[.location] = Routes.prefix + "/knowledge/" + item.id.description }
        return .json(status, headers: headers) { json in
            json.member("id", item.id.description)
            json.member("version", item.version)
            json.member("message", message)
            json.object("item") { json in
                json.member("issue", item.content.issue)
                json.member("category", item.content.category)
                json.array("tags") { json in
                    for tag in item.content.tags { json.element(tag) }
                }
            }
            json.object("storage_info") { json in
                json.member("stored_in", Tier.cold.rawValue)
                json.member("vector_store", Wording.vectorStore)
                json.member("knowledge_version", Int(parts.stack.cold.changeNumber.rawValue))
            }
        }
    }

    private static func id(_ context: CallContext) throws(ContractError) -> ItemID {
        // By the names that the paths of `/knowledge` and `/tiers/cold/items` have for it.
        guard let text = context.parameters.get("id") ?? context.parameters.get("fingerprint"), let id = ItemID(text)
        else {
            throw .notFound("There is no such item")
        }
        return id
    }

    private static func version(of item: KnowledgeItem) -> HTTPFields { [.eTag: "\"\(item.version)\""] }
}
