import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /metrics` for Prometheus, at the root too, where scrapers look by default.
struct MetricsRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.get, "/metrics", for: .operator, alsoWithoutPrefix: true, isProbe: true, metrics)
    }

    @Sendable private func metrics(_ request: Request, _ context: CallContext) async throws -> Response {
        let wantsOpenMetrics = request.headers[.accept]?.contains("application/openmetrics-text") == true
        let text = await MetricsPage(parts: parts).text(wantsOpenMetrics ? .openMetrics : .prometheus)
        return Response(
            status: .ok,
            headers: [.contentType: wantsOpenMetrics ? MediaTypes.openMetrics : MediaTypes.prometheus],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
