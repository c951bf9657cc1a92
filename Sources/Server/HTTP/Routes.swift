import Access
import HTTPTypes
import Hummingbird

/// Registers routes with the router and with the list that knows which methods a path takes.
struct Routes {
    static let prefix = "/api/v1"

    typealias Handler = @Sendable (Request, CallContext) async throws -> Response

    private(set) var list = RouteList()
    private var handlers: [Registration] = []

    private struct Registration {
        let path: String
        let method: HTTPRequest.Method
        let access: RouteAccess
        let kind: RouteClass
        let place: HandlerPlace
        let handler: Handler
    }

    /// - Parameters:
    ///   - access: who may call it; checked here, before the handler sees anything.
    ///   - path: below `/api/v1`, with variable segments in braces.
    ///   - alsoWithoutPrefix: the path answers at the root too, for the oldest clients.
    ///   - isProbe: answered even while the server shuts down.
    ///   - place: where the handler runs.
    mutating func on(
        _ method: HTTPRequest.Method, _ path: String, for access: RouteAccess, alsoWithoutPrefix: Bool = false,
        isProbe: Bool = false, at place: HandlerPlace = .sharedThreads, _ handler: @escaping Handler
    ) {
        add(method, Self.prefix + path, access, isProbe, place, handler)
        if alsoWithoutPrefix { add(method, path, access, isProbe, place, handler) }
    }

    /// A path that has no prefix at all.
    mutating func atRoot(
        _ method: HTTPRequest.Method, _ path: String, for access: RouteAccess, isProbe: Bool = false,
        _ handler: @escaping Handler
    ) {
        add(method, path, access, isProbe, .sharedThreads, handler)
    }

    private mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, _ isProbe: Bool, _ place: HandlerPlace,
        _ handler: @escaping Handler
    ) {
        list.add(path, [method], for: access, isProbe: isProbe)
        let kind = RouteClass(method, path, access, isProbe: isProbe)
        handlers.append(
            Registration(path: path, method: method, access: access, kind: kind, place: place, handler: handler))
    }

    typealias Step = any MiddlewareProtocol<Request, Response, CallContext>

    /// The router of all routes registered so far, behind `steps`, the outermost first, and then `limits`.
    func router(behind steps: [Step], _ limits: CallerLimits?) -> Router<CallContext> {
        let router = Router(context: CallContext.self, options: [.autoGenerateHeadEndpoints])
        for step in steps { router.add(middleware: step) }
        for route in handlers {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await limits.passing(route.kind, context.caller) {
                    try route.access.check(context.caller)
                    return try await route.place.respond { try await route.handler(request, context) }
                }
            }
        }
        return router
    }
}
