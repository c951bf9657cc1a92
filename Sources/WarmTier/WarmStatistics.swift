/// What the warm tier has counted since it was made. All figures only grow.
public struct WarmStatistics: Sendable, Hashable {
    public internal(set) var hits = 0
    public internal(set) var misses = 0
    public internal(set) var admissions = 0
    /// Answers pushed out by the capacity, as far as this server's admissions did it.
    public internal(set) var evictions = 0
    /// Answers found or cleared away after their expiry. Redis ends most of them by itself, unseen.
    public internal(set) var expirations = 0
    /// Values under our keys that are no envelope of this version, or of another question.
    public internal(set) var undecodable = 0
    public internal(set) var timeouts = 0
    /// Error replies and breaches of protocol.
    public internal(set) var errors = 0
    /// Attempts to connect after the first.
    public internal(set) var reconnects = 0
    /// Look-ups and admissions that ended without an answer of Redis, timeouts included.
    public internal(set) var unavailable = 0
    /// Admissions refused for another reason than that.
    public internal(set) var refusedAdmissions = 0
}
