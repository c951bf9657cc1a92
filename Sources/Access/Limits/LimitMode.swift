/// How exactly servers on one Redis keep a caller's rate together.
public enum LimitMode: String, Sendable, Hashable, CaseIterable {
    /// Tokens come from Redis a few at a time: never more than allowed in all, at most one lease a server fewer.
    case leased
    /// Every request asks Redis.
    case exact
}
