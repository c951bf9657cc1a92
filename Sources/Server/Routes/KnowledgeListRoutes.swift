import Access
import ColdTier
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Pipeline

/// `GET /knowledge` in pages and `GET /knowledge/export` as one stream.
struct KnowledgeListRoutes: Sendable {
    let parts: ServerParts

    static let defaultLimit = 50
    /// With resolutions of the largest size a page stays below 13 MiB.
    static let maximumLimit = 200

    enum Parameters {
        static let limit = WholeNumberField(
            name: "limit", meaning: "", range: 1...maximumLimit, standard: defaultLimit)
        /// The id of an item.
        static let cursor = TextField(
            name: "cursor", meaning: "", mayBeBlank: true, pattern: "^([1-9][0-9]{0,17})?$")
        static let category = TextField(
            name: "category", meaning: "", mayBeBlank: true, maximumCharacters: ItemContent.maximumCategoryCharacters)
        static let tag = TextField(
            name: "tag", meaning: "", mayBeBlank: true, maximumCharacters: ItemContent.maximumTagCharacters)
        /// With four bytes a character, escaped, this and the others fit into what a path and query may have.
        static let words = TextField(name: "q", meaning: "", mayBeBlank: true, maximumCharacters: 200)

        static var described: [Operation.Parameter] {
            [
                .query(limit, "Items of a page."),
                .query(cursor, "`next_cursor` of the page before."),
                .query(category, "Only items of this category."),
                .query(tag, "Only items with this tag."),
                .query(
                    words, "Only items that have all of these words in issue, resolution or tags, in the order of ids."),
            ]
        }
    }

    func register(in routes: inout Routes) {
        routes.on(.get, "/knowledge", for: .reader, list)
        routes.on(.get, "/tiers/cold/items", for: .admin, list)
        routes.on(.get, "/knowledge/export", for: .reader, export)
    }

    @Sendable private func list(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Parameters.limit)
        let after = query.readCursor(Parameters.cursor) { ItemID($0) }
        let category = query.read(Parameters.category).map { $0.foldingWhiteSpace() }
        let tag = query.read(Parameters.tag).map { $0.foldingWhiteSpace() }
        let words = query.read(Parameters.words)
        try query.check()

        // One more than asked for tells whether there is a next page.
        let found = try await parts.stored(context) { () async throws(ColdError) in
            try await parts.stack.cold.items(
                tenant: context.caller.tenant, after: after, limit: limit + 1, category: category, tag: tag,
                words: words.map { $0.foldedQuestion() })
        }
        let page = found.prefix(limit)
        return .json(reserving: 512 * (page.count + 1)) { json in
            json.array("items") { json in
                for item in page { json.object { ItemReply(item).write(to: &$0) } }
            }
            if found.count > limit, let last = page.last {
                json.member("next_cursor", last.id.description)
            } else {
                json.null("next_cursor")
            }
            json.member("limit", limit)
        }
    }

    /// Every item as of one moment, one a line. A stream that breaks off has no last chunk, so the client knows.
    @Sendable private func export(_ request: Request, _ context: CallContext) async throws -> Response {
        // Begun before the reply, so that a refusal still has a status of its own.
        let export = try await parts.stored(context) { () async throws(ColdError) in
            try await parts.stack.cold.beginExport(tenant: context.caller.tenant)
        }
        try await parts.audit(context, .knowledgeExport)
        return Response(
            status: .ok, headers: [.contentType: MediaTypes.ndjson],
            body: ResponseBody { writer in
                while case let items = try await export.next(), !items.isEmpty {
                    try await writer.write(ByteBuffer(bytes: ItemReply.lines(of: items)))
                }
                try await writer.finish(nil)
            })
    }
}
