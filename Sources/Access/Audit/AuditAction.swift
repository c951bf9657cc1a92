/// What can be done that the audit log tells of.
public enum AuditAction: String, Sendable, Hashable, CaseIterable {
    case knowledgeCreate = "knowledge.create"
    case knowledgeReplace = "knowledge.replace"
    case knowledgeDelete = "knowledge.delete"
    /// A stream of items, summed up.
    case knowledgeBulk = "knowledge.bulk"
    case knowledgeExport = "knowledge.export"
    case tierFlush = "tier.flush"
    case answerRemove = "answer.remove"
    case pinSet = "pin.set"
    case pinRemove = "pin.remove"
    case warmUp = "tier.warmup"
    case keyCreate = "key.create"
    case keyRevoke = "key.revoke"
    /// Attempts to come in that were refused, summed up.
    case authenticationFailed = "authentication.failed"
    /// A question with its text, only where the operator wants that.
    case question = "question"
    case settingChange = "setting.change"
    case serverStart = "server.start"
    case backupCreate = "backup.create"
    case backupRestore = "backup.restore"
    case verify = "store.verify"
    case compact = "store.compact"
    case rekey = "store.rekey"
    /// Old lines were removed; the line holds what the chain of those that stay begins with.
    case auditTrim = "audit.trim"
}
