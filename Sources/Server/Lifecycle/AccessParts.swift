import Access
import Knowledge

/// Everything that tells who may do what, and what was done.
struct AccessParts: Sendable {
    let store: AccessStore
    let audit: AuditLog
    /// `nil` where no tokens are taken.
    let tokens: TokenVerifier?
    let attempts: FailedAttempts
    /// `nil` when callers need no key.
    let authenticator: Authenticator?

    /// The directory's lock is held by whoever calls.
    static func open(_ settings: Settings) async throws(StartError) -> AccessParts {
        do {
            // First, for it may stop the start and leaves nothing open.
            var tokens: TokenVerifier?
            if let source = settings.access.tokenKeys { tokens = try await TokenVerifier(source) }
            let store = try await AccessStore.open(directory: settings.dataDirectory)
            return AccessParts(
                store: store, audit: AuditLog(store), tokens: tokens,
                attempts: FailedAttempts(maximumFailures: settings.access.failuresPerMinute),
                authenticator: settings.requiresKeys ? Authenticator(keys: store.keys, tokens: tokens) : nil)
        } catch {
            throw .failed("\(error)")
        }
    }
}
