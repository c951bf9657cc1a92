import Access
import HTTPTypes
import Hummingbird
import Knowledge

/// Finds out who is asking, before anything is done for them. What they may is the route's to check.
struct Authentication: RouterMiddleware {
    /// `nil` when no keys are required: then everyone is the same anonymous caller, and the gate keeps strangers out.
    let authenticator: Authenticator?
    /// Paths that ask for no key.
    let openPaths: Set<String>

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let authenticator {
            context.caller = try caller(request, authenticator)
        } else {
            context.caller = .anonymous
        }
        return try await next(request, context)
    }

    /// Every reason not to let someone in gives the same reply, so that a guess teaches nothing.
    private func caller(_ request: Request, _ authenticator: Authenticator) throws(ContractError) -> Caller {
        if openPaths.contains(request.uri.path) { return .nobody }
        guard let credential = Self.credential(request.headers), let caller = authenticator.caller(for: credential)
        else { throw .unauthenticated }
        return caller
    }

    /// `X-API-Key`, else what follows `Authorization: Bearer`.
    private static func credential(_ headers: HTTPFields) -> String? {
        if let key = headers[.xAPIKey] { return key }
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}
