/// Why Redis gave no answer this time. None of them is the asker's fault, and none says that the answer is absent.
public enum WarmUnavailable: Error, Sendable, Hashable, CustomStringConvertible {
    /// The capacity is 0.
    case disabled
    /// Not started, connecting, or the connection was lost while waiting.
    case notConnected
    /// Redis kept failing and is being probed; nobody waits for it meanwhile.
    case breakerOpen
    case timedOut
    /// As many requests or bytes are under way as the tier allows.
    case overloaded
    case refused(RedisRefusal)
    /// Redis answered with something that the command never answers with.
    case unexpectedReply
    case closed

    public var description: String {
        switch self {
        case .disabled: "the warm tier is switched off (WARM_CACHE_SIZE is 0)"
        case .notConnected: "no connection to Redis"
        case .breakerOpen: "Redis kept failing and is not asked until it answers a probe"
        case .timedOut: "Redis did not answer in time"
        case .overloaded: "too many requests to Redis are under way"
        // It goes into replies, which Redis' own words must not.
        case .refused(let refusal): refusal.advice
        case .unexpectedReply: "Redis answered with an unexpected type: is it Redis 6.2 or newer?"
        case .closed: "the warm tier is closed"
        }
    }
}
