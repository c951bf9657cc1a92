import Access
import HTTPTypes
import Hummingbird
import Knowledge
import Pipeline

/// `POST /tiers/warmup`: fills hot with the answers to `{"queries": […]}`, or, without a body, with `?top=N` of those asked most.
struct WarmUpRoutes: Sendable {
    let parts: ServerParts

    static let top = WholeNumberField(name: "top", meaning: "", range: 1...WarmUp.maximumQuestions)

    static func queries(_ maximumCharacters: Int) -> TextsField {
        TextsField(
            name: "queries", meaning: "Each as if it were asked with a text alone.", isRequired: true,
            maximum: WarmUp.maximumQuestions, maximumCharacters: maximumCharacters)
    }

    func register(in routes: inout Routes) {
        routes.on(.post, "/tiers/warmup", for: .admin, warmUp)
    }

    @Sendable private func warmUp(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let top = query.read(Self.top)
        try query.check()
        let counts: WarmUpCounts?
        if let questions = try await questions(in: request, isOptional: top != nil) {
            counts = await parts.warmUp.run(questions, for: context.caller)
        } else {
            counts = await parts.warmUp.run(top: top ?? 0, for: context.caller)
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

    /// Each as if it were asked with a text alone; `nil` when there is no body and none need be.
    private func questions(in request: Request, isOptional: Bool) async throws -> [Question]? {
        guard let body = try await request.jsonObject(isOptional: isOptional) else { return nil }
        var fields = FieldReader(body)
        let texts = fields.read(Self.queries(parts.settings.maximumQueryCharacters))
        try fields.check()
        return (texts ?? []).map { Question(text: $0) }
    }
}
