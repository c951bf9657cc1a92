import Knowledge
import Logging
import Pipeline

/// Logs questions that were slow, with their steps, and all of them where the settings say so. Never their texts.
struct QuestionLog: Sendable {
    let logger: Logger

    func note(_ reply: Reply, for caller: Caller, requestID: String, _ settings: Settings) {
        let isSlow = settings.slowQuestion.map { reply.elapsed >= $0 } ?? false
        guard isSlow || settings.logsQuestions else { return }
        var facts: Logger.Metadata = [
            "request_id": "\(requestID)", "tenant": "\(caller.tenant)", "served_by": "\(reply.servedBy.rawValue)",
            "match": "\(reply.match.rawValue)", "milliseconds": "\(Self.text(reply.elapsed.milliseconds))",
            "fingerprint": "\(reply.answer.fingerprint)",
        ]
        guard isSlow else { return logger.info("A question was answered", metadata: facts) }
        facts["steps"] = "\(reply.steps.map(Self.text).joined(separator: "; "))"
        logger.warning("A question was slow", metadata: facts)
    }

    private static func text(_ step: Step) -> String {
        let detail = step.detail.map { " (\($0))" } ?? ""
        return "\(step.name) \(step.outcome) \(step.microseconds) us\(detail)"
    }

    private static func text(_ milliseconds: Double) -> String {
        String((milliseconds * 1_000).rounded() / 1_000)
    }
}
