import Access
import Knowledge
import Logging
import Pipeline

extension ServerParts {
    /// Writes down what a caller did, durably, before the reply that tells of it.
    ///
    /// Fails when it cannot: the thing is done then, but nobody is told so.
    func audit(
        _ context: CallContext, _ action: AuditAction, _ target: String? = nil, _ details: [AuditEntry.Detail] = []
    ) async throws(ContractError) {
        do {
            try await access.audit.append([entry(context, action, target, details)])
        } catch {
            logger.error(
                "The audit log could not be written",
                metadata: ["request_id": "\(context.requestID)", "reason": "\(error)"])
            throw ContractError(error)
        }
    }

    func entry(
        _ context: CallContext, _ action: AuditAction, _ target: String? = nil, _ details: [AuditEntry.Detail] = []
    ) -> AuditEntry {
        AuditEntry(
            at: stack.time.now(), tenant: context.caller.tenant, subject: context.caller.subject,
            keyID: context.caller.keyID, action: action, target: target, requestID: context.requestID,
            details: details)
    }
}

extension ContractError {
    /// What a client learns of a failure of keys and audit; the reason itself, with its paths, is for the log.
    init(_ error: AccessError) {
        switch error {
        case .tooManyKeys(let maximum):
            self = .conflict("A tenant may have \(maximum) keys: revoke some")
        case .overloaded:
            self = .unavailable("OVERLOADED", "More is being written than the server takes on; try again shortly")
        case .storageFull:
            self = .unavailable("STORAGE_FULL", "There is no space left to write down what was done")
        default:
            self = .unavailable("STORAGE_UNAVAILABLE", "Keys and audit cannot be read or written at the moment")
        }
    }
}
