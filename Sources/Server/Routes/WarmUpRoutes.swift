import Access
import HTTPTypes
import Hummingbird
import Knowledge
import Pipeline

/// `POST /tiers/warmup`: fills hot with the answers to `{"queries": […]}`, or with `?top=N` of those asked most.
struct WarmUpRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.post, "/tiers/warmup", for: .admin, warmUp)
    }

    @Sendable private func warmUp(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let top = query.wholeNumber("top", in: 1...WarmUp.maximumQuestions)
        try query.check()
        let counts: WarmUpCounts?
        if let top {
            counts = await parts.warmUp.run(top: top, for: context.caller)
        } else {
            counts = await parts.warmUp.run(try await questions(in: request), for: context.caller)
        }
        guard let counts else { throw ContractError.conflict("Another warm-up is under way") }
        try await parts.audit(
            context, .warmUp, "hot", [.init("requested", counts.requested), .init("placed", counts.placed)])
        return .json { json in
            json.member("requested", counts.requested)
            json.member("placed", counts.placed)
            json.member("already_hot", counts.alreadyHot)
            json.member("failed", counts.failed)
            json.member("unknown", counts.unknown)
            json.member("skipped", counts.skipped)
        }
    }

    /// Each as if it were asked with a text alone.
    private func questions(in request: Request) async throws -> [Question] {
        var fields = FieldReader(try await request.jsonObject())
        if fields.value("queries") == nil { fields.note(.missing(at: fields.location("queries"))) }
        let texts = fields.texts(
            "queries", maximum: WarmUp.maximumQuestions, maximumCharacters: parts.settings.maximumQueryCharacters)
        try fields.check()
        return (texts ?? []).map { Question(text: $0) }
    }
}
