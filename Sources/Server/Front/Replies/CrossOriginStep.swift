import HTTPTypes
import Hummingbird

/// Answers preflights, before anyone is asked for a key: browsers send none with them. What every other reply needs for
/// other origins, `ContractBoundary` adds, to errors too.
struct CrossOriginStep: RouterMiddleware {
    let policy: CrossOriginPolicy
    let routes: RouteList

    private static let safeMethods: Set<HTTPRequest.Method> = [.get, .head, .options]

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin] else { return try await next(request, context) }
        if request.method == .options, request.headers[.accessControlRequestMethod] != nil {
            return try preflight(request, origin)
        }
        if !Self.safeMethods.contains(request.method), !policy.allows(origin),
            !CrossOriginPolicy.isSame(origin, as: request.head), !Self.hasKey(request.headers)
        {
            // A form of any page can send this to a server that takes no keys, and needs no reply for the harm.
            throw ContractError.forbidden(
                "Pages of this origin may change nothing here; CORS_ORIGINS lists those that may")
        }
        return try await next(request, context)
    }

    private func preflight(_ request: Request, _ origin: String) throws(ContractError) -> Response {
        let methods = routes.methods(for: request.uri.path)
        guard !methods.isEmpty else { throw .notFound("There is nothing at this path") }
        guard policy.allows(origin) else { throw .forbidden("This origin is not one of CORS_ORIGINS") }
        return Response(status: .noContent, headers: policy.preflight(methods: methods))
    }

    private static func hasKey(_ fields: HTTPFields) -> Bool {
        fields[.authorization] != nil || fields[.xAPIKey] != nil
    }
}
