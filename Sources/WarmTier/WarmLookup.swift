public import Knowledge

/// What came of asking for an answer.
public enum WarmLookup: Sendable {
    /// Of the tenant and fingerprint asked for, not expired. The caller compares the key and checks validity.
    case hit(Answer)
    /// As a hit, but its time is over: counted as a miss, and served only if nothing better is to be had.
    case expired(Answer)
    case miss
    case unavailable(WarmUnavailable)
}
