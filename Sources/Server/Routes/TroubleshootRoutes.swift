import Access
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import NIOCore
import Pipeline

/// `POST /troubleshoot`: a question goes in, ranked resolutions come out.
struct TroubleshootRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.post, "/troubleshoot", for: .reader, alsoWithoutPrefix: true, at: .eventLoop, answer)
    }

    @Sendable private func answer(_ request: Request, _ context: CallContext) async throws -> Response {
        let body = try await request.jsonObject()
        do {
            let json = try await parts.answer(body, for: context.caller) { question, reply, settings in
                note(question, reply, settings, context)
            }
            if parts.settings.access.auditsQueries, case .string(let text) = body["text"] {
                parts.access.audit.note([parts.entry(context, .question, nil, [.init("text", text)])])
            }
            return Response(
                status: .ok, headers: [.contentType: MediaTypes.json],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
        } catch let error as LookupError {
            parts.logger.debug(
                "A question was not answered",
                metadata: ["request_id": "\(context.requestID)", "reason": "\(error)"])
            throw ContractError(error)
        }
    }
}

extension TroubleshootRoutes {
    /// What the operator learns of an answer: slow ones, spans, the log.
    private func note(_ question: Question, _ reply: Reply, _ settings: Settings, _ context: CallContext) {
        if parts.slowQuestions.isSlow(reply.elapsed) {
            parts.slowQuestions.note(
                SlowQuestion(
                    tenant: context.caller.tenant, text: question.text, askedAt: parts.stack.time.now(),
                    elapsed: reply.elapsed, servedBy: reply.servedBy, requestID: context.requestID,
                    steps: reply.steps))
        }
        parts.questionLog.note(reply, for: context.caller, requestID: context.requestID, settings)
        if let span = context.span { parts.tracer?.record(reply, within: span) }
    }
}

extension ServerParts {
    /// Answers the body of a question. Throws `ContractError` for a body that is not valid, else `LookupError`.
    func answer(
        _ body: [String: JSONValue], for caller: Caller,
        noting note: (Question, Reply, Settings) -> Void = { _, _, _ in }
    ) async throws -> JSONWriter {
        let settings = settings
        let asked = try QuestionRequest(body, maximumCharacters: settings.maximumQueryCharacters)
        let reply = try await lookup.answer(
            asked.question, for: caller, cache: asked.cache, semanticThreshold: asked.semanticThreshold)
        note(asked.question, reply, settings)
        let written = QuestionReply(
            request: asked, reply: reply, served: stack.metrics.served(of: caller.visibleTenant),
            encoderName: stack.encoder.identity?.name ?? Wording.noEncoder, now: stack.time.now())
        var json = JSONWriter(reserving: written.estimatedByteCount)
        json.object { written.write(to: &$0) }
        return json
    }
}

extension ContractError {
    /// What a client learns of a question that could not be answered; the reason itself is for the log.
    init(_ error: LookupError) {
        switch error {
        case .overloaded:
            self = .unavailable("OVERLOADED", "More is being asked than the server takes on; try again shortly")
        case .encoderChanged:
            self = .unavailable("OVERLOADED", "The encoder has just been changed; try again")
        case .storageUnavailable:
            self = .unavailable("STORAGE_UNAVAILABLE", "The knowledge cannot be read at the moment")
        }
    }
}
