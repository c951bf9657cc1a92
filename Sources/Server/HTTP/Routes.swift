import HTTPTypes
import Hummingbird

/// Registers routes with the router and with the list that knows which methods a path takes.
struct Routes {
    static let prefix = "/api/v1"

    typealias Handler = @Sendable (Request, CallContext) async throws -> Response

    private(set) var list = RouteList()
    private var handlers: [(path: String, method: HTTPRequest.Method, handler: Handler)] = []

    /// - Parameters:
    ///   - path: below `/api/v1`, with variable segments in braces.
    ///   - alsoWithoutPrefix: the path answers at the root too, for the oldest clients.
    ///   - isProbe: answered even while the server shuts down.
    mutating func on(
        _ method: HTTPRequest.Method, _ path: String, alsoWithoutPrefix: Bool = false, isProbe: Bool = false,
        _ handler: @escaping Handler
    ) {
        add(method, Self.prefix + path, isProbe, handler)
        if alsoWithoutPrefix { add(method, path, isProbe, handler) }
    }

    /// A path that has no prefix at all.
    mutating func atRoot(
        _ method: HTTPRequest.Method, _ path: String, isProbe: Bool = false, _ handler: @escaping Handler
    ) {
        add(method, path, isProbe, handler)
    }

    private mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ isProbe: Bool, _ handler: @escaping Handler
    ) {
        list.add(path, [method], isProbe: isProbe)
        handlers.append((path, method, handler))
    }

    /// The router of all routes registered so far, behind `boundary`.
    func router(behind boundary: ContractBoundary) -> Router<CallContext> {
        let router = Router(context: CallContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: boundary)
        for (path, method, handler) in handlers {
            router.on(RouterPath(path), method: method, use: handler)
        }
        return router
    }
}
