public import Knowledge

/// What has happened in the hot tier since the start. Every look-up is a hit or a miss.
public final class HotStatistics: Sendable {
    public let hits = Counter()
    public let misses = Counter()
    public let admissions = Counter()
    /// Dropped for capacity.
    public let evictions = Counter()
    /// Found too old, as often as found.
    public let expirations = Counter()
    /// Found older than a change to the knowledge.
    public let invalidations = Counter()

    init() {}

    func count(_ finding: Finding) {
        switch finding {
        case .valid: hits.add()
        case .missing: misses.add()
        case .expired:
            misses.add()
            expirations.add()
        case .invalid:
            misses.add()
            invalidations.add()
        }
    }
}
