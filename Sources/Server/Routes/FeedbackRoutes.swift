import ColdTier
import Hummingbird
import Knowledge
import Logging
import Pipeline

/// `POST /feedback`: whether an item helped.
struct FeedbackRoutes: Sendable {
    let parts: ServerParts

    /// Of a comment, in code points: room for a paragraph or two.
    private static let maximumCommentCharacters = 2_000

    func register(in routes: inout Routes) {
        routes.on(.post, "/feedback", for: .reader, vote)
    }

    @Sendable private func vote(_ request: Request, _ context: CallContext) async throws -> Response {
        var fields = FieldReader(try await request.jsonObject())
        let id = fields.requiredText("item_id")
        let isHelpful = fields.requiredFlag("helpful")
        // Checked and then dropped: a vote is for the item, and texts that nobody reads are not kept.
        _ = fields.requiredText("query", maximum: parts.settings.maximumQueryCharacters)
        _ = fields.text("comment", maximum: Self.maximumCommentCharacters)
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
