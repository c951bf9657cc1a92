package import Knowledge

/// When searches share passes over the sign codes, and how many did. One for all tenants' indices.
public final class ScanSharing: Sendable {
    /// Codes that fit into a last cache are read from there by each search for itself, which is faster than taking turns.
    public static let defaultLeastByteCount = 32 << 20
    /// Two cores take most of what memory gives; whoever comes while so many scans are under way waits for the next.
    public static let defaultConcurrentScans = 2

    /// Sign codes of an index from which on its searches share passes.
    let leastByteCount: Int
    /// Scans of one index snapshot under way at most.
    let concurrentScans: Int
    /// Searches that another's pass has answered.
    package let answeredSearches = Counter()

    public init(
        leastByteCount: Int = ScanSharing.defaultLeastByteCount,
        concurrentScans: Int = ScanSharing.defaultConcurrentScans
    ) {
        self.leastByteCount = leastByteCount
        self.concurrentScans = max(1, concurrentScans)
    }
}
