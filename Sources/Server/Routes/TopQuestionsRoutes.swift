import HotTier
import Hummingbird
import Knowledge
import Pipeline
import Routing

/// `GET /tiers/hot/top`: the tenant's questions that hot holds, by how often they were asked.
struct TopQuestionsRoutes: Sendable {
    let parts: ServerParts

    static let limit = WholeNumberField(name: "limit", meaning: "", range: 1...100, standard: 10)
    /// Answers looked at, the most recently used: a look costs the ledger's lock.
    private static let maximumAnswers = 10_000

    func register(in routes: inout Routes) {
        routes.on(.get, "/tiers/hot/top", for: .admin, top)
    }

    @Sendable private func top(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Self.limit)
        try query.check()
        let tenant = context.caller.tenant
        let now = parts.stack.time.now()
        let counted = parts.stack.hot.answers(tenant: tenant).prefix(Self.maximumAnswers)
            .map { (answer: $0, count: parts.stack.ledger.count(of: $0.fingerprint, at: now)) }
        // The tier's order, the most recent first, decides where counts are the same.
        let top = counted.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
            .prefix(limit).map(\.element)
        return .json(reserving: 256 * (limit + 1)) { json in
            json.array("items") { json in
                for (answer, count) in top {
                    json.object { json in
                        json.member("access_count", count)
                        json.member("pinned", parts.stack.hot.isPinned(answer.fingerprint, tenant: tenant))
                        TierItemsRoutes.write(answer, to: &json)
                    }
                }
            }
        }
    }
}
