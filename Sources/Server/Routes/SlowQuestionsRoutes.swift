import Hummingbird
import Knowledge
import Pipeline

/// `GET /performance/slow`: the tenant's slowest questions of the last hour, with their texts and steps.
struct SlowQuestionsRoutes: Sendable {
    let parts: ServerParts

    static let limit = WholeNumberField(
        name: "limit", meaning: "", range: 1...SlowQuestions.tenantCapacity, standard: 10)

    func register(in routes: inout Routes) {
        routes.on(.get, "/performance/slow", for: .admin, slow)
    }

    @Sendable private func slow(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Self.limit)
        try query.check()
        let found = parts.slowQuestions.slowest(limit, of: context.caller.tenant, at: parts.stack.time.now())
        return .json(reserving: 1_024 * (found.count + 1)) { json in
            json.array("items") { json in
                for question in found {
                    json.object { json in
                        json.member("query", question.text)
                        json.member("asked_at", question.askedAt.rfc3339)
                        json.member("search_time_ms", question.elapsed.milliseconds, decimals: 3)
                        json.member("served_by", question.servedBy.rawValue)
                        json.member("request_id", question.requestID)
                        json.array("explain") { QuestionReply.write(question.steps, to: &$0) }
                    }
                }
            }
        }
    }
}
