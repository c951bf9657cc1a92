import ColdTier
import HTTPTypes
import Hummingbird
import Knowledge
import Pipeline

/// `POST /tiers/{hot|warm}/search`: which kept answers are to questions near a text or a vector.
///
/// It takes what `/tiers/cold/search` takes; of the options `top_k` alone has a meaning here.
struct KeptSearchRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.post, "/tiers/hot/search", for: .admin, hot)
        routes.on(.post, "/tiers/warm/search", for: .admin, warm)
    }

    @Sendable private func hot(_ request: Request, _ context: CallContext) async throws -> Response {
        let ranking = try await ranking(from: request, context)
        let start = ContinuousClock.now
        let found = KeptAnswers(parts.stack).searchHot(ranking, tenant: context.caller.tenant)
        return reply(found, took: .now - start)
    }

    @Sendable private func warm(_ request: Request, _ context: CallContext) async throws -> Response {
        let ranking = try await ranking(from: request, context)
        let start = ContinuousClock.now
        let found = await KeptAnswers(parts.stack).searchWarm(ranking, tenant: context.caller.tenant)
        guard let found else { throw ContractError.warmAway }
        return reply(found, took: .now - start)
    }

    private func ranking(from request: Request, _ context: CallContext) async throws -> KeptRanking {
        let wanted = try await ColdSearchRoutes(parts: parts).search(from: request, context)
        return KeptRanking(folded: wanted.text, vector: wanted.vector, topK: wanted.topK)
    }

    private func reply(_ found: KeptAnswers.Findings, took elapsed: Duration) -> Response {
        .json(reserving: 4_096) { json in
            json.array("items") { json in
                for match in found.matches {
                    json.object { json in
                        TierItemsRoutes.write(match.answer, to: &json)
                        json.member("similarity_score", match.similarity, decimals: 4)
                        json.member("score_basis", match.basis.rawValue)
                    }
                }
            }
            json.member("search_time_ms", elapsed.milliseconds, decimals: 3)
            json.member("total_answers_searched", found.answersSearched)
            json.member("complete", found.isComplete)
        }
    }
}
