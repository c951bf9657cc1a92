import Access
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore

/// Finds out who is asking, before anything is done for them. What they may is the route's to check.
struct Authentication: RouterMiddleware {
    /// `nil` when no keys are required: then everyone is the same anonymous caller, and the gate keeps strangers out.
    let authenticator: Authenticator?
    /// Paths that ask for no key.
    let openPaths: Set<String>
    let attempts: FailedAttempts
    let trustedProxies: TrustedProxies
    let time: TimeSource

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let authenticator {
            context.caller = try await caller(request, context, authenticator)
        } else {
            context.caller = .anonymous
        }
        return try await next(request, context)
    }

    /// Every reason not to let someone in gives the same reply, so that a guess teaches nothing.
    ///
    /// An address that guesses too often has to wait; who has a good key, or a token seen before, is let in from there all
    /// the same.
    private func caller(
        _ request: Request, _ context: CallContext, _ authenticator: Authenticator
    ) async throws(ContractError) -> Caller {
        let credential = Self.credential(request.headers)
        if let credential, let caller = authenticator.knownCaller(for: credential) { return caller }
        if openPaths.contains(request.uri.path) { return .nobody }
        guard let credential else { throw .unauthenticated }
        let now = time.now()
        let address = trustedProxies.client(request.headers, peer: context.peer?.ipAddress)
        if let milliseconds = attempts.wait(of: address, at: now) {
            throw .tooManyFailures(retryAfterSeconds: Int((milliseconds + 999) / 1_000))
        }
        if let caller = await authenticator.newCaller(for: credential) { return caller }
        attempts.record(address, at: now)
        throw .unauthenticated
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
