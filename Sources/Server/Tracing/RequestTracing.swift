import HTTPTypes
import Hummingbird
import Pipeline
import Tracing

/// Makes a span of each request, within the trace that the caller names in `traceparent`.
struct RequestTracing: RouterMiddleware {
    /// `nil` when nobody collects spans.
    let tracer: SpanTracer?

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard let tracer else { return try await next(request, context) }
        var service = ServiceContext.topLevel
        tracer.extract(request.headers, into: &service, using: FieldExtractor())
        let span = tracer.startSpan(request.method.rawValue, context: service, ofKind: .server)
        defer { span.end() }
        span.attributes["http.request.method"] = request.method.rawValue
        span.attributes["request_id"] = context.requestID
        var context = context
        context.span = span
        do {
            let response = try await ServiceContext.withValue(span.context) { try await next(request, context) }
            // The route, not the path: names of spans must not grow with ids.
            if let route = context.endpointPath { span.operationName = "\(request.method.rawValue) \(route)" }
            span.attributes["http.response.status_code"] = response.status.code
            if response.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
            return response
        } catch {
            span.recordError(error)
            throw error
        }
    }
}

private struct FieldExtractor: Extractor {
    func extract(key: String, from carrier: HTTPFields) -> String? {
        HTTPField.Name(key).flatMap { carrier[$0] }
    }
}

extension SpanTracer {
    /// Makes a span of each step of a look-up that has just ended; each began where the one before it ended.
    func record(_ reply: Reply, within span: RecordedSpan) {
        guard span.context.trace?.isSampled == true else { return }
        let end = DefaultTracerClock.now.nanosecondsSinceEpoch
        let length = reply.steps.reduce(UInt64(0)) { $0 + UInt64(max(0, $1.microseconds)) * 1_000 }
        var start = end - min(length, end)
        for step in reply.steps {
            let stepEnd = start + UInt64(max(0, step.microseconds)) * 1_000
            let part = startSpan(
                step.name, context: span.context, ofKind: .internal,
                at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: start))
            part.attributes["outcome"] = step.outcome
            part.end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: stepEnd))
            start = stepEnd
        }
    }
}
