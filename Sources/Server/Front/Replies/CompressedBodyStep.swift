import HTTPTypes
import Hummingbird

/// Refuses bodies that would first have to be decompressed: their limits could not be held.
struct CompressedBodyStep: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw ContractError.compressedBody
        }
        return try await next(request, context)
    }
}
