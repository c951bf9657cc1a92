import Hummingbird
import Knowledge
import Logging
import Pipeline

/// `POST /troubleshoot`: a question goes in, ranked resolutions come out.
struct TroubleshootRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.post, "/troubleshoot", alsoWithoutPrefix: true, answer)
    }

    @Sendable private func answer(_ request: Request, _ context: CallContext) async throws -> Response {
        let asked = try QuestionRequest(
            try await request.jsonObject(), maximumCharacters: parts.settings.maximumQueryCharacters)
        let reply: Reply
        do {
            reply = try await parts.lookup.answer(asked.question, for: context.caller, cache: asked.cache)
        } catch {
            parts.logger.debug(
                "A question was not answered",
                metadata: ["request_id": "\(context.requestID)", "reason": "\(error)"])
            throw ContractError(error)
        }
        let stack = parts.stack
        let written = QuestionReply(
            request: asked, reply: reply, served: stack.metrics.served,
            encoderName: stack.encoder.identity?.name ?? Wording.noEncoder, now: stack.time.now())
        return .json(reserving: written.estimatedByteCount) { written.write(to: &$0) }
    }
}

extension ContractError {
    /// What a client learns of a question that could not be answered; the reason itself is for the log.
    init(_ error: LookupError) {
        switch error {
        case .overloaded:
            self = .unavailable("OVERLOADED", "More is being asked than the server takes on; try again shortly")
        case .storageUnavailable:
            self = .unavailable("STORAGE_UNAVAILABLE", "The knowledge cannot be read at the moment")
        }
    }
}
