import HTTPTypes
import Hummingbird

/// Gives browsers the dashboard at `/`, before anyone is asked who they are: the page holds no data, and asks for them
/// with a key of its reader's.
struct FrontPage: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path == "/", request.method == .get || request.method == .head,
            request.headers[.accept]?.contains("text/html") == true, let page = StaticAsset.named("dashboard.html")
        else { return try await next(request, context) }
        return page.response(to: request)
    }
}
