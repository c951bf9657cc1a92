import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The outermost step of every request: names it, lets it in or not, and turns every failure into the contract's
/// shape. Nothing else in the server writes an error reply.
struct ContractBoundary: RouterMiddleware {
    let gate: LocalGate
    let inFlight: RequestsInFlight
    let routes: RouteList
    let metrics: HTTPMetrics
    let crossOrigin: CrossOriginPolicy
    let security: SecurityFields
    let logger: Logger

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        let sent = request.headers[.xRequestID]
        context.requestID = RequestID.sane(sent) ?? RequestID.next()
        var response: Response
        do {
            try gate.check(request.head)
            response = try await answer(request, context, next)
        } catch {
            response = reply(to: error, request, context)
        }
        // The router does so for what it finds; an error would come with a body that nobody expects.
        if request.method == .head { response = response.createHeadResponse() }
        response.headers[.xRequestID] = context.requestID
        metrics.count(response.status, took: .now - start)
        security.add(to: &response.headers)
        crossOrigin.add(to: &response.headers, origin: request.headers[.origin])
        return response
    }

    private func answer(
        _ request: Request, _ context: CallContext, _ next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard inFlight.enter() else {
            // Probes go on being answered, so that a balancer learns why nothing else is.
            guard routes.isProbe(request.uri.path) else { throw ContractError.shuttingDown }
            return try await next(request, context)
        }
        do {
            let response = try await next(request, context)
            return inFlight.leavingAfterBody(of: response)
        } catch {
            inFlight.leave()
            throw error
        }
    }

    private func reply(to error: any Error, _ request: Request, _ context: CallContext) -> Response {
        let error = contractError(for: error, request, context)
        var headers: HTTPFields = [.contentType: MediaTypes.json]
        if !error.allowedMethods.isEmpty { headers[.allow] = error.allowedMethods.joined(separator: ", ") }
        if error.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if let coding = error.acceptedEncoding { headers[.acceptEncoding] = coding }
        headers.append(contentsOf: error.limitFields)
        if error.endsConnection { headers[.connection] = "close" }
        return Response(
            status: HTTPResponse.Status(code: error.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: error.body(requestID: context.requestID))))
    }

    private func contractError(for error: any Error, _ request: Request, _ context: CallContext) -> ContractError {
        switch error {
        case let error as ContractError:
            return error
        case let error as HTTPError where error.status == .notFound:
            let allowed = routes.methods(for: request.uri.path)
            return allowed.isEmpty ? .notFound("There is nothing at this path") : .methodNotAllowed(allowed)
        case is NIOTooManyBytesError:
            return .bodyTooLarge(limit: RequestBodyLimits.maximumBytes)
        default:
            logger.error(
                "A request failed",
                metadata: [
                    "request_id": "\(context.requestID)", "path": "\(request.uri.path)", "error": "\(error)",
                ])
            return .internal
        }
    }
}
