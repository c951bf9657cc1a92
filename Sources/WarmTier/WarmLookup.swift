public import Knowledge

/// What came of asking for an answer.
public enum WarmLookup: Sendable {
    /// Of the tenant and fingerprint asked for, not expired. The caller compares the key and checks validity.
    case hit(Answer)
    case miss
    case unavailable(WarmUnavailable)
}
