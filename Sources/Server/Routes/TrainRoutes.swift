import Hummingbird

/// `/train`: not there yet, and says so whatever is sent.
struct TrainRoutes: Sendable {
    static let message = "Training is not implemented; add knowledge with POST /api/v1/knowledge"

    func register(in routes: inout Routes) {
        routes.on(.post, "/train", for: .admin, refuse)
        routes.on(.get, "/train/{id}", for: .admin, refuse)
    }

    @Sendable private func refuse(_ request: Request, _ context: CallContext) async throws -> Response {
        throw ContractError.notImplemented(Self.message)
    }
}
