import ColdTier
import Hummingbird
import Knowledge
import Logging
import Pipeline

/// `POST /feedback`: whether an item helped.
struct FeedbackRoutes: Sendable {
    let parts: ServerParts

    enum Fields {
        static let itemID = TextField(
            name: "item_id", meaning: "The item that helped or did not.", isRequired: true, maximumCharacters: 64,
            example: "235")
        static let helpful = FlagField(name: "helpful", meaning: "Whether it helped.", isRequired: true)

        static func query(_ maximum: Int) -> TextField {
            TextField(
                name: "query", meaning: "What was asked.", isRequired: true, maximumCharacters: maximum,
                example: "npm install hangs behind a proxy")
        }

        /// Room for a paragraph or two.
        static let comment = TextField(
            name: "comment", meaning: "Anything else.", mayBeBlank: true, maximumCharacters: 2_000)

        static func schema(_ maximumQueryCharacters: Int) -> JSONSchema {
            .object([
                query(maximumQueryCharacters).property, itemID.property, helpful.property, comment.property,
            ])
        }
    }

    func register(in routes: inout Routes) {
        routes.on(.post, "/feedback", for: .reader, at: .eventLoop, vote)
    }

    @Sendable private func vote(_ request: Request, _ context: CallContext) async throws -> Response {
        var fields = FieldReader(try await request.jsonObject())
        let id = fields.read(Fields.itemID)
        let isHelpful = fields.read(Fields.helpful)
        // Checked and then dropped: a vote is for the item, and texts that nobody reads are not kept.
        _ = fields.read(Fields.query(parts.settings.maximumQueryCharacters))
        _ = fields.read(Fields.comment)
        try fields.check()
        guard let id = id.flatMap({ ItemID($0) }), let isHelpful,
            try await parts.stored(
                context,
                { () async throws(ColdError) in
                    try await parts.ingest.vote(isHelpful: isHelpful, on: id, for: context.caller)
                })
        else { throw ContractError.notFound("There is no such item") }
        return .json(.accepted) { json in
            json.member("item_id", id.description)
            json.member("helpful", isHelpful)
            json.member("message", "Counted; it moves the item's quality within the hour")
        }
    }
}
